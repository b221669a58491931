/** What a website may ask of the node (`site.ts`), loaded with its first question: most nodes never open one. */
import { CafeError } from '../core/errors.ts'
import { siteRoot } from '../core/site-name.ts'
import type { Handlers } from '../rpc/port.ts'
import { later } from './later.ts'
import type { SiteComponents } from './site.ts'
import type { SiteApi } from './site-api.ts'

const METHODS = { 'site.root': true, 'block.get': true } as const

/** As `siteHandlers`. */
export function siteLater(label: string, components: SiteComponents): Handlers<SiteApi> {
  if (!siteRoot(label)) throw new CafeError('BAD_REQUEST', { what: 'site' })
  return later<SiteApi>(METHODS, async () => (await import('./site.ts')).siteHandlers(label, components))
}

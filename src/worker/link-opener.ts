/** What opens sealed links (`peer/link-open.ts`), loaded with the first one. */
import { onceOnly } from '../core/once.ts'
import type { LinkOpener, LinkOpenerComponents } from '../peer/link-open.ts'

export function openerLater(components: LinkOpenerComponents): LinkOpener {
  const once = onceOnly(async () => (await import('../peer/link-open.ts')).createLinkOpener(components))
  return { open: async (link, options) => (await once()).open(link, options) }
}

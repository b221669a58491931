/** What opens sealed links (`peer/link-open.ts`), loaded with the first one. */
import type { LinkOpener, LinkOpenerComponents } from '../peer/link-open.ts'

export function openerLater(components: LinkOpenerComponents): LinkOpener {
  let loaded: Promise<LinkOpener> | undefined
  const load = async (): Promise<LinkOpener> => (await import('../peer/link-open.ts')).createLinkOpener(components)
  return {
    async open(link, options) {
      loaded ??= load()
      // A chunk that could not be fetched is asked for again.
      loaded.catch(() => {
        loaded = undefined
      })
      return (await loaded).open(link, options)
    },
  }
}

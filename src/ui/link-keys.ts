/**
 * Keys of the links that were opened in this page: in memory only, so that neither the address bar nor the history of the
 * browser holds them. They end with the page.
 */
import { askedHash } from './asked.ts'
import { openHash, type Route, readRoute } from './route.ts'

/** Links remembered; the oldest is forgotten. */
const MAX_KEYS = 256

export class LinkKeys {
  readonly #fragments = new Map<string, string>()

  /** The route of the page's address; what of it is secret is taken out of address and history, and kept here. */
  route(): Route {
    const asked = askedHash(location.hash)
    const route = readRoute(asked ?? location.hash)
    if (route.view !== 'open' || !route.link.includes('#')) {
      if (asked !== undefined) history.replaceState(history.state, '', asked)
      return route
    }
    const link = this.keep(route.link)
    history.replaceState(history.state, '', openHash(link))
    return { view: 'open', link }
  }

  /** Remembers what a link's fragment says about it and what lies below its root, and gives the link without it. */
  keep(link: string): string {
    const at = link.indexOf('#')
    if (at < 0) return link
    const bare = link.slice(0, at)
    // Each file of an entry has a key of its own; of a root the first says most.
    const root = rootOf(bare)
    if (!this.#fragments.has(root)) this.#fragments.set(root, link.slice(at))
    this.#fragments.delete(bare)
    this.#fragments.set(bare, link.slice(at))
    for (const oldest of this.#fragments.keys()) if (this.#fragments.size > MAX_KEYS) this.#fragments.delete(oldest)
    return bare
  }

  /** The link with the fragment that was kept for it, else the one for its root, if there is one. */
  whole(link: string): string {
    return link + (this.#fragments.get(link) ?? this.#fragments.get(rootOf(link)) ?? '')
  }
}

/** `/ipfs/<cid>` of a link. */
const rootOf = (link: string): string => link.split(/[?#]/, 1)[0]?.split('/').slice(0, 3).join('/') ?? link

/** Somebody wants to see content here: `link` may have its key. Bubbles up to the app, which keeps the key and shows it. */
export class OpenEvent extends Event {
  readonly link: string
  constructor(link: string) {
    super('cafe-open-link', { bubbles: true, composed: true })
    this.link = link
  }
}

/** For the click on `<a href=${openHash(link)}>`: the key goes to the app, and into no address. */
export function choose(link: string): (event: Event) => void {
  return ({ currentTarget }) => currentTarget?.dispatchEvent(new OpenEvent(link))
}

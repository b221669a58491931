/**
 * Takes clicks on links to pages, wherever in the app they are, to the view that frames them, and keeps the links' keys in
 * memory meanwhile. Other clicks, and those that ask for a new tab, are the browser's.
 */
import type { ReactiveController, ReactiveControllerHost } from 'lit'
import { isPageLink, type PageAddress, pageAddress, pageHash } from '../page-link.ts'

/** Links remembered for going back and forth: more pages than anybody goes through. */
const MAX_LINKS = 64

/** Somebody wants to see this link's content in the frame. */
export class ShowPage extends Event {
  readonly link: string
  constructor(link: string) {
    super('show-page', { bubbles: true })
    this.link = link
  }
}

export class PageLinks implements ReactiveController {
  readonly #host: ReactiveControllerHost & EventTarget
  readonly #go: (hash: string) => void
  readonly #links = new Map<string, string>()

  constructor(host: ReactiveControllerHost & EventTarget, go: (hash: string) => void) {
    this.#host = host
    this.#go = go
    host.addController(this)
  }

  hostConnected(): void {
    this.#host.addEventListener('click', this.#clicked)
    this.#host.addEventListener('show-page', this.#asked)
  }

  hostDisconnected(): void {
    this.#host.removeEventListener('click', this.#clicked)
    this.#host.removeEventListener('show-page', this.#asked)
    this.#links.clear()
  }

  /** The whole link of an address that was come to by this page's own links. */
  linkOf({ path, sealed }: PageAddress): string | undefined {
    return this.#links.get(path) ?? (sealed ? undefined : path)
  }

  /** Shows a link's content in the frame. */
  show(link: string): void {
    const address = pageAddress(link)
    if (address === undefined) return
    this.#links.delete(address.path)
    this.#links.set(address.path, link)
    const [oldest] = this.#links.keys()
    if (this.#links.size > MAX_LINKS && oldest !== undefined) this.#links.delete(oldest)
    this.#go(pageHash(address))
  }

  readonly #asked = (event: Event): void => {
    if (event instanceof ShowPage) this.show(event.link)
  }

  readonly #clicked = (event: Event): void => {
    const link = plainClick(event as MouseEvent)
    if (link === undefined || !isPageLink(link)) return
    event.preventDefault()
    this.show(link)
  }
}

/** Where a click without any modifier leads, unless whoever made the link has said that it is to be plain. */
function plainClick(event: MouseEvent): string | undefined {
  if (event.defaultPrevented || event.button !== 0) return undefined
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return undefined
  const anchor = event.composedPath().find((target) => target instanceof HTMLAnchorElement)
  if (anchor === undefined || anchor.hasAttribute('download') || 'plain' in anchor.dataset) return undefined
  return anchor.getAttribute('href') ?? undefined
}

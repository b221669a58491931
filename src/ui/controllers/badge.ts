/** How much waits for the person, where it is seen without looking at the page: in its title, and on the app's icon. */
import type { ReactiveController, ReactiveControllerHost } from 'lit'

/** What we use of the browser; both are there only where an app can be installed. */
export interface BadgePlace {
  title: string
  readonly setAppBadge?: ((count: number) => Promise<void>) | undefined
  readonly clearAppBadge?: (() => Promise<void>) | undefined
}

const PAGE: BadgePlace = {
  get title() {
    return document.title
  },
  set title(text) {
    document.title = text
  },
  setAppBadge: 'setAppBadge' in navigator ? (count) => navigator.setAppBadge(count) : undefined,
  clearAppBadge: 'clearAppBadge' in navigator ? () => navigator.clearAppBadge() : undefined,
}

/** Keeps title and icon level with `read`, whenever its element is drawn. */
export class Badge implements ReactiveController {
  readonly #read: () => { readonly waiting: number; readonly title: string }
  readonly #place: BadgePlace
  #shown = 0

  constructor(
    host: ReactiveControllerHost,
    read: () => { readonly waiting: number; readonly title: string },
    place = PAGE,
  ) {
    this.#read = read
    this.#place = place
    host.addController(this)
  }

  hostUpdated(): void {
    const { waiting, title } = this.#read()
    const full = waiting > 0 ? `(${waiting > 99 ? '99+' : waiting}) ${title}` : title
    if (full !== this.#place.title) this.#place.title = full
    if (waiting === this.#shown) return
    this.#shown = waiting
    // A page that is not installed has no icon to put it on: then this is refused, and nothing is missing.
    const done = waiting > 0 ? this.#place.setAppBadge?.(waiting) : this.#place.clearAppBadge?.()
    done?.catch(() => undefined)
  }
}

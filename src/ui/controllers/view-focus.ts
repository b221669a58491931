/**
 * Where the focus is after the view has changed: at its heading, so that a screen reader reads where it is, and the Tab key
 * goes on from there. A view that is still looking for what it shows may draw its heading anew: the focus follows it,
 * until the person does something.
 */

/** Focuses the heading of what `root` shows, or `root` itself. */
function focusHeading(root: HTMLElement, options: FocusOptions = {}): void {
  const heading = root.querySelector<HTMLElement>('h1') ?? root
  heading.focus(options)
}

/** The heading in `part` that can have the focus, if it is still there. */
const headingIn = (part: Element | null): HTMLElement | null =>
  part?.isConnected ? part.querySelector<HTMLElement>('h2[tabindex]') : null

/** The entry of the history says where its view was scrolled to (`feed-places.ts`): the view goes there, and not to its top. */
export function isRestored(): boolean {
  const state: unknown = history.state
  return typeof state === 'object' && state !== null && 'feed' in state
}

/** The focus of the views in one element. */
export class ViewFocus {
  #watching: AbortController | undefined

  /** To call when another view is there. */
  begin(root: HTMLElement | null, options: FocusOptions = {}): void {
    if (root !== null) focusHeading(root, options)
    this.keep(root, { preventScroll: true })
  }

  /** To call when something in the view has changed from outside: only a focus that was lost by it goes to the heading. */
  keep(root: HTMLElement | null, options: FocusOptions = {}): void {
    this.#follow(root, null, options)
  }

  /** To call when something is about to go: a focus that is lost by it goes to the heading in `part`, or to the view's. */
  keepIn(part: Element | null): void {
    this.#follow(document.querySelector('main'), part)
  }

  #follow(root: HTMLElement | null, part: Element | null, options: FocusOptions = {}): void {
    this.end()
    if (root === null) return
    const find = (): void => {
      if (document.activeElement !== document.body) return
      const heading = headingIn(part)
      if (heading) heading.focus(options)
      else focusHeading(root, options)
    }
    find()
    const watching = new AbortController()
    this.#watching = watching
    const { signal } = watching
    const observer = new MutationObserver(find)
    observer.observe(root, { childList: true, subtree: true })
    signal.addEventListener('abort', () => observer.disconnect())
    for (const act of ['keydown', 'pointerdown']) addEventListener(act, this.end, { signal, capture: true })
  }

  readonly end = (): void => {
    this.#watching?.abort()
    this.#watching = undefined
  }
}

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
    this.end()
    if (root === null) return
    const find = (): void => {
      if (document.activeElement === document.body) focusHeading(root, options)
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

/**
 * A view that is filled piece by piece would move under the person's finger. So what is drawn is seen once all its elements
 * have what they look for, or a second is over: then those that still wait say so. It can be heard and have the focus all
 * the while.
 */
import { isLooking } from './live.ts'

/** Milliseconds after which a view is shown as it is. */
const MOST = 1000
/** Frames in which nothing looks for anything: what has come may draw what looks again. */
const STILL = 2

export class Curtain {
  #frame: number | undefined

  /** To call when `main`, in `app`, is about to be filled anew. */
  fall(app: Element, main: Element): void {
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame)
    main.toggleAttribute('data-settling', true)
    const until = performance.now() + MOST
    let still = 0
    const look = (): void => {
      still = isLooking(app) || main.querySelector('.waiting') ? 0 : still + 1
      const over = still >= STILL || performance.now() > until
      this.#frame = over ? undefined : requestAnimationFrame(look)
      if (over) main.removeAttribute('data-settling')
    }
    this.#frame = requestAnimationFrame(look)
  }
}

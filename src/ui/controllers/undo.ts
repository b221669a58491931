/**
 * What a person may still take back: it is shown as done at once, and done once nobody wants it back. So a tab that
 * closes meanwhile loses nothing: what was to go is still there. One thing waits at a time; the next one has the one
 * before it done.
 */
import type { ReactiveController, ReactiveControllerHost } from 'lit'
import { type Doing, explain, type Problem } from '../explain.ts'

/** Milliseconds in which something may be taken back, unless somebody is at the message about it: then it waits. */
export const UNDO_WAIT = 8_000

/** Something that is to be gone. */
export interface Going {
  /** What goes: unique in the page. */
  readonly key: string
  /** What the person reads: that it is gone. */
  readonly text: string
  readonly doing: Doing
  work(): Promise<void>
}

/** Tells its listeners by `change`. */
export class Undo extends EventTarget {
  #waiting: Going | undefined
  /** What is being done; shown as gone until then. */
  readonly #running = new Set<string>()
  #problem: Problem | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  #held = false

  /** What can be taken back now. */
  get waiting(): Going | undefined {
    return this.#waiting
  }

  /** Why the last one could not be done: it is there again. */
  get problem(): Problem | undefined {
    return this.#problem
  }

  /** Is `key` shown as gone? */
  isGone(key: string): boolean {
    return this.#waiting?.key === key || this.#running.has(key)
  }

  /** Has something go, unless it is taken back. */
  begin(going: Going): void {
    if (this.isGone(going.key)) return
    void this.finish()
    this.#waiting = going
    this.#problem = undefined
    if (!this.#held) this.#count()
    this.#tell()
  }

  /** Takes it back. */
  undo(): void {
    clearTimeout(this.#timer)
    this.#waiting = undefined
    this.#tell()
  }

  /** The time stands still while somebody is there, and begins anew when they leave. */
  hold(held: boolean): void {
    if (held === this.#held) return
    this.#held = held
    clearTimeout(this.#timer)
    if (!held && this.#waiting) this.#count()
  }

  /** Does what waits. Never rejects. */
  async finish(): Promise<void> {
    clearTimeout(this.#timer)
    const going = this.#waiting
    if (going === undefined) return
    this.#waiting = undefined
    this.#running.add(going.key)
    this.#tell()
    try {
      await going.work()
    } catch (error) {
      this.#problem = explain(error, going.doing)
    } finally {
      this.#running.delete(going.key)
      this.#tell()
    }
  }

  /** Forgets what could not be done. */
  clear(): void {
    this.#problem = undefined
    this.#tell()
  }

  #count(): void {
    this.#timer = setTimeout(() => void this.finish(), UNDO_WAIT)
  }

  #tell(): void {
    this.dispatchEvent(new Event('change'))
  }
}

/** An element asks for the page's {@link Undo}; whoever has it puts it in. */
export class UndoAskEvent extends Event {
  undo: Undo | undefined

  constructor() {
    super('cafe-undo-ask', { bubbles: true, composed: true })
  }
}

/**
 * The page's undo for one element, which is drawn anew when something goes or comes back.
 *
 * @example
 * ```ts
 * readonly #going = new Undoing(this)
 * this.#going.begin({ key: cid, text: 'It is removed.', doing: 'remove', work: () => cafe.pins.remove(cid) })
 * ```
 */
export class Undoing implements ReactiveController {
  readonly #host: ReactiveControllerHost & EventTarget
  #undo: Undo | undefined
  readonly #changed = () => this.#host.requestUpdate()

  constructor(host: ReactiveControllerHost & EventTarget) {
    this.#host = host
    host.addController(this)
  }

  hostConnected(): void {
    const asking = new UndoAskEvent()
    this.#host.dispatchEvent(asking)
    this.#undo = asking.undo
    this.#undo?.addEventListener('change', this.#changed)
  }

  hostDisconnected(): void {
    this.#undo?.removeEventListener('change', this.#changed)
  }

  isGone(key: string): boolean {
    return this.#undo?.isGone(key) ?? false
  }

  /** Where nothing can be taken back it is done at once. */
  begin(going: Going): void {
    if (this.#undo) this.#undo.begin(going)
    // A page without undo has nowhere to say why it failed: what is still there says it.
    else void going.work().catch(() => undefined)
  }
}

/**
 * What a person asked for and how it goes: one place where user actions run, can be stopped, and where their errors
 * become plain words.
 */
import type { ReactiveController, ReactiveControllerHost } from 'lit'
import { type Doing, explain, type Problem } from '../explain.ts'

/**
 * One action of an element. Runs once at a time; ends with its element.
 *
 * @example
 * ```ts
 * readonly #open = new Action(this, 'open', async (name: string) => { await this.cafe?.host.open({ name }) })
 * ```
 */
export class Action<Input> implements ReactiveController {
  readonly #host: ReactiveControllerHost
  readonly #doing: Doing
  readonly #work: (input: Input, signal: AbortSignal) => Promise<void>
  #controller: AbortController | undefined
  #problem: Problem | undefined

  constructor(host: ReactiveControllerHost, doing: Doing, work: (input: Input, signal: AbortSignal) => Promise<void>) {
    this.#host = host
    this.#doing = doing
    this.#work = work
    host.addController(this)
  }

  /** True from the call of `run` to its end. */
  get running(): boolean {
    return this.#controller !== undefined
  }

  /** Why the last run failed; undefined after a good one, while running, and after an abort. */
  get problem(): Problem | undefined {
    return this.#problem
  }

  hostDisconnected(): void {
    this.abort()
  }

  /** Runs the work unless it is running. True if it ended well; never rejects. */
  async run(input: Input): Promise<boolean> {
    if (this.#controller !== undefined) return false
    const controller = new AbortController()
    this.#controller = controller
    this.#problem = undefined
    this.#host.requestUpdate()
    try {
      await this.#work(input, controller.signal)
      return true
    } catch (error) {
      if (!controller.signal.aborted) this.#problem = explain(error, this.#doing)
      return false
    } finally {
      if (this.#controller === controller) this.#controller = undefined
      this.#host.requestUpdate()
    }
  }

  /** Stops a running action; nothing is shown for it. */
  abort(): void {
    this.#controller?.abort()
    this.#controller = undefined
  }

  /** Forgets the last failure, as when its dialog closes. */
  clear(): void {
    this.#problem = undefined
    this.#host.requestUpdate()
  }
}

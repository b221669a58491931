/**
 * Something long that goes on while the person walks through the app: bringing an account back, a drill, a move. Lives as
 * long as the app's page; the view that shows it is given its state.
 */
import type { ReactiveController, ReactiveControllerHost } from 'lit'
import type { CafeConsole } from '../../worker/console-api.ts'
import { type Doing, explain, type Problem } from '../explain.ts'

/** How it stands; a new object whenever something changed. */
export interface ErrandState<Progress, Result> {
  readonly running: boolean
  /** The last that was reported; stays after its end. */
  readonly progress?: Progress | undefined
  /** What it came to, if it ended well. */
  readonly result?: Result | undefined
  readonly problem?: Problem | undefined
}

type Work<Input, Progress, Result> = (
  cafe: CafeConsole,
  input: Input,
  options: { readonly signal: AbortSignal; readonly onProgress: (progress: Progress) => void },
) => Promise<Result>

/**
 * One errand of an element, once at a time.
 *
 * @example
 * ```ts
 * readonly #drill = new Errand(this, () => this.cafe, 'drill', (cafe, _: undefined, options) => cafe.recover.drill(options))
 * ```
 */
export class Errand<Input, Progress, Result> implements ReactiveController {
  readonly #host: ReactiveControllerHost
  readonly #source: () => CafeConsole | undefined
  readonly #doing: Doing
  readonly #work: Work<Input, Progress, Result>
  #controller: AbortController | undefined
  #state: ErrandState<Progress, Result> = { running: false }

  constructor(
    host: ReactiveControllerHost,
    source: () => CafeConsole | undefined,
    doing: Doing,
    work: Work<Input, Progress, Result>,
  ) {
    this.#host = host
    this.#source = source
    this.#doing = doing
    this.#work = work
    host.addController(this)
  }

  get state(): ErrandState<Progress, Result> {
    return this.#state
  }

  hostDisconnected(): void {
    this.stop()
  }

  /** Begins it unless it is going on. Never rejects. */
  async run(input: Input): Promise<void> {
    const cafe = this.#source()
    if (cafe === undefined || this.#controller !== undefined) return
    const controller = new AbortController()
    this.#controller = controller
    const { signal } = controller
    this.#set({ running: true })
    const onProgress = (progress: Progress): void => {
      if (!signal.aborted) this.#set({ running: true, progress })
    }
    try {
      const result = await this.#work(cafe, input, { signal, onProgress })
      if (!signal.aborted) this.#set({ ...this.#state, running: false, result })
    } catch (error) {
      if (!signal.aborted) this.#set({ ...this.#state, running: false, problem: explain(error, this.#doing) })
    } finally {
      if (this.#controller === controller) this.#controller = undefined
    }
  }

  /** Stops it; what it has done stays. */
  stop(): void {
    if (this.#controller === undefined) return
    this.#controller.abort()
    this.#controller = undefined
    this.#set({ ...this.#state, running: false })
  }

  #set(state: ErrandState<Progress, Result>): void {
    this.#state = state
    this.#host.requestUpdate()
  }
}

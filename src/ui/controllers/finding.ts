/**
 * A search as somebody types: begun after a pause, so that not every letter is asked about; what was asked before is
 * stopped, and what it still says is not shown.
 */
import type { ReactiveController, ReactiveControllerHost } from 'lit'
import type { FindState } from '../../worker/contact-api.ts'
import { explain, type Problem } from '../explain.ts'

/** Milliseconds without a letter after which a search begins. */
const PAUSE = 350

export type Find = (
  query: string,
  options: { onProgress: (state: FindState) => void; signal: AbortSignal },
) => Promise<FindState>

export class Finding implements ReactiveController {
  readonly #host: ReactiveControllerHost
  readonly #find: Find
  #query = ''
  #state: FindState | undefined
  #problem: Problem | undefined
  #current: AbortController | undefined
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(host: ReactiveControllerHost, find: Find) {
    this.#host = host
    this.#find = find
    host.addController(this)
  }

  /** What is searched for; empty for nothing. */
  get query(): string {
    return this.#query
  }

  /** What has been found so far; undefined before the first answer. */
  get state(): FindState | undefined {
    return this.#state
  }

  /** From the first letter to the end of the search. */
  get running(): boolean {
    return this.#current !== undefined
  }

  get problem(): Problem | undefined {
    return this.#problem
  }

  hostDisconnected(): void {
    this.#stop()
  }

  /** Searches for something else; `now`: without waiting for more letters. */
  search(text: string, now = false): void {
    const query = text.trim()
    if (query === this.#query && !now) return
    this.#stop()
    this.#query = query
    this.#problem = undefined
    if (query === '') this.#state = undefined
    else {
      const controller = new AbortController()
      this.#current = controller
      this.#timer = setTimeout(() => void this.#run(query, controller), now ? 0 : PAUSE)
    }
    this.#host.requestUpdate()
  }

  async #run(query: string, controller: AbortController): Promise<void> {
    const { signal } = controller
    const take = (state: FindState): void => {
      if (signal.aborted) return
      this.#state = state
      this.#host.requestUpdate()
    }
    try {
      take(await this.#find(query, { onProgress: take, signal }))
    } catch (error) {
      if (!signal.aborted) this.#problem = explain(error, 'find')
    }
    if (this.#current !== controller) return
    this.#current = undefined
    this.#host.requestUpdate()
  }

  #stop(): void {
    clearTimeout(this.#timer)
    this.#current?.abort()
    this.#current = undefined
  }
}

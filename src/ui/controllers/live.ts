/**
 * A value of the worker that stays current: read once, read again whenever the worker says that it changed, and found
 * again after the worker was replaced.
 */
import type { ReactiveController, ReactiveControllerHost } from 'lit'
import type { CafeConsole } from '../../worker/console-api.ts'
import type { ThreadNews } from '../../worker/thread-api.ts'
import { type Doing, explain, type Problem } from '../explain.ts'

type Topic = Parameters<Parameters<CafeConsole['watch']>[0]>[0]

/** Calls `changed` whenever there is something new to read; ends by the signal, or when it was cut off. */
export type Watch = (cafe: CafeConsole, changed: () => void, options: { signal: AbortSignal }) => Promise<void>

/** What is new about threads: of these kinds, and of one thread or about all. */
export function threadNews(what: readonly ThreadNews['what'][], thread: () => string | null = () => null): Watch {
  return (cafe, changed, options) =>
    cafe.thread.watch((news) => {
      const wanted = thread()
      if (what.includes(news.what) && (wanted === null || news.thread === null || news.thread === wanted)) changed()
    }, options)
}

const about =
  (topics: readonly Topic[]): Watch =>
  (cafe, changed, options) =>
    cafe.watch((topic) => topics.includes(topic) && changed(), options)

/** Milliseconds before a lost watch is tried again: at once for a person, and no storm while a worker restarts. */
const FIRST_WAIT = 500
const LONGEST_WAIT = 10_000

/** Those that have not had a value since they were connected. */
const looking = new Set<{ isIn(root: Node): boolean }>()

/** Is there an element in `root`, or `root` itself, that still looks for a first value? */
export const isLooking = (root: Node): boolean => [...looking].some((live) => live.isIn(root))

/**
 * Follows `read` while its element is connected and `source` gives a cafe console.
 *
 * @example
 * ```ts
 * readonly #pins = new Live(this, () => this.cafe, ['pins'], (cafe) => cafe.pins.list())
 * ```
 */
export class Live<T> implements ReactiveController {
  readonly #host: ReactiveControllerHost
  readonly #source: () => CafeConsole | undefined
  readonly #watch: Watch
  readonly #read: (cafe: CafeConsole) => Promise<T>
  readonly #doing: Doing
  #followed: CafeConsole | undefined
  #stop: AbortController | undefined
  #value: T | undefined
  #problem: Problem | undefined
  #again: (() => void) | undefined

  constructor(
    host: ReactiveControllerHost,
    source: () => CafeConsole | undefined,
    topics: readonly Topic[] | Watch,
    read: (cafe: CafeConsole) => Promise<T>,
    doing: Doing = 'start',
  ) {
    this.#host = host
    this.#source = source
    this.#watch = typeof topics === 'function' ? topics : about(topics)
    this.#read = read
    this.#doing = doing
    host.addController(this)
  }

  /** The last value read; undefined before the first. */
  get value(): T | undefined {
    return this.#value
  }

  /** Why the last read failed, if it did. The last good value stays. */
  get problem(): Problem | undefined {
    return this.#problem
  }

  isIn(root: Node): boolean {
    return this.#host instanceof Node && root.contains(this.#host)
  }

  /** Reads again now, as when what is read depends on something that has changed in the page. */
  refresh(): void {
    this.#again?.()
  }

  hostUpdate(): void {
    const cafe = this.#source()
    if (cafe === this.#followed) return
    this.#stop?.abort()
    this.#followed = cafe
    looking.delete(this)
    if (cafe === undefined) return
    if (this.#value === undefined && this.#problem === undefined) looking.add(this)
    this.#stop = new AbortController()
    void this.#follow(cafe, this.#stop.signal)
  }

  hostConnected(): void {
    // The first update follows; a later reconnection of the element brings no update by itself.
    this.#host.requestUpdate()
  }

  hostDisconnected(): void {
    this.#stop?.abort()
    looking.delete(this)
    this.#followed = undefined
  }

  async #follow(cafe: CafeConsole, signal: AbortSignal): Promise<void> {
    const refresh = coalesced(() => this.#take(cafe, signal))
    this.#again = refresh
    let wait = FIRST_WAIT
    while (!signal.aborted) {
      const round = new AbortController()
      const changed = (): void => {
        wait = FIRST_WAIT
        refresh()
      }
      // The watch is asked for before the read: what changes between the two is then told, not missed.
      const watching = this.#watch(cafe, changed, { signal: AbortSignal.any([signal, round.signal]) })
      refresh()
      // The worker is gone or was replaced: the next round says by its own read whether that still hurts.
      await watching.catch(() => {})
      await pause(wait, signal)
      round.abort()
      wait = Math.min(2 * wait, LONGEST_WAIT)
    }
  }

  async #take(cafe: CafeConsole, signal: AbortSignal): Promise<void> {
    try {
      const value = await this.#read(cafe)
      if (signal.aborted) return
      this.#value = value
      this.#problem = undefined
    } catch (error) {
      if (signal.aborted) return
      this.#problem = explain(error, this.#doing)
    }
    looking.delete(this)
    this.#host.requestUpdate()
  }
}

/** `work` as a function that never overlaps itself: calls while it runs make it run once more. `work` must not reject. */
function coalesced(work: () => Promise<void>): () => void {
  let running = false
  let again = false
  const loop = async () => {
    running = true
    while (again) {
      again = false
      await work()
    }
    running = false
  }
  return () => {
    again = true
    if (!running) void loop()
  }
}

/** Resolves after `ms` milliseconds or when the signal fires, whichever is first. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const timer = setTimeout(done, ms)
    signal.addEventListener('abort', done, { once: true })
    function done() {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
  })
}

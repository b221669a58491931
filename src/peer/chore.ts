/** Something that has to be done whenever there is reason to, and again and again until it has worked. */
import { type Pauses, pauseAfter } from '../core/pause.ts'

export interface Chore {
  /** There is reason: done soon, and once more if it runs already. */
  due(): void
  /** Done now, unless it runs already; what had failed does not wait any longer. Never rejects. */
  run(): Promise<void>
  close(): void
}

export interface ChoreOptions {
  /** Milliseconds that a reason waits for others. */
  readonly wait?: number
  /** Before it is tried again. */
  readonly pauses?: Pauses
}

/**
 * @example
 * ```ts
 * const publishing = createChore((signal) => card.publish({ signal }))
 * publishing.due() // and later, until it is out
 * ```
 */
export function createChore(
  task: (signal: AbortSignal) => Promise<void>,
  { wait = 500, pauses = { first: 5000, longest: 10 * 60_000 } }: ChoreOptions = {},
): Chore {
  const closed = new AbortController()
  let timer: ReturnType<typeof setTimeout> | undefined
  let running: Promise<void> | undefined
  let again = false
  let failures = 0

  const later = (ms: number): void => {
    clearTimeout(timer)
    if (!closed.signal.aborted) timer = setTimeout(() => void run(), ms)
  }
  const once = async (): Promise<void> => {
    again = false
    try {
      await task(closed.signal)
      failures = 0
      if (again) later(wait)
    } catch {
      // Who waits for it sees that it is not done; it is tried again by itself.
      later(pauseAfter(++failures, pauses))
    }
  }
  const run = (): Promise<void> => {
    clearTimeout(timer)
    if (closed.signal.aborted) return Promise.resolve()
    running ??= once().finally(() => {
      running = undefined
    })
    return running
  }
  return {
    due() {
      again = true
      if (!running) later(wait)
    },
    run,
    close() {
      closed.abort()
      clearTimeout(timer)
    },
  }
}

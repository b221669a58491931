/** Pauses before something is tried again: longer with each failure, and never the same for all who failed at once. */
import { CafeError, toCafeError } from './errors.ts'

export interface Pauses {
  /** Milliseconds before the first new attempt, and at most between two. Half of each is chance, against storms. */
  readonly first: number
  readonly longest: number
}

/**
 * Milliseconds to wait after `failures` failures in a row, the present one included.
 *
 * @example
 * ```ts
 * pauseAfter(1, { first: 200, longest: 5000 }) // 100 to 200
 * pauseAfter(9, { first: 200, longest: 5000 }) // 2500 to 5000
 * ```
 */
export function pauseAfter(failures: number, { first, longest }: Pauses): number {
  return Math.min(longest, first * 2 ** (failures - 1)) * (0.5 + Math.random() / 2)
}

/** What `task` comes to, if that takes no longer than `ms` milliseconds. @throws CafeError TIMEOUT; the task itself goes on. */
export function within<T>(ms: number, task: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new CafeError('TIMEOUT')), ms)
    task.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}

/** Waits `ms` milliseconds. @throws CafeError ABORTED, or the signal's reason, when the signal fires. */
export function delay(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer)
      reject(toCafeError(signal?.reason, 'ABORTED'))
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop)
      resolve()
    }, ms)
    if (signal?.aborted) stop()
    else signal?.addEventListener('abort', stop, { once: true })
  })
}

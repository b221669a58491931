/** Waiting that can be given up, for work that several wait for or that cannot be stopped itself. */
import { toCafeError } from './errors.ts'

/** `task`, or the signal's reason as a CafeError if that comes first; the task itself goes on for others. */
export function unlessAborted<T>(task: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(toCafeError(signal.reason, 'ABORTED'))
    task.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop))
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop, { once: true })
  })
}

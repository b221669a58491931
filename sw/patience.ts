/**
 * Waiting for Cache Storage, which may stop answering for a whole origin until the browser is started anew: Chromium's
 * does when a process crashes while it writes there (measured: about once in 20 crashes soon after a first visit).
 */
import { isCafeError } from '../src/core/errors.ts'
import { within } from '../src/core/pause.ts'

export interface Patience {
  /** The answer if it comes soon. While one keeps its asker waiting, others are not waited for at all. */
  soon<T>(answer: Promise<T>): Promise<T | undefined>
  /** The answer, or undefined once there is no more hope. */
  atLast<T>(answer: Promise<T>): Promise<T | undefined>
}

/** Milliseconds: no disk takes the first, and no person the second. */
const PATIENCE = { soon: 1000, last: 15_000 }

/**
 * @example
 * ```ts
 * const { soon } = createPatience()
 * const response = (await soon(caches.match(path))) ?? (await fetch(path))
 * ```
 */
export function createPatience({ soon, last } = PATIENCE): Patience {
  let isSilent = false
  const heard = (): void => {
    isSilent = false
  }
  return {
    async soon(answer) {
      answer.then(heard, heard)
      if (isSilent) return undefined
      try {
        return await within(soon, answer)
      } catch (error) {
        isSilent = isCafeError(error)
        return undefined
      }
    },
    atLast: (answer) => within(last, answer).catch(() => undefined),
  }
}

/** Trying again while it is only the path that fails: for what a person waits for, and must not have to ask for twice. */
import { type CafeError, type ErrorCode, toCafeError } from '../core/errors.ts'
import { delay, type Pauses, pauseAfter } from '../core/pause.ts'

/** Was there no way to the other side? */
export const isOutOfReach = (code: ErrorCode | undefined): boolean => code === 'UNREACHABLE' || code === 'TIMEOUT'

/** Is it the path that failed, so that the same may go well over another? Otherwise it is an answer. */
export function isPathFailure(error: CafeError): boolean {
  return isOutOfReach(error.code) || error.code === 'BUSY'
}

/** Has the host paused guests? That may last: nobody waits for it in front of a screen, and it is told when it ends. */
export const isPaused = ({ code, data }: CafeError): boolean => code === 'BUSY' && data['why'] === 'paused'

/** Is there no answer to be had now? A node whose cafe is closed does not speak its protocols. */
export const isAway = (error: CafeError): boolean => isPathFailure(error) || error.code === 'UNSUPPORTED'

const PAUSES: Pauses = { first: 250, longest: 2000 }

interface InsistOptions {
  readonly patience: number
  /** For failures of the path that will not pass. */
  readonly isOver?: (error: CafeError) => boolean
  readonly signal?: AbortSignal | undefined
}

/**
 * What `task` gives; where no path is found it is tried again for `patience` milliseconds. The task must be idempotent.
 * @throws CafeError the answer that is none of the path's; the last failure of the path; ABORTED.
 */
export async function insist<T>(
  task: () => Promise<T>,
  { patience, isOver = () => false, signal }: InsistOptions,
): Promise<T> {
  const end = performance.now() + patience
  for (let failures = 1; ; failures++) {
    try {
      return await task()
    } catch (thrown) {
      const error = toCafeError(thrown)
      const pause = pauseAfter(failures, PAUSES)
      // Busy is an answer, and may come with its own time.
      if (!isPathFailure(error) || error.code === 'BUSY' || isOver(error) || performance.now() + pause > end)
        throw error
      await delay(pause, signal)
    }
  }
}

/**
 * Leaving gently: says so at `/health`, refuses new seats, circuits and requests at the door in words that their askers
 * understand, and waits until what is on its way has come through, or for as long as it may.
 */
import { DRAIN_LOOK, DRAIN_QUIET } from './limits.ts'

/** Answers of the app server that are under way. */
export interface Traffic {
  begin(): void
  end(): void
  readonly active: number
}

export function createTraffic(): Traffic {
  let active = 0
  return {
    begin: () => void active++,
    end: () => void active--,
    get active() {
      return active
    },
  }
}

export interface DrainComponents {
  /** Refuses whatever is new from now on. */
  readonly close: () => void
  /** Bytes that went through circuits since the start. */
  readonly moved: () => number
  /** Is something held here until a reader takes it? One that is slower than {@link DRAIN_QUIET} has it all the same. */
  readonly held: () => boolean
  readonly traffic: Pick<Traffic, 'active'>
  /** Milliseconds of any steady clock. */
  readonly now: () => number
}

export interface Drain {
  readonly draining: boolean
  /**
   * Resolves when nothing was under way for {@link DRAIN_QUIET}, or after `limit` milliseconds, or with the signal.
   * @returns true if nothing was cut off.
   */
  run(limit: number, signal: AbortSignal): Promise<boolean>
}

export function createDrain({ close, moved, held, traffic, now }: DrainComponents): Drain {
  let draining = false
  const run: Drain['run'] = async (limit, signal) => {
    draining = true
    close()
    const end = now() + limit
    let [seen, since] = [moved(), now()]
    while (now() < end && !signal.aborted) {
      if (moved() !== seen || held() || traffic.active > 0) [seen, since] = [moved(), now()]
      else if (now() - since >= DRAIN_QUIET) return true
      await new Promise((resolve) => setTimeout(resolve, DRAIN_LOOK))
    }
    return false
  }
  return {
    get draining() {
      return draining
    },
    run,
  }
}

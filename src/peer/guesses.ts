/**
 * Slows down who guesses passphrases at this device: after a few wrong ones each next has to wait longer. In memory, so a
 * restart forgets it; who can restart the worker can also copy the profile and guess elsewhere, where only scrypt is in
 * the way.
 */
import type { Clock } from '../core/clock.ts'
import { CafeError, isCafeError } from '../core/errors.ts'

export interface Guesses {
  /** Runs `attempt`. @throws CafeError BUSY {what: 'passphrase', after} if it is too early; what `attempt` throws. */
  attempt<T>(party: string, attempt: () => Promise<T>): Promise<T>
  forget(party: string): void
}

/** Wrong ones without any wait: a person's fingers slip. */
const FREE = 4
const FIRST_WAIT = 2000
const LONGEST_WAIT = 5 * 60_000

export function createGuesses(clock: Clock): Guesses {
  const wrong = new Map<string, { readonly count: number; readonly until: number }>()
  return {
    async attempt(party, attempt) {
      const before = wrong.get(party) ?? { count: 0, until: 0 }
      const after = before.until - clock()
      // Longer than the longest can only be a clock that was set back.
      if (after > 0 && after <= LONGEST_WAIT) throw new CafeError('BUSY', { what: 'passphrase', after })
      try {
        const result = await attempt()
        wrong.delete(party)
        return result
      } catch (error) {
        if (!isCafeError(error) || error.code !== 'FORBIDDEN') throw error
        const count = before.count + 1
        const wait = count < FREE ? 0 : Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** (count - FREE))
        wrong.set(party, { count, until: clock() + wait })
        throw error
      }
    },
    forget: (party) => void wrong.delete(party),
  }
}

/** How many of something each may have at once. */
import { CafeError } from './errors.ts'

export interface Seats {
  /** Takes a seat for `who`; call what it gives when it is free again. @throws CafeError BUSY where there is none. */
  take(who: string): () => void
}

export function createSeats(max: number): Seats {
  const taken = new Map<string, number>()
  return {
    take(who) {
      const now = taken.get(who) ?? 0
      if (now >= max) throw new CafeError('BUSY')
      taken.set(who, now + 1)
      let free = false
      return () => {
        if (free) return
        free = true
        const left = (taken.get(who) ?? 0) - 1
        if (left > 0) taken.set(who, left)
        else taken.delete(who)
      }
    },
  }
}

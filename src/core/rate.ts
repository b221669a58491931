/**
 * How fast one party may draw on us: a bucket for each, which holds `burst` and is filled again at `rate` a second. What
 * goes over is told in milliseconds to wait, so that a caller can pace or refuse.
 */
import type { Clock } from './clock.ts'

export interface RateOptions {
  /** Units a second in the long run. */
  readonly rate: number
  /** Units at once. */
  readonly burst: number
  readonly clock: Clock
  /** Parties remembered; the one that was quiet longest is forgotten first. */
  readonly parties?: number
}

export interface Rate {
  /**
   * Draws `units` for a party and gives 0, or draws nothing and gives the milliseconds after which it may. More than a burst
   * is drawn when the bucket is full.
   */
  draw(party: string, units: number): number
}

/**
 * @example
 * ```ts
 * const rate = createRate({ rate: 10, burst: 100, clock: systemClock })
 * const wait = rate.draw(peer, 5)
 * if (wait > 0) throw new CafeError('BUSY', { after: wait })
 * ```
 */
export function createRate({ rate, burst, clock, parties = 1000 }: RateOptions): Rate {
  const buckets = new Map<string, { level: number; at: number }>()
  return {
    draw(party, units) {
      const now = clock()
      const before = buckets.get(party) ?? { level: burst, at: now }
      // A clock that was set back fills nothing, and takes nothing away.
      const level = Math.min(burst, before.level + (Math.max(0, now - before.at) / 1000) * rate)
      const due = Math.min(units, burst)
      const wait = level >= due ? 0 : Math.ceil(((due - level) / rate) * 1000)
      buckets.delete(party)
      buckets.set(party, { level: wait > 0 ? level : level - units, at: now })
      const quietest = buckets.keys().next().value
      if (buckets.size > parties && quietest !== undefined) buckets.delete(quietest)
      return wait
    },
  }
}

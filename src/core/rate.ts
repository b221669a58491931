/**
 * How fast one party may draw on us: a bucket for each, which holds `burst` units and gets one more every `every`
 * milliseconds. What goes over is told in milliseconds to wait, so that a caller can pace or refuse. Memory is bounded: a
 * bucket that is full again is like one that never was.
 */
import type { Clock } from './clock.ts'

/** A unit is whatever the caller counts: turns, bytes. */
export interface Pace {
  /** Units at once. */
  readonly burst: number
  /** Milliseconds until one more. */
  readonly every: number
}

export interface RateOptions extends Pace {
  readonly clock: Clock
  /**
   * Parties remembered. One that finds no place waits as if it had drawn all: forgetting another's bucket instead would
   * give that one a new burst.
   */
  readonly parties?: number
}

export interface Rate {
  /**
   * Draws `units` for a party and gives 0, or draws nothing and gives the milliseconds after which it may. More than a burst
   * is drawn when the bucket is full.
   */
  draw(party: string, units: number): number
  /** What {@link Rate.draw} would give, drawing nothing: for what is drawn only if it then goes wrong. */
  wait(party: string, units: number): number
  /** Takes back what was drawn for nothing. */
  giveBack(party: string, units: number): void
  /** Parties remembered now. */
  readonly size: number
}

interface Bucket {
  level: number
  /** Up to when the level was counted. */
  at: number
}

/**
 * @example
 * ```ts
 * const rate = createRate({ burst: 100, every: 100, clock: systemClock })
 * const wait = rate.draw(peer, 5)
 * if (wait > 0) throw new CafeError('BUSY', { after: wait })
 * ```
 */
export function createRate({ burst, every, clock, parties = 1000 }: RateOptions): Rate {
  const buckets = new Map<string, Bucket>()

  const fill = (bucket: Bucket, now: number): void => {
    // A clock that was set back fills nothing, and takes nothing away.
    bucket.level = Math.min(burst, bucket.level + Math.max(0, now - bucket.at) / every)
    bucket.at = now
  }

  const makeRoom = (now: number): boolean => {
    if (buckets.size < parties) return true
    for (const [party, bucket] of buckets) {
      fill(bucket, now)
      if (bucket.level >= burst) buckets.delete(party)
    }
    return buckets.size < parties
  }

  const look = (party: string, units: number): { readonly after: number; readonly bucket: Bucket | undefined } => {
    const now = clock()
    const due = Math.min(units, burst)
    const known = buckets.get(party)
    if (!known && !makeRoom(now)) return { after: Math.ceil(due * every), bucket: undefined }
    const bucket = known ?? { level: burst, at: now }
    fill(bucket, now)
    return { after: bucket.level < due ? Math.ceil((due - bucket.level) * every) : 0, bucket }
  }

  return {
    draw(party, units) {
      const { after, bucket } = look(party, units)
      if (after > 0 || !bucket) return after
      bucket.level -= units
      buckets.set(party, bucket)
      return 0
    },
    wait: (party, units) => look(party, units).after,
    giveBack(party, units) {
      const bucket = buckets.get(party)
      if (bucket) bucket.level = Math.min(burst, bucket.level + units)
    },
    get size() {
      return buckets.size
    },
  }
}

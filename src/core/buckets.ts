/**
 * Token buckets: how often something may happen, by key. Each key has `burst` turns and gets one more every `every`
 * milliseconds. Memory is bounded: a bucket that is full again is like one that never was.
 */
import type { Clock } from './clock.ts'

export interface Rate {
  /** Turns there are at most. */
  readonly burst: number
  /** Milliseconds until one more. */
  readonly every: number
}

export interface Buckets {
  /** Takes a turn of `key` and gives 0; or takes nothing and gives the milliseconds until there is one. */
  take(key: string): number
  /** Keys remembered now. */
  readonly size: number
}

interface Bucket {
  turns: number
  /** Up to when turns were counted. */
  at: number
}

/**
 * Buckets of at most `maxKeys` keys. A key that finds no place waits as if it had used its turns: forgetting another's
 * bucket instead would give that one new turns.
 *
 * @example
 * ```ts
 * const asks = createBuckets({ burst: 10, every: 6000 }, clock, 1000)
 * const after = asks.take(peer)
 * if (after > 0) throw new CafeError('BUSY', { after })
 * ```
 */
export function createBuckets({ burst, every }: Rate, clock: Clock, maxKeys: number): Buckets {
  const buckets = new Map<string, Bucket>()

  const fill = (bucket: Bucket, now: number): void => {
    // A clock that went back brings no turns, and takes none.
    const turns = Math.min(burst, bucket.turns + Math.max(0, now - bucket.at) / every)
    Object.assign(bucket, { turns, at: now })
  }

  const makeRoom = (now: number): boolean => {
    if (buckets.size < maxKeys) return true
    for (const [key, bucket] of buckets) {
      fill(bucket, now)
      if (bucket.turns >= burst) buckets.delete(key)
    }
    return buckets.size < maxKeys
  }

  return {
    take(key) {
      const now = clock()
      const known = buckets.get(key)
      if (!known && !makeRoom(now)) return every
      const bucket = known ?? { turns: burst, at: now }
      fill(bucket, now)
      if (bucket.turns < 1) return Math.ceil((1 - bucket.turns) * every)
      bucket.turns--
      buckets.set(key, bucket)
      return 0
    },
    get size() {
      return buckets.size
    },
  }
}

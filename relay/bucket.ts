/**
 * Token buckets that shape and never refuse: what is drawn is gone, also more than there is, and the answer is how long to
 * wait before the next draw. Everybody who draws on one bucket so waits for the debts of all before, in turn, and the rate
 * over time is exact whatever the size of the pieces. (`core/rate.ts` is for parties that are refused.)
 */
import type { Clock } from '../src/core/clock.ts'

export interface Bucket {
  /** Takes `bytes` and gives the milliseconds until the bucket has no debt any more: 0 while there is something in it. */
  draw(bytes: number): number
  /** Takes `bytes` only if they are there. */
  tryDraw(bytes: number): boolean
}

export interface BucketOptions {
  /** Bytes a second. */
  readonly rate: number
  /** Bytes at once after a rest. */
  readonly burst: number
  readonly clock: Clock
}

export function createBucket({ rate, burst, clock }: BucketOptions): Bucket {
  let level = burst
  let at = clock()
  const fill = (): void => {
    const now = clock()
    // A clock that was set back fills nothing.
    level = Math.min(burst, level + (Math.max(0, now - at) * rate) / 1000)
    at = now
  }
  return {
    draw(bytes) {
      fill()
      level -= bytes
      return level >= 0 ? 0 : Math.ceil((-level * 1000) / rate)
    },
    tryDraw(bytes) {
      fill()
      if (level < bytes) return false
      level -= bytes
      return true
    },
  }
}

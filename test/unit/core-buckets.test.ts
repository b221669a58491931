/** Token buckets: never more than their rate allows, whatever the clock does, in bounded memory. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createBuckets } from '../../src/core/buckets.ts'

describe('buckets', () => {
  it('give their burst, then one turn after the other, and say how long to wait', () => {
    let now = 0
    const buckets = createBuckets({ burst: 3, every: 1000 }, () => now, 10)
    expect([1, 2, 3, 4].map(() => buckets.take('a'))).toEqual([0, 0, 0, 1000])
    now = 400
    expect(buckets.take('a')).toBe(600)
    now = 1000
    expect([buckets.take('a'), buckets.take('a')]).toEqual([0, 1000])
    expect(buckets.take('b')).toBe(0)
  })

  it('never give more than burst and rate together, also when the clock jumps', () => {
    const step = fc.record({ by: fc.integer({ min: -5000, max: 5000 }), takes: fc.integer({ min: 0, max: 5 }) })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 50 }), (steps) => {
        let now = 1_000_000
        let forward = 0
        let given = 0
        const buckets = createBuckets({ burst: 5, every: 1000 }, () => now, 10)
        for (const { by, takes } of steps) {
          now += by
          forward += Math.max(0, by)
          for (let i = 0; i < takes; i++) if (buckets.take('a') === 0) given++
          expect(given).toBeLessThanOrEqual(5 + forward / 1000)
        }
      }),
    )
  })

  it('keep no more keys than they may, forget full ones, and give a newcomer no turn in their place', () => {
    let now = 0
    const buckets = createBuckets({ burst: 1, every: 1000 }, () => now, 2)
    expect(['a', 'b', 'c'].map((key) => buckets.take(key))).toEqual([0, 0, 1000])
    expect(buckets.size).toBe(2)
    now = 1000
    expect(buckets.take('c')).toBe(0)
    expect(buckets.size).toBe(1)
  })
})

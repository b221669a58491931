/** How fast one party may draw: bursts, refill, and that nobody pays for another. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRate } from '../../src/core/rate.ts'

describe('a rate', () => {
  it('gives a burst at once, then as much as was filled again', () => {
    let now = 0
    const rate = createRate({ rate: 10, burst: 100, clock: () => now })
    expect(rate.draw('a', 100)).toBe(0)
    expect(rate.draw('a', 5)).toBe(500)
    now = 499
    expect(rate.draw('a', 5)).toBeGreaterThan(0)
    now = 500
    expect(rate.draw('a', 5)).toBe(0)
  })

  it('keeps parties apart, and gives more than a burst only from a full bucket', () => {
    let now = 0
    const rate = createRate({ rate: 10, burst: 100, clock: () => now })
    expect(rate.draw('a', 250)).toBe(0)
    expect(rate.draw('b', 250)).toBe(0)
    expect(rate.draw('a', 250)).toBe(25_000)
    now = 25_000
    expect(rate.draw('a', 250)).toBe(0)
  })

  it('forgets who was quiet longest', () => {
    const rate = createRate({ rate: 1, burst: 10, clock: () => 0, parties: 2 })
    for (const party of ['a', 'b', 'c']) rate.draw(party, 10)
    expect(rate.draw('c', 10)).toBeGreaterThan(0)
    expect(rate.draw('a', 10)).toBe(0)
  })

  it('never gives more than burst and refill, whatever the clock does', () => {
    const step = fc.record({ pass: fc.integer({ min: -500, max: 2000 }), units: fc.integer({ min: 1, max: 50 }) })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        let now = 1_000_000
        let passed = 0
        let drawn = 0
        const rate = createRate({ rate: 10, burst: 50, clock: () => now })
        for (const { pass, units } of steps) {
          now += pass
          passed += Math.max(0, pass)
          if (rate.draw('a', units) === 0) drawn += units
        }
        expect(drawn).toBeLessThanOrEqual(50 + (passed / 1000) * 10 + 1e-6)
      }),
    )
  })
})

/** How fast one party may draw: bursts, refill, and that nobody pays for another. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRate } from '../../src/core/rate.ts'

describe('a rate', () => {
  it('gives a burst at once, then as much as was filled again', () => {
    let now = 0
    const rate = createRate({ burst: 100, every: 100, clock: () => now })
    expect(rate.draw('a', 100)).toBe(0)
    expect(rate.draw('a', 5)).toBe(500)
    now = 499
    expect(rate.draw('a', 5)).toBeGreaterThan(0)
    now = 500
    expect(rate.draw('a', 5)).toBe(0)
  })

  it('keeps parties apart, and gives more than a burst only from a full bucket', () => {
    let now = 0
    const rate = createRate({ burst: 100, every: 100, clock: () => now })
    expect(rate.draw('a', 250)).toBe(0)
    expect(rate.draw('b', 250)).toBe(0)
    expect(rate.draw('a', 250)).toBe(25_000)
    now = 25_000
    expect(rate.draw('a', 250)).toBe(0)
  })

  it('takes back what was drawn for nothing, and never more than a burst', () => {
    const rate = createRate({ burst: 3, every: 1000, clock: () => 0 })
    rate.draw('ada', 3)
    expect(rate.draw('ada', 1)).toBe(1000)
    rate.giveBack('ada', 1)
    expect(rate.draw('ada', 1)).toBe(0)
    rate.giveBack('ada', 10)
    expect(rate.wait('ada', 3)).toBe(0)
    expect(rate.draw('ada', 3)).toBe(0)
    expect(rate.draw('ada', 1)).toBe(1000)
    rate.giveBack('ben', 5)
    expect(rate.size).toBe(1)
  })

  it('gives turns one after the other, and says how long to wait', () => {
    let now = 0
    const turns = createRate({ burst: 3, every: 1000, clock: () => now })
    expect([1, 2, 3, 4].map(() => turns.draw('a', 1))).toEqual([0, 0, 0, 1000])
    now = 400
    expect(turns.draw('a', 1)).toBe(600)
    now = 1000
    expect([turns.draw('a', 1), turns.draw('a', 1)]).toEqual([0, 1000])
    expect(turns.draw('b', 1)).toBe(0)
  })

  it('keeps no more parties than it may, forgets full ones, and gives a newcomer nothing in their place', () => {
    let now = 0
    const turns = createRate({ burst: 1, every: 1000, clock: () => now, parties: 2 })
    expect(['a', 'b', 'c'].map((party) => turns.draw(party, 1))).toEqual([0, 0, 1000])
    expect(turns.size).toBe(2)
    now = 1000
    expect(turns.draw('c', 1)).toBe(0)
    expect(turns.size).toBe(1)
  })

  it('never gives more than burst and refill, whatever the clock does', () => {
    const step = fc.record({ pass: fc.integer({ min: -500, max: 2000 }), units: fc.integer({ min: 1, max: 50 }) })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        let now = 1_000_000
        let passed = 0
        let drawn = 0
        const rate = createRate({ burst: 50, every: 100, clock: () => now })
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

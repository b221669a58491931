/** Pauses grow, are bounded and jittered; a delay ends early with its signal. */
import { describe, expect, it } from 'vitest'
import { CafeError } from '../../src/core/errors.ts'
import { delay, pauseAfter } from '../../src/core/pause.ts'

const many = (failures: number) =>
  Array.from({ length: 1000 }, () => pauseAfter(failures, { first: 100, longest: 1000 }))

describe('pauseAfter', () => {
  it.each([
    [1, 50, 100],
    [2, 100, 200],
    [4, 400, 800],
    [5, 500, 1000],
    [5000, 500, 1000],
  ])('after %i failures is between %i and %i', (failures, least, most) => {
    const pauses = many(failures)
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(least)
    expect(Math.max(...pauses)).toBeLessThanOrEqual(most)
    // Not all at once: a tenth of them lies in each fifth at least.
    for (let part = 0; part < 5; part++) {
      const from = least + ((most - least) * part) / 5
      const inPart = pauses.filter((ms) => ms >= from && ms <= from + (most - least) / 5)
      expect(inPart.length).toBeGreaterThan(100)
    }
  })
})

describe('delay', () => {
  it('waits', async () => {
    const before = performance.now()
    await delay(30)
    expect(performance.now() - before).toBeGreaterThan(25)
  })

  it('ends with its signal, for its reason', async () => {
    const reason = new CafeError('UNREACHABLE')
    await expect(delay(60_000, AbortSignal.abort(reason))).rejects.toBe(reason)
    const later = new AbortController()
    const waiting = delay(60_000, later.signal)
    later.abort()
    await expect(waiting).rejects.toMatchObject({ code: 'ABORTED' })
  })
})

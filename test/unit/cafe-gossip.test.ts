/** When a cafe looks for others: soon again while it knows none, and seldom once it does. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createGossip } from '../../src/cafe/info/gossip.ts'
import type { Known } from '../../src/cafe/info/known.ts'
import { CafeError } from '../../src/core/errors.ts'
import { silentLog } from '../../src/core/log.ts'
import { deviceOf, NOW } from './seal-help.ts'

const MINUTE = 60_000

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** How often the relay was asked for cafes within `ms`, by a cafe that knows `others`. */
async function looks(others: readonly unknown[], ms: number): Promise<number> {
  const directory = vi.fn(async () => [])
  const gossip = createGossip({
    ...{ self: deviceOf(1).peer, own: async () => new Uint8Array(1), addresses: () => ['/dns4/here'] },
    known: { usable: (good: boolean) => (good ? others : []), isMarked: () => false } as unknown as Known,
    connector: {
      know() {},
      async open() {
        throw new CafeError('UNREACHABLE')
      },
    },
    ...{ directory, clock: () => NOW, log: silentLog, onChange: () => {} },
  })
  gossip.start()
  await vi.advanceTimersByTimeAsync(ms)
  gossip.close()
  return directory.mock.calls.length
}

it('looks for others again soon while it knows none: two that open at once find each other', async () => {
  expect(await looks([], MINUTE)).toBeGreaterThan(2)
  // And does not ask for ever as often.
  expect(await looks([], 120 * MINUTE)).toBeLessThan(40)
})

it('is content with a look now and then once it knows some', async () => {
  expect(await looks([{ cafe: deviceOf(2).peer, at: [] }], MINUTE)).toBe(1)
})

/** A relay that drains waits for what moves, not for what is merely open, and never for ever. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createDrain, createTraffic } from '../../relay/drain.ts'
import { DRAIN_QUIET } from '../../relay/limits.ts'

const LIMIT = 30_000

describe('draining', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  const begin = () => {
    const traffic = createTraffic()
    const unhandled: string[] = []
    const state = { moved: 0 }
    const node = { unhandle: async (protocol: string) => void unhandled.push(protocol) }
    const drain = createDrain({ node, moved: () => state.moved, traffic, now: () => Date.now() })
    const hurry = new AbortController()
    return { traffic, state, unhandled, drain, hurry }
  }

  it('takes no new seats or circuits from its first moment, and ends when all has been quiet', async () => {
    const { drain, unhandled, hurry } = begin()
    expect(drain.draining).toBe(false)
    const done = drain.run(LIMIT, hurry.signal)
    expect(drain.draining).toBe(true)
    expect(unhandled).toEqual(['/libp2p/circuit/relay/0.2.0/hop'])
    await vi.advanceTimersByTimeAsync(DRAIN_QUIET + 200)
    expect(await done).toBe(true)
  })

  it('waits for bytes that move and for answers that are not out', async () => {
    const { drain, traffic, state, hurry } = begin()
    let ended: boolean | undefined
    traffic.begin()
    void drain.run(LIMIT, hurry.signal).then((whole) => {
      ended = whole
    })
    await vi.advanceTimersByTimeAsync(3 * DRAIN_QUIET)
    traffic.end()
    for (let i = 0; i < 5; i++) {
      state.moved += 1
      await vi.advanceTimersByTimeAsync(DRAIN_QUIET - 200)
    }
    expect(ended).toBeUndefined()
    await vi.advanceTimersByTimeAsync(DRAIN_QUIET + 200)
    expect(ended).toBe(true)
  })

  it('ends at its limit, or when told to hurry', async () => {
    for (const hurried of [false, true]) {
      const { drain, traffic, hurry } = begin()
      traffic.begin()
      const done = drain.run(LIMIT, hurry.signal)
      if (hurried) hurry.abort()
      await vi.advanceTimersByTimeAsync(hurried ? 200 : LIMIT + 200)
      expect(await done).toBe(false)
    }
  })
})

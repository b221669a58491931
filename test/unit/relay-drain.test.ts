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
    const state = { moved: 0, held: false, closed: 0 }
    const close = () => void state.closed++
    const drain = createDrain({
      ...{ close, traffic, now: () => Date.now() },
      moved: () => state.moved,
      held: () => state.held,
    })
    const hurry = new AbortController()
    return { traffic, state, drain, hurry }
  }

  it('takes no new seats or circuits from its first moment, and ends when all has been quiet', async () => {
    const { drain, state, hurry } = begin()
    expect(drain.draining).toBe(false)
    const done = drain.run(LIMIT, hurry.signal)
    expect(drain.draining).toBe(true)
    expect(state.closed).toBe(1)
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

  it('waits for what a slow reader has not taken yet, though nothing moves', async () => {
    const { drain, state, hurry } = begin()
    state.held = true
    let ended: boolean | undefined
    void drain.run(LIMIT, hurry.signal).then((whole) => {
      ended = whole
    })
    await vi.advanceTimersByTimeAsync(3 * DRAIN_QUIET)
    expect(ended).toBeUndefined()
    state.held = false
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

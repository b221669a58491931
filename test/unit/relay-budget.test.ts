/** How fast circuits may be: rates hold over time and in sum, nothing is cut, small things pass, use is counted. */
import { describe, expect, it } from 'vitest'
import { createBucket } from '../../relay/bucket.ts'
import { type Budget, createBudget, type Meter } from '../../relay/budget.ts'
import { FREE_BYTES, FREE_RATE, MAX_METERED, STRANGER_RATE } from '../../relay/limits.ts'
import { SLOW_RATE } from '../../relay/policy.ts'

const MiB = 1024 * 1024
const NONE = { rate: 0, seatRate: 0, guestRate: 0, hourBytes: 0, dayBytes: 0 }

const world = (rates: Partial<typeof NONE>): { budget: Budget; wait(ms: number): void; now(): number } => {
  let now = 1e12
  return {
    budget: createBudget({ ...NONE, ...rates }, () => now),
    wait: (ms) => {
      now += ms
    },
    now: () => now,
  }
}

/** Bytes that all `meters` pass in `ms` when each forwards whenever it may. */
function pass({ wait, now }: ReturnType<typeof world>, meters: readonly Meter[], ms: number): number[] {
  const next = meters.map(() => now())
  const passed = meters.map(() => 0)
  const end = now() + ms
  while (now() < end) {
    for (const [i, meter] of meters.entries()) {
      if ((next[i] as number) > now()) continue
      const size = Math.min(meter.piece, 65_536)
      passed[i] = (passed[i] as number) + size
      next[i] = now() + meter.draw(size)
    }
    wait(1)
  }
  return passed
}

const sum = (all: readonly number[]): number => all.reduce((a, b) => a + b, 0)
const near = (value: number, wanted: number): boolean => Math.abs(value - wanted) <= wanted / 10

describe('a bucket', () => {
  it('lets pass what is in it at once and then keeps to its rate, whatever the size of the pieces', () => {
    for (const size of [100, 1000, 5000]) {
      let now = 0
      const bucket = createBucket({ rate: 1000, burst: 1000, clock: () => now })
      let passed = 0
      while (now < 100_000) {
        passed += size
        now += Math.max(1, bucket.draw(size))
      }
      expect(passed, `${size}`).toBeGreaterThan(100_000)
      expect(passed, `${size}`).toBeLessThan(102_000 + size)
    }
  })

  it('gives nothing for a clock that was set back', () => {
    let now = 10_000
    const bucket = createBucket({ rate: 1000, burst: 100, clock: () => now })
    expect(bucket.draw(100)).toBe(0)
    now = 0
    expect(bucket.draw(100)).toBe(100)
    expect(bucket.tryDraw(1)).toBe(false)
  })
})

describe('the budget of a relay', () => {
  it('holds nobody up where there are no limits', () => {
    const { budget } = world({})
    const meter = budget.meter('guest', 'seat', false)
    expect(meter.piece).toBe(Number.POSITIVE_INFINITY)
    for (let i = 0; i < 1000; i++) expect(meter.draw(MiB)).toBe(0)
  })

  it.each(['rate', 'seatRate', 'guestRate'] as const)('holds %s within a tenth', (name) => {
    for (const rate of [64 * 1024, MiB, 20 * MiB]) {
      const relay = world({ [name]: rate })
      const passed = pass(relay, [relay.budget.meter('guest', 'seat', false)], 30_000)
      expect(near(sum(passed), 30 * rate), `${rate}: ${sum(passed)}`).toBe(true)
    }
  })

  it('shares the rate of all among all, in equal parts, and each seat has its own', () => {
    const relay = world({ rate: 4 * MiB, seatRate: MiB })
    const meters = Array.from({ length: 8 }, (_, i) => relay.budget.meter(`guest ${i}`, `seat ${i}`, false))
    const passed = pass(relay, meters, 30_000)
    expect(near(sum(passed), 120 * MiB)).toBe(true)
    for (const one of passed) expect(near(one, 15 * MiB), `${one}`).toBe(true)
    const alone = world({ rate: 4 * MiB, seatRate: MiB })
    const many = Array.from({ length: 8 }, (_, i) => alone.budget.meter(`guest ${i}`, 'seat', false))
    expect(near(sum(pass(alone, many, 30_000)), 30 * MiB)).toBe(true)
  })

  it('lets a call pass at once beside a film, and takes the film’s word for nothing', () => {
    const relay = world({ seatRate: MiB })
    const film = relay.budget.meter('guest', 'seat', false)
    pass(relay, [film], 10_000)
    const call = relay.budget.meter('other', 'seat', false)
    expect(call.draw(1000)).toBe(0)
    expect(call.draw(1000)).toBe(0)
    let free = 2000
    while (call.draw(1000) === 0) free += 1000
    expect(free).toBeLessThanOrEqual(FREE_BYTES + 1000)
    // A new circuit of the same guest brings nothing new.
    call.end()
    expect(relay.budget.meter('other', 'seat', false).draw(1000)).toBeGreaterThan(0)
  })

  it('slows a seat down that has used its hour or its day, cuts nothing, and says what was used', () => {
    for (const limits of [{ hourBytes: 10 * MiB }, { dayBytes: 10 * MiB }]) {
      const relay = world(limits)
      const meter = relay.budget.meter('guest', 'seat', false)
      expect(sum(pass(relay, [meter], 1000))).toBeGreaterThanOrEqual(10 * MiB)
      const later = sum(pass(relay, [meter], 60_000))
      expect(near(later, 60 * (SLOW_RATE + FREE_RATE)), `${later}`).toBe(true)
      const { hour, hourMost, dayMost, circuits } = relay.budget.usage('seat')
      expect(hour).toBeGreaterThan(10 * MiB)
      expect([hourMost, dayMost, circuits]).toEqual([limits.hourBytes ?? null, limits.dayBytes ?? null, 1])
      // It leaves and comes back: what it has used stays used.
      meter.end()
      expect(relay.budget.usage('seat').hour).toBe(hour)
      relay.wait('hourBytes' in limits ? 3_600_000 : 86_400_000)
      expect(relay.budget.usage('seat').hour).toBe(0)
      expect(sum(pass(relay, [relay.budget.meter('guest', 'seat', false)], 1000))).toBeGreaterThanOrEqual(10 * MiB)
    }
  })

  it('is slow for a stranger, also where there are no other limits, and for nobody else', () => {
    const relay = world({})
    const [stranger, friend] = [relay.budget.meter('a', 'seat', true), relay.budget.meter('b', 'seat', false)]
    const passed = pass(relay, [stranger], 30_000)
    expect(near(sum(passed), 30 * STRANGER_RATE)).toBe(true)
    expect(friend.draw(100 * MiB)).toBe(0)
  })

  it('forgets a crowd rather than who has used most, and never an open circuit', () => {
    const relay = world({ hourBytes: MiB })
    const heavy = relay.budget.meter('guest', 'heavy', false)
    heavy.draw(2 * MiB)
    heavy.end()
    const open = relay.budget.meter('guest', 'open', false)
    for (let i = 0; i < MAX_METERED + 100; i++) relay.budget.meter('crowd', `fake ${i}`, false).end()
    expect(relay.budget.usage('heavy').hour).toBe(2 * MiB)
    open.draw(1000)
    expect(relay.budget.usage('open')).toMatchObject({ hour: 1000, circuits: 1 })
  })
})

/** A peer that looks after its sessions: refreshes in time by itself, listens, and goes on after sleep and failures. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Standing } from '../../src/cafe/session/protocol.ts'
import { CafeError } from '../../src/core/errors.ts'
import type { Address, PeerIdText } from '../../src/core/ids.ts'
import { ACCESS_TTL } from '../../src/core/limits.ts'
import { type Attendance, createAttendance } from '../../src/peer/attend.ts'
import type { Joined } from '../../src/peer/cafe-row.ts'

const MINUTE = 60_000
const CAFE = `12D3KooW${'a'.repeat(44)}` as PeerIdText

let row: Joined
/** When it refreshed, in minutes since the start. */
let refreshed: number[]
let checks: number
let opened: number[]
let failing: string | undefined
let say: (standing: Standing) => void
let hangUp: (error: CafeError) => void
let start: number
let attendance: Attendance
let asleep: number
let connected: string[]
let paused: boolean
let heard: Array<Pick<Joined, 'paused' | 'farewell'>>
let bid: ((words: string) => void) | undefined

const clock = (): number => Date.now() + asleep
const minutes = (): number => Math.round((clock() - start) / MINUTE)

beforeEach(async () => {
  vi.useFakeTimers()
  asleep = 0
  start = clock()
  row = {
    ...{ cafe: CAFE, name: 'Corner', address: `P${'a'.repeat(47)}` as Address, addresses: [], quota: 1, since: start },
    ...{ access: 'a', accessEnds: start + ACCESS_TTL, refresh: 'r', refreshEnds: start + 1e10, issued: start },
    ...{ state: 'active', why: null, notice: '', until: null, alarm: null, epoch: 0 },
    ...{ paused: false, farewell: null },
  }
  refreshed = []
  opened = []
  connected = []
  paused = false
  heard = []
  checks = 0
  failing = undefined
  attendance = createAttendance({
    clock,
    chance: () => 0.5,
    onConnected: (cafe) => connected.push(cafe),
    cafes: {
      list: async () => [row],
      async access() {
        refreshed.push(minutes())
        if (failing) throw new CafeError('UNREACHABLE')
        row = { ...row, issued: clock(), accessEnds: clock() + ACCESS_TTL }
        return 'a'
      },
      async check() {
        checks++
      },
      async heard(_cafe, said) {
        heard.push(said)
      },
    },
    client: {
      watch: (_cafe, _address, onStanding, { signal, onFarewell }) =>
        new Promise<never>((_, reject) => {
          opened.push(minutes())
          say = (standing) => onStanding(standing, { epoch: 1, paused })
          bid = onFarewell
          hangUp = reject
          signal.addEventListener('abort', () => reject(new CafeError('ABORTED')))
          if (failing) reject(new CafeError('UNREACHABLE'))
        }),
    },
  })
  await attendance.sync()
})

afterEach(() => {
  attendance.close()
  vi.useRealTimers()
})

const later = (ms: number) => vi.advanceTimersByTimeAsync(ms)

describe('a session that is looked after', () => {
  it('is refreshed at 80 % of its life and a little later, again and again, though nobody uses it', async () => {
    await later(47 * MINUTE)
    expect(refreshed).toEqual([])
    await later(4 * 60 * MINUTE)
    expect(refreshed.length).toBe(5)
    expect(refreshed[0]).toBeGreaterThanOrEqual(48)
    expect(refreshed[0]).toBeLessThanOrEqual(52)
  })

  it('is refreshed within a minute after sleep, during which timers stood still', async () => {
    await later(10 * MINUTE)
    asleep = 8 * 60 * MINUTE
    await later(MINUTE)
    expect(refreshed.length).toBe(1)
  })

  it('is refreshed at the start if it is due', async () => {
    attendance.close()
    asleep = 60 * MINUTE
    const before = refreshed.length
    const again = createAttendance({
      clock,
      cafes: {
        list: async () => [row],
        async access() {
          refreshed.push(minutes())
          row = { ...row, issued: clock() }
          return 'a'
        },
        check: async () => {},
        heard: async () => {},
      },
      client: { watch: () => new Promise<never>(() => {}) },
    })
    await again.sync()
    again.close()
    expect(refreshed.length).toBe(before + 1)
  })

  it('is tried again with growing pauses while its cafe is away, and at once when the network is back', async () => {
    failing = 'away'
    hangUp(new CafeError('UNREACHABLE'))
    await later(120 * MINUTE)
    const tries = refreshed.length
    expect(tries).toBeGreaterThan(20)
    expect(tries).toBeLessThan(120)
    failing = undefined
    attendance.wake()
    await later(0)
    expect(refreshed.length).toBe(tries + 1)
    await later(40 * MINUTE)
    expect(refreshed.length).toBe(tries + 1)
  })
})

describe('a live channel', () => {
  it('is opened anew when it ends, soon at first and seldom later, and at once on waking', async () => {
    failing = 'away'
    hangUp(new CafeError('UNREACHABLE'))
    await later(10_000)
    const soon = opened.length
    expect(soon).toBeGreaterThan(3)
    await later(60 * MINUTE)
    expect(opened.length).toBeGreaterThan(soon + 20)
    expect(opened.length).toBeLessThan(soon + 80)
    const before = opened.length
    attendance.wake()
    await later(0)
    expect(opened.length).toBe(before + 1)
  })

  it('is only a hint: whatever is new is asked of the cafe, what is known is not', async () => {
    say('client')
    await later(0)
    expect(checks).toBe(0)
    for (const [i, standing] of (['evicted', 'revoked', 'alarm', 'unknown'] as const).entries()) {
      say(standing)
      await later(0)
      expect(checks).toBe(i + 1)
    }
    row = { ...row, state: 'waiting' }
    say('waiting')
    await later(0)
    expect(checks).toBe(4)
    for (const standing of ['admitted', 'refused', 'client'] as const) say(standing)
    await later(0)
    expect(checks).toBe(7)
    row = { ...row, state: 'ended' }
    say('client')
    await later(0)
    expect(checks).toBe(7)
  })

  it('says once that a cafe is there again, and only where we are a client', async () => {
    say('client')
    say('client')
    expect(connected).toEqual([CAFE])
    hangUp(new CafeError('UNREACHABLE'))
    await later(2000)
    say('unknown')
    expect(connected).toEqual([CAFE])
    hangUp(new CafeError('UNREACHABLE'))
    await later(5000)
    say('client')
    expect(connected).toEqual([CAFE, CAFE])
  })

  it('notes that guests are paused, and goes on with what waits as soon as that has ended', async () => {
    paused = true
    say('client')
    paused = false
    say('client')
    say('client')
    expect(connected).toEqual([CAFE, CAFE])
    expect(heard.map(({ paused }) => paused)).toEqual([true, false, false])
  })

  it('notes what a host says who closes the cafe, and when', async () => {
    say('client')
    bid?.('We move to the harbour.')
    expect(heard.at(-1)).toEqual({ paused: false, farewell: { words: 'We move to the harbour.', at: clock() } })
  })

  it('asks the cafe when it is told that nobody knows us there', async () => {
    hangUp(new CafeError('UNAUTHORIZED'))
    await later(0)
    expect(checks).toBe(1)
  })

  it('is closed, and nothing refreshed, when there is nothing to look after any more', async () => {
    row = { ...row, state: 'ended' }
    await attendance.sync()
    const before = opened.length
    await later(5 * 60 * MINUTE)
    expect(opened.length).toBe(before)
    expect(refreshed).toEqual([])
  })
})

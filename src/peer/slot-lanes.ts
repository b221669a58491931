/**
 * One lane for each cafe: what goes on with one holds up no other. A turn that fails is tried again after a pause that grows;
 * one that went well comes again when it is time to compare.
 */
import type { Clock } from '../core/clock.ts'
import { type ErrorCode, toCafeError } from '../core/errors.ts'
import type { PeerIdText } from '../core/ids.ts'
import { type Pauses, pauseAfter } from '../core/pause.ts'

export interface LanesComponents {
  readonly clock: Clock
  /** From 0 to 1: spreads what would otherwise happen everywhere at once. */
  readonly chance: () => number
  /** One turn with a cafe; `compare` if it is time to ask what it has. Gives whether something was left undone. */
  readonly turn: (cafe: PeerIdText, compare: boolean) => Promise<boolean>
  /** A lane has come to rest. */
  readonly onRest: (cafe: PeerIdText) => void
}

export interface Lanes {
  /** Has its turn now, or once more after the one that runs; resolves when it rests. Never rejects. */
  kick(cafe: PeerIdText): Promise<void>
  /** There is something to do: has its turn, once more if it is having it, unless it waits after a failure. */
  nudge(cafe: PeerIdText): void
  /** These cafes and no others; new ones are kicked. */
  keep(cafes: readonly PeerIdText[]): void
  /** To be compared with the next turn. */
  fresh(cafe: PeerIdText): void
  /** All rest until the returned function is called. */
  hold(): () => void
  readonly held: boolean
  cafes(): readonly PeerIdText[]
  /** Why the last turn failed. */
  reasonOf(cafe: PeerIdText): ErrorCode | undefined
  close(): void
}

/** Before a cafe that was not reached is tried again. */
const PAUSES: Pauses = { first: 2000, longest: 10 * 60_000 }
/** Milliseconds between two comparisons with a cafe. */
const COMPARE_EVERY = 10 * 60_000

interface Lane {
  failures: number
  /** By our clock. */
  compareAt: number
  timer: ReturnType<typeof setTimeout> | undefined
  running: Promise<void> | undefined
  /** Something came up while it ran. */
  again: boolean
  reason: ErrorCode | undefined
}

export function createLanes({ clock, chance, turn, onRest }: LanesComponents): Lanes {
  const lanes = new Map<PeerIdText, Lane>()
  let holds = 0
  let closed = false

  const laneOf = (cafe: PeerIdText): Lane => {
    const idle = { failures: 0, compareAt: 0, timer: undefined, running: undefined, again: false, reason: undefined }
    const lane = lanes.get(cafe) ?? idle
    lanes.set(cafe, lane)
    return lane
  }

  const goOn = async (cafe: PeerIdText, lane: Lane): Promise<void> => {
    while (lane.again && holds === 0 && !closed) {
      lane.again = false
      const compare = clock() >= lane.compareAt
      try {
        const undone = await turn(cafe, compare)
        lane.failures = undone ? lane.failures + 1 : 0
        lane.reason = undefined
        if (compare) lane.compareAt = clock() + COMPARE_EVERY * (0.9 + 0.2 * chance())
      } catch (thrown) {
        lane.failures++
        lane.reason = toCafeError(thrown).code
      }
    }
    lane.running = undefined
    clearTimeout(lane.timer)
    onRest(cafe)
    if (closed || lanes.get(cafe) !== lane) return
    const wait = lane.failures > 0 ? pauseAfter(lane.failures, PAUSES) : Math.max(0, lane.compareAt - clock())
    lane.timer = setTimeout(() => void kick(cafe), Math.min(wait, COMPARE_EVERY))
  }

  const kick = (cafe: PeerIdText): Promise<void> => {
    const lane = laneOf(cafe)
    lane.again = true
    if (holds > 0) return Promise.resolve()
    clearTimeout(lane.timer)
    lane.running ??= goOn(cafe, lane)
    return lane.running
  }

  return {
    kick,
    nudge(cafe) {
      const { running, failures } = laneOf(cafe)
      if (running) laneOf(cafe).again = true
      else if (failures === 0) void kick(cafe)
    },
    keep(cafes) {
      for (const [cafe, lane] of lanes) {
        if (cafes.includes(cafe)) continue
        clearTimeout(lane.timer)
        lanes.delete(cafe)
      }
      for (const cafe of cafes) if (!lanes.has(cafe)) void kick(cafe)
    },
    fresh: (cafe) => void Object.assign(laneOf(cafe), { compareAt: 0, failures: 0 }),
    hold() {
      holds++
      let held = true
      return () => {
        if (held) holds--
        held = false
        if (holds === 0) for (const cafe of lanes.keys()) void kick(cafe)
      }
    },
    get held() {
      return holds > 0
    },
    cafes: () => [...lanes.keys()],
    reasonOf: (cafe) => lanes.get(cafe)?.reason,
    close() {
      closed = true
      for (const { timer } of lanes.values()) clearTimeout(timer)
    },
  }
}

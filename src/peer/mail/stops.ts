/** The way through cafes: each that takes mail for the recipient is brought all it should have, by itself and until it has signed. */

import type { Clock } from '../../core/clock.ts'
import { type CafeError, toCafeError } from '../../core/errors.ts'
import type { Address, PeerIdText } from '../../core/ids.ts'
import { type Pauses, pauseAfter } from '../../core/pause.ts'
import type { CafePlace } from '../thread-targets.ts'
import type { Courier } from './courier.ts'
import { type Lane, newStop, type Stop } from './lane.ts'
import type { ParcelRow } from './out-rows.ts'
import type { Outbox } from './outbox.ts'

export interface StopsComponents {
  readonly outbox: Outbox
  readonly courier: Pick<Courier, 'toCafe'>
  readonly devicesOf: (to: Address) => Promise<readonly PeerIdText[]>
  readonly know: (peer: PeerIdText, addresses: readonly string[]) => void
  readonly bringing: <T>(task: () => Promise<T>) => Promise<T>
  readonly keep: (task: Promise<unknown>) => void
  /** The recipient's card may say by now where else, or how else, to come. */
  readonly ask: (lane: Lane) => Promise<void>
  /** The lane is to look again: now, or after so long. */
  readonly kick: (to: Address) => void
  readonly later: (lane: Lane, ms: number) => void
  readonly onReceipt: (cafe: PeerIdText, epoch: number) => Promise<void>
  readonly onChange: () => void
  readonly clock: Clock
  readonly signal: AbortSignal
}

export interface Stops {
  /** Begins with each cafe where something is missing and whose time has come. */
  run(lane: Lane, inboxes: readonly CafePlace[]): Promise<void>
}

/** As security.md §3.2 has it. */
const PAUSES: Pauses = { first: 2000, longest: 3_600_000 }
/** A cafe that says when to come again is believed, up to this. */
const LONGEST_AFTER = 3_600_000
/** Parcels on their way to one cafe for one recipient. */
const WINDOW = 4
/** A cafe is asked about the oldest letter it has signed for, to see whether it has lost it. */
const PROBE = 6 * 3_600_000

/** Have all devices of the recipient taken it themselves? */
export const isTakenByAll = (parcel: ParcelRow, devices: readonly PeerIdText[]): boolean =>
  devices.length > 0 && devices.every((device) => parcel.at.some(({ at, direct }) => direct && at === device))

export function createStops(components: StopsComponents): Stops {
  const { outbox, courier, devicesOf, know, bringing, keep, ask, kick, later, onReceipt, onChange } = components
  const { signal } = components

  const refuse = async (lane: Lane, stop: Stop, p: number, error: CafeError, news: number): Promise<void> => {
    const { code, data } = error
    lane.why = code
    stop.why = code
    const after = typeof data['after'] === 'number' ? Math.min(LONGEST_AFTER, data['after']) : 0
    stop.due = performance.now() + Math.max(after, pauseAfter(++stop.failures, PAUSES))
    // It was refused with what was known before: what has been learned since may open.
    if (lane.news !== news && (code === 'FORBIDDEN' || code === 'NOT_FOUND')) stop.due = 0
    if (code === 'FORBIDDEN' && data['what'] === 'size') {
      lane.strange = true
      await outbox.dissolve(lane.to, p)
    }
    if (code === 'FORBIDDEN' || code === 'NOT_FOUND') keep(ask(lane))
  }

  const bring = async (lane: Lane, stop: Stop, place: CafePlace, p: number, parcel: ParcelRow): Promise<void> => {
    const { to } = lane
    const { cafe } = place
    const sealed = await outbox.sealed(to, p)
    if (!sealed) return
    const { news } = lane
    try {
      const { epoch, until, time } = await bringing(() =>
        courier.toCafe(cafe, { to, sealed, ends: parcel.ends }, signal),
      )
      await outbox.placed(to, p, { at: cafe, direct: false, epoch, until, time })
      Object.assign(stop, { failures: 0, due: 0, why: undefined })
      lane.why = undefined
      await onReceipt(cafe, epoch)
    } catch (thrown) {
      if (!signal.aborted) await refuse(lane, stop, p, toCafeError(thrown), news)
      throw thrown
    }
  }

  /** Parcels that a cafe has to be brought, oldest first. */
  const missingAt = ({ to }: Lane, cafe: PeerIdText, devices: readonly PeerIdText[]): Array<[number, ParcelRow]> =>
    [...outbox.parcels(to)].filter(
      ([, parcel]) => !parcel.at.some(({ at }) => at === cafe) && !isTakenByAll(parcel, devices),
    )

  /** Sees to it that one cafe has all it should have. */
  const serve = async (lane: Lane, place: CafePlace, stop: Stop): Promise<void> => {
    know(place.cafe, place.addresses)
    try {
      while (!signal.aborted) {
        const missing = missingAt(lane, place.cafe, await devicesOf(lane.to)).slice(0, WINDOW)
        const oldest = [...outbox.parcels(lane.to)].find(([, { qs }]) => qs.length > 0)
        if (missing.length === 0 && oldest && performance.now() - stop.probed > PROBE) missing.push(oldest)
        stop.probed = performance.now()
        if (missing.length === 0) return
        const brought = await Promise.allSettled(missing.map(([p, parcel]) => bring(lane, stop, place, p, parcel)))
        kick(lane.to)
        if (brought.some(({ status }) => status === 'rejected')) return
      }
    } finally {
      stop.running = false
      onChange()
      if (!signal.aborted) kick(lane.to)
    }
  }

  const run: Stops['run'] = async (lane, inboxes) => {
    const devices = await devicesOf(lane.to)
    for (const place of inboxes) {
      const stop = lane.stops.get(place.cafe) ?? newStop()
      lane.stops.set(place.cafe, stop)
      if (stop.running || signal.aborted) continue
      const wait = stop.due - performance.now()
      const isNeeded = missingAt(lane, place.cafe, devices).length > 0
      const isToProbe = outbox.parcels(lane.to).size > 0 && performance.now() - stop.probed > PROBE
      if (!isNeeded && !isToProbe) continue
      if (wait > 0) later(lane, wait)
      else {
        stop.running = true
        keep(serve(lane, place, stop))
      }
    }
  }

  return { run }
}

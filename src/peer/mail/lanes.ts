/**
 * One lane for each recipient: packs what waits, brings it to devices that are connected, and if those are not all, to every
 * cafe that takes mail for them, each by itself and again until it has signed. One parcel at a time is packed that is nowhere
 * yet; what comes meanwhile goes together in the next, so a thousand letters are a few dozen parcels.
 */
import type { Clock, Random } from '../../core/clock.ts'
import { CafeError, type ErrorCode, toCafeError } from '../../core/errors.ts'
import type { Address, PeerIdText } from '../../core/ids.ts'
import { type Pauses, pauseAfter } from '../../core/pause.ts'
import type { Signer } from '../../crypto/certificate.ts'
import type { CardBook } from '../cards.ts'
import type { CafePlace } from '../thread-targets.ts'
import type { Courier } from './courier.ts'
import type { Doors } from './doors.ts'
import type { ParcelRow } from './out-rows.ts'
import type { Extras, Outbox } from './outbox.ts'
import { PARCEL_ROOM, type Parcel, STRANGE_ROOM, sealParcel } from './parcel.ts'
import type { Talk } from './talk.ts'

export interface LanesComponents {
  readonly outbox: Outbox
  readonly talk: Pick<Talk, 'wants' | 'say'>
  readonly cards: CardBook
  readonly courier: Courier
  readonly doors: Pick<Doors, 'key' | 'due' | 'run'>
  readonly signer: Signer
  /** This account's card as it is now. */
  readonly ownCard: () => Promise<{ readonly seq: number; readonly envelope: Uint8Array } | undefined>
  /** Devices that have written for somebody, beside those of the card. */
  readonly heardOf: (to: Address) => readonly PeerIdText[]
  /** Peers with an open connection. */
  readonly online: () => readonly PeerIdText[]
  /** Makes known what there is to dial a peer. */
  readonly know: (peer: PeerIdText, addresses: readonly string[]) => void
  /** Where a device may be dialled. */
  readonly dial: (peer: PeerIdText) => void
  /** A receipt of a cafe names this epoch. */
  readonly onReceipt: (cafe: PeerIdText, epoch: number) => void
  readonly onChange: () => void
  readonly clock: Clock
  readonly random: Random
}

export interface Lanes {
  /** There is something for somebody, or something is different. */
  kick(to: Address): void
  /** Somebody has written, or is to be found in another way. */
  news(to: Address): void
  /** All of them at once, whatever they wait for. */
  wake(): void
  /** Connections may have come or gone. */
  connected(): void
  whyNot(to: Address): ErrorCode | undefined
  close(): Promise<void>
}

/** As security.md §3.2 has it. */
const PAUSES: Pauses = { first: 2000, longest: 3_600_000 }
/** A cafe that says when to come again is believed, up to this. */
const LONGEST_AFTER = 3_600_000
/** Lanes that decide, and parcels that are on their way, at once. */
const TURNS = 8
const BRINGING = 12
/** Parcels on their way to one cafe for one recipient. */
const WINDOW = 4
/** Milliseconds after which a card is asked for again, and at least between two times. */
const CARD_AGE = 6 * 3_600_000
const ASK_AGAIN = 60_000
const ASK_TIME = 10_000
/** A device that is not connected is dialled, for so long, and no more often than that. */
const DIAL_TIME = 4000
const DIAL_AGAIN = 5 * 60_000
/** The own cafes are told of a new correspondent before it gets anything, if they can be. */
const DOORS_TIME = 3000
/** A cafe is asked about the oldest letter it has signed for, to see whether it has lost it. */
const PROBE = 6 * 3_600_000
/** A parcel without letters that is at some cafe needs no other after this. */
const NOTES_AGE = 3_600_000

/** Recipients for whom it is remembered when they were last dialled, though nothing is on its way to them. */
const MAX_IDLE = 500

interface Stop {
  failures: number
  /** On the clock of `performance.now()`. */
  due: number
  running: boolean
  probed: number
  /** Why it waits. */
  why: ErrorCode | undefined
}

interface Lane {
  readonly to: Address
  running: boolean
  again: boolean
  readonly stops: Map<PeerIdText, Stop>
  timer: ReturnType<typeof setTimeout> | undefined
  wakesAt: number
  asked: number
  dialled: number
  failures: number
  /** Only the stranger's door is open. */
  strange: boolean
  why: ErrorCode | undefined
}

export function createMailLanes(components: LanesComponents): Lanes {
  const { outbox, talk, cards, courier, doors, signer, ownCard, heardOf, online, know, dial } = components
  const { onReceipt, onChange, clock, random } = components
  const lanes = new Map<Address, Lane>()
  const closed = new AbortController()
  const { signal } = closed
  const running = new Set<Promise<unknown>>()
  const turns = limited(TURNS)
  const bringing = limited(BRINGING)

  const laneOf = (to: Address): Lane => {
    const fresh = {
      running: false,
      again: false,
      stops: new Map(),
      timer: undefined,
      wakesAt: Number.POSITIVE_INFINITY,
    }
    const never = { asked: Number.NEGATIVE_INFINITY, dialled: Number.NEGATIVE_INFINITY, failures: 0 }
    const lane = lanes.get(to) ?? { to, ...fresh, ...never, strange: false, why: undefined }
    lanes.set(to, lane)
    return lane
  }

  const keep = (task: Promise<unknown>): void => {
    const settled = task.catch(() => {}).finally(() => running.delete(settled))
    running.add(settled)
  }

  const later = (lane: Lane, ms: number): void => {
    const at = performance.now() + ms
    if (signal.aborted || at >= lane.wakesAt) return
    clearTimeout(lane.timer)
    lane.wakesAt = at
    lane.timer = setTimeout(() => kick(lane.to), ms)
  }

  /** What there is to say beside letters; undefined if there is neither. */
  const extrasFor = async (to: Address): Promise<Extras | undefined> => {
    const said = await talk.say(to)
    if (outbox.loose(to) === 0 && !said) return undefined
    const own = await ownCard()
    return {
      says: said?.says,
      card: own && own.seq > outbox.toldCard(to) ? own : undefined,
      changes: said?.changes ?? [],
      // What fails is only said once more.
      done: async () => said?.done().catch(() => {}),
    }
  }

  const pack = async (lane: Lane): Promise<boolean> => {
    const { to } = lane
    const isStrange = lane.strange || (await cards.door(to)) === undefined
    const room = isStrange ? STRANGE_ROOM : PARCEL_ROOM
    const door = await doors.key(`contact/${to}`)
    const known = (await cards.get(to))?.card
    const prekey = known && 'prekey' in known ? known.prekey : undefined
    const seal = (parcel: Omit<Parcel, 'v'>): Promise<Uint8Array> =>
      sealParcel({ signer, to, prekey, ts: clock(), random }, { ...parcel, door })
    return outbox.pack(to, { room, extras: await extrasFor(to), seal })
  }

  /** Tells one device all it does not have yet, oldest first. */
  const giveAll = async (lane: Lane, device: PeerIdText): Promise<void> => {
    const { to } = lane
    for (const [p, parcel] of [...outbox.parcels(to)]) {
      if (parcel.at.some(({ at }) => at === device) || !outbox.parcels(to).has(p)) continue
      const sealed = await outbox.sealed(to, p)
      if (!sealed) continue
      await bringing(() => courier.toDevice(device, sealed, signal))
      await outbox.placed(to, p, { at: device, direct: true, epoch: 0, until: 0, time: clock() })
      await outbox.taken(to, p)
      lane.why = undefined
    }
  }

  const devicesOf = async (to: Address): Promise<readonly PeerIdText[]> => {
    const named = await cards.devicesOf(to)
    const all = named.length > 0 ? named : heardOf(to)
    return all.filter((peer) => peer !== signer.peer)
  }

  /** Goes straight to devices that are connected; dials one if none is, once in a while. */
  const direct = async (lane: Lane): Promise<void> => {
    const known = new Set([...(await devicesOf(lane.to)), ...heardOf(lane.to)])
    const here = online().filter((peer) => known.has(peer) && peer !== signer.peer)
    const tries: Array<Promise<void>> = here.map((device) => giveAll(lane, device))
    if (here.length === 0 && performance.now() - lane.dialled > DIAL_AGAIN) {
      lane.dialled = performance.now()
      for (const device of [...known].slice(0, 2)) {
        dial(device)
        tries.push(giveAll(lane, device))
      }
      // Whoever can be reached is quickly; the others get it from their cafes meanwhile.
      await Promise.race([Promise.allSettled(tries), pause(DIAL_TIME, signal)])
      return
    }
    await Promise.allSettled(tries)
  }

  const isTakenByAll = (parcel: ParcelRow, devices: readonly PeerIdText[]): boolean =>
    devices.length > 0 && devices.every((device) => parcel.at.some(({ at, direct }) => direct && at === device))

  const isDone = (parcel: ParcelRow, devices: readonly PeerIdText[], inboxes: readonly CafePlace[]): boolean => {
    const cafes = parcel.at.filter(({ direct }) => !direct).length
    if (isTakenByAll(parcel, devices)) return true
    // Some device has the letters; for the others one cafe is enough.
    if (!parcel.notes) return cafes > 0 || devices.length <= 1 || inboxes.length === 0
    const isEverywhere = inboxes.every(({ cafe }) => parcel.at.some(({ at }) => at === cafe))
    return (isEverywhere && parcel.at.length > 0) || (cafes > 0 && clock() - parcel.made > NOTES_AGE)
  }

  const refuse = async (lane: Lane, stop: Stop, p: number, error: CafeError): Promise<void> => {
    const { code, data } = error
    lane.why = code
    stop.why = code
    const after = typeof data['after'] === 'number' ? Math.min(LONGEST_AFTER, data['after']) : 0
    stop.due = performance.now() + Math.max(after, pauseAfter(++stop.failures, PAUSES))
    if (code === 'FORBIDDEN' && data['what'] === 'size') {
      lane.strange = true
      await outbox.dissolve(lane.to, p)
    }
    // Its card may say by now where else, or how else, to come.
    if (code === 'FORBIDDEN' || code === 'NOT_FOUND') void ask(lane)
  }

  const bring = async (lane: Lane, stop: Stop, place: CafePlace, p: number, parcel: ParcelRow): Promise<void> => {
    const { to } = lane
    const { cafe } = place
    const sealed = await outbox.sealed(to, p)
    if (!sealed) return
    try {
      const { epoch, until, time } = await bringing(() =>
        courier.toCafe(cafe, { to, sealed, ends: parcel.ends }, signal),
      )
      await outbox.placed(to, p, { at: cafe, direct: false, epoch, until, time })
      Object.assign(stop, { failures: 0, due: 0, why: undefined })
      lane.why = undefined
      onReceipt(cafe, epoch)
    } catch (thrown) {
      if (!signal.aborted) await refuse(lane, stop, p, toCafeError(thrown))
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

  const toCafes = async (lane: Lane, inboxes: readonly CafePlace[]): Promise<void> => {
    const devices = await devicesOf(lane.to)
    for (const place of inboxes) {
      const stop = lane.stops.get(place.cafe) ?? {
        failures: 0,
        due: 0,
        running: false,
        probed: performance.now(),
        why: undefined,
      }
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

  /** Asks for the recipient's card, unless that was just done. */
  const ask = async (lane: Lane): Promise<void> => {
    if (performance.now() - lane.asked < ASK_AGAIN) return
    lane.asked = performance.now()
    const known = await cards.get(lane.to)
    const time = AbortSignal.any([signal, AbortSignal.timeout(ASK_TIME)])
    const card = await cards.refresh(lane.to, { signal: time }).catch(() => undefined)
    // Doors and cafes may be others now.
    if (card && card.seq !== known?.card.seq) for (const stop of lane.stops.values()) stop.due = 0
    if (!signal.aborted) kick(lane.to)
  }

  const hasUnplaced = (to: Address): boolean => [...outbox.parcels(to).values()].some(({ at }) => at.length === 0)

  const step = async (lane: Lane): Promise<void> => {
    const { to } = lane
    const known = await cards.get(to)
    if (!known) await ask(lane)
    else if (clock() - known.checked > CARD_AGE) keep(ask(lane))
    if (!hasUnplaced(to) && (outbox.loose(to) > 0 || talk.wants(to))) {
      const isNew = outbox.isNew(to)
      await pack(lane)
      // Whoever answers at once shall not find the door closed.
      if (isNew) await Promise.race([doors.run(), pause(DOORS_TIME, signal)])
    }
    await direct(lane)
    const [devices, inboxes] = [await devicesOf(to), await cards.inboxesOf(to)]
    await outbox.tidy(to, (parcel) => isDone(parcel, devices, inboxes))
    await toCafes(lane, inboxes)
    if (inboxes.length === 0 && hasUnplaced(to)) {
      lane.why ??= 'NOT_FOUND'
      later(lane, Math.max(ASK_AGAIN, pauseAfter(++lane.failures, PAUSES)))
    } else lane.failures = 0
    // Nothing is in the way of what is not packed yet.
    if (!hasUnplaced(to) && (outbox.loose(to) > 0 || talk.wants(to))) lane.again = true
  }

  const turn = async (lane: Lane): Promise<void> => {
    while (lane.again && !signal.aborted) {
      lane.again = false
      try {
        await step(lane)
      } catch (thrown) {
        lane.why = toCafeError(thrown).code
        later(lane, pauseAfter(++lane.failures, PAUSES))
      }
    }
    lane.running = false
    onChange()
    const isIdle = outbox.parcels(lane.to).size + outbox.loose(lane.to) === 0
    if (isIdle && lanes.size > MAX_IDLE) lanes.delete(lane.to)
  }

  const kick = (to: Address): void => {
    const lane = laneOf(to)
    clearTimeout(lane.timer)
    lane.timer = undefined
    lane.wakesAt = Number.POSITIVE_INFINITY
    lane.again = true
    if (lane.running || signal.aborted) return
    lane.running = true
    keep(turns(() => turn(lane)))
  }

  return {
    kick,
    news(to) {
      courier.forgive(to)
      // Where there was no way in there may be one now; who is busy or full is as before.
      for (const stop of lanes.get(to)?.stops.values() ?? [])
        if (stop.why === 'FORBIDDEN' || stop.why === 'NOT_FOUND') stop.due = 0
      kick(to)
    },
    wake() {
      for (const lane of lanes.values()) {
        for (const stop of lane.stops.values()) Object.assign(stop, { due: 0, failures: 0 })
        Object.assign(lane, { dialled: Number.NEGATIVE_INFINITY, asked: Number.NEGATIVE_INFINITY, failures: 0 })
      }
      for (const to of new Set([...outbox.recipients(), ...lanes.keys()])) kick(to)
    },
    connected() {
      const here = new Set(online())
      void (async () => {
        for (const to of outbox.recipients()) {
          const known = [...(await devicesOf(to)), ...heardOf(to)]
          if (known.some((peer) => here.has(peer))) kick(to)
        }
      })().catch(() => {}) // looked at again with the next connection
    },
    whyNot: (to) => lanes.get(to)?.why,
    async close() {
      closed.abort(new CafeError('ABORTED'))
      for (const { timer } of lanes.values()) clearTimeout(timer)
      await Promise.all(running)
    },
  }
}

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, ms)
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer)
        resolve()
      },
      { once: true },
    )
  })

/** Runs tasks, so many at once. */
function limited(max: number): <T>(task: () => Promise<T>) => Promise<T> {
  const waiting: Array<() => void> = []
  let free = max
  return async (task) => {
    if (free === 0) await new Promise<void>((resolve) => waiting.push(resolve))
    else free--
    try {
      return await task()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else free++
    }
  }
}

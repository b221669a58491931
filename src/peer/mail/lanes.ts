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
import { isOutOfReach } from '../insist.ts'
import type { CafePlace } from '../thread-targets.ts'
import type { Courier } from './courier.ts'
import type { Doors } from './doors.ts'
import { type Lane, newLane, type Stop } from './lane.ts'
import { limited, pause } from './limited.ts'
import type { ParcelRow } from './out-rows.ts'
import type { Outbox } from './outbox.ts'
import type { Extras } from './packing.ts'
import { PARCEL_ROOM, type Parcel, STRANGE_ROOM, sealParcel } from './parcel.ts'
import { createStops, isTakenByAll } from './stops.ts'
import { createStraight } from './straight.ts'
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
  readonly onReceipt: (cafe: PeerIdText, epoch: number) => Promise<void>
  readonly onChange: () => void
  readonly clock: Clock
  readonly random: Random
}

export interface Lanes {
  /** There is something for somebody, or something is different. */
  kick(to: Address): void
  /** Somebody has written, or is to be found in another way. */
  news(to: Address): void
  /** All of them at once, but where a cafe has said when to come again. */
  wake(): void
  /** All of them at once, whatever they wait for. */
  retry(): void
  /** Connections may have come or gone. */
  connected(): void
  whyNot(to: Address): ErrorCode | undefined
  close(): Promise<void>
}

/** Before what failed here, or where nobody is known who takes it, is looked at again. */
const PAUSES: Pauses = { first: 2000, longest: 3_600_000 }
/** Milliseconds from a new connection to another try at what was out of reach: more may come with it. */
const BETTER = 1500
/** Lanes that decide, and parcels that are on their way, at once. */
const TURNS = 24
const BRINGING = 12
/** Milliseconds after which a card is asked for again, and at least between two times. */
const CARD_AGE = 6 * 3_600_000
const ASK_AGAIN = 60_000
const ASK_TIME = 10_000
/** The own cafes are told of a new correspondent before it gets anything, if they can be. */
const DOORS_TIME = 3000
/** A parcel without letters that is at some cafe needs no other after this. */
const NOTES_AGE = 3_600_000

/** Recipients for whom it is remembered when they were last dialled, though nothing is on its way to them. */
const MAX_IDLE = 500

export function createMailLanes(components: LanesComponents): Lanes {
  const { outbox, talk, cards, courier, doors, signer, ownCard, onChange, clock, random } = components
  const lanes = new Map<Address, Lane>()
  const closed = new AbortController()
  const { signal } = closed
  const running = new Set<Promise<unknown>>()
  const turns = limited(TURNS)

  const laneOf = (to: Address): Lane => {
    const lane = lanes.get(to) ?? newLane(to)
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

  const shared = { ...components, signal, keep, bringing: limited(BRINGING) }
  const straight = createStraight({ ...shared, self: signer.peer })
  const stops = createStops({
    ...{ ...shared, devicesOf: straight.devicesOf, later },
    ask: (lane) => ask(lane),
    kick: (to) => kick(to),
  })

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

  const isDone = (parcel: ParcelRow, devices: readonly PeerIdText[], inboxes: readonly CafePlace[]): boolean => {
    const cafes = parcel.at.filter(({ direct }) => !direct).length
    if (isTakenByAll(parcel, devices)) return true
    // Some device has the letters; for the others one cafe is enough.
    if (!parcel.notes) return cafes > 0 || devices.length <= 1 || inboxes.length === 0
    const isEverywhere = inboxes.every(({ cafe }) => parcel.at.some(({ at }) => at === cafe))
    return (isEverywhere && parcel.at.length > 0) || (cafes > 0 && clock() - parcel.made > NOTES_AGE)
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
    await straight.go(lane)
    const [devices, inboxes] = [await straight.devicesOf(to), await cards.inboxesOf(to)]
    await outbox.tidy(to, (parcel) => isDone(parcel, devices, inboxes))
    await stops.run(lane, inboxes)
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

  const again = (isDue: (stop: Stop) => boolean): void => {
    for (const lane of lanes.values()) {
      for (const stop of [...lane.stops.values()].filter(isDue)) Object.assign(stop, { due: 0, failures: 0 })
      Object.assign(lane, { dialled: Number.NEGATIVE_INFINITY, asked: Number.NEGATIVE_INFINITY, failures: 0 })
    }
    for (const to of new Set([...outbox.recipients(), ...lanes.keys()])) kick(to)
  }

  const isLost = ({ why }: Stop): boolean => isOutOfReach(why)
  const hasLostWay = (): boolean => [...lanes.values()].some(({ stops }) => [...stops.values()].some(isLost))
  /** Peers with a connection when it was last looked at. */
  let seen = new Set(components.online())
  let better: ReturnType<typeof setTimeout> | undefined
  const lookAgain = (): void => {
    better = undefined
    for (const lane of lanes.values()) {
      const lost = [...lane.stops.values()].filter(isLost)
      for (const stop of lost) stop.due = 0
      if (lost.length > 0) kick(lane.to)
    }
  }

  return {
    kick,
    news(to) {
      courier.forgive(to)
      const lane = lanes.get(to)
      if (lane) Object.assign(lane, { strange: false, news: lane.news + 1 })
      // Where there was no way in there may be one now; who is busy or full is as before.
      for (const stop of lane?.stops.values() ?? [])
        if (stop.why === 'FORBIDDEN' || stop.why === 'NOT_FOUND') stop.due = 0
      kick(to)
    },
    wake: () => again(({ why }) => why !== 'BUSY' && why !== 'QUOTA'),
    retry: () => again(() => true),
    connected() {
      const now = new Set(components.online())
      const isBetter = [...now].some((peer) => !seen.has(peer))
      seen = now
      // What was out of reach may be within it: a relay is back, or the network is.
      if (isBetter && hasLostWay()) better ??= setTimeout(lookAgain, BETTER)
      void (async () => {
        for (const to of outbox.recipients()) if (await straight.isHere(to)) kick(to)
      })().catch(() => {}) // looked at again with the next connection
    },
    whyNot: (to) => lanes.get(to)?.why,
    async close() {
      closed.abort(new CafeError('ABORTED'))
      clearTimeout(better)
      for (const { timer } of lanes.values()) clearTimeout(timer)
      await Promise.all(running)
    },
  }
}

/**
 * Letters on their way, on disk: each stays until a device of the recipient has said that it has it, or its time is over.
 * Every step is one commit, so a device may stop between any two and go on from there.
 */
import type { Clock, Random } from '../../core/clock.ts'
import { CafeError } from '../../core/errors.ts'
import type { Address, PeerIdText } from '../../core/ids.ts'
import { MAX_OUT_BYTES, MAX_OUT_LETTERS, MAX_OUT_TO_ONE } from '../../core/limits.ts'
import { createSerial } from '../../core/serial.ts'
import { decodeAddress } from '../../crypto/strkey.ts'
import type { Rows } from '../../store/rows.ts'
import { type Box, loadBoxes, newStep, type Step } from './boxes.ts'
import { createEndings } from './endings.ts'
import { cafesOf, outgoingOf, statesOf, type WhyNot } from './letter-views.ts'
import { atMost, type OutRow, outStore, type ParcelRow, type Placed } from './out-rows.ts'
import { createPacking, type Packing } from './packing.ts'
import { bodySize, keyOf, LETTER_COST, MAX_ABOUT, PARCEL_ROOM } from './parcel.ts'
import { holds, type Ranges, rangesOf } from './ranges.ts'
import type { LetterState, OutgoingView, Sending } from './types.ts'

/** Days of a letter that nobody has said otherwise of. */
const TTL = 30 * 86_400_000
export interface Outbox {
  send(to: Address, sending: Sending): Promise<string>
  /** Everybody something is on its way to. */
  recipients(): readonly Address[]
  /** Everybody this device has written to. */
  correspondents(): readonly Address[]
  hasWrittenTo(to: Address): boolean
  /** Nothing was ever packed for it. */
  isNew(to: Address): boolean
  /** Letters that are in no parcel. */
  loose(to: Address): number
  parcels(to: Address): ReadonlyMap<number, ParcelRow>
  /** Number of the card it was last told of. */
  toldCard(to: Address): number
  /** Puts loose letters, as far as they fit, and what else there is to say into a parcel; false where there is nothing. */
  pack: Packing
  sealed(to: Address, p: number): Promise<Uint8Array | undefined>
  placed(to: Address, p: number, placed: Placed): Promise<void>
  /** The recipient has these. */
  got(to: Address, line: string, numbers: Ranges): Promise<void>
  /** A device has taken the parcel, so all that is in it has come. */
  taken(to: Address, p: number): Promise<void>
  /** The recipient asks for these: those that are still here go into another parcel; gives those that are not. */
  again(to: Address, line: string, numbers: Ranges): Promise<Ranges>
  /** Takes a parcel apart that is nowhere yet. */
  dissolve(to: Address, p: number): Promise<void>
  /** Drops parcels that are done: whatever is of them still on its way is not needed. */
  tidy(to: Address, isDone: (parcel: ParcelRow) => boolean): Promise<void>
  /** It has come to these without a letter. */
  arrived(about: string, to: readonly Address[]): Promise<void>
  readBy(from: Address, abouts: readonly string[]): Promise<void>
  /** Gives up what is over. */
  expire(): Promise<void>
  /** A cafe is in a new epoch: what it had signed for in an older one is nowhere there. Gives whose letters these were. */
  lost(cafe: PeerIdText, epoch: number): Promise<readonly Address[]>
  states(about: string): Promise<readonly LetterState[]>
  outgoing(): readonly OutgoingView[]
}

export interface OutboxComponents {
  readonly rows: Rows
  readonly clock: Clock
  readonly random: Random
  readonly whyNot: WhyNot
  /** It stands differently with letters about this. */
  readonly onChange: (about: string | undefined) => void
}

export async function createOutbox({ rows, clock, random, whyNot, onChange }: OutboxComponents): Promise<Outbox> {
  const store = outStore(rows)
  const boxes = await loadBoxes(store, random)
  const endings = createEndings(store, clock)
  const packing = createPacking({ store, boxes, clock })
  const serial = createSerial()
  let count = 0
  let bytes = 0
  const weigh = (letters: 1 | -1, { size }: Pick<OutRow, 'size'>): void => {
    count += letters
    bytes += letters * size
  }
  for (const { letters } of boxes.all.values()) for (const row of letters.values()) weigh(1, row)

  const inTurn = <T>(to: Address, task: () => Promise<T>): Promise<T> => serial(to, task)
  /** Does it in one commit, if there is such a recipient. */
  const change = (to: Address, task: (box: Box, step: Step) => Promise<void> | void): Promise<void> =>
    inTurn(to, async () => {
      const box = boxes.get(to)
      if (!box) return
      const step = newStep()
      await task(box, step)
      await boxes.commit(step)
    })

  /** A letter is over: it goes from its box and its parcel, and how it ended is remembered. */
  const end = async (step: Step, box: Box, q: number, row: OutRow, state: 'fetched' | 'undelivered'): Promise<void> => {
    boxes.dropLetter(step, box, q)
    if (row.about !== undefined) {
      const cafes = cafesOf(box.parcels.get(row.p))
      step.changes.push(...(await endings.note(box.to, { about: row.about, state, cafes, since: clock() })))
    }
    step.after.push(() => {
      weigh(-1, row)
      onChange(row.about)
    })
  }

  /** Takes letters out of their parcels. */
  const unpack = (step: Step, box: Box, gone: ReadonlySet<number>): void => {
    for (const [p, parcel] of box.parcels) {
      const qs = parcel.qs.filter((q) => !gone.has(q))
      if (qs.length < parcel.qs.length) boxes.putParcel(step, box, p, { ...parcel, qs })
    }
  }

  const endAll = async (step: Step, box: Box, ended: readonly [number, OutRow][], state: 'fetched' | 'undelivered') => {
    for (const [q, row] of ended) await end(step, box, q, row, state)
    if (ended.length > 0) unpack(step, box, new Set(ended.map(([q]) => q)))
  }

  const send: Outbox['send'] = (to, { kind, body, about, ttl = TTL, replaces }) =>
    inTurn(to, async () => {
      decodeAddress(to)
      if ((about?.length ?? 0) > MAX_ABOUT || (replaces?.length ?? 0) > MAX_ABOUT)
        throw new CafeError('BAD_REQUEST', { what: 'about' })
      const size = bodySize(body)
      const limit = PARCEL_ROOM - LETTER_COST
      if (size > limit) throw new CafeError('BAD_REQUEST', { size, limit })
      const box = boxes.open(to)
      const old =
        replaces === undefined ? [] : [...box.letters].filter(([, row]) => row.replaces === replaces && !row.n)
      const isFull = count >= MAX_OUT_LETTERS || bytes + size > MAX_OUT_BYTES || box.letters.size >= MAX_OUT_TO_ONE
      if (isFull && old.length === 0) throw new CafeError('QUOTA', { what: 'letters', limit: MAX_OUT_LETTERS })
      const step = newStep()
      for (const [q, row] of old) {
        boxes.dropLetter(step, box, q)
        step.after.push(() => weigh(-1, row))
      }
      const { q } = box.line
      const now = clock()
      boxes.putLine(step, box, { ...box.line, q: q + 1 })
      boxes.putLetter(step, box, q, { kind, about, replaces, written: now, ends: now + ttl, size, n: 0, p: 0 })
      step.changes.push(store.bodies.put([to, keyOf(q)], { body }))
      step.after.push(() => weigh(1, { size }))
      await boxes.commit(step)
      onChange(about)
      return `${to}.${q}`
    })

  const placed: Outbox['placed'] = (to, p, place) =>
    change(to, (box, step) => {
      const parcel = box.parcels.get(p)
      if (!parcel) return
      const others = parcel.at.filter(({ at }) => at !== place.at)
      boxes.putParcel(step, box, p, { ...parcel, at: atMost([...others, place]) })
      const abouts = new Set(parcel.qs.map((q) => box.letters.get(q)?.about))
      step.after.push(() => abouts.forEach((about) => void onChange(about)))
    })

  const again: Outbox['again'] = async (to, line, numbers) => {
    let gone: Ranges = []
    await change(to, (box, step) => {
      if (box.line.line !== line) return
      const asked = [...box.letters].filter(([, { n }]) => n > 0 && holds(numbers, n))
      const here = new Set(asked.map(([, { n }]) => n))
      const lost: number[] = []
      for (const [first, last] of numbers)
        for (let n = first; n <= Math.min(last, box.line.next - 1); n++) if (!here.has(n)) lost.push(n)
      gone = rangesOf(lost)
      // What is in a parcel that is nowhere yet is on its way already.
      const out = asked.filter(([, { p }]) => p !== 0 && (box.parcels.get(p)?.at.length ?? 1) > 0)
      for (const [q, row] of out) boxes.putLetter(step, box, q, { ...row, p: 0 })
      if (out.length > 0) unpack(step, box, new Set(out.map(([q]) => q)))
    })
    return gone
  }

  return {
    ...{ send, placed, again },
    pack: (to, options) => inTurn(to, () => packing(to, options)),
    recipients: () =>
      [...boxes.all].filter(([, { letters, parcels }]) => letters.size + parcels.size > 0).map(([to]) => to),
    correspondents: () => [...boxes.all.keys()],
    hasWrittenTo: (to) => boxes.get(to) !== undefined,
    isNew: (to) => (boxes.get(to)?.line.p ?? 1) === 1,
    loose: (to) => [...(boxes.get(to)?.letters.values() ?? [])].filter(({ p }) => p === 0).length,
    parcels: (to) => boxes.get(to)?.parcels ?? new Map(),
    toldCard: (to) => boxes.get(to)?.line.card ?? 0,
    sealed: async (to, p) => (await store.sealed.get(to, keyOf(p)))?.sealed,
    got: (to, line, numbers) =>
      change(to, async (box, step) => {
        if (box.line.line !== line) return
        const ended = [...box.letters].filter(([, { n }]) => n > 0 && holds(numbers, n))
        await endAll(step, box, ended, 'fetched')
      }),
    taken: (to, p) =>
      change(to, async (box, step) => {
        const ended = (box.parcels.get(p)?.qs ?? []).flatMap((q) => {
          const row = box.letters.get(q)
          return row ? [[q, row] as [number, OutRow]] : []
        })
        await endAll(step, box, ended, 'fetched')
      }),
    dissolve: (to, p) =>
      change(to, (box, step) => {
        const parcel = box.parcels.get(p)
        if (!parcel || parcel.at.length > 0) return
        for (const q of parcel.qs) {
          const row = box.letters.get(q)
          if (row) boxes.putLetter(step, box, q, { ...row, p: 0 })
        }
        boxes.dropParcel(step, box, p)
      }),
    tidy: (to, isDone) =>
      change(to, (box, step) => {
        for (const [p, parcel] of box.parcels)
          if (parcel.qs.length === 0 && (isDone(parcel) || parcel.ends < clock())) boxes.dropParcel(step, box, p)
      }),
    async arrived(about, to) {
      const row = { about, state: 'fetched' as const, cafes: [], since: clock() }
      await rows.commit((await Promise.all(to.map((one) => endings.note(one, row)))).flat())
      onChange(about)
    },
    async readBy(from, abouts) {
      const changed = await endings.read(from, abouts)
      for (const about of changed) onChange(about)
    },
    async expire() {
      for (const to of [...boxes.all.keys()])
        await change(to, async (box, step) => {
          const over = [...box.letters].filter(([, { ends }]) => ends < clock())
          await endAll(step, box, over, 'undelivered')
        })
    },
    async lost(cafe, epoch) {
      const whose: Address[] = []
      for (const to of [...boxes.all.keys()])
        await change(to, (box, step) => {
          for (const [p, parcel] of box.parcels) {
            const at = parcel.at.filter((place) => place.at !== cafe || place.direct || place.epoch >= epoch)
            if (at.length === parcel.at.length) continue
            boxes.putParcel(step, box, p, { ...parcel, at })
            if (!whose.includes(to)) whose.push(to)
          }
        })
      return whose
    },
    async states(about) {
      const newest = new Map((await endings.of(about)).map((state) => [state.to, state]))
      for (const state of statesOf(boxes.all.values(), about, whyNot)) newest.set(state.to, state)
      return [...newest.values()]
    },
    outgoing: () => outgoingOf(boxes.all.values(), whyNot),
  }
}

/**
 * Letters on their way, on disk: each stays until a device of the recipient has said that it has it, or its time is over.
 * Every step is one commit, so a device may stop between any two and go on from there.
 */
import type { Clock, Random } from '../../core/clock.ts'
import { CafeError } from '../../core/errors.ts'
import type { Address, PeerIdText } from '../../core/ids.ts'
import { MAX_OUT_BYTES, MAX_OUT_LETTERS, MAX_OUT_TO_ONE } from '../../core/limits.ts'
import { createSerial } from '../../core/serial.ts'
import { unshared } from '../../crypto/bytes.ts'
import { decodeAddress } from '../../crypto/strkey.ts'
import type { Change, Rows } from '../../store/rows.ts'
import { type Box, loadBoxes, newStep, type Step } from './boxes.ts'
import { createEndings } from './endings.ts'
import { atMost, type OutRow, outStore, type ParcelRow, type Placed } from './out-rows.ts'
import { bodySize, keyOf, LETTER_COST, MAX_ABOUT, MAX_PARCEL_LETTERS, PARCEL_ROOM, type Parcel } from './parcel.ts'
import { holds, type Ranges, rangesOf } from './ranges.ts'
import type { LetterState, OutgoingView, Sending } from './types.ts'

/** Days of a letter that nobody has said otherwise of. */
const TTL = 30 * 86_400_000
/** What only says what has come is not worth more: it is said again when there is reason. */
const NOTES_TTL = 7 * 86_400_000

/** What there is to pack beside letters, and what becomes of it when it is packed. */
export interface Extras {
  readonly says: Pick<Parcel, 'got' | 'miss' | 'read' | 'gone'> | undefined
  readonly card: { readonly seq: number; readonly envelope: Uint8Array } | undefined
  /** Committed together with the parcel. */
  readonly changes: readonly Change[]
  done(): Promise<void>
}

export interface PackOptions {
  /** Bytes that it takes. */
  readonly room: number
  readonly extras: Extras | undefined
  readonly seal: (parcel: Omit<Parcel, 'v'>) => Promise<Uint8Array>
}

export interface Outbox {
  send(to: Address, sending: Sending): Promise<string>
  /** Everybody something is on its way to. */
  recipients(): readonly Address[]
  /** Everybody this device has written to. */
  correspondents(): readonly Address[]
  /** Nothing was ever packed for it. */
  isNew(to: Address): boolean
  /** Letters that are in no parcel. */
  loose(to: Address): number
  parcels(to: Address): ReadonlyMap<number, ParcelRow>
  /** Number of the card it was last told of. */
  toldCard(to: Address): number
  /** Puts loose letters, as far as they fit, and what else there is to say into a parcel; false where there is nothing. */
  pack(to: Address, options: PackOptions): Promise<boolean>
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
  /** Why it does not go on with a recipient. */
  readonly whyNot: (to: Address) => LetterState['why']
  /** It stands differently with letters about this. */
  readonly onChange: (about: string | undefined) => void
}

export async function createOutbox({ rows, clock, random, whyNot, onChange }: OutboxComponents): Promise<Outbox> {
  const store = outStore(rows)
  const boxes = await loadBoxes(store, random)
  const endings = createEndings(store, clock)
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

  /** Loose letters that go together, in order. */
  const chosen = (box: Box, room: number): Array<[number, OutRow]> => {
    const some: Array<[number, OutRow]> = []
    let left = room
    for (const [q, row] of box.letters) {
      if (row.p !== 0) continue
      left -= row.size + LETTER_COST
      if ((left < 0 && some.length > 0) || some.length === MAX_PARCEL_LETTERS) break
      some.push([q, row])
    }
    return some
  }

  const pack: Outbox['pack'] = (to, { room, extras, seal }) =>
    inTurn(to, async () => {
      const box = boxes.open(to)
      const { line, next, p } = box.line
      const spare = extras?.says ? bodySize(extras.says) : 0
      const some = chosen(box, room - spare)
      if (some.length === 0 && !extras) return false
      const used = some.reduce((sum, [, row]) => sum + row.size + LETTER_COST, spare)
      // Beside a letter that fills a parcel there is no room for more: it is said with the next.
      const told = used <= room || some.length === 0 ? extras : undefined
      const card = told?.card && used + told.card.envelope.byteLength <= room ? told.card : undefined
      let n = next
      const numbered = some.map(([q, row]) => [q, { ...row, p, n: row.n || n++ }] as const)
      const letters: Array<Parcel['letters'][number]> = []
      for (const [q, { n, kind, written }] of numbered) {
        const { body } = (await store.bodies.get(to, keyOf(q))) ?? { body: null }
        letters.push({ n, kind, ts: written, body })
      }
      const low = lowOf(box, n, numbered)
      const sealed = await seal({ line, low, letters, card: card && new Uint8Array(card.envelope), ...told?.says })
      const now = clock()
      const ends = Math.max(now + NOTES_TTL, ...some.map(([, row]) => row.ends))
      const step = newStep()
      boxes.putLine(step, box, { ...box.line, next: n, p: p + 1, card: card?.seq ?? box.line.card })
      for (const [q, row] of numbered) boxes.putLetter(step, box, q, row)
      const qs = some.map(([q]) => q)
      const notes = some.length === 0
      boxes.putParcel(step, box, p, { qs, notes, size: sealed.byteLength, made: now, ends, at: [] })
      step.changes.push(store.sealed.put([to, keyOf(p)], { sealed: unshared(sealed) }), ...(told?.changes ?? []))
      await boxes.commit(step)
      await told?.done()
      return true
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
    ...{ send, pack, placed, again },
    recipients: () =>
      [...boxes.all].filter(([, { letters, parcels }]) => letters.size + parcels.size > 0).map(([to]) => to),
    correspondents: () => [...boxes.all.keys()],
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
      const going = [...boxes.all.values()].flatMap((box) =>
        [...box.letters.values()].filter((row) => row.about === about).map((row) => stateOf(box, row, whyNot)),
      )
      const newest = new Map((await endings.of(about)).map((state) => [state.to, state]))
      for (const state of going) newest.set(state.to, state)
      return [...newest.values()]
    },
    outgoing: () =>
      [...boxes.all.values()]
        .flatMap((box) =>
          [...box.letters].map(([q, row]) => ({
            ...stateOf(box, row, whyNot),
            ...{ id: `${box.to}.${q}`, kind: row.kind, about: row.about, written: row.written, ends: row.ends },
          })),
        )
        .sort((a, b) => a.written - b.written),
  }
}

/** Below it nothing is missing at the recipient: `packed` are being packed now, up to the number before `next`. */
function lowOf(box: Box, next: number, packed: ReadonlyArray<readonly [number, OutRow]>): number {
  const numbers = [...box.letters.values(), ...packed.map(([, row]) => row)].flatMap(({ n }) => (n > 0 ? [n] : []))
  return numbers.reduce((low, n) => Math.min(low, n), next)
}

const cafesOf = (parcel: ParcelRow | undefined): PeerIdText[] =>
  (parcel?.at ?? []).filter(({ direct }) => !direct).map(({ at }) => at)

function stateOf(box: Box, row: OutRow, whyNot: OutboxComponents['whyNot']): LetterState {
  const parcel = box.parcels.get(row.p)
  const cafes = cafesOf(parcel)
  const since = cafes.length > 0 ? Math.min(...(parcel?.at ?? []).map(({ time }) => time)) : row.written
  return { to: box.to, state: cafes.length > 0 ? 'stored' : 'queued', cafes, since, why: whyNot(box.to) }
}

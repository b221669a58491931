/**
 * Takes in parcels, by whatever way they come: opens them, puts the letters on disk that are not here yet, and hears what the
 * sender's mail has to say. When a parcel has been taken all that matters of it is on disk, and it may be acknowledged.
 */
import type { DoorClass } from '../../cafe/inbox/protocol.ts'
import { CafeError } from '../../core/errors.ts'
import { type Address, hex, type PeerIdText } from '../../core/ids.ts'
import { MAX_HELD, MAX_LINE_RANGES } from '../../core/limits.ts'
import type { Serial } from '../../core/serial.ts'
import type { Account } from '../../crypto/account.ts'
import { sha256 } from '../../crypto/bytes.ts'
import type { Letter } from '../../crypto/seal.ts'
import type { OpeningKey } from '../../crypto/x25519.ts'
import type { CardBook } from '../cards.ts'
import type { Hand } from './hand.ts'
import type { Held } from './held.ts'
import type { LineKey, Lines } from './lines.ts'
import type { Outbox } from './outbox.ts'
import { openParcel, type Parcel, type Told } from './parcel.ts'
import type { Quarantine } from './quarantine.ts'
import { addRange, addRanges, holds, type Ranges } from './ranges.ts'
import type { Talk } from './talk.ts'

export interface IntakeComponents {
  readonly account: Account
  /** This device. */
  readonly peer: PeerIdText
  readonly prekeys: () => Promise<readonly OpeningKey[]>
  readonly cards: Pick<CardBook, 'learn' | 'learnDoor'>
  readonly lines: Lines
  readonly held: Held
  readonly hand: Pick<Hand, 'due'>
  readonly talk: Pick<Talk, 'came' | 'gone'>
  readonly quarantine: Quarantine
  readonly outbox: Pick<Outbox, 'got' | 'again' | 'readBy'>
  /** Changes to lines of one account, one after the other. */
  readonly serial: Serial
  /** How somebody may come; undefined for who was blocked. */
  readonly standing: (from: Address) => Promise<DoorClass | undefined>
  /** What is on its way to somebody may go on: by another door, or because it was asked for. */
  readonly onNews: (from: Address) => void
  readonly onQuarantine: () => void
}

export interface Intake {
  /**
   * What a cafe has kept for us, and by which door it came. What does not open goes into quarantine.
   * @throws CafeError QUOTA where there is no room for it now, NOT_FOUND {what: 'sealing key'} on a device that can open
   * nothing: it stays where it is.
   */
  fromCafe(sealed: Uint8Array, door: DoorClass): Promise<void>
  /** What a connected device brings. @throws CafeError NOT_FOUND {what: 'account'}; FORBIDDEN {what: 'door'}; BUSY; QUOTA. */
  fromDevice(sealed: Uint8Array, mayStrangers: (from: Address) => void): Promise<void>
  /** Another try at what did not open. @throws CafeError SEALED. */
  again(sealed: Uint8Array, door: DoorClass): Promise<void>
  /** Takes no more; resolves when what is being taken is on disk. */
  close(): Promise<void>
}

interface Coming {
  readonly door: DoorClass
  /** The sender is nobody strange, or has come by no stranger's door. */
  readonly known: boolean
  /** The sender waits to hear that it has come. */
  readonly owed: boolean
}

/** Parcels remembered that were taken, so that the same one from the next cafe need not be opened. */
const MAX_TAKEN = 10_000

export function createIntake(components: IntakeComponents): Intake {
  const { account, peer, prekeys, cards, lines, held, hand, talk, quarantine, outbox, serial } = components
  const { standing, onNews, onQuarantine } = components
  const taken = new Set<string>()
  const running = new Set<Promise<unknown>>()
  let closed = false

  /** What runs when we close is waited for: whoever begins anew over the same rows must find all of it, or nothing. */
  const tracked = async <T>(task: () => Promise<T>): Promise<T> => {
    if (closed) throw new CafeError('ABORTED')
    const result = task()
    running.add(result)
    try {
      return await result
    } finally {
      running.delete(result)
    }
  }

  const remember = (id: string): void => {
    taken.add(id)
    const first = taken.values().next().value
    if (taken.size > MAX_TAKEN && first !== undefined) taken.delete(first)
  }

  const open = async (sealed: Uint8Array): Promise<Letter<Parcel>> => openParcel(account, sealed, await prekeys())

  /** Puts on disk what is not here yet. @throws CafeError BUSY if the line is full of holes; QUOTA. */
  const keep = (
    key: LineKey,
    { letters, low, gone = [] }: Parcel,
    { door, known: isKnown, owed }: Coming,
  ): Promise<void> =>
    serial(key.from, async () => {
      const before = lines.get(key)
      const known = addRanges(addRange(before.have, [1, low - 1]), gone as Ranges)
      const fresh = new Map<number, Parcel['letters'][number]>()
      for (const letter of letters) if (!holds(known, letter.n)) fresh.set(letter.n, letter)
      if (held.count + fresh.size > MAX_HELD) throw new CafeError('QUOTA', { what: 'letters', limit: MAX_HELD })
      const have = [...fresh.keys()].reduce<Ranges>((all, n) => addRange(all, [n, n]), known)
      if (have.length > MAX_LINE_RANGES) throw new CafeError('BUSY')
      const strange = before.strange && !isKnown
      const row = { ...before, have: [...have] as never, strange, owed: before.owed || (owed && letters.length > 0) }
      const added = [...fresh.values()].map(({ n, kind, ts, body }) => ({ n, row: { kind, ts, door, body } }))
      await lines.commit(key, row, held.add(key, added))
      held.settle(fresh.size)
    })

  const hear = async (from: Address, parcel: Parcel): Promise<void> => {
    const ours = (some: Told = []): Told => some.filter(({ dev }) => dev === peer)
    for (const { line, ns } of ours(parcel.got)) await outbox.got(from, line, ns)
    for (const { line, ns } of ours(parcel.miss)) talk.gone(from, await outbox.again(from, line, ns))
    if (parcel.read) await outbox.readBy(from, parcel.read)
    // Neither makes the parcel worth less: a card may be old, and a door is told again each time.
    if (parcel.card) await cards.learn(from, parcel.card).catch(() => {})
    if (parcel.door) await cards.learnDoor(from, parcel.door, 'contact').catch(() => {})
    if (parcel.got || parcel.miss || parcel.door || parcel.card) onNews(from)
  }

  const use = async ({ from, dev, body }: Letter<Parcel>, coming: Coming): Promise<void> => {
    const key = { from, dev, line: body.line }
    await keep(key, body, coming)
    await hear(from, body)
    talk.came(key, coming.owed)
    hand.due(key)
  }

  const useFromCafe = async (letter: Letter<Parcel>, door: DoorClass): Promise<void> => {
    const stands = await standing(letter.from)
    // Who was blocked may have come by the stranger's door: nobody hears of it.
    if (stands === undefined) return
    await use(letter, { door, known: door !== 'stranger' || stands !== 'stranger', owed: true })
  }

  const putAside = async (sealed: Uint8Array, door: DoorClass, why: CafeError): Promise<void> => {
    await quarantine.lock({ size: sealed.byteLength, why: why.code, door, what: { sealed: sealed.slice() } })
    onQuarantine()
  }

  const sealedOf = (thrown: unknown): CafeError =>
    new CafeError(thrown instanceof CafeError ? thrown.code : 'SEALED', {}, { cause: thrown })

  const fromCafe: Intake['fromCafe'] = async (sealed, door) => {
    // A device that must be given the words once more can open nothing: all of it stays where it is until then.
    if (!account.opening) throw new CafeError('NOT_FOUND', { what: 'sealing key' })
    const id = hex(await sha256(sealed))
    if (taken.has(id)) return
    const letter = await open(sealed).catch((thrown: unknown) => sealedOf(thrown))
    if (letter instanceof CafeError) await putAside(sealed, door, letter)
    else {
      try {
        await useFromCafe(letter, door)
      } catch (thrown) {
        // A line that is full of holes must not hold up the others.
        if (!(thrown instanceof CafeError) || thrown.code !== 'BUSY') throw thrown
        await putAside(sealed, door, thrown)
      }
    }
    remember(id)
  }

  const fromDevice: Intake['fromDevice'] = async (sealed, mayStrangers) => {
    const letter = await open(sealed).catch(() => undefined)
    if (!letter) throw new CafeError('NOT_FOUND', { what: 'account' })
    const door = await standing(letter.from)
    if (door === undefined) throw new CafeError('FORBIDDEN', { what: 'door' })
    if (door === 'stranger') mayStrangers(letter.from)
    // The answer says that it has come; a receipt would only say it again.
    await use(letter, { door, known: door !== 'stranger', owed: false })
    remember(hex(await sha256(sealed)))
  }

  return {
    fromCafe: (sealed, door) => tracked(() => fromCafe(sealed, door)),
    fromDevice: (sealed, mayStrangers) => tracked(() => fromDevice(sealed, mayStrangers)),
    again: (sealed, door) => tracked(async () => useFromCafe(await open(sealed), door)),
    async close() {
      closed = true
      await Promise.allSettled(running)
    },
  }
}

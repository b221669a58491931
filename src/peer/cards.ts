/**
 * Cards of other people, and the keys to their doors, as far as this device has come by them. The newest valid card wins,
 * wherever it comes from; who hands out a forged one is marked, and asked last from then on.
 */
import { type Card, endsAt, openCard } from '../cafe/contact/card.ts'
import type { ContactClient } from '../cafe/contact/client.ts'
import type { Clock } from '../core/clock.ts'
import { CafeError, isCafeError, toCafeError } from '../core/errors.ts'
import { type Address, type PeerIdText, sameBytes } from '../core/ids.ts'
import { MAX_ADDRESSES, MAX_CAFES, MAX_CARD, MAX_KNOWN_CARDS } from '../core/limits.ts'
import { bytes, count, multiaddrText, peerId, v } from '../core/schema.ts'
import { createSerial } from '../core/serial.ts'
import { unshared } from '../crypto/bytes.ts'
import type { Change, Rows } from '../store/rows.ts'
import { type Table, table } from '../store/table.ts'
import type { CafePlace } from './thread-targets.ts'

export interface KnownCard {
  readonly card: Card
  readonly envelope: Uint8Array
  /** When somebody last said that it is the newest, in milliseconds since the epoch. */
  readonly checked: number
}

/** A key with which this account may write to somebody. */
export interface KnownDoor {
  readonly key: Uint8Array
  readonly cls: 'contact' | 'introduced'
}

export interface CardBook {
  /** The newest card known here; one whose time is over counts no more. */
  get(address: Address): Promise<KnownCard | undefined>
  /**
   * Takes in a card that came from anywhere; `from`: the cafe that gave it. The newest wins, so what is given back may be
   * another.
   * @throws CafeError as `openCard`; the giver of a forged one is marked.
   */
  learn(address: Address, envelope: Uint8Array, from?: PeerIdText): Promise<Card>
  /** The key to somebody's door, if there is one. */
  door(address: Address): Promise<KnownDoor | undefined>
  /** A contact's key is not replaced by one that only introduces. */
  learnDoor(address: Address, key: Uint8Array, cls: KnownDoor['cls']): Promise<void>
  /** A door was closed: this key is of no use any more. */
  forgetDoor(address: Address, key: Uint8Array): Promise<void>
  /** Where somebody may have inboxes, e.g. by what it has announced in a thread. */
  hint(address: Address, cafes: readonly CafePlace[]): Promise<void>
  /**
   * Asks inboxes, hints and own cafes for the newest card.
   * @throws CafeError UNREACHABLE if nobody could be asked.
   */
  refresh(address: Address, options: { signal: AbortSignal }): Promise<Card | undefined>
  /** Devices that its card names; none without one. */
  devicesOf(address: Address): Promise<readonly PeerIdText[]>
  /** Cafes that take its mail: those of its card, or without one, the hints. */
  inboxesOf(address: Address): Promise<readonly CafePlace[]>
  /** A cafe gave out a forged card, or one that it must not give. */
  mark(cafe: PeerIdText): Promise<void>
  /** Cafes that have given out forged cards. */
  liars(): Promise<readonly PeerIdText[]>
  close(): void
}

export interface CardBookComponents {
  readonly rows: Rows
  readonly client: Pick<ContactClient, 'get'>
  readonly know: (peer: PeerIdText, addresses: readonly string[]) => void
  /** The account's cafes that admit it. */
  readonly cafes: () => Promise<readonly CafePlace[]>
  readonly clock: Clock
  /** Something new is known of somebody: a card, or a door. */
  readonly onChange?: (address: Address) => void
}

const places = v.pipe(
  v.array(
    v.strictObject({
      cafe: peerId,
      addresses: v.pipe(v.array(multiaddrText), v.maxLength(MAX_ADDRESSES)),
    }),
  ),
  v.maxLength(MAX_CAFES),
)
const cardRow = v.strictObject({ envelope: bytes(MAX_CARD), seq: count(), checked: count() })
const doorRow = v.strictObject({ key: bytes(16, 16), cls: v.picklist(['contact', 'introduced']), since: count() })
const hintRow = v.strictObject({ places, since: count() })
const liarRow = v.strictObject({ since: count() })

/** Milliseconds for asking one cafe. */
const ASK_TIME = 8000
/** Cafes asked about one card. */
const MAX_ASKED = 12
/** Liars remembered. */
const MAX_LIARS = 256
/** Rows written between two looks at how many there are. */
const LOOK = 200

export function createCardBook(components: CardBookComponents): CardBook {
  const { rows, client, know, cafes, clock, onChange = () => {} } = components
  const cards = table(rows, 'letter-card', cardRow)
  const doors = table(rows, 'letter-door', doorRow)
  const hints = table(rows, 'letter-hint', hintRow)
  const marks = table(rows, 'letter-liar', liarRow)
  const serial = createSerial()
  const closed = new AbortController()
  /** Opened once: a signature takes its time. */
  const opened = new Map<Address, KnownCard>()
  const asking = new Map<Address, Promise<Card | undefined>>()
  let written = 0

  /** Rows of one table beyond what is kept, the oldest; looked for now and then. */
  const prune = async <Row>(of: Table<Row>, age: (row: Row) => number, limit: number): Promise<Change[]> => {
    if (++written % LOOK !== 0) return []
    const all = await of.list([])
    const old = all.sort((a, b) => age(b.row) - age(a.row)).slice(limit)
    return old.map(({ key }) => of.remove(...key))
  }

  const get: CardBook['get'] = async (address) => {
    const now = clock()
    const known = opened.get(address)
    if (known) return endsAt(known.card) < now ? undefined : known
    const row = await cards.get(address)
    if (!row) return undefined
    try {
      const card = await openCard(address, row.envelope, now)
      const found = { card, envelope: row.envelope, checked: row.checked }
      opened.set(address, found)
      const first = opened.keys().next().value
      if (opened.size > MAX_KNOWN_CARDS / 5 && first !== undefined) opened.delete(first)
      return found
    } catch {
      // It was good when it was stored: now it is over.
      return undefined
    }
  }

  const mark = (cafe: PeerIdText): Promise<void> =>
    serial('liars', async () => {
      const all = (await marks.list([])).sort((a, b) => b.row.since - a.row.since)
      const old = all.slice(MAX_LIARS - 1).map(({ key }) => marks.remove(...key))
      await rows.commit([...old, marks.put([cafe], { since: clock() })])
    })

  const save = (address: Address, card: Card, envelope: Uint8Array): Promise<Card> =>
    serial(address, async () => {
      const known = await get(address)
      const isNews = !known || card.seq > known.card.seq
      // One of the same number that says something else: the first stays, since nobody can tell.
      const best = isNews ? { card, envelope } : known
      const checked = clock()
      const old = await prune(cards, (row) => row.checked, MAX_KNOWN_CARDS)
      await rows.commit([
        ...old,
        cards.put([address], { envelope: unshared(best.envelope), seq: best.card.seq, checked }),
      ])
      opened.set(address, { ...best, checked })
      if (isNews) onChange(address)
      return best.card
    })

  const learn: CardBook['learn'] = async (address, envelope, from) => {
    try {
      return await save(address, await openCard(address, envelope, clock()), envelope.slice())
    } catch (thrown) {
      if (from !== undefined && isCafeError(thrown) && thrown.code === 'CORRUPT') await mark(from)
      throw thrown
    }
  }

  const inboxesOf: CardBook['inboxesOf'] = async (address) => {
    const known = await get(address)
    if (known && 'inboxes' in known.card)
      return known.card.inboxes.map(({ cafe, addrs }) => ({ cafe, addresses: [...addrs] }))
    return known ? [] : ((await hints.get(address))?.places ?? [])
  }

  const liars = async (): Promise<PeerIdText[]> => (await marks.list([])).map(({ key }) => key[0] as PeerIdText)

  const ask = async (address: Address, signal: AbortSignal): Promise<Card | undefined> => {
    const hinted = (await hints.get(address))?.places ?? []
    const asked = new Map<PeerIdText, CafePlace>()
    for (const place of [...(await inboxesOf(address)), ...hinted, ...(await cafes())])
      if (!asked.has(place.cafe)) asked.set(place.cafe, place)
    const marked = new Set(await liars())
    const order = [...asked.values()].sort((a, b) => Number(marked.has(a.cafe)) - Number(marked.has(b.cafe)))
    const one = async ({ cafe, addresses }: CafePlace): Promise<boolean> => {
      know(cafe, addresses)
      const time = AbortSignal.any([signal, AbortSignal.timeout(ASK_TIME)])
      const envelope = await client.get(cafe, address, { signal: time })
      // What is forged or over is as good as none.
      if (envelope) await learn(address, envelope, cafe).catch(() => {})
      return true
    }
    const told = await Promise.allSettled(order.slice(0, MAX_ASKED).map(one))
    signal.throwIfAborted()
    const failed = told.find(({ status }) => status === 'rejected')
    if (told.every(({ status }) => status === 'rejected') && failed?.status === 'rejected')
      throw new CafeError('UNREACHABLE', {}, { cause: failed.reason })
    const known = await get(address)
    // Nobody knows better: it is as good as new.
    if (known) await learn(address, known.envelope)
    return known?.card
  }

  return {
    ...{ get, learn, inboxesOf, mark, liars },
    door: async (address) => {
      const row = await doors.get(address)
      return row && { key: row.key, cls: row.cls }
    },
    learnDoor: (address, key, cls) =>
      serial(address, async () => {
        const known = await doors.get(address)
        if (known?.cls === 'contact' && cls === 'introduced') return
        if (known && known.cls === cls && sameBytes(known.key, key)) return
        const old = await prune(doors, (row) => row.since, MAX_KNOWN_CARDS)
        await rows.commit([...old, doors.put([address], { key: new Uint8Array(key), cls, since: clock() })])
        onChange(address)
      }),
    forgetDoor: (address, key) =>
      serial(address, async () => {
        const known = await doors.get(address)
        if (known && sameBytes(known.key, key)) await rows.commit([doors.remove(address)])
      }),
    hint: (address, named) =>
      serial(address, async () => {
        const next = named.slice(0, MAX_CAFES).map(({ cafe, addresses }) => ({ cafe, addresses: [...addresses] }))
        const known = await hints.get(address)
        if (JSON.stringify(known?.places) === JSON.stringify(next)) return
        const old = await prune(hints, (row) => row.since, MAX_KNOWN_CARDS)
        await rows.commit([...old, hints.put([address], { places: next, since: clock() })])
        onChange(address)
      }),
    async refresh(address, { signal }) {
      const running = asking.get(address)
      if (running) return running
      const task = ask(address, AbortSignal.any([signal, closed.signal])).finally(() => asking.delete(address))
      asking.set(address, task)
      try {
        return await task
      } catch (thrown) {
        throw toCafeError(thrown)
      }
    },
    async devicesOf(address) {
      const known = await get(address)
      return known && 'devices' in known.card ? known.card.devices.map(({ peer }) => peer) : []
    },
    close: () => closed.abort(),
  }
}

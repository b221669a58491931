/**
 * The people this account knows: its address book, which all its devices share through the account's record, joined with
 * what their cards say and what threads tell of them. Names of others are claims: whoever is not in the book and is called
 * like somebody who is, is said to look like them.
 *
 * To block somebody closes the door through which their mail comes. It hides nothing in threads: there, everybody sees what
 * everybody says, and who may write is decided by the thread.
 */
import type { Clock } from '../core/clock.ts'
import { CafeError } from '../core/errors.ts'
import type { Address, PeerIdText } from '../core/ids.ts'
import { count, parse, peerId, name as personName, v } from '../core/schema.ts'
import { createSerial } from '../core/serial.ts'
import { decodeAddress } from '../crypto/strkey.ts'
import type { Rows } from '../store/rows.ts'
import { table } from '../store/table.ts'
import type { Acquaintances } from './acquaintances.ts'
import type { CafeAddress, Cafes } from './cafes.ts'
import type { CardBook } from './cards.ts'
import { type BookPerson, bookPerson, byName, described, type Known, likenessIn } from './contact-shape.ts'
import type { ContactInfo, KnownVia, LooksLike } from './contact-view.ts'
import type { AccountRecord, RecordValue } from './record.ts'
import { MAX_PLACES, type SeenAt, type Sightings, withPlace } from './sightings.ts'

export interface ContactsComponents {
  readonly self: Address
  readonly rows: Rows
  readonly record: AccountRecord
  readonly cards: Pick<CardBook, 'get' | 'learn' | 'learnDoor' | 'hint' | 'refresh' | 'inboxesOf'>
  readonly acquaintances: Acquaintances
  readonly sightings: Sightings
  readonly cafes: Pick<Cafes, 'list'>
  readonly clock: Clock
}

/** What a contact link says beside the address: where they are, and the key with which they may be written to. */
export interface Introduction {
  readonly cafes: readonly CafeAddress[]
  readonly door?: Uint8Array | undefined
}

/** Calls about an address throw CafeError BAD_REQUEST {what: 'address'} if it is none. */
export interface Contacts {
  /** Who is in the address book, or blocked, by name. */
  list(): Promise<readonly ContactInfo[]>
  /** Anybody, also this account itself; of somebody unknown there is the address alone. */
  get(address: Address): Promise<ContactInfo>
  /** The same for many at once. */
  known(addresses: readonly Address[]): Promise<readonly ContactInfo[]>
  /**
   * Puts somebody into the address book. `name`: what this account calls them; null for what they call themselves; left
   * out, it stays.
   * @throws CafeError BAD_REQUEST {what: 'self'}, or for a bad name; QUOTA {what: 'contacts'} in a full book.
   */
  add(address: Address, change?: { name?: string | null | undefined; link?: Introduction | undefined }): Promise<void>
  /** Takes somebody out of the book; who is blocked stays so. */
  remove(address: Address): Promise<void>
  block(address: Address): Promise<void>
  unblock(address: Address): Promise<void>
  /**
   * Asks cafes for the newest card.
   * @throws CafeError UNREACHABLE if nobody could be asked.
   */
  refresh(address: Address, options: { signal: AbortSignal }): Promise<void>
  /** Keeps what a search has found of somebody, so that they can be written to. */
  keep(address: Address): Promise<void>
  book(): Promise<readonly BookPerson[]>
  /** Tells who in the book, or this account itself, is called as somebody else calls themselves. */
  likeness(book: readonly BookPerson[]): Promise<(address: Address, name: string) => readonly LooksLike[]>
}

const place = v.strictObject({ cafe: peerId, by: v.nullable(peerId), time: count() })
const viaRow = v.strictObject({
  places: v.pipe(v.array(place), v.maxLength(MAX_PLACES)),
  /** When a link of theirs was kept. */
  link: v.optional(count()),
})
type Via = { readonly places: readonly SeenAt[]; readonly link?: number | undefined }

const ME = 'me'

/**
 * @example
 * ```ts
 * const contacts = createContacts({ self: account.address, rows, record, cards, acquaintances, sightings, cafes, clock })
 * await contacts.add(address, { name: 'Ada from work' })
 * const { via, threads } = await contacts.get(address)
 * ```
 */
export function createContacts(components: ContactsComponents): Contacts {
  const { self, rows, record, cards, acquaintances, sightings, cafes, clock } = components
  const vias = table(rows, 'contact-via', viaRow)
  const serial = createSerial()

  const knownOf = async (address: Address): Promise<Known> => {
    const [entry, card, met] = await Promise.all([
      record.get('contact', address),
      cards.get(address),
      acquaintances.all().then((all) => all.get(address)),
    ])
    return { address, entry, card, met }
  }
  const everybody = async (): Promise<readonly Known[]> => {
    const entries = (await record.entries('contact')).filter(({ value }) => value !== null)
    return Promise.all(entries.map(({ id }) => knownOf(id as Address)))
  }
  const book: Contacts['book'] = async () =>
    (await everybody()).flatMap((known) =>
      known.entry && known.entry.added > 0 ? [bookPerson(known, known.entry)] : [],
    )

  const likeness: Contacts['likeness'] = async (book) => {
    const me = (await record.get('profile', ME))?.name
    const own = me ? [{ address: self, names: [me], self: true }] : []
    return likenessIn([...own, ...book.map(({ address, names }) => ({ address, names, self: false }))])
  }

  const viaOf = async (address: Address): Promise<Via> => {
    const kept = await vias.get(address)
    const seen = sightings.get(address)?.places ?? []
    return { ...kept, places: [...seen].reverse().reduce<readonly SeenAt[]>(withPlace, kept?.places ?? []) }
  }
  const told = async (known: Known): Promise<readonly KnownVia[]> => {
    const { places, link } = await viaOf(known.address)
    const names = new Map((await cafes.list()).map(({ cafe, name }) => [cafe, name]))
    const added = known.entry?.added ?? 0
    return [
      ...(added > 0 ? [{ kind: 'book' as const, since: added }] : []),
      ...(known.met?.threads ?? []).map((thread) => ({ kind: 'thread' as const, ...thread })),
      ...places.map((at) => ({ kind: 'cafe' as const, ...at, name: names.get(at.cafe) ?? '' })),
      ...(link === undefined ? [] : [{ kind: 'link' as const, time: link }]),
    ]
  }

  const info = async (
    known: Known,
    alike: (address: Address, name: string) => readonly LooksLike[],
  ): Promise<ContactInfo> => {
    const { address, entry, card, met } = known
    const said = described({ ...known, seen: sightings.get(address)?.card })
    const own = address === self ? await record.get('profile', ME) : undefined
    const claimed = own ? own.name || null : said.claimed
    const cardDevices = card && 'devices' in card.card ? card.card.devices.map(({ peer }) => peer) : []
    return {
      ...{ address, self: address === self, claimed, called: said.called, name: said.called ?? claimed },
      avatar: own ? (own.avatar?.toString() ?? null) : said.avatar,
      handle: own ? (own.handle ?? null) : said.handle,
      added: entry && entry.added > 0 ? entry.added : null,
      blocked: entry?.blocked === true,
      card: card ? { made: card.card.ts, checked: card.checked, gone: 'tomb' in card.card } : null,
      devices: [...new Set<PeerIdText>([...cardDevices, ...(met?.devices ?? [])])],
      inboxes: (await cards.inboxesOf(address)).length,
      threads: address === self ? [] : (met?.threads ?? []),
      via: address === self ? [] : await told(known),
      alike: claimed === null ? [] : alike(address, claimed),
    }
  }
  const keep: Contacts['keep'] = (address) =>
    serial(address, async () => {
      const seen = sightings.get(address)
      if (!seen) return
      // One that is over by now is of no use; where they are is.
      await cards.learn(address, seen.envelope).catch(() => {})
      await rows.commit([vias.put([address], mutable(await viaOf(address)))])
    })

  const write = (address: Address, change: (before: RecordValue<'contact'> | undefined) => Promise<void>) =>
    serial(`entry ${address}`, async () => change(await record.get('contact', address)))

  return {
    book,
    likeness,
    keep,
    async list() {
      const known = await everybody()
      const all = await Promise.all(known.map((one) => info(one, () => [])))
      return all.toSorted(byName)
    },
    async get(address) {
      decodeAddress(address)
      return info(await knownOf(address), await likeness(await book()))
    },
    async known(addresses) {
      for (const address of addresses) decodeAddress(address)
      const alike = await likeness(await book())
      return Promise.all(addresses.map(async (address) => info(await knownOf(address), alike)))
    },
    async add(address, { name, link } = {}) {
      decodeAddress(address)
      if (address === self) throw new CafeError('BAD_REQUEST', { what: 'self' })
      const called = typeof name === 'string' ? parse(personName, name) : name
      await write(address, async (before) => {
        const kept = called === undefined ? before?.name : (called ?? undefined)
        const added = before && before.added > 0 ? before.added : clock()
        await record.set('contact', address, { ...pruned(kept, before?.blocked), added })
      })
      await keep(address)
      if (link) await introduce(address, link)
    },
    remove: (address) =>
      write(address, async (before) => {
        if (before?.blocked) await record.set('contact', address, { added: 0, blocked: true })
        else if (before) {
          await record.remove('contact', address)
          await rows.commit([vias.remove(address)])
        }
      }),
    async block(address) {
      decodeAddress(address)
      if (address === self) throw new CafeError('BAD_REQUEST', { what: 'self' })
      await write(address, (before) => record.set('contact', address, { added: 0, ...before, blocked: true }))
    },
    unblock: (address) =>
      write(address, async (before) => {
        if (!before?.blocked) return
        if (before.added === 0) await record.remove('contact', address)
        else await record.set('contact', address, { ...pruned(before.name), added: before.added })
      }),
    async refresh(address, options) {
      decodeAddress(address)
      await keep(address)
      await cards.refresh(address, options)
    },
  }

  async function introduce(address: Address, { cafes, door }: Introduction): Promise<void> {
    await cards.hint(
      address,
      cafes.map(({ cafe, addresses }) => ({ cafe, addresses: [...addresses] })),
    )
    if (door) await cards.learnDoor(address, door, 'introduced')
    await serial(address, async () => {
      await rows.commit([vias.put([address], mutable({ ...(await viaOf(address)), link: clock() }))])
    })
  }
}

const mutable = ({ places, link }: Via) => ({
  places: places.map((one) => ({ ...one })),
  ...(link !== undefined && { link }),
})

/** Without what is not said, so that equal entries are equal. */
const pruned = (name: string | undefined, blocked?: boolean) => ({
  ...(name !== undefined && { name }),
  ...(blocked && { blocked }),
})

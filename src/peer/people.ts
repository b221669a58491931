/** People, put together: the address book, the search, and the thread of two that a conversation is. */
import type { ContactClient } from '../cafe/contact/client.ts'
import type { Clock } from '../core/clock.ts'
import type { Address, PeerIdText } from '../core/ids.ts'
import { createSerial } from '../core/serial.ts'
import { decodeAddress } from '../crypto/strkey.ts'
import type { Rows } from '../store/rows.ts'
import type { Thread, ThreadIdText } from '../thread/thread.ts'
import { createAcquaintances } from './acquaintances.ts'
import type { Cafes } from './cafes.ts'
import type { CardBook } from './cards.ts'
import { type Contacts, createContacts } from './contacts.ts'
import { twoNames } from './conversation.ts'
import { createFinder, type Finder } from './find.ts'
import type { AccountRecord } from './record.ts'
import { createSightings } from './sightings.ts'
import type { PeerThreads } from './threads.ts'

/** Milliseconds for which the devices of people are not looked up again. */
const DEVICES_LAST = 30_000

export interface PeopleComponents {
  readonly self: Address
  readonly rows: Rows
  readonly record: AccountRecord
  readonly cards: CardBook
  readonly threads: Pick<PeerThreads, 'create' | 'invite' | 'store'>
  readonly cafes: Pick<Cafes, 'list' | 'access'>
  readonly client: Pick<ContactClient, 'find'>
  readonly clock: Clock
}

export interface Talk {
  readonly thread: ThreadIdText
  /** The invite, if they are not in it yet; see `PeerThreads.invite`. */
  readonly invite: Awaited<ReturnType<PeerThreads['invite']>> | null
}

export interface People extends Finder {
  readonly contacts: Contacts
  /**
   * The thread that is of this account and `address` alone. Begun, and they invited, if there is none; if there is, they are
   * invited again until they are in it.
   * @throws CafeError BAD_REQUEST {what: 'address'}.
   */
  talk(address: Address, options: { signal?: AbortSignal | undefined }): Promise<Talk>
  /** Is that a device of somebody in a thread with this account, or in its address book with a card? */
  hasDevice(peer: PeerIdText): Promise<boolean>
  /** Threads or their members are others now. */
  threadsChanged(): void
}

export function createPeople(components: PeopleComponents): People {
  const { self, record, threads, clock } = components
  const acquaintances = createAcquaintances({ threads: threads.store })
  const sightings = createSightings()
  const contacts = createContacts({ ...components, acquaintances, sightings })
  const finder = createFinder({ ...components, contacts, sightings })
  const serial = createSerial()
  let known: { readonly at: number; readonly devices: Promise<ReadonlySet<PeerIdText>> } | undefined

  /** What both see: their names, as each calls itself. */
  const nameOf = async (address: Address): Promise<string> => {
    const { claimed } = await contacts.get(address)
    const own = (await record.get('profile', 'me'))?.name
    return twoNames(own || null, claimed)
  }

  /** In whoever's name it was begun. */
  const ours = async (address: Address): Promise<Thread | undefined> => {
    const both = [self, address].sort().join()
    for (const { id, standing } of await threads.store.list()) {
      const thread = standing === 'in' ? await threads.store.get(id) : undefined
      if (thread && [...thread.charter.members].sort().join() === both) return thread
    }
    return undefined
  }

  const begin = async (address: Address): Promise<ThreadIdText> => {
    // Only the two named in its charter can ever be in it.
    const terms = { type: 'open', sharing: 'invite-only', members: [self, address] } as const
    return (await threads.create({ name: await nameOf(address), ...terms })).id as ThreadIdText
  }

  /** Of everybody in common threads, and of contacts as their cards name them; looked up again after a while. */
  const devices = async (): Promise<ReadonlySet<PeerIdText>> => {
    if (!known || clock() - known.at > DEVICES_LAST) known = { at: clock(), devices: readDevices() }
    return known.devices
  }
  const readDevices = async (): Promise<ReadonlySet<PeerIdText>> => {
    const met = [...(await acquaintances.all()).values()].flatMap((one) => one.devices)
    const book = await contacts.book()
    const named = await Promise.all(book.map(({ address }) => components.cards.devicesOf(address)))
    return new Set([...met, ...named.flat()])
  }

  return {
    ...finder,
    contacts,
    talk: (address, options) =>
      serial(address, async () => {
        decodeAddress(address)
        await contacts.keep(address)
        const known = await ours(address)
        const thread = known?.id ?? (await begin(address))
        const members = (await known?.members()) ?? []
        const isIn = members.some((member) => member.address === address && member.standing === 'in')
        const mayInvite = known === undefined || (await known.can('invite'))
        return { thread, invite: isIn || !mayInvite ? null : await threads.invite(thread, address, options) }
      }),
    hasDevice: async (peer) => (await devices()).has(peer),
    threadsChanged: acquaintances.changed,
  }
}

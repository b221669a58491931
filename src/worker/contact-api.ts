/** What a page can ask about people: the address book, finding others, and how this account is found. Types only. */
import type { Visibility } from '../cafe/contact/card.ts'
import type { Address, PeerIdText } from '../core/ids.ts'
import type { CardState } from '../peer/card.ts'
import type { ContactInfo, FindState } from '../peer/contact-view.ts'
import type { MadeInvite, Person } from '../peer/thread-view.ts'
import type { Call } from '../rpc/port.ts'

export type { Visibility } from '../cafe/contact/card.ts'
export type { CardState } from '../peer/card.ts'
export type {
  AskedCafe,
  AskOutcome,
  CommonThread,
  ContactInfo,
  FindState,
  FoundPerson,
  KnownVia,
  LooksLike,
} from '../peer/contact-view.ts'

/** What a contact link says, before anything is done with it. */
export interface ContactPreview {
  readonly address: Address
  /** As whoever made the link wrote it: the address's own card may say something else. */
  readonly named: string | null
  readonly cafes: readonly PeerIdText[]
  /** What is known of the address here. */
  readonly known: ContactInfo
}

/** How others find this account. */
export interface OwnContact {
  readonly person: Person
  readonly handle: string | null
  /** `hidden`: nobody is given the card; `exact`: who knows the address or handle; `listed`: also who searches the name. */
  readonly visibility: Visibility
  /** At each cafe of the account. */
  readonly cafes: readonly CardState[]
}

/** A thread of two, and how the other has been invited to it; null if they are in it. */
export interface TalkInfo {
  readonly thread: string
  readonly invite: MadeInvite | null
}

export interface FindInput {
  /** A name or the beginning of one, a whole handle, or a whole address. */
  readonly query: string
  /** 10 without it, 50 at most. */
  readonly limit?: number | undefined
  /** Milliseconds, 10 000 without it. */
  readonly wait?: number | undefined
  readonly exclude?: readonly Address[] | undefined
}

type None = Record<never, never>

/** Calls about an address fail with BAD_REQUEST {what: 'address'} if it is none. */
export type ContactApi = {
  /** Who is in the address book, or blocked. */
  'contact.list': Call<None, readonly ContactInfo[]>
  /** Anybody: of an address that nothing is known of, there is nothing else. */
  'contact.get': Call<{ address: Address }, ContactInfo>
  /** The same for many at once, such as members of a thread. */
  'contact.known': Call<{ addresses: readonly Address[] }, readonly ContactInfo[]>
  /**
   * Puts somebody into the address book, by address or by a contact link, and then asks cafes for their card. `name`: what
   * this account calls them; null for what they call themselves.
   * @throws CafeError BAD_REQUEST {what: 'self' | 'contact link'}; QUOTA {what: 'contacts'}.
   */
  'contact.add': Call<
    { address?: Address | undefined; link?: string | undefined; name?: string | null | undefined },
    ContactInfo
  >
  'contact.remove': Call<{ address: Address }, None>
  /** Takes no more mail from them. They stay in common threads. */
  'contact.block': Call<{ address: Address }, ContactInfo>
  'contact.unblock': Call<{ address: Address }, ContactInfo>
  /** Asks cafes for the newest card. @throws CafeError UNREACHABLE. */
  'contact.refresh': Call<{ address: Address }, ContactInfo>
  /** Aborted, it stops everywhere. @throws CafeError BAD_REQUEST {what: 'query'} for nothing at all. */
  'contact.find': Call<FindInput, FindState, FindState>
  /** The thread of two with somebody: the one there is, or a new one to which they are invited. */
  'contact.talk': Call<{ address: Address }, TalkInfo>
  /** To hand on: whoever has it finds this account and may write to it. */
  'contact.link': Call<None, { link: string }>
  /** Nothing is stored. @throws CafeError BAD_REQUEST {what: 'contact link'}. */
  'contact.preview': Call<{ link: string }, ContactPreview>
  'contact.own': Call<None, OwnContact>
  /**
   * `handle`: 3 to 32 of a-z, 0-9, `.` and `_`; null for none. Who has it first at a cafe has it there: see `OwnContact.cafes`.
   * What is left out stays.
   */
  'contact.show': Call<{ handle?: string | null | undefined; visibility?: Visibility | undefined }, OwnContact>
}

/** The same as functions, in `cafe.contact`. */
export interface ContactConsole {
  list(): Promise<readonly ContactInfo[]>
  get(address: string): Promise<ContactInfo>
  known(addresses: readonly string[]): Promise<readonly ContactInfo[]>
  add(who: { address?: string; link?: string; name?: string | null }): Promise<ContactInfo>
  remove(address: string): Promise<void>
  block(address: string): Promise<ContactInfo>
  unblock(address: string): Promise<ContactInfo>
  refresh(address: string): Promise<ContactInfo>
  find(
    query: string,
    options?: {
      limit?: number
      wait?: number
      exclude?: readonly string[]
      onProgress?: (state: FindState) => void
      signal?: AbortSignal
    },
  ): Promise<FindState>
  talk(address: string): Promise<TalkInfo>
  link(): Promise<{ link: string }>
  preview(link: string): Promise<ContactPreview>
  own(): Promise<OwnContact>
  show(change: { handle?: string | null; visibility?: Visibility }): Promise<OwnContact>
}

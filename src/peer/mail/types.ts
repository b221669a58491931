/**
 * Mail between accounts, as the rest of the account peer sees it. What is sent is on disk before it is on its way, and stays
 * here until the recipient itself has said that it has it; what comes is on disk before the sender or a cafe hears so, is
 * given to its handler once, and in the order in which its sender's device has written.
 *
 * How it goes: straight to the recipient's devices that are connected, else to all cafes that take its mail. Letters that
 * wait for the same person go together in one sealed parcel.
 */
import type { DoorClass } from '../../cafe/inbox/protocol.ts'
import type { ErrorCode } from '../../core/errors.ts'
import type { Address, PeerIdText } from '../../core/ids.ts'
import type { Cargo } from '../move.ts'

export type { DoorClass } from '../../cafe/inbox/protocol.ts'

/** What goes by mail. What the mail says about itself (that something came, or is missing) is no letter. */
export const LETTER_KINDS = ['post', 'invite', 'card'] as const
export type LetterKind = (typeof LETTER_KINDS)[number]

/**
 * How far a letter is: here only; at some cafe of the recipient; on a device of the recipient; looked at by a person, if that
 * person lets others know; or given up, because nobody fetched it in time or it can never be delivered.
 */
export const MAIL_STATES = ['queued', 'stored', 'fetched', 'read', 'undelivered'] as const
export type MailState = (typeof MAIL_STATES)[number]

export interface Sending {
  readonly kind: LetterKind
  /** Of dag-cbor; some 60 KiB at most when encoded. */
  readonly body: unknown
  /** What the sender calls it, as `states` and `read` do: a post's CID. At most 128 characters. */
  readonly about?: string | undefined
  /** Milliseconds after which it is given up; 30 days without. */
  readonly ttl?: number | undefined
  /** A letter to the same person with the same key that is not on its way yet is dropped for this one. */
  readonly replaces?: string | undefined
}

/** How it stands with a letter to one person. */
export interface LetterState {
  readonly to: Address
  readonly state: MailState
  /** Cafes that have signed for it. */
  readonly cafes: readonly PeerIdText[]
  /** When it came to this state, in milliseconds since the epoch. */
  readonly since: number
  /** What is in the way, if something is. */
  readonly why?: ErrorCode | undefined
}

/** A letter that is not known to have arrived. */
export interface OutgoingView extends LetterState {
  readonly id: string
  readonly kind: LetterKind
  readonly about: string | undefined
  /** When it was written, and when it will be given up. */
  readonly written: number
  readonly ends: number
}

/** A letter as its handler gets it. */
export interface Incoming {
  readonly from: Address
  /** The device that wrote it. */
  readonly dev: PeerIdText
  /** When, by that device's clock. */
  readonly ts: number
  readonly body: unknown
  /** By which door it came; what comes from a connected device came as its sender may come to our cafes. */
  readonly door: DoorClass
}

/**
 * Makes a letter the account's own: it is on disk when this resolves. It may come twice, if this device stops in between.
 * @throws CafeError with a code that may be tried again (`ERRORS`), to get it again later; any other puts it into quarantine.
 */
export type LetterHandler = (letter: Incoming) => Promise<void>

/** Something that came and could not be used. */
export interface Quarantined {
  readonly id: string
  readonly since: number
  readonly size: number
  readonly why: ErrorCode
  /** Who wrote it and what, where that is known. */
  readonly from: Address | undefined
  readonly kind: LetterKind | undefined
}

export interface MailSettings {
  /** Others are told when their letters have been looked at. Off, until the person wants it. */
  readonly receipts: boolean
  /** People who were not given an address to write to may write all the same, if they do the work. */
  readonly strangers: boolean
}

/** How full an own inbox is at a cafe. */
export interface InboxRoom {
  readonly cafe: PeerIdText
  readonly used: number
  readonly limit: number
  readonly unit: 'letters' | 'bytes'
}

export interface Mail {
  /**
   * On disk when it resolves, and then looked after until it has arrived or its time is over.
   * @throws CafeError BAD_REQUEST `{what: 'address' | 'about'}`, or `{size, limit}` for a body that is too long; QUOTA
   * `{what: 'letters', limit}` where too much waits already.
   */
  send(to: Address, letter: Sending): Promise<string>
  /** This has come to these without a letter: from now on it is as if there had been one. */
  arrived(about: string, to: readonly Address[]): Promise<void>
  /** How it stands with letters about something: one for each recipient, the newest. */
  states(about: string): Promise<readonly LetterState[]>
  /** Letters not known to have arrived, oldest first. */
  outgoing(): Promise<readonly OutgoingView[]>
  /** Whatever waits is tried at once. */
  retry(): void
  /** Who takes letters of a kind; until there is somebody they wait. */
  on(kind: LetterKind, handler: LetterHandler): void
  readonly quarantine: {
    list(): Promise<readonly Quarantined[]>
    /** Has another try at it. @throws CafeError NOT_FOUND. */
    retry(id: string): Promise<void>
    remove(id: string): Promise<void>
    /** As it came: sealed if it did not open, else as dag-cbor. @throws CafeError NOT_FOUND. */
    raw(id: string): Promise<Uint8Array<ArrayBuffer>>
  }
  /** The person has looked at these, which `from` has sent. Nobody is told unless the person wants that. */
  read(from: Address, abouts: readonly string[]): Promise<void>
  settings(): Promise<MailSettings>
  set(settings: Partial<MailSettings>): Promise<void>
  /** Own inboxes that are nearly full. */
  room(): Promise<readonly InboxRoom[]>
  /** The key with which whoever is named so may write to this account; see `doors.ts`. */
  doorFor(who: DoorName): Promise<Uint8Array<ArrayBuffer>>
  /** Contacts, members of threads, blocked people or the account's cafes are others now: doors are told anew, soon. */
  peopleChanged(): void
  /** From now on all of it goes on by itself. */
  attend(): Promise<void>
  /** We slept, or the network is back. */
  wake(): void
  /** Connections may have come or gone. */
  connected(): void
  /** The account is at other cafes now. */
  cafesChanged(): Promise<void>
  /** A cafe of the account is in a new storage epoch: it has lost something. */
  cafeChanged(cafe: PeerIdText): Promise<void>
  close(): Promise<void>
  /** For a move: nothing unread is left behind at a cafe that is left. */
  readonly cargo: Cargo
}

/** To whom a door key is given: to one correspondent, to all members of a thread (id in hex), with a shared contact link. */
export type DoorName = `contact/${Address}` | `thread/${string}` | 'card'

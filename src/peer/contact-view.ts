/** What people are shown of people: the types that the page's `contact.…` calls give back. Plain data, CIDs as text. */
import type { AskOutcome } from '../cafe/contact/protocol.ts'
import type { Address, PeerIdText } from '../core/ids.ts'
import type { CommonThread } from './acquaintances.ts'
import type { Person } from './thread-view.ts'

export type { AskOutcome } from '../cafe/contact/protocol.ts'
export type { CommonThread } from './acquaintances.ts'

/**
 * How this account has come to know an address: it is in its address book; a common thread; a cafe that gave its card, maybe
 * having asked the cafe `by` for it; or a link that somebody sent.
 */
export type KnownVia =
  | { readonly kind: 'book'; readonly since: number }
  | ({ readonly kind: 'thread' } & CommonThread)
  | {
      readonly kind: 'cafe'
      readonly cafe: PeerIdText
      readonly name: string
      readonly by: PeerIdText | null
      readonly time: number
    }
  | { readonly kind: 'link'; readonly time: number }

/** A contact of this account, or itself, whose name somebody else's looks like. */
export interface LooksLike {
  readonly address: Address
  readonly name: string
  /** `same`: it is the same name, as people read it; `alike`: it is written with other letters that look like it. */
  readonly how: 'same' | 'alike'
  readonly self: boolean
}

/** Somebody, as far as this account knows. `name` is what to show: what it calls them, else what they call themselves. */
export interface ContactInfo extends Person {
  readonly self: boolean
  /** In the address book, and since when. */
  readonly added: number | null
  /** Mail from them is not taken. They stay in common threads, and see what is posted there. */
  readonly blocked: boolean
  /** What this account calls them, and what they call themselves. */
  readonly called: string | null
  readonly claimed: string | null
  readonly handle: string | null
  /** Their newest contact card known here; `gone`: they have taken it back. */
  readonly card: { readonly made: number; readonly checked: number; readonly gone: boolean } | null
  readonly devices: readonly PeerIdText[]
  /** Cafes that take mail for them, as far as known. */
  readonly inboxes: number
  readonly threads: readonly CommonThread[]
  readonly via: readonly KnownVia[]
  /** Never of who is in the address book: them the person knows. */
  readonly alike: readonly LooksLike[]
}

/** Somebody a search has found. */
export interface FoundPerson extends Person {
  /** Where: in the address book, at a cafe of this account, or at one that such a cafe knows. */
  readonly source: 'contact' | 'cafe' | 'beyond'
  /** The cafe of this account that told, with its name; null for a contact. */
  readonly cafe: { readonly id: PeerIdText; readonly name: string } | null
  /** The cafe that one had to ask. */
  readonly by: PeerIdText | null
  readonly handle: string | null
  /** The search named exactly their address or handle. */
  readonly exact: boolean
  /** When they have made the card that is shown; null for a contact without one. */
  readonly made: number | null
  readonly added: number | null
  readonly blocked: boolean
  readonly alike: readonly LooksLike[]
}

/** How it stands with a cafe of this account, or (`by`) one that it asked. */
export interface AskedCafe {
  readonly cafe: PeerIdText
  /** Null where only its id is known. */
  readonly name: string | null
  /** The cafe of this account that asked it; null for that one itself. */
  readonly by: PeerIdText | null
  readonly outcome: AskOutcome | 'asking'
}

/** A search as it stands. */
export interface FindState {
  /** In an order that does not depend on who answered first: contacts, then exact ones, then those of like names. */
  readonly people: readonly FoundPerson[]
  readonly cafes: readonly AskedCafe[]
  /** Too short to ask cafes: three characters, or two in Chinese, Japanese and Korean. */
  readonly short: boolean
  /** All cafes have answered, and nothing that matches was left out. */
  readonly complete: boolean
}

/** What a page can ask about mail: calls as in `api.ts`. Types only; `mail-handlers.ts` answers. */
import type { ErrorCode } from '../core/errors.ts'
import type { Address } from '../core/ids.ts'
import type { InboxRoom, LetterKind, MailSettings, MailState } from '../peer/mail/types.ts'
import type { Person, PostState, ReceivedInvite } from '../peer/thread-view.ts'
import type { Call } from '../rpc/port.ts'

export type { InboxRoom, LetterKind, MailSettings, MailState } from '../peer/mail/types.ts'
export type { PostSent, PostState } from '../peer/thread-view.ts'

type None = Record<never, never>

/** A letter that is not known to have arrived. */
export interface OutgoingLetter {
  readonly id: string
  /** `name`: what this account calls them, or they call themselves on their card or in a thread; null where that is unknown. */
  readonly to: Person
  readonly kind: LetterKind
  /** The thread and the block it brings, of a `post`. */
  readonly thread: string | null
  readonly block: string | null
  readonly state: MailState
  /** Cafes of the recipient that have signed for it. */
  readonly cafes: readonly string[]
  /** When it came to this state, was written, and will be given up: milliseconds since the epoch. */
  readonly since: number
  readonly written: number
  readonly ends: number
  /** What is in the way, if something is. */
  readonly why: ErrorCode | null
}

/** Something that came and could not be used. */
export interface QuarantinedLetter {
  readonly id: string
  readonly since: number
  readonly size: number
  readonly why: ErrorCode
  /** Who wrote it and what, where that is known. */
  readonly from: Address | null
  readonly kind: LetterKind | null
}

export type MailApi = {
  /** Oldest first, 100 of them unless another number is asked for; `total` counts all. */
  'mail.outgoing': Call<
    { limit?: number | undefined },
    { readonly items: readonly OutgoingLetter[]; readonly total: number }
  >
  /** Whatever waits is tried at once. */
  'mail.retry': Call<None, None>
  'mail.quarantine': Call<None, readonly QuarantinedLetter[]>
  /** Has another try at one of them. @throws the reason why it is of no use still; NOT_FOUND. */
  'mail.reopen': Call<{ id: string }, None>
  'mail.discard': Call<{ id: string }, None>
  /** As it came, sealed if it did not open, else as dag-cbor: to be saved and looked at. */
  'mail.raw': Call<{ id: string }, Uint8Array<ArrayBuffer>>
  'mail.settings': Call<None, MailSettings>
  'mail.set': Call<{ receipts?: boolean | undefined; strangers?: boolean | undefined }, MailSettings>
  /** Own inboxes that are nearly full: at 80 % and more. */
  'mail.room': Call<None, readonly InboxRoom[]>
  /** Invites from strangers. They are in nobody's way: no notification, and `thread.invites` has all others. */
  'mail.requests': Call<None, readonly ReceivedInvite[]>
  /** How far a post of this account has come, for each other member. */
  'mail.states': Call<{ id: string; target: string }, readonly PostState[]>
  /** These were on screen: whoever wrote them is told, if this account's settings say so. At most 100. */
  'mail.seen': Call<{ id: string; targets: readonly string[] }, None>
}

/** The same as functions, in `cafe.mail`. */
export interface MailConsole {
  outgoing(options?: { limit?: number }): Promise<{ items: readonly OutgoingLetter[]; total: number }>
  retry(): Promise<void>
  readonly quarantine: {
    list(): Promise<readonly QuarantinedLetter[]>
    retry(id: string): Promise<void>
    remove(id: string): Promise<void>
    raw(id: string): Promise<Uint8Array<ArrayBuffer>>
  }
  settings(): Promise<MailSettings>
  set(input: { receipts?: boolean; strangers?: boolean }): Promise<MailSettings>
  room(): Promise<readonly InboxRoom[]>
  requests(): Promise<readonly ReceivedInvite[]>
  states(id: string, target: string): Promise<readonly PostState[]>
  seen(id: string, targets: readonly string[]): Promise<void>
}

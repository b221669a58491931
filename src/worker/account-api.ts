/** What pages are told about the account and the cafes it is registered with: the types behind `account.…` calls. */
import type { Receipt, Scope } from '../cafe/session/protocol.ts'
import type { Address, PeerIdText } from '../core/ids.ts'
import type { WhyEnded } from '../peer/cafe-row.ts'

export interface AccountStatus {
  readonly address: Address
  /** Its number below its words; null where that is not known. */
  readonly index: number | null
  /** It has a passphrase. */
  readonly lock: boolean
  /** It waits for its passphrase: until then nothing that is the account's can be done. */
  readonly locked: boolean
  /** Its seed is on this device; else linking a device or setting a passphrase asks for the words once more. */
  readonly seed: boolean
}

/** One of the accounts of this device. */
export interface AccountInfo extends AccountStatus {
  /** The one in use. */
  readonly current: boolean
  /** What it is called in its profile, if that is known here. */
  readonly name: string | undefined
  /** Milliseconds since the epoch; 0 where that is not known. */
  readonly since: number
}

/** How an account is kept on this device. */
export interface KeepInput {
  /**
   * The passphrase that this device asks for from now on, of 8 characters and more. Without one the account stays unlocked:
   * whoever has this device, or can read its files, has the account.
   */
  readonly lock?: string | undefined
  /** There may be another account in use; this one is then. */
  readonly add?: boolean | undefined
  /** For `add`: the passphrase of the account in use, if it has one. */
  readonly proof?: string | undefined
}

export interface NewAccount {
  readonly address: Address
  /** The twelve to twenty-four words, shown once and kept nowhere. */
  readonly words: string
}

/** What an invite says before anything is sent: shown to the person who is about to join. */
export interface InvitePreview {
  readonly cafe: PeerIdText
  readonly name: string
  /** It carries a token. Without one, the host may have to be asked. */
  readonly token: boolean
  /** It is in a network of its own: its addresses lead nowhere from outside of it. */
  readonly near: boolean
}

/** A cafe of this account, and how it stands with it: everything but the tokens. */
export interface Session {
  readonly cafe: PeerIdText
  readonly name: string
  readonly address: Address
  /** `waiting`: its host has been asked; `ended`: it does not admit us any more, see `why`. */
  readonly state: 'active' | 'waiting' | 'ended'
  readonly why: WhyEnded | null
  /** What the host says about an eviction; empty for nothing. */
  readonly notice: string
  /** Up to when the host may answer, if waiting. */
  readonly until: number | null
  /** Its host has paused guests: it keeps nothing new for now. What waits for it follows by itself. */
  readonly paused: boolean
  /** Its host has closed it then, and said this (empty for nothing); null while it is open, as far as we know. */
  readonly farewell: { readonly words: string; readonly at: number } | null
  /** When somebody else last used an old session of ours there; it was ended then. */
  readonly alarm: number | null
  /** Milliseconds since the epoch: registered at; the session must be refreshed before. */
  readonly since: number
  readonly expires: number
  /** Bytes this client may pin there. */
  readonly quota: number
}

export interface Deregistered {
  readonly cafe: PeerIdText
  /** What the cafe has signed to have erased; null where there was nothing to erase or nobody to ask. */
  readonly receipt: Receipt | null
}

/** A receipt that is kept: signed by the cafe, verified here. */
export interface ReceiptInfo {
  readonly cafe: PeerIdText
  readonly name: string
  /** When we left, by our clock. */
  readonly at: number
  readonly receipt: Receipt
  /** The libp2p signed envelope itself (domain `textile-cafe-receipt`), for others to check. */
  readonly envelope: Uint8Array
}

/** At how many cafes something is safe, and what stands in the way of the others. */
export interface Safety {
  /** Cafes that have all of it: from each of them alone it can be had again. */
  readonly safe: number
  /** Cafes of the account now. */
  readonly of: number
  /** Files, and groups of blocks of threads. */
  readonly items: number
  /** Bytes on their way, one time for each cafe that lacks them. */
  readonly pending: number
  /** What cafes have refused, for an error code: `account.retry` tries it again. */
  readonly failed: readonly { readonly cafe: PeerIdText; readonly reason: string; readonly items: number }[]
  /** When the last receipt came in that made it as safe as it is (milliseconds since the epoch); null without any. */
  readonly since: number | null
}

/** A token for programs that reach the cafe over HTTP, without its text. */
export interface Bearer {
  readonly id: string
  /** The device of this account that made it. */
  readonly peer: PeerIdText
  readonly label: string
  /** Services it is for. */
  readonly scopes: readonly Scope[]
  /** Milliseconds since the epoch. */
  readonly created: number
  readonly expires: number
}

export interface BearerInput {
  readonly label: string
  readonly scopes: readonly Scope[]
  /** Milliseconds since the epoch, a year ahead at most; a year without it. */
  readonly expires?: number | undefined
}

export interface NewBearer {
  readonly id: string
  /** Shown once: the cafe keeps only a hash. */
  readonly text: string
  readonly expires: number
}

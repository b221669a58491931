/**
 * Cards of other people, and the keys to their doors, as far as this device has come by them. The newest valid card wins,
 * wherever it comes from; who hands out a forged one is marked, and asked last from then on.
 */
import type { Card } from '../cafe/contact/card.ts'
import type { Address, PeerIdText } from '../core/ids.ts'
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
  /** Cafes that have given out forged cards. */
  liars(): Promise<readonly PeerIdText[]>
  close(): void
}

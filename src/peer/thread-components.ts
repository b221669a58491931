/** What the threads of an account need from the rest of this device. */
import type { CID } from 'multiformats/cid'
import type { Registrar } from '../cafe/cafe.ts'
import type { BlockSource } from '../cafe/pin/fetch.ts'
import type { Clock, Random } from '../core/clock.ts'
import type { Address, PeerIdText } from '../core/ids.ts'
import type { Log } from '../core/log.ts'
import type { Account } from '../crypto/account.ts'
import type { Signer } from '../crypto/certificate.ts'
import type { Blocks } from '../store/blocks.ts'
import type { Holds } from '../store/holds.ts'
import type { Rows } from '../store/rows.ts'
import type { SyncPaces } from '../thread/sync-rates.ts'
import type { ThreadIdText } from '../thread/thread.ts'
import type { Connector } from '../wire/call.ts'
import type { Cafes } from './cafes.ts'

export interface PeerThreadComponents {
  readonly account: Account
  /** The account, or this device with its certificate. */
  readonly signer: Signer
  readonly peer: PeerIdText
  readonly connector: Connector & { know(peer: PeerIdText, addresses: readonly string[]): void }
  /** Answers the protocol of threads. */
  readonly registrar: Registrar
  /** Blocks of named cafes. */
  readonly source: BlockSource
  readonly cafes: Pick<Cafes, 'list' | 'access'>
  readonly rows: Rows
  readonly blocks: Blocks
  readonly holds: Holds
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  /** Origin of the app, for links. */
  readonly origin: string
  /** Peers with an open connection. */
  readonly online: () => readonly PeerIdText[]
  /** Where this device can be dialled. */
  readonly addresses: () => readonly string[]
  /** Where a peer may be found through the relays of this device. */
  readonly relayed: (peer: PeerIdText) => readonly string[]
  /** How the person is called; nobody in particular without it. */
  readonly profile?: () => Promise<{ readonly name: string | null; readonly avatar: CID | null }>
  /** Other devices of this account; those of some other account, as far as known. */
  readonly siblings?: () => Promise<readonly PeerIdText[]>
  readonly devicesOf?: (address: Address) => Promise<readonly PeerIdText[]>
  /** Roots of the packs that hold a thread's blocks at the account's cafes. */
  readonly packs?: (id: ThreadIdText) => Promise<readonly CID[]>
  /** There is something new in a thread: its snapshot is due. */
  readonly onChange?: (id: ThreadIdText) => void
  /** These blocks are here, maybe since before the last start: the account's cafes are to keep them. */
  readonly onBlocks?: (id: ThreadIdText, blocks: readonly CID[]) => Promise<void>
  /** Has the person left it, on whatever device? */
  readonly wasLeft?: (id: ThreadIdText) => Promise<boolean>
  /** The person has left it for good. */
  readonly onLeft?: (id: ThreadIdText) => Promise<void>
  readonly onGarbage?: () => void
  readonly paces?: SyncPaces
  readonly chance?: () => number
}

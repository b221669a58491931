/** What a pin is to those who ask for it: its life cycle, how it is asked for and looked at, whatever carries the question. */
import type { CID } from 'multiformats/cid'
import type { ErrorCode } from '../../core/errors.ts'
import type { Address } from '../../core/ids.ts'
import type { RangeOptions } from '../../store/rows.ts'
import type { Owner } from './pinning.ts'

/**
 * `queued`: waits for its turn or for an origin that was not reached; `pinning`: blocks are coming; `failed`: given up,
 * for `reason`; `degraded`: it was whole, and a block of it was found missing or damaged since.
 */
export type PinState = 'queued' | 'pinning' | 'pinned' | 'failed' | 'degraded'

export interface PinStatus {
  /** The root as CIDv1 text: asking twice for one root is one request. */
  readonly id: string
  readonly root: CID
  readonly state: PinState
  /** Why it failed, is degraded, or had to be queued again. */
  readonly reason?: ErrorCode | undefined
  /** Milliseconds since the epoch: asked for, and changed last. */
  readonly created: number
  readonly changed: number
  /** So far, or of the whole DAG once it is pinned. */
  readonly blocks: number
  readonly bytes: number
  /** As given by clients that do not seal what they say; our own never send these. */
  readonly name?: string | undefined
  readonly meta?: Readonly<Record<string, string>> | undefined
  /** Name and key as sealed by the account for itself. */
  readonly sealed?: Uint8Array<ArrayBuffer> | undefined
  /** Peer ids, or multiaddrs that end in one, to fetch it from. */
  readonly origins: readonly string[]
}

export interface PinAsk {
  readonly root: CID
  /** At most MAX_ORIGINS. */
  readonly origins: readonly string[]
  readonly name?: string | undefined
  readonly meta?: Readonly<Record<string, string>> | undefined
  readonly sealed?: Uint8Array<ArrayBuffer> | undefined
}

export interface PinJobs {
  /**
   * Has a root fetched from its origins and pinned; returns at once. One that is there already is only described anew.
   * @throws CafeError BUSY with CLIENT_JOBS waiting; BAD_REQUEST for an origin that is none.
   */
  add(owner: Owner, ask: PinAsk): Promise<PinStatus>
  get(account: Address, id: string): Promise<PinStatus | undefined>
  /** In the order of their ids; `after` is the last one seen. */
  list(account: Address, options?: RangeOptions): Promise<readonly PinStatus[]>
  /** Stops fetching it, or unpins it. False if there was none. */
  remove(account: Address, id: string): Promise<boolean>
  /** The present states, then every change, until the signal fires. */
  watch(account: Address, options: { signal: AbortSignal }): AsyncIterable<PinStatus>
}

/**
 * What backups need of threads: nothing but a state that can be taken out, put in and merged, and blocks that can be named
 * and handed over. Whoever keeps threads provides it.
 */
import type { CID } from 'multiformats/cid'

/** What a snapshot is made of. */
export interface KeptState {
  /**
   * Charter, keys, heads, name: whatever opens the thread elsewhere. Canonical: devices that know the same give the same
   * bytes, or two of them would write over each other for ever.
   */
  readonly state: Uint8Array
  /** Lists of the thread's blocks at the cafes, sorted by their text. */
  readonly packs: readonly CID[]
}

export interface KeptBlock {
  readonly cid: CID
  readonly bytes: Uint8Array<ArrayBuffer>
}

/** One thread. */
export interface Keeper {
  /** Strictly stored before it is given. */
  state(): Promise<KeptState>
  /** Takes in what another device has kept: all of both. In any order, and the same twice, comes to the same. */
  merge(kept: KeptState): Promise<void>
  /** Which of these blocks are here. */
  has(cids: readonly CID[]): Promise<readonly boolean[]>
  /**
   * Blocks whose hashes have been checked, in any order. Refuses silently what is none of the thread's.
   * @throws CafeError QUOTA if the disk is full.
   */
  receive(blocks: readonly KeptBlock[]): Promise<void>
  /** Blocks that the heads lead to and that are not here, some of them: empty if nothing is missing. */
  missing(): Promise<readonly CID[]>
}

/** All threads of the account on this device; ids are 64 hex digits. */
export interface Keepers {
  list(): Promise<readonly string[]>
  get(thread: string): Promise<Keeper | undefined>
  /**
   * A thread that is not here yet, without blocks; the one that is here if it is.
   * @throws CafeError CORRUPT if the state is not this thread's.
   */
  open(thread: string, kept: KeptState): Promise<Keeper>
  /** This device has it no more: it was left on another one. */
  forget(thread: string): Promise<void>
}

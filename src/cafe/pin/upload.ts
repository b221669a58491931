/**
 * One upload at the cafe: what was offered, what is still wanted, what has been stored. Blocks are verified before they
 * are stored; if the client turns out to be wrong, what only this upload brought is removed again. See `keep.ts` for the
 * contract.
 */
import type { CID } from 'multiformats/cid'
import { identity } from 'multiformats/hashes/identity'
import { checkCid } from '../../core/block.ts'
import { CafeError } from '../../core/errors.ts'
import { WALK_BLOCKS, WINDOW } from '../../core/limits.ts'
import { type Blocks, blockKey, verifiedPut } from '../../store/blocks.ts'
import type { Hold, Holds } from '../../store/holds.ts'
import type { Lease } from './lease.ts'

export interface OfferedBlock {
  readonly cid: CID
  readonly size: number
}

interface Offered extends OfferedBlock {
  state: 'here' | 'wanted' | 'arriving'
}

/** What the uploads of one cafe share. */
export interface UploadComponents {
  readonly blocks: Blocks
  readonly holds: Holds
  /**
   * Blocks that came with uploads under way, by key, and who of them counts on each. The last one to be refused takes
   * the block with it; the first to end well makes it stay.
   */
  readonly fresh: Map<string, Set<Upload>>
}

export class Upload {
  readonly lease: Lease
  readonly hold: Hold
  readonly #components: UploadComponents
  readonly #offered: Offered[] = []
  /** Keys of blocks that were not in the store when they were offered. */
  readonly #wanted = new Set<string>()
  /** Those of `fresh` that this upload counts on. */
  readonly #fresh = new Map<string, CID>()
  readonly #sizes = new Map<string, number>()
  readonly #writing = new Set<Promise<void>>()
  readonly #window: number
  #unconfirmed = 0

  constructor(components: UploadComponents, lease: Lease, window = WINDOW) {
    this.#window = window
    this.#components = components
    this.lease = lease
    this.hold = components.holds.open()
  }

  /**
   * Takes an offer and returns the places of the blocks to send. What is not asked for is here, and stays while this
   * upload lasts and, if it breaks off, as long as its lease.
   * @throws CafeError QUOTA past the declared bytes; BAD_REQUEST past the limit of blocks, for a CID we do not take, or
   * a size that is not the block's.
   */
  async offer(blocks: readonly OfferedBlock[]): Promise<number[]> {
    if (this.#offered.length + blocks.length > WALK_BLOCKS) throw new CafeError('BAD_REQUEST', { blocks: WALK_BLOCKS })
    for (const { cid } of blocks) checkCid(cid)
    const stored = blocks.filter(({ cid }) => !isInline(cid))
    await this.hold.add(stored.map(({ cid }) => cid.multihash.bytes))
    const sizes = await this.#look(stored)
    await this.lease.add(stored.map(({ cid, size }) => ({ hash: cid.multihash.bytes, size })))
    const want: number[] = []
    for (const { cid, size } of blocks) {
      const key = blockKey(cid)
      const known = isInline(cid) || sizes.get(key) !== undefined || this.#wanted.has(key)
      if (!known) {
        want.push(this.#offered.length)
        this.#wanted.add(key)
      }
      if (!isInline(cid)) this.#countOn(key, cid, !known)
      this.#offered.push({ cid, size, state: known ? 'here' : 'wanted' })
    }
    return want
  }

  /** Sizes of the offered blocks that are here. @throws CafeError BAD_REQUEST for one of another size than offered. */
  async #look(stored: readonly OfferedBlock[]): Promise<Map<string, number>> {
    const found = await this.#components.blocks.sizes(stored.map(({ cid }) => blockKey(cid)))
    const sizes = new Map<string, number>()
    for (const [i, { cid, size }] of stored.entries()) {
      const here = found[i]
      if (here === undefined) continue
      if (here !== size) throw new CafeError('BAD_REQUEST', { at: 'size' })
      sizes.set(blockKey(cid), here)
      this.#sizes.set(blockKey(cid), here)
    }
    return sizes
  }

  /** Notes that this upload needs a block, which may be one that only uploads under way have brought. */
  #countOn(key: string, cid: CID, isFresh: boolean): void {
    const { fresh } = this.#components
    const others = fresh.get(key)
    if (!others && !isFresh) return
    if (others) others.add(this)
    else fresh.set(key, new Set([this]))
    this.#fresh.set(key, cid)
  }

  /**
   * Verifies and stores a wanted block in the background; `stored` is called with its size when it is on the medium.
   * @throws CafeError BAD_REQUEST if it was not wanted, is not of the offered size, or came past the window.
   */
  block(place: number, bytes: Uint8Array<ArrayBuffer>, stored: (size: number) => Promise<void>): void {
    const offered = this.#offered[place]
    if (offered?.state !== 'wanted') throw new CafeError('BAD_REQUEST', { at: 'block' })
    if (offered.size !== bytes.byteLength) throw new CafeError('BAD_REQUEST', { at: 'size' })
    if (this.#unconfirmed > this.#window) throw new CafeError('BAD_REQUEST', { at: 'window' })
    offered.state = 'arriving'
    this.#unconfirmed += bytes.byteLength
    const write = verifiedPut(this.#components.blocks, offered.cid, bytes).then(async () => {
      offered.state = 'here'
      this.#sizes.set(blockKey(offered.cid), bytes.byteLength)
      this.#unconfirmed -= bytes.byteLength
      await stored(bytes.byteLength)
    })
    this.#writing.add(write)
    // The failure is thrown by `settled` or `failure`; a finished write need not be kept.
    write.then(
      () => this.#writing.delete(write),
      () => {},
    )
  }

  /** Waits for all blocks under way. @throws the first failure among them. */
  async settled(): Promise<void> {
    await Promise.all(this.#writing)
  }

  /** Rejects as soon as a block under way fails; resolves when there is none. */
  failure(): Promise<unknown> {
    return Promise.all(this.#writing)
  }

  /** Is nothing in its list that was here before? */
  get onlyFresh(): boolean {
    return this.#fresh.size === this.lease.row.blocks
  }

  /**
   * For the walk below the root: sizes of blocks, which stay from now on whoever brought them.
   */
  async sizesOf(cids: readonly CID[]): Promise<Array<number | undefined>> {
    const { blocks } = this.#components
    await this.hold.add(cids.map((cid) => cid.multihash.bytes))
    const keys = cids.map(blockKey)
    for (const [i, cid] of cids.entries()) this.#countOn(keys[i] as string, cid, false)
    const unknown = keys.filter((key) => !this.#sizes.has(key))
    const found = unknown.length > 0 ? await blocks.sizes(unknown) : []
    let at = 0
    return keys.map((key) => this.#sizes.get(key) ?? found[at++])
  }

  /** Ends the upload and leaves its blocks: pinned, or to be resumed. */
  leave(): void {
    for (const key of this.#fresh.keys()) this.#components.fresh.delete(key)
    this.hold.release()
  }

  /** Ends the upload and removes what it has brought, unless others count on it. */
  async discard(): Promise<void> {
    await Promise.allSettled(this.#writing)
    const { fresh, holds } = this.#components
    const unwanted: Uint8Array[] = []
    for (const [key, { multihash }] of this.#fresh) {
      const users = fresh.get(key)
      users?.delete(this)
      if (users?.size !== 0) continue
      fresh.delete(key)
      unwanted.push(multihash.bytes)
    }
    this.hold.release()
    await holds.remove(unwanted)
  }
}

/** Its bytes are in its CID: there is nothing to store. */
const isInline = (cid: CID): boolean => cid.multihash.code === identity.code

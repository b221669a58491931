/**
 * The contract of a block store: bytes under the multihash of their CID, so that two CIDs of one hash are one block.
 * Nothing here checks hashes: every write of bytes from outside goes through {@link verifiedPut}, the one gate.
 */
import { base32upper } from 'multiformats/bases/base32'
import type { CID } from 'multiformats/cid'
import { verifyBlock } from '../core/block.ts'
import { CafeError } from '../core/errors.ts'

export interface Blocks {
  has(cid: CID): Promise<boolean>
  /** The block, or undefined if it is not here. */
  get(cid: CID): Promise<Uint8Array<ArrayBuffer> | undefined>
  /**
   * Resolves when the block is on the medium. Writes made meanwhile are combined into one transaction.
   * @throws CafeError QUOTA when the disk is full.
   */
  put(cid: CID, bytes: Uint8Array<ArrayBuffer>): Promise<void>
  delete(cid: CID): Promise<void>
  /** Bytes of the block under each key, or undefined where there is none. Reads what is here: of what is not, only the key is looked up. */
  sizes(keys: readonly string[]): Promise<Array<number | undefined>>
  /** Removes the blocks under these keys in one transaction, in order with all writes, and tells which were here. */
  remove(keys: readonly string[]): Promise<boolean[]>
  /** Keys of all blocks (see {@link blockKey}), in key order, read page by page. */
  keys(): AsyncIterable<string>
  close(): void
}

/** The key of a block in a store: that of blockstore-idb 4, `/` and the multihash in upper-case base32 multibase. */
export function blockKey(cid: CID): string {
  return hashKey(cid.multihash.bytes)
}

/** The same of the bytes of a multihash, and back. */
export const hashKey = (multihash: Uint8Array): string => `/${base32upper.encode(multihash)}`
export const keyHash = (key: string): Uint8Array => base32upper.decode(key.slice(1))

/**
 * Stores a block that came from outside, after proving that it is what its CID says.
 * @throws CafeError CORRUPT if the bytes do not hash to the CID; BAD_REQUEST for a CID or size we do not take.
 */
export async function verifiedPut(blocks: Blocks, cid: CID, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  await verifyBlock(cid, bytes)
  await blocks.put(cid, bytes)
}

/**
 * The block, proved against its CID.
 * @throws CafeError NOT_FOUND if it is not here; CORRUPT if the medium changed it.
 */
export async function verifiedGet(blocks: Blocks, cid: CID): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await blocks.get(cid)
  if (!bytes) throw new CafeError('NOT_FOUND')
  await verifyBlock(cid, bytes)
  return bytes
}

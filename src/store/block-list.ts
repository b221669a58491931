/**
 * Lists of blocks as rows: multihash and size of each, packed, so that a million of them are read in a second or two. An
 * entry is the multihash (which says its own length) and the size as four bytes, big-endian.
 */
import { varint } from 'multiformats'
import { CafeError } from '../core/errors.ts'
import { LIST_BLOCKS } from '../core/limits.ts'
import { bytes, v } from '../core/schema.ts'

/** A block as lists know it. */
export interface Listed {
  /** Bytes of the multihash of its CID. */
  readonly hash: Uint8Array
  /** Bytes of the block. */
  readonly size: number
}

const SIZE = 4
/** The longest multihash we take is sha2-512's: two bytes of prefix and 64 of digest. */
const MAX_ENTRY = 66 + SIZE

/** A row that holds up to LIST_BLOCKS blocks. */
export const listRow = v.strictObject({ blocks: bytes(LIST_BLOCKS * MAX_ENTRY) })
export type ListRow = v.InferOutput<typeof listRow>

export function packList(blocks: readonly Listed[]): ListRow {
  const packed = new Uint8Array(blocks.reduce((sum, { hash }) => sum + hash.byteLength + SIZE, 0))
  const view = new DataView(packed.buffer)
  let at = 0
  for (const { hash, size } of blocks) {
    packed.set(hash, at)
    view.setUint32(at + hash.byteLength, size)
    at += hash.byteLength + SIZE
  }
  return { blocks: packed }
}

/** @throws CafeError CORRUPT if that is no list. */
export function unpackList({ blocks }: ListRow): Listed[] {
  const view = new DataView(blocks.buffer, blocks.byteOffset, blocks.byteLength)
  const found: Listed[] = []
  for (let at = 0; at < blocks.byteLength; ) {
    const end = hashEnd(blocks, at)
    if (end + SIZE > blocks.byteLength) throw new CafeError('CORRUPT', { what: 'list' })
    found.push({ hash: blocks.subarray(at, end), size: view.getUint32(end) })
    at = end + SIZE
  }
  return found
}

function hashEnd(blocks: Uint8Array, at: number): number {
  try {
    const [, code] = varint.decode(blocks, at)
    const [length, prefix] = varint.decode(blocks, at + code)
    return at + code + prefix + length
  } catch (cause) {
    throw new CafeError('CORRUPT', { what: 'list' }, { cause })
  }
}

/** Cuts what is to be listed into rows. */
export function packLists(blocks: readonly Listed[]): ListRow[] {
  const rows: ListRow[] = []
  for (let at = 0; at < blocks.length; at += LIST_BLOCKS) rows.push(packList(blocks.slice(at, at + LIST_BLOCKS)))
  return rows
}

/** Part of a key: the place of a row in its list, so that they sort. */
export const listPlace = (place: number): string => String(place).padStart(6, '0')

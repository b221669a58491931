/** Which blocks below the end of a path belong into an archive: `dag-scope` and `entity-bytes`. */
import type { CID } from 'multiformats/cid'
import { CafeError } from '../core/errors.ts'
import type { Bytes } from './blocks.ts'
import type { CarOptions, EntityBytes } from './car-options.ts'
import { dataFormatOf, decodeData, linksIn } from './data.ts'
import { shardsIn } from './directory.ts'
import { DAG_PB, decodeNode, type FileNode, linksOf } from './node.ts'

/** A block that is wanted. */
export interface Wanted {
  readonly cid: CID
  /** For parts of a file: the offset of its first byte, and how many there are. */
  readonly base: number
  readonly size: number | undefined
}

/** What is wanted directly below a block, in the order of the links. */
export type Below = (step: Wanted, block: Bytes) => readonly Wanted[]

/** Bytes `start` to `end` (exclusive) of a file. */
interface Span {
  readonly start: number
  readonly end: number
}

/**
 * What an archive of `cid` with these options holds beside its block.
 * @throws CafeError BAD_REQUEST `{what: 'entity-bytes', size}` if the bytes asked for begin behind the file's end; CORRUPT
 * for a block that is not what its codec says.
 */
export function scopeOf(cid: CID, block: Bytes, { scope, bytes }: CarOptions): Below {
  if (scope === 'block') return () => []
  if (scope === 'all') return ({ cid: at }, data) => linksBelow(at, data).map(wanted)
  return entityOf(cid, block, bytes)
}

const wanted = (cid: CID): Wanted => ({ cid, base: 0, size: undefined })

function linksBelow(cid: CID, block: Bytes): readonly CID[] {
  if (cid.code === DAG_PB) return linksOf(block)
  const format = dataFormatOf(cid)
  return format === 'dag-cbor' || format === 'dag-json' ? linksIn(decodeData(format, block)) : []
}

/** A file's parts or a sharded folder's shards; everything else is one block. */
function entityOf(cid: CID, block: Bytes, bytes: EntityBytes | undefined): Below {
  if (cid.code !== DAG_PB) {
    if (bytes && !dataFormatOf(cid)) spanOf(bytes, block.byteLength)
    return () => []
  }
  const node = decodeNode(cid, block)
  if (node.kind === 'shard') return ({ cid: at }, data) => shardsBelow(at, data).map(wanted)
  if (node.kind !== 'file') return () => []
  if (!bytes) return (step, data) => partsBelow(step, data, undefined)
  const span = spanOf(bytes, node.size)
  return span ? (step, data) => partsBelow(step, data, span) : () => []
}

function shardsBelow(cid: CID, block: Bytes): readonly CID[] {
  const node = decodeNode(cid, block)
  if (node.kind !== 'shard') throw new CafeError('CORRUPT', { what: 'shard' })
  return shardsIn(node)
}

function partsBelow(step: Wanted, block: Bytes, span: Span | undefined): readonly Wanted[] {
  const node = decodeNode(step.cid, block)
  if (node.kind !== 'file') throw new CafeError('CORRUPT', { what: 'tree' })
  if (step.size !== undefined && step.size !== node.size) throw new CafeError('CORRUPT', { what: 'sizes' })
  const parts = partsOf(node, step.base)
  if (!span) return parts
  return parts.filter(({ base, size = 0 }) => size > 0 && base < span.end && base + size > span.start)
}

function partsOf(node: FileNode, start: number): Wanted[] {
  let base = start + node.data.byteLength
  return node.children.map(({ cid, size }) => {
    const part = { cid, base, size }
    base += size
    return part
  })
}

/** The bytes of a file of `size` that are asked for, or undefined for none of them. */
function spanOf({ from, to }: EntityBytes, size: number): Span | undefined {
  if (size > 0 && from >= size) throw new CafeError('BAD_REQUEST', { what: 'entity-bytes', size })
  const start = from < 0 ? Math.max(0, size + from) : from
  const last = to === undefined ? size - 1 : to < 0 ? size + to : Math.min(to, size - 1)
  return last < start ? undefined : { start, end: last + 1 }
}

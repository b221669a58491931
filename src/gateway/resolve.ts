/** From a root and names to what they lead to, one block after the other, through folders and structured data. */
import type { CID } from 'multiformats/cid'
import { CafeError, isCafeError } from '../core/errors.ts'
import type { Bytes, ReadBlock } from './blocks.ts'
import { dataFormatOf, decodeData, type Hop, hopFrom } from './data.ts'
import { findEntry } from './directory.ts'
import type { DagFormat } from './format.ts'
import { type DirectoryNode, decodeNode, type FileNode, type ShardNode, type SymlinkNode } from './node.ts'

/** Where a path ends. */
export interface Place {
  readonly cid: CID
  /** CIDs from the root to here, both included, one for each block a name led to: what `X-Ipfs-Roots` reports. */
  readonly roots: readonly CID[]
  /** Names that were left: below a file, or inside structured data. */
  readonly rest: readonly string[]
}

export interface ResolvedFile extends Place {
  readonly kind: 'file'
  readonly node: FileNode
}

export interface ResolvedDirectory extends Place {
  readonly kind: 'directory'
  readonly node: DirectoryNode | ShardNode
}

export interface ResolvedSymlink extends Place {
  readonly kind: 'symlink'
  readonly node: SymlinkNode
}

export interface ResolvedData extends Place {
  readonly kind: 'data'
  readonly format: DagFormat
  readonly block: Bytes
}

export type Resolved = ResolvedFile | ResolvedDirectory | ResolvedSymlink | ResolvedData

/**
 * The place that `segments` lead to from `root`; its own block is read only if there is more of the path.
 * @throws CafeError NOT_FOUND `{what: 'path'}` for a name that is not there, `{what: 'symlink'}` for a path through a
 * symbolic link, which is not followed since it may point anywhere; UNSUPPORTED for data that has no names; what `read`
 * fails with.
 */
export async function locate(
  root: CID,
  segments: readonly string[],
  read: ReadBlock,
  signal: AbortSignal,
): Promise<Place> {
  const roots = [root]
  let at: Hop = { cid: root, rest: segments }
  while (at.rest.length > 0) {
    const next = await follow(at, read, signal)
    if (!next) break
    at = next
    roots.push(at.cid)
  }
  return { ...at, roots }
}

/**
 * The place that all `segments` lead to.
 * @throws CafeError what {@link locate} fails with; what {@link assertWhole} does.
 */
export async function locateAll(
  root: CID,
  segments: readonly string[],
  read: ReadBlock,
  signal: AbortSignal,
): Promise<Place> {
  const place = await locate(root, segments, read, signal)
  assertWhole(place)
  return place
}

/**
 * Passes if nothing of a path is left.
 * @throws CafeError NOT_FOUND `{what: 'path'}` for a path that goes on below a file; UNSUPPORTED `{what: 'remainder'}` for
 * one that ends inside structured data, of which only blocks have answers (as the specification has it).
 */
export function assertWhole({ cid, rest }: Place): void {
  if (rest.length === 0) return
  if (dataFormatOf(cid)) throw new CafeError('UNSUPPORTED', { what: 'remainder' })
  throw new CafeError('NOT_FOUND', { what: 'path' })
}

/** To the next block on the path, or undefined if this one is where it ends. */
async function follow({ cid, rest }: Hop, read: ReadBlock, signal: AbortSignal): Promise<Hop | undefined> {
  const format = dataFormatOf(cid)
  // Nothing leads through plain json and cbor.
  if (format === 'json' || format === 'cbor') return undefined
  const block = await read(cid, { signal, again: true })
  if (format) return hopFrom(decodeData(format, block), rest)
  const node = decodeNode(cid, block)
  if (node.kind === 'symlink') throw new CafeError('NOT_FOUND', { what: 'symlink' })
  if (node.kind === 'file') return undefined
  const [name = '', ...below] = rest
  const entry = await findEntry(node, name, read, signal)
  if (!entry) throw new CafeError('NOT_FOUND', { what: 'path' })
  return { cid: entry.cid, rest: below }
}

/**
 * What is at the end of a path.
 * @throws CafeError what {@link locate} fails with; UNSUPPORTED `{what: 'codec'}` for a block that is neither UnixFS nor
 * structured data.
 */
export async function resolve(
  root: CID,
  segments: readonly string[],
  read: ReadBlock,
  signal: AbortSignal,
): Promise<Resolved> {
  const place = await locate(root, segments, read, signal)
  const block = await read(place.cid, { signal, again: true })
  const format = dataFormatOf(place.cid)
  if (format) return { ...place, kind: 'data', format, block }
  const node = decodeNode(place.cid, block)
  if (node.kind === 'file') return { ...place, kind: 'file', node }
  if (node.kind === 'symlink') return { ...place, kind: 'symlink', node }
  return { ...place, kind: 'directory', node }
}

/** True if that is what went wrong: nothing is at the path. */
export const isMissing = (error: unknown): boolean =>
  isCafeError(error) && error.code === 'NOT_FOUND' && error.data['what'] === 'path'

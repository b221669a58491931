/** From a root and names to the file or directory they lead to, one block after the other. */
import type { CID } from 'multiformats/cid'
import { CafeError } from '../core/errors.ts'
import type { ReadBlock } from './blocks.ts'
import { findEntry } from './directory.ts'
import { type DirectoryNode, decodeNode, type FileNode, type ShardNode } from './node.ts'

interface At {
  readonly cid: CID
  /** CIDs from the root to here, both included: what `X-Ipfs-Roots` reports. */
  readonly roots: readonly CID[]
}

export interface ResolvedFile extends At {
  readonly kind: 'file'
  readonly node: FileNode
  /** Names that were left when a file was reached. Without a key that is a path to nothing. */
  readonly rest: readonly string[]
}

export interface ResolvedDirectory extends At {
  readonly kind: 'directory'
  readonly node: DirectoryNode | ShardNode
}

export type Resolved = ResolvedFile | ResolvedDirectory

/**
 * @throws CafeError NOT_FOUND `{what: 'path'}` for a name that is not there, `{what: 'symlink'}` for a symbolic link,
 * which is not followed since it may point anywhere; UNSUPPORTED for data that is not UnixFS; what `read` fails with.
 */
export async function resolve(
  root: CID,
  segments: readonly string[],
  read: ReadBlock,
  signal: AbortSignal,
): Promise<Resolved> {
  let cid = root
  const roots = [root]
  for (let depth = 0; ; depth++) {
    const node = decodeNode(cid, await read(cid, { signal, again: true }))
    if (node.kind === 'symlink') throw new CafeError('NOT_FOUND', { what: 'symlink' })
    if (node.kind === 'file') return { kind: 'file', cid, roots, node, rest: segments.slice(depth) }
    const name = segments[depth]
    if (name === undefined) return { kind: 'directory', cid, roots, node }
    const entry = await findEntry(node, name, read, signal)
    if (!entry) throw new CafeError('NOT_FOUND', { what: 'path' })
    cid = entry.cid
    roots.push(cid)
  }
}

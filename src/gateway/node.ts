/**
 * One block as a UnixFS node (https://specs.ipfs.tech/unixfs/): its sizes agree, its links are bounded and every CID in
 * it parses, so that whoever walks it need not ask again.
 */
import * as dagPb from '@ipld/dag-pb'
import { Node } from 'ipfs-unixfs'
import { CID } from 'multiformats/cid'
import { CafeError, toCafeError } from '../core/errors.ts'
import { WALK_LINKS } from '../core/limits.ts'
import type { Bytes } from './blocks.ts'

export const RAW = 0x55
export const DAG_PB = 0x70

/** A part of a file in a block of its own. */
export interface Child {
  readonly cid: CID
  /** Bytes of the file in it. */
  readonly size: number
}

/** A file or a part of one: its own bytes come first, then those of its children. */
export interface FileNode {
  readonly kind: 'file'
  readonly data: Bytes
  readonly children: readonly Child[]
  readonly size: number
}

/** An entry of a directory, or (in a shard) of a part of one: names then begin with the bucket's number in hex. */
export interface Link {
  readonly name: string
  readonly cid: CID
  /** Bytes of everything below as its author counted them; a claim. */
  readonly size: number | undefined
}

export interface DirectoryNode {
  readonly kind: 'directory'
  readonly links: readonly Link[]
}

/** A part of a HAMT-sharded directory with `2 ** bits` buckets. */
export interface ShardNode {
  readonly kind: 'shard'
  readonly bits: number
  readonly links: readonly Link[]
}

export interface SymlinkNode {
  readonly kind: 'symlink'
  /** The path it stands for; anything. */
  readonly target: string
}

/**
 * What a block of dag-pb links to, in its order, whether it is UnixFS or not.
 * @throws CafeError CORRUPT if it is no dag-pb or has more links than we walk.
 */
export function linksOf(block: Bytes): CID[] {
  try {
    const { Links } = dagPb.decode(block)
    if (Links.length > WALK_LINKS) throw broken('tree')
    return Links.map(({ Hash }) => Hash)
  } catch (cause) {
    throw toCafeError(cause, 'CORRUPT')
  }
}

export type UnixNode = FileNode | DirectoryNode | ShardNode | SymlinkNode

const EMPTY: Bytes = new Uint8Array()
/** murmur3-x64-64, the only hash function of sharded directories. */
const MURMUR = 0x22n
/** Kubo and js use 256 buckets; a kilobucket is the most that is of any use. */
const MAX_BITS = 10

/**
 * The node in a block.
 * @throws CafeError CORRUPT if it is no UnixFS or contradicts itself; UNSUPPORTED `{what: 'codec'}` for other codecs.
 */
export function decodeNode(cid: CID, block: Bytes): UnixNode {
  if (cid.code === RAW) return { kind: 'file', data: block, children: [], size: block.byteLength }
  if (cid.code !== DAG_PB) throw new CafeError('UNSUPPORTED', { what: 'codec', codec: cid.code })
  const { data, links } = decodePb(block)
  // Unixfs of dag-pb always has a data part; without one this is some other data structure.
  if (!data) throw new CafeError('UNSUPPORTED', { what: 'codec', codec: cid.code })
  if (data.type === 'FILE' || data.type === 'RAW') return fileNode(data, links)
  if (data.type === 'DIRECTORY') return { kind: 'directory', links: links.map(toLink) }
  if (data.type === 'HAMT_SHARD') return shardNode(data, links)
  if (data.type === 'SYMLINK') return symlinkNode(data)
  throw new CafeError('UNSUPPORTED', { what: 'codec', codec: cid.code })
}

type PbNode = ReturnType<typeof Node.decode>
type PbData = NonNullable<PbNode['data']>
type PbLink = PbNode['links'][number]

function decodePb(block: Bytes): PbNode {
  try {
    return Node.decode(block, { limits: { links: WALK_LINKS, data: { blockSizes: WALK_LINKS } } })
  } catch (cause) {
    throw broken('node', cause)
  }
}

function fileNode(data: PbData, links: readonly PbLink[]): FileNode {
  const own = data.data ?? EMPTY
  if (links.length !== data.blockSizes.length) throw broken('sizes')
  const children = links.map((link, i) => ({ cid: toCid(link), size: Number(data.blockSizes[i]) }))
  const size = children.reduce((sum, child) => sum + child.size, own.byteLength)
  const claimed = data.fileSize === undefined ? size : Number(data.fileSize)
  if (!Number.isSafeInteger(size) || size !== claimed) throw broken('sizes')
  return { kind: 'file', data: own, children, size }
}

function shardNode(data: PbData, links: readonly PbLink[]): ShardNode {
  const bits = Math.log2(Number(data.fanOut ?? 0n))
  if (!Number.isInteger(bits) || bits < 1 || bits > MAX_BITS || data.hashType !== MURMUR) throw broken('shard')
  return { kind: 'shard', bits, links: links.map(toLink) }
}

function symlinkNode(data: PbData): SymlinkNode {
  try {
    return { kind: 'symlink', target: new TextDecoder('utf-8', { fatal: true }).decode(data.data ?? EMPTY) }
  } catch (cause) {
    throw broken('symlink', cause)
  }
}

function toLink(link: PbLink): Link {
  const size = link.tSize === undefined ? Number.NaN : Number(link.tSize)
  return { name: link.name ?? '', cid: toCid(link), size: Number.isSafeInteger(size) ? size : undefined }
}

function toCid(link: PbLink): CID {
  try {
    return CID.decode(link.hash ?? EMPTY)
  } catch (cause) {
    throw broken('link', cause)
  }
}

const broken = (what: string, cause?: unknown): CafeError => new CafeError('CORRUPT', { what }, { cause })

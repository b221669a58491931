/**
 * Directories: one entry by name, or all of them. Plain ones have their entries in the node; big ones are hash tries
 * over many blocks (https://specs.ipfs.tech/unixfs/#dag-pb-hamtdirectory), of which a lookup reads one path.
 */
import { murmur364 } from '@multiformats/murmur3'
import type { CID } from 'multiformats/cid'
import type { Shape } from '../core/about.ts'
import { CafeError } from '../core/errors.ts'
import { WALK_BLOCKS, WALK_LINKS } from '../core/limits.ts'
import type { ReadBlock } from './blocks.ts'
import { shapeOf, typeByName, UNKNOWN } from './mime.ts'
import { type DirectoryNode, decodeNode, type Link, RAW, type ShardNode } from './node.ts'

/** Shards of one directory read at once for a listing. */
const AT_ONCE = 8
/** Bits in a name's hash: no trie is deeper. */
const HASH_BITS = 64

export interface Listing {
  /** By name, in the order of their UTF-16 units. */
  readonly entries: readonly Link[]
  /** There are more than we list. */
  readonly more: boolean
}

/** The entry called `name`, or undefined. Of two entries with one name the first counts, as in Kubo. */
export async function findEntry(
  node: DirectoryNode | ShardNode,
  name: string,
  read: ReadBlock,
  signal: AbortSignal,
): Promise<Link | undefined> {
  if (node.kind === 'directory') return node.links.find((link) => link.name === name)
  return findInShards(node, name, read, signal)
}

async function findInShards(
  root: ShardNode,
  name: string,
  read: ReadBlock,
  signal: AbortSignal,
): Promise<Link | undefined> {
  const hash = await murmur364.encode(new TextEncoder().encode(name))
  let shard = root
  for (let used = 0; used + shard.bits <= HASH_BITS; used += root.bits) {
    const bucket = bitsAt(hash, used, shard.bits).toString(16).toUpperCase().padStart(prefixLength(shard), '0')
    const entry = shard.links.find((link) => link.name === bucket + name)
    if (entry) return { ...entry, name }
    const below = shard.links.find((link) => link.name === bucket)
    if (!below) return undefined
    shard = await readShard(below.cid, root, read, signal)
  }
  throw new CafeError('CORRUPT', { what: 'shard' })
}

/** `count` bits of `bytes` from bit `from` on, most significant first. */
function bitsAt(bytes: Uint8Array, from: number, count: number): number {
  let value = 0
  for (let i = from; i < from + count; i++) value = (value << 1) | (((bytes[i >> 3] ?? 0) >> (7 - (i & 7))) & 1)
  return value
}

/** Hex digits before the names in a shard: as many as its highest bucket has. */
const prefixLength = ({ bits }: ShardNode): number => (2 ** bits - 1).toString(16).length

async function readShard(cid: CID, root: ShardNode, read: ReadBlock, signal: AbortSignal): Promise<ShardNode> {
  const node = decodeNode(cid, await read(cid, { signal }))
  if (node.kind !== 'shard' || node.bits !== root.bits) throw new CafeError('CORRUPT', { what: 'shard' })
  return node
}

/** All entries, sorted; at most WALK_LINKS of them, from at most as many shards. */
export async function listEntries(
  node: DirectoryNode | ShardNode,
  read: ReadBlock,
  signal: AbortSignal,
): Promise<Listing> {
  const { links, more } = node.kind === 'directory' ? { links: node.links, more: false } : await linksOfShards()
  const entries = [...links].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
  return { entries: entries.slice(0, WALK_LINKS), more: more || entries.length > WALK_LINKS }

  async function linksOfShards(): Promise<{ links: Link[]; more: boolean }> {
    const root = node as ShardNode
    const width = prefixLength(root)
    const found: Link[] = []
    const below: CID[] = []
    const take = (shard: ShardNode): void => {
      for (const link of shard.links) {
        if (link.name.length > width) found.push({ ...link, name: link.name.slice(width) })
        else below.push(link.cid)
      }
    }
    take(root)
    let shards = 0
    while (below.length > 0 && found.length <= WALK_LINKS && shards < WALK_LINKS) {
      const batch = below.splice(-AT_ONCE)
      shards += batch.length
      for (const shard of await Promise.all(batch.map((cid) => readShard(cid, root, read, signal)))) take(shard)
    }
    return { links: found, more: below.length > 0 }
  }
}

/** What a part of a sharded directory has below it, in the order of its buckets. */
export function shardsIn(shard: ShardNode): CID[] {
  const width = prefixLength(shard)
  return shard.links.filter(({ name }) => name.length <= width).map(({ cid }) => cid)
}

/** Every entry in the order of the blocks, however many there are, with one block of a sharded directory held at a time. */
export async function* walkEntries(
  node: DirectoryNode | ShardNode,
  read: ReadBlock,
  signal: AbortSignal,
): AsyncGenerator<Link, void> {
  if (node.kind === 'directory') return yield* node.links
  const width = prefixLength(node)
  const todo: (Link | ShardNode)[] = [node]
  let shards = 0
  for (let next = todo.pop(); next; next = todo.pop()) {
    if ('kind' in next) {
      if (++shards > WALK_BLOCKS) throw new CafeError('CORRUPT', { what: 'tree', blocks: WALK_BLOCKS })
      for (const link of next.links.toReversed()) todo.push(link)
    } else if (next.name.length > width) yield { ...next, name: next.name.slice(width) }
    else todo.push(await readShard(next.cid, node, read, signal))
  }
}

/** An entry with what it is to a person, as far as that is known. */
export interface ShapedLink extends Link {
  readonly shape: Shape | undefined
}

/** Entries whose first block is read to tell what they are: as many as fill some screens. */
const LOOKS = 64
/** Milliseconds for all looks together: a listing is shown without them rather than late. */
const LOOK_TIME = 1_500

/**
 * What each entry is: a raw block is a file; a name with a known ending is taken at its word; of the others the first
 * {@link LOOKS} are looked at, and whatever does not answer in time stays unknown.
 */
export async function shapeEntries(
  entries: readonly Link[],
  read: ReadBlock,
  signal: AbortSignal,
): Promise<ShapedLink[]> {
  const shaped = entries.map((link) => ({ ...link, shape: shapeByName(link) }))
  const open = shaped.filter(({ shape }) => shape === undefined).slice(0, LOOKS)
  const enough = AbortSignal.any([signal, AbortSignal.timeout(LOOK_TIME)])
  const look = async (): Promise<void> => {
    for (let next = open.shift(); next && !enough.aborted; next = open.shift()) {
      next.shape = await lookAt(next.cid, read, enough)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, look))
  signal.throwIfAborted()
  return shaped
}

function shapeByName({ name, cid }: Link): Shape | undefined {
  const type = typeByName(name)
  if (type !== undefined) return shapeOf(type)
  return cid.code === RAW ? shapeOf(UNKNOWN) : undefined
}

async function lookAt(cid: CID, read: ReadBlock, signal: AbortSignal): Promise<Shape | undefined> {
  try {
    const { kind } = decodeNode(cid, await read(cid, { signal }))
    return kind === 'directory' || kind === 'shard' ? 'folder' : shapeOf(UNKNOWN)
  } catch {
    // Only its looks: whoever opens it is told what is wrong.
    return undefined
  }
}

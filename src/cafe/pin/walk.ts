/**
 * Walks a DAG that an untrusted client claims is complete: a visited set, bounded depth, blocks, links, bytes and time, so
 * a few blocks cannot cost more than a few reads (Helia's own walker has none of these: 41 blocks would be 2^40 visits).
 */
import * as dagCbor from '@ipld/dag-cbor'
import * as dagPb from '@ipld/dag-pb'
import { Node } from 'ipfs-unixfs'
import { CID } from 'multiformats/cid'
import { identity } from 'multiformats/hashes/identity'
import { checkCid } from '../../core/block.ts'
import { CafeError } from '../../core/errors.ts'
import { WALK_BLOCKS, WALK_DEPTH, WALK_LINKS, WALK_TIME } from '../../core/limits.ts'
import { type Blocks, blockKey, verifiedGet } from '../../store/blocks.ts'

export interface WalkComponents {
  /** A block that is known to match its CID. @throws CafeError NOT_FOUND if it is not here. */
  readonly read: (cid: CID) => Promise<Uint8Array>
  /** Size in bytes of each block that is here, undefined for what is not. */
  readonly sizes: (cids: readonly CID[]) => Promise<ReadonlyArray<number | undefined>>
}

/** The blocks of a store, as a walk reads them. */
export const storedBlocks = (blocks: Blocks): WalkComponents => ({
  read: (cid) => verifiedGet(blocks, cid),
  sizes: (cids) => blocks.sizes(cids.map(blockKey)),
})

export interface WalkOptions {
  readonly maxBytes: number
  readonly signal: AbortSignal
  /** Called for each block that takes room, once, from the root down. */
  readonly onBlock?: ((cid: CID, size: number) => void) | undefined
  /** Milliseconds it may take. */
  readonly time?: number
}

export interface WalkedSize {
  readonly blocks: number
  readonly bytes: number
}

/** Blocks looked up at once. */
const LOOK_UP = 512

/**
 * Counts the unique blocks and bytes below `root`, inclusive.
 * @throws CafeError NOT_FOUND {missing} if a block is not here; BAD_REQUEST {what: 'dag', …} past a bound or for a node
 * that does not decode; QUOTA if it is more than `maxBytes`; TIMEOUT.
 */
export async function walk(root: CID, components: WalkComponents, options: WalkOptions): Promise<WalkedSize> {
  const { maxBytes, signal, onBlock, time = WALK_TIME } = options
  const end = performance.now() + time
  // A block counts when it is first linked to, so that many links to one block cost one entry, not many.
  const seen = new Set([keyOf(checkCid(root))])
  let level: CID[] = [root]
  let bytes = 0

  const count = async (cids: readonly CID[]): Promise<void> => {
    const stored = cids.filter((cid) => checkCid(cid).multihash.code !== identity.code)
    const sizes = await components.sizes(stored)
    for (const [i, cid] of stored.entries()) {
      const size = sizes[i]
      if (size === undefined) throw new CafeError('NOT_FOUND', { missing: cid.toString() })
      bytes += size
      if (bytes > maxBytes) throw new CafeError('QUOTA', { declared: maxBytes })
      onBlock?.(cid, size)
    }
  }

  for (let depth = 0; level.length > 0; depth++) {
    if (depth > WALK_DEPTH) throw new CafeError('BAD_REQUEST', { what: 'dag', depth: WALK_DEPTH })
    const below: CID[] = []
    for (const [i, cid] of level.entries()) {
      signal.throwIfAborted()
      if (performance.now() > end) throw new CafeError('TIMEOUT', { what: 'dag' })
      if (i % LOOK_UP === 0) await count(level.slice(i, i + LOOK_UP))
      for (const link of await linksOf(cid, components.read)) {
        const key = keyOf(link)
        if (seen.has(key)) continue
        seen.add(key)
        if (seen.size > WALK_BLOCKS) throw new CafeError('BAD_REQUEST', { what: 'dag', blocks: WALK_BLOCKS })
        below.push(link)
      }
    }
    level = below
  }
  return { blocks: seen.size, bytes }
}

/** For the visited set: ten times as fast as base32, and exact. */
const keyOf = ({ multihash }: CID): string => String.fromCharCode(...multihash.bytes)

/** CIDs a block links to, by the rules of its codec; raw, json and cbor have no links. */
export async function linksOf(cid: CID, read: WalkComponents['read']): Promise<CID[]> {
  const decode = LINKS.get(cid.code)
  if (!decode) return []
  const block = cid.multihash.code === identity.code ? cid.multihash.digest : await read(cid)
  let links: CID[]
  try {
    links = decode(block)
  } catch (cause) {
    throw new CafeError('BAD_REQUEST', { what: 'dag' }, { cause })
  }
  if (links.length > WALK_LINKS) throw new CafeError('BAD_REQUEST', { what: 'dag', links: WALK_LINKS })
  return links
}

const DAG_JSON = 0x0129

const LINKS: ReadonlyMap<number, (block: Uint8Array) => CID[]> = new Map([
  [dagPb.code, pbLinks],
  [dagCbor.code, (block) => linksIn(dagCbor.decode(block), CID.asCID)],
  [DAG_JSON, (block) => linksIn(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(block)), jsonLink)],
])

function pbLinks(block: Uint8Array): CID[] {
  const { Data, Links } = dagPb.decode(block)
  if (Data && Links.length > 0 && Links.length <= WALK_LINKS) checkSizes(block)
  return Links.map(({ Hash }) => Hash)
}

/**
 * The parts of a UnixFS file must be as long as the whole says, and as many as there are links: whoever reads a range of
 * it goes by these numbers. Other data in a node is none of our business.
 */
function checkSizes(block: Uint8Array): void {
  let node: ReturnType<typeof Node.decode>
  try {
    node = Node.decode(block, { limits: { links: WALK_LINKS } })
  } catch {
    return // no UnixFS
  }
  const { data, links } = node
  if (data?.type !== 'FILE') return
  const size = data.blockSizes.reduce((sum, part) => sum + part, BigInt(data.data?.byteLength ?? 0))
  const agree = data.blockSizes.length === links.length && (data.fileSize ?? size) === size
  if (!agree || size > Number.MAX_SAFE_INTEGER) throw new RangeError('sizes of a file that do not agree')
}

/** `{'/': text}`, the one form of a link in dag-json. */
function jsonLink(value: object): CID | null {
  const text = '/' in value ? value['/'] : undefined
  return typeof text === 'string' && Object.keys(value).length === 1 ? CID.parse(text) : null
}

/** Links in a decoded value, however deep. */
function linksIn(value: unknown, asLink: (value: object) => CID | null): CID[] {
  const found: CID[] = []
  const stack: unknown[] = [value]
  while (stack.length > 0) {
    const next = stack.pop()
    if (typeof next !== 'object' || next === null || next instanceof Uint8Array) continue
    const link = asLink(next)
    if (link) found.push(link)
    else for (const inner of Object.values(next)) stack.push(inner)
  }
  return found
}

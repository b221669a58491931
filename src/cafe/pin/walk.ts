/**
 * Walks a DAG that an untrusted client claims is complete: a visited set, bounded depth, blocks, links and bytes, so a
 * few blocks cannot cost more than a few reads (Helia's own walker has none of these: 41 blocks would be 2^40 visits).
 */
import * as dagCbor from '@ipld/dag-cbor'
import * as dagPb from '@ipld/dag-pb'
import type { CID } from 'multiformats/cid'
import { checkCid } from '../../core/block.ts'
import { CafeError } from '../../core/errors.ts'
import { WALK_BLOCKS, WALK_DEPTH, WALK_LINKS } from '../../core/limits.ts'
import { blockKey } from '../../store/blocks.ts'

export interface WalkComponents {
  /** A block that is known to match its CID. @throws CafeError NOT_FOUND if it is not here. */
  readonly read: (cid: CID) => Promise<Uint8Array>
  /** Size in bytes of a block that is here, or undefined if it is not. */
  readonly size: (cid: CID) => Promise<number | undefined>
}

const IDENTITY = 0x00

/**
 * Counts the unique blocks and bytes below `root`, inclusive.
 * @throws CafeError NOT_FOUND {missing} if a block is not here; BAD_REQUEST {what: 'dag', …} past a bound or for a node
 * that does not decode; QUOTA if it is more than `maxBytes`.
 */
export async function walk(
  root: CID,
  components: WalkComponents,
  { maxBytes, signal }: { maxBytes: number; signal: AbortSignal },
): Promise<{ blocks: number; bytes: number }> {
  // A block counts when it is first linked to, so that many links to one block cost one entry, not many.
  const seen = new Set([blockKey(root)])
  let level: CID[] = [root]
  let bytes = 0
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > WALK_DEPTH) throw new CafeError('BAD_REQUEST', { what: 'dag', depth: WALK_DEPTH })
    const below: CID[] = []
    for (const cid of level) {
      signal.throwIfAborted()
      if (checkCid(cid).multihash.code !== IDENTITY) {
        const size = await components.size(cid)
        if (size === undefined) throw new CafeError('NOT_FOUND', { missing: cid.toString() })
        bytes += size
        if (bytes > maxBytes) throw new CafeError('QUOTA', { declared: maxBytes })
      }
      for (const link of await linksOf(cid, components.read)) {
        const key = blockKey(link)
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

/** CIDs a block links to; none for raw and json, which have no links. */
async function linksOf(cid: CID, read: WalkComponents['read']): Promise<CID[]> {
  if (cid.code !== dagPb.code && cid.code !== dagCbor.code) return []
  const block = cid.multihash.code === IDENTITY ? cid.multihash.digest : await read(cid)
  let links: CID[]
  try {
    links =
      cid.code === dagPb.code ? dagPb.decode(block).Links.map(({ Hash }) => Hash) : cborLinks(dagCbor.decode(block))
  } catch (cause) {
    throw new CafeError('BAD_REQUEST', { what: 'dag' }, { cause })
  }
  if (links.length > WALK_LINKS) throw new CafeError('BAD_REQUEST', { what: 'dag', links: WALK_LINKS })
  return links
}

function cborLinks(value: unknown): CID[] {
  const found: CID[] = []
  const stack: unknown[] = [value]
  while (stack.length > 0) {
    const next = stack.pop()
    if (typeof next !== 'object' || next === null || next instanceof Uint8Array) continue
    if ('asCID' in next) found.push(next as unknown as CID)
    else for (const inner of Object.values(next)) stack.push(inner)
  }
  return found
}

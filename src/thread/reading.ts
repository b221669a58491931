/**
 * Reads a thread: pages, single blocks, what is said about one, and what somebody else lacks of it. By ranges and single
 * keys only, so it costs what is read and not what there is.
 */
import type { CID } from 'multiformats/cid'
import { isCafeError } from '../core/errors.ts'
import { hex } from '../core/ids.ts'
import { MAX_ABOUT } from '../core/limits.ts'
import { type Core, standingsNow } from './admit.ts'
import { reopenBlock, type SealedBlock } from './block.ts'
import { type View, viewOf, whyHidden } from './hidden.ts'
import {
  type BlockRow,
  cidOf,
  depthPrefix,
  down,
  fromDown,
  hashOf,
  isBlockCid,
  orderDepth,
  orderHash,
  orderOf,
  type ThreadTables,
} from './tables.ts'
import type { Cursor, Entry, Page, PageOptions } from './thread.ts'

/** Rows of blocks read at once by who goes through many. */
const STEP = 256

/** The block at this place in the order; undefined if its bytes are lost. */
async function open(core: Core, tables: ThreadTables, view: View, order: string, row: BlockRow) {
  const hash = orderHash(order)
  const [read, hidden] = await Promise.all([
    readBlock(core, tables, hash, row),
    whyHidden(core, tables, view, hash, row),
  ])
  if (!read) return undefined
  const { node, content } = read
  const depth = orderDepth(order)
  const entry: Entry = { cid: cidOf(hash), parents: node.p, depth, epoch: node.e, content, hidden }
  return entry
}

async function readBlock(core: Core, tables: ThreadTables, hash: string, row: BlockRow) {
  const [bytes, key] = await Promise.all([
    core.blocks.get(cidOf(hash)),
    core.keyring.get(tables, { epoch: row.epoch, id: row.key }),
  ])
  if (!bytes || !key) return undefined
  try {
    return await reopenBlock(bytes, key)
  } catch (error) {
    // The disk gave back other bytes than it was given: as good as lost.
    if (isCafeError(error) && (error.code === 'SEALED' || error.code === 'BAD_REQUEST')) return undefined
    throw error
  }
}

async function rowAt(core: Core, tables: ThreadTables, hash: string) {
  const place = await tables.place.get(core.id, hash)
  const order = place && orderOf(place, hash)
  const row = order && (await tables.block.get(core.id, order))
  return row ? { order, row } : undefined
}

/** What a block says that is here. */
export async function contentAt(core: Core, tables: ThreadTables, hash: string) {
  const at = await rowAt(core, tables, hash)
  return at && (await readBlock(core, tables, hash, at.row))?.content
}

export async function readPage(core: Core, tables: ThreadTables, { after, limit }: PageOptions): Promise<Page> {
  const standings = await standingsNow(core, tables)
  if (!standings) return { entries: [], lost: [] }
  const view = viewOf(core, standings)
  const rows = await tables.block.list([core.id], { after, limit })
  const read = await Promise.all(rows.map(({ key, row }) => open(core, tables, view, key[1] as string, row)))
  const orders = rows.map(({ key }) => key[1] as string)
  const entries = read.filter((entry) => entry !== undefined)
  const lost = orders.filter((_, i) => !read[i]).map((order) => cidOf(orderHash(order)))
  const last = orders.at(-1)
  return rows.length < limit || last === undefined ? { entries, lost } : { entries, lost, next: last as Cursor }
}

export async function readEntry(core: Core, tables: ThreadTables, cid: CID): Promise<Entry | undefined> {
  const standings = await standingsNow(core, tables)
  const at = isBlockCid(cid) ? await rowAt(core, tables, hashOf(cid)) : undefined
  return standings && at && open(core, tables, viewOf(core, standings), at.order, at.row)
}

/** Number of the last block of this device. */
export async function readSpoken({ id, signer }: Core, tables: ThreadTables): Promise<number> {
  const [last] = await tables.link.list([id, signer.account, signer.peer], { limit: 1 })
  return last ? fromDown(last.key[3] as string) : 0
}

/** Blocks of this device with the numbers after one, oldest first. */
export async function readOwn(core: Core, tables: ThreadTables, after: number, limit: number): Promise<Entry[]> {
  const { id, signer } = core
  const from = down(after + limit + 1)
  const links = await tables.link.list([id, signer.account, signer.peer], { after: from, limit })
  const hashes = links
    .filter(({ key }) => fromDown(key[3] as string) > after)
    .reverse()
    .flatMap(({ row }) => row.blocks.map(({ hash }) => hash))
  const read = await Promise.all(hashes.map((hash) => readEntry(core, tables, cidOf(hex(hash)))))
  return read.filter((entry) => entry !== undefined)
}

export async function readAbout(core: Core, tables: ThreadTables, target: CID): Promise<readonly Entry[]> {
  const standings = await standingsNow(core, tables)
  if (!standings || !isBlockCid(target)) return []
  const view = viewOf(core, standings)
  const found: Entry[] = []
  for (const kind of ['comment', 'like', 'flag', 'ignore']) {
    const rows = await tables.about.list([core.id, hashOf(target), kind], { limit: MAX_ABOUT })
    const read = await Promise.all(
      rows.map(async ({ row: { at } }) => {
        const row = await tables.block.get(core.id, at)
        return row && open(core, tables, view, at, row)
      }),
    )
    const entries = read.filter((entry) => entry !== undefined).sort(byAge)
    found.push(...(kind === 'comment' ? entries : onePerAuthor(entries)))
  }
  return found.sort(byAge)
}

const orderOfEntry = ({ depth, content, cid }: Entry): string => orderOf({ depth, ts: content.ts }, hashOf(cid))
const byAge = (a: Entry, b: Entry): number => (orderOfEntry(a) > orderOfEntry(b) ? -1 : 1)

/** The first of each author that is to be shown, else its first. */
function onePerAuthor(entries: readonly Entry[]): Entry[] {
  const byAuthor = new Map<string, Entry>()
  for (const entry of entries) {
    const known = byAuthor.get(entry.content.author)
    if (!known || (known.hidden && !entry.hidden)) byAuthor.set(entry.content.author, entry)
  }
  return [...byAuthor.values()]
}

/** Heads that are named, newest first: more than a few means that somebody floods. */
const MAX_LANDMARK_HEADS = 256

/** The heads, then a block 1, 2, 4, 8… deep below the deepest: a page of keys for each. */
export async function readLandmarks(core: Core, tables: ThreadTables): Promise<CID[]> {
  const heads = await tables.head.list([core.id], { limit: MAX_LANDMARK_HEADS })
  const orders = heads.map(({ key }) => key[1] as string)
  const deepest = orders[0] === undefined ? 0 : orderDepth(orders[0])
  for (let back = 1; back < deepest; back *= 2) {
    const after = depthPrefix(deepest - back)
    const [found] = await tables.block.list([core.id], { after, limit: 1 })
    if (found) orders.push(found.key[1] as string)
  }
  return [...new Set(orders)].map((order) => cidOf(orderHash(order)))
}

/**
 * What is not reachable from those heads, parents first. Pages are read from the newest down: nothing that comes later can
 * be a child of what came before, so each block's side is known when it is met, and the end when no other is left.
 */
export async function* readSince(
  core: Core,
  tables: ThreadTables,
  heads: readonly CID[],
): AsyncGenerator<SealedBlock, void, undefined> {
  const theirs = new Set(heads.filter(isBlockCid).map(hashOf))
  const ours = new Set((await tables.head.list([core.id])).map(({ key }) => orderHash(key[1] as string)))
  for (const hash of theirs) ours.delete(hash)
  const lacking: string[] = []
  for (let after: string | undefined; ours.size > 0; ) {
    const rows = await tables.block.list([core.id], { after, limit: STEP })
    if (rows.length === 0) break
    for (const { key, row } of rows) {
      after = key[1] as string
      const hash = orderHash(after)
      const known = theirs.delete(hash)
      ours.delete(hash)
      if (!known) lacking.push(hash)
      for (const parent of row.parents.map(hex)) {
        if (known) theirs.add(parent)
        if (known || theirs.has(parent)) ours.delete(parent)
        else ours.add(parent)
      }
    }
  }
  for (const hash of lacking.reverse()) {
    const cid = cidOf(hash)
    const bytes = await core.blocks.get(cid)
    if (bytes) yield { cid, bytes }
  }
}

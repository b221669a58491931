/**
 * What is not shown of a thread, decided when it is read: blocks that were taken back, and blocks of somebody removed that
 * nobody knew of when it was. A removal names the last block of each of its devices, so a block dated back has no place.
 */
import { hex } from '../core/ids.ts'
import type { Core } from './admit.ts'
import { cutsOf, genuineComings, isGenuine, levelOf, type Removed, type Standings } from './standing.ts'
import { type BlockRow, down, hashOf, type ThreadTables } from './tables.ts'
import type { Entry } from './thread.ts'

/** Links followed to tell which of two blocks of one number a removal knew; farther back, neither is shown. */
const MAX_WALK = 512
/** Devices by which one account may have taken a block back. */
const MAX_REACTIONS = 64

/** What the reading of one page goes by. */
export interface View {
  readonly standings: Standings
  readonly genuine: ReadonlySet<string>
}

export const viewOf = (core: Core, standings: Standings): View => ({
  standings,
  genuine: genuineComings(standings, core.charter.initiator),
})

type Author = Pick<BlockRow, 'author' | 'dev' | 'seq' | 'standing'>

export async function whyHidden(
  core: Core,
  tables: ThreadTables,
  view: View,
  hash: string,
  row: BlockRow,
): Promise<Entry['hidden']> {
  if (!isGenuine(view.genuine, row.author, row.standing)) return 'removed'
  if (await isBeyond(core, tables, view, hash, { ...row, level: levelOf(row.standing) })) return 'removed'
  for (const who of new Set([row.author, core.charter.initiator])) {
    const found = await tables.about.list([core.id, hash, 'ignore', who], { limit: MAX_REACTIONS })
    for (const { key, row: ignore } of found) {
      const level = Number.parseInt(key[4] as string, 16)
      const dev = key[5] as BlockRow['dev']
      const by = { author: who, dev, seq: ignore.seq, level }
      if (!(await isBeyond(core, tables, view, ignore.at.slice(-64), by))) return 'ignored'
    }
  }
  return null
}

type At = Pick<Author, 'author' | 'dev' | 'seq'> & { readonly level: number }

/** Was its author removed without this block being known? */
async function isBeyond(core: Core, tables: ThreadTables, { standings }: View, hash: string, at: At): Promise<boolean> {
  const cuts = cutsOf(standings, at.author, at.level, at.dev)
  if (!cuts) return false
  const reaching = cuts.filter((cut) => cut.seq >= at.seq)
  if (reaching.length === 0) return true
  const same = await tables.link.get(core.id, at.author, at.dev, down(at.seq))
  if (same?.blocks.length === 1) return false
  for (const cut of reaching) if (await leadsTo(core, tables, cut, at, hash)) return false
  return true
}

/** Do the links back from the last block that the removal knew come to this one? */
async function leadsTo(core: Core, tables: ThreadTables, cut: Removed['cuts'][number], at: At, hash: string) {
  const limit = cut.seq - at.seq + 1
  if (limit > MAX_WALK) return false
  // Numbers are keyed from above: the next smaller one comes next.
  const after = down(cut.seq + 1)
  const rows = await tables.link.list([core.id, at.author, at.dev], { after, limit })
  let wanted = hashOf(cut.last)
  for (const { key, row } of rows) {
    const link = row.blocks.find((one) => hex(one.hash) === wanted)
    if (!link) return false
    if (key[3] === down(at.seq)) return wanted === hash
    if (!link.prev) return false
    wanted = hex(link.prev)
  }
  return false
}

/** The steps of keeping a thread's packs: each is one or more commits, after any of which the device may be switched off. */
import { CID } from 'multiformats/cid'
import type { Clock } from '../core/clock.ts'
import { type Blocks, blockKey, verifiedPut } from '../store/blocks.ts'
import type { Holds } from '../store/holds.ts'
import type { Change, Rows } from '../store/rows.ts'
import type { Backups } from './backup.ts'
import type { Backup, BackupAt } from './backup-row.ts'
import { MAX_PACK, nextMerge } from './pack-plan.ts'
import { asMember, createPackRoot, readPackRoot } from './pack-root.ts'
import type { PackRow, PackTables } from './pack-row.ts'

export interface PackStepsComponents {
  readonly rows: Rows
  readonly tables: PackTables
  readonly blocks: Blocks
  readonly holds: Holds
  readonly backups: Pick<Backups, 'keep' | 'release' | 'get' | 'lookedAt'>
  readonly clock: Clock
  readonly areNamed: (thread: string, roots: readonly CID[]) => Promise<boolean>
}

/** Each gives whether it has done anything. Calls of one thread must come one after the other. */
export interface PackSteps {
  /** Changes that note a block as packed. */
  asPacked(thread: string, cid: CID): Change[]
  packFresh(thread: string): Promise<boolean>
  merge(thread: string): Promise<boolean>
  release(thread: string, row: PackRow): Promise<boolean>
  /** Is it a pack of another device that no cafe of ours has any more? Whoever made it has put it into another. */
  isGone(row: PackRow): Promise<boolean>
}

export function createPackSteps(components: PackStepsComponents): PackSteps {
  const { rows, tables, blocks, holds, backups, clock, areNamed } = components
  const { packs, fresh, packed } = tables

  const asPacked = (thread: string, cid: CID): Change[] => {
    const name = asMember(cid).toString()
    return [fresh.remove(thread, name), packed.put([thread, name], {})]
  }

  /** Queues a pack of these blocks, with `more` in the same commit. */
  const make = async (thread: string, members: readonly CID[], row: Partial<PackRow>, more: Change[]): Promise<CID> => {
    const { cid, bytes } = await createPackRoot(members)
    const hold = holds.open()
    try {
      await hold.add([cid.multihash.bytes])
      await verifiedPut(blocks, cid, bytes)
      const root = cid.toString()
      const about: PackRow = { ...row, root, count: members.length, since: clock() }
      // Where it replaces others, the cafes have the blocks.
      const size = row.old ? bytes.byteLength : undefined
      const all = [...members.map(asMember), cid]
      const together = [packs.put([thread, root], about), ...more]
      await backups.keep({ root: cid, blocks: all, kind: 'pack', name: thread, size, more: together })
      return cid
    } finally {
      hold.release()
    }
  }

  const packFresh = async (thread: string): Promise<boolean> => {
    const cids = (await fresh.list([thread])).map(({ key }) => CID.parse(key[1] as string))
    const sizes = await blocks.sizes(cids.map(blockKey))
    // What was lost here goes on waiting: it may come again.
    const here = cids.filter((_, i) => sizes[i] !== undefined)
    for (let at = 0; at < here.length; at += MAX_PACK) {
      const members = here.slice(at, at + MAX_PACK)
      const moved = members.flatMap((cid) => asPacked(thread, cid))
      await make(thread, members, {}, moved)
    }
    return here.length > 0
  }

  /** Merges what there is too much of. Where a cafe refuses what was merged before, nothing is: that would be refused too. */
  const merge = async (thread: string): Promise<boolean> => {
    for (let merged = false; ; merged = true) {
      const mine = (await packs.list([thread])).map(({ row }) => row).filter(({ foreign }) => !foreign)
      const open = mine.filter(({ old }) => old)
      const refused = await Promise.all(open.map(({ root }) => isRefused(root)))
      const taken = new Set(open.flatMap(({ root, old = [], by = [] }) => [root, ...old, ...by]))
      const chosen = refused.includes(true) ? undefined : nextMerge(mine.filter(({ root }) => !taken.has(root)))
      const roots = chosen?.map(({ root }) => root)
      const members = roots && (await membersOf(roots))
      if (!members) return merged
      await makeMerged(thread, members, roots)
    }
  }

  /** The last one says what all of them replace: a crash before it leaves some packs too many, and the old ones. */
  const makeMerged = async (thread: string, members: readonly CID[], replaced: readonly string[]): Promise<void> => {
    const cuts = Array.from({ length: Math.ceil(members.length / MAX_PACK) }, (_, i) =>
      members.slice(i * MAX_PACK, (i + 1) * MAX_PACK),
    )
    const roots = await Promise.all(cuts.map(async (cut) => (await createPackRoot(cut)).cid.toString()))
    const old = replaced.filter((root) => !roots.includes(root))
    for (const [i, cut] of cuts.entries()) {
      const isLast = i === cuts.length - 1
      // One of the old ones, whole: it stays as it is, unless it has to say what goes.
      if (!isLast && replaced.includes(roots[i] as string)) continue
      await make(thread, cut, isLast ? { old, by: roots } : {}, [])
    }
  }

  /** All blocks of some packs in order, or undefined if not all of it is here. */
  const membersOf = async (roots: readonly string[]): Promise<CID[] | undefined> => {
    const all = new Map<string, CID>()
    for (const root of roots) {
      const bytes = await blocks.get(CID.parse(root))
      const members = bytes && (await readPackRoot(CID.parse(root), bytes).catch(() => undefined))
      if (!members) return undefined
      for (const cid of members) all.set(cid.toString(), cid)
    }
    const members = [...all].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, cid]) => cid)
    const sizes = await blocks.sizes(members.map(blockKey))
    return sizes.includes(undefined) ? undefined : members
  }

  const isRefused = async (root: string): Promise<boolean> =>
    (await backups.get(root))?.cafes.some(({ state }) => state === 'failed') ?? false

  /** Releases what was replaced, once every cafe that had it has what replaces it. */
  const release = async (thread: string, row: PackRow): Promise<boolean> => {
    const { old = [], by = [] } = row
    const had = (await Promise.all(old.map((root) => backups.get(root)))).flatMap(
      (one) => one?.cafes.filter(isThere) ?? [],
    )
    const next = await Promise.all(by.map((root) => backups.get(root)))
    const has = (one: Backup | undefined, cafe: string): boolean =>
      one?.cafes.some((at) => at.cafe === cafe && at.state === 'pinned') ?? false
    if (!next.every((one) => had.every(({ cafe }) => has(one, cafe)))) return false
    const named = by.map((root) => CID.parse(root))
    if (!(await areNamed(thread, named))) return false
    for (const root of old) await backups.release(root, [packs.remove(thread, root)])
    const { old: _, by: __, ...kept } = row
    await rows.commit([packs.put([thread, row.root], kept)])
    return true
  }

  const isGone = async ({ root, foreign, since }: PackRow): Promise<boolean> =>
    foreign === true && backups.lookedAt() > since && (await backups.get(root)) === undefined

  return { asPacked, packFresh, merge, release, isGone }
}

const isThere = ({ state }: BackupAt): boolean => state === 'pinned' || state === 'degraded'

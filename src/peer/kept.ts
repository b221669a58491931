/**
 * What other parts of the account have the cafes keep: blocks that are here already, below one root. It goes through the
 * same queue as files, oldest first, and is audited, moved and found by other devices as they are.
 */
import type { CID } from 'multiformats/cid'
import type { BlockSource } from '../cafe/pin/fetch.ts'
import { storedBlocks, walk } from '../cafe/pin/walk.ts'
import type { Clock } from '../core/clock.ts'
import { CafeError, toCafeError } from '../core/errors.ts'
import type { Blocks } from '../store/blocks.ts'
import type { Holds } from '../store/holds.ts'
import type { Change } from '../store/rows.ts'
import type { Backlog } from './backlog.ts'
import type { Backup, BackupAt, BackupKind, BackupStore } from './backup-row.ts'
import type { Cafes } from './cafes.ts'
import type { OwnBlocks } from './own-blocks.ts'
import { reader } from './readers.ts'
import type { Same } from './same.ts'

export interface KeptComponents {
  readonly store: BackupStore
  readonly own: OwnBlocks
  readonly blocks: Blocks
  readonly source: BlockSource
  readonly holds: Holds
  readonly backlog: Backlog
  readonly cafes: Pick<Cafes, 'list'>
  readonly clock: Clock
  readonly same: Pick<Same, 'removal'>
  readonly onChange: () => void
  readonly onGarbage: () => void
}

export interface Keep {
  readonly root: CID
  /** All blocks below the root, and the root itself. */
  readonly blocks: readonly CID[]
  readonly kind: BackupKind
  /** What it belongs to, such as a thread's id, or what it is called. */
  readonly name: string
  readonly key?: Uint8Array<ArrayBuffer> | undefined
  /** Bytes that the cafes do not have yet, at most; of all blocks without it. */
  readonly size?: number | undefined
  /** Names of the files in it (see `same.ts`). */
  readonly same?: readonly string[] | undefined
  /** Committed with the row: either both are on the medium, or neither. */
  readonly more?: readonly Change[] | undefined
}

export interface Kept {
  /**
   * Queues blocks at all cafes of the account, once they are on the medium here. What is kept already stays as it is.
   * @throws CafeError NOT_FOUND {missing} if a block is not here.
   */
  keep(what: Keep): Promise<Backup>
  /** Has it unpinned at the cafes, now or later; `more` is committed with that. Nothing happens to what is not kept. */
  release(root: string, more?: readonly Change[]): Promise<void>
  /** Is it on the medium here that the cafes are to have this? From then on it may be referred to. */
  queued(root: string): Promise<boolean>
  /**
   * One block of it, from here or from the cafes that have it.
   * @throws CafeError NOT_FOUND {what: 'pin'} if it is not listed; NOT_FOUND or CORRUPT if nobody has it; UNREACHABLE.
   */
  read(root: CID, options: { signal: AbortSignal; block?: CID }): Promise<Uint8Array<ArrayBuffer>>
  /** Queues everything at the cafes that have joined since it was added. */
  spread(): Promise<void>
}

export function createKept(components: KeptComponents): Kept {
  const { store, own, blocks, source, holds, same, backlog, cafes, clock, onChange, onGarbage } = components
  const { backups, unpins, rows } = store
  /** Of what was kept last: the queue's order is that of these times, also within one millisecond. */
  let latest = 0

  const waiting = async (): Promise<BackupAt[]> => (await cafes.list()).map(({ cafe }) => ({ cafe, state: 'queued' }))
  const withLacking = (row: Backup, all: readonly BackupAt[]): Backup => {
    const lacking = all.filter(({ cafe }) => !row.cafes.some((at) => at.cafe === cafe))
    return { ...row, cafes: [...row.cafes, ...lacking] }
  }

  const spread = async (): Promise<void> => {
    const all = await waiting()
    for (const { row } of await backups.list([]))
      if (withLacking(row, all).cafes.length > row.cafes.length)
        await store.change(row.root, (now) => withLacking(now, all))
    onChange()
    void backlog.run()
  }

  return {
    spread,
    queued: async (root) => (await backups.get(root)) !== undefined,
    async read(root, { signal, block = root }) {
      const row = await backups.get(root.toString())
      if (!row) throw new CafeError('NOT_FOUND', { what: 'pin' })
      const from = reader({ blocks, source }, row, signal)
      return from.read(block).finally(from.close)
    },
    async keep({ root, blocks, kind, name, key, size, same: known, more = [] }) {
      const hold = holds.open()
      try {
        await hold.add(blocks.map(({ multihash }) => multihash.bytes))
        const { lists, bytes } = await own.existing(root, blocks)
        const all = await waiting()
        latest = Math.max(clock(), latest + 1)
        const about = { root: root.toString(), kind, name, key, size: size ?? bytes, since: latest }
        const again = all.map(({ cafe }) => unpins.remove(cafe, about.root))
        const row: Backup = { ...about, cafes: all, ...(known ? { same: [...known] } : {}) }
        const listed = await store.adopt(row, [...lists, ...again, ...more])
        if (listed === row) return row
        // Another device has made the same: from now on it is this one's too.
        await rows.commit([...(listed.adopted ? lists : []), ...more])
        const kept = await store.change(about.root, (now) => withLacking({ ...now, adopted: undefined }, all))
        return kept ?? listed
      } finally {
        hold.release()
        onChange()
        void backlog.run()
      }
    },
    async release(root, more = []) {
      const row = await backups.get(root)
      if (!row) return rows.commit(more)
      const joined = new Set((await cafes.list()).map(({ cafe }) => cafe))
      const held = row.cafes.filter(({ cafe, state }) => state !== 'failed' && joined.has(cafe))
      await store.forget(
        root,
        held.map(({ cafe }) => cafe),
        [...more, ...(await same.removal(root, row.same ?? []))],
      )
      backlog.stop(root)
      onGarbage()
      onChange()
      void backlog.run()
    },
  }
}

/** All blocks below a root, or undefined if not all of them are here. */
export async function blocksHere(root: CID, blocks: Blocks, signal: AbortSignal): Promise<CID[] | undefined> {
  const found: CID[] = []
  const onBlock = (cid: CID): void => void found.push(cid)
  try {
    await walk(root, storedBlocks(blocks), { maxBytes: Number.MAX_SAFE_INTEGER, signal, onBlock })
    return found
  } catch (error) {
    const { code } = toCafeError(error)
    if (code === 'NOT_FOUND' || code === 'CORRUPT') return undefined
    throw error
  }
}

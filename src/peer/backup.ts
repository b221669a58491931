/**
 * Backups: files encrypted here, and blocks that other parts have made, pinned at every cafe of the account and listed with
 * their keys. Each is listed as soon as it is whole on this device; a cafe that could not be reached gets it later (see
 * `backlog.ts`).
 */
import type { PinClient } from '../cafe/pin/client.ts'
import type { BlockSource } from '../cafe/pin/fetch.ts'
import { unlessAborted } from '../core/abort.ts'
import type { Clock, Random } from '../core/clock.ts'
import { CafeError } from '../core/errors.ts'
import type { PeerIdText } from '../core/ids.ts'
import { delay } from '../core/pause.ts'
import type { Blocks } from '../store/blocks.ts'
import type { RootSource } from '../store/collect.ts'
import type { Holds } from '../store/holds.ts'
import type { Rows } from '../store/rows.ts'
import { type Add, createAdd } from './add.ts'
import { adoptAll } from './adopt.ts'
import { createAudits } from './audit.ts'
import { createBacklog } from './backlog.ts'
import { type Backup, backupStore, kindOf } from './backup-row.ts'
import type { Cafes } from './cafes.ts'
import { createDrafts, type Unfinished } from './draft.ts'
import { createKept, type Kept } from './kept.ts'
import { createOwnBlocks } from './own-blocks.ts'
import type { Labels } from './pin-label.ts'
import { createSame, type SameComponents } from './same.ts'
import { createSealing } from './sealing.ts'
import { type AddMany, createAddMany } from './thread-files.ts'
import { createThumbnails, type Draw } from './thumbnail.ts'

export type { BackupProgress } from './add.ts'

export interface BackupsComponents {
  readonly rows: Rows
  readonly blocks: Blocks
  readonly holds: Holds
  readonly cafes: Cafes
  readonly client: PinClient
  /** Blocks of named cafes. */
  readonly source: BlockSource
  readonly labels: Labels
  /** The account's key by which it knows files again. */
  readonly sameKey: SameComponents['key']
  /** Draws thumbnails, where the place we run in can. */
  readonly draw?: Draw | undefined
  readonly clock: Clock
  readonly random: Random
  /** It stands differently with some backup, without anybody having asked. */
  readonly onChange: () => void
  /** There are blocks now that nobody needs. */
  readonly onGarbage: () => void
}

export interface Backups extends Kept {
  /** What a person has added. */
  list(): Promise<readonly Backup[]>
  /** Of every kind. */
  all(): Promise<readonly Backup[]>
  get(root: string): Promise<Backup | undefined>
  /**
   * Encrypts and pins a file; broken paths are mended meanwhile. Resolves when a cafe has given its receipt and no other
   * is still taking blocks, or when the file is whole here and no cafe is reached: for thirty seconds where none has answered,
   * else for two minutes. It is `queued` then.
   * @throws CafeError NOT_FOUND {what: 'cafe'} without any cafe; QUOTA {needed, free} before anything is sent; what the
   * first cafe refused with if all refuse; ABORTED. Nothing is listed then.
   */
  readonly add: Add
  /** The files of one thread block, in one directory (see `thread-files.ts`). */
  readonly addMany: AddMany
  /** Files that were cut off while they were read: given again, each goes on where it was. */
  unfinished(): Promise<readonly Unfinished[]>
  /** Forgets one of those. */
  forget(id: string): Promise<void>
  /**
   * Forgets a file and its key, and has it unpinned at the cafes: at once where they are reached, else later by itself.
   * @throws CafeError NOT_FOUND {what: 'pin'}.
   */
  remove(root: string, options: { signal: AbortSignal }): Promise<void>
  /**
   * Tries a file again at the cafes that do not keep it; resolves when each has been tried.
   * @throws CafeError NOT_FOUND {what: 'pin'}.
   */
  retry(root: string, options: { signal: AbortSignal }): Promise<Backup>
  /** The same for everything, also at the cafes that have joined since it was added. */
  retryAll(options: { signal: AbortSignal }): Promise<void>
  /** A cafe has erased what it kept for us; `left` if we have left it. */
  erased(cafe: PeerIdText, left: boolean): Promise<void>
  /** A cafe admits us, for the first time or again: what it does not have follows by itself. */
  readmitted(cafe: PeerIdText): Promise<void>
  /** A cafe may have lost any of what it had: all is offered again, and it asks for what it lacks. */
  lost(cafe: PeerIdText): Promise<void>
  /**
   * Has every cafe of a file prove that it still has it, and repairs what fails; cafes not reached stay as they were.
   * @throws CafeError NOT_FOUND {what: 'pin'}.
   */
  audit(root: string, options: { signal: AbortSignal }): Promise<Backup>
  /** Audits what has not been for a day: comes by itself. Never rejects. */
  auditDue(): Promise<void>
  /** Lists the files that other devices of the account keep at its cafes, as far as these are reached. */
  adopt(options: { signal: AbortSignal }): Promise<void>
  /** When the last look of that kind began that reached all cafes; 0 if none has, since the start. */
  lookedAt(): number
  /** Calls the listener whenever it may stand differently with some backup, until the returned function is called. */
  watch(listener: () => void): () => void
  /** What a collection must spare. */
  readonly roots: RootSource
  /** Tries what waits for cafes now; it happens by itself too. */
  again(): void
  /** Stops what goes on by itself. */
  close(): void
}

/** Milliseconds that a removal waits for cafes to confirm: those that are gone take longer to be found so. */
const UNPIN_WAIT = 5000

export function createBackups(components: BackupsComponents): Backups {
  const { rows, blocks, holds, cafes, client, source, labels, clock, random, onGarbage } = components
  const listeners = new Set<() => void>()
  const onChange = (): void => {
    components.onChange()
    for (const listener of listeners) listener()
  }
  let looked = 0
  const store = backupStore(rows)
  const { backups } = store
  const own = createOwnBlocks({ rows, blocks, holds, store, onGarbage })
  const backlog = createBacklog({ store, own, blocks, cafes, client, source, labels, clock, onChange })
  void backlog.run()
  const audits = createAudits({ store, own, blocks, cafes, client, source, backlog, clock, random, onChange })
  const drafts = createDrafts({ rows, clock, random })
  const same = createSame({ rows, key: components.sameKey })
  const kept = createKept({
    ...{ store, own, blocks, source, holds, backlog },
    ...{ same, cafes, clock, onChange, onGarbage },
  })
  const sealing = createSealing({ drafts, random })
  const add = createAdd({
    ...{ store, blocks, own, same, kept, backlog, sealing },
    ...{ cafes, client, labels, clock, onGarbage },
  })

  const find = async (root: string): Promise<Backup> => {
    const row = await backups.get(root)
    if (!row) throw new CafeError('NOT_FOUND', { what: 'pin' })
    return row
  }

  /** What was refused is queued again. */
  const again = async ({ root, cafes }: Backup): Promise<void> => {
    for (const { cafe, state } of cafes)
      if (state === 'failed') await store.note(root, { cafe, state: 'queued', strikes: 0 })
  }

  /** Resolves when each cafe has been tried. */
  const tried = async (signal: AbortSignal): Promise<void> => {
    onChange()
    await unlessAborted(backlog.run(), signal)
  }

  const all = async (): Promise<Backup[]> => (await backups.list([])).map(({ row }) => row)

  return {
    list: async () => (await all()).filter((row) => kindOf(row) === 'file'),
    all,
    get: (root) => backups.get(root),
    ...kept,
    add,
    addMany: createAddMany({
      ...{ rows, blocks, holds, own, kept, same, sealing, clock, random },
      thumbnails: createThumbnails({ draw: components.draw }),
      get: (root) => backups.get(root),
    }),
    unfinished: drafts.unfinished,
    forget: drafts.forget,
    async remove(root, { signal }) {
      await find(root)
      await kept.release(root)
      await Promise.race([backlog.run(), delay(UNPIN_WAIT, signal).catch(() => {})])
    },
    async retry(root, { signal }) {
      await again(await find(root))
      await tried(signal)
      return find(root)
    },
    async retryAll({ signal }) {
      for (const row of await all()) await again(row)
      await kept.spread()
      await tried(signal)
    },
    audit: audits.audit,
    auditDue: audits.run,
    async adopt({ signal }) {
      const began = clock()
      if (await adoptAll({ store, own, cafes, client, labels, onChange }, signal)) looked = Math.max(looked, began)
    },
    lookedAt: () => looked,
    watch(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    roots: own.roots,
    async erased(cafe, left) {
      await store.strike(cafe, left ? undefined : { cafe, state: 'failed', reason: 'UNAUTHORIZED' })
      onChange()
    },
    async lost(cafe) {
      await store.strike(cafe, { cafe, state: 'queued' })
      await kept.spread()
    },
    async readmitted(cafe) {
      await store.requeue(cafe)
      await kept.spread()
    },
    again: () => void backlog.run(),
    close() {
      backlog.close()
      audits.close()
    },
  }
}

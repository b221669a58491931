/**
 * Backups: files encrypted here, pinned at every cafe of the account, and listed with their keys. A file is listed as
 * soon as it is whole on this device; a cafe that could not be reached gets it later (see `backlog.ts`).
 */
import type { CID } from 'multiformats/cid'
import type { PinClient } from '../cafe/pin/client.ts'
import type { Clock, Random } from '../core/clock.ts'
import { CafeError, toCafeError } from '../core/errors.ts'
import type { PeerIdText } from '../core/ids.ts'
import { parse } from '../core/schema.ts'
import { createFileKey } from '../crypto/file-key.ts'
import { type Blocks, verifiedGet } from '../store/blocks.ts'
import type { RootSource } from '../store/collect.ts'
import type { Holds } from '../store/holds.ts'
import type { Rows } from '../store/rows.ts'
import { createBacklog } from './backlog.ts'
import { type Backup, type BackupAt, backupStore, fileName } from './backup-row.ts'
import type { Cafes } from './cafes.ts'
import { importedSize, importFile } from './import.ts'
import { createOwnBlocks } from './own-blocks.ts'
import { type BlockLog, blockLog, delay, isPathFailure, upload } from './upload.ts'

/** Bytes so far: `encrypted` of the file, `sent` ciphertext confirmed by the slowest cafe, of `total`. Never less than before. */
export interface BackupProgress {
  readonly encrypted: number
  readonly sent: number
  readonly total: number
}

export interface BackupsComponents {
  readonly rows: Rows
  readonly blocks: Blocks
  readonly holds: Holds
  readonly cafes: Cafes
  readonly client: PinClient
  readonly clock: Clock
  readonly random: Random
  /** It stands differently with some backup, without anybody having asked. */
  readonly onChange: () => void
  /** There are blocks now that nobody needs. */
  readonly onGarbage: () => void
}

export interface Backups {
  list(): Promise<readonly Backup[]>
  /**
   * Encrypts and pins a file; broken paths are mended meanwhile. Resolves when a cafe has given its receipt and no other
   * is still taking blocks, or when the file is whole here and no cafe was reached for two minutes: it is `queued` then.
   * @throws CafeError NOT_FOUND {what: 'cafe'} without any cafe; QUOTA {needed, free} before anything is sent; what the
   * first cafe refused with if all refuse; ABORTED. Nothing is listed then.
   */
  add(
    file: Blob,
    name: string,
    options: { signal: AbortSignal; onProgress: (p: BackupProgress) => void },
  ): Promise<Backup>
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
  /** What a collection must spare. */
  readonly roots: RootSource
  /** Stops what goes on by itself. */
  close(): void
}

/** Milliseconds without any progress after which a file that is being added waits for its cafe in the backlog. */
const PATIENCE = 120_000
/** Milliseconds that a removal waits for cafes to confirm: those that are gone take longer to be found so. */
const UNPIN_WAIT = 5000

/** One cafe's upload while a file is added. */
interface Target {
  readonly cafe: PeerIdText
  stored: number
  works: boolean
  outcome: 'pinned' | CafeError | undefined
}

export function createBackups(components: BackupsComponents): Backups {
  const { rows, blocks, holds, cafes, client, clock, random, onChange, onGarbage } = components
  const store = backupStore(rows)
  const { backups } = store
  const own = createOwnBlocks({ rows, blocks, holds, store, onGarbage })
  const backlog = createBacklog({ store, blocks, cafes, client, onChange })
  void backlog.run()
  const read = (cid: CID) => verifiedGet(blocks, cid)

  const find = async (root: string): Promise<Backup> => {
    const row = await backups.get(root)
    if (!row) throw new CafeError('NOT_FOUND', { what: 'pin' })
    return row
  }

  /** Uploads to all targets side by side; `over` resolves when the last is, `changed` at each that is or loses its path. */
  const send = (targets: readonly Target[], bytes: number, log: BlockLog, signal: AbortSignal, report: () => void) => {
    let next = Promise.withResolvers<void>()
    const wake = (): void => {
      report()
      next.resolve()
      next = Promise.withResolvers()
    }
    const one = async (target: Target): Promise<void> => {
      const onStored = (stored: number): void => {
        target.stored = stored
        report()
      }
      const onPath = (works: boolean): void => {
        target.works = works
        wake()
      }
      const task = { cafe: target.cafe, bytes, log, patience: PATIENCE, signal, onStored, onPath }
      target.outcome = await upload({ client, cafes, read }, task).then(() => 'pinned' as const, toCafeError)
      wake()
    }
    return { over: Promise.all(targets.map(one)), changed: () => next.promise }
  }

  /** Keeps the row, or forgets it again, by what the uploads came to. */
  const conclude = async (row: Backup, targets: readonly Target[], aborted: boolean): Promise<Backup> => {
    const states = targets.map(stateOf)
    const held = states.filter(({ state }) => state !== 'failed').map(({ cafe }) => cafe)
    if (aborted || held.length === 0) {
      await store.forget(row.root, held)
      onGarbage()
      throw aborted ? new CafeError('ABORTED') : targets[0]?.outcome
    }
    for (const at of states) await store.note(row.root, at)
    return { ...row, cafes: states }
  }

  const add: Backups['add'] = async (file, name, { signal, onProgress }) => {
    const joined = await cafes.list()
    if (joined.length === 0) throw new CafeError('NOT_FOUND', { what: 'cafe' })
    const total = importedSize(file.size)
    const key = createFileKey(random)
    const log = blockLog()
    const targets = joined.map(({ cafe }): Target => ({ cafe, stored: 0, works: true, outcome: undefined }))
    const progress = { encrypted: 0, sent: 0, total }
    const report = (): void => {
      const live = targets.filter(({ outcome }) => outcome === undefined || outcome === 'pinned')
      if (live.length > 0) progress.sent = Math.max(progress.sent, Math.min(total, ...live.map(({ stored }) => stored)))
      onProgress({ ...progress })
    }
    const stop = new AbortController()
    const sending = send(targets, total, log, AbortSignal.any([signal, stop.signal]), report)
    let release: () => void = () => {}
    const adding = own.adding()
    try {
      const put = async (cid: CID, block: Uint8Array<ArrayBuffer>): Promise<void> => {
        await adding.put(cid, block)
        signal.throwIfAborted()
        if (targets.every(isRefused)) throw targets[0]?.outcome
        log.add({ cid, size: block.byteLength })
      }
      const onBytes = (n: number): void => {
        progress.encrypted += n
        report()
      }
      const root = await importFile(file.stream(), key, put, { signal, onBytes })
      const row: Backup = {
        root: root.toString(),
        key: key.reveal(),
        size: file.size,
        name: parse(fileName, name),
        since: clock(),
        cafes: targets.map(stateOf),
      }
      // From here on the file survives the end of this process.
      release = backlog.hold(row.root, stop)
      await rows.commit([backups.put([row.root], row), ...adding.lists(root)])
      log.end(root)
      while (!isEnough(targets)) await sending.changed()
      stop.abort()
      await sending.over
      // Somebody may have removed it already.
      const removed = (await backups.get(row.root)) === undefined
      const kept = await conclude(row, targets, signal.aborted || removed)
      if (kept.cafes.some(({ state }) => state === 'pinned')) onProgress({ ...progress, sent: total })
      return kept
    } finally {
      stop.abort()
      release()
      adding.end()
      void backlog.run()
    }
  }

  return {
    list: async () => (await backups.list([])).map(({ row }) => row),
    add,
    async remove(root, { signal }) {
      const row = await find(root)
      const joined = new Set((await cafes.list()).map(({ cafe }) => cafe))
      const held = row.cafes.filter(({ cafe, state }) => state !== 'failed' && joined.has(cafe))
      await store.forget(
        root,
        held.map(({ cafe }) => cafe),
      )
      onGarbage()
      backlog.stop(root)
      await Promise.race([backlog.run(), delay(UNPIN_WAIT, signal).catch(() => {})])
    },
    async retry(root, { signal }) {
      const { cafes: before } = await find(root)
      for (const { cafe, state } of before) if (state === 'failed') await store.note(root, { cafe, state: 'queued' })
      onChange()
      const stopped = Promise.withResolvers<never>()
      const stop = (): void => stopped.reject(toCafeError(signal.reason, 'ABORTED'))
      if (signal.aborted) stop()
      signal.addEventListener('abort', stop, { once: true })
      await Promise.race([backlog.run(), stopped.promise])
      return find(root)
    },
    roots: own.roots,
    close: backlog.close,
  }
}

/** A receipt is there and nobody is still taking blocks, or nothing more will come. */
function isEnough(targets: readonly Target[]): boolean {
  const pinned = targets.some(({ outcome }) => outcome === 'pinned')
  return targets.every(({ outcome, works }) => outcome !== undefined || (pinned && !works))
}

const isRefused = ({ outcome }: Target): boolean => outcome !== undefined && outcome !== 'pinned' && !isWaiting(outcome)

/** Did an upload end without the cafe having refused it? */
const isWaiting = (error: CafeError): boolean => isPathFailure(error) || error.code === 'ABORTED'

function stateOf({ cafe, outcome }: Target): BackupAt {
  if (outcome === 'pinned') return { cafe, state: 'pinned' }
  if (outcome === undefined || isWaiting(outcome)) return { cafe, state: 'queued' }
  return { cafe, state: 'failed', reason: outcome.code }
}

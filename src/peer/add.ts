/**
 * Adding a file: read, encrypted, stored here and sent to every cafe of the account at once, block by block. It is listed as
 * soon as it is whole on this device; one that was cut off before goes on when it is given again (see `draft.ts`).
 */
import type { CID } from 'multiformats/cid'
import type { PinClient } from '../cafe/pin/client.ts'
import { unlessAborted } from '../core/abort.ts'
import { parseCid } from '../core/block.ts'
import type { Clock } from '../core/clock.ts'
import { CafeError, isCafeError } from '../core/errors.ts'
import { parse } from '../core/schema.ts'
import { fingerprinting } from '../crypto/digest.ts'
import { type Blocks, verifiedGet } from '../store/blocks.ts'
import { isEnough, isRefused, send, stateOf, type Target } from './add-targets.ts'
import type { Backlog } from './backlog.ts'
import { type Backup, type BackupStore, fileName } from './backup-row.ts'
import type { Cafes } from './cafes.ts'
import { importedSize, importFile } from './import.ts'
import { blocksHere, type Kept } from './kept.ts'
import type { OwnBlocks } from './own-blocks.ts'
import type { Labels } from './pin-label.ts'
import type { Same, SameFile } from './same.ts'
import { readSealed, type Seal, type Sealing } from './sealing.ts'
import { type BlockLog, blockLog } from './upload.ts'

/** Bytes so far: `encrypted` of the file, `sent` ciphertext confirmed by the slowest cafe, of `total`. Never less than before. */
export interface BackupProgress {
  readonly encrypted: number
  readonly sent: number
  readonly total: number
}

export interface AddComponents {
  readonly store: BackupStore
  readonly blocks: Blocks
  readonly own: OwnBlocks
  readonly sealing: Seal
  readonly same: Same
  readonly kept: Pick<Kept, 'keep' | 'release'>
  readonly backlog: Backlog
  readonly cafes: Cafes
  readonly client: PinClient
  readonly labels: Labels
  readonly clock: Clock
  readonly onGarbage: () => void
}

export interface AddOptions {
  readonly signal: AbortSignal
  readonly onProgress: (progress: BackupProgress) => void
  /** When the file was last changed, as its file system says. */
  readonly modified?: number | undefined
  /** Not encrypted: for what everybody may read, for good. */
  readonly plaintext?: boolean | undefined
}

export type Add = (file: Blob, name: string, options: AddOptions) => Promise<Backup>

/** How the reading of a file is watched and stopped. */
interface Taking {
  readonly targets: readonly Target[]
  readonly log: BlockLog
  readonly signal: AbortSignal
  /** Called when the root is known, before anybody else can find the file listed. */
  readonly onRoot: (root: string) => void
  readonly onBytes: (n: number) => void
}

export function createAdd(components: AddComponents): Add {
  const { store, blocks, own, sealing, same, kept, backlog, cafes, client, labels, clock, onGarbage } = components
  const { backups, rows } = store
  const uploads = { client, cafes, read: (cid: CID) => verifiedGet(blocks, cid) }

  /** Keeps the row, or forgets it again, by what the uploads came to. */
  const conclude = async (row: Backup, targets: readonly Target[], aborted: boolean): Promise<Backup> => {
    const states = targets.map((target) => stateOf(target, clock()))
    const held = states.filter(({ state }) => state !== 'failed').map(({ cafe }) => cafe)
    if (aborted || held.length === 0) {
      await store.forget(row.root, held, await same.removal(row.root, row.same ?? []))
      onGarbage()
      throw aborted ? new CafeError('ABORTED') : targets[0]?.outcome
    }
    for (const at of states) await store.note(row.root, at)
    return { ...row, cafes: states }
  }

  /** Encrypts the file into blocks here and tells the uploads of each; gives its row, which is on the medium. */
  const take = async (
    file: Blob,
    name: string,
    how: Sealing,
    { targets, log, signal, onRoot, onBytes }: Taking,
  ): Promise<Backup> => {
    const adding = own.adding()
    const put = async (cid: CID, block: Uint8Array<ArrayBuffer>): Promise<void> => {
      await adding.put(cid, block)
      signal.throwIfAborted()
      if (targets.every(isRefused)) throw targets[0]?.outcome
      log.add({ cid, size: block.byteLength })
    }
    try {
      const { id, key, draft } = how
      const print = fingerprinting()
      const stream = readSealed(file, how).pipeThrough(print.stream)
      const cid = await importFile(stream, key, put, { signal, onBytes, random: draft?.random() })
      const root = cid.toString()
      const known = await same.name(file.size, await print.digest(), key === null)
      const about = { root, key: key?.reveal(), size: file.size, name, since: clock(), same: [known] }
      const row: Backup = { ...about, cafes: targets.map((target) => stateOf(target, clock())), upload: id }
      onRoot(root)
      const listed = [backups.put([root], row), same.put(known, { root, cid: root, key: about.key })]
      // A public file may have been here before.
      const again = targets.map(({ cafe }) => store.unpins.remove(cafe, root))
      // From here on the file survives the end of this process.
      await rows.commit([...listed, ...again, ...adding.lists(cid), ...((await draft?.end()) ?? [])])
      return row
    } finally {
      adding.end()
    }
  }

  const attempt = async (file: Blob, name: string, options: AddOptions, how: Sealing): Promise<Backup> => {
    const { signal, onProgress } = options
    const joined = await cafes.list()
    const total = importedSize(file.size)
    const log = blockLog()
    const targets = joined.map(({ cafe }): Target => ({ cafe, stored: 0, works: true, outcome: undefined }))
    const progress = { encrypted: 0, sent: 0, total }
    const report = (): void => {
      const live = targets.filter(({ outcome }) => outcome === undefined || outcome === 'pinned')
      if (live.length > 0) progress.sent = Math.max(progress.sent, Math.min(total, ...live.map(({ stored }) => stored)))
      onProgress({ ...progress })
    }
    const onBytes = (n: number): void => {
      progress.encrypted += n
      report()
    }
    let row: Backup | undefined
    const label = async (root: CID) => labels.seal(root, row ?? (await find(root)))
    const stop = new AbortController()
    const common = { bytes: total, log, label, name: how.id }
    const sending = send(uploads, targets, common, AbortSignal.any([signal, stop.signal]), report)
    let release: () => void = () => {}
    try {
      const onRoot = (root: string): void => {
        release = backlog.hold(root, stop)
      }
      row = await take(file, name, how, { targets, log, signal, onRoot, onBytes })
      log.end(parseCid(row.root))
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
      await sending.over
      release()
      void backlog.run()
    }
  }

  /** The same file as it is kept already, whatever it was called then; or as a pin of its own, if it came with a thread. */
  const keptAlready = async (
    file: Blob,
    name: string,
    isPublic: boolean,
    { signal, onProgress }: AddOptions,
  ): Promise<Backup | undefined> => {
    const known = await same.find(file, isPublic, signal)
    const row = known && (await backups.get(known.root))
    if (!row) return undefined
    const total = importedSize(file.size)
    onProgress({ encrypted: file.size, sent: 0, total })
    if (known.cid !== known.root) return keepInside(known, { name, size: file.size, signal })
    if (row.cafes.some(({ state }) => state === 'pinned')) onProgress({ encrypted: file.size, sent: total, total })
    return row
  }

  const keepInside = async (
    { cid, key }: SameFile,
    { name, size, signal }: { name: string; size: number; signal: AbortSignal },
  ): Promise<Backup | undefined> => {
    const root = parseCid(cid)
    const found = await blocksHere(root, blocks, signal)
    if (!found) return undefined
    const row = await kept.keep({ root, blocks: found, kind: 'file', name, size, key })
    await unlessAborted(backlog.run(), signal)
    return (await backups.get(row.root)) ?? row
  }

  const find = async (root: CID): Promise<Backup> => {
    const row = await backups.get(root.toString())
    if (!row) throw new CafeError('NOT_FOUND', { what: 'pin' })
    return row
  }

  return async (file, given, options) => {
    if ((await cafes.list()).length === 0) throw new CafeError('NOT_FOUND', { what: 'cafe' })
    const name = parse(fileName, given)
    const { modified = 0, plaintext: isPublic = false } = options
    const known = await keptAlready(file, name, isPublic, options)
    if (known) return known
    for (;;) {
      const how = await sealing(file, { name, modified, isPublic })
      try {
        return await attempt(file, name, options, how)
      } catch (error) {
        // Whatever ended it was told to the person; only what ends without a word leaves a draft.
        if (how.draft) await rows.commit(await how.draft.end())
        // It has the name and size of a file that was cut off, and is another one.
        if (!isCafeError(error) || error.code !== 'CONFLICT' || error.data.what !== 'draft') throw error
      }
    }
  }
}

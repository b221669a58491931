/**
 * Adding a file: read, encrypted, stored here and sent to every cafe of the account at once, block by block. It is listed as
 * soon as it is whole on this device; one that was cut off before goes on when it is given again (see `draft.ts`).
 */
import type { CID } from 'multiformats/cid'
import type { PinClient } from '../cafe/pin/client.ts'
import { parseCid } from '../core/block.ts'
import type { Clock, Random } from '../core/clock.ts'
import { CafeError, isCafeError, toCafeError } from '../core/errors.ts'
import { hex, type PeerIdText } from '../core/ids.ts'
import { parse } from '../core/schema.ts'
import type { Secret } from '../core/secret.ts'
import { createFileKey } from '../crypto/file-key.ts'
import { type Blocks, verifiedGet } from '../store/blocks.ts'
import type { Backlog } from './backlog.ts'
import { type Backup, type BackupAt, type BackupStore, fileName } from './backup-row.ts'
import type { Cafes } from './cafes.ts'
import { DRAFT_MIN, type Draft, type Drafts } from './draft.ts'
import { importedSize, importFile } from './import.ts'
import { isPathFailure } from './insist.ts'
import type { OwnBlocks } from './own-blocks.ts'
import type { Labels } from './pin-label.ts'
import { type BlockLog, blockLog, type UploadTask, upload } from './upload.ts'

/** Bytes so far: `encrypted` of the file, `sent` ciphertext confirmed by the slowest cafe, of `total`. Never less than before. */
export interface BackupProgress {
  readonly encrypted: number
  readonly sent: number
  readonly total: number
}

/** Milliseconds without any progress after which a file that is being added waits for its cafe in the backlog. */
const PATIENCE = 120_000
/** One cafe's upload while a file is added. */
interface Target {
  readonly cafe: PeerIdText
  stored: number
  works: boolean
  outcome: 'pinned' | CafeError | undefined
}

export interface AddComponents {
  readonly store: BackupStore
  readonly blocks: Blocks
  readonly own: OwnBlocks
  readonly drafts: Drafts
  readonly backlog: Backlog
  readonly cafes: Cafes
  readonly client: PinClient
  readonly labels: Labels
  readonly clock: Clock
  readonly random: Random
  readonly onGarbage: () => void
}

export interface AddOptions {
  readonly signal: AbortSignal
  readonly onProgress: (progress: BackupProgress) => void
  /** When the file was last changed, as its file system says. */
  readonly modified?: number | undefined
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

/** What all uploads of a file have in common. */
type Common = Pick<UploadTask, 'bytes' | 'log' | 'label' | 'name'>

/** How a file is encrypted: as a draft says, or under a new key. */
interface Sealing {
  readonly id: string
  readonly key: Secret<Uint8Array<ArrayBuffer>>
  readonly draft: Draft | undefined
}

export function createAdd(components: AddComponents): Add {
  const { store, blocks, own, drafts, backlog, cafes, client, labels, clock, random, onGarbage } = components
  const { backups, rows } = store
  const read = (cid: CID) => verifiedGet(blocks, cid)

  /** Uploads to all targets side by side; `over` resolves when the last is, `changed` at each that is or loses its path. */
  const send = (targets: readonly Target[], common: Common, signal: AbortSignal, report: () => void) => {
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
      const task = { cafe: target.cafe, ...common, patience: PATIENCE, signal, onStored, onPath }
      target.outcome = await upload({ client, cafes, read }, task).then(() => 'pinned' as const, toCafeError)
      wake()
    }
    return { over: Promise.all(targets.map(one)), changed: () => next.promise }
  }

  /** Keeps the row, or forgets it again, by what the uploads came to. */
  const conclude = async (row: Backup, targets: readonly Target[], aborted: boolean): Promise<Backup> => {
    const states = targets.map((target) => stateOf(target, clock()))
    const held = states.filter(({ state }) => state !== 'failed').map(({ cafe }) => cafe)
    if (aborted || held.length === 0) {
      await store.forget(row.root, held)
      onGarbage()
      throw aborted ? new CafeError('ABORTED') : targets[0]?.outcome
    }
    for (const at of states) await store.note(row.root, at)
    return { ...row, cafes: states }
  }

  const sealing = async (file: Blob, name: string, modified: number): Promise<Sealing> => {
    if (file.size < DRAFT_MIN) return { id: hex(random(16)), key: createFileKey(random), draft: undefined }
    const draft = await drafts.open({ name, size: file.size, modified })
    return { id: draft.id, key: draft.key, draft }
  }

  /** Encrypts the file into blocks here and tells the uploads of each; gives its row, which is on the medium. */
  const take = async (
    file: Blob,
    name: string,
    { id, key, draft }: Sealing,
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
      const plain = file.stream() as ReadableStream<Uint8Array<ArrayBuffer>>
      const stream = draft ? plain.pipeThrough(draft.guard()) : plain
      const root = await importFile(stream, key, put, { signal, onBytes, random: draft?.random() })
      const about = { root: root.toString(), key: key.reveal(), size: file.size, name, since: clock() }
      const row: Backup = { ...about, cafes: targets.map((target) => stateOf(target, clock())), upload: id }
      onRoot(row.root)
      // From here on the file survives the end of this process.
      await rows.commit([backups.put([row.root], row), ...adding.lists(root), ...((await draft?.end()) ?? [])])
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
    const sending = send(targets, common, AbortSignal.any([signal, stop.signal]), report)
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

  const find = async (root: CID): Promise<Backup> => {
    const row = await backups.get(root.toString())
    if (!row) throw new CafeError('NOT_FOUND', { what: 'pin' })
    return row
  }

  return async (file, given, options) => {
    if ((await cafes.list()).length === 0) throw new CafeError('NOT_FOUND', { what: 'cafe' })
    const name = parse(fileName, given)
    for (;;) {
      const how = await sealing(file, name, options.modified ?? 0)
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

/** A receipt is there and nobody is still taking blocks, or nothing more will come. */
function isEnough(targets: readonly Target[]): boolean {
  const pinned = targets.some(({ outcome }) => outcome === 'pinned')
  return targets.every(({ outcome, works }) => outcome !== undefined || (pinned && !works))
}

const isRefused = ({ outcome }: Target): boolean => outcome !== undefined && outcome !== 'pinned' && !isWaiting(outcome)

/** Did an upload end without the cafe having refused it? */
const isWaiting = (error: CafeError): boolean => isPathFailure(error) || error.code === 'ABORTED'

function stateOf({ cafe, outcome }: Target, now: number): BackupAt {
  if (outcome === 'pinned') return { cafe, state: 'pinned', since: now }
  if (outcome === undefined || isWaiting(outcome)) return { cafe, state: 'queued' }
  return { cafe, state: 'failed', reason: outcome.code }
}

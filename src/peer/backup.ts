/**
 * Backups: files encrypted here, pinned at every cafe of the account, and listed with their keys. A file counts as added
 * when at least one cafe has given its receipt; the blocks also stay here, so a failed cafe can be tried again.
 */
import type { CID } from 'multiformats/cid'
import type { PinClient, Uploading } from '../cafe/pin/client.ts'
import { parseCid } from '../core/block.ts'
import type { Clock, Random } from '../core/clock.ts'
import { CafeError, toCafeError } from '../core/errors.ts'
import type { PeerIdText } from '../core/ids.ts'
import { bytes, count, parse, peerId, text, v } from '../core/schema.ts'
import { createFileKey, formatFileKey } from '../crypto/file-key.ts'
import type { Blocks } from '../store/blocks.ts'
import type { Rows } from '../store/rows.ts'
import { table } from '../store/table.ts'
import type { Cafes } from './cafes.ts'
import { importedSize, importFile } from './import.ts'

/** File names as given by people and systems: no path, no control characters; 255 bytes is every file system's limit. */
export const fileName = v.pipe(
  v.string(),
  v.transform((value) =>
    value
      .normalize('NFC')
      .replace(/[\p{Cc}/\\]/gu, '_')
      .trim(),
  ),
  v.transform((value) => [...value].slice(0, 120).join('') || 'file'),
)

const pinAt = v.strictObject({
  cafe: peerId,
  state: v.picklist(['pinned', 'failed']),
  reason: v.optional(text(32)),
})

const backupRow = v.strictObject({
  root: text(128),
  key: bytes(32, 32),
  size: count(),
  name: text(512),
  since: count(),
  cafes: v.array(pinAt),
})

export type Backup = v.InferOutput<typeof backupRow>

/** Bytes so far: `encrypted` of the file, `sent` ciphertext confirmed by the slowest cafe, of `total`. */
export interface BackupProgress {
  readonly encrypted: number
  readonly sent: number
  readonly total: number
}

export interface BackupsComponents {
  readonly rows: Rows
  readonly blocks: Blocks
  readonly cafes: Cafes
  readonly client: PinClient
  readonly clock: Clock
  readonly random: Random
}

export interface Backups {
  list(): Promise<readonly Backup[]>
  /**
   * Encrypts and pins a file.
   * @throws CafeError NOT_FOUND {what: 'cafe'} without any cafe; QUOTA {needed, free} before anything is sent; whatever
   * the last cafe failed with if none gave a receipt.
   */
  add(
    file: Blob,
    name: string,
    options: { signal: AbortSignal; onProgress: (p: BackupProgress) => void },
  ): Promise<Backup>
  /** Unpins at every cafe that has it, then forgets the key. */
  remove(root: string, options: { signal: AbortSignal }): Promise<void>
}

/** One cafe's upload: `upload` until it fails. */
interface Target {
  readonly cafe: PeerIdText
  upload: Uploading | undefined
  stored: number
  failure: CafeError | undefined
}

export function createBackups({ rows, blocks, cafes, client, clock, random }: BackupsComponents): Backups {
  const backups = table(rows, 'backup', backupRow)

  const open = async (cafe: PeerIdText, total: number, signal: AbortSignal, changed: () => void): Promise<Target> => {
    const target: Target = { cafe, upload: undefined, stored: 0, failure: undefined }
    await attempt(target, async () => {
      const auth = await cafes.access(cafe, { signal })
      const onStored = (stored: number): void => {
        target.stored += stored
        changed()
      }
      target.upload = await client.upload(cafe, total, { auth, signal, onStored })
    })
    return target
  }

  const add: Backups['add'] = async (file, name, { signal, onProgress }) => {
    const joined = await cafes.list()
    if (joined.length === 0) throw new CafeError('NOT_FOUND', { what: 'cafe' })
    const total = importedSize(file.size)
    const key = createFileKey(random)
    let encrypted = 0
    const targets: Target[] = []
    const report = (): void => {
      const live = targets.filter(({ failure }) => !failure)
      onProgress({ encrypted, sent: Math.min(total, ...live.map(({ stored }) => stored)), total })
    }
    targets.push(...(await Promise.all(joined.map(({ cafe }) => open(cafe, total, signal, report)))))
    try {
      const put = async (cid: CID, block: Uint8Array<ArrayBuffer>): Promise<void> => {
        await Promise.all([blocks.put(cid, block), ...targets.map((t) => attempt(t, () => t.upload?.add(cid, block)))])
        signal.throwIfAborted()
        if (targets.every(({ failure }) => failure)) throw targets[0]?.failure
      }
      const onBytes = (n: number): void => {
        encrypted += n
        report()
      }
      const root = await importFile(file.stream(), key, put, { signal, onBytes })
      await Promise.all(targets.map((t) => attempt(t, () => t.upload?.finish(root))))
      const row: Backup = {
        root: root.toString(),
        key: key.reveal(),
        size: file.size,
        name: parse(fileName, name),
        since: clock(),
        cafes: targets.map(({ cafe, failure }) =>
          failure ? { cafe, state: 'failed', reason: failure.code } : { cafe, state: 'pinned' },
        ),
      }
      const pinned = row.cafes.some(({ state }) => state === 'pinned')
      if (!pinned) throw targets[0]?.failure
      await rows.commit([backups.put([row.root], row)])
      onProgress({ encrypted, sent: total, total })
      return row
    } finally {
      for (const { upload } of targets) upload?.close()
    }
  }

  const remove: Backups['remove'] = async (root, { signal }) => {
    const row = await backups.get(root)
    if (!row) throw new CafeError('NOT_FOUND', { what: 'pin' })
    const joined = new Set((await cafes.list()).map(({ cafe }) => cafe))
    const held = row.cafes.filter(({ cafe, state }) => state === 'pinned' && joined.has(cafe))
    await Promise.all(
      held.map(async ({ cafe }) =>
        client.unpin(cafe, parseCid(root), { auth: await cafes.access(cafe, { signal }), signal }),
      ),
    )
    await rows.commit([backups.remove(root)])
  }

  return { list: async () => (await backups.list([])).map(({ row }) => row), add, remove }
}

/** Runs one cafe's step; its failure is noted and ends only that cafe's upload. */
async function attempt(target: Target, step: () => Promise<unknown> | undefined): Promise<void> {
  if (target.failure) return
  try {
    await step()
  } catch (error) {
    target.failure = toCafeError(error)
    target.upload?.close()
  }
}

/** `/ipfs/<cid>/<name>#key=…&from=<cafe>`: all a browser needs; key and cafes are in the fragment, which no server sees. */
export function backupLink({ root, name, key, cafes }: Backup): string {
  const from = cafes.filter(({ state }) => state === 'pinned').map(({ cafe }) => `&from=${cafe}`)
  return `/ipfs/${root}/${encodeURIComponent(name)}#key=${formatFileKey(key)}${from.slice(0, 4).join('')}`
}

/** What is kept about a backup: its key, its name, and at which cafes it is. The file itself is in the block store. */
import type { PeerIdText } from '../core/ids.ts'
import { bytes, count, peerId, text, v } from '../core/schema.ts'
import { createSerial } from '../core/serial.ts'
import { formatFileKey } from '../crypto/file-key.ts'
import type { Rows } from '../store/rows.ts'
import { type Table, table } from '../store/table.ts'

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

/** `queued`: without a receipt yet, will be tried again by itself. `failed`: the cafe refused, for `reason`. */
const pinAt = v.strictObject({
  cafe: peerId,
  state: v.picklist(['pinned', 'queued', 'failed']),
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

/** A cafe that still has to be told that a root need not be kept. */
const unpinRow = v.strictObject({ cafe: peerId, root: text(128) })

export type Backup = v.InferOutput<typeof backupRow>
export type BackupAt = v.InferOutput<typeof pinAt>
export type Unpin = v.InferOutput<typeof unpinRow>

export interface BackupStore {
  readonly rows: Rows
  /** By root. */
  readonly backups: Table<Backup>
  /** By cafe, then root. */
  readonly unpins: Table<Unpin>
  /** Notes how it stands with a backup at one cafe. Nothing happens if it has been removed meanwhile. */
  note(root: string, at: BackupAt): Promise<void>
  /** A cafe keeps nothing of ours any more: each backup notes it as `at`, or does not name the cafe any more. */
  strike(cafe: PeerIdText, at: BackupAt | undefined): Promise<void>
  /** A cafe that did not admit us does again: what it could not be given is queued. */
  requeue(cafe: PeerIdText): Promise<void>
  /** Removes the row; cafes that may have the file are to be told. In one commit. */
  forget(root: string, cafes: readonly PeerIdText[]): Promise<void>
}

export function backupStore(rows: Rows): BackupStore {
  const backups = table(rows, 'backup', backupRow)
  const unpins = table(rows, 'unpin', unpinRow)
  const serial = createSerial()
  /** Changes what is noted about a cafe in every backup that names it. */
  const change = async (cafe: PeerIdText, to: (at: BackupAt) => BackupAt | undefined): Promise<void> => {
    for (const { key } of await backups.list([])) {
      await serial(key.join('/'), async () => {
        const row = await backups.get(...key)
        if (!row?.cafes.some((at) => at.cafe === cafe)) return
        const cafes = row.cafes.flatMap((at) => (at.cafe === cafe ? (to(at) ?? []) : [at]))
        await rows.commit([backups.put(key, { ...row, cafes })])
      })
    }
  }
  return {
    rows,
    backups,
    unpins,
    note: (root, at) =>
      serial(root, async () => {
        const row = await backups.get(root)
        if (!row) return
        const cafes = row.cafes.map((before) => (before.cafe === at.cafe ? at : before))
        await rows.commit([backups.put([root], { ...row, cafes })])
      }),
    strike: (cafe, at) => change(cafe, () => at),
    requeue: (cafe) => change(cafe, (at) => (at.reason === 'UNAUTHORIZED' ? { cafe, state: 'queued' } : at)),
    forget: (root, cafes) =>
      serial(root, () =>
        rows.commit([backups.remove(root), ...cafes.map((cafe) => unpins.put([cafe, root], { cafe, root }))]),
      ),
  }
}

/** `/ipfs/<cid>/<name>#key=…&from=<cafe>`: all a browser needs; key and cafes are in the fragment, which no server sees. */
export function backupLink({ root, name, key, cafes }: Backup): string {
  const from = cafes.filter(({ state }) => state === 'pinned').map(({ cafe }) => `&from=${cafe}`)
  return `/ipfs/${root}/${encodeURIComponent(name)}#key=${formatFileKey(key)}${from.slice(0, 4).join('')}`
}

/** What is kept about a backup: its key, its name, and at which cafes it is. The file itself is in the block store. */
import type { PeerIdText } from '../core/ids.ts'
import { bytes, count, peerId, text, v } from '../core/schema.ts'
import { createSerial } from '../core/serial.ts'
import { formatFileKey } from '../crypto/file-key.ts'
import type { Change, Rows } from '../store/rows.ts'
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

/**
 * `queued`: without a receipt yet, will be tried again by itself. `failed`: the cafe refused, or did not keep it, for
 * `reason`. `degraded`: an audit found it damaged there; it is repaired by itself.
 */
const pinAt = v.strictObject({
  cafe: peerId,
  state: v.picklist(['pinned', 'queued', 'failed', 'degraded']),
  reason: v.optional(text(32)),
  /** When the cafe last proved that it has it. */
  proved: v.optional(count()),
  /** When it was last asked, whatever it answered. */
  asked: v.optional(count()),
  /** Audits failed since it last proved it. */
  strikes: v.optional(count()),
})

const backupRow = v.strictObject({
  root: text(128),
  key: bytes(32, 32),
  size: count(),
  name: text(512),
  since: count(),
  cafes: v.array(pinAt),
  /** Names its uploads at the cafes, so that each goes on where the one before ended. */
  upload: v.optional(text(64)),
  /** Found at a cafe, where another device of this account put it: its blocks are not here. */
  adopted: v.optional(v.boolean()),
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
  /**
   * Notes how it stands with a backup at one cafe; what is not said stays, but a reason. Nothing happens if it has been
   * removed meanwhile.
   */
  note(root: string, at: BackupAt): Promise<void>
  /** A cafe keeps nothing of ours any more: each backup notes it as `at`, or does not name the cafe any more. */
  strike(cafe: PeerIdText, at: BackupAt | undefined): Promise<void>
  /** A cafe that did not admit us does again: what it could not be given is queued. */
  requeue(cafe: PeerIdText): Promise<void>
  /** Changes the row, if it is there; undefined from `change` removes it. Gives the row as it is then. */
  change(root: string, change: (row: Backup) => Backup | undefined): Promise<Backup | undefined>
  /** Lists a file unless it is listed already. */
  adopt(row: Backup, more: readonly Change[]): Promise<void>
  /** Removes the row; cafes that may have the file are to be told. In one commit. */
  forget(root: string, cafes: readonly PeerIdText[]): Promise<void>
}

export function backupStore(rows: Rows): BackupStore {
  const backups = table(rows, 'backup', backupRow)
  const unpins = table(rows, 'unpin', unpinRow)
  const serial = createSerial()
  const change: BackupStore['change'] = (root, make) =>
    serial(root, async () => {
      const row = await backups.get(root)
      const next = row && make(row)
      if (row) await rows.commit([next ? backups.put([root], next) : backups.remove(root)])
      return next
    })
  /** Changes what is noted about a cafe in every backup that names it. */
  const changeAt = async (cafe: PeerIdText, to: (at: BackupAt) => BackupAt | undefined): Promise<void> => {
    const all = await backups.list([])
    for (const { row } of all.filter(({ row }) => row.cafes.some((at) => at.cafe === cafe))) {
      await change(row.root, (now) => ({
        ...now,
        cafes: now.cafes.flatMap((at) => (at.cafe === cafe ? (to(at) ?? []) : [at])),
      }))
    }
  }
  return {
    rows,
    backups,
    unpins,
    async note(root, at) {
      const noted = (before: BackupAt): BackupAt => ({ ...before, reason: undefined, ...at })
      await change(root, (row) => ({
        ...row,
        cafes: row.cafes.map((before) => (before.cafe === at.cafe ? noted(before) : before)),
      }))
    },
    change,
    adopt: (row, more) =>
      serial(row.root, async () => {
        if (!(await backups.get(row.root))) await rows.commit([backups.put([row.root], row), ...more])
      }),
    strike: (cafe, at) => changeAt(cafe, () => at),
    requeue: (cafe) => changeAt(cafe, (at) => (at.reason === 'UNAUTHORIZED' ? { cafe, state: 'queued' } : at)),
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

/**
 * What is kept about a backup: of which kind it is, its key, its name, and at which cafes it is. The blocks themselves are
 * in the block store.
 */
import type { CID } from 'multiformats/cid'
import type { PeerIdText } from '../core/ids.ts'
import { bytes, count, peerId, text, v } from '../core/schema.ts'
import { createSerial } from '../core/serial.ts'
import { formatFileKey } from '../crypto/file-key.ts'
import { formatKeyMap } from '../crypto/key-map.ts'
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
  /** When it first gave its receipt, after it was last without. */
  since: v.optional(count()),
  /** Audits failed since it last proved it. */
  strikes: v.optional(count()),
})

/**
 * `file`: what a person has added, and is shown. `pack`: blocks of a thread, found from the thread's snapshot. `folder`: the
 * files of one thread block.
 */
export const KINDS = ['file', 'pack', 'folder'] as const
export type BackupKind = (typeof KINDS)[number]

const backupRow = v.strictObject({
  root: text(128),
  /** A file without it: rows are older than kinds. */
  kind: v.optional(v.picklist(KINDS)),
  /** Of an encrypted file. Packs are made of sealed blocks, a folder's files have keys of their own, and a file may be public. */
  key: v.optional(bytes(32, 32)),
  /** Bytes of the file as it was given; of everything else, those of the blocks that came with it. */
  size: count(),
  name: text(512),
  since: count(),
  cafes: v.array(pinAt),
  /** Names its uploads at the cafes, so that each goes on where the one before ended. */
  upload: v.optional(text(64)),
  /** Names of the files in it by which they are known if they are given again (see `same.ts`). */
  same: v.optional(v.array(text(96))),
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
  /** Lists what is not listed, with `more` in the same commit; gives the row as it is then, and nothing is done if there was one. */
  adopt(row: Backup, more: readonly Change[]): Promise<Backup>
  /** Commits what only holds while the root is not listed; nothing happens if it is. */
  unlessListed(root: string, changes: readonly Change[]): Promise<void>
  /** Removes the row; cafes that may have it are to be told. In one commit, with `more`. */
  forget(root: string, cafes: readonly PeerIdText[], more?: readonly Change[]): Promise<void>
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
        const known = await backups.get(row.root)
        if (!known) await rows.commit([backups.put([row.root], row), ...more])
        return known ?? row
      }),
    unlessListed: (root, changes) =>
      serial(root, async () => {
        if (!(await backups.get(root))) await rows.commit(changes)
      }),
    strike: (cafe, at) => changeAt(cafe, () => at),
    requeue: (cafe) => changeAt(cafe, (at) => (at.reason === 'UNAUTHORIZED' ? { cafe, state: 'queued' } : at)),
    forget: (root, cafes, more = []) =>
      serial(root, () =>
        rows.commit([backups.remove(root), ...cafes.map((cafe) => unpins.put([cafe, root], { cafe, root })), ...more]),
      ),
  }
}

export const kindOf = ({ kind = 'file' }: Pick<Backup, 'kind'>): BackupKind => kind

/** Cafes named in a link: asking more at once than this is no faster. */
const MAX_FROM = 4

/**
 * `/ipfs/<cid>/<name>#key=…&from=<cafe>`: all a browser needs; key and cafes are in the fragment, which no server sees. A
 * public file has `/ipfs/<cid>?filename=<name>`, as any gateway understands it.
 */
export function fileLink(
  cid: CID | string,
  { name, key, from }: { name: string; key: Uint8Array | null | undefined; from: readonly PeerIdText[] },
): string {
  const said = [...(key ? [`key=${formatFileKey(key)}`] : []), ...from.slice(0, MAX_FROM).map((cafe) => `from=${cafe}`)]
  const path = key ? `${cid}/${encodeURIComponent(name)}` : `${cid}?filename=${encodeURIComponent(name)}`
  return `/ipfs/${path}${said.length > 0 ? '#' : ''}${said.join('&')}`
}

/**
 * `/ipfs/<directory>/#keys=…&from=<cafe>`: all files of a post at once, with their names and small pictures (see
 * `thread-files.ts` for the directory).
 */
export function entryLink(
  data: CID | string,
  files: readonly {
    readonly key: Uint8Array | null
    readonly thumb?: { readonly key: Uint8Array | null } | undefined
  }[],
  from: readonly PeerIdText[],
): string {
  const text = (key: Uint8Array | null): string => (key ? formatFileKey(key) : '')
  const keys = files.flatMap(({ key, thumb }, i): (readonly [string, string])[] => [
    [`/${i}/raw/`, text(key)],
    ...(thumb ? [[`/${i}/thumb/`, text(thumb.key)] as const] : []),
  ])
  const said = [`keys=${formatKeyMap(new Map(keys))}`, ...from.slice(0, MAX_FROM).map((cafe) => `from=${cafe}`)]
  return `/ipfs/${data}/#${said.join('&')}`
}

/** The link of a file that is a backup of its own. */
export function backupLink({ root, name, key, cafes }: Backup): string {
  const from = cafes.filter(({ state }) => state === 'pinned').map(({ cafe }) => cafe)
  return fileLink(root, { name, key, from })
}

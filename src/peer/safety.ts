/**
 * How safe things are: at how many of the account's cafes, and what stands in the way of the others. Derived from the rows of
 * the backups each time, so it cannot say anything else than they do.
 */
import type { PeerIdText } from '../core/ids.ts'
import type { Backups } from './backup.ts'
import type { Backup, BackupAt } from './backup-row.ts'
import type { Cafes } from './cafes.ts'

export interface Refusal {
  readonly cafe: PeerIdText
  /** An error code. */
  readonly reason: string
  readonly items: number
}

export interface Safety {
  /** Cafes that have all of it: from each of them alone it can be had again. */
  readonly safe: number
  /** Cafes of the account now; those that have not admitted it yet are none. */
  readonly of: number
  /** Files, packs and folders. */
  readonly items: number
  /** Bytes that go on their way by themselves, one time for each cafe that lacks them. */
  readonly pending: number
  /** What cafes have refused, or do not keep: it is tried again when somebody asks for it. */
  readonly failed: readonly Refusal[]
  /** When the last receipt came in that made it as safe as it is, in milliseconds since the epoch; null without any. */
  readonly since: number | null
}

export interface SafetyComponents {
  readonly backups: Pick<Backups, 'all' | 'retryAll'>
  readonly cafes: Pick<Cafes, 'list'>
  /** Blocks of a thread, or of all, that are on their way into a pack: until they are, they are safe nowhere. */
  readonly waiting?: ((thread?: string) => Promise<number>) | undefined
  /** Cafes that have signed for the snapshot of a thread, or for all of them and the record, as they are now; all without it. */
  readonly signed?: ((thread?: string) => Promise<readonly PeerIdText[]>) | undefined
}

/** All of the account without more; one root; or what belongs to one thread: its packs and the folders of its files. */
export interface Group {
  readonly root?: string | undefined
  readonly thread?: string | undefined
}

export interface SafetyView {
  of(group: Group): Promise<Safety>
  /** Queues again what was refused, and what newer cafes lack; tries everything once, and says how it stands then. */
  retry(options: { signal: AbortSignal }): Promise<Safety>
}

export function createSafety({ backups, cafes, waiting = async () => 0, signed }: SafetyComponents): SafetyView {
  const view = async ({ root, thread }: Group): Promise<Safety> => {
    const all = await backups.all()
    const rows = all.filter((row) => isIn(row, root, thread))
    const joined = (await cafes.list()).filter(({ state }) => state !== 'waiting').map(({ cafe }) => cafe)
    if (root !== undefined) return safetyOf(rows, joined)
    return safetyOf(rows, joined, { unpacked: await waiting(thread), signed: await signed?.(thread) })
  }
  return {
    of: view,
    async retry({ signal }) {
      await backups.retryAll({ signal })
      return view({})
    },
  }
}

/** What is kept for a thread has its id as name. */
const isIn = (row: Backup, root: string | undefined, thread: string | undefined): boolean =>
  (root === undefined || row.root === root) &&
  (thread === undefined || (row.name === thread && row.kind !== undefined && row.kind !== 'file'))

export interface Beside {
  /** Blocks that are in none of the rows yet. */
  readonly unpacked?: number
  /** Cafes that have all that is kept beside the rows; all of them without it. */
  readonly signed?: readonly PeerIdText[] | undefined
}

export function safetyOf(
  rows: readonly Backup[],
  joined: readonly PeerIdText[],
  { unpacked = 0, signed = joined }: Beside = {},
): Safety {
  const at = (row: Backup, cafe: PeerIdText): BackupAt =>
    row.cafes.find((one) => one.cafe === cafe) ?? { cafe, state: 'queued' }
  const has = (cafe: PeerIdText): boolean => rows.every((row) => at(row, cafe).state === 'pinned')
  const safe = unpacked > 0 ? [] : joined.filter((cafe) => has(cafe) && signed.includes(cafe))
  const times = safe.flatMap((cafe) => rows.map((row) => timeOf(row, at(row, cafe))))
  const failed = joined.flatMap((cafe) => refusalsOf(rows.map((row) => at(row, cafe))))
  const open = (row: Backup): number =>
    joined.filter((cafe) => ['queued', 'degraded'].includes(at(row, cafe).state)).length
  return {
    ...{ safe: safe.length, of: joined.length, items: rows.length, failed },
    pending: rows.reduce((sum, row) => sum + row.size * open(row), 0),
    since: times.length > 0 ? times.reduce((a, b) => Math.max(a, b)) : null,
  }
}

/** Receipts from before their time was noted. */
const timeOf = ({ since }: Backup, at: BackupAt): number => at.since ?? at.proved ?? since

function refusalsOf(ats: readonly BackupAt[]): Refusal[] {
  const counts = new Map<string, number>()
  const failed = ats.filter(({ state }) => state === 'failed')
  for (const { reason = 'INTERNAL' } of failed) counts.set(reason, (counts.get(reason) ?? 0) + 1)
  const [first] = failed
  return first ? [...counts].map(([reason, items]) => ({ cafe: first.cafe, reason, items })) : []
}

/**
 * How much room there is for slots and drops: what each account may keep, and all together. Room is taken before a commit
 * and given back if that fails, so no two of them can be promised the same bytes.
 */
import { CafeError } from '../../core/errors.ts'
import { CAFE_RECORDS } from '../../core/limits.ts'
import type { Change } from '../../store/rows.ts'
import type { SnapshotStore, UsageRow } from './store.ts'

export interface Bounds {
  /** What is counted, as errors name it. */
  readonly what: 'slots' | 'drops'
  readonly records: number
  readonly bytes: number
  /** And at most this part of the account's quota. */
  readonly share: number
}

/**
 * The usage after a change.
 * @throws CafeError QUOTA {slots | drops} or {needed, free, limit: 'client'} if it grows beyond what the account may keep.
 */
export function grown(
  usage: UsageRow,
  by: { readonly records: number; readonly bytes: number },
  bounds: Bounds & { readonly quota: number },
): UsageRow {
  const after = { records: usage.records + by.records, bytes: usage.bytes + by.bytes }
  if (by.records > 0 && after.records > bounds.records) throw new CafeError('QUOTA', { [bounds.what]: bounds.records })
  const most = Math.min(bounds.bytes, Math.floor(bounds.quota * bounds.share))
  if (by.bytes > 0 && after.bytes > most)
    throw new CafeError('QUOTA', { needed: by.bytes, free: Math.max(0, most - usage.bytes), limit: 'client' })
  return after
}

export interface Room {
  /** Commits changes that take so many bytes more, or less. @throws CafeError QUOTA {needed, free, limit: 'cafe'}. */
  commit(bytes: number, changes: readonly Change[]): Promise<void>
  /** So many bytes are gone, by somebody else's commit. */
  freed(bytes: number): void
  /** Bytes of all slots and drops. */
  readonly used: number
}

/** Counts what the rows say. */
export async function createRoom(store: SnapshotStore, most = CAFE_RECORDS): Promise<Room> {
  const usages = await Promise.all([store.slotUsage.list([]), store.dropUsage.list([])])
  let used = usages.flat().reduce((sum, { row }) => sum + row.bytes, 0)
  return {
    async commit(bytes, changes) {
      if (bytes > 0 && used + bytes > most)
        throw new CafeError('QUOTA', { needed: bytes, free: Math.max(0, most - used), limit: 'cafe' })
      used += bytes
      try {
        await store.rows.commit(changes)
      } catch (error) {
        used -= bytes
        throw error
      }
    },
    freed(bytes) {
      used -= bytes
    },
    get used() {
      return used
    },
  }
}

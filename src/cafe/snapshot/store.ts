/**
 * The cafe's tables about slots and drops. What is known of a record and its body are rows of their own, so that lists and
 * sweeps read no bodies; both are written in one commit. Everything is owner first, but for the two indexes of drops,
 * which are looked up by id and by day.
 */
import { KiB, MAX_DROP_BODY, MAX_RECEIPT, MAX_SLOT_BODY } from '../../core/limits.ts'
import { address, bytes, count, v } from '../../core/schema.ts'
import type { Rows } from '../../store/rows.ts'
import { type Table, table } from '../../store/table.ts'

const time = count()

export const slotRow = v.strictObject({
  seq: count(),
  hash: bytes(32, 32),
  size: count(MAX_SLOT_BODY),
  time,
  /** What was signed for this version: the same again where it is put again. */
  receipt: bytes(MAX_RECEIPT),
  /** The version before, whose body is kept too. */
  before: v.nullable(v.strictObject({ seq: count(), hash: bytes(32, 32), size: count(MAX_SLOT_BODY) })),
})
export const dropRow = v.strictObject({ size: count(MAX_DROP_BODY), time, expires: time })
/** What an account pays: how many, and bytes of bodies. */
export const usageRow = v.strictObject({ records: count(), bytes: count() })

export type SlotRow = v.InferOutput<typeof slotRow>
export type DropRow = v.InferOutput<typeof dropRow>
export type UsageRow = v.InferOutput<typeof usageRow>

export interface SnapshotStore {
  readonly rows: Rows
  /** By account, then slot (hex). */
  readonly slots: Table<SlotRow>
  /** By account, slot, then version. */
  readonly bodies: Table<Uint8Array<ArrayBuffer>>
  /** By account. */
  readonly slotUsage: Table<UsageRow>
  /** By account, then id (hex). */
  readonly drops: Table<DropRow>
  /** By account, then id. */
  readonly left: Table<Uint8Array<ArrayBuffer>>
  /** By account. */
  readonly dropUsage: Table<UsageRow>
  /** By id: whose drop it is. */
  readonly owners: Table<{ account: v.InferOutput<typeof address> }>
  /** By the day a drop ends, then id: what a sweep reads. */
  readonly ends: Table<{ account: v.InferOutput<typeof address> }>
}

export function snapshotStore(rows: Rows): SnapshotStore {
  const owner = v.strictObject({ account: address })
  return {
    rows,
    slots: table(rows, 'slot', slotRow),
    bodies: table(rows, 'slot-body', bytes(MAX_SLOT_BODY), MAX_SLOT_BODY + KiB),
    slotUsage: table(rows, 'slot-usage', usageRow),
    drops: table(rows, 'drop', dropRow),
    left: table(rows, 'drop-body', bytes(MAX_DROP_BODY), MAX_DROP_BODY + KiB),
    dropUsage: table(rows, 'drop-usage', usageRow),
    owners: table(rows, 'drop-owner', owner),
    ends: table(rows, 'drop-end', owner),
  }
}

export const NOTHING: UsageRow = { records: 0, bytes: 0 }

const DAY = 86_400_000
/** The day something ends on, as a part of keys that sorts. */
export const dayOf = (expires: number): string => new Date(Math.floor(expires / DAY) * DAY).toISOString().slice(0, 10)

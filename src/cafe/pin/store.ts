/**
 * The cafe's tables about pins. A reference is `(account, root)`: nobody can unpin another's. Every block that a
 * reference or an unfinished upload needs stands in a list of its holder; lists whose holder is gone are what a
 * collection sweeps. All of it is owner first, and every step of pin, unpin and erase is one commit.
 */
import type { CID } from 'multiformats/cid'
import { cid, count, peerId, v } from '../../core/schema.ts'
import { type ListRow, listPlace, listRow } from '../../store/block-list.ts'
import type { Change, Rows } from '../../store/rows.ts'
import { type Table, table } from '../../store/table.ts'

/**
 * Blocks and bytes are those of the whole DAG below the root. This is the rule of charging: a block is charged to every
 * root that has it, once for each, so what an account pays never depends on what others pin or unpin.
 */
export const pinRow = v.strictObject({
  root: cid,
  blocks: count(),
  bytes: count(),
  since: count(),
  /** To be served to its owner only. */
  private: v.optional(v.boolean()),
})
export const usageRow = v.strictObject({ roots: count(), bytes: count() })

/** An unfinished upload: what it brought is kept until `expires`, and charged. */
export const leaseRow = v.strictObject({
  peer: peerId,
  /** Declared at its beginning: charged while it runs. */
  bytes: count(),
  /** Of the blocks it offered, each once: charged while it does not. */
  offered: count(),
  blocks: count(),
  /** Rows of its list. */
  lists: count(),
  expires: count(),
})

export const roomRow = v.strictObject({
  /** Bytes the cafe may keep in all. */
  budget: count(),
  /** Bytes nobody is charged for any more and that are not collected yet. */
  doomed: count(),
  /** Lists were dropped unswept: only a look at the whole store finds their blocks. */
  unlisted: v.boolean(),
})

export type PinRow = v.InferOutput<typeof pinRow>
export type UsageRow = v.InferOutput<typeof usageRow>
export type LeaseRow = v.InferOutput<typeof leaseRow>
export type RoomRow = v.InferOutput<typeof roomRow>

export interface PinStore {
  readonly rows: Rows
  /** By account, then root (CIDv1 text). */
  readonly pins: Table<PinRow>
  /** By account. */
  readonly usage: Table<UsageRow>
  /** By account, then id of the upload. */
  readonly leases: Table<LeaseRow>
  /** By account, then holder, then place. */
  readonly lists: Table<ListRow>
  /** One row, `me`. */
  readonly room: Table<RoomRow>
}

export function pinStore(rows: Rows): PinStore {
  return {
    rows,
    pins: table(rows, 'pin', pinRow),
    usage: table(rows, 'usage', usageRow),
    leases: table(rows, 'lease', leaseRow),
    lists: table(rows, 'held', listRow),
    room: table(rows, 'room', roomRow),
  }
}

/** Part of a pin's key: v0 and v1 of one CID are one pin. */
export const rootKey = (root: CID): string => root.toV1().toString()

/** Holders of lists: a pinned root, or an unfinished upload. */
export const pinHolder = (root: CID): string => `p${rootKey(root)}`
export const leaseHolder = (id: string): string => `l${id}`

/** Does the reference or upload that vouches for a list still stand? */
export async function isHolding(store: PinStore, account: string, holder: string): Promise<boolean> {
  const vouches = holder.startsWith('p') ? store.pins : store.leases
  return (await vouches.get(account, holder.slice(1))) !== undefined
}

/** Changes that remove a list of `count` rows. */
export const removeLists = (store: PinStore, account: string, holder: string, count: number): Change[] =>
  Array.from({ length: count }, (_, i) => store.lists.remove(account, holder, listPlace(i)))

/** Queue of all that changes what an account has pinned. */
export const accountKey = (account: string): string => `pins/${account}`

export async function usageOf(store: PinStore, account: string): Promise<UsageRow> {
  return (await store.usage.get(account)) ?? { roots: 0, bytes: 0 }
}

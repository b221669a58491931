/** The cafe's tables about pins. A root is kept for each account that pinned it: nobody can unpin another's. */
import type { CID } from 'multiformats/cid'
import type { Address } from '../../core/ids.ts'
import { cid, count, v } from '../../core/schema.ts'
import type { Change, Rows } from '../../store/rows.ts'
import { type Table, table } from '../../store/table.ts'

/** Blocks and bytes are those of the whole DAG below the root: shared blocks are charged to every root that has them. */
export const pinRow = v.strictObject({ root: cid, blocks: count(), bytes: count(), since: count() })
export const usageRow = v.strictObject({ roots: count(), bytes: count() })

export type PinRow = v.InferOutput<typeof pinRow>
export type UsageRow = v.InferOutput<typeof usageRow>

export interface PinStore {
  readonly rows: Rows
  /** By account, then root (CIDv1 text). */
  readonly pins: Table<PinRow>
  /** By account. */
  readonly usage: Table<UsageRow>
}

export function pinStore(rows: Rows): PinStore {
  return { rows, pins: table(rows, 'pin', pinRow), usage: table(rows, 'usage', usageRow) }
}

/** Part of a pin's key: v0 and v1 of one CID are one pin. */
export const rootKey = (root: CID): string => root.toV1().toString()

/** Queue of all that changes what an account has pinned. */
export const usageKey = (account: Address): string => `usage/${account}`

export async function usageOf(store: PinStore, account: Address): Promise<UsageRow> {
  return (await store.usage.get(account)) ?? { roots: 0, bytes: 0 }
}

/** Changes that forget everything an account pinned. The blocks stay until collected. */
export async function erasePins(store: PinStore, account: string): Promise<{ changes: Change[]; roots: number }> {
  const pins = await store.pins.list([account])
  return {
    changes: [...pins.map(({ key }) => store.pins.remove(...key)), store.usage.remove(account)],
    roots: pins.length,
  }
}

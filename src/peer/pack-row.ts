/** What is kept about the packs of threads. Every key begins with the thread. */
import { count, text, v } from '../core/schema.ts'
import type { Rows } from '../store/rows.ts'
import { type Table, table } from '../store/table.ts'

const roots = v.array(text(128))

const packRow = v.strictObject({
  root: text(128),
  /** Blocks in it; 0 if that is not known. */
  count: count(),
  since: count(),
  /** Another device of the account has made it. */
  foreign: v.optional(v.boolean()),
  /** Packs to be released, once all of `by`, which have their blocks, are where they were. */
  old: v.optional(roots),
  by: v.optional(roots),
})
const noted = v.strictObject({})

export type PackRow = v.InferOutput<typeof packRow>

export interface PackTables {
  /** By thread, then root. */
  readonly packs: Table<PackRow>
  /** Blocks that wait to be packed, by thread and CID (as packs name it). */
  readonly fresh: Table<Record<never, never>>
  /** Blocks that are in a pack, likewise. */
  readonly packed: Table<Record<never, never>>
}

export const packTables = (rows: Rows): PackTables => ({
  packs: table(rows, 'pack', packRow),
  fresh: table(rows, 'pack-fresh', noted),
  packed: table(rows, 'pack-block', noted),
})

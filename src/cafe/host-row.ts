/** What the host of a cafe has decided about it beside its rules: its name, and whether it is to be open. */
import { count, name, v } from '../core/schema.ts'
import type { Rows } from '../store/rows.ts'
import { type Table, table } from '../store/table.ts'

export const hostRow = v.strictObject({ name, open: v.boolean(), since: count() })
export type HostRow = v.InferOutput<typeof hostRow>

/** One row, `me`, at whoever has hosted a cafe. */
export const hostTable = (rows: Rows): Table<HostRow> => table(rows, 'host', hostRow)

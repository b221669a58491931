/** Trials as they are kept, and what a collection must know of them: their blocks stay until they are removed, or a day. */
import type { Clock } from '../core/clock.ts'
import { TRIAL_AGE } from '../core/limits.ts'
import { count, text, v } from '../core/schema.ts'
import { listRow, unpackList } from '../store/block-list.ts'
import type { RootSource } from '../store/collect.ts'
import type { Rows } from '../store/rows.ts'
import { type Table, table } from '../store/table.ts'

const trialRow = v.strictObject({
  kind: v.picklist(['file', 'sample']),
  name: text(512),
  size: count(),
  link: text(4096),
  since: count(),
  /** It was removed, and its blocks go with the next collection. */
  gone: v.boolean(),
  ...listRow.entries,
})
export type TrialRow = v.InferOutput<typeof trialRow>

export const trialTable = (rows: Rows): Table<TrialRow> => table(rows, 'trial', trialRow)

export const isOver = ({ gone, since }: TrialRow, now: number): boolean => gone || now - since > TRIAL_AGE

export function trialRoots({ rows, clock }: { readonly rows: Rows; readonly clock: Clock }): RootSource {
  const trials = trialTable(rows)
  return {
    name: 'trials',
    async *lists() {
      for (const { key, row } of await trials.list([])) {
        const blocks = unpackList(row)
        if (!isOver(row, clock())) yield { blocks }
        else yield { doomed: { read: async () => blocks, forget: () => rows.commit([trials.remove(...key)]) } }
      }
    },
  }
}

/** The cafe's table of contact cards: one for each account that has published one. */
import { MAX_CARD, MAX_RECEIPT } from '../../core/limits.ts'
import { bytes, count, v } from '../../core/schema.ts'
import type { Rows } from '../../store/rows.ts'
import { type Table, table } from '../../store/table.ts'

export const cardRow = v.strictObject({
  envelope: bytes(MAX_CARD),
  seq: count(),
  /** When it stops holding; null for a card that says that it was taken back. */
  ends: v.nullable(count()),
  /** What was signed for it: the same again where it is published again. */
  receipt: bytes(MAX_RECEIPT),
})
export type CardRow = v.InferOutput<typeof cardRow>

export interface ContactStore {
  readonly rows: Rows
  /** By account. */
  readonly cards: Table<CardRow>
}

export const contactStore = (rows: Rows): ContactStore => ({ rows, cards: table(rows, 'card', cardRow) })

/** The cafe's table of contact cards: one for each account that has published one. */
import { MAX_CARD, MAX_RECEIPT } from '../../core/limits.ts'
import { bytes, count, text, v } from '../../core/schema.ts'
import { MAX_WORD, MAX_WORDS } from '../../core/words.ts'
import type { Rows } from '../../store/rows.ts'
import { type Table, table } from '../../store/table.ts'
import { handle, visibility } from './card.ts'

export const cardRow = v.strictObject({
  envelope: bytes(MAX_CARD),
  seq: count(),
  /** When it stops holding; null for a card that says that it was taken back. */
  ends: v.nullable(count()),
  /** What was signed for it: the same again where it is published again. */
  receipt: bytes(MAX_RECEIPT),
  /** When this cafe took it; 0 for those that were taken before this was written down. */
  time: v.optional(count(), 0),
  /** Whom it is given to; that of a card without a choice, and of one that was taken back, is `exact`. */
  shown: v.optional(visibility, 'exact'),
  handle: v.optional(v.nullable(handle), null),
  /** The words by which the index finds it: as they were made then, so that just these rows go again. */
  words: v.optional(v.pipe(v.array(text(4 * MAX_WORD)), v.maxLength(2 * MAX_WORDS)), () => []),
})
export type CardRow = v.InferOutput<typeof cardRow>

export interface ContactStore {
  readonly rows: Rows
  /** By account. */
  readonly cards: Table<CardRow>
}

export const contactStore = (rows: Rows): ContactStore => ({ rows, cards: table(rows, 'card', cardRow) })

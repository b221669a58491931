/**
 * The cafe's tables about mail. What is known of a letter and its body are rows of their own, so that counts and sweeps read
 * no bodies; both are written in one commit. There is no row that says who sent a letter, nor by which key it came.
 */
import { KiB, MAX_DEVICES, MAX_DOORS, MAX_LETTER } from '../../core/limits.ts'
import { bytes, count, peerId, v } from '../../core/schema.ts'
import type { Change, Rows } from '../../store/rows.ts'
import { type Table, table } from '../../store/table.ts'
import { doorClass, doorHashes, doorTerms } from './protocol.ts'

const time = count()

export const letterRow = v.strictObject({
  /** Its place in the inbox. */
  seq: count(),
  size: count(MAX_LETTER),
  time,
  expires: time,
  door: doorClass,
  /** Devices of the account that have it. */
  acked: v.pipe(v.array(peerId), v.maxLength(MAX_DEVICES), v.readonly()),
  /** All of them have it: its body is not here any more, and the row is kept so that the letter does not come again. */
  gone: v.optional(v.boolean(), false),
})
export type LetterRow = v.InferOutput<typeof letterRow>

export const mailRow = v.strictObject({ id: bytes(32, 32), body: bytes(MAX_LETTER) })
export type MailRow = v.InferOutput<typeof mailRow>

export const doorsRow = v.strictObject({ ...doorTerms.entries, hashes: doorHashes })
export type DoorsRow = v.InferOutput<typeof doorsRow>

export interface InboxStore {
  readonly rows: Rows
  /** By account, then id (hex). */
  readonly letters: Table<LetterRow>
  /** By account, then place ({@link placeOf}). */
  readonly mail: Table<MailRow>
  /** By account. */
  readonly doors: Table<DoorsRow>
}

export const inboxStore = (rows: Rows): InboxStore => ({
  rows,
  letters: table(rows, 'letter', letterRow),
  mail: table(rows, 'mail', mailRow, MAX_LETTER + KiB),
  doors: table(rows, 'mail-doors', doorsRow, MAX_DOORS * 32 + KiB),
})

/** A place as a part of keys that sorts. */
export const placeOf = (seq: number): string => String(seq).padStart(16, '0')

/** A letter of an account, as its row and the key of that say. */
export interface Found {
  /** Hex. */
  readonly id: string
  readonly row: LetterRow
}

/** Changes after which nothing is known of a letter. */
export const forget = (store: InboxStore, account: string, { id, row }: Found): Change[] => [
  store.letters.remove(account, id),
  ...(row.gone ? [] : [store.mail.remove(account, placeOf(row.seq))]),
]

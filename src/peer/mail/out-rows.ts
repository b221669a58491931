/** Tables of mail on its way: small rows that are all read at a start, and apart from them the bodies, which are not. */
import { MAX_LETTER } from '../../core/limits.ts'
import { bytes, count, peerId, text, v } from '../../core/schema.ts'
import type { Rows } from '../../store/rows.ts'
import { type Table, table } from '../../store/table.ts'
import { MAX_ABOUT, MAX_PARCEL_LETTERS } from './parcel.ts'
import { LETTER_KINDS, MAIL_STATES } from './types.ts'

/** Of each recipient: our line to it, and the next number of everything. */
export const lineRow = v.strictObject({
  line: text(16),
  /** Of letters, as the recipient sees them. */
  next: count(),
  /** Of letters and of parcels, as this device keeps them. */
  q: count(),
  p: count(),
  /** Number of the card that it was last told. */
  card: count(),
})
export type LineRow = v.InferOutput<typeof lineRow>

export const outRow = v.strictObject({
  kind: v.picklist(LETTER_KINDS),
  about: v.optional(text(MAX_ABOUT)),
  replaces: v.optional(text(MAX_ABOUT)),
  written: count(),
  ends: count(),
  size: count(),
  /** Its number; 0 until it is in a parcel. */
  n: count(),
  /** The parcel it is in; 0 if it is in none, or has to go into another. */
  p: count(),
})
export type OutRow = v.InferOutput<typeof outRow>

/** A cafe that has signed for a parcel, or a device that has taken it. */
export const placedRow = v.strictObject({
  at: peerId,
  direct: v.boolean(),
  /** Storage epoch of the cafe. */
  epoch: count(),
  until: count(),
  time: count(),
})
export type Placed = v.InferOutput<typeof placedRow>

/** Cafes of a card, and as many devices, twice over: those that were and those that are. */
const MAX_PLACES = 64

export const parcelRow = v.strictObject({
  /** Letters of it that are not known to have arrived: by `q`. None in one that only says what has come. */
  qs: v.pipe(v.array(count()), v.maxLength(MAX_PARCEL_LETTERS)),
  notes: v.boolean(),
  size: count(),
  made: count(),
  ends: count(),
  at: v.pipe(v.array(placedRow), v.maxLength(MAX_PLACES)),
})
export type ParcelRow = v.InferOutput<typeof parcelRow>
export const atMost = (at: readonly Placed[]): Placed[] => at.slice(-MAX_PLACES)

/** How a letter has ended. */
export const endedRow = v.strictObject({
  about: text(MAX_ABOUT),
  state: v.picklist(MAIL_STATES),
  cafes: v.array(peerId),
  since: count(),
})
export type EndedRow = v.InferOutput<typeof endedRow>

const bodyRow = v.strictObject({ body: v.unknown() })
const sealedRow = v.strictObject({ sealed: bytes(MAX_LETTER) })
/** The largest of each, with what is around it. */
const LARGE = MAX_LETTER + 1024

export interface OutStore {
  readonly rows: Rows
  readonly lines: Table<LineRow>
  readonly letters: Table<OutRow>
  readonly bodies: Table<v.InferOutput<typeof bodyRow>>
  readonly parcels: Table<ParcelRow>
  readonly sealed: Table<v.InferOutput<typeof sealedRow>>
  /** By hash of what the letter was about, then recipient. */
  readonly ended: Table<EndedRow>
}

export const outStore = (rows: Rows): OutStore => ({
  rows,
  lines: table(rows, 'letter-line', lineRow),
  letters: table(rows, 'letter-out', outRow),
  bodies: table(rows, 'letter-body', bodyRow, LARGE),
  parcels: table(rows, 'letter-parcel', parcelRow),
  sealed: table(rows, 'letter-sealed', sealedRow, LARGE),
  ended: table(rows, 'letter-ended', endedRow),
})

/** The cafe's tables about pins that it forwards to a pinning service. */
import { cid, count, text, v } from '../../core/schema.ts'
import type { Rows } from '../../store/rows.ts'
import { type Table, table } from '../../store/table.ts'
import { errorCode } from './protocol.ts'

/** Where to: one row, `me`. The token lies here as it must be sent; it is shown to nobody. */
export const forwardRow = v.strictObject({ endpoint: text(512), token: text(4096), since: count() })

/** One pin of the service, by root (CIDv1 text): several accounts' pins of one root are one there. */
export const forwardedRow = v.strictObject({
  root: cid,
  /** `queued`: to be asked for; `sent`: asked for; `removing`: nobody has it pinned here any more. */
  state: v.picklist(['queued', 'sent', 'pinned', 'failed', 'removing']),
  requestid: v.nullable(text(256)),
  /** Attempts in a row that have failed, when the next is made, and why the last one did. */
  tries: count(),
  next: count(),
  reason: v.optional(errorCode),
  changed: count(),
})

export type ForwardRow = v.InferOutput<typeof forwardRow>
export type ForwardedRow = v.InferOutput<typeof forwardedRow>

export interface ForwardStore {
  readonly rows: Rows
  readonly to: Table<ForwardRow>
  readonly forwarded: Table<ForwardedRow>
}

export const forwardStore = (rows: Rows): ForwardStore => ({
  rows,
  to: table(rows, 'forward-to', forwardRow),
  forwarded: table(rows, 'forwarded', forwardedRow),
})

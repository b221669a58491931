/**
 * What is known about a pin beside the reference itself: what its owner says of it, how the fetching stands, whether it is
 * damaged. A pin may have none. The rows go with the pin, and with the account.
 */
import type { CID } from 'multiformats/cid'
import { MAX_ORIGINS, MAX_SEALED } from '../../core/limits.ts'
import { bytes, cid, count, peerId, v } from '../../core/schema.ts'
import type { Change, Rows } from '../../store/rows.ts'
import { type Table, table } from '../../store/table.ts'
import type { PinStatus } from './pin-status.ts'
import { errorCode, openMeta, openName, origin, pinState } from './protocol.ts'
import { type PinRow, rootKey } from './store.ts'

const noteRow = v.strictObject({
  root: cid,
  /** The device that asked, and what its account may pin. */
  peer: peerId,
  quota: count(),
  state: pinState,
  reason: v.optional(errorCode),
  created: count(),
  changed: count(),
  name: v.optional(openName),
  meta: v.optional(openMeta),
  sealed: v.optional(bytes(MAX_SEALED)),
  origins: v.pipe(v.array(origin), v.maxLength(MAX_ORIGINS)),
})
/** Waits to be fetched, not before `next`; `tries` have not reached an origin. */
const dueRow = v.strictObject({ next: count(), tries: count() })

export type NoteRow = v.InferOutput<typeof noteRow>
export type DueRow = v.InferOutput<typeof dueRow>

export interface NoteStore {
  readonly rows: Rows
  /** By account, then root (CIDv1 text). */
  readonly notes: Table<NoteRow>
  /** The same keys: those of the notes that are `queued` or `pinning`. */
  readonly due: Table<DueRow>
}

export const noteStore = (rows: Rows): NoteStore => ({
  rows,
  notes: table(rows, 'pin-note', noteRow),
  due: table(rows, 'pin-due', dueRow),
})

/** Changes that forget all notes of an account. */
export async function eraseNotes({ notes, due }: NoteStore, account: string): Promise<Change[]> {
  const [noted, waiting] = await Promise.all([notes.list([account]), due.list([account])])
  return [...noted.map(({ key }) => notes.remove(...key)), ...waiting.map(({ key }) => due.remove(...key))]
}

/** How it stands with a root of which a reference, a note or both are there. */
export function statusOf(
  root: CID,
  pin: PinRow | undefined,
  note: NoteRow | undefined,
  soFar: { readonly blocks: number; readonly bytes: number } = { blocks: 0, bytes: 0 },
): PinStatus {
  const { blocks, bytes } = pin ?? soFar
  const created = note?.created ?? pin?.since ?? 0
  const said = note?.state ?? 'pinned'
  // The note is written after the reference, and goes before it.
  const isGone = said === 'pinned' && !pin
  const reason = isGone ? 'NOT_FOUND' : note?.reason
  return {
    id: rootKey(root),
    root,
    state: isGone ? 'failed' : said,
    ...(reason === undefined ? {} : { reason }),
    created,
    changed: Math.max(created, pin?.since ?? 0, note?.changed ?? 0),
    blocks,
    bytes,
    ...(note?.name === undefined ? {} : { name: note.name }),
    ...(note?.meta === undefined ? {} : { meta: note.meta }),
    ...(note?.sealed === undefined ? {} : { sealed: note.sealed }),
    origins: note?.origins ?? [],
  }
}

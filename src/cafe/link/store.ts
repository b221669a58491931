/**
 * The cafe's tables about sealed links: a link is one row with what was opened lately in it, so that an opening is decided and
 * counted in one commit. Owner first, but for the two indexes, which are looked up by id and by day.
 */
import { ATTEMPT_TTL, KiB, LINK_KEPT, MAX_LINK_BODY, MAX_LINK_NOTE, OPENINGS_OF_LINK } from '../../core/limits.ts'
import { address, bytes, count, v } from '../../core/schema.ts'
import type { Change, Rows } from '../../store/rows.ts'
import { type Table, table } from '../../store/table.ts'

/** What the pace of openings lets through in the time that attempts are remembered. */
export const MAX_ATTEMPTS = OPENINGS_OF_LINK.burst + Math.ceil(ATTEMPT_TTL / OPENINGS_OF_LINK.every) + 1
/** With its name and time as stored. */
const ATTEMPT_BYTES = 48

export const linkRow = v.strictObject({
  seq: count(),
  expires: v.nullable(count()),
  openings: v.nullable(count()),
  proof: bytes(32, 32),
  /** Empty once it is revoked. */
  body: bytes(MAX_LINK_BODY),
  note: bytes(MAX_LINK_NOTE),
  opened: count(),
  last: v.nullable(count()),
  revoked: v.nullable(count()),
  /** When it was put here first. */
  made: count(),
  attempts: v.pipe(v.array(v.strictObject({ id: bytes(16, 16), at: count() })), v.maxLength(MAX_ATTEMPTS)),
})
export type LinkRow = v.InferOutput<typeof linkRow>

const owner = v.strictObject({ account: address })
type Owner = v.InferOutput<typeof owner>

export interface LinkStore {
  readonly rows: Rows
  /** By account, then id (hex). */
  readonly links: Table<LinkRow>
  /** By account: how many. */
  readonly usage: Table<{ links: number }>
  /** By id: whose it is. */
  readonly owners: Table<Owner>
  /** By the day on which a link is to be forgotten, then id: what a sweep reads. */
  readonly ends: Table<Owner>
}

export function linkStore(rows: Rows): LinkStore {
  const limit = MAX_LINK_BODY + MAX_LINK_NOTE + MAX_ATTEMPTS * ATTEMPT_BYTES + KiB
  return {
    rows,
    links: table(rows, 'link', linkRow, limit),
    usage: table(rows, 'link-usage', v.strictObject({ links: count() })),
    owners: table(rows, 'link-owner', owner),
    ends: table(rows, 'link-end', owner),
  }
}

/** When it ended or will end, as far as is known; undefined for one that goes on. */
export function endOf({ revoked, expires, openings, opened, last, made }: LinkRow): number | undefined {
  if (revoked !== null) return revoked
  if (openings !== null && opened >= openings) return Math.min(last ?? made, expires ?? Number.MAX_SAFE_INTEGER)
  return expires ?? undefined
}

/** Does it open at this time? */
export const isLive = (row: LinkRow, now: number): boolean => {
  const end = endOf(row)
  return end === undefined || (end > now && row.revoked === null && (row.openings ?? Infinity) > row.opened)
}

const DAY = 86_400_000
/** The day of a time, as a part of keys that sorts. */
export const dayOf = (time: number): string => new Date(Math.floor(time / DAY) * DAY).toISOString().slice(0, 10)

/** Latest time that a day can be written of. */
const LAST_DAY = Date.UTC(9999, 0, 1)

/** The day after which it is forgotten. */
export function forgetOn(row: LinkRow): string | undefined {
  const end = endOf(row)
  return end === undefined ? undefined : dayOf(Math.min(end + LINK_KEPT, LAST_DAY))
}

/** The changes from one state of a link to the next; either may be none. */
export function rowChanges(
  store: LinkStore,
  account: Owner['account'],
  id: string,
  before: LinkRow | undefined,
  after: LinkRow | undefined,
): Change[] {
  const [was, is] = [before && forgetOn(before), after && forgetOn(after)]
  return [
    ...(was !== undefined && was !== is ? [store.ends.remove(was, id)] : []),
    ...(is !== undefined && was !== is ? [store.ends.put([is, id], { account })] : []),
    after ? store.links.put([account, id], after) : store.links.remove(account, id),
    ...(after && !before ? [store.owners.put([id], { account })] : []),
    ...(after ? [] : [store.owners.remove(id)]),
  ]
}

/** What a client of the Pinning Service API sends: pins to be made, filters of a list. Everything closed and bounded. */
import type { CID } from 'multiformats/cid'
import { parseCid } from '../../core/block.ts'
import { CafeError } from '../../core/errors.ts'
import { MAX_ORIGINS } from '../../core/limits.ts'
import { count, parse, text, v } from '../../core/schema.ts'
import type { PinAsk } from './pin-status.ts'
import { openMeta } from './protocol.ts'
import { rootKey } from './store.ts'

/** UTF-16 units of a pin's name, as the API has it. */
const MAX_PIN_NAME = 255
/** Rows of one page, as the API has it; and without `limit`. */
export const MAX_RESULTS = 1000
const RESULTS = 10
/** CIDs to filter by, as the API has it. */
const MAX_FILTER_CIDS = 10

export const STATUSES = ['queued', 'pinning', 'pinned', 'failed'] as const
export type PsaStatus = (typeof STATUSES)[number]

const MATCHES = ['exact', 'iexact', 'partial', 'ipartial'] as const
type Match = (typeof MATCHES)[number]

/** An array is a record to valibot. */
const meta = v.pipe(
  v.custom<Record<string, string>>((value) => !Array.isArray(value)),
  openMeta,
)

/** A pin request’s body. */
export const pinSchema = v.strictObject({
  cid: text(256),
  name: v.optional(text(MAX_PIN_NAME)),
  origins: v.optional(v.pipe(v.array(v.pipe(text(512), v.startsWith('/'))), v.maxLength(MAX_ORIGINS))),
  meta: v.optional(meta),
})

const WITH_PEER = /\/p2p\/12D3KooW[1-9A-HJ-NP-Za-km-z]{44}$/

/**
 * A pin request's body. Origins are hints: those that name no peer that this cafe could prove are left out.
 * @throws CafeError BAD_REQUEST with the place, or {what: 'cid'}.
 */
export function parsePin(body: unknown): PinAsk {
  const { cid, name, origins = [], meta } = parse(pinSchema, body)
  const usable = [...new Set(origins)].filter((origin) => WITH_PEER.test(origin))
  return { root: parseCid(cid), origins: usable, name, meta }
}

export interface PinQuery {
  /** Keys of roots; any without. */
  readonly roots: ReadonlySet<string> | undefined
  readonly statuses: ReadonlySet<PsaStatus> | undefined
  /** Milliseconds since the epoch, both exclusive. */
  readonly before: number
  readonly after: number
  readonly limit: number
  matches(name: string | undefined, meta: Readonly<Record<string, string>> | undefined): boolean
}

/**
 * The filters of a list. Without `status` it is of pins that are pinned, unless it asks for certain ones (by cid, name or
 * meta): who looks for one wants to know how it stands. Parameters that the API does not have mean nothing.
 * @throws CafeError BAD_REQUEST {at}.
 */
export function parseQuery(params: URLSearchParams): PinQuery {
  const cids = listOf(params, 'cid', MAX_FILTER_CIDS)
  const statuses = listOf(params, 'status', STATUSES.length)?.map((one) => pick(STATUSES, one, 'status'))
  const name = params.get('name') ?? undefined
  if (name !== undefined && name.length > MAX_PIN_NAME) throw new CafeError('BAD_REQUEST', { at: 'name' })
  const match = pick(MATCHES, params.get('match') ?? 'exact', 'match')
  const wanted = metaOf(params.get('meta'))
  const certain = cids !== undefined || name !== undefined || wanted !== undefined
  const byName = name === undefined ? () => true : nameMatcher(name, match)
  const entries = Object.entries(wanted ?? {})
  return {
    roots: cids && new Set(cids.map((one) => rootKey(filterCid(one)))),
    statuses: statuses ? new Set(statuses) : certain ? undefined : new Set(['pinned']),
    before: timeOf(params, 'before') ?? Number.POSITIVE_INFINITY,
    after: timeOf(params, 'after') ?? Number.NEGATIVE_INFINITY,
    limit: limitOf(params.get('limit')),
    matches: (given, meta) => byName(given) && entries.every(([key, value]) => meta?.[key] === value),
  }
}

/** Texts of a parameter that is given several times, or once with commas: clients do either. */
function listOf(params: URLSearchParams, at: string, max: number): string[] | undefined {
  const all = params.getAll(at).flatMap((value) => value.split(','))
  if (all.length === 0) return undefined
  if (all.length > max || all.includes('')) throw new CafeError('BAD_REQUEST', { at })
  return all
}

function pick<T extends string>(all: readonly T[], value: string, at: string): T {
  const found = all.find((one) => one === value)
  if (found === undefined) throw new CafeError('BAD_REQUEST', { at })
  return found
}

function filterCid(value: string): CID {
  try {
    return parseCid(value)
  } catch (cause) {
    throw new CafeError('BAD_REQUEST', { at: 'cid' }, { cause })
  }
}

function limitOf(value: string | null): number {
  if (value === null) return RESULTS
  const limit = /^\d{1,4}$/.test(value) ? Number(value) : 0
  if (!v.is(count(MAX_RESULTS, 1), limit)) throw new CafeError('BAD_REQUEST', { at: 'limit' })
  return limit
}

/** RFC 3339, with any fraction and offset; what is below a millisecond does not count. */
const TIME = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)$/

function timeOf(params: URLSearchParams, at: string): number | undefined {
  const value = params.get(at)
  if (value === null) return undefined
  const time = TIME.test(value) ? Date.parse(value.toUpperCase().replace(' ', 'T')) : Number.NaN
  if (Number.isNaN(time)) throw new CafeError('BAD_REQUEST', { at })
  return time
}

function metaOf(value: string | null): Record<string, string> | undefined {
  if (value === null) return undefined
  try {
    return parse(meta, JSON.parse(value))
  } catch (cause) {
    throw new CafeError('BAD_REQUEST', { at: 'meta' }, { cause })
  }
}

function nameMatcher(wanted: string, match: Match): (name: string | undefined) => boolean {
  const lower = wanted.toLowerCase()
  const rules: Record<Match, (name: string) => boolean> = {
    exact: (name) => name === wanted,
    iexact: (name) => name.toLowerCase() === lower,
    partial: (name) => name.includes(wanted),
    ipartial: (name) => name.toLowerCase().includes(lower),
  }
  return (name) => name !== undefined && rules[match](name)
}

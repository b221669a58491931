/**
 * The form of a conformance case: one request and what must be true of the answer. The cases restate, in our own words,
 * what the specifications of HTTP gateways say (https://specs.ipfs.tech/http-gateways/: path, trustless, subdomain and
 * web-redirects-file) for the archives of the public conformance suite, release 0.13.2; how a listing looks is no fact,
 * where its links lead is. Whatever checks them, in Node or through a browser, sees only {@link Seen}.
 */
import { text, v } from '../../src/core/schema.ts'

const GROUPS = [
  'unixfs',
  'ipns-cache',
  'range',
  'dag',
  'dag-ipns',
  'ipns',
  'raw',
  'tar',
  'block',
  'car',
  'car-optional',
  'record',
  'subdomain-ipfs',
  'subdomain-ipns',
  'redirects',
] as const

/** Archives of the suite, by path without `.car`, and records of names. */
const fixture = v.pipe(text(64), v.regex(/^[\w/-]+$/))
const cid = v.pipe(text(128), v.regex(/^(Qm[1-9A-HJ-NP-Za-km-z]{44}|b[a-z2-7]{8,120})$/))
const path = v.pipe(text(512), v.startsWith('/'))
const span = v.pipe(v.tuple([v.number(), v.number()]), v.readonly())
const list = <T extends v.GenericSchema>(item: T, max = 400) => v.pipe(v.array(item), v.maxLength(max), v.readonly())

/** A block of a CAR, or all shards of a directory below its root, depth first. */
const carEntry = v.union([cid, v.strictObject({ shardsOf: cid })])

/** About one header: exactly this, or nothing; not there (null); there; has all of these in it, or none; a pattern. */
const header = v.union([
  text(512),
  v.null(),
  v.literal(true),
  v.strictObject({ nothingOr: text(256) }),
  v.strictObject({ has: list(text(256), 8) }),
  v.strictObject({ lacks: list(text(256), 8) }),
  v.strictObject({ matches: text(256) }),
])

/** About the body: each says all there is to be true. */
const body = v.union([
  v.strictObject({ text: text(512) }),
  v.strictObject({ contains: list(text(256), 8), lacks: v.optional(list(text(256), 8)) }),
  v.strictObject({ json: v.unknown() }),
  /** Bytes of a block, all or from `span[0]` to `span[1]`, both included as in `Range`. */
  v.strictObject({ block: cid, span: v.optional(span) }),
  /** A `multipart/byteranges` with exactly these parts of a block, in this order, each of this type. */
  v.strictObject({ partsOf: cid, type: text(64), spans: list(span, 8) }),
  /** A CARv1 with these blocks: nothing else if `exactly`, in this order if `ordered`. */
  v.strictObject({ car: v.strictObject({ blocks: list(carEntry, 32), exactly: v.boolean(), ordered: v.boolean() }) }),
  v.strictObject({ tar: list(v.strictObject({ path: text(256), text: v.optional(text(256)) }), 8) }),
  /** Where links of a page lead, as paths below the origin (or whole URLs for other origins). */
  v.strictObject({ linksTo: list(text(512), 8), notTo: v.optional(list(text(512), 8)) }),
  /** The same bytes as the answer to another request. */
  v.strictObject({ sameAs: path }),
  /** A valid record of this name that leads to `value`. */
  v.strictObject({ record: text(64), value: text(128) }),
])

const conformanceCase = v.strictObject({
  group: v.picklist(GROUPS),
  name: text(160),
  fixture,
  request: v.strictObject({
    method: v.optional(v.picklist(['GET', 'HEAD', 'OPTIONS'])),
    /** Of a gateway of subdomains; without it a gateway of paths is asked. */
    host: v.optional(text(256)),
    path,
    headers: v.optional(v.record(text(64), text(256))),
    /** Sends the entity tag that this path has, weakened if so, as `If-None-Match`. */
    tagOf: v.optional(v.strictObject({ path, weak: v.boolean() })),
  }),
  expect: v.strictObject({
    /** One of these. */
    status: v.optional(v.union([v.number(), list(v.number(), 8)])),
    headers: v.optional(v.record(text(64), header)),
    body: v.optional(body),
  }),
})

export const caseTable = v.pipe(v.array(conformanceCase), v.maxLength(400))
export type Case = v.InferOutput<typeof conformanceCase>
export type Group = Case['group']
export type Facts = Case['expect']
export type HeaderFact = v.InferOutput<typeof header>
export type BodyFact = v.InferOutput<typeof body>

/** An answer as a runner saw it. */
export interface Seen {
  readonly status: number
  readonly headers: Headers
  readonly body: Uint8Array<ArrayBuffer>
}

/** A case without its group and archive, which the cases of a file share. */
export type Row = Pick<Case, 'name' | 'request' | 'expect'>

/** Cases of one group over one archive. */
export const casesOf = (group: Group, fixture: string, rows: readonly Row[]): Case[] =>
  rows.map((row) => ({ group, fixture, ...row }))

export const PERMANENT = 'public, max-age=29030400, immutable'
export const LISTED = 'public, max-age=604800, stale-while-revalidate=2678400'

/** Twenty thousand requests that nobody would send, at a real cafe: each gets an answer that is one, and nothing breaks. */
import fc from 'fast-check'
import { CID as Cid } from 'multiformats/cid'
import { beforeAll, expect, it } from 'vitest'
import { contactProtocol } from '../../src/cafe/contact/protocol.ts'
import { pinProtocol } from '../../src/cafe/pin/protocol.ts'
import { sessionProtocol } from '../../src/cafe/session/protocol.ts'
import { snapshotProtocol } from '../../src/cafe/snapshot/protocol.ts'
import { encode } from '../../src/core/codec.ts'
import { ERRORS, isErrorCode } from '../../src/core/errors.ts'
import { STREAMS_PER_PEER } from '../../src/core/limits.ts'
import { cborFormat, frameReader, jsonFormat } from '../../src/wire/http-frames.ts'
import type { CafeNode } from './fixture.ts'
import { newCafe, newClient } from './pin-fixture.ts'

const RUNS = 20_000
/** What one client may ask at once. */
const BATCH = STREAMS_PER_PEER
const LINK = Cid.parse('bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy')
const CID = LINK.toString()

let cafe: CafeNode
let bearer: string
let session: string
beforeAll(async () => {
  cafe = await newCafe()
  const guest = await newClient(cafe)
  const wish = { label: 'fuzz', scopes: ['pin', 'snapshot', 'contact'] } as const
  bearer = (await guest.peer.bearers.grant(cafe.at.cafe, wish, { signal: AbortSignal.timeout(10_000) })).text
  session = await guest.access(cafe)
})

interface Sent {
  readonly method: string
  readonly path: string
  readonly headers: Record<string, string>
  readonly body: Uint8Array<ArrayBuffer>
  /** The body comes in pieces of this size, and fails after so many of them. */
  readonly piece: number
  readonly failsAfter: number
}

const { constantFrom, oneof, record, array, string, integer } = fc
const services = [pinProtocol, sessionProtocol, snapshotProtocol, contactProtocol]
const operations = services.flatMap(({ name, operations }) => Object.keys(operations).map((op) => `/${name}/${op}`))

const path = oneof(
  { weight: 12, arbitrary: constantFrom(...operations) },
  { weight: 8, arbitrary: constantFrom('/pins', `/pins/${CID}`) },
  { weight: 2, arbitrary: constantFrom('/pins', `/pins/${CID}`, '/pins/', '/pins/x', '/pins/%', `/pins/${CID}/x`) },
  constantFrom(
    '/',
    '//',
    '/pin',
    '/pin/',
    '/pin/list/',
    '/pin/list/x',
    '//pin/list',
    '/pin/../pins',
    '/%70in/list',
    '/pin/%00',
  ),
  array(oneof(constantFrom('pin', 'pins', 'list', 'session', '..', '__proto__', 'constructor', '%2f', CID), string()), {
    maxLength: 5,
  }).map((parts) => `/${parts.map((part) => part.replaceAll(/[?#]/g, '')).join('/')}`),
)
const query = oneof(
  fc.constant(''),
  array(
    record({
      key: constantFrom('cid', 'name', 'match', 'status', 'before', 'after', 'limit', 'meta', 'x'),
      value: oneof(
        constantFrom(
          CID,
          'pinned',
          'queued,failed',
          'iexact',
          '5',
          '2030-01-01T00:00:00Z',
          '{"a":"b"}',
          '[',
          '-1',
          '99999999999',
        ),
        string({ unit: 'binary' }),
      ),
    }),
    { maxLength: 4 },
  ).map((all) => `?${all.map(({ key, value }) => `${key}=${encodeURIComponent(value.toWellFormed())}`).join('&')}`),
)

/** Values that some operation takes, and such that none does. */
const value = oneof(
  constantFrom<unknown>(
    {},
    { limit: 5 },
    { bytes: 10 },
    { id: CID },
    { cid: CID },
    { cid: CID, name: 'x', meta: { a: 'b' } },
    { slot: new Uint8Array(16) },
    { slot: new Uint8Array(16), expect: 1 },
    { slot: new Uint8Array(16), expect: 0, seq: 1, hash: new Uint8Array(32), size: 256 },
    { drop: new Uint8Array(16) },
    { drop: new Uint8Array(16), size: 256 },
    { drops: [new Uint8Array(16)] },
    { envelope: new Uint8Array(300) },
  ),
  constantFrom<unknown>(
    { offer: [] },
    { block: 0, bytes: new Uint8Array(3) },
    { end: true },
    { car: new Uint8Array(9) },
    { body: new Uint8Array(256) },
    null,
  ),
  fc.jsonValue({ maxDepth: 4 }),
)
const values = oneof(
  value.map((one) => [one]),
  array(value, { minLength: 1, maxLength: 4 }),
)
const join = (parts: readonly Uint8Array[]) => new Uint8Array(Buffer.concat(parts))
const well = (values: readonly unknown[], { encode: frame }: typeof jsonFormat) => {
  try {
    return join(values.map((value) => frame(value)))
  } catch {
    return encode('what cannot be written')
  }
}
const body = oneof(
  { weight: 4, arbitrary: values.map((all) => well(all, jsonFormat)) },
  { weight: 3, arbitrary: values.map((all) => well(all, cborFormat)) },
  { weight: 2, arbitrary: fc.jsonValue().map((json) => new Uint8Array(Buffer.from(JSON.stringify(json)))) },
  fc.uint8Array({ maxLength: 300 }).map((bytes) => new Uint8Array(bytes)),
  constantFrom(new Uint8Array(0), new Uint8Array(Buffer.from('['.repeat(5000))), new Uint8Array(200_000).fill(0x20)),
)
/** A body in which some octets are others, or which is cut. */
const damaged = record({ body, at: integer({ min: 0, max: 400 }), to: integer({ min: -1, max: 255 }) }).map(
  ({ body, at, to }) => {
    if (at >= body.byteLength) return body
    if (to === -1) return body.slice(0, at)
    return body.map((octet, i) => (i === at ? to : octet))
  },
)

const header = string({ unit: constantFrom(...' !"#$%&()*+,-./0Aa:;<=>?@[]^_`{|}~é') })
const types = [
  jsonFormat.type,
  cborFormat.type,
  'application/json',
  'text/html',
  '*/*',
  `${cborFormat.type};q=0.5, */*`,
]
/** Mostly such that the request comes through the door: what is behind it is to be met too. */
const headers = record({
  'content-type': oneof(
    { weight: 10, arbitrary: constantFrom(jsonFormat.type) },
    { weight: 5, arbitrary: constantFrom(cborFormat.type) },
    constantFrom(...types, undefined),
    header,
  ),
  accept: oneof(
    { weight: 8, arbitrary: constantFrom(undefined, jsonFormat.type, '*/*') },
    constantFrom(...types),
    header,
  ),
  authorization: oneof(
    { weight: 12, arbitrary: constantFrom('bearer') },
    constantFrom('session', 'Bearer', 'Bearer  x', 'Basic eDp5', undefined),
    header,
  ),
}).map((all) => {
  const given = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined)
  return Object.fromEntries(given)
})

const requests = record<Sent>({
  method: oneof(
    { weight: 8, arbitrary: fc.constant('POST') },
    constantFrom('GET', 'DELETE', 'PUT', 'OPTIONS', 'PATCH', 'X'),
  ),
  path: record({ path, query }).map(({ path, query }) => path + query),
  headers,
  body: oneof({ weight: 2, arbitrary: body }, damaged),
  piece: constantFrom(1, 7, 100_000),
  failsAfter: oneof({ weight: 5, arbitrary: fc.constant(Number.POSITIVE_INFINITY) }, integer({ min: 0, max: 5 })),
})

function streamOf({ body, piece, failsAfter }: Sent): ReadableStream<Uint8Array> {
  let sent = 0
  return new ReadableStream({
    pull(controller) {
      const at = sent * Math.max(piece, Math.ceil(body.byteLength / 500))
      if (sent++ >= failsAfter) controller.error(new Error('the caller broke off'))
      else if (at >= body.byteLength) controller.close()
      else controller.enqueue(body.slice(at, at + Math.max(piece, Math.ceil(body.byteLength / 500))))
    },
  })
}

function requestOf(sent: Sent): Request | undefined {
  const { authorization, ...rest } = sent.headers
  const known: Record<string, string> = { bearer: `Bearer ${bearer}`, session: `Bearer ${session}` }
  const headers = authorization === undefined ? rest : { ...rest, authorization: known[authorization] ?? authorization }
  const bodiless = sent.method === 'GET'
  try {
    const init = { method: sent.method, headers, ...(bodiless ? {} : { body: streamOf(sent), duplex: 'half' }) }
    return new Request(`http://cafe.test${sent.path}`, init as RequestInit)
  } catch {
    return undefined // not even a request
  }
}

/** Reads an answer and says what is wrong with it, if anything. */
async function flawOf(sent: Sent, request: Request, seen: Map<number, number>): Promise<string | undefined> {
  const stop = new AbortController()
  // Some operations go on until the caller leaves.
  const patience = setTimeout(() => stop.abort(), 500)
  try {
    const response = await cafe.cafe.fetch(request, { signal: stop.signal })
    const { status, headers } = response
    seen.set(status, (seen.get(status) ?? 0) + 1)
    if (headers.get('x-content-type-options') !== 'nosniff') return 'no nosniff'
    if (headers.get('cache-control') !== 'no-store') return 'no no-store'
    if (status === 500) return 'an internal failure'
    if (sent.method === 'OPTIONS') return status === 204 ? undefined : 'no preflight'
    if (status === 202 && sent.method === 'DELETE') return undefined
    const type = headers.get('content-type')
    if (type === 'application/json') return flawOfPsa(status, await response.json())
    const format = [jsonFormat, cborFormat].find((one) => one.type === type)
    return format ? await flawOfFrames(response, format) : `type ${type}`
  } finally {
    clearTimeout(patience)
    stop.abort()
  }
}

function flawOfPsa(status: number, body: { error?: { reason?: unknown } }): string | undefined {
  if (status === 200 || status === 202) return body.error ? 'a failure with a good status' : undefined
  return typeof body.error?.reason === 'string' ? undefined : 'no failure'
}

async function flawOfFrames(response: Response, format: typeof jsonFormat): Promise<string | undefined> {
  const reader = frameReader(response.body as ReadableStream<Uint8Array<ArrayBuffer>>, format)
  for (let n = 0; ; n++) {
    let frame: unknown
    try {
      frame = await reader.read({ signal: AbortSignal.timeout(20_000), limit: 3_000_000 })
    } catch {
      return n > 0 ? undefined : 'no frame' // we stopped listening
    }
    const { item, ok, err } = frame as { item?: unknown; ok?: unknown; err?: unknown }
    if (ok !== undefined) return response.status === 200 ? undefined : 'a receipt with a bad status'
    if (err === undefined) {
      if (item === undefined) return 'neither item nor end'
      continue
    }
    if (!isErrorCode(err) || err === 'INTERNAL') return `error ${String(err)}`
    const own = [404, 405, 406, 415, ERRORS[err].status]
    return n === 0 && !own.includes(response.status) ? `${err} with status ${response.status}` : undefined
  }
}

it(`answers ${RUNS} requests, each as it must`, { timeout: 600_000 }, async () => {
  const seed = Number(process.env['FUZZ_SEED'] ?? Date.now())
  const all = fc.sample(requests, { numRuns: RUNS, seed })
  const seen = new Map<number, number>()
  let asked = 0
  for (let from = 0; from < all.length; from += BATCH) {
    await Promise.all(
      all.slice(from, from + BATCH).map(async (sent) => {
        const request = requestOf(sent)
        if (!request) return
        asked += 1
        const flaw = await flawOf(sent, request, seen)
        if (flaw !== undefined)
          throw new Error(
            `${flaw}: ${JSON.stringify({ ...sent, body: Buffer.from(sent.body).toString('base64').slice(0, 400) })} (seed ${seed})`,
          )
      }),
    )
  }
  expect(asked).toBeGreaterThan(RUNS * 0.8)
  // All kinds of answers are among them, not just refusals at the door.
  const kinds = [200, 202, 204, 400, 401, 403, 404, 405, 406, 415, 504]
  expect(kinds.filter((status) => (seen.get(status) ?? 0) < 20)).toEqual([])
  // Nothing that a request did keeps the cafe from answering the next one.
  const headers = { authorization: `Bearer ${bearer}`, 'content-type': jsonFormat.type }
  const request = new Request('http://cafe.test/pin/list', { method: 'POST', headers, body: '{"limit":1}' })
  expect((await cafe.cafe.fetch(request)).status).toBe(200)
})

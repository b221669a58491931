/** HTTP as people and programs write it by hand: media types, statuses, headers, bodies in pieces, and callers that are wrong. */
import { describe, expect, it } from 'vitest'
import { encode } from '../../src/core/codec.ts'
import { CafeError } from '../../src/core/errors.ts'
import { HTTP_AHEAD, KiB, MAX_REQUEST } from '../../src/core/limits.ts'
import { createLog, silentLog } from '../../src/core/log.ts'
import { createSeats, type Seats } from '../../src/core/seats.ts'
import { serveHttp } from '../../src/wire/http.ts'
import { echoHost, echoService } from '../contract/wire.ts'

const JSON_TYPE = 'application/vnd.ipld.dag-json'
const CBOR_TYPE = 'application/vnd.ipld.dag-cbor'
const utf8 = new TextEncoder()

type Body = string | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>

interface Sent {
  readonly op?: string
  readonly method?: string
  readonly body?: Body
  readonly headers?: Record<string, string>
  readonly log?: Parameters<typeof serveHttp>[2]['log']
  readonly seats?: Seats
  readonly handlers?: Partial<ReturnType<typeof echoHost>['handlers']>
}

/** Sends a request to the contract's service, as a client with a ticket unless it says otherwise. */
async function send({
  op = 'echo',
  method = 'POST',
  body,
  headers = {},
  log = silentLog,
  handlers = {},
  seats = createSeats(1),
}: Sent) {
  const host = echoHost()
  const answer = serveHttp(echoService, { ...host.handlers, ...handlers }, { guard: host.guard, seats, log })
  const all = { 'content-type': JSON_TYPE, authorization: 'Bearer ticket', ...headers }
  const init = { method, headers: all, ...(body === undefined ? {} : { body, duplex: 'half' }) } as RequestInit
  const response = await answer(op, new Request(`http://cafe.test/test/${op}`, init), {})
  return Object.assign(response, { begun: host.begun })
}

const frame = (value: unknown): Uint8Array<ArrayBuffer> => {
  const bytes = encode(value)
  return Uint8Array.from([bytes.byteLength, ...bytes])
}

/** A body that comes in the given pieces, and how many of them were asked for. */
function pieces(all: Iterable<Uint8Array>): ReadableStream<Uint8Array> & { readonly asked: () => number } {
  const iterator = all[Symbol.iterator]()
  let asked = 0
  const stream = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const { done, value } = iterator.next()
        asked += 1
        if (done) controller.close()
        else controller.enqueue(value)
      },
    },
    { highWaterMark: 0 },
  )
  return Object.assign(stream, { asked: () => asked })
}

const octets = (bytes: Uint8Array): Uint8Array[] => Array.from(bytes, (octet) => Uint8Array.of(octet))
function* endless(piece: Uint8Array): Generator<Uint8Array> {
  for (;;) yield piece
}

describe('a request', () => {
  it('is what a person types: spaces, keys in any order, no end of line', async () => {
    for (const body of ['{ "text" : "hi" }', '{"text":"hi"}\n', '  {"text":"hi"}\r\n']) {
      const response = await send({ body })
      expect([response.status, await response.text()]).toEqual([200, '{"ok":{"text":"hi of ann"}}\n'])
    }
  })

  it('may come in any pieces', async () => {
    const lines = utf8.encode('{}\n{"n":1}\n{"n":41}\n{"n":0}')
    const sums = '{"item":{"sum":1}}\n{"item":{"sum":42}}\n{"ok":{"sum":42}}\n'
    expect(await (await send({ op: 'sum', body: pieces(octets(lines)) })).text()).toBe(sums)
    expect(await (await send({ op: 'sum', body: pieces([lines]) })).text()).toBe(sums)
    const cbor = [{}, { n: 1 }, { n: 0 }].flatMap((value) => [...frame(value)])
    const headers = { 'content-type': CBOR_TYPE }
    const answer = await send({ op: 'sum', headers, body: pieces(octets(Uint8Array.from(cbor))) })
    expect(answer.headers.get('content-type')).toBe(CBOR_TYPE)
    const expected = [{ item: { sum: 1 } }, { ok: { sum: 1 } }].flatMap((value) => [...frame(value)])
    expect([...(await answer.bytes())]).toEqual(expected)
  })

  it.each([
    ['no content type of ours', { headers: { 'content-type': 'application/json' } }, 415, 'content-type'],
    ['none at all', { headers: { 'content-type': '' } }, 415, 'content-type'],
    ['the type of a form', { headers: { 'content-type': 'application/x-www-form-urlencoded' } }, 415, 'content-type'],
    ['no type that we speak accepted', { headers: { accept: 'text/html, image/png;q=0.5' } }, 406, 'accept'],
    ['ours refused', { headers: { accept: `${JSON_TYPE};q=0` } }, 406, 'accept'],
    ['another method', { method: 'PUT' }, 405, 'method'],
  ])('with %s is refused', async (_what, sent, status, at) => {
    const response = await send({ body: '{"text":""}', ...sent })
    expect(response.status).toBe(status)
    expect(await response.json()).toEqual({ err: 'BAD_REQUEST', data: { at } })
    expect(response.begun()).toBe(0)
  })

  it('to GET something is refused with the method that works', async () => {
    const response = await send({ method: 'GET' })
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST'])
  })

  it('gets the type it asks for, and its own where it takes anything', async () => {
    for (const [accept, type] of [
      ['*/*', JSON_TYPE],
      ['', JSON_TYPE],
      [`text/html, ${CBOR_TYPE};q=0.9, */*;q=0.1`, CBOR_TYPE],
      [CBOR_TYPE.toUpperCase(), CBOR_TYPE],
      ['application/*', JSON_TYPE],
    ] as const) {
      const response = await send({ body: '{"text":""}', headers: { accept } })
      expect([response.status, response.headers.get('content-type')]).toEqual([200, type])
    }
  })

  it.each([
    ['malformed JSON', '{"text":', { what: 'json' }],
    ['a key twice', '{"text":"","text":""}', { what: 'json' }],
    ['JSON that ends too late', '{"text":""} {}', { what: 'json' }],
    ['octets that are no text', Uint8Array.of(0xff, 0xfe, 0x0a), { what: 'json' }],
    ['100 000 open brackets', '['.repeat(100_000), { what: 'json' }],
    ['a link that is none', '{"text":{"/":"bafy"}}', { what: 'json' }],
    ['an unknown field', '{"text":"","more":1}', { at: 'more' }],
    ['a number for a text', '{"text":1e400}', { at: 'text' }],
    ['nothing', '', { at: '' }],
    ['an empty line', '\n', { what: 'json' }],
    ['more frames than the operation takes', '{"text":""}\n{"text":""}', { at: 'upload' }],
  ])('with %s is a bad one, and no handler runs', async (_what, body, data) => {
    const response = await send({ body })
    expect([response.status, await response.json()]).toEqual([400, { err: 'BAD_REQUEST', data }])
    expect(response.begun()).toBe(0)
  })

  it.each([
    ['bytes that are no CBOR', Uint8Array.of(1, 0xff), { what: 'cbor' }],
    ['a length that never ends', new Uint8Array(8).fill(0x80), { limit: MAX_REQUEST }],
    ['a length written longer than need be', Uint8Array.of(0xd0, 0x88, 0x00, 0x9c), { what: 'cbor' }],
    ['a length of two gigabytes', Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x07), { limit: MAX_REQUEST }],
    ['more frames than the operation takes', Uint8Array.from([...frame({ text: '' }), 0]), { what: 'cbor' }],
  ])('in dag-cbor with %s is a bad one', async (_what, body, data) => {
    const response = await send({ body, headers: { 'content-type': CBOR_TYPE, accept: JSON_TYPE } })
    expect([response.status, await response.json()]).toEqual([400, { err: 'BAD_REQUEST', data }])
    expect(response.begun()).toBe(0)
  })

  it('cut off within a frame is UNREACHABLE, as on a stream', async () => {
    const cut = frame({ text: 'hello' }).slice(0, 5)
    const response = await send({ body: cut, headers: { 'content-type': CBOR_TYPE, accept: JSON_TYPE } })
    expect([response.status, await response.json()]).toEqual([504, { err: 'UNREACHABLE', data: {} }])
    const early = await send({ op: 'sum', body: '{}\n{"n":1}\n' })
    expect(await early.text()).toBe('{"item":{"sum":1}}\n{"data":{},"err":"UNREACHABLE"}\n')
  })

  it('whose body fails is UNREACHABLE', async () => {
    const body = new ReadableStream({ pull: (controller) => controller.error(new Error('gone')) })
    const response = await send({ body })
    expect([response.status, await response.json()]).toEqual([504, { err: 'UNREACHABLE', data: {} }])
  })

  it('that never ends its line is given up at the limit, however small the pieces are', async () => {
    for (const [size, limit, op] of [
      [1024, 2 * MAX_REQUEST, 'echo'],
      [16 * KiB, 2 * MAX_REQUEST, 'echo'],
      [16 * KiB, 2 * 201 * KiB, 'big'],
    ] as const) {
      const start = op === 'big' ? [utf8.encode('{}\n')] : []
      const body = pieces([...start, ...Array(2000).fill(new Uint8Array(size).fill(0x20))])
      const response = await send({ op, body })
      expect(await response.json()).toEqual({ err: 'BAD_REQUEST', data: { limit } })
      expect(body.asked() * size).toBeLessThan(limit + 4 * size)
    }
  })

  it('of a session that ends while the request comes in runs no handler', async () => {
    const host = echoHost()
    const body = new ReadableStream({
      pull(controller) {
        controller.enqueue(utf8.encode('{"text":""}'))
        controller.close()
        host.end.abort(new CafeError('UNAUTHORIZED', { why: 'revoked' }))
      },
    })
    const { guard, handlers } = host
    const until = ({ ended }: { ended: AbortSignal }): AbortSignal => ended
    const answer = serveHttp(echoService, handlers, { guard, until, seats: createSeats(1), log: silentLog })
    const headers = { 'content-type': JSON_TYPE, authorization: 'Bearer ticket' }
    const init = { method: 'POST', headers, body, duplex: 'half' } as RequestInit
    const response = await answer('echo', new Request('http://cafe.test/test/echo', init), {})
    expect([response.status, await response.json()]).toEqual([401, { err: 'UNAUTHORIZED', data: { why: 'revoked' } }])
    expect(host.begun()).toBe(0)
  })

  it('is not read at all for a caller who may not call', async () => {
    const body = pieces(endless(new Uint8Array(KiB)))
    const response = await send({ body, headers: { authorization: 'Basic dGlja2V0' } })
    expect([response.status, response.headers.get('www-authenticate')]).toEqual([401, 'Bearer'])
    expect(body.asked()).toBe(0)
  })
})

describe('an answer', () => {
  it('has headers by which any page may read it and nobody keeps or guesses it', async () => {
    for (const sent of [{ body: '{"text":""}' }, { body: '{' }, { op: 'fail', body: '{"how":"wait?","items":2}' }]) {
      const { headers } = await send(sent)
      expect(headers.get('access-control-allow-origin')).toBe('*')
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('cache-control')).toBe('no-store')
    }
  })

  it('to a failure has the status of its code, and the code in its body', async () => {
    const coded = await send({ op: 'fail', body: '{"how":"coded"}' })
    expect([coded.status, await coded.json()]).toEqual([507, { err: 'QUOTA', data: { free: 3 } }])
    const late = await send({ op: 'fail', body: '{"how":"coded","items":1}' })
    expect([late.status, await late.text()]).toEqual([200, '{"item":{"n":0}}\n{"data":{"free":3},"err":"QUOTA"}\n'])
    const unknown = await send({ op: 'constructor', body: '{}' })
    expect([unknown.status, await unknown.json()]).toEqual([404, { err: 'UNSUPPORTED', data: { op: 'constructor' } }])
    const wrong = await send({ body: '{"text":""}', headers: { authorization: 'bearer other' } })
    expect([wrong.status, await wrong.json()]).toEqual([403, { err: 'FORBIDDEN', data: { why: 'ticket' } }])
  })

  it('tells the log what an internal failure was, and the caller nothing of it', async () => {
    const lines: string[] = []
    const log = createLog((_level, line) => lines.push(line), 'debug')
    const response = await send({ op: 'fail', body: '{"how":"fault"}', log })
    expect([response.status, await response.json()]).toEqual([500, { err: 'INTERNAL', data: {} }])
    expect(lines).toEqual(['test failed over HTTP cause=Error: a secret in a message'])
  })

  it('waits until the caller takes it, but for a little that a caller may leave for later', async () => {
    let sent = 0
    const data = new Uint8Array(8 * KiB)
    const big = async (_input: unknown, { send: item }: { send(one: { data: typeof data }): Promise<void> }) => {
      for (; sent < 1000; sent++) await item({ data })
      return {}
    }
    const response = await send({ op: 'big', body: '{}', handlers: { big } })
    const reader = (response.body as ReadableStream<Uint8Array>).getReader()
    let read = 0
    for (let i = 0; i < 5; i++) {
      read += (await reader.read()).value?.byteLength ?? 0
      await new Promise((resolve) => setTimeout(resolve, 20))
      expect(sent * data.byteLength).toBeLessThanOrEqual(read + HTTP_AHEAD + 2 * data.byteLength)
      expect(sent).toBeGreaterThan(4)
    }
  })

  it('is owed to so many of one caller at once, and to the next when one is over', async () => {
    const seats = createSeats(2)
    const go = Promise.withResolvers<void>()
    const echo = async () => {
      await go.promise
      return { text: '' }
    }
    const sent = { body: '{"text":""}', seats, handlers: { echo } }
    const waiting = [send(sent), send(sent)]
    const third = await send(sent)
    expect([third.status, third.headers.get('retry-after'), third.begun()]).toEqual([429, '1', 0])
    go.resolve()
    for (const answer of await Promise.all(waiting)) expect(answer.status).toBe(200)
    expect((await send({ body: '{', seats })).status).toBe(400)
    expect((await send(sent)).status).toBe(200)
  })

  it('that is cancelled stops its handler', async () => {
    const stopped = Promise.withResolvers<unknown>()
    const fail = async (_input: unknown, { send: item }: { send(one: { n: number }): Promise<void> }) => {
      try {
        for (let n = 0; ; n++) await item({ n })
      } catch (error) {
        stopped.resolve(error)
        throw error
      }
    }
    const response = await send({ op: 'fail', body: '{"how":""}', handlers: { fail } })
    await response.body?.cancel()
    expect(await stopped.promise).toMatchObject({ code: 'UNREACHABLE' })
  })

  it('holds no more of an upload than one frame that was not asked for', async () => {
    const line = utf8.encode('{"n":1}\n')
    const body = pieces(
      (function* () {
        yield utf8.encode('{}\n')
        yield* endless(line)
      })(),
    )
    const sum = async (_input: unknown, { upload }: { upload(): Promise<{ n: number }> }) => {
      let total = 0
      for (let i = 0; i < 100; i++) total += (await upload()).n
      return { sum: total }
    }
    const response = await send({ op: 'sum', body, handlers: { sum } })
    expect(await response.json()).toEqual({ ok: { sum: 100 } })
    expect(body.asked()).toBeLessThanOrEqual(102)
  })
})

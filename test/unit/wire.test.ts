/** The wire on streams in memory: frames and their limits, one request and one end, and errors that say only their code. */
import { setTimeout } from 'node:timers/promises'
import type { Connection, Stream } from '@libp2p/interface'
import { lpStream, streamPair } from '@libp2p/utils'
import { describe, expect, it } from 'vitest'
import { decode, encode } from '../../src/core/codec.ts'
import { CafeError } from '../../src/core/errors.ts'
import type { PeerIdText } from '../../src/core/ids.ts'
import { KiB, MAX_FRAME, MAX_REQUEST } from '../../src/core/limits.ts'
import { createLog, silentLog } from '../../src/core/log.ts'
import { type Connector, call, start } from '../../src/wire/call.ts'
import { bytes, count, nothing, operation, service, text, v } from '../../src/wire/protocol.ts'
import { type ServiceHandlers, serve } from '../../src/wire/serve.ts'

const peer = `12D3KooW${'a'.repeat(44)}` as PeerIdText
const soon = (ms = 5000) => ({ signal: AbortSignal.timeout(ms) })

const test = service({
  id: '/test/1.0.0',
  name: 'test',
  limited: true,
  operations: {
    echo: operation({
      request: v.strictObject({ text: text(100) }),
      receipt: v.strictObject({ text: text(100) }),
      auth: 'none',
    }),
    sum: operation({
      request: nothing,
      upload: v.strictObject({ n: count() }),
      item: v.strictObject({ sum: count() }),
      receipt: v.strictObject({ sum: count() }),
      auth: 'none',
    }),
    big: operation({
      request: nothing,
      upload: v.strictObject({ data: bytes(200 * KiB) }),
      item: v.strictObject({ data: bytes(200 * KiB) }),
      receipt: nothing,
      auth: 'none',
      maxUpload: 201 * KiB,
      maxItem: 201 * KiB,
    }),
    who: operation({ request: nothing, receipt: v.strictObject({ name: text(100) }), auth: 'session' }),
    fail: operation({ request: v.strictObject({ how: text(20) }), receipt: nothing, auth: 'none' }),
  },
})

const handlers: ServiceHandlers<typeof test, { name: string }> = {
  echo: async ({ text }) => ({ text }),
  async sum(_request, { upload, send }) {
    let sum = 0
    for (let { n } = await upload(); n > 0; { n } = await upload()) {
      sum += n
      await send({ sum })
    }
    return { sum }
  },
  async big(_request, { upload, send }) {
    await send(await upload())
    return {}
  },
  who: async (_request, { session, peer }) => ({ name: `${session.name} at ${peer.slice(0, 8)}` }),
  async fail({ how }, { upload, signal }) {
    if (how === 'coded') throw new CafeError('QUOTA', { free: 3 }, { cause: new Error('a secret') })
    if (how === 'wait')
      await new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
    if (how === 'upload') await upload()
    throw new Error('a secret in a message')
  },
}

/** A host that answers with `handlers`, and a connector to it. */
function host(answers: Partial<typeof handlers> = {}, log = silentLog): Connector & { done: Promise<void>[] } {
  const guard = async (token: string | undefined) => {
    if (token === undefined) throw new CafeError('UNAUTHORIZED')
    if (token !== 'ticket') throw new CafeError('FORBIDDEN')
    return { name: 'ann' }
  }
  const answer = serve(test, { ...handlers, ...answers }, { guard, log })
  const done: Promise<void>[] = []
  return {
    done,
    async open() {
      const [here, there] = await streamPair()
      done.push(answer(there, { remotePeer: { toString: () => peer } } as unknown as Connection))
      return here
    },
  }
}

/** A connector to somebody who does with the stream what `behave` says. */
const stranger = (behave: (stream: Stream) => unknown): Connector => ({
  async open() {
    const [here, there] = await streamPair()
    void behave(there)
    return here
  },
})

const failure = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'no failure',
    (error) => (error instanceof CafeError ? { code: error.code, ...error.data } : error),
  )

describe('a call', () => {
  it('gives its receipt', async () => {
    expect(await call(host(), peer, test, 'echo', { text: 'hello' })).toEqual({ text: 'hello' })
  })

  it('carries uploads and items until its end', async () => {
    const exchange = await start(host(), peer, test, 'sum', {})
    for (const [n, sum] of [
      [1, 1],
      [2, 3],
      [3, 6],
    ] as const) {
      await exchange.send({ n })
      expect(await exchange.next()).toEqual({ sum })
    }
    await exchange.send({ n: 0 })
    expect(await exchange.next()).toBeUndefined()
    expect(await exchange.next()).toBeUndefined()
    expect(await exchange.receipt()).toEqual({ sum: 6 })
  })

  it('carries larger uploads and items where the operation says so', async () => {
    const exchange = await start(host(), peer, test, 'big', {})
    await exchange.send({ data: new Uint8Array(200 * KiB) })
    expect((await exchange.next())?.data.byteLength).toBe(200 * KiB)
    expect(await exchange.receipt()).toEqual({})
  })

  it('but no larger ones, nor in an operation that does not', async () => {
    const big = await start(host(), peer, test, 'big', {})
    await big.send({ data: new Uint8Array(202 * KiB) })
    expect(await failure(big.receipt())).toEqual({ code: 'BAD_REQUEST', limit: 201 * KiB })
    const sum = await start(host(), peer, test, 'sum', {})
    await sum.send({ n: 1, more: 'x'.repeat(70 * KiB) } as never)
    expect(await failure(sum.receipt())).toEqual({ code: 'BAD_REQUEST', limit: MAX_FRAME })
  })

  it('needs a ticket where the operation has a session, and hands what it proves to the handler', async () => {
    expect(await failure(call(host(), peer, test, 'who', {}))).toEqual({ code: 'UNAUTHORIZED' })
    expect(await failure(call(host(), peer, test, 'who', {}, { auth: 'false' }))).toEqual({ code: 'FORBIDDEN' })
    expect(await call(host(), peer, test, 'who', {}, { auth: 'ticket' })).toEqual({ name: 'ann at 12D3KooW' })
  })

  it('is refused before the handler runs when its input does not match', async () => {
    let ran = false
    const echo = async () => {
      ran = true
      return { text: '' }
    }
    const long = call(host({ echo }), peer, test, 'echo', { text: 'x'.repeat(101) })
    expect(await failure(long)).toEqual({ code: 'BAD_REQUEST', at: 'text' })
    expect(ran).toBe(false)
  })

  it('fails with the code and data of the handler, and with nothing else of it', async () => {
    const lines: string[] = []
    const log = createLog((_level, line) => lines.push(line), 'debug')
    expect(await failure(call(host({}, log), peer, test, 'fail', { how: 'coded' }))).toEqual({ code: 'QUOTA', free: 3 })
    expect(lines).toEqual([])
    expect(await failure(call(host({}, log), peer, test, 'fail', { how: 'other' }))).toEqual({ code: 'INTERNAL' })
    expect(lines).toEqual(['test failed cause=Error: a secret in a message'])
    const connector = host()
    const lp = lpStream(await connector.open(peer, '', { ...soon(), limited: true }))
    await lp.write(encode({ op: 'fail', input: { how: 'other' } }))
    expect(decode((await lp.read(soon())).subarray(), MAX_FRAME)).toEqual({ err: 'INTERNAL', data: {} })
  })

  it('fails with BAD_REQUEST when a handler waits for uploads its operation does not have', async () => {
    const failed = failure(call(host(), peer, test, 'fail', { how: 'upload' }))
    expect(await failed).toEqual({ code: 'BAD_REQUEST', at: 'upload' })
  })

  it('tells its handler when the caller is gone', async () => {
    const reason = Promise.withResolvers<unknown>()
    const connector = host({
      fail: async (_input, { signal }) => {
        signal.addEventListener('abort', () => reason.resolve(signal.reason))
        await reason.promise
        throw signal.reason
      },
    })
    const exchange = await start(connector, peer, test, 'fail', { how: 'wait' })
    await setTimeout(50)
    exchange.close()
    expect(await reason.promise).toMatchObject({ code: 'UNREACHABLE' })
    await Promise.all(connector.done)
  })

  it('ends as ABORTED when its caller aborts, before, while and after opening', async () => {
    const options = { signal: AbortSignal.abort() }
    expect(await failure(call(host(), peer, test, 'echo', { text: '' }, options))).toEqual({ code: 'ABORTED' })
    const stop = new AbortController()
    const running = failure(call(host(), peer, test, 'fail', { how: 'wait' }, { signal: stop.signal }))
    await setTimeout(50)
    stop.abort()
    expect(await running).toEqual({ code: 'ABORTED' })
  })
})

describe('a host that does not keep to the wire', () => {
  const answer = (...answers: unknown[]): Connector =>
    stranger(async (stream) => {
      const lp = lpStream(stream)
      await lp.read()
      for (const one of answers) await lp.write(one instanceof Uint8Array ? one : encode(one))
      await stream.close()
    })
  const echo = (connector: Connector) => failure(call(connector, peer, test, 'echo', { text: '' }, { idle: 1000 }))
  const bad = expect.objectContaining({ code: 'BAD_REQUEST' })

  it('and gives no end is UNREACHABLE, never empty', async () => {
    expect(await echo(answer())).toEqual({ code: 'UNREACHABLE' })
    expect(await echo(stranger((stream) => stream.close()))).toEqual({ code: 'UNREACHABLE' })
    expect(await echo(stranger((stream) => stream.abort(new Error('x'))))).toEqual({ code: 'UNREACHABLE' })
    const sum = await start(answer({ item: { sum: 1 } }), peer, test, 'sum', {})
    expect(await sum.next()).toEqual({ sum: 1 })
    expect(await failure(sum.next())).toEqual({ code: 'UNREACHABLE' })
  })

  it('and says nothing is TIMEOUT', async () => {
    const silent = call(
      stranger(() => {}),
      peer,
      test,
      'echo',
      { text: '' },
      { idle: 50 },
    )
    expect(await failure(silent)).toEqual({ code: 'TIMEOUT' })
  })

  it('and uses a code nobody knows is INTERNAL', async () => {
    expect(await echo(answer({ err: 'FROM_THE_FUTURE', data: {} }))).toEqual({ code: 'INTERNAL' })
    expect(await echo(answer({ err: 'constructor', data: {} }))).toEqual({ code: 'INTERNAL' })
  })

  it.each([
    ['a receipt that does not match', { ok: { text: 1 } }],
    ['a receipt with a field too many', { ok: { text: '', more: 1 } }],
    ['an item where there are none', { item: {} }],
    ['two ends in one', { ok: { text: '' }, err: 'BUSY', data: {} }],
    ['an error without data', { err: 'BUSY' }],
    ['data that is more than small facts', { err: 'BUSY', data: { deep: { stack: 'x' } } }],
    ['data that is too long', { err: 'BUSY', data: { text: 'x'.repeat(257) } }],
    ['no frame of the wire', { hello: 1 }],
    ['no map', 1],
    ['no cbor', Uint8Array.of(0xff)],
    ['a frame too long', new Uint8Array(MAX_FRAME + 1)],
  ])('and gives %s is refused', async (_, frame) => {
    expect(await echo(answer(frame))).toEqual(bad)
  })

  it('and goes on after its end is not listened to', async () => {
    const connector = answer({ ok: { text: 'first' } }, { ok: { text: 'second' } }, { item: {} })
    expect(await call(connector, peer, test, 'echo', { text: '' })).toEqual({ text: 'first' })
  })
})

describe('a caller that does not keep to the wire', () => {
  /** Sends `sent` to a host and gives its answer. */
  async function raw(...sent: Uint8Array[]): Promise<unknown> {
    const connector = host()
    const stream = await connector.open(peer, '', { ...soon(), limited: true })
    for (const part of sent) stream.send(part)
    const answer = await lpStream(stream).read(soon())
    return decode(answer.subarray(), MAX_FRAME)
  }
  /** A frame of less than 128 bytes. */
  const framed = (value: unknown): Uint8Array => {
    const body = encode(value)
    return Uint8Array.of(body.byteLength, ...body)
  }
  const refusal = (data: unknown, err = 'BAD_REQUEST') => ({ err, data })

  it.each([
    ['a request too long', [Uint8Array.of(0x81, 0x80, 0x04)], refusal({ limit: MAX_REQUEST })],
    ['no cbor', [Uint8Array.of(1, 0xff)], refusal({ what: 'cbor' })],
    ['no map', [framed(1)], refusal({ at: '' })],
    ['a field too many', [framed({ op: 'echo', input: { text: '' }, more: 1 })], refusal({ at: 'more' })],
    ['an operation that is none', [framed({ op: 'fly', input: {} })], refusal({ op: 'fly' }, 'UNSUPPORTED')],
    ['a name every object has', [framed({ op: 'toString', input: {} })], refusal({ op: 'toString' }, 'UNSUPPORTED')],
    ['a name too long', [framed({ op: 'x'.repeat(33), input: {} })], refusal({ at: 'op' })],
    ['an upload that is none', [framed({ op: 'sum', input: {} }), framed({ n: 1 })], refusal({ at: 'up' })],
    ['an upload of another shape', [framed({ op: 'sum', input: {} }), framed({ up: { m: 1 } })], refusal({ at: 'n' })],
  ])('and sends %s is told so', async (_, sent, answer) => {
    expect(await raw(...sent)).toEqual(answer)
  })

  it('and leaves without a word ends its handler', async () => {
    const connector = host()
    const stream = await connector.open(peer, '', { ...soon(), limited: true })
    stream.abort(new Error('gone'))
    await Promise.all(connector.done)
  })
})

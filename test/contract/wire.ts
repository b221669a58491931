/**
 * What every carrier does with a service, as cases that run over libp2p and over HTTP in both its forms. The service here
 * has an operation for each thing a carrier must get right.
 */
import { setTimeout } from 'node:timers/promises'
import { CafeError } from '../../src/core/errors.ts'
import type { PeerIdText } from '../../src/core/ids.ts'
import { KiB } from '../../src/core/limits.ts'
import type { ServiceHandlers } from '../../src/wire/answer.ts'
import type { Exchange } from '../../src/wire/call.ts'
import { bytes, count, nothing, operation, service, text, v } from '../../src/wire/protocol.ts'
import { equal } from './store-tools.ts'

export const PEER = `12D3KooW${'a'.repeat(44)}` as PeerIdText

export const echoService = service({
  id: '/test/1.0.0',
  name: 'test',
  limited: true,
  operations: {
    echo: operation({
      request: v.strictObject({ text: text(100) }),
      receipt: v.strictObject({ text: text(100) }),
      auth: 'session',
    }),
    sum: operation({
      request: v.strictObject({ wait: v.optional(v.boolean()) }),
      upload: v.strictObject({ n: count() }),
      item: v.strictObject({ sum: count() }),
      receipt: v.strictObject({ sum: count() }),
      auth: 'session',
    }),
    big: operation({
      request: nothing,
      upload: v.strictObject({ data: bytes(200 * KiB) }),
      item: v.strictObject({ data: bytes(200 * KiB) }),
      receipt: nothing,
      auth: 'session',
      maxUpload: 201 * KiB,
      maxItem: 201 * KiB,
    }),
    fail: operation({
      request: v.strictObject({ how: text(20), items: v.optional(count()) }),
      item: v.strictObject({ n: count() }),
      receipt: nothing,
      auth: 'session',
    }),
  },
})

export interface EchoSession {
  readonly name: string
  readonly peer: PeerIdText
  readonly ended: AbortSignal
}

/** The one who answers, and what a case may ask and do beside the wire. */
export interface EchoHost {
  readonly handlers: ServiceHandlers<typeof echoService, EchoSession>
  readonly guard: (token: string | undefined) => Promise<EchoSession>
  /** Ends the session. */
  readonly end: AbortController
  /** Why the handler of a waiting call was stopped. */
  readonly stopped: Promise<unknown>
  /** Handlers that have begun. */
  readonly begun: () => number
}

export function echoHost(): EchoHost {
  const end = new AbortController()
  const stopped = Promise.withResolvers<unknown>()
  let begun = 0
  const wait = (signal: AbortSignal): Promise<never> =>
    new Promise((_resolve, reject) => {
      const stop = (): void => {
        stopped.resolve(signal.reason)
        reject(signal.reason)
      }
      if (signal.aborted) stop()
      signal.addEventListener('abort', stop)
    })
  return {
    end,
    stopped: stopped.promise,
    begun: () => begun,
    async guard(token) {
      if (token === undefined) throw new CafeError('UNAUTHORIZED')
      if (token !== 'ticket') throw new CafeError('FORBIDDEN', { why: 'ticket' })
      return { name: 'ann', peer: PEER, ended: end.signal }
    },
    handlers: {
      async echo({ text }, { session }) {
        begun += 1
        return { text: `${text} of ${session.name}` }
      },
      async sum(_request, { upload, send }) {
        begun += 1
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
      async fail({ how, items = 0 }, { upload, send, signal }) {
        for (let n = 0; n < items; n++) await send({ n })
        if (how === 'coded') throw new CafeError('QUOTA', { free: 3 }, { cause: new Error('a secret') })
        if (how === 'wait') return wait(signal)
        if (how === 'upload') await upload()
        throw new Error('a secret in a message')
      },
    },
  }
}

export interface WireCarrier {
  readonly name: string
  start(
    op: string,
    input: unknown,
    options?: { auth?: string | undefined; signal?: AbortSignal },
  ): Promise<Exchange<unknown, unknown, unknown>>
}

export interface WireCase {
  readonly name: string
  run(carrier: WireCarrier, host: EchoHost): Promise<void>
}

export async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise
  } catch (error) {
    if (error instanceof CafeError) return { code: error.code, ...error.data }
    throw error
  }
  throw new Error('it should have failed')
}

const ticket = { auth: 'ticket' }
/** The code a call ends with, whatever its details. */
const codeOf = async (promise: Promise<unknown>): Promise<unknown> =>
  ((await failureOf(promise)) as { code: unknown }).code

export const WIRE_CASES: readonly WireCase[] = [
  {
    name: 'gives the receipt',
    async run({ start }) {
      equal(await (await start('echo', { text: 'hello' }, ticket)).receipt(), { text: 'hello of ann' })
    },
  },
  {
    name: 'carries uploads and items both ways, until the one end',
    async run({ start }) {
      const exchange = await start('sum', {}, ticket)
      for (const [n, sum] of [
        [1, 1],
        [2, 3],
        [3, 6],
      ]) {
        await exchange.send({ n })
        equal(await exchange.next(), { sum })
      }
      await exchange.send({ n: 0 })
      equal(await exchange.next(), undefined)
      equal(await exchange.next(), undefined)
      equal(await exchange.receipt(), { sum: 6 })
    },
  },
  {
    name: 'carries bytes up to the limit of the operation, and no more',
    async run({ start }) {
      const data = crypto.getRandomValues(new Uint8Array(60 * KiB))
      const exchange = await start('big', {}, ticket)
      await exchange.send({ data })
      equal(await exchange.next(), { data })
      equal(await exchange.receipt(), {})
      const whole = await start('big', {}, ticket)
      await whole.send({ data: new Uint8Array(200 * KiB) })
      equal(((await whole.next()) as { data: Uint8Array }).data.byteLength, 200 * KiB)
      const more = await start('big', {}, ticket)
      await more.send({ data: new Uint8Array(200 * KiB + 1) })
      equal(await failureOf(more.receipt()), { code: 'BAD_REQUEST', at: 'data' })
    },
  },
  {
    name: 'refuses a frame that is too long before it looks into it',
    async run({ start }, { begun }) {
      const sum = await start('sum', {}, ticket)
      const sent = sum.send({ n: 1, more: 'x'.repeat(200 * KiB) })
      equal(await codeOf(sum.receipt()), 'BAD_REQUEST')
      await sent.catch(() => {})
      const before = begun()
      equal(
        await codeOf(start('echo', { text: 'x'.repeat(200 * KiB) }, ticket).then((one) => one.receipt())),
        'BAD_REQUEST',
      )
      equal(begun(), before)
    },
  },
  {
    name: 'asks who is calling before it looks at the input',
    async run({ start }, { begun }) {
      equal(await failureOf((await start('echo', { text: 1 })).receipt()), { code: 'UNAUTHORIZED' })
      const wrong = await start('echo', { text: 1 }, { auth: 'other' })
      equal(await failureOf(wrong.receipt()), { code: 'FORBIDDEN', why: 'ticket' })
      equal(begun(), 0)
    },
  },
  {
    name: 'refuses an input or an upload that does not match, with its place',
    async run({ start }, { begun }) {
      const failed = async (input: unknown) => failureOf((await start('echo', input, ticket)).receipt())
      equal(await failed({ text: 1 }), { code: 'BAD_REQUEST', at: 'text' })
      equal(await failed({}), { code: 'BAD_REQUEST', at: 'text' })
      equal(await failed({ text: '', more: 1 }), { code: 'BAD_REQUEST', at: 'more' })
      equal(await failed(null), { code: 'BAD_REQUEST', at: '' })
      equal(begun(), 0)
      const sum = await start('sum', {}, ticket)
      await sum.send({ n: -1 })
      equal(await failureOf(sum.receipt()), { code: 'BAD_REQUEST', at: 'n' })
    },
  },
  {
    name: 'says UNSUPPORTED for an operation there is not',
    async run({ start }) {
      for (const op of ['nothing', 'toString', '__proto__'])
        equal(await failureOf((await start(op, {}, ticket)).receipt()), { code: 'UNSUPPORTED', op })
    },
  },
  {
    name: 'ends with the code and data of the handler and with nothing else of it, before and after items',
    async run({ start }) {
      for (const items of [0, 3]) {
        const coded = await start('fail', { how: 'coded', items }, ticket)
        for (let n = 0; n < items; n++) equal(await coded.next(), { n })
        equal(await failureOf(coded.receipt()), { code: 'QUOTA', free: 3 })
        const fault = await start('fail', { how: 'fault', items }, ticket)
        equal(await failureOf(fault.receipt()), { code: 'INTERNAL' })
      }
    },
  },
  {
    name: 'fails a handler that waits for uploads its operation does not have',
    async run({ start }) {
      const exchange = await start('fail', { how: 'upload' }, ticket)
      equal(await failureOf(exchange.receipt()), { code: 'BAD_REQUEST', at: 'upload' })
    },
  },
  {
    name: 'stops the handler when the caller goes away, before and after the first item',
    async run({ start }, { stopped }) {
      const exchange = await start('fail', { how: 'wait', items: 1 }, ticket)
      equal(await exchange.next(), { n: 0 })
      exchange.close()
      equal(((await stopped) as CafeError).code, 'UNREACHABLE')
    },
  },
  {
    name: 'stops the handler of a caller that goes away while nothing is said',
    async run({ start }, { stopped }) {
      const exchange = await start('fail', { how: 'wait' }, ticket)
      await setTimeout(100)
      exchange.close()
      equal(((await stopped) as CafeError).code, 'UNREACHABLE')
    },
  },
  {
    name: 'ends a call whose session ends, with the reason',
    async run({ start }, { end }) {
      const waiting = await start('fail', { how: 'wait', items: 1 }, ticket)
      equal(await waiting.next(), { n: 0 })
      const uploading = await start('sum', {}, ticket)
      await uploading.send({ n: 1 })
      equal(await uploading.next(), { sum: 1 })
      end.abort(new CafeError('UNAUTHORIZED', { why: 'revoked' }))
      const why = { code: 'UNAUTHORIZED', why: 'revoked' }
      equal(await failureOf(waiting.receipt()), why)
      equal(await failureOf(uploading.receipt()), why)
    },
  },
]

/** Calls over a real MessagePort: progress, aborts, moved buffers, ends, and that only codes and data cross. */
import { setTimeout } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { CafeError } from '../../src/core/errors.ts'
import { count, text, v } from '../../src/core/schema.ts'
import { type Call, type Client, connect, type Handlers, Moved, serve } from '../../src/rpc/port.ts'

interface Api {
  'math.add': Call<{ a: number; b: number }, number>
  count: Call<{ to: number }, string, number>
  wait: Call<Record<string, never>, string>
  stubborn: Call<Record<string, never>, string>
  fail: Call<{ how: string }, string>
  bytes: Call<{ size: number }, Uint8Array<ArrayBuffer>>
  odd: Call<Record<string, never>, () => void>
}

const none = v.strictObject({})
const seen: { bytes?: Uint8Array; reasons: unknown[] } = { reasons: [] }
const held = { promise: Promise.resolve() }

const handlers: Handlers<Api> = {
  'math.add': { input: v.strictObject({ a: count(), b: count() }), run: ({ a, b }) => a + b },
  count: {
    input: v.strictObject({ to: count(100) }),
    async run({ to }, { progress }) {
      for (let i = 1; i <= to; i++) progress(i)
      return 'counted'
    },
  },
  wait: {
    input: none,
    run: (_input, { signal }) =>
      new Promise((_resolve, reject) =>
        signal.addEventListener('abort', () => {
          seen.reasons.push(signal.reason)
          reject(signal.reason)
        }),
      ),
  },
  stubborn: { input: none, run: () => held.promise.then(() => 'done anyway') },
  fail: {
    input: v.strictObject({ how: text(20) }),
    run({ how }) {
      if (how === 'coded') throw new CafeError('QUOTA', { free: 3 }, { cause: new Error('a secret') })
      if (how === 'abort') throw AbortSignal.abort().reason
      throw new Error('a secret in a message')
    },
  },
  bytes: {
    input: v.strictObject({ size: count() }),
    run({ size }) {
      seen.bytes = new Uint8Array(size).fill(7)
      return new Moved(seen.bytes as Uint8Array<ArrayBuffer>, [seen.bytes.buffer as ArrayBuffer])
    },
  },
  odd: { input: none, run: () => () => {} },
}

const open: (() => void)[] = []
afterEach(() => {
  for (const close of open.splice(0)) close()
})

function pair(table: Parameters<typeof serve<Api>>[1] = handlers): {
  client: Client<Api>
  stop: (why?: CafeError) => void
  raw: MessagePort
} {
  const { port1, port2 } = new MessageChannel()
  const stop = serve<Api>(port1, table)
  const client = connect<Api>(port2)
  open.push(() => client.close(), stop)
  return { client, stop, raw: port2 }
}

const failure = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'no failure',
    (error) => ({ name: error.name, code: error.code, data: error.data, cause: error.cause }),
  )
const coded = (code: string, data = {}) => ({ name: 'CafeError', code, data, cause: undefined })

describe('a call', () => {
  it('gives what the method gives', async () => {
    const { client } = pair()
    expect(await client.call('math.add', { a: 1, b: 2 })).toBe(3)
    const sums = await Promise.all(Array.from({ length: 100 }, (_, i) => client.call('math.add', { a: i, b: i })))
    expect(sums).toEqual(Array.from({ length: 100 }, (_, i) => 2 * i))
  })

  it('reports progress in order, before its end', async () => {
    const { client } = pair()
    const values: number[] = []
    expect(await client.call('count', { to: 5 }, { onProgress: (value) => values.push(value) })).toBe('counted')
    expect(values).toEqual([1, 2, 3, 4, 5])
  })

  it('moves a buffer to the caller instead of copying it', async () => {
    const { client } = pair()
    const bytes = await client.call('bytes', { size: 1000 })
    expect([bytes.byteLength, bytes[999]]).toEqual([1000, 7])
    expect(seen.bytes?.byteLength).toBe(0)
  })

  it('fails with code and data, never a message, a stack or a cause', async () => {
    const { client } = pair()
    expect(await failure(client.call('fail', { how: 'coded' }))).toEqual(coded('QUOTA', { free: 3 }))
    expect(await failure(client.call('fail', { how: 'other' }))).toEqual(coded('INTERNAL'))
    expect(await failure(client.call('fail', { how: 'abort' }))).toEqual(coded('ABORTED'))
    const messages: unknown[] = []
    const { port1, port2 } = new MessageChannel()
    open.push(serve<Api>(port1, handlers))
    port2.onmessage = ({ data }) => messages.push(data)
    port2.postMessage({ t: 'call', id: 1, method: 'fail', input: { how: 'coded' } })
    port2.postMessage({ t: 'call', id: 2, method: 'fail', input: { how: 'other' } })
    await expect.poll(() => messages.length).toBe(2)
    expect(JSON.stringify(messages)).not.toContain('secret')
    port2.close()
  })

  it('fails with UNSUPPORTED for a method that is not in the table, also by a name every object has', async () => {
    const { client } = pair()
    for (const method of ['nothing', 'constructor', '__proto__', 'toString'])
      expect(await failure(client.call(method as 'wait', {}))).toEqual(coded('UNSUPPORTED', { method }))
  })

  it('fails with BAD_REQUEST for input that does not match, before the method runs', async () => {
    const { client } = pair()
    const bad = client.call('math.add', { a: 1, b: 'secret' } as never)
    expect(await failure(bad)).toEqual(coded('BAD_REQUEST', { at: 'b' }))
    expect(await failure(client.call('wait', { more: 1 } as never))).toEqual(coded('BAD_REQUEST', { at: 'more' }))
  })

  it('fails, and does not hang or throw, for what cannot be copied, either way', async () => {
    const { client } = pair()
    expect(await failure(client.call('odd', {}))).toEqual(coded('INTERNAL'))
    const bad = client.call('math.add', { a: () => {} } as never)
    expect(await failure(bad)).toMatchObject({ name: 'CafeError', code: 'INTERNAL' })
    expect(await client.call('math.add', { a: 1, b: 1 })).toBe(2)
  })
})

describe('an abort', () => {
  it('reaches the method, and the call ends as ABORTED', async () => {
    const { client } = pair()
    const stop = new AbortController()
    const waiting = failure(client.call('wait', {}, { signal: stop.signal }))
    await client.call('math.add', { a: 1, b: 1 })
    stop.abort()
    expect(await waiting).toEqual(coded('ABORTED'))
    expect(seen.reasons.at(-1)).toMatchObject({ code: 'ABORTED' })
  })

  it('turns a result that comes anyway into ABORTED', async () => {
    const { client } = pair()
    const stop = new AbortController()
    const release = Promise.withResolvers<void>()
    held.promise = release.promise
    const stubborn = failure(client.call('stubborn', {}, { signal: stop.signal }))
    await client.call('math.add', { a: 1, b: 1 })
    stop.abort()
    await client.call('math.add', { a: 1, b: 1 })
    release.resolve()
    expect(await stubborn).toEqual(coded('ABORTED'))
  })

  it('before the call sends nothing', async () => {
    const { client } = pair()
    const failed = await failure(client.call('wait', {}, { signal: AbortSignal.abort() }))
    expect(failed).toMatchObject({ name: 'CafeError', code: 'ABORTED' })
  })

  it('after the end, or of somebody else’s call, does nothing', async () => {
    const { client } = pair()
    const stop = new AbortController()
    const waiting = client.call('wait', {})
    expect(await client.call('math.add', { a: 1, b: 1 }, { signal: stop.signal })).toBe(2)
    stop.abort()
    expect(await Promise.race([waiting, setTimeout(50, 'still waiting')])).toBe('still waiting')
    void waiting.catch(() => {})
  })
})

describe('closing', () => {
  it('by the caller ends what is pending, and what comes after, at once', async () => {
    const { client } = pair()
    const waiting = [client.call('wait', {}), client.call('wait', {})].map(failure)
    client.close()
    expect(await Promise.all(waiting)).toEqual([coded('UNREACHABLE'), coded('UNREACHABLE')])
    expect(await failure(client.call('math.add', { a: 1, b: 1 }))).toEqual(coded('UNREACHABLE'))
    client.close(new CafeError('BUSY'))
    expect(await failure(client.call('math.add', { a: 1, b: 1 }))).toEqual(coded('UNREACHABLE'))
  })

  it('by the callee aborts what runs, for the reason given', async () => {
    const { client, stop } = pair()
    void client.call('wait', {}).catch(() => {})
    await client.call('math.add', { a: 1, b: 1 })
    const before = seen.reasons.length
    stop(new CafeError('BUSY'))
    await expect.poll(() => seen.reasons.length).toBe(before + 1)
    expect(seen.reasons.at(-1)).toMatchObject({ code: 'BUSY' })
  })
})

describe('a table that is still being made', () => {
  it('is waited for', async () => {
    const table = Promise.withResolvers<Handlers<Api>>()
    const { client } = pair(table.promise)
    const sum = client.call('math.add', { a: 1, b: 2 })
    table.resolve(handlers)
    expect(await sum).toBe(3)
  })

  it('and cannot be, is the failure of every call', async () => {
    const table = Promise.reject(new CafeError('QUOTA', { disk: true }))
    table.catch(() => {}) // whoever makes the table knows already
    const { client } = pair(table)
    expect(await failure(client.call('math.add', { a: 1, b: 2 }))).toEqual(coded('QUOTA', { disk: true }))
    expect(await failure(client.call('wait', {}))).toEqual(coded('QUOTA', { disk: true }))
  })

  it('does not keep early methods waiting', async () => {
    const { port1, port2 } = new MessageChannel()
    const never = new Promise<Handlers<Api>>(() => {})
    const stop = serve<Api>(port1, never, { 'math.add': handlers['math.add'] })
    const client = connect<Api>(port2)
    open.push(() => client.close(), stop)
    const waits = client.call('count', { to: 1 })
    expect(await client.call('math.add', { a: 1, b: 2 })).toBe(3)
    client.close()
    expect(await failure(waits)).toEqual(coded('UNREACHABLE'))
  })
})

describe('strange messages', () => {
  it('are ignored by both ends', async () => {
    const { client, raw } = pair()
    for (const message of [
      null,
      1,
      'x',
      {},
      { t: 'call' },
      { t: 'call', id: 'x' },
      { t: 'abort', id: 99 },
      { t: 1, id: 1 },
    ])
      raw.postMessage(message)
    expect(await client.call('math.add', { a: 1, b: 1 })).toBe(2)
    const { port1, port2 } = new MessageChannel()
    const other = connect<Api>(port2)
    const waiting = other.call('math.add', { a: 1, b: 2 })
    for (const message of [null, { t: 'ok', id: 7, value: 'wrong' }, { t: 'progress', id: 0, value: 1 }])
      port1.postMessage(message)
    port1.postMessage({ t: 'ok', id: 0, value: 3 })
    expect(await waiting).toBe(3)
    other.close()
  })

  it('with a code nobody knows read as INTERNAL', async () => {
    const { port1, port2 } = new MessageChannel()
    const client = connect<Api>(port2)
    const waiting = failure(client.call('wait', {}))
    port1.postMessage({ t: 'err', id: 0, code: 'FROM_THE_FUTURE', data: { x: 1 } })
    expect(await waiting).toEqual(coded('INTERNAL', { x: 1 }))
    client.close()
  })

  it('cannot start more calls than a bound', async () => {
    const { port1, port2 } = new MessageChannel()
    open.push(serve<Api>(port1, handlers))
    const answers: { id: number; code: string }[] = []
    port2.onmessage = ({ data }) => answers.push(data)
    for (let id = 0; id < 300; id++) port2.postMessage({ t: 'call', id, method: 'wait', input: {} })
    await expect.poll(() => answers.length).toBe(300 - 256)
    expect(new Set(answers.map(({ code }) => code))).toEqual(new Set(['BUSY']))
    port2.close()
  })
})

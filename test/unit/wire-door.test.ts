/** HTTP over a stream pair: heads, bodies both ways, windows, ends told from losses, aborts, hostile frames. */
import { setTimeout } from 'node:timers/promises'
import type { Connection, Stream } from '@libp2p/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import { streamPair } from '@libp2p/utils'
import { describe, expect, it, vi } from 'vitest'
import { DOOR_CHUNK, DOOR_WINDOW, KiB, MiB } from '../../src/core/limits.ts'
import { silentLog } from '../../src/core/log.ts'
import { callDoor, type DoorAnswer, type DoorCall, serveDoor } from '../../src/wire/door.ts'
import { endToEnd } from '../../src/wire/door-protocol.ts'
import { frames } from '../../src/wire/frames.ts'
import { failure } from '../net/fixture.ts'

type Bytes = Uint8Array<ArrayBuffer>
const PEER = '12D3KooWQYhTNQdmr3ArTeUHRYzFg94BKyTkoWBDWez9kSCVe2Xo'
const connection = { remotePeer: peerIdFromString(PEER) } as Connection
const never = new AbortController().signal

async function ask(answer: DoorAnswer, call: Partial<DoorCall> = {}, signal: AbortSignal = never) {
  const [here, there] = await streamPair()
  const served = serveDoor(answer, { log: silentLog })(there, connection)
  const response = callDoor(here, { method: 'GET', path: '/', headers: [], body: null, ...call }, { signal })
  response.catch(() => {})
  return { response, served, here, there }
}

/** Answers a call by hand: for what a well-behaved cafe never says. */
async function byHand(say: (wire: ReturnType<typeof frames>, stream: Stream) => Promise<void>) {
  const [here, there] = await streamPair()
  const wire = frames(there, MiB)
  const response = callDoor(here, { method: 'GET', path: '/', headers: [], body: null }, { signal: never })
  response.catch(() => {})
  await wire.read({ signal: never })
  await say(wire, there)
  return { response, here, wire }
}

const HEAD = { status: 200, headers: [], body: true }
const stream = (...chunks: Bytes[]): ReadableStream<Bytes> =>
  new ReadableStream({
    pull(controller) {
      const chunk = chunks.shift()
      if (chunk) controller.enqueue(chunk)
      else controller.close()
    },
  })
const noise = (size: number, seed = 1): Bytes =>
  Uint8Array.from({ length: size }, (_, i) => (i * 31 + seed * 17 + (i >> 8)) % 256)

describe('a request through the door', () => {
  it('has its method, path, query and headers, but not those of the connection', async () => {
    const headers = [
      ['Range', 'bytes=1-2'],
      ['Connection', 'keep-alive, X-Own'],
      ['X-Own', 'a'],
      ['Host', 'relay.example'],
      ['Sec-Fetch-Dest', 'image'],
    ] as const
    const seen: unknown[] = []
    const answer: DoorAnswer = async (request, { headers, peer }) => {
      seen.push(request.method, new URL(request.url).pathname + new URL(request.url).search, [...headers], peer)
      return new Response('hi', { status: 206, headers: { 'content-range': 'bytes 1-2/9', connection: 'close' } })
    }
    const { response, served } = await ask(answer, { path: '/ipfs/a%2Fb?format=raw&q=%20', headers })
    const answered = await response
    expect(answered.status).toBe(206)
    expect(Object.fromEntries(answered.headers)).toMatchObject({ 'content-range': 'bytes 1-2/9' })
    expect(answered.headers.has('connection')).toBe(false)
    expect(await answered.text()).toBe('hi')
    await served
    const kept = [
      ['range', 'bytes=1-2'],
      ['sec-fetch-dest', 'image'],
    ]
    expect(seen).toEqual(['GET', '/ipfs/a%2Fb?format=raw&q=%20', kept, PEER])
  })

  it('carries bodies both ways at once, byte for byte', async () => {
    const answer: DoorAnswer = async (request) => new Response(request.body)
    const sent = [noise(1), noise(3 * DOOR_CHUNK + 5), noise(2 * MiB, 3)]
    const { response } = await ask(answer, { method: 'POST', body: stream(...sent) })
    const back = await (await response).arrayBuffer()
    expect(Buffer.compare(Buffer.from(back), Buffer.concat(sent))).toBe(0)
  })

  it.each([
    ['a path without slash', { path: 'ipfs' }],
    ['a fragment', { path: '/ipfs/a#key=u' }],
    ['a space', { path: '/a b' }],
    ['a path that is too long', { path: `/${'a'.repeat(16 * KiB)}` }],
    ['a header that is two', { headers: [['a', 'b\r\nc: d']] as const }],
    ['too many headers', { headers: Array.from({ length: 65 }, (_, i) => [`h${i}`, ''] as const) }],
    ['another method', { method: 'CONNECT' as 'GET' }],
  ])('is refused with %s', async (_what, call) => {
    const answer = vi.fn<DoorAnswer>(async () => new Response())
    const { response } = await ask(answer, call)
    expect(await failure(response)).toMatchObject({ code: 'BAD_REQUEST' })
    expect(answer).not.toHaveBeenCalled()
  })

  it('sends no byte of a body that waits before the cafe reads it', async () => {
    const onContinue = vi.fn()
    let pulled = 0
    const body = new ReadableStream<Bytes>(
      { pull: (c) => (pulled++ === 0 ? c.enqueue(noise(10)) : c.close()) },
      { highWaterMark: 0 },
    )
    const refusing = await ask(async () => new Response('no', { status: 403 }), { method: 'POST', body, onContinue })
    expect((await refusing.response).status).toBe(403)
    expect(onContinue).not.toHaveBeenCalled()
    const taking = await ask(async (request) => new Response(request.body), {
      ...{ method: 'POST', body: stream(noise(10)), onContinue },
    })
    expect((await (await taking.response).arrayBuffer()).byteLength).toBe(10)
    expect(onContinue).toHaveBeenCalledOnce()
  })

  it('stops being sent when the cafe does not want the rest', async () => {
    let cancelled = false
    const body = new ReadableStream<Bytes>({
      pull: (controller) => controller.enqueue(noise(DOOR_CHUNK)),
      cancel: () => {
        cancelled = true
      },
    })
    const { response, served } = await ask(
      async (request) => {
        await (request.body as ReadableStream<Bytes>).cancel()
        return new Response('enough')
      },
      { method: 'POST', body },
    )
    expect(await (await response).text()).toBe('enough')
    await served
    await vi.waitFor(() => expect(cancelled).toBe(true))
  })
})

describe('an answer through the door', () => {
  it('waits for its reader: never more than a window is under way', async () => {
    let made = 0
    const body = new ReadableStream<Bytes>(
      {
        pull(controller) {
          made += 64 * KiB
          if (made > 8 * MiB) controller.close()
          else controller.enqueue(noise(64 * KiB))
        },
      },
      { highWaterMark: 0 },
    )
    const { response } = await ask(async () => new Response(body))
    const reader = ((await response).body as ReadableStream<Bytes>).getReader()
    let read = 0
    for (let next = await reader.read(); next.value; next = await reader.read()) {
      read += next.value.byteLength
      if (read % MiB === 0) await setTimeout(20)
      expect(made - read).toBeLessThanOrEqual(DOOR_WINDOW + 2 * DOOR_CHUNK)
    }
    expect(read).toBe(8 * MiB)
  })

  it.each([
    [
      'fails',
      () => new ReadableStream<Bytes>({ start: (c) => c.enqueue(noise(9)), pull: (c) => c.error(new Error('x')) }),
    ],
    ['is shorter than its length', () => stream(noise(9))],
    ['is longer than its length', () => stream(noise(9), noise(9))],
  ])('that %s is an error, never an end', async (_what, body) => {
    const { response } = await ask(async () => new Response(body(), { headers: { 'content-length': '10' } }))
    await expect((await response).arrayBuffer()).rejects.toMatchObject({ name: 'CafeError' })
  })

  it('that the cafe resets or leaves open-ended is an error', async () => {
    const reset = await byHand(async (wire, there) => {
      await wire.write(HEAD, { signal: never })
      await wire.write({ data: noise(5) }, { signal: never })
      there.abort(new Error('gone'))
    })
    await expect(reset.response.then((response) => response.text())).rejects.toThrow()
    const closed = await byHand(async (wire, there) => {
      await wire.write(HEAD, { signal: never })
      await wire.write({ data: noise(5) }, { signal: never })
      await there.close()
    })
    await expect(closed.response.then((response) => response.text())).rejects.toThrow()
  })

  it.each([
    ['no head', [{ data: noise(4) }]],
    ['a status that is none', [{ ...HEAD, status: 101 }]],
    ['a header with a line end', [{ ...HEAD, headers: [['a', 'b\nc']] }]],
    ['two heads', [HEAD, HEAD]],
    ['data after the end', [HEAD, { end: true }, { data: noise(4) }]],
    ['more than the window', [HEAD, ...Array.from({ length: 10 }, () => ({ data: noise(DOOR_CHUNK) }))]],
    ['credit beyond the window', [HEAD, { credit: 1 }]],
    ['a chunk that is too large', [HEAD, { data: noise(DOOR_CHUNK + 1) }]],
    ['an empty chunk', [HEAD, { data: noise(0) }]],
    ['what is no frame', [{ hello: 1 }]],
  ])('of a hostile cafe with %s ends the exchange', async (_what, said) => {
    const { response, here } = await byHand(async (wire) => {
      for (const frame of said) await wire.write(frame, { signal: never }).catch(() => {})
    })
    const text = response.then((answered) => answered.text())
    // What came in full before is as good as ever.
    if (said.some((frame) => 'end' in frame)) return expect(await text).toBe('')
    await expect(text).rejects.toThrow()
    await vi.waitFor(() => expect(here.status).not.toBe('open'))
  })
})

describe('whoever goes away', () => {
  it('ends the work of the cafe', async () => {
    const stop = new AbortController()
    const ended = Promise.withResolvers<unknown>()
    const { response } = await ask(
      async (_request, { signal }) => {
        signal.addEventListener('abort', () => ended.resolve(signal.reason))
        return new Response(new ReadableStream({ pull: (c) => c.enqueue(noise(1000)) }, { highWaterMark: 0 }))
      },
      {},
      stop.signal,
    )
    const reader = ((await response).body as ReadableStream<Bytes>).getReader()
    await reader.read()
    stop.abort()
    const readOn = async (): Promise<void> => {
      while (!(await reader.read()).done);
    }
    await expect(readOn()).rejects.toThrow()
    expect(await ended.promise).toMatchObject({ code: 'UNREACHABLE' })
  })

  it('ends it also before there is an answer, and by not reading on', async () => {
    const stop = new AbortController()
    const started = Promise.withResolvers<AbortSignal>()
    const early = await ask(
      (_request, { signal }) => {
        started.resolve(signal)
        return new Promise<Response>(() => {})
      },
      {},
      stop.signal,
    )
    const signal = await started.promise
    stop.abort()
    await expect(early.response).rejects.toThrow()
    await vi.waitFor(() => expect(signal.aborted).toBe(true))

    let cancelled = false
    const body = new ReadableStream<Bytes>({
      pull: (c) => c.enqueue(noise(DOOR_CHUNK)),
      cancel: () => {
        cancelled = true
      },
    })
    const late = await ask(async () => new Response(body))
    await (await late.response).body?.cancel()
    await vi.waitFor(() => expect(cancelled).toBe(true))
    await late.served
  })
})

describe('headers of the connection', () => {
  it('are those of the standard and those the connection names', () => {
    const list = [
      ['Connection', 'close, X-Mine'],
      ['x-mine', '1'],
      ['TE', 'trailers'],
      ['Transfer-Encoding', 'chunked'],
      ['Accept', '*/*'],
    ] as const
    expect(endToEnd(list)).toEqual([['accept', '*/*']])
  })
})

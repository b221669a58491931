/** Frames on a stream in memory: whole, in order, and refused by their length before they have come. */
import type { Stream } from '@libp2p/interface'
import { streamPair } from '@libp2p/utils'
import { describe, expect, it } from 'vitest'
import { CafeError } from '../../src/core/errors.ts'
import { MAX_FRAME } from '../../src/core/limits.ts'
import { endStream, frames } from '../../src/wire/frames.ts'

const soon = (ms = 5000) => ({ signal: AbortSignal.timeout(ms) })

const failure = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'no failure',
    (error) => (error instanceof CafeError ? { code: error.code, ...error.data } : error),
  )

describe('frames', () => {
  it('carry values whole, in order, in both directions', async () => {
    const [a, b] = await streamPair()
    const [here, there] = [frames(a, MAX_FRAME), frames(b, MAX_FRAME)]
    const values = [1, 'x', { a: [null, true] }, new Uint8Array(60_000), []]
    for (const value of values) await here.write(value, soon())
    await there.write('back', soon())
    for (const value of values) expect(await there.read(soon())).toEqual(value)
    expect(await here.read(soon())).toBe('back')
  })

  it('are refused by their length, before they have come', async () => {
    const [a, b] = await streamPair()
    a.send(Uint8Array.of(101))
    expect(await failure(frames(b, 100).read(soon()))).toEqual({ code: 'BAD_REQUEST', limit: 100 })
  })

  it('are refused by a limit tighter than the stream’s', async () => {
    const [a, b] = await streamPair()
    a.send(Uint8Array.of(11))
    expect(await failure(frames(b, 100).read({ ...soon(), limit: 10 }))).toEqual({ code: 'BAD_REQUEST', limit: 10 })
  })

  it('are refused when their length never ends', async () => {
    const [a, b] = await streamPair()
    const reading = failure(frames(b, 100).read(soon()))
    a.send(new Uint8Array(1000).fill(0x80))
    expect(await reading).toEqual({ code: 'BAD_REQUEST', limit: 100 })
    const [c, d] = await streamPair()
    c.send(Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f))
    expect(await failure(frames(d, 100).read(soon()))).toEqual({ code: 'BAD_REQUEST', limit: 100 })
  })

  it('of nothing, or of something else, are refused', async () => {
    const [a, b] = await streamPair()
    a.send(Uint8Array.of(0))
    expect(await failure(frames(b, 100).read(soon()))).toEqual({ code: 'BAD_REQUEST', what: 'cbor' })
    const [c, d] = await streamPair()
    c.send(Uint8Array.of(2, 0xff, 0xff))
    expect(await failure(frames(d, 100).read(soon()))).toEqual({ code: 'BAD_REQUEST', what: 'cbor' })
  })

  it('cut short, or none at all, are UNREACHABLE', async () => {
    for (const sent of [[], [50], [50, 1, 2], [0x80]]) {
      const [a, b] = await streamPair()
      const reading = failure(frames(b, 100).read(soon()))
      if (sent.length > 0) a.send(Uint8Array.from(sent))
      await a.close()
      expect(await reading).toEqual({ code: 'UNREACHABLE' })
    }
    const [a, b] = await streamPair()
    const reading = failure(frames(b, 100).read(soon()))
    a.abort(new Error('gone'))
    expect(await reading).toEqual({ code: 'UNREACHABLE' })
  })

  it('that do not come in time are TIMEOUT, or ABORTED by who reads', async () => {
    const [, b] = await streamPair()
    const wire = frames(b, 100)
    expect(await failure(wire.read(soon(20)))).toEqual({ code: 'TIMEOUT' })
    expect(await failure(wire.read({ signal: AbortSignal.abort() }))).toEqual({ code: 'ABORTED' })
    const busy = AbortSignal.abort(new CafeError('BUSY'))
    expect(await failure(wire.read({ signal: busy }))).toEqual({ code: 'BUSY' })
  })

  it('end with a stream that is closed, or aborted when that takes too long', async () => {
    const [a, b] = await streamPair()
    await Promise.all([endStream(a), endStream(b)])
    expect([a.writeStatus, b.writeStatus]).toEqual(['closed', 'closed'])
    let aborted: unknown
    const stuck = {
      close: ({ signal }: { signal: AbortSignal }) =>
        new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
      abort: (error: unknown) => {
        aborted = error
      },
    }
    await endStream(stuck as unknown as Stream, 20)
    expect(aborted).toBeInstanceOf(Error)
  })
})

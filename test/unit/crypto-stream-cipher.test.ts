/** Streams under attack and in use: ranges, damage, truncation, back-pressure, cancelling, aborting. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CafeError } from '../../src/core/errors.ts'
import { hex } from '../../src/core/ids.ts'
import { Secret } from '../../src/core/secret.ts'
import { utf8 } from '../../src/crypto/bytes.ts'
import type { Ciphertext, StreamFormat } from '../../src/crypto/stream-cipher.ts'
import { CAFE_STREAM, ciphertextSize, encryptStream, openStream, SEGMENT } from '../../src/crypto/stream-cipher.ts'
import { chunked, collect, counting, failure, flipBit, memory, pattern, unhex } from './crypto-help.ts'

const KEY = new Secret(counting(32))
const SEALED = { code: 'SEALED', data: {} }
/** The same format with small segments: 24 bytes of plaintext in the first, 64 in each further one. */
const TINY: StreamFormat = { ...CAFE_STREAM, segment: 80, maxSegments: 64 }

async function seal(plain: Uint8Array<ArrayBuffer>, format = TINY): Promise<Uint8Array<ArrayBuffer>> {
  return collect(chunked(plain, [plain.byteLength || 1]).pipeThrough(encryptStream(KEY, { format })))
}

const open = (bytes: Uint8Array<ArrayBuffer>, format = TINY) => openStream(KEY, memory(bytes), { format })

/** A source whose reads wait until `release` is called; `cut` records reads whose signal stopped them. */
function gated(bytes: Uint8Array<ArrayBuffer>) {
  const started: number[] = []
  const cut: number[] = []
  let gate: Promise<void> | undefined
  let release = () => {}
  const source: Ciphertext = {
    size: bytes.byteLength,
    async read(start, end, options) {
      started.push(start)
      options?.signal?.addEventListener('abort', () => cut.push(start))
      await gate
      return bytes.slice(start, end)
    },
  }
  const close = () => {
    started.length = 0
    gate = new Promise((resolve) => {
      release = resolve
    })
  }
  return { source, started, cut, close, release: () => release() }
}

const settle = () => new Promise((resolve) => setTimeout(resolve, 5))

describe('encrypting', () => {
  it('does not depend on how the plaintext is cut, nor on what becomes of a chunk’s memory', async () => {
    const input = fc.record({ size: fc.nat(600), sizes: fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1 }) })
    await fc.assert(
      fc.asyncProperty(input, async ({ size, sizes }) => {
        const cipher = encryptStream(KEY, { format: TINY })
        const sealed = collect(cipher.readable)
        const writer = cipher.writable.getWriter()
        for (let at = 0, turn = 0; at < size; turn++) {
          const chunk = pattern(size).slice(at, at + (sizes[turn % sizes.length] ?? 1))
          at += chunk.byteLength
          await writer.write(chunk)
          chunk.fill(0xee)
        }
        await writer.close()
        const bytes = await sealed
        expect(bytes.byteLength).toBe(ciphertextSize(size, TINY))
        const file = await open(bytes)
        expect(hex(await collect(file.stream(0, file.size)))).toBe(hex(pattern(size)))
      }),
      { numRuns: 200 },
    )
  })

  it('waits for its reader', async () => {
    let pulled = 0
    const endless = new ReadableStream<Uint8Array<ArrayBuffer>>(
      {
        pull(controller) {
          pulled += 1
          controller.enqueue(new Uint8Array(SEGMENT))
        },
      },
      { highWaterMark: 0 },
    )
    const reader = endless.pipeThrough(encryptStream(KEY)).getReader()
    await reader.read()
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(pulled).toBeLessThan(12)
    await reader.cancel()
  })

  it('refuses a key that is not 32 bytes, and more than it can address', async () => {
    const weak = chunked(pattern(1), [1]).pipeThrough(encryptStream(new Secret(counting(16))))
    expect(await failure(() => Array.fromAsync(weak))).toEqual({ code: 'BAD_REQUEST', data: { what: 'key' } })
    const limit = ciphertextSize(24 + 63 * 64, TINY)
    expect(limit).toBe(64 * 80)
    expect((await seal(pattern(24 + 63 * 64))).byteLength).toBe(limit)
    const long = chunked(pattern(25 + 63 * 64), [64]).pipeThrough(encryptStream(KEY, { format: TINY }))
    expect(await failure(() => Array.fromAsync(long))).toEqual({ code: 'BAD_REQUEST', data: { what: 'size' } })
  })
})

describe('ranges', () => {
  it('are what a slice of the plaintext is, at any place of any file', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(700), fc.nat(700), fc.nat(700), async (size, a, b) => {
        const [start, end] = [Math.min(a, b, size), Math.min(Math.max(a, b), size)]
        const file = await open(await seal(pattern(size)))
        expect(file.size).toBe(size)
        expect(hex(await collect(file.stream(start, end)))).toBe(hex(pattern(size).subarray(start, end)))
      }),
      { numRuns: 300 },
    )
  })

  it('hold in the real format, reading only the segments they need', async () => {
    const plain = pattern(5 * SEGMENT)
    const source = memory(await seal(plain, CAFE_STREAM))
    const file = await openStream(KEY, source)
    expect(source.reads).toEqual([
      [0, SEGMENT],
      [5 * SEGMENT, source.size],
    ])
    source.reads.length = 0
    const edge = 262_088
    for (const [start, end] of [
      [0, 1],
      [edge - 1, edge + 1],
      [edge + 262_128, edge + 262_130],
      [5 * SEGMENT - 1, 5 * SEGMENT],
    ]) {
      expect(hex(await collect(file.stream(start ?? 0, end ?? 0)))).toBe(hex(plain.subarray(start, end)))
    }
    expect(source.reads).toEqual([
      [SEGMENT, 2 * SEGMENT],
      [2 * SEGMENT, 3 * SEGMENT],
    ])
    expect(Buffer.compare(await collect(file.stream(0, file.size)), plain)).toBe(0)
  })

  it('read a file of one segment once', async () => {
    const source = memory(await seal(pattern(100), CAFE_STREAM))
    const file = await openStream(KEY, source)
    await collect(file.stream(0, 100))
    expect(source.reads).toEqual([[0, source.size]])
  })

  it('may be read at the same time, and their chunks may be transferred away', async () => {
    const file = await open(await seal(pattern(300)))
    for (let round = 0; round < 2; round++) {
      const streams = [file.stream(0, 300), file.stream(0, 300), file.stream(250, 300)]
      const texts = await Promise.all(
        streams.map(async (stream) => {
          let text = ''
          for await (const chunk of stream) {
            text += hex(chunk)
            structuredClone(chunk.buffer, { transfer: [chunk.buffer] })
          }
          return text
        }),
      )
      expect(texts).toEqual([hex(pattern(300)), hex(pattern(300)), hex(pattern(300).subarray(250))])
    }
  })

  it.each([
    [-1, 5],
    [5, 4],
    [0, 301],
    [301, 301],
    [0.5, 2],
    [0, Number.NaN],
  ])('refuse %d to %d of 300 bytes', async (start, end) => {
    const file = await open(await seal(pattern(300)))
    const refusal = { code: 'BAD_REQUEST', data: { what: 'range', size: 300 } }
    expect(await failure(() => file.stream(start, end))).toEqual(refusal)
  })
})

describe('damage', () => {
  it('is noticed at opening for every bit of the first and last segment, and delivers none of any other', async () => {
    const plain = pattern(24 + 64 + 30)
    const sealed = await seal(plain)
    for (let bit = 0; bit < sealed.byteLength * 8; bit++) {
      const damaged = flipBit(sealed, bit)
      const inside = bit >= 80 * 8 && bit < 160 * 8
      if (!inside) {
        expect(await failure(() => open(damaged))).toEqual(SEALED)
        continue
      }
      const file = await open(damaged)
      const seen: string[] = []
      const read = async () => {
        for await (const chunk of file.stream(0, file.size)) seen.push(hex(chunk))
      }
      expect(await failure(read)).toEqual(SEALED)
      expect(seen.join('')).toBe(hex(plain.subarray(0, 24)))
      expect(hex(await collect(file.stream(24 + 64, file.size)))).toBe(hex(plain.subarray(24 + 64)))
    }
  })

  it('is noticed for random bits of the real format', async () => {
    const plain = pattern(3 * SEGMENT)
    const sealed = await seal(plain, CAFE_STREAM)
    await fc.assert(
      fc.asyncProperty(fc.nat(sealed.byteLength * 8 - 1), async (bit) => {
        const outcome = await failure(async () => {
          const file = await openStream(KEY, memory(flipBit(sealed, bit)))
          for await (const _ of file.stream(0, file.size));
        })
        expect(outcome).toEqual(SEALED)
      }),
      { numRuns: 40 },
    )
  })

  it('by truncation is noticed at opening, wherever the cut', async () => {
    for (const size of [0, 1, 23, 24, 25, 87, 88, 89, 152, 200]) {
      const sealed = await seal(pattern(size))
      for (let cut = 0; cut < sealed.byteLength; cut++) {
        expect(await failure(() => open(sealed.slice(0, cut)))).toMatchObject({ code: 'SEALED' })
      }
      expect(await failure(() => open(Uint8Array.from([...sealed, 0])))).toMatchObject({ code: 'SEALED' })
    }
  })

  it('by truncation at the boundaries of the real format is noticed at opening', async () => {
    const sealed = await seal(pattern(3 * SEGMENT + 5), CAFE_STREAM)
    const edges = [0, 40, 56, SEGMENT, SEGMENT + 17, 2 * SEGMENT, 2 * SEGMENT + 17, 3 * SEGMENT, sealed.byteLength]
    for (const cut of edges.flatMap((edge) => [edge - 1, edge, edge + 1])) {
      if (cut < 0 || cut >= sealed.byteLength) continue
      expect(await failure(() => open(sealed.slice(0, cut), CAFE_STREAM))).toMatchObject({ code: 'SEALED' })
    }
  })

  it('by moving, repeating or mixing segments is noticed', async () => {
    const plain = pattern(24 + 64 * 4)
    const sealed = await seal(plain)
    const other = await seal(plain)
    const piece = (from: Uint8Array, i: number) => [...from.subarray(80 * i, 80 * (i + 1))]
    const arrangements = {
      swapped: [0, 2, 1, 3, 4].flatMap((i) => piece(sealed, i)),
      repeated: [0, 1, 1, 3, 4].flatMap((i) => piece(sealed, i)),
      mixed: [0, 1, 2, 3, 4].flatMap((i) => piece(i === 2 ? other : sealed, i)),
      lengthened: [0, 1, 2, 3, 3, 4].flatMap((i) => piece(sealed, i)),
      shortened: [0, 1, 2, 4].flatMap((i) => piece(sealed, i)),
      'with another header': [...other.subarray(0, 40), ...sealed.subarray(40)],
    }
    for (const [name, bytes] of Object.entries(arrangements)) {
      const read = async () => {
        const file = await open(Uint8Array.from(bytes))
        await Array.fromAsync(file.stream(0, file.size))
      }
      expect(await failure(read), name).toEqual(SEALED)
    }
  })

  it('is what another key, purpose or parameter looks like', async () => {
    const source = memory(await seal(pattern(300)))
    expect(await failure(() => openStream(new Secret(counting(32, 1)), source, { format: TINY }))).toEqual(SEALED)
    expect(await failure(() => openStream(KEY, source, { format: TINY, aad: utf8('other') }))).toEqual(SEALED)
    expect(await failure(() => openStream(KEY, source))).toEqual(SEALED)
    const weak = new Secret(unhex('00'.repeat(16)))
    const refusal = { code: 'BAD_REQUEST', data: { what: 'key' } }
    expect(await failure(() => openStream(weak, source, { format: TINY }))).toEqual(refusal)
  })

  it('includes a source that returns too little', async () => {
    const sealed = await seal(pattern(300))
    const short: Ciphertext = { size: sealed.byteLength, read: async (start, end) => sealed.slice(start, end - 1) }
    expect(await failure(() => openStream(KEY, short, { format: TINY }))).toEqual(SEALED)
  })
})

describe('a stream', () => {
  const plain = pattern(24 + 64 * 19)

  it('reads nothing before it is read, then eight segments ahead, then four at once for every four taken', async () => {
    const { source, started } = gated(await seal(plain))
    const file = await openStream(KEY, source, { format: TINY })
    started.length = 0
    const reader = file.stream(24, file.size).getReader()
    await settle()
    expect(started).toEqual([])
    await reader.read()
    await settle()
    const counts = [started.length]
    for (let taken = 1; taken < 8; taken++) {
      await reader.read()
      await settle()
      counts.push(started.length)
    }
    expect(counts).toEqual([8, 8, 8, 12, 12, 12, 12, 16])
    await reader.cancel()
  })

  it('fetches several segments at once and delivers them in order whatever arrives first', async () => {
    const sealed = await seal(plain)
    const waiting: (() => void)[] = []
    let hold = false
    const source: Ciphertext = {
      size: sealed.byteLength,
      async read(start, end) {
        if (hold) await new Promise<void>((resolve) => waiting.push(resolve))
        return sealed.slice(start, end)
      },
    }
    const file = await openStream(KEY, source, { format: TINY })
    hold = true
    const whole = collect(file.stream(24, file.size))
    let most = 0
    let done = false
    void whole.then(() => {
      done = true
    })
    while (!done) {
      await settle()
      most = Math.max(most, waiting.length)
      // The latest request is answered first.
      waiting.pop()?.()
    }
    expect(hex(await whole)).toBe(hex(plain.subarray(24)))
    expect(most).toBe(8)
  })

  it('stops reading when cancelled', async () => {
    const { source, started, cut, close, release } = gated(await seal(plain))
    const file = await openStream(KEY, source, { format: TINY })
    close()
    cut.length = 0
    const reader = file.stream(24, file.size).getReader()
    const pending = reader.read()
    await settle()
    await reader.cancel()
    expect(cut).toEqual(started)
    release()
    await settle()
    expect(started.length).toBe(8)
    expect(await pending).toEqual({ done: true, value: undefined })
  })

  it('ends at once with ABORTED when its signal aborts, even if the source hangs', async () => {
    const { source, started, cut, close } = gated(await seal(plain))
    const file = await openStream(KEY, source, { format: TINY })
    close()
    cut.length = 0
    const stop = new AbortController()
    const reader = file.stream(24, file.size, { signal: stop.signal }).getReader()
    const pending = failure(() => reader.read())
    await settle()
    stop.abort()
    expect(await pending).toEqual({ code: 'ABORTED', data: {} })
    expect(cut).toEqual(started)
  })

  it('does not start when its signal has already aborted', async () => {
    const source = memory(await seal(plain))
    const file = await openStream(KEY, source, { format: TINY })
    source.reads.length = 0
    const signal = AbortSignal.abort(new DOMException('late', 'TimeoutError'))
    const stream = file.stream(24, file.size, { signal })
    expect(await failure(() => stream.getReader().read())).toEqual({ code: 'TIMEOUT', data: {} })
    expect(source.reads).toEqual([])
    const open = () => openStream(KEY, source, { format: TINY, signal })
    expect(await failure(open)).toEqual({ code: 'TIMEOUT', data: {} })
    expect(source.reads).toEqual([])
  })

  it('passes on what the source failed with, after everything before it', async () => {
    const sealed = await seal(plain)
    const failing: Ciphertext = {
      size: sealed.byteLength,
      async read(start, end) {
        if (start === 80 * 3) throw new CafeError('UNREACHABLE')
        return sealed.slice(start, end)
      },
    }
    const file = await openStream(KEY, failing, { format: TINY })
    const seen: string[] = []
    const read = async () => {
      for await (const chunk of file.stream(0, file.size)) seen.push(hex(chunk))
    }
    expect(await failure(read)).toEqual({ code: 'UNREACHABLE', data: {} })
    expect(seen.join('')).toBe(hex(plain.subarray(0, 24 + 64 * 2)))
    const tail = { ...failing, read: () => Promise.reject(new CafeError('TIMEOUT')) }
    expect(await failure(() => openStream(KEY, tail, { format: TINY }))).toEqual({ code: 'TIMEOUT', data: {} })
  })
})

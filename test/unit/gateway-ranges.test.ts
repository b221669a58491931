/** Ranges, one and several, of plain and encrypted files cut into leaves of every kind: exactly the bytes asked for. */
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  type Ask,
  asker,
  bodyError,
  bytesOf,
  importFile,
  importSealed,
  KIB,
  MemorySource,
  noise,
  partsOf,
  range,
} from './gateway-help.ts'

/** Sizes and cuts that fit neither each other nor the cipher's segments, as other programs make them. */
const SHAPES = [
  { size: 50_001, leaf: 1_000, fanout: 2 },
  { size: 90_007, leaf: 1_000, fanout: 174 },
  { size: 999_983, leaf: 64 * KIB, fanout: 3 },
  { size: 1_500_007, leaf: 64 * KIB, fanout: 1024 },
  { size: 3_000_017, leaf: 1024 * KIB, fanout: 2 },
  { size: 2_097_153, leaf: 1024 * KIB, fanout: 1024 },
  { size: 700_001, leaf: 100_003, fanout: 5 },
  { size: 786_431, leaf: 256 * KIB, fanout: 174 },
  { size: 262_088, leaf: 256 * KIB, fanout: 174 },
  { size: 262_089, leaf: 256 * KIB, fanout: 174 },
] as const
/** For each shape, plain and encrypted: 2 000 in all. */
const RUNS = 100

type Kind = 'plain' | 'encrypted'

async function served(kind: Kind, { size, ...options }: (typeof SHAPES)[number]) {
  const source = new MemorySource()
  const bytes = noise(size, size)
  const sealed = kind === 'encrypted' ? await importSealed(source, bytes, options) : undefined
  const path = sealed ? `/ipfs/${sealed.cid}#key=${sealed.key}` : `/ipfs/${await importFile(source, bytes, options)}`
  return { bytes, path, ask: asker(source), source }
}

const KINDS = SHAPES.flatMap((shape) => (['plain', 'encrypted'] as const).map((kind) => ({ kind, ...shape })))

describe.each(KINDS)('a $kind file of $size bytes in leaves of $leaf, $fanout to a node', ({ kind, ...shape }) => {
  const { size } = shape
  let file: Awaited<ReturnType<typeof served>>
  beforeAll(async () => {
    file = await served(kind, shape)
  })
  const same = (got: Uint8Array, start: number, end: number): void =>
    expect(Buffer.compare(got, file.bytes.subarray(start, end))).toBe(0)

  /** Offsets, often at the edges of leaves and segments. */
  const offset = fc.oneof(
    fc.nat(size - 1),
    fc
      .tuple(fc.constantFrom(shape.leaf, 262_128), fc.nat(12), fc.integer({ min: -57, max: 1 }))
      .map(([step, times, off]) => Math.min(size - 1, Math.max(0, step * times + off))),
  )

  it('gives one range exactly', async () => {
    await fc.assert(
      fc.asyncProperty(offset, offset, fc.constantFrom('a-b', 'a-', '-n'), async (a, b, form) => {
        const [start, last] = form === 'a-b' ? [Math.min(a, b), Math.max(a, b)] : [a, size - 1]
        const header = { 'a-b': `${start}-${last}`, 'a-': `${start}-`, '-n': `-${size - start}` }[form]
        const response = await file.ask(file.path, range(`bytes=${header}`))
        expect(response.status).toBe(206)
        expect(response.headers.get('Content-Range')).toBe(`bytes ${start}-${last}/${size}`)
        expect(response.headers.get('Content-Length')).toBe(String(last - start + 1))
        same(await bytesOf(response), start, last + 1)
      }),
      { numRuns: RUNS },
    )
  })

  it('gives several ranges in the order asked for', async () => {
    const span = fc.tuple(offset, fc.nat(2_000))
    await fc.assert(
      fc.asyncProperty(fc.array(span, { minLength: 2, maxLength: 8 }), async (spans) => {
        const specs = spans.map(([start, more]) => `${start}-${start + more}`)
        const response = await file.ask(file.path, range(`bytes=${specs.join(', ')}`))
        expect(response.status).toBe(206)
        const seen = new Set<number>()
        const single = response.headers.get('Content-Range')
        const type = response.headers.get('Content-Type') ?? ''
        const parts = single
          ? [{ contentRange: single, bytes: await bytesOf(response), type }]
          : await partsOf(response)
        for (const { contentRange, bytes } of parts) {
          const [, first, last, whole] = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(contentRange) ?? []
          expect(whole).toBe(String(size))
          same(bytes, Number(first), Number(last) + 1)
          for (let at = Number(first); at <= Number(last); at++) expect(seen.has(at) || !seen.add(at)).toBe(false)
        }
        for (const [start, more] of spans) {
          for (const at of [start, Math.min(size - 1, start + more)]) expect(seen.has(at)).toBe(true)
        }
        const wanted = new Set(spans.flatMap(([start, more]) => spanOf(start, Math.min(size, start + more + 1))))
        expect(seen.size).toBe(wanted.size)
      }),
      { numRuns: 10 },
    )
  })
})

const spanOf = (start: number, end: number): number[] => Array.from({ length: end - start }, (_, i) => start + i)

describe.each(['plain', 'encrypted'] as const)('several ranges of a %s file', (kind) => {
  const shape = { size: 999_983, leaf: 64 * KIB, fanout: 3 } as const
  let file: Awaited<ReturnType<typeof served>>
  let ask: Ask
  beforeAll(async () => {
    file = await served(kind, shape)
    ask = file.ask
  })

  it('each say their place and the type of the file', async () => {
    const name = kind === 'plain' ? '?filename=film.webm' : undefined
    const path = name ? file.path + name : file.path.replace('#', '/film.webm#')
    const response = await ask(path, range('bytes=900000-,0-9,5000000-,-1,500-509'))
    expect(response.status).toBe(206)
    expect(response.headers.get('Content-Range')).toBeNull()
    expect(response.headers.get('ETag')).toBeTruthy()
    expect(response.headers.get('Cache-Control')).toContain(kind === 'plain' ? 'immutable' : 'no-store')
    const parts = await partsOf(response)
    expect(parts.map(({ type, contentRange }) => [type, contentRange])).toEqual([
      ['video/webm', 'bytes 900000-999982/999983'],
      ['video/webm', 'bytes 0-9/999983'],
      ['video/webm', 'bytes 500-509/999983'],
    ])
  })

  it('have another boundary each time, so that no file can pretend to be a part', async () => {
    const one = async () => (await ask(file.path, range('bytes=0-1,9-10'))).headers.get('Content-Type')
    expect(await one()).not.toBe(await one())
  })

  it('are the whole if there are too many, and one range if they are one', async () => {
    const many = Array.from({ length: 40 }, (_, i) => `${i * 20}-${i * 20}`)
    const whole = await ask(file.path, range(`bytes=${many.join(',')}`))
    expect(whole.status).toBe(200)
    expect((await bytesOf(whole)).byteLength).toBe(shape.size)
    const same = Array.from({ length: 40 }, () => '0-99')
    const one = await ask(file.path, range(`bytes=${same.join(',')}`))
    expect(one.headers.get('Content-Range')).toBe('bytes 0-99/999983')
    expect((await bytesOf(one)).byteLength).toBe(100)
    const none = await ask(file.path, range('bytes=5000000-,6000000-'))
    expect(none.status).toBe(416)
  })

  it('are given only of the version that If-Range names', async () => {
    const etag = (await ask(file.path, { method: 'HEAD' })).headers.get('ETag') ?? ''
    const status = async (ifRange: string) =>
      (await ask(file.path, range('bytes=0-1,9-10', { 'If-Range': ifRange }))).status
    expect(await status(etag)).toBe(206)
    expect(await status('"other"')).toBe(200)
    const head = await ask(file.path, { method: 'HEAD', ...range('bytes=0-1,9-10') })
    expect([head.status, head.headers.get('Content-Length')]).toEqual([200, '999983'])
  })

  it('break off with an error where one of them cannot be read, and are a page where the first cannot', async () => {
    const { source, path } = await served(kind, shape)
    const leaves = source.leaves()
    source.blocks.delete(leaves[8] ?? '')
    const fresh = asker(source)
    const later = await fresh(path, range(`bytes=0-9,${8 * 64 * KIB}-${8 * 64 * KIB + 9}`))
    expect(later.status).toBe(206)
    expect(await bodyError(later)).toMatchObject({ code: 'NOT_FOUND' })
    expect((await fresh(path, range(`bytes=${8 * 64 * KIB}-${8 * 64 * KIB + 9},0-9`))).status).toBe(404)
  })

  it('are not read on when nobody wants them any more', async () => {
    const { source, path } = await served(kind, shape)
    const response = await asker(source)(path, range('bytes=0-400000,500000-900000'))
    const reader = (response.body as ReadableStream<Uint8Array>).getReader()
    await reader.read()
    await reader.read()
    await reader.cancel()
    await new Promise((resolve) => setTimeout(resolve, 20))
    const before = source.asked.length
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(source.asked.length).toBe(before)
  })
})

/** Key-less content: files of every shape byte for byte, ranges, validators, isolation, and failures that say what to do. */
import * as dagPb from '@ipld/dag-pb'
import fc from 'fast-check'
import { UnixFS } from 'ipfs-unixfs'
import { CID } from 'multiformats/cid'
import { identity } from 'multiformats/hashes/identity'
import { sha256 } from 'multiformats/hashes/sha2'
import { beforeAll, describe, expect, it } from 'vitest'
import { CafeError } from '../../src/core/errors.ts'
import {
  type Ask,
  asker,
  bodyError,
  bytesOf,
  importFile,
  importTree,
  KIB,
  lasting,
  MemorySource,
  noise,
  range,
  utf8,
} from './gateway-help.ts'

interface Shape {
  readonly title: string
  readonly size: number
  readonly leaf: number
  readonly fanout: number
  readonly rawLeaves?: boolean
}

const SHAPES: readonly Shape[] = [
  { title: 'an empty file', size: 0, leaf: 256 * KIB, fanout: 174 },
  { title: 'a file of one byte', size: 1, leaf: 256 * KIB, fanout: 174 },
  { title: 'a file of one leaf', size: 256 * KIB, leaf: 256 * KIB, fanout: 174 },
  { title: '256 KiB leaves', size: 5 * 256 * KIB + 77, leaf: 256 * KIB, fanout: 174 },
  { title: '1 MiB leaves', size: 3 * 1024 * KIB + 1, leaf: 1024 * KIB, fanout: 1024 },
  { title: 'a tree seven levels deep', size: 100 * KIB + 5, leaf: KIB, fanout: 2 },
  { title: 'leaves wrapped in dag-pb', size: 40 * KIB + 3, leaf: KIB, fanout: 5, rawLeaves: false },
]

describe.each(SHAPES)('$title', ({ size, ...options }) => {
  const source = new MemorySource()
  const plain = noise(size)
  const ask = asker(source)
  let path = ''
  beforeAll(async () => {
    path = `/ipfs/${await importFile(source, plain, options)}`
  })

  it('comes back whole, with its size, an entity tag and a year of caching', async () => {
    const response = await ask(path)
    expect(response.status).toBe(200)
    expect(response.headers.get('Content-Length')).toBe(String(size))
    expect(response.headers.get('Accept-Ranges')).toBe('bytes')
    expect(response.headers.get('Cache-Control')).toBe('public, max-age=29030400, immutable')
    expect(response.headers.get('ETag')).toBe(`"${path.slice(6)}"`)
    expect(response.headers.get('X-Ipfs-Path')).toBe(path)
    expect(Buffer.compare(await bytesOf(response), plain)).toBe(0)
  })

  it('answers any range with exactly those bytes', async () => {
    const offset = fc.nat(Math.max(0, size - 1))
    await fc.assert(
      fc.asyncProperty(offset, offset, fc.constantFrom('a-b', 'a-', '-n'), async (a, b, form) => {
        if (size === 0) return
        const [start, last] = form === 'a-b' ? [Math.min(a, b), Math.max(a, b)] : [a, size - 1]
        const header = { 'a-b': `${start}-${last}`, 'a-': `${start}-`, '-n': `-${size - start}` }[form]
        const response = await ask(path, range(`bytes=${header}`))
        expect(response.status).toBe(206)
        expect(response.headers.get('Content-Range')).toBe(`bytes ${start}-${last}/${size}`)
        expect(response.headers.get('Content-Length')).toBe(String(last - start + 1))
        expect(Buffer.compare(await bytesOf(response), plain.subarray(start, last + 1))).toBe(0)
      }),
      { numRuns: 25 },
    )
  })

  it('says its true size to whoever asks beyond its end', async () => {
    const response = await ask(path, range(`bytes=${size}-`))
    expect(response.status).toBe(416)
    expect(response.headers.get('Content-Range')).toBe(`bytes */${size}`)
  })

  it('answers HEAD with the headers of GET and nothing else', async () => {
    const [get, head] = [await ask(path), await ask(path, { method: 'HEAD' })]
    expect(lasting(head)).toEqual(lasting(get))
    expect(head.status).toBe(get.status)
    expect((await bytesOf(head)).byteLength).toBe(0)
    await get.body?.cancel()
  })
})

describe('reading a file', () => {
  it('fetches only the blocks that a range covers', async () => {
    const source = new MemorySource()
    const cid = await importFile(source, noise(20 * KIB), { leaf: KIB, fanout: 4 })
    const leaves = source.leaves()
    await bytesOf(await asker(source)(`/ipfs/${cid}/`.slice(0, -1), range('bytes=5000-7000')))
    const asked = new Set(source.asked.map((block) => block.cid))
    // 5000 to 7000 are in leaves 4, 5 and 6; the first is looked at for its type.
    expect(leaves.filter((leaf) => asked.has(leaf))).toEqual([0, 4, 5, 6].map((i) => leaves[i]))
  })

  it.each([
    { what: 'sixteen small blocks', leaf: KIB, most: 16 },
    { what: 'four mebibytes', leaf: 1024 * KIB, most: 4 },
  ])(
    'asks for no more than $what before the reader takes one, and for none after it has left',
    async ({ leaf, most }) => {
      const source = new MemorySource()
      const cid = await importFile(source, noise(64 * leaf), { leaf })
      const response = await asker(source)(`/ipfs/${cid}`)
      const reader = (response.body as ReadableStream<Uint8Array>).getReader()
      await reader.read()
      await new Promise((resolve) => setTimeout(resolve, 20))
      const before = source.asked.length
      // root, first leaf for its type, then the first of the stream and those behind it
      expect(before).toBeLessThanOrEqual(3 + most)
      await reader.cancel()
      await new Promise((resolve) => setTimeout(resolve, 20))
      expect(source.asked.length).toBe(before)
    },
  )

  it('stops with the signal, as an error of the stream', async () => {
    const source = new MemorySource()
    const cid = await importFile(source, noise(64 * KIB), { leaf: KIB })
    const stop = new AbortController()
    const response = await asker(source)(`/ipfs/${cid}`, {}, { signal: stop.signal })
    stop.abort()
    expect(await bodyError(response)).toMatchObject({ code: 'ABORTED' })
  })

  it('breaks off with an error when a later block is missing, spoilt or out of reach', async () => {
    for (const [code, harm] of [
      ['NOT_FOUND', (source: MemorySource, cid: string) => source.blocks.delete(cid)],
      ['CORRUPT', (source: MemorySource, cid: string) => source.spoil(cid)],
      ['UNREACHABLE', (source: MemorySource, cid: string) => source.failing.set(cid, 'UNREACHABLE')],
    ] as const) {
      const source = new MemorySource()
      const cid = await importFile(source, noise(30 * KIB), { leaf: KIB })
      harm(source, source.leaves()[20] ?? '')
      const response = await asker(source)(`/ipfs/${cid}`)
      expect(response.status).toBe(200)
      expect(await bodyError(response)).toMatchObject({ code })
      // What does not need that block is there all the same.
      expect((await asker(source)(`/ipfs/${cid}`, range('bytes=-2048'))).status).toBe(206)
    }
  })

  it('takes content from the CID itself', async () => {
    const cid = CID.createV1(0x55, identity.digest(utf8('in the name')))
    const response = await asker(new MemorySource())(`/ipfs/${cid}`)
    expect(await response.text()).toBe('in the name')
  })
})

describe('a tree that lies', () => {
  const leafSize = 1000
  async function node(
    source: MemorySource,
    children: readonly { cid: CID; size: number }[],
    lie: { fileSize?: number; blockSizes?: number[] } = {},
  ): Promise<CID> {
    const sizes = lie.blockSizes ?? children.map(({ size }) => size)
    const honest = new UnixFS({ type: 'file', blockSizes: sizes.map(BigInt) })
    const total = sizes.reduce((sum, size) => sum + size, 0)
    let data = honest.marshal()
    // filesize is field 3: a two-byte varint in these tests, so it can be written anew.
    if (lie.fileSize !== undefined) data = withFileSize(data, total, lie.fileSize)
    const block = dagPb.encode({ Data: data, Links: children.map(({ cid }) => ({ Hash: cid, Name: '', Tsize: 1 })) })
    const cid = CID.createV1(dagPb.code, await sha256.digest(block))
    await source.put(cid, block)
    return cid
  }

  function withFileSize(data: Uint8Array, from: number, to: number): Uint8Array<ArrayBuffer> {
    const varint = (value: number) => (value < 128 ? [value] : [(value & 127) | 128, value >> 7])
    const old = [0x18, ...varint(from)]
    const at = data.findIndex((_, i) => old.every((byte, j) => data[i + j] === byte))
    return Uint8Array.from([...data.subarray(0, at), 0x18, ...varint(to), ...data.subarray(at + old.length)])
  }

  async function leaf(source: MemorySource, seed: number): Promise<{ cid: CID; size: number }> {
    const bytes = noise(leafSize, seed)
    const cid = CID.createV1(0x55, await sha256.digest(bytes))
    await source.put(cid, bytes)
    return { cid, size: leafSize }
  }

  it('about its own size is an error page', async () => {
    const source = new MemorySource()
    const leaves = [await leaf(source, 1), await leaf(source, 2)]
    expect((await asker(source)(`/ipfs/${await node(source, leaves)}`)).status).toBe(200)
    for (const lie of [
      { fileSize: 1999 },
      { fileSize: 3000 },
      { blockSizes: [1000] },
      { blockSizes: [1000, 1000, 0] },
    ]) {
      expect((await asker(source)(`/ipfs/${await node(source, leaves, lie)}`)).status, JSON.stringify(lie)).toBe(502)
    }
  })

  it('about the size of a part breaks off there', async () => {
    const source = new MemorySource()
    const leaves = [await leaf(source, 1), await leaf(source, 2)]
    const cid = await node(source, leaves, { blockSizes: [1000, 999] })
    expect(await bodyError(await asker(source)(`/ipfs/${cid}`))).toMatchObject({ code: 'CORRUPT' })
  })

  it('with a directory for a part breaks off there', async () => {
    const source = new MemorySource()
    const dir = await importTree(source, { a: utf8('x') })
    const cid = await node(source, [await leaf(source, 1), { cid: dir, size: 10 }])
    expect(await bodyError(await asker(source)(`/ipfs/${cid}`))).toMatchObject({ code: 'CORRUPT' })
  })

  it('of nothing but empty parts is read without visiting them', async () => {
    const source = new MemorySource()
    let cid = await node(source, [])
    for (let i = 0; i < 80; i++) cid = await node(source, Array(40).fill({ cid, size: 0 }))
    const response = await asker(source)(`/ipfs/${cid}/`.slice(0, -1))
    expect(await response.text()).toBe('')
    expect(source.asked).toHaveLength(1)
  })

  it('is not followed deeper than any honest one goes', async () => {
    const source = new MemorySource()
    let child = await leaf(source, 1)
    for (let i = 0; i < 70; i++) child = { cid: await node(source, [child]), size: leafSize }
    expect((await asker(source)(`/ipfs/${child.cid}`)).status).toBe(502)
  })

  it('that repeats itself is answered range by range without ever being walked whole', async () => {
    const source = new MemorySource()
    let child = await leaf(source, 1)
    // Times three, because protons-runtime 7.1 writes sizes from 2^31 to 2^32 - 1 wrong and doubling would meet one.
    for (let i = 0; i < 26; i++) child = { cid: await node(source, [child, child, child]), size: 3 * child.size }
    const response = await asker(source)(`/ipfs/${child.cid}`, range('bytes=-1000'))
    expect(response.headers.get('Content-Range')).toContain(`/${leafSize * 3 ** 26}`)
    expect(Buffer.compare(await bytesOf(response), noise(leafSize, 1))).toBe(0)
    expect(source.asked.length).toBeLessThan(100)
  })
})

describe('conditions', () => {
  const source = new MemorySource()
  const ask = asker(source)
  let path = ''
  beforeAll(async () => {
    path = `/ipfs/${await importFile(source, noise(3 * KIB), { leaf: KIB })}`
  })

  it('are answered 304 without reading on, on GET and HEAD', async () => {
    const etag = (await ask(path, { method: 'HEAD' })).headers.get('ETag') ?? ''
    for (const tag of [etag, `W/${etag}`, `"x", ${etag}`, '*']) {
      for (const method of ['GET', 'HEAD']) {
        const response = await ask(path, { method, headers: { 'If-None-Match': tag, Range: 'bytes=0-1' } })
        expect(response.status).toBe(304)
        expect(response.headers.get('ETag')).toBe(etag)
        expect(response.body).toBeNull()
      }
    }
    expect((await ask(path, { headers: { 'If-None-Match': '"other"' } })).status).toBe(200)
  })

  it('let a range through only if the file is the same', async () => {
    const etag = (await ask(path, { method: 'HEAD' })).headers.get('ETag') ?? ''
    const status = async (ifRange: string) => (await ask(path, range('bytes=0-9', { 'If-Range': ifRange }))).status
    expect(await status(etag)).toBe(206)
    expect(await status('"other"')).toBe(200)
    expect(await status(`W/${etag}`)).toBe(200)
  })

  it('make ranges of HEAD nothing', async () => {
    expect((await ask(path, { method: 'HEAD', ...range('bytes=0-1') })).status).toBe(200)
  })
})

describe('failures', () => {
  const source = new MemorySource()
  const ask: Ask = asker(source)
  const html = { headers: { Accept: 'text/html' } }
  const secret = 'uAgABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f'

  it.each([
    ['a CID that is none', '/ipfs/nonsense', 400],
    ['a path that is none', '/ipfs/bafkqaaa/%2F', 400],
    ['a key that is none', `/ipfs/bafkqaaa#key=${secret}x`, 400],
    ['a block nobody has', '/ipfs/bafkreifzjut3te7nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e', 404],
    ['a path below a file', '/ipfs/bafkqaaa/secret-name', 404],
    ['data that is no file', `/ipfs/${CID.createV1(0x70, identity.digest(new Uint8Array()))}`, 501],
    ['data of another form', `/ipfs/${CID.createV1(0x71, identity.digest(Uint8Array.of(0xa0)))}?format=dag-json`, 406],
    ['a form we do not give', '/ipfs/bafkqaaa?format=zip', 406],
  ])('%s is a page, JSON or text of its own', async (_, path, status) => {
    for (const [accept, type] of [
      ['text/html', 'text/html; charset=utf-8'],
      ['application/json', 'application/json; charset=utf-8'],
      ['*/*', 'text/plain; charset=utf-8'],
    ] as const) {
      const response = await ask(path, { headers: { Accept: accept } })
      expect(response.status).toBe(status)
      expect(response.headers.get('Content-Type')).toBe(type)
      expect(response.headers.get('Cache-Control')).toBe('no-store')
      expect((await response.text()).length).toBeGreaterThan(20)
    }
  })

  it('of the source keep their meaning', async () => {
    const cid = await importFile(source, utf8('hello'))
    for (const [code, status] of [
      ['UNREACHABLE', 504],
      ['TIMEOUT', 504],
      ['NOT_FOUND', 404],
      ['CORRUPT', 502],
      ['BUSY', 429],
      ['INTERNAL', 500],
    ] as const) {
      source.failing.set(`${cid}`, code)
      const response = await ask(`/ipfs/${cid}`, html)
      expect(response.status).toBe(status)
      expect(await response.text()).toContain('<h1>')
    }
  })

  it('are a page, not a broken download, if already the first block is bad', async () => {
    const cid = await importFile(source, noise(5 * KIB, 9), { leaf: KIB })
    source.spoil(source.leaves().at(-5) ?? '')
    expect((await ask(`/ipfs/${cid}`, html)).status).toBe(502)
  })

  it('never echo anything of the URL', async () => {
    for (const path of [
      `/ipfs/nonsense-${secret}/name-of-file?key=${secret}`,
      `/ipfs/bafkqaaa/name-of-file/more#key=${secret}`,
      `/ipfs/bafkqaaa#key=${secret}&key=${secret}`,
      `/ipfs/bafkqaaa/%zz${secret}`,
    ]) {
      for (const accept of ['text/html', 'application/json', '*/*']) {
        const response = await ask(path, { headers: { Accept: accept } })
        expect(response.status).toBeGreaterThanOrEqual(400)
        const all = (await response.text()) + JSON.stringify([...response.headers])
        for (const part of [secret, 'name-of-file', 'nonsense', 'bafkqaaa']) expect(all).not.toContain(part)
      }
    }
  })

  it('can be answered by the host instead', async () => {
    const gone = new MemorySource()
    const cid = await importFile(gone, utf8('hello'))
    gone.failing.set(`${cid}`, 'UNREACHABLE')
    const seen: unknown[] = []
    const response = await asker(gone)(`/ipfs/${cid}`, {}, {
      async onError(error) {
        seen.push(error)
        return undefined
      },
    }) // biome-ignore format: the options belong together
    expect(response.status).toBe(504)
    expect(seen).toEqual([expect.any(CafeError)])
  })

  it('refuse other methods with what is allowed', async () => {
    const response = await ask('/ipfs/bafkqaaa', { method: 'POST' })
    expect(response.status).toBe(405)
    expect(response.headers.get('Allow')).toBe('GET, HEAD')
  })

  it('refuse to be code, before anything is read', async () => {
    source.asked.length = 0
    for (const destination of ['script', 'worker', 'sharedworker', 'style', 'manifest', 'object'] as const) {
      const response = await ask(
        '/ipfs/bafkreifzjut3te7nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e',
        {},
        { destination },
      )
      expect(response.status).toBe(403)
    }
    expect(source.asked).toEqual([])
  })
})

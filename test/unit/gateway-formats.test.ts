/** Raw blocks, structured data and records of names: each with the type, name, tag and ranges that the specifications give it. */
import * as dagCbor from '@ipld/dag-cbor'
import * as dagJson from '@ipld/dag-json'
import { CID } from 'multiformats/cid'
import { sha256 } from 'multiformats/hashes/sha2'
import { beforeAll, describe, expect, it } from 'vitest'
import { CafeError } from '../../src/core/errors.ts'
import { createGateway } from '../../src/gateway/gateway.ts'
import type { NameSource } from '../../src/gateway/names.ts'
import {
  type Ask,
  asker,
  bytesOf,
  importFile,
  importTree,
  KIB,
  lasting,
  MemorySource,
  noise,
  ORIGIN,
  range,
  utf8,
} from './gateway-help.ts'

const IMMUTABLE = 'public, max-age=29030400, immutable'
const accept = (type: string, more: Record<string, string> = {}): RequestInit => ({
  headers: { Accept: type, ...more },
})

async function put(source: MemorySource, code: number, bytes: Uint8Array): Promise<CID> {
  return source.put(CID.createV1(code, await sha256.digest(bytes)), bytes)
}

describe('a raw block', () => {
  const source = new MemorySource()
  const ask: Ask = asker(source)
  let root: string
  let file: CID
  beforeAll(async () => {
    file = await importFile(source, noise(3 * KIB), { leaf: KIB })
    root = `/ipfs/${await importTree(source, { 'a/b.bin': noise(3 * KIB), 'c.txt': utf8('hello') })}`
  })

  it('comes as its author made it, whatever it is', async () => {
    for (const [path, init] of [
      [`/ipfs/${file}?format=raw`, {}],
      [`/ipfs/${file}`, accept('application/vnd.ipld.raw')],
    ] as const) {
      const response = await ask(path, init)
      expect(response.status).toBe(200)
      expect(await bytesOf(response)).toEqual(source.blocks.get(`${file}`))
      expect(response.headers.get('Content-Type')).toBe('application/vnd.ipld.raw')
      expect(response.headers.get('Content-Disposition')).toContain(`attachment; filename="${file}.bin"`)
      expect(response.headers.get('ETag')).toBe(`"${file}.raw"`)
      expect(response.headers.get('Cache-Control')).toBe(IMMUTABLE)
      expect(response.headers.get('Vary')).toBe('Accept')
      expect(response.headers.get('X-Ipfs-Path')).toBe(`/ipfs/${file}`)
    }
  })

  it('says where it has an address of its own if only Accept chose it', async () => {
    const where = async (path: string, init: RequestInit = {}) =>
      (await ask(path, init)).headers.get('Content-Location')
    const raw = accept('application/vnd.ipld.raw')
    expect(await where(`/ipfs/${file}?x=1`, raw)).toBe(`/ipfs/${file}?x=1&format=raw`)
    expect(await where(`/ipfs/${file}?format=raw`, raw)).toBeNull()
    expect(await where(`/ipfs/${file}?format=raw`)).toBeNull()
    expect(await where(`/ipfs/${file}?format=raw`, accept('application/vnd.ipld.car'))).toBe(`/ipfs/${file}?format=raw`)
    expect(await where(`/ipfs/${file}`, accept('text/html'))).toBeNull()
  })

  it('is found by a path, by parts, and under another name', async () => {
    const response = await ask(`${root}/c.txt?format=raw&filename=x%C3%BC.bin`, range('bytes=1-3'))
    expect(response.status).toBe(206)
    expect(response.headers.get('Content-Range')).toBe('bytes 1-3/5')
    expect(await response.text()).toBe('ell')
    expect(response.headers.get('Content-Disposition')).toBe(
      `attachment; filename="x_.bin"; filename*=UTF-8''x%C3%BC.bin`,
    )
    expect(response.headers.get('X-Ipfs-Roots')?.split(',')).toHaveLength(2)
    expect((await ask(`${root}/c.txt?format=raw`, range('bytes=9-'))).status).toBe(416)
    expect((await ask(`${root}/none?format=raw`)).status).toBe(404)
    expect((await ask(`${root}/c.txt/below?format=raw`)).status).toBe(404)
  })

  it('answers HEAD and conditions', async () => {
    const [get, head] = [await ask(`${root}?format=raw`), await ask(`${root}?format=raw`, { method: 'HEAD' })]
    expect(lasting(head)).toEqual(lasting(get))
    expect((await bytesOf(head)).byteLength).toBe(0)
    const etag = get.headers.get('ETag') ?? ''
    for (const known of [etag, `W/${etag}`, `"a", "b", ${etag}`, '*']) {
      expect((await ask(`${root}?format=raw`, { headers: { 'If-None-Match': known } })).status).toBe(304)
    }
    expect((await ask(`${root}?format=raw`, { headers: { 'If-None-Match': '"other"' } })).status).toBe(200)
  })

  it('for a probe is empty', async () => {
    const response = await ask('/ipfs/bafkqaaa?format=raw')
    expect(response.status).toBe(200)
    expect((await bytesOf(response)).byteLength).toBe(0)
  })
})

describe.each([
  { format: 'dag-json', code: 0x0129, shown: 'inline', name: 'json', encode: dagJson.encode },
  { format: 'dag-cbor', code: 0x71, shown: 'attachment', name: 'cbor', encode: dagCbor.encode },
] as const)('data in $format', ({ format, code, shown, name, encode }) => {
  const source = new MemorySource()
  const ask: Ask = asker(source)
  const type = `application/vnd.ipld.${format}`
  let outer: CID
  let inner: CID
  beforeAll(async () => {
    inner = await put(source, code, encode({ hello: '<b>world</b>' }))
    outer = await put(source, code, encode({ list: ['x', inner], to: { there: inner }, n: 1, nothing: null }))
  })

  it('comes as its block with its own type, asked for or not', async () => {
    for (const [path, init] of [
      [`/ipfs/${outer}`, {}],
      [`/ipfs/${outer}/`, {}],
      [`/ipfs/${outer}?format=${format}`, accept('text/html')],
      [`/ipfs/${outer}`, accept(`image/png, ${type};q=0.9`)],
    ] as const) {
      const response = await ask(path, init)
      expect(response.status).toBe(200)
      expect(await bytesOf(response)).toEqual(source.blocks.get(`${outer}`))
      expect(response.headers.get('Content-Type')).toBe(type)
      expect(response.headers.get('Content-Disposition')).toContain(`${shown}; filename="${outer}.${name}"`)
      expect(response.headers.get('ETag')).toBe(`"${outer}.${format}"`)
      expect(response.headers.get('Cache-Control')).toBe(IMMUTABLE)
    }
    const saved = await ask(`/ipfs/${outer}?format=${format}&download=true&filename=f.${name}`)
    expect(saved.headers.get('Content-Disposition')).toContain(`attachment; filename="f.${name}"`)
    expect((await ask(`/ipfs/${outer}?format=${format}`, range('bytes=2-4'))).status).toBe(206)
  })

  it('is not converted, but for the name of its type', async () => {
    const plain = format.replace('dag-', '')
    for (const other of ['dag-json', 'dag-cbor', 'json', 'cbor'].filter((one) => one !== format && one !== plain)) {
      expect((await ask(`/ipfs/${outer}?format=${other}`)).status).toBe(406)
    }
    const other = await ask(`/ipfs/${outer}?format=${plain}`)
    expect(other.headers.get('Content-Type')).toBe(`application/${plain}`)
    expect(other.headers.get('ETag')).toBe(`"${outer}.${plain}"`)
    expect(await bytesOf(other)).toEqual(await bytesOf(await ask(`/ipfs/${outer}`)))
    const file = await importFile(source, utf8('text'))
    const folder = await importTree(source, { a: utf8('b') })
    for (const cid of [file, folder]) expect((await ask(`/ipfs/${cid}/?format=${format}`)).status).toBe(406)
    expect((await ask(`/ipfs/${outer}?format=tar`)).status).toBe(400)
  })

  it('is a page for people, with links to follow and nothing of it as markup', async () => {
    const response = await ask(`/ipfs/${outer}`, accept('text/html'))
    expect(response.headers.get('Content-Type')).toBe('text/html; charset=utf-8')
    expect(response.headers.get('ETag')).toMatch(/^"DagIndex-.*_CID-/)
    expect(response.headers.get('Content-Disposition')).toBeNull()
    expect(response.headers.get('Cache-Control')).toBe('public, max-age=604800, stale-while-revalidate=2678400')
    expect(await response.text()).toContain(`<a href="/ipfs/${inner}">${inner}</a>`)
    const below = await (await ask(`/ipfs/${inner}`, {}, { navigation: true })).text()
    expect(below).toContain('&lt;b&gt;world')
    expect(below).not.toContain('<b>')
    const known = response.headers.get('ETag') ?? ''
    expect((await ask(`/ipfs/${outer}`, accept('text/html', { 'If-None-Match': known }))).status).toBe(304)
  })

  it('is a way to other blocks, by keys and indices', async () => {
    for (const path of ['to/there', 'list/1']) {
      const response = await ask(`/ipfs/${outer}/${path}`)
      expect(await bytesOf(response)).toEqual(source.blocks.get(`${inner}`))
      expect(response.headers.get('X-Ipfs-Roots')).toBe(`${outer},${inner}`)
    }
    for (const path of [
      'none',
      'list/2',
      'list/01',
      'list/-1',
      'to/none',
      'n/x',
      'nothing/x',
      'to/there/none',
      '__proto__',
    ]) {
      expect((await ask(`/ipfs/${outer}/${path}`)).status, path).toBe(404)
    }
    for (const path of ['to', 'list', 'list/0', 'n', 'nothing', 'to/there/hello']) {
      const response = await ask(`/ipfs/${outer}/${path}?format=${format}`)
      expect(response.status, path).toBe(501)
      expect(await response.text()).toContain('reading IPLD Kinds other than Links (CBOR Tag 42) is not implemented')
    }
  })

  it('that is none is told from what is', async () => {
    const broken = await put(source, code, utf8('{"a":'))
    expect((await ask(`/ipfs/${broken}`, accept('text/html'))).status).toBe(502)
    expect((await ask(`/ipfs/${broken}/a`)).status).toBe(502)
    expect((await ask(`/ipfs/${broken}`)).status).toBe(200)
    const deep = await put(
      source,
      code,
      format === 'dag-json' ? utf8(`${'['.repeat(50_000)}${']'.repeat(50_000)}`) : new Uint8Array(100_000).fill(0x81),
    )
    expect((await ask(`/ipfs/${deep}/0`)).status).toBe(502)
  })
})

describe('plain json and cbor', () => {
  it.each([
    ['json', 0x0200, 'inline'],
    ['cbor', 0x51, 'attachment'],
  ])('%s comes as it is and leads nowhere', async (format, code, shown) => {
    const source = new MemorySource()
    const ask = asker(source)
    const cid = await put(source, code, utf8('{"a":1}'))
    for (const [path, init] of [
      [`/ipfs/${cid}`, {}],
      [`/ipfs/${cid}`, accept('text/html')],
      [`/ipfs/${cid}?format=${format}`, {}],
      [`/ipfs/${cid}`, accept(`application/${format}`)],
    ] as const) {
      const response = await ask(path, init)
      expect(response.headers.get('Content-Type')).toBe(`application/${format}`)
      expect(response.headers.get('Content-Disposition')).toContain(`${shown}; filename="${cid}.${format}"`)
      expect(response.headers.get('ETag')).toBe(`"${cid}.${format}"`)
      expect(await response.text()).toBe('{"a":1}')
    }
    expect((await ask(`/ipfs/${cid}?format=dag-${format}`)).status).toBe(406)
    expect((await ask(`/ipfs/${cid}/a`)).status).toBe(501)
  })

  it('in a file are a file', async () => {
    const source = new MemorySource()
    const ask = asker(source)
    const cid = await importFile(source, utf8('{ "a": 1 }\n'))
    for (const init of [{}, accept('application/json')]) {
      const response = await ask(`/ipfs/${cid}`, init)
      expect(response.headers.get('Content-Type')).toBe('application/json')
      expect(response.headers.get('ETag')).toBe(`"${cid}"`)
    }
    expect((await ask(`/ipfs/${cid}?format=json`)).status).toBe(200)
    expect((await ask(`/ipfs/${cid}?format=cbor`)).status).toBe(406)
    const text = await importFile(source, utf8('{ "a": 1 '))
    expect((await ask(`/ipfs/${text}`)).headers.get('Content-Type')).toBe('text/plain; charset=utf-8')
  })
})

describe('what is only wanted from this device', () => {
  it('is given if it is there, else 412', async () => {
    const source = new MemorySource()
    const cid = await importFile(source, noise(3 * KIB), { leaf: KIB })
    const gone = 'bafkreifzjut3te7nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e'
    const gateway = createGateway({
      blocks: {
        get(at, options) {
          if (source.blocks.has(`${at}`)) return source.get(at, options)
          throw new CafeError('NOT_FOUND')
        },
      },
    })
    const status = async (path: string, method: string, headers: Record<string, string>): Promise<number> =>
      (await gateway(new Request(`${ORIGIN}${path}`, { method, headers }))).status
    const cached = { 'Cache-Control': 'only-if-cached' }
    for (const method of ['GET', 'HEAD']) {
      for (const query of ['', '?format=raw', '?format=car', '?format=tar']) {
        expect(await status(`/ipfs/${cid}${query}`, method, cached)).toBe(200)
        expect(await status(`/ipfs/${gone}${query}`, method, cached)).toBe(412)
        expect(await status(`/ipfs/${gone}${query}`, method, {})).toBe(404)
      }
    }
  })
})

describe('a name', () => {
  const KEY = 'k51qzi5uqu5dkkciu33khkzbcmxtyhn376i1e83tya8kuy7z9euedzyr5nhoew'
  const PEER = '12D3KooWQbpsnyzdBcxw6GUMbijV8WgXE4L8EtfnbcQWLfyxBKho'
  const source = new MemorySource()
  const record = utf8('signed')
  let root: string
  const names: NameSource = {
    async resolve(name) {
      if (name === 'docs.example') return { path: `/ipfs/${root}`, record: undefined, ttl: 60, sequence: 0n }
      if (name !== KEY) throw new CafeError('NOT_FOUND', { what: 'name' })
      return { path: `/ipfs/${root}/sub%20dir`, record, ttl: 300, sequence: 7n }
    },
  }
  const gateway = createGateway({ blocks: source, names })
  const ask = (path: string, init?: RequestInit) => gateway(new Request(`${ORIGIN}${path}`, init))
  beforeAll(async () => {
    root = `${await importTree(source, { 'sub dir/a.txt': utf8('a'), 'sub dir/b/c.txt': utf8('c') })}`
  })

  it('stands for its content as long as its record says', async () => {
    const response = await ask(`/ipns/${KEY}/b/c.txt`)
    expect(await response.text()).toBe('c')
    expect(response.headers.get('Cache-Control')).toBe('public, max-age=300')
    expect(response.headers.get('X-Ipfs-Path')).toBe(`/ipns/${KEY}/b/c.txt`)
    expect(response.headers.get('X-Ipfs-Roots')?.split(',')).toHaveLength(4)
    expect((await ask(`/ipns/${KEY}/`)).headers.get('Cache-Control')).toBe('public, max-age=300')
    expect((await ask(`/ipns/docs.example/sub%20dir/a.txt`)).headers.get('Cache-Control')).toBe('public, max-age=60')
    for (const query of ['?format=raw', '?format=car', '?format=tar']) {
      expect((await ask(`/ipns/${KEY}/a.txt${query}`)).headers.get('Cache-Control')).toBe('public, max-age=300')
    }
  })

  it('in an old form leads to the one form there is', async () => {
    for (const path of ['', '/', '/b/c.txt', '/b/?format=car']) {
      const response = await ask(`/ipns/${PEER}${path}`)
      expect(response.status).toBe(302)
      const at = new URL(response.headers.get('Location') ?? '', `${ORIGIN}/ipns/${PEER}${path}`)
      expect(at.href).toMatch(new RegExp(`^${ORIGIN}/ipns/k[0-9a-z]+${path.replace('?', '\\?')}$`))
    }
  })

  it('that nobody knows is a page', async () => {
    const unknown = 'bafzaajaiaejcbw5i6oyqsktsn36r2vxgl2jzosyao46rybqztxt4rx4tfa3hpogg'
    const moved = (await ask(`/ipns/${unknown}`)).headers.get('Location') ?? ''
    const canonical = new URL(moved, `${ORIGIN}/ipns/${unknown}`).pathname
    expect((await ask(canonical)).status).toBe(404)
    expect((await createGateway({ blocks: source })(new Request(`${ORIGIN}/ipns/${KEY}`))).status).toBe(404)
  })

  it('gives its record to whoever verifies it himself', async () => {
    for (const [path, init] of [
      [`/ipns/${KEY}?format=ipns-record`, {}],
      [`/ipns/${KEY}`, accept('application/vnd.ipfs.ipns-record')],
    ] as const) {
      const response = await ask(path, init)
      expect(await bytesOf(response)).toEqual(record)
      expect(response.headers.get('Content-Type')).toBe('application/vnd.ipfs.ipns-record')
      expect(response.headers.get('Content-Disposition')).toContain(`attachment; filename="${KEY}.ipns-record"`)
      expect(response.headers.get('Cache-Control')).toBe('public, max-age=300')
      const known = response.headers.get('ETag') ?? ''
      expect((await ask(`/ipns/${KEY}?format=ipns-record`, { headers: { 'If-None-Match': known } })).status).toBe(304)
    }
    expect((await ask(`/ipns/${KEY}/a.txt?format=ipns-record`)).status).toBe(400)
    expect((await ask(`/ipfs/${root}?format=ipns-record`)).status).toBe(400)
    expect((await ask('/ipns/docs.example?format=ipns-record')).status).toBe(406)
  })
})

describe('Server-Timing', () => {
  it('tells what was read, and of keyed links only the time', async () => {
    const source = new MemorySource()
    const root = await importTree(source, { 'a/b.txt': utf8('hello') })
    const gateway = createGateway({
      blocks: {
        get(at, options) {
          options.onSource?.('network')
          return source.get(at, options)
        },
      },
    })
    const timing = async (path: string) =>
      (await gateway(new Request(`${ORIGIN}${path}`))).headers.get('Server-Timing') ?? ''
    expect(await timing(`/ipfs/${root}/a/b.txt`)).toMatch(/^resolve;dur=\d+, blocks;desc="n=3 local=0 network=3"$/)
    expect(await timing(`/ipfs/${root}/a/#key=uAgABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f`)).toMatch(
      /^resolve;dur=\d+$/,
    )
  })
})

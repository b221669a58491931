/** A URL becomes one of a closed set of requests, or a refusal that says which part was wrong and nothing more. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CafeError } from '../../src/core/errors.ts'
import { answerForm, parseRequest, type UnixfsRequest } from '../../src/gateway/request.ts'
import { ORIGIN } from './gateway-help.ts'

const CID_TEXT = 'bafkreifzjut3te7nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e'
const KEY = 'uAgABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f'
const PEER = '12D3KooWLQzUv2FHWGVPXTXSZpdHs7oHbXub2G5WC8Tx4NQhyd2d'

const parse = (path: string, init?: RequestInit) => parseRequest(new Request(`${ORIGIN}${path}`, init))
const parseUnixfs = (path: string, init?: RequestInit): UnixfsRequest => {
  const request = parse(path, init)
  if (request.kind !== 'unixfs') throw new Error(`parsed as ${request.kind}`)
  return request
}
const refusal = (path: string, init?: RequestInit): unknown => {
  try {
    parse(path, init)
  } catch (error) {
    if (error instanceof CafeError) return `${error.code} ${error.data['what']}`
    throw error
  }
  return 'accepted'
}

const accept = (value: string): RequestInit => ({ headers: { Accept: value } })

describe('gateway request', () => {
  it.each([
    [`/ipfs/${CID_TEXT}`, [], false],
    [`/ipfs/${CID_TEXT}/`, [], true],
    [`/ipfs/${CID_TEXT}/a/b.txt`, ['a', 'b.txt'], false],
    [`/ipfs/${CID_TEXT}/a/b/`, ['a', 'b'], true],
    [`/ipfs/${CID_TEXT}/caf%C3%A9/%252F`, ['café', '%2F'], false],
    [`/ipfs/${CID_TEXT}/a+b%20c`, ['a+b c'], false],
    [`/ipfs/${CID_TEXT}/%5C..%5C`, ['\\..\\'], false],
    [`/ipfs/${CID_TEXT}/...`, ['...'], false],
  ])('reads %s', (path, segments, slash) => {
    const request = parseUnixfs(path)
    expect(request).toMatchObject({ segments, slash })
    expect(`${request.target.namespace === 'ipfs' && request.target.root}`).toBe(CID_TEXT)
  })

  it.each([
    ['/', 'path'],
    ['/ipld/example.org', 'path'],
    ['/ipns/', 'name'],
    ['/ipns/example..org', 'name'],
    ['/ipns/k51nonsense', 'name'],
    ['/ipns/12D3KooW', 'name'],
    ['/ipfs', 'cid'],
    ['/ipfs/', 'cid'],
    ['/ipfs//a', 'cid'],
    ['/ipfs/nonsense', 'cid'],
    [`/ipfs/${CID_TEXT.slice(0, -3)}`, 'cid'],
    [`/ipfs/b${'a'.repeat(400)}`, 'cid'],
    // a digest of one byte
    ['/ipfs/bafkrebabaebag', 'cid'],
    [`/ipfs/${CID_TEXT}/a//b`, 'path'],
    [`/ipfs/${CID_TEXT}//`, 'path'],
    [`/ipfs/${CID_TEXT}/a%2Fb`, 'path'],
    [`/ipfs/${CID_TEXT}/%2E%2E%2Fa`, 'path'],
    [`/ipfs/${CID_TEXT}/a%00b`, 'path'],
    [`/ipfs/${CID_TEXT}/%zz`, 'path'],
    [`/ipfs/${CID_TEXT}/%C3`, 'path'],
    [`/ipfs/${CID_TEXT}${'/a'.repeat(65)}`, 'path'],
    [`/ipfs/${CID_TEXT}/${'a'.repeat(20_000)}`, 'path'],
    [`/ipfs/${CID_TEXT}#key=short`, 'key'],
    [`/ipfs/${CID_TEXT}?key=`, 'key'],
    [`/ipfs/${CID_TEXT}#key=${KEY}&key=${KEY}`, 'key'],
    [`/ipfs/${CID_TEXT}?key=${KEY}&key=${KEY}`, 'key'],
    [`/ipfs/${CID_TEXT}?key=${KEY}#key=${KEY}`, 'key'],
    [`/ipfs/${CID_TEXT}#from=somebody`, 'from'],
  ])('refuses %s because of its %s', (path, what) => {
    expect(refusal(path)).toBe(`BAD_REQUEST ${what}`)
  })

  it('refuses every method but GET and HEAD', () => {
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH']) {
      expect(refusal(`/ipfs/${CID_TEXT}`, { method })).toBe('BAD_REQUEST method')
    }
    expect(parseUnixfs(`/ipfs/${CID_TEXT}`, { method: 'HEAD' }).method).toBe('HEAD')
  })

  it('takes the key from fragment or query, however its name is encoded, and never prints it', () => {
    for (const place of [
      `#key=${KEY}`,
      `?key=${KEY}`,
      `#%6bey=${KEY}`,
      `?x=1&key=${KEY}`,
      `#from=${PEER}&key=${KEY}`,
    ]) {
      const { key } = parseUnixfs(`/ipfs/${CID_TEXT}${place}`)
      expect(key?.text.reveal()).toBe(KEY)
      expect(key?.file.kind).toBe('stream')
      expect(JSON.stringify(key)).not.toContain(KEY)
    }
    expect(parseUnixfs(`/ipfs/${CID_TEXT}#section-2`).key).toBeUndefined()
  })

  it('knows all three forms of keys by their length', () => {
    expect(parseUnixfs(`/ipfs/${CID_TEXT}#key=${'a'.repeat(44)}`).key?.file.kind).toBe('legacy')
    const legacy = 'L1MjVYtkT9cYvGSBF5AsaqanQ2kptwRDqGvMYSmfKB1aw8uit6FQpPkxWX5'
    expect(parseUnixfs(`/ipfs/${CID_TEXT}?key=${legacy}`).key?.file.kind).toBe('legacy')
  })

  it('takes the cafes of the fragment only, four at most', () => {
    expect(parseUnixfs(`/ipfs/${CID_TEXT}#from=${PEER}`).from).toEqual([PEER])
    expect(parseUnixfs(`/ipfs/${CID_TEXT}#${`from=${PEER}&`.repeat(9)}`).from).toHaveLength(4)
    expect(parseUnixfs(`/ipfs/${CID_TEXT}?from=${PEER}`).from).toEqual([])
  })

  it.each([
    ['html', 'unixfs'],
    ['raw', 'raw'],
    ['car', 'car'],
    ['tar', 'tar'],
    ['dag-json', 'dag'],
    ['dag-cbor', 'dag'],
    ['json', 'dag'],
    ['cbor', 'dag'],
    ['ipns-record', 'record'],
  ])('knows what is asked for by ?format=%s', (format, kind) => {
    expect(parse(`/ipfs/${CID_TEXT}?format=${format}`)).toMatchObject({ kind, by: 'format' })
    expect(parse(`/ipfs/${CID_TEXT}?format=${format}`, accept('application/vnd.ipld.raw')).kind).toBe(kind)
  })

  it('refuses a format that nobody defined', () => {
    expect(refusal(`/ipfs/${CID_TEXT}?format=zip`)).toBe('UNSUPPORTED format')
    expect(refusal(`/ipfs/${CID_TEXT}?format=`)).toBe('UNSUPPORTED format')
    expect(refusal(`/ipfs/${CID_TEXT}?format=constructor`)).toBe('UNSUPPORTED format')
  })

  it.each([
    ['application/vnd.ipld.raw', 'raw'],
    ['application/vnd.ipld.car; version=1; order=dfs; dups=y', 'car'],
    ['APPLICATION/X-TAR', 'tar'],
    ['text/plain, application/vnd.ipld.dag-json', 'dag'],
    ['application/vnd.ipld.raw;q=0.5, application/vnd.ipld.car', 'car'],
    ['application/vnd.ipld.raw;q=0.9, application/vnd.ipld.car;q=0.8', 'raw'],
    ['application/vnd.ipld.raw;q=0', 'unixfs'],
    ['*/*, application/vnd.ipfs.ipns-record', 'record'],
    ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', 'unixfs'],
    ['text/html, application/json;q=0.5', 'unixfs'],
    ['*/*', 'unixfs'],
    ['', 'unixfs'],
    ['image/png', 'unixfs'],
    [`application/vnd.ipld.raw,${'a'.repeat(3000)}`, 'unixfs'],
  ])('knows what is asked for by Accept: %s', (value, kind) => {
    expect(parse(`/ipfs/${CID_TEXT}`, accept(value)).kind).toBe(kind)
  })

  it.each([
    ['', {}, { scope: 'all', bytes: undefined, dups: false }],
    ['&dag-scope=block', {}, { scope: 'block' }],
    ['&dag-scope=entity&entity-bytes=0:*', {}, { scope: 'entity', bytes: { from: 0, to: undefined } }],
    ['&entity-bytes=-1000:-1', {}, { scope: 'entity', bytes: { from: -1000, to: -1 } }],
    ['&car-dups=y', accept('application/vnd.ipld.car;dups=n'), { dups: true }],
    ['', accept('application/vnd.ipld.car; order=unk; dups="y"'), { dups: true }],
    ['&car-version=1&car-order=dfs', accept('application/vnd.ipld.car; version=2'), { scope: 'all' }],
    ['', accept('application/vnd.ipld.raw; dups=y'), { dups: false }],
  ] as const)('takes the options of an archive from ?format=car%s and Accept', (query, init, options) => {
    expect(parse(`/ipfs/${CID_TEXT}?format=car${query}`, init)).toMatchObject({ kind: 'car', ...options })
  })

  it.each([
    ['dag-scope=most', 'dag-scope'],
    ['entity-bytes=5', 'entity-bytes'],
    ['entity-bytes=*:5', 'entity-bytes'],
    ['entity-bytes=0:99999999999999999', 'entity-bytes'],
    ['car-version=2', 'car-version'],
    ['car-order=bfs', 'car-order'],
    ['car-dups=maybe', 'car-dups'],
  ])('refuses the option of an archive %s', (query, what) => {
    expect(refusal(`/ipfs/${CID_TEXT}?format=car&${query}`)).toBe(`BAD_REQUEST ${what}`)
  })

  it.each([
    'k51qzi5uqu5dkkciu33khkzbcmxtyhn376i1e83tya8kuy7z9euedzyr5nhoew',
    'bafzaajaiaejcbw5i6oyqsktsn36r2vxgl2jzosyao46rybqztxt4rx4tfa3hpogg',
    '12D3KooWQbpsnyzdBcxw6GUMbijV8WgXE4L8EtfnbcQWLfyxBKho',
  ])('knows a name of a key by any way to write it: %s', (name) => {
    const { target } = parse(`/ipns/${name}/a`)
    const canonical = parse(`/ipns/${target.namespace === 'ipns' && target.name.text}`).target
    expect(target).toMatchObject({ namespace: 'ipns', name: { kind: 'key', canonical: name.startsWith('k') } })
    expect(canonical).toMatchObject({ name: { kind: 'key', canonical: true } })
  })

  it('knows a name that is a domain', () => {
    expect(parse('/ipns/Docs.IPFS.tech/a').target).toMatchObject({
      name: { text: 'docs.ipfs.tech', kind: 'domain', canonical: false },
    })
  })

  it('knows who wants only what is here', () => {
    expect(parse(`/ipfs/${CID_TEXT}`, { headers: { 'Cache-Control': 'max-age=0, Only-If-Cached' } }).local).toBe(true)
    expect(parse(`/ipfs/${CID_TEXT}`, { headers: { 'Cache-Control': 'no-cache' } }).local).toBe(false)
  })

  it('gives back any names that UnixFS allows, for any encoding of them', () => {
    const name = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 40 })
      .filter((text) => text.isWellFormed() && !/[/\0]/.test(text) && text !== '.' && text !== '..')
    fc.assert(
      fc.property(fc.array(name, { maxLength: 6 }), (segments) => {
        const everyByte = (text: string) =>
          Array.from(new TextEncoder().encode(text), (byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')
        for (const encode of [encodeURIComponent, everyByte]) {
          const path = ['', 'ipfs', CID_TEXT, ...segments.map(encode)].join('/')
          expect(parseUnixfs(path).segments).toEqual(segments)
        }
      }),
    )
  })

  it('never takes a hostile path for more than its names', () => {
    const piece = fc.constantFrom('..', '.', '%2e%2e', '%2f', '%00', '\\', '%5c', 'a', '', '%252e', '%c0%ae', ';', '/')
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const path = `/ipfs/${CID_TEXT}/${pieces.join('')}`
        if (refusal(path) !== 'accepted') return
        for (const segment of parseUnixfs(path).segments) {
          expect(segment).not.toMatch(/[/\0]/)
          expect(['', '.', '..']).not.toContain(segment)
        }
      }),
      { numRuns: 2_000 },
    )
  })

  it('chooses the form of its own answers by who asks', () => {
    const form = (accept: string | undefined, navigation: boolean) =>
      answerForm(new Request(ORIGIN, accept === undefined ? {} : { headers: { Accept: accept } }), navigation)
    expect(form('text/html,application/xhtml+xml,*/*;q=0.8', false)).toBe('html')
    expect(form('*/*', true)).toBe('html')
    expect(form('application/json', false)).toBe('json')
    expect(form('*/*', false)).toBe('text')
    expect(form(undefined, false)).toBe('text')
  })
})

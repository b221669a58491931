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
    expect(`${request.root}`).toBe(CID_TEXT)
  })

  it.each([
    ['/', 'path'],
    ['/ipns/example.org', 'path'],
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

  it('keeps requests for other forms of the data apart', () => {
    expect(parse(`/ipfs/${CID_TEXT}?format=car`).kind).toBe('export')
    expect(parse(`/ipfs/${CID_TEXT}`, { headers: { Accept: 'application/vnd.ipld.raw' } }).kind).toBe('export')
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

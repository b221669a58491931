/** Schemas and the codec: closed and bounded, and errors that never repeat what they refuse. */
import fc from 'fast-check'
import { CID } from 'multiformats/cid'
import { describe, expect, it } from 'vitest'
import { decode, encode } from '../../src/core/codec.ts'
import { CafeError, isCafeError } from '../../src/core/errors.ts'
import { MAX_NAME } from '../../src/core/limits.ts'
import { address, bytes, cid, count, multiaddrText, name, parse, peerId, text, v } from '../../src/core/schema.ts'

const refused = (schema: Parameters<typeof parse>[0], value: unknown): unknown => {
  try {
    parse(schema, value)
  } catch (error) {
    if (isCafeError(error) && error.code === 'BAD_REQUEST') return error.data
    throw error
  }
  throw new Error('it should have been refused')
}
const someCid = CID.parse('bafkqaaa')

describe('a name', () => {
  it('is trimmed and made NFC', () => {
    expect(parse(name, '  Cafe\u0301 ')).toBe('Café')
  })

  it('has 1 to 64 code points, whatever they weigh', () => {
    expect(parse(name, '😀'.repeat(MAX_NAME))).toBe('😀'.repeat(MAX_NAME))
    for (const bad of ['', '   ', 'x'.repeat(MAX_NAME + 1), '😀'.repeat(MAX_NAME + 1), 'x'.repeat(1e6), 7, null])
      expect(refused(name, bad)).toBeDefined()
  })

  it.each([
    ...['\u0000', '\n', '\t', '\u007f', '\u0085', '\u2028', '\u2029', '\u061c', '\u200e', '\u200f'],
    ...['\u202a', '\u202b', '\u202c', '\u202d', '\u202e', '\u2066', '\u2067', '\u2068', '\u2069', '\ud800'],
  ])('has no control, direction or half character such as %j', (character) => {
    expect(refused(name, `a${character}b`)).toEqual({ at: '' })
  })

  it('is the same when it is parsed again', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 80 }), (value) => {
        const once = v.safeParse(name, value)
        if (once.success) expect(parse(name, once.output)).toBe(once.output)
      }),
    )
  })
})

describe('other schemas', () => {
  it('count whole numbers within bounds only', () => {
    for (const good of [0, 1, Number.MAX_SAFE_INTEGER]) expect(parse(count(), good)).toBe(good)
    for (const bad of [-1, 0.5, Number.NaN, Infinity, 2 ** 53, '1', 1n, null]) refused(count(), bad)
    refused(count(10, 5), 4)
    refused(count(10, 5), 11)
  })

  it('bound bytes and text', () => {
    expect(parse(bytes(2), new Uint8Array(2)).byteLength).toBe(2)
    for (const bad of [new Uint8Array(3), [1, 2], 'ab', new ArrayBuffer(1)]) refused(bytes(2), bad)
    refused(bytes(32, 32), new Uint8Array(31))
    expect(parse(text(2), 'ab')).toBe('ab')
    refused(text(2), 'abc')
  })

  it('know a CID from what looks like one', () => {
    expect(parse(cid, someCid)).toBe(someCid)
    for (const bad of [someCid.toString(), someCid.bytes, {}, { asCID: true }, null]) refused(cid, bad)
  })

  it('know peer ids, addresses and multiaddrs by their form', () => {
    const peer = `12D3KooW${'a'.repeat(44)}`
    expect(parse(peerId, peer)).toBe(peer)
    for (const bad of [peer.slice(1), `${peer}a`, peer.replace('a', '0'), `${peer}/x`, `${peer}\n`])
      refused(peerId, bad)
    const account = `P${'a'.repeat(47)}`
    expect(parse(address, account)).toBe(account)
    for (const bad of [account.slice(1), `${account}a`, `S${'a'.repeat(47)}`, `${account}\n`]) refused(address, bad)
    expect(parse(multiaddrText, '/ip4/1.2.3.4')).toBe('/ip4/1.2.3.4')
    for (const bad of ['ip4', `/${'x'.repeat(512)}`, 1]) refused(multiaddrText, bad)
  })

  it('say where a value did not match, and never the value', () => {
    const schema = v.strictObject({ a: v.strictObject({ secret: count() }) })
    expect(refused(schema, { a: { secret: 'hunter2' } })).toEqual({ at: 'a.secret' })
    const long = { at: expect.stringMatching(/^.{0,64}$/s) }
    expect(refused(v.record(text(1000), count()), { ['x'.repeat(500)]: 'hunter2' })).toEqual(long)
  })
})

describe('the codec', () => {
  it('gives back what was encoded, without what is undefined', () => {
    expect(decode(encode({ a: undefined, b: [{ c: undefined, d: someCid }] }), 100)).toEqual({ b: [{ d: someCid }] })
  })

  it('gives back any value of the data model, whatever its texts are made of', () => {
    const begun = (...marks: string[]) =>
      fc
        .tuple(fc.constantFrom('', ...marks), fc.oneof(fc.string(), fc.string({ unit: 'binary' })))
        .map((parts) => parts.join(''))
    const key = begun('\ufeff', '\ufeff\ufeff')
    const value = fc.letrec((tie) => ({
      any: fc.oneof(
        { depthSize: 'small' },
        fc.constant(null),
        fc.boolean(),
        fc.maxSafeInteger(),
        begun('\ufeff', '\ufeff\ufeff', '\ud800'),
        fc.uint8Array(),
        fc.array(tie('any')),
        fc.dictionary(key, tie('any'), { noNullPrototype: true }),
      ),
    })).any
    fc.assert(
      fc.property(value, (given) => {
        const encoded = encode(given)
        expect(encode(decode(encoded, encoded.byteLength))).toEqual(encoded)
      }),
    )
  })

  it('looks at nothing longer than the limit', () => {
    expect(() => decode(encode('hello'), 5)).toThrow(CafeError)
    expect(decode(encode('hello'), 6)).toBe('hello')
  })

  it.each([
    ['nothing', []],
    ['half a map', [0xa1, 0x61]],
    ['a length without content', [0x9b, 0, 0, 0, 1, 0, 0, 0, 0]],
    ['something after the end', [0x01, 0x01]],
    ['keys twice', [0xa2, 0x61, 0x61, 1, 0x61, 0x61, 2]],
    ['a number written too long', [0x18, 0x01]],
    ['an endless array', [0x9f, 0xff]],
    ['NaN', [0xf9, 0x7e, 0x00]],
    ['a tag that is none of ours', [0xc1, 0x00]],
  ])('refuses %s', (_, octets) => {
    expect(() => decode(Uint8Array.from(octets), 100)).toThrow(
      expect.objectContaining({ code: 'BAD_REQUEST', data: { what: 'cbor' } }),
    )
  })

  it('survives any bytes, and depth that breaks the stack', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (octets) => {
        try {
          decode(octets, 200)
        } catch (error) {
          expect(isCafeError(error) && error.code).toBe('BAD_REQUEST')
        }
      }),
      { numRuns: 2000 },
    )
    expect(() => decode(new Uint8Array(65_000).fill(0x81), 65_536)).toThrow(CafeError)
  })
})

/** dag-json in and out: what callers without a dag-cbor library send and read. */
import fc from 'fast-check'
import { CID } from 'multiformats/cid'
import { describe, expect, it } from 'vitest'
import { decode, encode } from '../../src/core/codec.ts'
import { decodeJson, encodeJson } from '../../src/core/json.ts'

const text = (value: unknown): string => new TextDecoder().decode(encodeJson(value))
const read = (value: string, limit = 1000): unknown => decodeJson(new TextEncoder().encode(value), limit)
const cid = CID.parse('bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy')

describe('dag-json', () => {
  it('is one line, with links, bytes and sorted keys as its specification has them', () => {
    expect(text({ b: cid, a: Uint8Array.of(0, 1), c: 'x\ny' })).toBe(
      `{"a":{"/":{"bytes":"AAE"}},"b":{"/":"${cid}"},"c":"x\\ny"}`,
    )
    expect(text({ gone: undefined, list: [{ gone: undefined }] })).toBe('{"list":[{}]}')
  })

  it('gives back what it was given', () => {
    const bytes = fc.uint8Array({ maxLength: 50 }).map((all) => new Uint8Array(all))
    const leaf = fc.oneof(fc.string({ unit: 'grapheme' }), fc.maxSafeInteger(), fc.boolean(), fc.constant(null), bytes)
    const value = fc.dictionary(
      fc.string({ minLength: 1 }).filter((key) => key !== '/'),
      fc.oneof(leaf, fc.array(leaf)),
    )
    fc.assert(
      fc.property(value, (given) => {
        const back = decodeJson(encodeJson(given), 1_000_000)
        expect(encode(back)).toEqual(encode(given))
        expect(decode(encode(back), 1_000_000)).toEqual(decode(encode(given), 1_000_000))
      }),
    )
  })

  it('is refused by size before it is looked at', () => {
    expect(() => read('{"a":1}', 6)).toThrow(
      expect.objectContaining({ code: 'BAD_REQUEST', data: { size: 7, limit: 6 } }),
    )
  })

  it.each(['', '{', '{"a":1}}', '{"a":1,"a":1}', '{"/":"x"}', "{'a':1}", 'undefined', '[1,]', '['.repeat(900)])(
    'is not %s',
    (value) => {
      expect(() => read(value)).toThrow(expect.objectContaining({ code: 'BAD_REQUEST', data: { what: 'json' } }))
    },
  )

  it('gives no object another prototype', () => {
    const value = read('{"__proto__":{"admin":true}}') as { admin?: unknown }
    expect(value.admin).toBeUndefined()
  })
})

/** Which kind of key a text is: a table without gaps. */
import { base58, base64urlnopad } from '@scure/base'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CafeError } from '../../src/core/errors.ts'
import { hex } from '../../src/core/ids.ts'
import { concat, utf8 } from '../../src/crypto/bytes.ts'
import { createFileKey, formatFileKey, parseFileKey } from '../../src/crypto/file-key.ts'
import { counting, failure } from './crypto-help.ts'

const STREAM = 'uAgABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f'
const LEGACY = 'L1MjVYtkT9cYvGSBF5AsaqanQ2kptwRDqGvMYSmfKB1aw8uit6FQpPkxWX5'
// The sample link of the original's first documentation.
const OLDEST = '17q9mTWHjSOIjWiAoZxYy3cYTN917q9mUBhOu0mxr6YM'
const REFUSED = { code: 'BAD_REQUEST', data: { what: 'key' } }
const base64url = (...parts: Uint8Array[]) => `u${base64urlnopad.encode(concat(...parts))}`

describe('file key', () => {
  it('reads and writes the published stream key', () => {
    const key = parseFileKey(STREAM)
    expect(key.kind).toBe('stream')
    expect(hex(key.key.reveal())).toBe(hex(counting(32)))
    expect(formatFileKey(counting(32))).toBe(STREAM)
  })

  it('reads a legacy key as key and nonce', () => {
    const key = parseFileKey(LEGACY)
    if (key.kind !== 'legacy') throw new Error('expected a legacy key')
    expect(hex(key.key.reveal())).toBe(hex(counting(32, 1)))
    expect(hex(key.nonce.reveal())).toBe(hex(counting(12, 33)))
  })

  it('reads the oldest form as its own characters', () => {
    const key = parseFileKey(OLDEST)
    if (key.kind !== 'legacy') throw new Error('expected a legacy key')
    expect(hex(concat(key.key.reveal(), key.nonce.reveal()))).toBe(hex(utf8(OLDEST)))
  })

  it('takes a stream key that lost a character for the oldest form, which then opens nothing', () => {
    expect(parseFileKey(STREAM.slice(0, -1)).kind).toBe('legacy')
  })

  it.each([
    ['nothing', ''],
    ['a stream key two short', STREAM.slice(0, -2)],
    ['a stream key one long', `${STREAM}A`],
    ['another version byte', base64url(Uint8Array.of(1), counting(32))],
    ['a stream key of 45 characters without the prefix', `A${STREAM.slice(1)}`],
    ['an upper-case prefix', `U${STREAM.slice(1)}`],
    ['standard base64 plus', `${STREAM.slice(0, -1)}+`],
    ['standard base64 slash', `${STREAM.slice(0, -1)}/`],
    ['padding', `${STREAM.slice(0, -1)}=`],
    ['white space before', ` ${STREAM}`],
    ['a line break after', `${STREAM}\n`],
    ['a line break after a legacy key', `${LEGACY}\n`],
    ['percent encoding', `%75${STREAM.slice(1)}`],
    ['59 characters that are not base58', `0${LEGACY.slice(1)}`],
    ['59 characters of base58 that are not 44 bytes', '1'.repeat(59)],
    ['61 characters of base58 that are 45 bytes', 'z'.repeat(61)],
    ['58 characters of base58', LEGACY.slice(1)],
    ['62 characters of base58', `111${LEGACY}`],
    ['base58 of 43 bytes', base58.encode(counting(43, 1))],
    ['44 characters with a dash', `-${OLDEST.slice(1)}`],
    ['44 characters with an underscore', `_${OLDEST.slice(1)}`],
    ['44 letters beyond ASCII', '\u00e9'.repeat(44)],
    ['43 characters', OLDEST.slice(1)],
    ['45 characters that are no stream key', `${OLDEST}x`],
    ['a megabyte', 'u'.repeat(1 << 20)],
  ])('refuses %s', async (_, text) => {
    expect(await failure(() => parseFileKey(text))).toEqual(REFUSED)
  })

  it('comes back for every key, and legacy text is never taken for a stream key', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 44, maxLength: 44 }), (bytes) => {
        const key = bytes.slice(0, 32)
        const parsed = parseFileKey(formatFileKey(key))
        expect([parsed.kind, hex(parsed.key.reveal())]).toEqual(['stream', hex(key)])
        const legacy = base58.encode(bytes)
        if (legacy.length >= 59) expect(parseFileKey(legacy).kind).toBe('legacy')
      }),
    )
  })

  it('is total and never echoes the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 3, maxLength: 70 }), (text) => {
        try {
          parseFileKey(text)
        } catch (error) {
          if (!(error instanceof CafeError)) throw error
          expect([error.code, error.data, error.cause]).toEqual(['BAD_REQUEST', { what: 'key' }, undefined])
        }
      }),
    )
  })

  it('creates random keys of 32 bytes and formats no other size', async () => {
    expect(createFileKey().reveal().byteLength).toBe(32)
    expect(hex(createFileKey().reveal())).not.toBe(hex(createFileKey().reveal()))
    expect(hex(createFileKey((n) => counting(n)).reveal())).toBe(hex(counting(32)))
    expect(await failure(() => formatFileKey(counting(31)))).toEqual(REFUSED)
    expect(`${createFileKey()} ${JSON.stringify(createFileKey())}`).toBe('[secret] "[secret]"')
  })
})

/** Access tokens in Textile's form. */
import { createHash } from 'node:crypto'
import { base58 } from '@scure/base'
import { describe, expect, it } from 'vitest'
import { hex } from '../../src/core/ids.ts'
import { createToken, parseToken, tokenHash } from '../../src/crypto/token.ts'
import { counting, failure } from './crypto-help.ts'

const REFUSED = { code: 'BAD_REQUEST', data: { what: 'token' } }

describe('access token', () => {
  it('is base58 of a 12-byte id and a 32-byte secret', async () => {
    const token = await createToken(() => counting(44, 1))
    expect(token.text).toBe('L1MjVYtkT9cYvGSBF5AsaqanQ2kptwRDqGvMYSmfKB1aw8uit6FQpPkxWX5')
    expect(token.id).toBe('0102030405060708090a0b0c')
    expect(hex(token.hash)).toBe(createHash('sha256').update(counting(32, 13)).digest('hex'))
  })

  it('comes back from its text with the same id and hash', async () => {
    const token = await createToken()
    const parsed = parseToken(token.text)
    expect(parsed.id).toBe(token.id)
    expect(hex(await tokenHash(parsed.secret))).toBe(hex(token.hash))
  })

  it('keeps the secret out of what the cafe stores', async () => {
    const { text, ...stored } = await createToken()
    const secret = hex(parseToken(text).secret.reveal())
    expect(`${stored.id}${hex(stored.hash)}`).not.toContain(secret.slice(0, 16))
  })

  it('reads a token that begins with zeros', async () => {
    const token = await createToken((n) => new Uint8Array(n))
    expect(token.text).toBe('1'.repeat(44))
    expect(parseToken(token.text).id).toBe('0'.repeat(24))
  })

  it.each([
    ['nothing', ''],
    ['43 bytes', base58.encode(counting(43, 1))],
    ['45 bytes', base58.encode(counting(45, 1))],
    ['a character that is not base58', `0${base58.encode(counting(44, 1)).slice(1)}`],
    ['surrounding white space', ` ${base58.encode(counting(44, 1))}`],
    ['a line break at the end', `${base58.encode(counting(44, 1))}\n`],
    ['a megabyte', '1'.repeat(1 << 20)],
  ])('refuses %s', async (_, text) => {
    expect(await failure(() => parseToken(text))).toEqual(REFUSED)
  })
})

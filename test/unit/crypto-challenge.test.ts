/** A challenge is bound to everything it is about; a statement to everything it says. */
import { createHmac } from 'node:crypto'
import * as dagCbor from '@ipld/dag-cbor'
import { describe, expect, it } from 'vitest'
import type { Address, PeerIdText } from '../../src/core/ids.ts'
import { hex } from '../../src/core/ids.ts'
import { parse } from '../../src/core/schema.ts'
import { Secret } from '../../src/core/secret.ts'
import { openAccount } from '../../src/crypto/account.ts'
import { concat, utf8 } from '../../src/crypto/bytes.ts'
import type { ChallengeAbout, Statement } from '../../src/crypto/challenge.ts'
import {
  checkChallenge,
  createChallenge,
  createChallengeKey,
  signStatement,
  statementSchema,
  verifyStatement,
} from '../../src/crypto/challenge.ts'
import { counting, failure, flipBit } from './crypto-help.ts'

const CAFE = '12D3KooWBRG69PMx6EakNbkp4bQRqGqsHou5eau1MgnkzZDmzezU' as PeerIdText
const CLIENT = '12D3KooWEaqxyCuVVEcp1fRrNBzxrpUtaeU2XnoTNoZHEbwVCUi1' as PeerIdText
const ADDRESS = 'P7bFoVXV3dALSLwYAnyzzVvHkfTDwbpaLwA9PL9659hBqWAX' as Address
const OTHER = 'P9UXU6xtgnEYJ51J2x5q1R1JEBMoYr6BuFy9vM8wkmvLV3JL' as Address
const ABOUT: ChallengeAbout = {
  cafe: CAFE,
  client: CLIENT,
  address: ADDRESS,
  purpose: 'register',
  exp: 1_700_000_000_000,
}

describe('challenge', () => {
  it('is a nonce and a truncated HMAC over the specified bytes', async () => {
    const raw = counting(32)
    const key = await crypto.subtle.importKey('raw', raw, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
    const nonce = counting(16, 100)
    const exp = Buffer.alloc(8)
    exp.writeBigUInt64BE(BigInt(ABOUT.exp))
    const mac = createHmac('sha256', raw).update('chal/1').update(nonce).update(CAFE).update(CLIENT)
    const expected = mac.update(ADDRESS).update('register').update(exp).digest().subarray(0, 16)
    expect(hex(await createChallenge(key, ABOUT, () => nonce))).toBe(hex(nonce) + hex(expected))
  })

  it('is accepted for what it was made for, and differs every time', async () => {
    const key = await createChallengeKey()
    const challenge = await createChallenge(key, ABOUT)
    expect(challenge.byteLength).toBe(32)
    expect(await checkChallenge(key, ABOUT, challenge)).toBe(true)
    expect(hex(await createChallenge(key, ABOUT))).not.toBe(hex(challenge))
  })

  it.each<[string, Partial<ChallengeAbout>]>([
    ['cafe', { cafe: CLIENT }],
    ['client', { client: CAFE }],
    ['cafe and client swapped', { cafe: CLIENT, client: CAFE }],
    ['address', { address: OTHER }],
    ['purpose', { purpose: 'recover' }],
    ['a later end', { exp: ABOUT.exp + 1 }],
    ['an end 2^32 later', { exp: ABOUT.exp + 2 ** 32 }],
    ['a malformed cafe', { cafe: '' as PeerIdText }],
    ['a malformed end', { exp: -1 }],
    ['a fractional end', { exp: ABOUT.exp + 0.5 }],
    [
      'characters moved from one field to the next',
      { cafe: `${CAFE}1` as PeerIdText, client: CLIENT.slice(1) as PeerIdText },
    ],
  ])('is refused for another %s', async (_, change) => {
    const key = await createChallengeKey()
    expect(await checkChallenge(key, { ...ABOUT, ...change }, await createChallenge(key, ABOUT))).toBe(false)
  })

  it('is refused by another key, with any flipped bit and at any other length', async () => {
    const key = await createChallengeKey()
    const challenge = await createChallenge(key, ABOUT)
    expect(await checkChallenge(await createChallengeKey(), ABOUT, challenge)).toBe(false)
    for (let bit = 0; bit < 256; bit++) expect(await checkChallenge(key, ABOUT, flipBit(challenge, bit))).toBe(false)
    for (const size of [0, 16, 31]) expect(await checkChallenge(key, ABOUT, challenge.slice(0, size))).toBe(false)
    expect(await checkChallenge(key, ABOUT, concat(challenge, Uint8Array.of(0)))).toBe(false)
  })

  it('is not made for malformed names', async () => {
    const key = await createChallengeKey()
    const about = { ...ABOUT, client: 'nobody' as PeerIdText }
    expect(await failure(() => createChallenge(key, about))).toEqual({ code: 'BAD_REQUEST', data: { at: 'client' } })
  })
})

async function statement(change: Partial<Statement> = {}) {
  const account = await openAccount(new Secret(counting(32)))
  const body: Statement = {
    v: 1,
    purpose: 'register',
    cafe: CAFE,
    client: CLIENT,
    address: account.address,
    proto: '/cafe/session/1.0.0',
    challenge: counting(32),
    cnonce: counting(16),
    exp: 1_700_000_000_000,
    token: counting(32, 64),
    ...change,
  }
  return { account, body }
}

describe('statement', () => {
  it('is an account signature over the domain and canonical dag-cbor', async () => {
    const { account, body } = await statement()
    const expected = await account.sign(concat(utf8('textile-cafe/register/1\0'), dagCbor.encode(body)))
    expect(hex(await signStatement(account, body))).toBe(hex(expected))
    expect(await verifyStatement(body, expected)).toBe(true)
  })

  it('verifies after a journey through dag-cbor and the schema, with and without a token', async () => {
    for (const token of [null, counting(32)]) {
      const { account, body } = await statement({ token })
      const received = parse(statementSchema, dagCbor.decode(dagCbor.encode(body)))
      expect(await verifyStatement(received, await signStatement(account, body))).toBe(true)
    }
  })

  it.each<[string, Partial<Statement>]>([
    ['purpose', { purpose: 'deregister' }],
    ['cafe', { cafe: CLIENT }],
    ['client', { client: CAFE }],
    ['address', { address: OTHER }],
    ['proto', { proto: '/cafe/session/1.0.1' }],
    ['challenge', { challenge: counting(32, 1) }],
    ['cnonce', { cnonce: counting(16, 1) }],
    ['exp', { exp: 1_700_000_000_001 }],
    ['token', { token: counting(32, 65) }],
    ['missing token', { token: null }],
    ['version', { v: 2 as 1 }],
    ['extra field', { extra: 1 } as Partial<Statement>],
    ['challenge of another size', { challenge: counting(31) }],
  ])('does not verify with another %s', async (_, change) => {
    const { account, body } = await statement()
    const signature = await signStatement(account, body)
    expect(await verifyStatement({ ...body, ...change }, signature)).toBe(false)
  })

  it('is not signed when malformed or in another account’s name', async () => {
    const { account, body } = await statement()
    const refusal = (at: string) => ({ code: 'BAD_REQUEST', data: { at } })
    expect(await failure(() => signStatement(account, { ...body, address: OTHER }))).toEqual(refusal('address'))
    expect(await failure(() => signStatement(account, { ...body, cnonce: counting(15) }))).toEqual(refusal('cnonce'))
    expect(await failure(() => signStatement(account, { ...body, proto: 'x'.repeat(65) }))).toEqual(refusal('proto'))
  })
})

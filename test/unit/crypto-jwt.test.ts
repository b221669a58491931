/** Session tokens: one kind passes, every other kind of token that ever fooled anybody does not. */
import { createHmac } from 'node:crypto'
import { base64urlnopad } from '@scure/base'
import { calculateJwkThumbprint, decodeProtectedHeader } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Address, PeerIdText } from '../../src/core/ids.ts'
import { ACCESS_TTL, CLOCK_SKEW, MAX_JWT, REFRESH_TTL } from '../../src/core/limits.ts'
import { concat, utf8 } from '../../src/crypto/bytes.ts'
import type { JwtExpectation, JwtKey, SessionClaims } from '../../src/crypto/jwt.ts'
import { createJwtKey, signJwt, verifyJwt } from '../../src/crypto/jwt.ts'
import { failure } from './crypto-help.ts'

const CAFE = '12D3KooWBRG69PMx6EakNbkp4bQRqGqsHou5eau1MgnkzZDmzezU' as PeerIdText
const CLIENT = '12D3KooWEaqxyCuVVEcp1fRrNBzxrpUtaeU2XnoTNoZHEbwVCUi1' as PeerIdText
const IAT = 1_700_000_000
const FORBIDDEN = { code: 'FORBIDDEN', data: { what: 'jwt' } }
const EXPIRED = { code: 'UNAUTHORIZED', data: { expired: true } }
const SKEW = CLOCK_SKEW / 1000
const CLAIMS: SessionClaims = {
  iss: CAFE,
  aud: `cafe:${CAFE}`,
  sub: CLIENT,
  cnf: { peer: CLIENT },
  acct: 'P7bFoVXV3dALSLwYAnyzzVvHkfTDwbpaLwA9PL9659hBqWAX' as Address,
  sid: '0123456789abcdef',
  gen: 3,
  jti: '00112233445566778899aabbccddeeff',
  scope: 'access',
  iat: IAT,
  nbf: IAT,
  exp: IAT + ACCESS_TTL / 1000,
  epo: 1,
}
const EXPECT: JwtExpectation = { iss: CAFE, aud: `cafe:${CAFE}`, scope: 'access', now: IAT * 1000 }

let key: JwtKey
let other: JwtKey
let good: string
beforeAll(async () => {
  key = await createJwtKey()
  other = await createJwtKey()
  good = await signJwt(key, CLAIMS)
})

const encode = (value: unknown) =>
  base64urlnopad.encode(utf8(typeof value === 'string' ? value : JSON.stringify(value)))
const header = (change: object = {}) => ({ alg: 'Ed25519', typ: 'cafe-access+jwt', kid: key.kid, ...change })

/** Any header and payload, properly signed by `by`: what a cafe never issues but a verifier must not rely on. */
async function forge(head: unknown, payload: unknown, by: JwtKey = key): Promise<string> {
  const input = `${encode(head)}.${encode(payload)}`
  const signature = await crypto.subtle.sign('Ed25519', by.privateKey, utf8(input))
  return `${input}.${base64urlnopad.encode(new Uint8Array(signature))}`
}

const verify = (jwt: string, change: Partial<JwtExpectation> = {}) =>
  verifyJwt([other, key], jwt, { ...EXPECT, ...change })

/** `text` with the lowest bit of its last character set: the same bytes to a lenient decoder. */
function withStrayBit(text: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  return text.slice(0, -1) + alphabet[alphabet.indexOf(text.slice(-1)) | 1]
}

describe('session token', () => {
  it('comes back as it was signed, from the key its header names', async () => {
    expect(await verify(good)).toEqual(CLAIMS)
    expect(decodeProtectedHeader(good)).toEqual({ alg: 'Ed25519', typ: 'cafe-access+jwt', kid: key.kid })
    const refresh: SessionClaims = { ...CLAIMS, scope: 'refresh', exp: IAT + REFRESH_TTL / 1000 }
    const jwt = await signJwt(key, refresh)
    expect(decodeProtectedHeader(jwt).typ).toBe('cafe-refresh+jwt')
    expect(await verify(jwt, { scope: 'refresh' })).toEqual(refresh)
  })

  it('accepts what the test forges when nothing is wrong with it', async () => {
    expect(await verify(await forge(header(), CLAIMS))).toEqual(CLAIMS)
  })

  it('is signed by a key that survives storage, cannot leave and is named by its thumbprint', async () => {
    const stored = structuredClone(key)
    expect(await verifyJwt([stored], await signJwt(stored, CLAIMS), EXPECT)).toEqual(CLAIMS)
    expect(key.privateKey.extractable).toBe(false)
    expect(key.kid).toBe(await calculateJwkThumbprint(await crypto.subtle.exportKey('jwk', key.publicKey)))
  })

  it('is not signed with malformed claims', async () => {
    const refusal = { code: 'BAD_REQUEST', data: { at: 'jti' } }
    expect(await failure(() => signJwt(key, { ...CLAIMS, jti: '' }))).toEqual(refusal)
  })

  it('expires at exp plus the accepted skew, to the second', async () => {
    const end = CLAIMS.exp + SKEW
    expect(await verify(good, { now: (end - 1) * 1000 })).toEqual(CLAIMS)
    expect(await failure(() => verify(good, { now: end * 1000 }))).toEqual(EXPIRED)
    expect(await failure(() => verify(good, { now: (end + 1) * 1000 }))).toEqual(EXPIRED)
  })

  it('begins at nbf and iat less the accepted skew, to the second', async () => {
    expect(await verify(good, { now: (IAT - SKEW) * 1000 })).toEqual(CLAIMS)
    expect(await failure(() => verify(good, { now: (IAT - SKEW - 1) * 1000 }))).toEqual(FORBIDDEN)
    const late = await signJwt(key, { ...CLAIMS, nbf: IAT + SKEW + 1 })
    expect(await failure(() => verify(late))).toEqual(FORBIDDEN)
    expect(await verify(late, { now: (IAT + 1) * 1000 })).toMatchObject({ nbf: IAT + SKEW + 1 })
  })

  it('is called expired only if nothing else is wrong with it', async () => {
    const now = (CLAIMS.exp + 1000) * 1000
    expect(await failure(() => verify(good, { now, aud: 'cafe:other' }))).toEqual(FORBIDDEN)
    expect(await failure(() => verify(`${good.slice(0, -4)}AAAA`, { now }))).toEqual(FORBIDDEN)
  })

  const parts = () => good.split('.') as [string, string, string]
  const without = (name: keyof SessionClaims) => ({ ...CLAIMS, [name]: undefined })
  const bad: Record<string, () => string | Promise<string>> = {
    'the empty text': () => '',
    'alg none, unsigned': () => `${encode(header({ alg: 'none' }))}.${parts()[1]}.`,
    'alg none with the signature': () => `${encode(header({ alg: 'none' }))}.${parts()[1]}.${parts()[2]}`,
    'HS256 with the public key as secret': async () => {
      const secret = new Uint8Array(await crypto.subtle.exportKey('raw', key.publicKey))
      const input = `${encode(header({ alg: 'HS256' }))}.${parts()[1]}`
      return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`
    },
    'the deprecated name EdDSA': () => forge(header({ alg: 'EdDSA' }), CLAIMS),
    'the type JWT': () => forge(header({ typ: 'JWT' }), CLAIMS),
    'the type of the other scope': () => forge(header({ typ: 'cafe-refresh+jwt' }), CLAIMS),
    'no type': () => forge(header({ typ: undefined }), CLAIMS),
    'no kid': () => forge(header({ kid: undefined }), CLAIMS),
    'an unknown kid': () => forge(header({ kid: 'nobody' }), CLAIMS),
    'a kid that is a list': () => forge(header({ kid: [key.kid] }), CLAIMS),
    'the kid of another key': () => forge(header({ kid: other.kid }), CLAIMS),
    'another signer under our kid': () => forge(header(), CLAIMS, other),
    'an embedded jwk': async () =>
      forge(header({ jwk: await crypto.subtle.exportKey('jwk', other.publicKey) }), CLAIMS, other),
    'a jku header': () => forge(header({ jku: 'https://evil.example/keys' }), CLAIMS),
    'a crit header': () => forge(header({ crit: ['exp'], exp: 1 }), CLAIMS),
    'b64 false': () => forge(header({ b64: false, crit: ['b64'] }), CLAIMS),
    'a duplicate header key': () => forge(JSON.stringify(header()).replace('{', '{"alg":"none",'), CLAIMS),
    'a header that is not an object': () => forge([header()], CLAIMS),
    'a header that is not JSON': () => forge('alg', CLAIMS),
    'two segments': () => parts().slice(0, 2).join('.'),
    'four segments': () => `${good}.${parts()[2]}`,
    'five segments (a JWE)': () => `${good}.${parts()[1]}.${parts()[2]}`,
    'an empty signature': () => `${parts()[0]}.${parts()[1]}.`,
    padding: () => `${good}==`,
    'white space at the end': () => `${good}\n`,
    'a signature in standard base64': () => `${parts()[0]}.${parts()[1]}.+${parts()[2].slice(1)}`,
    'a signature with stray bits': () => withStrayBit(good),
    'another payload under the signature': () =>
      `${parts()[0]}.${encode({ ...CLAIMS, acct: CLAIMS.acct, gen: 4 })}.${parts()[2]}`,
    'a signature cut short': () => good.slice(0, -4),
    'another issuer': () => forge(header(), { ...CLAIMS, iss: CLIENT }),
    'another audience': () => forge(header(), { ...CLAIMS, aud: `cafe:${CLIENT}` }),
    'a list of audiences': () => forge(header(), { ...CLAIMS, aud: [CLAIMS.aud] }),
    'the other scope': () => forge(header(), { ...CLAIMS, scope: 'refresh' }),
    'a subject that is not the confirmed peer': () => forge(header(), { ...CLAIMS, sub: CAFE }),
    'an extra claim': () => forge(header(), { ...CLAIMS, admin: true }),
    'an extra confirmation': () => forge(header(), { ...CLAIMS, cnf: { peer: CLIENT, jkt: 'x' } }),
    'a duplicate claim': () => forge(header(), JSON.stringify(CLAIMS).replace('{', '{"gen":9,')),
    'white space in the payload': () => forge(header(), JSON.stringify(CLAIMS, null, 1)),
    'an expiry as text': () => forge(header(), { ...CLAIMS, exp: String(CLAIMS.exp) }),
    'a fractional expiry': () => forge(header(), { ...CLAIMS, exp: CLAIMS.exp - 0.5 }),
    'a life one second too long': () => forge(header(), { ...CLAIMS, exp: CLAIMS.exp + 1 }),
    'an absurd expiry': () => forge(header(), { ...CLAIMS, exp: Number.MAX_SAFE_INTEGER }),
    'an expiry before it was issued': () => forge(header(), { ...CLAIMS, exp: IAT - 1 }),
    'an account that is none': () => forge(header(), { ...CLAIMS, acct: 'P' }),
    'a payload that is not JSON': () => forge(header(), 'hello'),
    'a payload that is null': () => forge(header(), null),
    'more than the longest token': () => forge(header(), { ...CLAIMS, sid: 'x'.repeat(MAX_JWT) }),
    'a megabyte': () => 'e'.repeat(1 << 20),
    'two dots': () => '..',
    'alg as a list': () => forge(header({ alg: ['Ed25519'] }), CLAIMS),
    'alg in lower case': () => forge(header({ alg: 'ed25519' }), CLAIMS),
    'alg ES256': () => forge(header({ alg: 'ES256' }), CLAIMS),
    'an x5u header': () => forge(header({ x5u: 'https://evil.example/chain' }), CLAIMS),
    'an x5c header': () => forge(header({ x5c: ['AAAA'] }), CLAIMS),
    'a zip header': () => forge(header({ zip: 'DEF' }), CLAIMS),
    'a cty header': () => forge(header({ cty: 'JWT' }), CLAIMS),
    'a kid that walks the tree': () => forge(header({ kid: '../../etc/passwd' }), CLAIMS),
    'a kid by another name of an object': () => forge(header({ kid: '__proto__' }), CLAIMS),
    'header keys in another order, with white space': () => forge(JSON.stringify(header(), null, 1), CLAIMS),
    'the signature of another token': async () => {
      const next = (await signJwt(key, { ...CLAIMS, gen: 4 })).split('.')
      return `${parts()[0]}.${parts()[1]}.${next[2]}`
    },
    'header and payload swapped': () => `${parts()[1]}.${parts()[0]}.${parts()[2]}`,
    'a signature of zeros': () => `${parts()[0]}.${parts()[1]}.${base64urlnopad.encode(new Uint8Array(64))}`,
    'a nested token as payload': () => forge(header(), good),
    'a negative generation': () => forge(header(), { ...CLAIMS, gen: -1 }),
    'a session id that is a number': () => forge(header(), { ...CLAIMS, sid: 7 }),
    'a claim with a prototype': () => forge(header(), JSON.stringify(CLAIMS).replace('{', '{"__proto__":{},')),
    'a number in exponent form': () => forge(header(), JSON.stringify(CLAIMS).replace(/"gen":3/, '"gen":3e0')),
    'issued in the far future': () => forge(header(), { ...CLAIMS, iat: IAT + 9999, exp: IAT + 9999 + 60 }),
    'white space in front': () => ` ${good}`,
    'the word Bearer in front': () => `Bearer ${good}`,
  }
  it.each(Object.entries(bad))('refuses %s', async (_, make) => {
    const jwt = await make()
    expect(await failure(() => verify(jwt))).toEqual(FORBIDDEN)
  })

  it('is a table of sixty and more', () => {
    expect(Object.keys(bad).length).toBeGreaterThanOrEqual(60)
  })

  it('is refused after any of a hundred thousand mutations', async () => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/ \0é'
    let x = 2463534242
    /** A xorshift, so that a failure comes again. */
    const below = (n: number): number => {
      x ^= x << 13
      x ^= x >>> 17
      x ^= x << 5
      return (x >>> 0) % n
    }
    const some = () => alphabet[below(alphabet.length)] as string
    const mutate = (text: string): string => {
      const at = below(text.length)
      const to = at + below(text.length - at)
      const kinds = [
        () => text.slice(0, at) + some() + text.slice(at + 1),
        () => text.slice(0, at) + text.slice(at + 1 + below(8)),
        () => text.slice(0, at) + some().repeat(1 + below(4)) + text.slice(at),
        () => text.slice(0, at) + text.slice(at, to) + text.slice(at),
        () => text.slice(0, at) + [...text.slice(at, to)].reverse().join('') + text.slice(to),
        () => text.slice(to) + text.slice(0, to),
      ]
      return (kinds[below(kinds.length)] as () => string)()
    }
    let tried = 0
    const accepted: string[] = []
    while (tried < 100_000) {
      const batch = Array.from({ length: 500 }, () => {
        let text = mutate(good)
        while (below(3) === 0) text = mutate(text)
        return text
      }).filter((text) => text !== good)
      const outcomes = await Promise.all(batch.map((jwt) => failure(() => verify(jwt))))
      for (const [i, outcome] of outcomes.entries()) {
        if (JSON.stringify(outcome) !== JSON.stringify(FORBIDDEN)) accepted.push(batch[i] as string)
      }
      tried += batch.length
    }
    expect(accepted).toEqual([])
  }, 120_000)

  it('the stray-bit case is the same signature to a lenient decoder', () => {
    const lenient = (jwt: string) => Buffer.from(jwt.split('.')[2] ?? '', 'base64url').toString('hex')
    expect(withStrayBit(good)).not.toBe(good)
    expect(lenient(withStrayBit(good))).toBe(lenient(good))
  })

  it.each(Object.keys(CLAIMS) as (keyof SessionClaims)[])('refuses a token without %s', async (name) => {
    expect(await failure(async () => verify(await forge(header(), without(name))))).toEqual(FORBIDDEN)
  })

  it('is refused where another issuer, audience or scope is expected, and when the key is gone', async () => {
    expect(await failure(() => verify(good, { iss: CLIENT }))).toEqual(FORBIDDEN)
    expect(await failure(() => verify(good, { aud: `cafe:${CLIENT}` }))).toEqual(FORBIDDEN)
    expect(await failure(() => verify(good, { scope: 'refresh' }))).toEqual(FORBIDDEN)
    expect(await failure(() => verifyJwt([other], good, EXPECT))).toEqual(FORBIDDEN)
    expect(await failure(() => verifyJwt([], good, EXPECT))).toEqual(FORBIDDEN)
  })

  it('is refused with any character changed', async () => {
    for (let i = 0; i < good.length; i++) {
      const changed = good.slice(0, i) + (good[i] === 'A' ? 'B' : 'A') + good.slice(i + 1)
      expect(await failure(() => verify(changed))).toEqual(FORBIDDEN)
    }
    expect(concat(utf8(good)).byteLength).toBeLessThan(MAX_JWT)
  })
})

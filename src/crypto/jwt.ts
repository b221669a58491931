/**
 * Session tokens: JWTs signed by a key of the cafe's own, with one algorithm, one header and one closed set of claims.
 * Whatever is not exactly that is refused before or after the signature, never repaired (security.md §2.d, §1.5 C4-C7).
 */
import { ed25519 } from '@noble/curves/ed25519.js'
import { base64urlnopad } from '@scure/base'
import { CompactSign, calculateJwkThumbprint, compactVerify } from 'jose'
import { CafeError } from '../core/errors.ts'
import type { Address, PeerIdText } from '../core/ids.ts'
import { ACCESS_TTL, CLOCK_SKEW, MAX_JWT, REFRESH_TTL } from '../core/limits.ts'
import { address, count, parse, peerId, text, v } from '../core/schema.ts'
import { unshared, utf8 } from './bytes.ts'

/** What a session token says. Times are whole seconds since the epoch, as RFC 7519 has them. */
export interface SessionClaims {
  /** The cafe's peer id. */
  readonly iss: PeerIdText
  /** `cafe:<cafe peer id>`. */
  readonly aud: string
  /** The client's peer id; always equal to `cnf.peer`. */
  readonly sub: PeerIdText
  /** Proof of possession (RFC 7800): the peer the Noise handshake must have proved. */
  readonly cnf: { readonly peer: PeerIdText }
  readonly acct: Address
  /** Session id. */
  readonly sid: string
  /** Generation within the session, raised by every refresh. */
  readonly gen: number
  readonly jti: string
  readonly scope: 'access' | 'refresh'
  readonly iat: number
  readonly nbf: number
  readonly exp: number
  /** The cafe's epoch. */
  readonly epo: number
}

/** A signing key: survives structured clone into IndexedDB, its private half is non-extractable. */
export interface JwtKey {
  /** RFC 7638 thumbprint of the public key. */
  readonly kid: string
  readonly privateKey: CryptoKey
  readonly publicKey: CryptoKey
}

/** What verifies only. */
export type JwtVerifier = Pick<JwtKey, 'kid' | 'publicKey'>

/** What the verifier demands; `now` in milliseconds. */
export interface JwtExpectation {
  readonly iss: PeerIdText
  readonly aud: string
  readonly scope: SessionClaims['scope']
  readonly now: number
}

const ALGORITHM = 'Ed25519'
const TYPES = { access: 'cafe-access+jwt', refresh: 'cafe-refresh+jwt' } as const
const TTL = { access: ACCESS_TTL, refresh: REFRESH_TTL } as const
/** Three parts of the base64url alphabet, none empty. */
const COMPACT = /^[\w-]+\.[\w-]+\.[\w-]+$/
const id = v.pipe(text(64), v.nonEmpty())

const headerSchema = v.strictObject({
  alg: v.literal(ALGORITHM),
  typ: v.picklist([TYPES.access, TYPES.refresh]),
  kid: id,
})

const claimsSchema = v.strictObject({
  iss: peerId,
  aud: text(128),
  sub: peerId,
  cnf: v.strictObject({ peer: peerId }),
  acct: address,
  sid: id,
  gen: count(),
  jti: id,
  scope: v.picklist(['access', 'refresh']),
  iat: count(),
  nbf: count(),
  exp: count(),
  epo: count(),
}) satisfies v.GenericSchema<unknown, SessionClaims>

/** A new Ed25519 key for session tokens; not the peer key, so it can be rotated. */
export async function createJwtKey(): Promise<JwtKey> {
  const pair = (await crypto.subtle.generateKey('Ed25519', false, ['sign', 'verify'])) as CryptoKeyPair
  const kid = await calculateJwkThumbprint(await crypto.subtle.exportKey('jwk', pair.publicKey))
  return { kid, privateKey: pair.privateKey, publicKey: pair.publicKey }
}

/** The 32 bytes of the public half, and back: what a cafe takes along when it moves, so that its sessions go on. */
export const exportVerifier = async ({ publicKey }: JwtVerifier): Promise<Uint8Array<ArrayBuffer>> =>
  new Uint8Array(await crypto.subtle.exportKey('raw', publicKey))

/** @throws CafeError CORRUPT {what: 'key'}. */
export async function importVerifier(raw: Uint8Array): Promise<JwtVerifier> {
  try {
    const publicKey = await crypto.subtle.importKey('raw', unshared(raw), 'Ed25519', true, ['verify'])
    return { kid: await calculateJwkThumbprint(await crypto.subtle.exportKey('jwk', publicKey)), publicKey }
  } catch (cause) {
    throw new CafeError('CORRUPT', { what: 'key' }, { cause })
  }
}

/** PKCS #8 of an Ed25519 key (RFC 8410), up to the 32 bytes that are the key. */
const PKCS8 = Uint8Array.of(0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20)

/** The key of 32 random bytes: for hosts that can keep bytes and no CryptoKeys. */
export async function jwtKeyOf(seed: Uint8Array): Promise<JwtKey> {
  if (seed.byteLength !== 32) throw new CafeError('BAD_REQUEST', { what: 'key' })
  const pkcs8 = new Uint8Array([...PKCS8, ...seed])
  const privateKey = await crypto.subtle.importKey('pkcs8', pkcs8, ALGORITHM, false, ['sign'])
  const raw = new Uint8Array(ed25519.getPublicKey(seed))
  const publicKey = await crypto.subtle.importKey('raw', raw, ALGORITHM, true, ['verify'])
  return { kid: await calculateJwkThumbprint(await crypto.subtle.exportKey('jwk', publicKey)), privateKey, publicKey }
}

/**
 * Signs `claims`; the header's `typ` follows from the scope.
 * @throws CafeError BAD_REQUEST if the claims are malformed or too long to be accepted again.
 */
export async function signJwt(key: JwtKey, claims: SessionClaims): Promise<string> {
  const payload = utf8(JSON.stringify(parse(claimsSchema, claims)))
  const jwt = await new CompactSign(payload)
    .setProtectedHeader({ alg: ALGORITHM, typ: TYPES[claims.scope], kid: key.kid })
    .sign(key.privateKey)
  if (jwt.length > MAX_JWT) throw new CafeError('BAD_REQUEST', { size: jwt.length, limit: MAX_JWT })
  return jwt
}

/**
 * The claims of a token that one of `keys` signed and that is in every point what `expect` demands, clocks differing by
 * at most CLOCK_SKEW.
 * @throws CafeError UNAUTHORIZED `{expired: true}` if its time is over and nothing else is wrong; FORBIDDEN otherwise.
 */
export async function verifyJwt(
  keys: readonly JwtVerifier[],
  jwt: string,
  expect: JwtExpectation,
): Promise<SessionClaims> {
  const header = readHeader(jwt)
  const key = keys.find(({ kid }) => kid === header.kid)
  if (!key || header.typ !== TYPES[expect.scope]) throw refusal()
  const claims = await readClaims(key, jwt)
  checkClaims(claims, expect)
  return claims
}

/** The header, before anything about the token is believed: length, shape, canonical encoding, known fields only. */
function readHeader(jwt: string): v.InferOutput<typeof headerSchema> {
  if (jwt.length > MAX_JWT || !COMPACT.test(jwt)) throw refusal()
  try {
    // The decoder refuses bits that a canonical encoding leaves zero; jose's would drop them.
    const [header] = jwt.split('.').map((part) => base64urlnopad.decode(part))
    return v.parse(headerSchema, readJson(header))
  } catch (cause) {
    throw refusal(cause)
  }
}

async function readClaims(key: JwtVerifier, jwt: string): Promise<SessionClaims> {
  try {
    const { payload } = await compactVerify(jwt, key.publicKey, { algorithms: [ALGORITHM] })
    return v.parse(claimsSchema, readJson(payload))
  } catch (cause) {
    throw refusal(cause)
  }
}

/** JSON exactly as `JSON.stringify` writes it: no duplicate keys, no second spelling of a number, no white space. */
function readJson(bytes: Uint8Array | undefined): unknown {
  const json = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  const value: unknown = JSON.parse(json)
  if (JSON.stringify(value) !== json) throw refusal()
  return value
}

function checkClaims(claims: SessionClaims, expect: JwtExpectation): void {
  const latest = expect.now + CLOCK_SKEW
  const fits =
    claims.iss === expect.iss &&
    claims.aud === expect.aud &&
    claims.scope === expect.scope &&
    claims.sub === claims.cnf.peer &&
    claims.iat * 1000 <= latest &&
    claims.nbf * 1000 <= latest &&
    claims.exp > claims.iat &&
    (claims.exp - claims.iat) * 1000 <= TTL[claims.scope]
  if (!fits) throw refusal()
  if (claims.exp * 1000 + CLOCK_SKEW <= expect.now) throw new CafeError('UNAUTHORIZED', { expired: true })
}

/** One answer for every kind of bad token: a forger learns nothing from it. */
function refusal(cause?: unknown): CafeError {
  return new CafeError('FORBIDDEN', { what: 'jwt' }, { cause })
}

/**
 * Proof that an account wants to register, recover or deregister this client at this cafe: a challenge the cafe need
 * not remember, and a statement signed by the account key that names everything it is about (security.md §2.d).
 */
import type { Random } from '../core/clock.ts'
import { systemRandom } from '../core/clock.ts'
import { encode } from '../core/codec.ts'
import { CafeError } from '../core/errors.ts'
import type { Address, PeerIdText } from '../core/ids.ts'
import { sameBytes } from '../core/ids.ts'
import { address, bytes, count, parse, peerId, text, v } from '../core/schema.ts'
import type { Account } from './account.ts'
import { verifyAccount } from './account.ts'
import { concat, utf8 } from './bytes.ts'

/** What the account asks for. */
export type StatementPurpose = 'register' | 'recover' | 'deregister'

/** Everything a challenge is bound to. */
export interface ChallengeAbout {
  readonly cafe: PeerIdText
  readonly client: PeerIdText
  readonly address: Address
  readonly purpose: StatementPurpose
  /** End of validity, milliseconds since the epoch; the caller compares it with its clock. */
  readonly exp: number
}

/** What the account signs. */
export interface Statement {
  readonly v: 1
  readonly purpose: StatementPurpose
  readonly cafe: PeerIdText
  readonly client: PeerIdText
  readonly address: Address
  /** Protocol id the statement is made for. */
  readonly proto: string
  /** The cafe's challenge, 32 bytes. */
  readonly challenge: Uint8Array
  /** The client's own nonce, 16 bytes. */
  readonly cnonce: Uint8Array
  /** The challenge's end of validity, milliseconds since the epoch. */
  readonly exp: number
  /** SHA-256 of the access token's secret, 32 bytes, or null where none is needed. */
  readonly token: Uint8Array | null
}

const NONCE_SIZE = 16
const MAC_SIZE = 16
const DOMAIN = utf8('textile-cafe/register/1\0')
const purpose = v.picklist(['register', 'recover', 'deregister'])
const aboutSchema = v.strictObject({ cafe: peerId, client: peerId, address, purpose, exp: count() })

/** The schema of {@link Statement}: closed, every size fixed. */
export const statementSchema = v.strictObject({
  v: v.literal(1),
  purpose,
  cafe: peerId,
  client: peerId,
  address,
  proto: text(64),
  challenge: bytes(NONCE_SIZE + MAC_SIZE, NONCE_SIZE + MAC_SIZE),
  cnonce: bytes(NONCE_SIZE, NONCE_SIZE),
  exp: count(),
  token: v.nullable(bytes(32, 32)),
}) satisfies v.GenericSchema<unknown, Statement>

/** A new non-extractable HMAC-SHA256 key for challenges; losing it only voids the challenges of the last minutes. */
export function createChallengeKey(): Promise<CryptoKey> {
  return crypto.subtle.generateKey({ name: 'HMAC', hash: 'SHA-256' }, false, ['sign', 'verify'])
}

/**
 * A challenge of 32 bytes, nonce ‖ truncated HMAC, bound to all of `about`; the cafe stores nothing.
 * @throws CafeError BAD_REQUEST if `about` is malformed.
 */
export async function createChallenge(
  key: CryptoKey,
  about: ChallengeAbout,
  random: Random = systemRandom,
): Promise<Uint8Array<ArrayBuffer>> {
  const nonce = random(NONCE_SIZE)
  return concat(nonce, await challengeMac(key, parse(aboutSchema, about), nonce))
}

/**
 * Did the holder of `key` issue this challenge for exactly `about`? Says nothing about time or reuse: the caller checks
 * `about.exp` and consumes the nonce. Malformed input is a plain no.
 */
export async function checkChallenge(key: CryptoKey, about: ChallengeAbout, challenge: Uint8Array): Promise<boolean> {
  if (challenge.byteLength !== NONCE_SIZE + MAC_SIZE || !v.is(aboutSchema, about)) return false
  const mac = await challengeMac(key, about, challenge.subarray(0, NONCE_SIZE))
  return sameBytes(mac, challenge.subarray(NONCE_SIZE))
}

/**
 * The account's signature (64 bytes) over a statement.
 * @throws CafeError BAD_REQUEST if the statement is malformed or names another account.
 */
export async function signStatement(account: Account, statement: Statement): Promise<Uint8Array<ArrayBuffer>> {
  const signed = signedBytes(parse(statementSchema, statement))
  if (statement.address !== account.address) throw new CafeError('BAD_REQUEST', { at: 'address' })
  return account.sign(signed)
}

/** Is this the signature of the statement's own account over it? False for anything malformed; never throws. */
export async function verifyStatement(statement: Statement, signature: Uint8Array): Promise<boolean> {
  if (!v.is(statementSchema, statement)) return false
  return verifyAccount(statement.address, signedBytes(statement), signature)
}

function signedBytes(statement: Statement): Uint8Array<ArrayBuffer> {
  return concat(DOMAIN, encode(statement))
}

/**
 * HMAC over `"chal/1" ‖ nonce ‖ cafe ‖ client ‖ address ‖ purpose ‖ exp` (texts in ASCII, exp as 64 bits big-endian).
 * No two different `about` give the same bytes: the schema fixes every length but the purpose's.
 */
async function challengeMac(key: CryptoKey, about: ChallengeAbout, nonce: Uint8Array): Promise<Uint8Array> {
  const exp = new Uint8Array(8)
  new DataView(exp.buffer).setBigUint64(0, BigInt(about.exp))
  const names = utf8(about.cafe + about.client + about.address + about.purpose)
  const mac = await crypto.subtle.sign('HMAC', key, concat(utf8('chal/1'), nonce, names, exp))
  return new Uint8Array(mac, 0, MAC_SIZE)
}

/**
 * An account's seed at rest: under a passphrase (scrypt, then AES-256-GCM), or under a key of this profile that script can
 * use but not read. Either is bound to the account it is for, so that none can be put in another's place (security.md L1, L2).
 *
 * ```
 * locked = 0x01 ‖ log2 N ‖ salt[16] ‖ nonce[12] ‖ ct[48]       key = scrypt(NFKC(passphrase), salt, N, r = 8, p = 1)
 * kept   = 0x02 ‖ nonce[12] ‖ ct[48]                           key = the profile's
 * aad    = "textile-cafe/vault/1" ‖ 0 ‖ all before the nonce ‖ account's Ed25519 key ‖ index (32 bits, big-endian)
 * ```
 */
import { scryptAsync } from '@noble/hashes/scrypt.js'
import type { Random } from '../core/clock.ts'
import { systemRandom } from '../core/clock.ts'
import { CafeError } from '../core/errors.ts'
import type { Address } from '../core/ids.ts'
import { Secret } from '../core/secret.ts'
import { concat, unshared, utf8 } from './bytes.ts'
import { decodeAddress } from './strkey.ts'

/** Whose seed it is. */
export interface SeedOwner {
  readonly address: Address
  /** Its number below its words. */
  readonly index: number
}

const LOCKED = 1
const KEPT = 2
/** 128 MiB and about a second for each guess, here and for whoever has copied the profile. */
const LOG_N = 17
/** What is read: below, a guess is too cheap for any use but tests; above, it takes more than a gigabyte. */
const LEAST_LOG_N = 10
const MOST_LOG_N = 20
const SALT = 16
const NONCE = 12
const SEED = 32
const TAG = 16
const LOCKED_HEAD = 2 + SALT
const SIZE = NONCE + SEED + TAG

export interface LockOptions {
  readonly random?: Random | undefined
  /** log2 N. */
  readonly cost?: number | undefined
}

/** Characters of a passphrase: below eight, a second a guess is no obstacle. */
export const MIN_PASSPHRASE = 8
export const MAX_PASSPHRASE = 1024

/**
 * The seed, to be had back only with `passphrase`. Takes about a second, in steps between which others have their turn.
 * @throws CafeError BAD_REQUEST `{what: 'passphrase', min}` for one too short or too long.
 */
export async function lockSeed(
  seed: Secret<Uint8Array>,
  passphrase: string,
  owner: SeedOwner,
  { random = systemRandom, cost = LOG_N }: LockOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const length = [...passphrase].length
  if (length < MIN_PASSPHRASE || length > MAX_PASSPHRASE)
    throw new CafeError('BAD_REQUEST', { what: 'passphrase', min: MIN_PASSPHRASE })
  const salt = random(SALT)
  const key = await stretch(passphrase, salt, cost)
  return seal(seed, key, concat(Uint8Array.of(LOCKED, cost), salt), owner, random)
}

/**
 * @throws CafeError FORBIDDEN `{what: 'passphrase'}` for another passphrase, owner, or ciphertext, which cannot be told
 * apart; CORRUPT `{what: 'seed'}` for what is no locked seed at all.
 */
export async function unlockSeed(
  locked: Uint8Array,
  passphrase: string,
  owner: SeedOwner,
): Promise<Secret<Uint8Array<ArrayBuffer>>> {
  const cost = locked[1] ?? 0
  const isLocked = locked.byteLength === LOCKED_HEAD + SIZE && locked[0] === LOCKED
  if (!isLocked || cost < LEAST_LOG_N || cost > MOST_LOG_N) throw new CafeError('CORRUPT', { what: 'seed' })
  if (passphrase.length > 2 * MAX_PASSPHRASE) throw new CafeError('FORBIDDEN', { what: 'passphrase' })
  const key = await stretch(passphrase, locked.subarray(2, LOCKED_HEAD), cost)
  try {
    return await open(locked, key, LOCKED_HEAD, owner)
  } catch (cause) {
    throw new CafeError('FORBIDDEN', { what: 'passphrase' }, { cause })
  }
}

/**
 * A key for {@link keepSeed}. No script gets its bytes, but any script of this origin can decrypt with it, and whoever can
 * read the profile's files finds it there: it protects against neither, only against the seed lying about in plain.
 */
export const createProfileKey = (): Promise<CryptoKey> =>
  crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt'])

/** The seed under the profile's key: for who chose to need no passphrase on this device. */
export const keepSeed = (
  seed: Secret<Uint8Array>,
  key: CryptoKey,
  owner: SeedOwner,
  random: Random = systemRandom,
): Promise<Uint8Array<ArrayBuffer>> => seal(seed, key, Uint8Array.of(KEPT), owner, random)

/** @throws CafeError CORRUPT `{what: 'seed'}` for another key, another owner, or anything that was changed. */
export async function readSeed(
  kept: Uint8Array,
  key: CryptoKey,
  owner: SeedOwner,
): Promise<Secret<Uint8Array<ArrayBuffer>>> {
  try {
    if (kept.byteLength !== 1 + SIZE || kept[0] !== KEPT) throw new CafeError('CORRUPT')
    return await open(kept, key, 1, owner)
  } catch (cause) {
    throw new CafeError('CORRUPT', { what: 'seed' }, { cause })
  }
}

/** The key of a passphrase. Composed and compatibility characters are one, as keyboards differ in what they send. */
export async function stretch(passphrase: string, salt: Uint8Array, cost: number): Promise<CryptoKey> {
  const how = { N: 2 ** cost, r: 8, p: 1, dkLen: 32 }
  const raw = new Uint8Array(await scryptAsync(utf8(passphrase.normalize('NFKC')), salt, how))
  try {
    return await crypto.subtle.importKey('raw', raw, 'AES-GCM', false, ['encrypt', 'decrypt'])
  } finally {
    raw.fill(0)
  }
}

async function seal(
  seed: Secret<Uint8Array>,
  key: CryptoKey,
  head: Uint8Array,
  owner: SeedOwner,
  random: Random,
): Promise<Uint8Array<ArrayBuffer>> {
  const plain = unshared(seed.reveal())
  if (plain.byteLength !== SEED) throw new CafeError('BAD_REQUEST', { what: 'seed' })
  const iv = random(NONCE)
  const how = { name: 'AES-GCM', iv, additionalData: boundTo(head, owner) }
  return concat(head, iv, new Uint8Array(await crypto.subtle.encrypt(how, key, plain)))
}

async function open(
  sealed: Uint8Array,
  key: CryptoKey,
  head: number,
  owner: SeedOwner,
): Promise<Secret<Uint8Array<ArrayBuffer>>> {
  const bytes = unshared(sealed)
  const iv = bytes.subarray(head, head + NONCE)
  const how = { name: 'AES-GCM', iv, additionalData: boundTo(bytes.subarray(0, head), owner) }
  return new Secret(new Uint8Array(await crypto.subtle.decrypt(how, key, bytes.subarray(head + NONCE))))
}

function boundTo(head: Uint8Array, { address, index }: SeedOwner): Uint8Array<ArrayBuffer> {
  const number = new Uint8Array(4)
  new DataView(number.buffer).setUint32(0, index)
  return concat(utf8('textile-cafe/vault/1\0'), head, decodeAddress(address), number)
}

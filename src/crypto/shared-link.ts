/**
 * Sealed links: the secret in a link's fragment opens a small sealed body that a cafe keeps. The cafe knows the link by an
 * id, and whoever opens it by a proof; both are derived from the secret, which it never sees, so it can read nothing.
 *
 * ```
 * code   = base64url(0x01 ‖ flags ‖ secret[32])                         flags: 1, a password is needed
 * id     = HKDF-SHA256(secret, "textile-cafe/sealed-link/id/1", 16)
 * master = secret                                                       or, with a password:
 *          HKDF-SHA256(secret ‖ scrypt(NFKC(password), HKDF(secret, ".../salt/1", 16), 2^15, 8, 1), ".../master/1", 32)
 * proof  = HKDF-SHA256(master, ".../proof/1", 32)                       the cafe keeps SHA-256(proof)
 * body   = sealed under HKDF-SHA256(master, ".../seal/1", 32), bound to the id, as long as a bucket
 * ```
 *
 * The body is given for the right proof only, so whoever has a link without its password must ask the cafe for each guess;
 * only who has both the link and the cafe's rows guesses at home, and pays 32 MiB of memory for each guess.
 */
import { scryptAsync } from '@noble/hashes/scrypt.js'
import { base64urlnopad } from '@scure/base'
import { type Random, systemRandom } from '../core/clock.ts'
import { decode, encode } from '../core/codec.ts'
import { CafeError } from '../core/errors.ts'
import { MAX_LINK_BODY, MAX_LINK_PASSWORD, MIN_LINK_PASSWORD } from '../core/limits.ts'
import { parse, text, v } from '../core/schema.ts'
import { Secret } from '../core/secret.ts'
import { concat, sha256, unshared, utf8 } from './bytes.ts'
import { parseFileKey } from './file-key.ts'
import { openBytes, sealBytes } from './sealed-bytes.ts'

type Bytes = Uint8Array<ArrayBuffer>

/** What is in a link's address. */
export interface LinkSecret {
  /** 32 bytes. */
  readonly secret: Secret<Bytes>
  /** It opens with a password only. */
  readonly password: boolean
}

/** What a link opens to. */
export interface LinkBody {
  /** The key of a file, as text (`file-key.ts`). */
  readonly key: string
  /** What the file is called. */
  readonly name?: string | undefined
}

const VERSION = 1
const PASSWORD = 1
const SIZE = 32
export const LINK_ID = 16
/** 32 MiB and about a fifth of a second: openers are on phones, and the cafe slows guesses down. */
const COST = 2 ** 15
const CODE = /^[\w-]{46}$/

export const createLinkSecret = (password: boolean, random: Random = systemRandom): LinkSecret => ({
  secret: new Secret(random(SIZE)),
  password,
})

/** The text in an address, after `link=`. */
export const formatLinkCode = ({ secret, password }: LinkSecret): string =>
  base64urlnopad.encode(concat(Uint8Array.of(VERSION, password ? PASSWORD : 0), secret.reveal()))

/** @throws CafeError BAD_REQUEST `{what: 'link'}`, never with any part of the text. */
export function parseLinkCode(code: string): LinkSecret {
  const bad = (cause?: unknown): CafeError => new CafeError('BAD_REQUEST', { what: 'link' }, { cause })
  if (!CODE.test(code)) throw bad()
  let bytes: Uint8Array
  try {
    bytes = base64urlnopad.decode(code)
  } catch (cause) {
    throw bad(cause)
  }
  const [version, flags = 0] = bytes
  if (bytes.byteLength !== 2 + SIZE || version !== VERSION || flags > PASSWORD) throw bad()
  return { secret: new Secret(new Uint8Array(bytes.subarray(2))), password: flags === PASSWORD }
}

/** The 16 bytes that a cafe knows it by. */
export const linkIdOf = ({ secret }: LinkSecret): Promise<Bytes> => hkdf(secret.reveal(), 'id', LINK_ID)

/**
 * The key above all others of a link. Takes a while where there is a password.
 * @throws CafeError BAD_REQUEST `{what: 'password', min}` for one too short or too long; SEALED `{what: 'password'}` where one is
 * needed and none is given.
 */
export async function linkMaster({ secret, password }: LinkSecret, given?: string): Promise<Secret<Bytes>> {
  if (!password) return secret
  if (given === undefined) throw new CafeError('SEALED', { what: 'password' })
  const length = [...given].length
  if (length < MIN_LINK_PASSWORD || length > MAX_LINK_PASSWORD)
    throw new CafeError('BAD_REQUEST', { what: 'password', min: MIN_LINK_PASSWORD })
  const salt = await hkdf(secret.reveal(), 'salt', 16)
  const slow = await scryptAsync(utf8(given.normalize('NFKC')), salt, { N: COST, r: 8, p: 1, dkLen: 32 })
  return new Secret(await hkdf(concat(secret.reveal(), slow), 'master', 32))
}

/** Shown to the cafe by whoever opens a link. */
export const linkProof = (master: Secret<Bytes>): Promise<Bytes> => hkdf(master.reveal(), 'proof', 32)

/** What the cafe keeps of it: from this nobody makes the proof. */
export const proofHash = (proof: Uint8Array): Promise<Bytes> => sha256(proof)

const bodySchema = v.strictObject({ v: v.literal(1), key: text(64), name: v.optional(text(512)) })

/** @throws CafeError BAD_REQUEST `{size, limit}` for a name that does not fit. */
export async function sealLinkBody(
  master: Secret<Bytes>,
  id: Uint8Array,
  { key, name }: LinkBody,
  random: Random = systemRandom,
): Promise<Bytes> {
  return sealBytes(await sealKey(master), boundTo(id), encode({ v: 1, key, name }), { random })
}

/** @throws CafeError SEALED for anything that was not sealed for this link, or is no key. */
export async function openLinkBody(master: Secret<Bytes>, id: Uint8Array, sealed: Uint8Array): Promise<LinkBody> {
  const plain = await openBytes(await sealKey(master), boundTo(id), sealed)
  try {
    const { key, name } = parse(bodySchema, decode(plain, MAX_LINK_BODY))
    parseFileKey(key)
    return { key, name }
  } catch (cause) {
    throw new CafeError('SEALED', { what: 'link' }, { cause })
  }
}

const sealKey = async (master: Secret<Bytes>): Promise<Secret<Bytes>> =>
  new Secret(await hkdf(master.reveal(), 'seal', 32))

const boundTo = (id: Uint8Array): Bytes => concat(utf8('textile-cafe/sealed-link/body/1\0'), id)

async function hkdf(from: Uint8Array, what: string, size: number): Promise<Bytes> {
  const base = await crypto.subtle.importKey('raw', unshared(from), 'HKDF', false, ['deriveBits'])
  const info = utf8(`textile-cafe/sealed-link/${what}/1`)
  const how = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(0), info }
  return new Uint8Array(await crypto.subtle.deriveBits(how, base, 8 * size))
}

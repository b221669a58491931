/**
 * Sealing to somebody else: HPKE base mode (RFC 9180; DHKEM X25519, HKDF-SHA256, AES-256-GCM), signed before it is
 * sealed, with recipient and purpose inside the signature. Only the addressee opens it, knows who wrote it, and cannot pass
 * it on as if it had been written to another (security.md §2.b(2), §1.5 E8).
 *
 * ```
 * sealed = 0x01 ‖ kid[8] ‖ enc[32] ‖ ct           as long as a bucket
 * info   = "textile-cafe/seal/1" ‖ 0 ‖ purpose    aad = recipient's Ed25519 key
 * ```
 */
import { Aes256Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from '@hpke/core'
import type { Random } from '../core/clock.ts'
import { systemRandom } from '../core/clock.ts'
import { decode, encode } from '../core/codec.ts'
import { CafeError } from '../core/errors.ts'
import { type Address, type PeerIdText, sameBytes } from '../core/ids.ts'
import { address, bytes, count, parse, peerId, type Schema, v } from '../core/schema.ts'
import type { Account } from './account.ts'
import { concat, unshared, utf8 } from './bytes.ts'
import { type Cap, certificateSchema, type Signer, verifySigned } from './certificate.ts'
import { isBucket, LARGEST_BUCKET, pad, unpad } from './padding.ts'
import { decodeAddress } from './strkey.ts'
import { importPublic, keyId, type OpeningKey, x25519Of } from './x25519.ts'

const PURPOSES = ['thread-block', 'thread-key', 'invite', 'receipt', 'mail'] as const
/** What is sealed; `thread-key` is an epoch's key for one member, `mail` a parcel of letters. */
export type SealPurpose = (typeof PURPOSES)[number]

/** What a device must be allowed to do to write it. */
const NEEDED: Record<SealPurpose, Cap> = {
  'thread-block': 'thread',
  'thread-key': 'thread',
  invite: 'invite',
  receipt: 'mail',
  mail: 'mail',
}

const VERSION = 1
const KID = 8
const ENC = 32
const TAG = 16
const OVERHEAD = 1 + KID + ENC + TAG
const DOMAIN = utf8('textile-cafe/msg/1\0')

const signedPart = {
  v: v.literal(1),
  p: v.picklist(PURPOSES),
  id: bytes(16, 16),
  from: address,
  dev: peerId,
  cert: v.optional(certificateSchema),
  to: address,
  ts: count(),
  body: v.unknown(),
}
const letterSchema = v.strictObject({ ...signedPart, sig: bytes(64, 64) })

/** A key newer than the address, from the recipient's signed contact card. */
export interface Prekey {
  /** 32 bytes. */
  readonly x25519: Uint8Array
  readonly notAfter: number
}

export interface SealOptions {
  readonly to: Address
  readonly purpose: SealPurpose
  /** Now. */
  readonly ts: number
  /** Used while it is valid; else the letter is sealed to the address. */
  readonly prekey?: Prekey | undefined
  readonly random?: Random
}

/** An opened letter: who says what. */
export interface Letter<T> {
  /** Random; with `from` it names the letter, whatever it was sealed to. */
  readonly id: Uint8Array
  readonly from: Address
  readonly dev: PeerIdText
  readonly ts: number
  readonly body: T
}

/**
 * `body` (of dag-cbor) signed by `signer` and sealed.
 * @throws CafeError BAD_REQUEST `{what: 'address'}`, or `{size, limit}` if it is too long.
 */
export async function sealTo(signer: Signer, body: unknown, options: SealOptions): Promise<Uint8Array<ArrayBuffer>> {
  const { to, purpose, ts, prekey, random = systemRandom } = options
  const recipient = decodeAddress(to)
  const unsigned = {
    ...{ v: 1, p: purpose, id: random(16), from: signer.account, dev: signer.peer },
    ...{ cert: signer.cert, to, ts, body },
  }
  const sig = await signer.sign(concat(DOMAIN, encode(unsigned)))
  const target = prekey && prekey.notAfter >= ts ? prekey.x25519 : x25519Of(recipient)
  const { ct, enc } = await suite().seal(
    { recipientPublicKey: await importPublic(target), info: infoOf(purpose) },
    pad(encode({ ...unsigned, sig }), OVERHEAD),
    recipient,
  )
  return concat(Uint8Array.of(VERSION), await keyId(target), new Uint8Array(enc), new Uint8Array(ct))
}

/**
 * What was written to this account for this purpose, with a body of this schema.
 * @throws CafeError SEALED for everything else, whatever is wrong with it: the sender learns nothing from the answer.
 * NOT_FOUND `{what: 'sealing key'}` if this device has no key to open with.
 */
export async function openSealed<T>(
  account: Account,
  purpose: SealPurpose,
  schema: Schema<T>,
  sealed: Uint8Array,
  prekeys: readonly OpeningKey[] = [],
): Promise<Letter<T>> {
  const keys = account.opening ? [account.opening, ...prekeys] : prekeys
  if (keys.length === 0) throw new CafeError('NOT_FOUND', { what: 'sealing key' })
  if (!isBucket(sealed.byteLength) || sealed[0] !== VERSION) throw new CafeError('SEALED')
  try {
    const key = await keyFor(sealed.subarray(1, 1 + KID), keys)
    const letter = parse(letterSchema, decode(await decrypt(key, account, purpose, sealed), LARGEST_BUCKET))
    const { sig, ...signed } = letter
    if (letter.p !== purpose || letter.to !== account.address) throw new CafeError('SEALED')
    const claim = { account: letter.from, peer: letter.dev, cap: NEEDED[purpose], at: letter.ts }
    const genuine = await verifySigned(claim, letter.cert, concat(DOMAIN, encode(signed)), sig)
    if (!genuine) throw new CafeError('SEALED')
    const { id, from, dev, ts } = letter
    return { id, from, dev, ts, body: parse(schema, letter.body) as T }
  } catch (cause) {
    throw new CafeError('SEALED', {}, { cause })
  }
}

async function keyFor(kid: Uint8Array, keys: readonly OpeningKey[]): Promise<OpeningKey> {
  for (const key of keys) if (sameBytes(kid, await keyId(key.publicKey))) return key
  throw new CafeError('SEALED')
}

async function decrypt(
  key: OpeningKey,
  account: Account,
  purpose: SealPurpose,
  sealed: Uint8Array,
): Promise<Uint8Array<ArrayBuffer>> {
  const pair = { publicKey: await importPublic(key.publicKey), privateKey: key.privateKey }
  const enc = unshared(sealed).slice(1 + KID, 1 + KID + ENC)
  const ct = unshared(sealed).slice(1 + KID + ENC)
  const padded = await suite().open({ recipientKey: pair, enc, info: infoOf(purpose) }, ct, account.publicKey)
  return unpad(new Uint8Array(padded))
}

/** The one suite: nothing is negotiated. A new object each time, since the library's keep state between calls. */
export const suite = (): CipherSuite =>
  new CipherSuite({ kem: new DhkemX25519HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm() })

const infoOf = (purpose: SealPurpose): Uint8Array<ArrayBuffer> => utf8(`textile-cafe/seal/1\0${purpose}`)

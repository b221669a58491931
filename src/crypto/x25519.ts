/**
 * The X25519 keys that mail is sealed to. An account's is its Ed25519 key converted, so that an address alone is enough
 * to write to it; using one key pair for both is analysed in https://eprint.iacr.org/2021/509 (security.md §2.b).
 */
import { ed25519, x25519 } from '@noble/curves/ed25519.js'
import { CafeError } from '../core/errors.ts'
import { concat, sha256, unshared } from './bytes.ts'

/** A key pair that can open; its private half never leaves the platform. */
export interface OpeningKey {
  /** 32 bytes. */
  readonly publicKey: Uint8Array<ArrayBuffer>
  /** X25519, for `deriveBits`, non-extractable. */
  readonly privateKey: CryptoKey
}

const KEY_SIZE = 32
const KID_SIZE = 8
/** PKCS #8 of an X25519 key up to the key itself (RFC 8410 §7). */
const PKCS8_HEAD = Uint8Array.of(0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x6e, 4, 0x22, 4, 0x20)

/** The X25519 public key of an account's Ed25519 public key, which must be a usable point (`decodeAddress` sees to it). */
export function x25519Of(publicKey: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(ed25519.utils.toMontgomery(publicKey))
}

/** The private half that goes with {@link x25519Of}, from the account's 32-byte seed; erases what it needed on the way. */
export async function importConverted(seed: Uint8Array): Promise<CryptoKey> {
  const scalar = ed25519.utils.toMontgomerySecret(seed)
  try {
    return await importPrivate(scalar)
  } finally {
    scalar.fill(0)
  }
}

/** The key pair of 32 secret bytes, for prekeys that all devices of an account share. */
export async function openingKeyOf(secret: Uint8Array): Promise<OpeningKey> {
  if (secret.byteLength !== KEY_SIZE) throw new CafeError('BAD_REQUEST', { what: 'key' })
  return { publicKey: new Uint8Array(x25519.getPublicKey(secret)), privateKey: await importPrivate(secret) }
}

async function importPrivate(scalar: Uint8Array): Promise<CryptoKey> {
  const pkcs8 = concat(PKCS8_HEAD, scalar)
  try {
    return await crypto.subtle.importKey('pkcs8', pkcs8, 'X25519', false, ['deriveBits'])
  } finally {
    pkcs8.fill(0)
  }
}

/** A fresh key pair that no other device will have. */
export async function createOpeningKey(): Promise<OpeningKey> {
  const pair = (await crypto.subtle.generateKey('X25519', false, ['deriveBits'])) as CryptoKeyPair
  return {
    publicKey: new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey)),
    privateKey: pair.privateKey,
  }
}

/** @throws CafeError BAD_REQUEST `{what: 'key'}` if it is not 32 bytes. */
export async function importPublic(publicKey: Uint8Array): Promise<CryptoKey> {
  if (publicKey.byteLength !== KEY_SIZE) throw new CafeError('BAD_REQUEST', { what: 'key' })
  return crypto.subtle.importKey('raw', unshared(publicKey), 'X25519', true, [])
}

/** Which key something is sealed to: the first 8 bytes of the SHA-256 of the X25519 public key. */
export async function keyId(publicKey: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  return (await sha256(publicKey)).slice(0, KID_SIZE)
}

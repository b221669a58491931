/**
 * The account key in memory: signs as the account and derives the account's own symmetric keys. After opening, the seed
 * lives only in non-extractable CryptoKeys, which IndexedDB stores and script cannot read (security.md §2.b, §2.c).
 */
import { ed25519 } from '@noble/curves/ed25519.js'
import { CafeError } from '../core/errors.ts'
import type { Address } from '../core/ids.ts'
import { Secret } from '../core/secret.ts'
import { concat, unshared, utf8 } from './bytes.ts'
import { decodeAddress, encodeAddress } from './strkey.ts'
import { importConverted, type OpeningKey, x25519Of } from './x25519.ts'

/** What a derived key is for; a key for one purpose says nothing about another. */
export type Purpose = 'snapshot' | 'manifest' | 'slot' | 'dedupe' | 'backup' | 'pin' | 'door' | 'link' | 'voucher'

/** An account at rest: survives structured clone into IndexedDB, gives no secret to whoever reads it. */
export interface AccountKeys {
  readonly address: Address
  /** Ed25519 private key, for `sign`, non-extractable. */
  readonly sign: CryptoKey
  /** HKDF base key over the seed, for `deriveBits`, non-extractable. */
  readonly derive: CryptoKey
  /**
   * X25519 private key, for `deriveBits`, non-extractable. Keys stored by earlier versions lack it, and it cannot be made
   * from the other two: the seed is needed. Entering the words again (`restore`) stores it.
   */
  readonly unseal?: CryptoKey
}

/** An open account. */
export interface Account {
  readonly address: Address
  /** 32 bytes, Ed25519. */
  readonly publicKey: Uint8Array
  /** Raw Ed25519 signature (64 bytes). Callers put a domain string in front of what they sign. */
  sign(bytes: Uint8Array): Promise<Uint8Array<ArrayBuffer>>
  /** 32 bytes for one purpose: HKDF-SHA256(seed, no salt, `textile-cafe/1/<purpose>`). */
  derive(purpose: Purpose): Promise<Secret<Uint8Array<ArrayBuffer>>>
  /** Opens what others sealed to the address; undefined on a device that must be given the words once more. */
  readonly opening: OpeningKey | undefined
  readonly keys: AccountKeys
}

const SEED_SIZE = 32
/** PKCS #8 of an Ed25519 key up to the seed itself (RFC 8410 §7): WebCrypto takes private keys in no rawer form. */
const PKCS8_HEAD = Uint8Array.of(0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20)

/**
 * Opens the account of a 32-byte Ed25519 seed.
 * @throws CafeError BAD_REQUEST `{what: 'seed'}` if it is not 32 bytes.
 */
export async function openAccount(seed: Secret<Uint8Array>): Promise<Account> {
  const raw = new Uint8Array(seed.reveal())
  if (raw.byteLength !== SEED_SIZE) throw new CafeError('BAD_REQUEST', { what: 'seed' })
  const pkcs8 = concat(PKCS8_HEAD, raw)
  const [sign, derive, unseal] = await Promise.all([
    crypto.subtle.importKey('pkcs8', pkcs8, 'Ed25519', false, ['sign']),
    crypto.subtle.importKey('raw', raw, 'HKDF', false, ['deriveBits']),
    importConverted(raw),
  ])
  const address = encodeAddress(ed25519.getPublicKey(raw))
  raw.fill(0)
  pkcs8.fill(0)
  return accountFromKeys({ address, sign, derive, unseal })
}

/**
 * The account whose keys were stored.
 * @throws CafeError BAD_REQUEST `{what: 'address'}` if the stored address is not one.
 */
export function accountFromKeys(keys: AccountKeys): Account {
  const publicKey = decodeAddress(keys.address)
  return {
    address: keys.address,
    publicKey,
    opening: keys.unseal && { publicKey: x25519Of(publicKey), privateKey: keys.unseal },
    keys,
    async sign(bytes) {
      return new Uint8Array(await crypto.subtle.sign('Ed25519', keys.sign, unshared(bytes)))
    },
    async derive(purpose) {
      const info = utf8(`textile-cafe/1/${purpose}`)
      const how = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(0), info }
      return new Secret(new Uint8Array(await crypto.subtle.deriveBits(how, keys.derive, 256)))
    },
  }
}

/** Did the account at `address` sign exactly `bytes`? False also when `address` is none; never throws. */
export async function verifyAccount(
  address: Address | string,
  bytes: Uint8Array,
  signature: Uint8Array,
): Promise<boolean> {
  try {
    const key = await crypto.subtle.importKey('raw', decodeAddress(address), 'Ed25519', false, ['verify'])
    return await crypto.subtle.verify('Ed25519', key, unshared(signature), unshared(bytes))
  } catch {
    // Not an address, or a signature of impossible size: nobody signed this.
    return false
  }
}

/**
 * Textile's text form of account keys: `base58btc(version ‖ 32 bytes ‖ crc16)`, always 48 characters; `P…` is an address
 * (public key), `S…` a seed. Decoding accepts exactly what encoding can produce for a usable key (security.md §2.c).
 */
import { ed25519 } from '@noble/curves/ed25519.js'
import { base58 } from '@scure/base'
import { CafeError } from '../core/errors.ts'
import type { Address } from '../core/ids.ts'
import { Secret } from '../core/secret.ts'
import { concat } from './bytes.ts'

const ADDRESS_VERSION = 0xdd
const SEED_VERSION = 0xff
const KEY_SIZE = 32
const TEXT_SIZE = 48

/**
 * The address of a 32-byte Ed25519 public key.
 * @throws CafeError BAD_REQUEST `{what: 'address'}` if it is not 32 bytes.
 */
export function encodeAddress(publicKey: Uint8Array): Address {
  return encode(ADDRESS_VERSION, publicKey, 'address') as Address
}

/**
 * The 32-byte public key behind an address.
 * @throws CafeError BAD_REQUEST `{what: 'address'}` for anything but the address of a canonical Ed25519 point of large
 * order: also for a seed, whose text never appears in the error.
 */
export function decodeAddress(text: string): Uint8Array<ArrayBuffer> {
  const publicKey = decode(ADDRESS_VERSION, text, 'address')
  if (!isUsablePoint(publicKey)) throw new CafeError('BAD_REQUEST', { what: 'address' })
  return publicKey
}

/**
 * The `S…` text of a 32-byte account seed: to show to its owner only.
 * @throws CafeError BAD_REQUEST `{what: 'seed'}` if it is not 32 bytes.
 */
export function encodeSeed(seed: Secret<Uint8Array>): string {
  return encode(SEED_VERSION, seed.reveal(), 'seed')
}

/**
 * The 32 bytes behind an `S…` text.
 * @throws CafeError BAD_REQUEST `{what: 'seed'}` for anything else, never echoing it.
 */
export function decodeSeed(text: string): Secret<Uint8Array<ArrayBuffer>> {
  return new Secret(decode(SEED_VERSION, text, 'seed'))
}

function encode(version: number, payload: Uint8Array, what: string): string {
  if (payload.byteLength !== KEY_SIZE) throw new CafeError('BAD_REQUEST', { what })
  const body = concat(Uint8Array.of(version), payload)
  return base58.encode(concat(body, checksum(body)))
}

function decode(version: number, text: string, what: string): Uint8Array<ArrayBuffer> {
  const bad = () => new CafeError('BAD_REQUEST', { what })
  if (text.length !== TEXT_SIZE) throw bad()
  let bytes: Uint8Array
  try {
    bytes = base58.decode(text)
  } catch {
    // The decoder's message quotes the text, which may be a seed: it is dropped.
    throw bad()
  }
  const body = bytes.subarray(0, 1 + KEY_SIZE)
  const [low, high] = checksum(body)
  const intact = bytes.byteLength === KEY_SIZE + 3 && bytes[KEY_SIZE + 1] === low && bytes[KEY_SIZE + 2] === high
  if (!intact || bytes[0] !== version) throw bad()
  return new Uint8Array(body.subarray(1))
}

/** CRC16-XMODEM (polynomial 0x1021, start 0, not reflected), little-endian as Textile wrote it. */
function checksum(bytes: Uint8Array): Uint8Array {
  let crc = 0
  for (const byte of bytes) {
    crc ^= byte << 8
    for (let bit = 0; bit < 8; bit++) crc = ((crc & 0x8000 ? 0x1021 : 0) ^ (crc << 1)) & 0xffff
  }
  return Uint8Array.of(crc & 0xff, crc >> 8)
}

/** RFC 8032 decoding (not ZIP 215), and no point of small order: under such a key anybody's signature verifies. */
function isUsablePoint(publicKey: Uint8Array): boolean {
  try {
    return !ed25519.Point.fromBytes(publicKey, false).isSmallOrder()
  } catch {
    // Not a canonical encoding of any point: the answer is no.
    return false
  }
}

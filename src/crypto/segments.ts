/**
 * Segments of Tink's AES-GCM-HKDF streaming format: where they lie, and how one is sealed and opened. Parameters are
 * free here so that Tink's own vectors apply; everybody else uses {@link CAFE_STREAM} (security.md §2.a.3,
 * https://developers.google.com/tink/streaming-aead/aes_gcm_hkdf_streaming).
 *
 * ```
 * ciphertext = header ‖ seg_0 ‖ … ‖ seg_{n-1}          header = own length (1) ‖ salt ‖ nonce prefix (7)
 * ```
 * The header counts as part of the first segment, so segments begin at multiples of the segment size.
 */
import { CafeError } from '../core/errors.ts'
import type { Secret } from '../core/secret.ts'
import { unshared } from './bytes.ts'

/** Parameters of the format. */
export interface StreamFormat {
  /** Bytes of a full ciphertext segment, tag (and header, in the first) included. */
  readonly segment: number
  /** Bytes of the key people hold. */
  readonly mainKey: 16 | 32
  /** Bytes of the AES key derived for each stream, and of the salt it is derived with. */
  readonly derivedKey: 16 | 32
  readonly hash: 'SHA-1' | 'SHA-256' | 'SHA-512'
  /** Longest stream we handle; the format itself ends at 2^32. */
  readonly maxSegments: number
}

/** The one format of Popup Cafe, `cafe-stream/2`: at most 1 TiB. */
export const CAFE_STREAM: StreamFormat = {
  segment: 262_144,
  mainKey: 32,
  derivedKey: 32,
  hash: 'SHA-256',
  maxSegments: 2 ** 22,
}

/** Bytes of a GCM tag. */
export const TAG = 16
/** Bytes of the random part of every nonce of a stream. */
export const NONCE_PREFIX = 7

/** Bytes of the header. */
export const headerSize = (format: StreamFormat): number => 1 + format.derivedKey + NONCE_PREFIX

/** Plaintext bytes of a full segment. */
export function capacity(index: number, format: StreamFormat): number {
  return format.segment - TAG - (index === 0 ? headerSize(format) : 0)
}

/** Plaintext offset at which a segment begins. */
export function plainStart(index: number, format: StreamFormat): number {
  return index === 0 ? 0 : capacity(0, format) + (index - 1) * capacity(1, format)
}

/** The segment that holds the plaintext byte at `offset`. */
export function segmentAt(offset: number, format: StreamFormat): number {
  const first = capacity(0, format)
  return offset < first ? 0 : 1 + Math.floor((offset - first) / capacity(1, format))
}

/** How many segments so many bytes of ciphertext have. */
export const segmentCount = (cipher: number, format: StreamFormat): number => Math.ceil(cipher / format.segment)

/** Bytes of ciphertext for `plain` bytes of plaintext. */
export function ciphertextSize(plain: number, format: StreamFormat = CAFE_STREAM): number {
  const segments = plain === 0 ? 1 : 1 + segmentAt(plain - 1, format)
  return headerSize(format) + plain + TAG * segments
}

/**
 * Bytes of plaintext in `cipher` bytes of ciphertext.
 * @throws CafeError CORRUPT `{size}` if no stream has that length.
 */
export function plaintextSize(cipher: number, format: StreamFormat = CAFE_STREAM): number {
  const segments = segmentCount(cipher, format)
  const tail = cipher - (segments - 1) * format.segment
  // Only an empty stream has an empty segment; any further one holds at least a byte.
  const least = segments === 1 ? headerSize(format) + TAG : TAG + 1
  if (!Number.isSafeInteger(cipher) || cipher <= 0 || tail < least || segments > format.maxSegments) {
    throw new CafeError('CORRUPT', { size: cipher })
  }
  return cipher - headerSize(format) - TAG * segments
}

/** Seals and opens the segments of one stream. */
export interface SegmentCipher {
  /** Ciphertext ‖ tag. The plaintext is copied before this returns: its memory may be reused at once. */
  seal(index: number, last: boolean, plaintext: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>>
  /** @throws CafeError SEALED unless this very segment of this stream was sealed at `index`, as the last or not. */
  open(index: number, last: boolean, ciphertext: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>>
}

/** A new header from random `salt` and `prefix`. */
export function createHeader(salt: Uint8Array, prefix: Uint8Array, format: StreamFormat): Uint8Array<ArrayBuffer> {
  const header = new Uint8Array(headerSize(format))
  header[0] = header.byteLength
  header.set(salt, 1)
  header.set(prefix, 1 + format.derivedKey)
  return header
}

/**
 * The cipher of the stream that begins with `header`; `aad` is what the stream is for.
 * @throws CafeError BAD_REQUEST `{what: 'key'}` for a key of the wrong size, SEALED for a header of another format.
 */
export async function segmentCipher(
  key: Secret<Uint8Array>,
  header: Uint8Array<ArrayBuffer>,
  aad: Uint8Array,
  format: StreamFormat,
): Promise<SegmentCipher> {
  const raw = unshared(key.reveal())
  if (raw.byteLength !== format.mainKey) throw new CafeError('BAD_REQUEST', { what: 'key' })
  if (header.byteLength !== headerSize(format) || header[0] !== header.byteLength) throw new CafeError('SEALED')
  const prefix = header.slice(1 + format.derivedKey)
  const derived = await crypto.subtle.deriveKey(
    { name: 'HKDF', hash: format.hash, salt: header.slice(1, 1 + format.derivedKey), info: unshared(aad) },
    await crypto.subtle.importKey('raw', raw, 'HKDF', false, ['deriveKey']),
    { name: 'AES-GCM', length: format.derivedKey * 8 },
    false,
    ['encrypt', 'decrypt'],
  )
  const how = (index: number, last: boolean) => ({ name: 'AES-GCM', iv: nonce(prefix, index, last) })
  return {
    async seal(index, last, plaintext) {
      return new Uint8Array(await crypto.subtle.encrypt(how(index, last), derived, plaintext))
    },
    async open(index, last, ciphertext) {
      try {
        return new Uint8Array(await crypto.subtle.decrypt(how(index, last), derived, ciphertext))
      } catch (cause) {
        throw new CafeError('SEALED', {}, { cause })
      }
    },
  }
}

function nonce(prefix: Uint8Array, index: number, last: boolean): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(NONCE_PREFIX + 5)
  bytes.set(prefix)
  new DataView(bytes.buffer).setUint32(NONCE_PREFIX, index)
  bytes[NONCE_PREFIX + 4] = last ? 1 : 0
  return bytes
}

/**
 * The key of one encrypted file as it appears in links: `u…` (cafe-stream/2), or one of Textile's two older forms, which
 * are read and never written (but for one drawing of ours, legacy-sample.ts). Which form a text is follows from its length and alphabet alone (security.md §2.a.4).
 */
import { base58, base64urlnopad } from '@scure/base'
import type { Random } from '../core/clock.ts'
import { systemRandom } from '../core/clock.ts'
import { CafeError } from '../core/errors.ts'
import { Secret } from '../core/secret.ts'
import { concat, utf8 } from './bytes.ts'

/** A parsed file key: 32 bytes for a segmented stream, or Textile's 32-byte key and 12-byte nonce for a whole file. */
export type FileKey =
  | { readonly kind: 'stream'; readonly key: Secret<Uint8Array<ArrayBuffer>> }
  | {
      readonly kind: 'legacy'
      readonly key: Secret<Uint8Array<ArrayBuffer>>
      readonly nonce: Secret<Uint8Array<ArrayBuffer>>
    }

const KEY_SIZE = 32
const LEGACY_SIZE = 44
const STREAM_VERSION = 0x02
/** Multibase prefix of base64url without padding. */
const MULTIBASE = 'u'
const STREAM_TEXT = /^u[\w-]{44}$/
const LEGACY_TEXT = /^[1-9A-HJ-NP-Za-km-z]{59,61}$/
const OLDEST_TEXT = /^[0-9A-Za-z]{44}$/

/**
 * The key a text stands for. Total: every text is one kind of key or an error, nothing is guessed or repaired.
 * @throws CafeError BAD_REQUEST `{what: 'key'}`, never with any part of the text.
 */
export function parseFileKey(text: string): FileKey {
  if (STREAM_TEXT.test(text)) {
    const bytes = base64urlnopad.decode(text.slice(1))
    if (bytes[0] === STREAM_VERSION) return { kind: 'stream', key: new Secret(new Uint8Array(bytes.subarray(1))) }
  } else if (LEGACY_TEXT.test(text)) {
    const bytes = base58.decode(text)
    if (bytes.byteLength === LEGACY_SIZE) return legacy(bytes)
  } else if (OLDEST_TEXT.test(text)) {
    // Before October 2018 the 44 characters themselves were the key bytes.
    return legacy(utf8(text))
  }
  throw new CafeError('BAD_REQUEST', { what: 'key' })
}

/**
 * `u` ‖ base64url(0x02 ‖ key): 45 characters that survive query, fragment and double click.
 * @throws CafeError BAD_REQUEST `{what: 'key'}` if the key is not 32 bytes.
 */
export function formatFileKey(key: Uint8Array): string {
  if (key.byteLength !== KEY_SIZE) throw new CafeError('BAD_REQUEST', { what: 'key' })
  return MULTIBASE + base64urlnopad.encode(concat(Uint8Array.of(STREAM_VERSION), key))
}

/** A new random 32-byte key: one per file, never derived from content, so that nobody can confirm a guess. */
export function createFileKey(random: Random = systemRandom): Secret<Uint8Array<ArrayBuffer>> {
  return new Secret(random(KEY_SIZE))
}

function legacy(bytes: Uint8Array): FileKey {
  const key = new Secret(new Uint8Array(bytes.subarray(0, KEY_SIZE)))
  const nonce = new Secret(new Uint8Array(bytes.subarray(KEY_SIZE)))
  return { kind: 'legacy', key, nonce }
}

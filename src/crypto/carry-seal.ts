/**
 * What a cafe is carried in: its secrets under a passphrase (scrypt, then AES-256-GCM), bound to the description beside
 * them, so that nobody changes one without the other; and its rows in numbered pieces under a key that is one of those
 * secrets. The pieces come out the same each time they are sealed, so that their hashes can be told before they are sent.
 *
 * ```
 * locked = 0x03 ‖ log2 N ‖ salt[16] ‖ nonce[12] ‖ ct          key = scrypt(NFKC(passphrase), salt, N, r = 8, p = 1)
 * aad    = "textile-cafe/carry/1" ‖ 0 ‖ all before the nonce ‖ description
 * piece  = a segment of cafe-stream/2, bound to "textile-cafe/carry-rows/1"
 * ```
 */
import { type Random, systemRandom } from '../core/clock.ts'
import { CafeError } from '../core/errors.ts'
import { Secret } from '../core/secret.ts'
import { concat, unshared, utf8 } from './bytes.ts'
import { CAFE_STREAM, createHeader, headerSize, NONCE_PREFIX, type SegmentCipher, segmentCipher } from './segments.ts'
import { MAX_PASSPHRASE, MIN_PASSPHRASE, stretch } from './vault-seal.ts'

const CARRIED = 3
/** As for a seed (`vault-seal.ts`): a second and 128 MiB a guess. */
const LOG_N = 17
/** For a passphrase that is 16 random bytes itself: no stretching makes that better. */
export const CODE_COST = 10
/** What is read: files come from others, who shall not have gigabytes of memory taken. */
const LEAST_LOG_N = 10
const MOST_LOG_N = 18
const SALT = 16
const NONCE = 12
const TAG = 16
const HEAD = 2 + SALT

/** Bytes beside the secrets. */
export const LOCK_OVERHEAD = HEAD + NONCE + TAG

/**
 * @throws CafeError BAD_REQUEST `{what: 'passphrase', min}` for one too short or too long.
 */
export async function lockSecrets(
  secrets: Secret<Uint8Array>,
  passphrase: string,
  description: Uint8Array,
  { random = systemRandom, cost = LOG_N }: { readonly random?: Random; readonly cost?: number | undefined } = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const length = [...passphrase].length
  if (length < MIN_PASSPHRASE || length > MAX_PASSPHRASE)
    throw new CafeError('BAD_REQUEST', { what: 'passphrase', min: MIN_PASSPHRASE })
  const head = concat(Uint8Array.of(CARRIED, cost), random(SALT))
  const key = await stretch(passphrase, head.subarray(2), cost)
  const iv = random(NONCE)
  const how = { name: 'AES-GCM', iv, additionalData: boundTo(head, description) }
  return concat(head, iv, new Uint8Array(await crypto.subtle.encrypt(how, key, unshared(secrets.reveal()))))
}

/**
 * @throws CafeError FORBIDDEN `{what: 'passphrase'}` for another passphrase, or a description or secrets that were changed,
 * which cannot be told apart; CORRUPT `{what: 'lock'}` for what is none at all.
 */
export async function unlockSecrets(
  locked: Uint8Array,
  passphrase: string,
  description: Uint8Array,
): Promise<Secret<Uint8Array<ArrayBuffer>>> {
  const bytes = unshared(locked)
  const cost = bytes[1] ?? 0
  const isLocked = bytes.byteLength > LOCK_OVERHEAD && bytes[0] === CARRIED
  if (!isLocked || cost < LEAST_LOG_N || cost > MOST_LOG_N) throw new CafeError('CORRUPT', { what: 'lock' })
  if (passphrase.length > 2 * MAX_PASSPHRASE) throw new CafeError('FORBIDDEN', { what: 'passphrase' })
  const head = bytes.subarray(0, HEAD)
  const key = await stretch(passphrase, head.subarray(2), cost)
  const how = { name: 'AES-GCM', iv: bytes.subarray(HEAD, HEAD + NONCE), additionalData: boundTo(head, description) }
  try {
    return new Secret(new Uint8Array(await crypto.subtle.decrypt(how, key, bytes.subarray(HEAD + NONCE))))
  } catch (cause) {
    throw new CafeError('FORBIDDEN', { what: 'passphrase' }, { cause })
  }
}

const boundTo = (head: Uint8Array, description: Uint8Array): Uint8Array<ArrayBuffer> =>
  concat(utf8('textile-cafe/carry/1\0'), head, description)

/** Bytes of a header of pieces, and of their key. */
export const PIECES_HEADER = headerSize(CAFE_STREAM)
export const PIECES_KEY = CAFE_STREAM.mainKey

/** A header that no other file has. */
export const piecesHeader = (random: Random): Uint8Array<ArrayBuffer> =>
  createHeader(random(CAFE_STREAM.derivedKey), random(NONCE_PREFIX), CAFE_STREAM)

/** Seals and opens the pieces. */
export const piecesCipher = (key: Secret<Uint8Array>, header: Uint8Array<ArrayBuffer>): Promise<SegmentCipher> =>
  segmentCipher(key, header, utf8('textile-cafe/carry-rows/1'), CAFE_STREAM)

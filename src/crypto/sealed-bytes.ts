/**
 * Small things under a symmetric key in one piece: one segment of cafe-stream/2, padded to a bucket. The same format as
 * files, so there is one symmetric format to trust (security.md §2).
 */
import { type Random, systemRandom } from '../core/clock.ts'
import { CafeError } from '../core/errors.ts'
import type { Secret } from '../core/secret.ts'
import { concat, unshared } from './bytes.ts'
import { MARKED, type Padding } from './padding.ts'
import { CAFE_STREAM, createHeader, headerSize, NONCE_PREFIX, segmentCipher, TAG } from './segments.ts'

const HEADER = headerSize(CAFE_STREAM)
const OVERHEAD = HEADER + TAG

export interface SealOptions {
  /** {@link MARKED} without it. */
  readonly padding?: Padding
  readonly random?: Random | undefined
}

/**
 * `plaintext` sealed under a 32-byte key and bound to `aad`; as long as a bucket, or what else the padding has.
 * @throws CafeError BAD_REQUEST `{size, limit}` if it does not fit the largest; `{what: 'key'}`.
 */
export async function sealBytes(
  key: Secret<Uint8Array>,
  aad: Uint8Array,
  plaintext: Uint8Array,
  { padding = MARKED, random = systemRandom }: SealOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const padded = padding.pad(plaintext, OVERHEAD)
  const header = createHeader(random(CAFE_STREAM.derivedKey), random(NONCE_PREFIX), CAFE_STREAM)
  const cipher = await segmentCipher(key, header, aad, CAFE_STREAM)
  return concat(header, await cipher.seal(0, true, padded))
}

/**
 * What {@link sealBytes} sealed under this key for this `aad`.
 * @throws CafeError SEALED for everything else.
 */
export async function openBytes(
  key: Secret<Uint8Array>,
  aad: Uint8Array,
  sealed: Uint8Array,
  { padding = MARKED }: Pick<SealOptions, 'padding'> = {},
): Promise<Uint8Array<ArrayBuffer>> {
  if (!padding.isSize(sealed.byteLength)) throw new CafeError('SEALED')
  const bytes = unshared(sealed)
  const cipher = await segmentCipher(key, bytes.slice(0, HEADER), aad, CAFE_STREAM)
  return padding.unpad(await cipher.open(0, true, bytes.subarray(HEADER)))
}

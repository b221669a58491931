/**
 * Padding of what is sealed: every sealed thing has one of six sizes, so that its length says next to nothing about what
 * is in it (security.md §1.5 F2). The padding lies inside the seal: `plaintext ‖ 0x80 ‖ 0…` (ISO/IEC 7816-4).
 */
import { CafeError } from '../core/errors.ts'
import { KiB } from '../core/limits.ts'

/** Sizes of sealed things. A factor of four: at most three quarters are padding, and few sizes to tell apart. */
export const BUCKETS: readonly number[] = [256, 1 * KiB, 4 * KiB, 16 * KiB, 64 * KiB, 256 * KiB]
export const LARGEST_BUCKET = 256 * KiB

const MARK = 0x80

/**
 * `bytes` padded so that with `overhead` bytes added by the seal they fill the smallest bucket that takes them.
 * @throws CafeError BAD_REQUEST `{size, limit}` if the largest does not.
 */
export function pad(bytes: Uint8Array, overhead: number): Uint8Array<ArrayBuffer> {
  const needed = bytes.byteLength + 1 + overhead
  const bucket = BUCKETS.find((size) => size >= needed)
  if (bucket === undefined)
    throw new CafeError('BAD_REQUEST', { size: bytes.byteLength, limit: LARGEST_BUCKET - overhead - 1 })
  const padded = new Uint8Array(bucket - overhead)
  padded.set(bytes)
  padded[bytes.byteLength] = MARK
  return padded
}

/**
 * What was padded. The padding has been authenticated with the rest, so its form gives no secret away.
 * @throws CafeError SEALED if there is no padding.
 */
export function unpad(padded: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  let end = padded.byteLength - 1
  while (end >= 0 && padded[end] === 0) end -= 1
  if (padded[end] !== MARK) throw new CafeError('SEALED')
  return padded.slice(0, end)
}

/** A way of padding: which sizes sealed things have, and how their plaintext fills them. */
export interface Padding {
  isSize(size: number): boolean
  pad(bytes: Uint8Array, overhead: number): Uint8Array<ArrayBuffer>
  unpad(padded: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer>
}

/** Bytes of the length in front of counted padding. */
const LENGTH = 2

/**
 * The padding of records whose readers know it as `length (2) ‖ plaintext ‖ 0…`, in the smallest of `sizes`, which rise. It
 * stays for what is stored so; anything new takes {@link MARKED}.
 */
export const counted = (sizes: readonly number[]): Padding => ({
  isSize: (size) => sizes.includes(size),
  pad(bytes, overhead) {
    const size = sizes.find((size) => size >= overhead + LENGTH + bytes.byteLength)
    const limit = (sizes.at(-1) ?? 0) - overhead - LENGTH
    if (size === undefined) throw new CafeError('BAD_REQUEST', { size: bytes.byteLength, limit })
    const padded = new Uint8Array(size - overhead)
    new DataView(padded.buffer).setUint16(0, bytes.byteLength)
    padded.set(bytes, LENGTH)
    return padded
  },
  unpad(padded) {
    const size = new DataView(padded.buffer, padded.byteOffset).getUint16(0)
    if (padded.byteLength < LENGTH + size) throw new CafeError('SEALED')
    return padded.slice(LENGTH, LENGTH + size)
  },
})

/** Can something of this size have been sealed by us? */
export const isBucket = (size: number): boolean => BUCKETS.includes(size)

/** The padding of buckets. */
export const MARKED: Padding = { isSize: isBucket, pad, unpad }

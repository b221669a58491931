/**
 * Small records that an account seals for itself: cafe-stream/2 under a key derived from the account, padded to one of a few
 * sizes so that a length tells little, and bound to what they are about (security.md §2.b(1), F2).
 */
import { CafeError } from '../core/errors.ts'
import type { Secret } from '../core/secret.ts'
import { concat } from './bytes.ts'
import { ciphertextSize, encryptStream, openStream } from './stream-cipher.ts'

/** Bytes of the length in front of the padded record. */
const LENGTH = 2
const OVERHEAD = ciphertextSize(0)

/**
 * `record` sealed under `key`, in the smallest of `sizes` (bytes of the result, rising) that holds it.
 * @throws CafeError BAD_REQUEST {what: 'size'} if none does.
 */
export async function sealRecord(
  key: Secret<Uint8Array>,
  record: Uint8Array,
  { aad, sizes }: { readonly aad: Uint8Array; readonly sizes: readonly number[] },
): Promise<Uint8Array<ArrayBuffer>> {
  const size = sizes.find((size) => OVERHEAD + LENGTH + record.byteLength <= size)
  if (size === undefined || record.byteLength > 0xffff) throw new CafeError('BAD_REQUEST', { what: 'size' })
  const length = Uint8Array.of(record.byteLength >> 8, record.byteLength & 0xff)
  const padding = new Uint8Array(size - OVERHEAD - LENGTH - record.byteLength)
  const plain = new Blob([concat(length, record, padding)]).stream() as ReadableStream<Uint8Array<ArrayBuffer>>
  return new Uint8Array(await new Response(plain.pipeThrough(encryptStream(key, { aad }))).arrayBuffer())
}

/** @throws CafeError SEALED for a wrong key, another `aad`, or anything that was changed. */
export async function openRecord(
  key: Secret<Uint8Array>,
  sealed: Uint8Array,
  { aad }: { readonly aad: Uint8Array },
): Promise<Uint8Array<ArrayBuffer>> {
  const read = async (start: number, end: number) => new Uint8Array(sealed.subarray(start, end))
  const opened = await openStream(key, { size: sealed.byteLength, read }, { aad })
  const plain = new Uint8Array(await new Response(opened.stream(0, opened.size)).arrayBuffer())
  const size = ((plain[0] ?? 0) << 8) | (plain[1] ?? 0)
  if (plain.byteLength < LENGTH + size) throw new CafeError('SEALED')
  return plain.slice(LENGTH, LENGTH + size)
}

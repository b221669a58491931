/** dag-cbor in and out, size first: the one encoding of wire frames and stored rows (https://ipld.io/specs/codecs/dag-cbor/). */
import * as dagCbor from '@ipld/dag-cbor'
import { CafeError } from './errors.ts'

/**
 * Canonical dag-cbor of `value`, as {@link prune} leaves it: what is decoded from it and encoded again is the same bytes.
 */
export function encode(value: unknown): Uint8Array<ArrayBuffer> {
  return dagCbor.encode(prune(value)) as Uint8Array<ArrayBuffer>
}

/**
 * Decodes at most `limit` bytes of dag-cbor.
 * @throws CafeError BAD_REQUEST if longer or not canonical dag-cbor.
 */
export function decode(bytes: Uint8Array, limit: number): unknown {
  if (bytes.byteLength > limit) throw new CafeError('BAD_REQUEST', { size: bytes.byteLength, limit })
  try {
    return dagCbor.decode(bytes)
  } catch (cause) {
    throw new CafeError('BAD_REQUEST', { what: 'cbor' }, { cause })
  }
}

/**
 * `value` as it can be read again: without keys whose value is undefined, which dag-cbor does not have, and without byte
 * order marks at the beginning of texts, which decoders take away.
 */
export function prune(value: unknown): unknown {
  if (typeof value === 'string') return withoutMark(value)
  if (Array.isArray(value)) return value.map(prune)
  if (value === null || typeof value !== 'object' || Object.getPrototypeOf(value) !== Object.prototype) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== undefined)
      .map(([key, item]) => [withoutMark(key), prune(item)]),
  )
}

const withoutMark = (text: string): string => (text.startsWith('\ufeff') ? text.replace(/^\ufeff+/, '') : text)

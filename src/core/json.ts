/**
 * dag-json in and out, size first: the text form of what `codec.ts` writes, for callers without a dag-cbor library
 * (https://ipld.io/specs/codecs/dag-json/spec/). Read leniently as to spaces and the order of keys.
 */
import * as dagJson from '@ipld/dag-json'
import { prune } from './codec.ts'
import { CafeError } from './errors.ts'

/** dag-json of `value`, on one line; keys with value `undefined` are left out. */
export function encodeJson(value: unknown): Uint8Array<ArrayBuffer> {
  return dagJson.encode(prune(value)) as Uint8Array<ArrayBuffer>
}

/**
 * Decodes at most `limit` bytes of dag-json.
 * @throws CafeError BAD_REQUEST if longer or not dag-json.
 */
export function decodeJson(bytes: Uint8Array, limit: number): unknown {
  if (bytes.byteLength > limit) throw new CafeError('BAD_REQUEST', { size: bytes.byteLength, limit })
  try {
    return dagJson.decode(bytes)
  } catch (cause) {
    throw new CafeError('BAD_REQUEST', { what: 'json' }, { cause })
  }
}

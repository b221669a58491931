/** Schemas of everything that comes from outside: closed, bounded, one vocabulary over valibot. */
import { CID } from 'multiformats/cid'
import * as v from 'valibot'
import { CafeError } from './errors.ts'
import type { Address, PeerIdText } from './ids.ts'
import { MAX_NAME, MAX_NOTICE } from './limits.ts'

export { v }

/** Any synchronous valibot schema. */
export type Schema<T = unknown> = v.GenericSchema<unknown, T>

/**
 * `value` as the schema's type.
 * @throws CafeError BAD_REQUEST with the first path that did not match; never the value itself.
 */
export function parse<S extends v.GenericSchema>(schema: S, value: unknown): v.InferOutput<S> {
  const result = v.safeParse(schema, value, { abortEarly: true })
  if (result.success) return result.output
  const path = v.getDotPath(result.issues[0]) ?? ''
  throw new CafeError('BAD_REQUEST', { at: path.slice(0, 64) })
}

/** Up to `max` bytes, or exactly `min` when both are given and equal. */
export const bytes = (max: number, min = 0) =>
  v.pipe(
    v.instance(Uint8Array),
    v.check((value) => value.byteLength >= min && value.byteLength <= max),
  )

/** A string of at most `max` UTF-16 units. */
export const text = (max: number) => v.pipe(v.string(), v.maxLength(max))

/** A whole number from 0 (or `min`) to 2^53 - 1 (or `max`). */
export const count = (max: number = Number.MAX_SAFE_INTEGER, min = 0) =>
  v.pipe(v.number(), v.safeInteger(), v.minValue(min), v.maxValue(max))

const CONTROL_OR_BIDI = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u

/** What a person calls something: NFC, 1 to 64 code points, no control, line separator or bidi control characters. */
export const name = v.pipe(
  v.string(),
  v.maxLength(4 * MAX_NAME),
  v.transform((value) => value.normalize('NFC').trim()),
  v.check((value) => value.length > 0 && [...value].length <= MAX_NAME && !CONTROL_OR_BIDI.test(value)),
)

/** A short text to somebody, as a person types it: one line, no control or bidi control characters. */
export const notice = v.pipe(
  v.string(),
  v.maxLength(MAX_NOTICE),
  v.transform((value) => value.normalize('NFC').trim()),
  v.check((value) => value.length <= MAX_NOTICE && !CONTROL_OR_BIDI.test(value)),
)

/** A CID as decoded from dag-cbor. */
export const cid = v.custom<CID>((value) => CID.asCID(value) !== null)

/** A libp2p peer id in its text form (base58 of an identity multihash of an Ed25519 key). */
export const peerId = v.pipe(
  v.string(),
  v.regex(/^12D3KooW[1-9A-HJ-NP-Za-km-z]{44}$/),
  v.transform((value) => value as PeerIdText),
)

/** An account address in its text form; the checksum is verified where the key is used (crypto/account). */
export const address = v.pipe(
  v.string(),
  v.regex(/^P[1-9A-HJ-NP-Za-km-z]{47}$/),
  v.transform((value) => value as Address),
)

/** A multiaddr as text. */
export const multiaddrText = v.pipe(v.string(), v.maxLength(512), v.startsWith('/'))

/**
 * How a service says what it speaks: one id, one table of operations, each with schemas for its request, uploads, items
 * and receipt. Types are inferred from the schemas; limits are checked on the length prefix, before a byte is decoded.
 *
 * Frames on a libp2p stream, dag-cbor, each after a varint length (`http.ts` has those of HTTP bodies):
 * | from   | frame                    | how many                                          |
 * |--------|--------------------------|---------------------------------------------------|
 * | caller | `{ op, auth?, input }`   | one, first                                        |
 * | caller | `{ up }`                 | any number, where the operation has uploads       |
 * | host   | `{ item }`               | any number                                        |
 * | host   | `{ ok }` or `{ err, data }` | exactly one, last; a stream without it is UNREACHABLE |
 */
import { MAX_FRAME } from '../core/limits.ts'
import { bytes, count, type Schema, text, v } from '../core/schema.ts'

export interface Operation<Request = unknown, Upload = unknown, Item = unknown, Receipt = unknown> {
  readonly request: Schema<Request>
  /** Frames the caller sends after its request; none without this. */
  readonly upload?: Schema<Upload>
  /** Frames the host sends before the receipt; none without this. */
  readonly item?: Schema<Item>
  readonly receipt: Schema<Receipt>
  /**
   * `session`: the request carries an access JWT (over HTTP: a bearer), checked before the handler runs. `none`: it rests on
   * the peer that the handshake proves, so it is not answered over HTTP.
   */
  readonly auth: 'none' | 'session'
  /** Largest upload frame in bytes, if more than a control frame. */
  readonly maxUpload?: number
  /** Largest item frame in bytes, if more than a control frame. */
  readonly maxItem?: number
  /** As the service's, for one operation: it is worth some seconds of waiting for a direct connection. */
  readonly bulk?: boolean
  /** It has the host keep something new: a host that takes nothing now refuses it. */
  readonly keeps?: boolean
}

export interface Service<Operations extends Record<string, Operation> = Record<string, Operation>> {
  /** libp2p protocol id, `/cafe/<name>/<version>`. */
  readonly id: string
  readonly name: string
  /** May a relayed connection (limited in bytes and time) carry it? */
  readonly limited: boolean
  /** Does it move much data? Then it waits some seconds for a direct connection before it takes a relayed one. */
  readonly bulk?: boolean
  readonly operations: Operations
}

/** The operation as given, with its types inferred from its schemas. */
export const operation = <Request, Receipt, Upload = never, Item = never>(
  definition: Operation<Request, Upload, Item, Receipt>,
): Operation<Request, Upload, Item, Receipt> => definition

/** The service as given, with the types of its operations. */
export const service = <Operations extends Record<string, Operation>>(
  definition: Service<Operations>,
): Service<Operations> => definition

export type RequestOf<O> = O extends Operation<infer R, infer _U, infer _I, infer _T> ? R : never
export type UploadOf<O> = O extends Operation<infer _R, infer U, infer _I, infer _T> ? U : never
export type ItemOf<O> = O extends Operation<infer _R, infer _U, infer I, infer _T> ? I : never
export type ReceiptOf<O> = O extends Operation<infer _R, infer _U, infer _I, infer T> ? T : never

/** The caller's first frame, before its `input` is checked against the operation. */
export const requestFrame = v.strictObject({ op: text(32), auth: v.optional(text(2048)), input: v.unknown() })
export const uploadFrame = v.strictObject({ up: v.unknown() })

const errorData = v.record(text(32), v.union([text(256), v.number(), v.boolean()]))
export const answerFrame = v.union([
  v.strictObject({ item: v.unknown() }),
  v.strictObject({ ok: v.unknown() }),
  v.strictObject({ err: text(32), data: errorData }),
])

/** Nothing to say: requests and receipts without fields. */
export const nothing = v.strictObject({})

export const limitOf = (max: number | undefined): number => max ?? MAX_FRAME

export { bytes, count, text, v }

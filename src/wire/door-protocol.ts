/**
 * How HTTP travels over a libp2p stream: from a relay's door to a cafe in a tab. One stream is one request.
 *
 * Frames, dag-cbor, each after a varint length:
 * | from   | frame                                     | how many                                               |
 * |--------|-------------------------------------------|--------------------------------------------------------|
 * | caller | `{ method, path, headers, body, wait? }`  | one, first                                             |
 * | host   | `{ status, headers, body }`               | one, first                                             |
 * | both   | `{ data }`                                | any number, where `body` is true and within the credit |
 * | both   | `{ end }` or `{ err }`                    | one after the data, where `body` is true               |
 * | both   | `{ credit }`, `{ stop }`                  | any number: more may come; no more is wanted           |
 *
 * A body that does not reach its `end` was cut off: whoever carries it on must end its connection so that the reader sees
 * that. Each side may send DOOR_WINDOW bytes before the first credit; a caller that said `wait` (`Expect: 100-continue`)
 * sends nothing before it. An abort is the reset of the stream, in either direction.
 */
import {
  DOOR_CHUNK,
  DOOR_WINDOW,
  KiB,
  MAX_DOOR_HEAD,
  MAX_DOOR_HEADER,
  MAX_DOOR_HEADERS,
  MAX_DOOR_PATH,
} from '../core/limits.ts'
import { bytes, count, text, v } from '../core/schema.ts'

export const DOOR_PROTOCOL = '/cafe/http/1.0.0'

/** Methods that a cafe answers; none makes of the door a way to anywhere else. */
export const DOOR_METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const
export type DoorMethod = (typeof DOOR_METHODS)[number]

/** RFC 9110 §5.1 and §5.5, in lower case; no control characters, so that no header can become two. */
const headerName = v.pipe(text(64), v.regex(/^[a-z0-9!#$%&'*+.^_`|~-]+$/))
const headerValue = v.pipe(text(MAX_DOOR_HEADER), v.regex(/^[\t\x20-\x7e\x80-\xff]*$/))
const headers = v.pipe(v.array(v.strictTuple([headerName, headerValue])), v.maxLength(MAX_DOOR_HEADERS))
export type HeaderList = ReadonlyArray<readonly [name: string, value: string]>

/** Path and query as a request line has them. A fragment has no place there, so no key can come in by one. */
export const doorPath = v.pipe(text(MAX_DOOR_PATH), v.regex(/^\/[!-"$-~]*$/))

export const requestHead = v.strictObject({
  method: v.picklist(DOOR_METHODS),
  path: doorPath,
  headers,
  body: v.boolean(),
  /** Nothing of the body is sent before the host asks for it. */
  wait: v.optional(v.literal(true)),
})
export type RequestHead = v.InferOutput<typeof requestHead>

export const responseHead = v.strictObject({ status: count(599, 200), headers, body: v.boolean() })
export type ResponseHead = v.InferOutput<typeof responseHead>

export const bodyFrame = v.union([
  v.strictObject({ data: bytes(DOOR_CHUNK, 1) }),
  v.strictObject({ credit: count(DOOR_WINDOW, 1) }),
  v.strictObject({ end: v.literal(true) }),
  v.strictObject({ err: text(32) }),
  v.strictObject({ stop: v.literal(true) }),
])

export type BodyFrame = v.InferOutput<typeof bodyFrame>

/** The largest frame of all. */
export const MAX_DOOR_FRAME = Math.max(MAX_DOOR_HEAD, DOOR_CHUNK + KiB)

/** What belongs to one connection and not to the message (RFC 9110 §7.6.1), and what only the nearest server can answer. */
const HOP_BY_HOP: ReadonlySet<string> = new Set([
  'connection',
  'expect',
  'host',
  'http2-settings',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/** The headers that go on, their names in lower case: not those of the connection, nor those it says are its own. */
export function endToEnd(list: Iterable<readonly [string, string]>): HeaderList {
  const all = [...list].map(([name, value]) => [name.toLowerCase(), value] as const)
  const own = new Set(
    all
      .filter(([name]) => name === 'connection')
      .flatMap(([, value]) => value.split(',').map((one) => one.trim().toLowerCase())),
  )
  return all.filter(([name]) => !HOP_BY_HOP.has(name) && !own.has(name))
}

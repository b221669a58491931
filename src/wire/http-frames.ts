/**
 * Frames in an HTTP body: dag-json, one frame a line; or dag-cbor, each frame after a varint length, as on a libp2p stream.
 * Size is checked before a frame is decoded, and never more is gathered than one frame and what the platform read with it.
 */
import { varint } from 'multiformats'
import { unlessAborted } from '../core/abort.ts'
import { decode, encode } from '../core/codec.ts'
import { CafeError, toCafeError } from '../core/errors.ts'
import { decodeJson, encodeJson } from '../core/json.ts'
import { Gathered } from './gathered.ts'

type Bytes = Uint8Array<ArrayBuffer>

/** Where a frame lies: bytes before it, its own, bytes after it that belong to no other. */
interface Place {
  readonly before: number
  readonly size: number
  readonly after: number
}

/** One of the two forms a body can have. */
export interface Format {
  /** Its media type. */
  readonly type: string
  /** A frame with what sets it apart from the next one. */
  encode(frame: unknown): Bytes
  /** How many bytes a frame of at most `limit` bytes of dag-cbor may take in this form. */
  room(limit: number): number
  /**
   * Where the first frame lies in what was gathered, or undefined while it is incomplete; `ended`: no more will come.
   * @throws CafeError BAD_REQUEST {limit} as soon as it is too long.
   */
  find(gathered: Gathered, limit: number, ended: boolean): Place | undefined
  decode(bytes: Bytes, limit: number): unknown
}

const LINE_END = 0x0a

export const jsonFormat: Format = {
  type: 'application/vnd.ipld.dag-json',
  encode: (frame) => join(encodeJson(frame), Uint8Array.of(LINE_END)),
  // Bytes are base64 there and CIDs text: less than twice as long.
  room: (limit) => 2 * limit,
  find(gathered, limit, ended) {
    const end = gathered.indexOf(LINE_END)
    const size = end === -1 ? gathered.length : end
    if (size > limit) throw new CafeError('BAD_REQUEST', { limit })
    if (end !== -1) return { before: 0, size, after: 1 }
    // The last line may lack its end: people type that. Cut off in the middle, it is no JSON.
    return ended ? { before: 0, size, after: 0 } : undefined
  },
  decode: decodeJson,
}

/** Bytes of the longest length prefix: 2^28 is far above any frame. */
const MAX_PREFIX = 4

export const cborFormat: Format = {
  type: 'application/vnd.ipld.dag-cbor',
  encode(frame) {
    const bytes = encode(frame)
    return join(varint.encodeTo(bytes.byteLength, new Uint8Array(varint.encodingLength(bytes.byteLength))), bytes)
  },
  room: (limit) => limit,
  find(gathered, limit) {
    const prefix = gathered.peek(MAX_PREFIX)
    const before = prefix.findIndex((octet) => octet < 0x80) + 1
    if (before === 0 && prefix.byteLength < MAX_PREFIX) return undefined
    const size = before === 0 ? Number.POSITIVE_INFINITY : readLength(prefix)
    if (size > limit) throw new CafeError('BAD_REQUEST', { limit })
    return gathered.length < before + size ? undefined : { before, size, after: 0 }
  },
  decode,
}

/** @throws CafeError BAD_REQUEST {what: 'cbor'} for a length written with more bytes than it needs. */
function readLength(prefix: Bytes): number {
  try {
    return varint.decode(prefix)[0]
  } catch (cause) {
    throw new CafeError('BAD_REQUEST', { what: 'cbor' }, { cause })
  }
}

export interface FrameReader {
  /**
   * The next frame, decoded; undefined at a clean end.
   * @throws CafeError BAD_REQUEST for one that is too long or malformed; UNREACHABLE if the body breaks off within it;
   * TIMEOUT or ABORTED by the signal.
   */
  read(options: { signal: AbortSignal; limit: number }): Promise<unknown>
  /** Reads no more: the caller may stop sending. */
  stop(): void
}

/** Frames of `body` in `format`. */
export function frameReader(body: ReadableStream<Bytes> | null, format: Format): FrameReader {
  const reader = body?.getReader()
  const gathered = new Gathered()
  let ended = reader === undefined

  const more = async (signal: AbortSignal): Promise<void> => {
    const chunk = await chunkOf(reader, signal)
    if (chunk === undefined) ended = true
    else if (chunk instanceof Uint8Array) gathered.add(chunk)
    else throw new CafeError('BAD_REQUEST', { at: 'body' })
  }

  return {
    async read({ signal, limit }) {
      const room = format.room(limit)
      for (;;) {
        if (ended && gathered.length === 0) return undefined
        const place = format.find(gathered, room, ended)
        if (place) {
          gathered.take(place.before)
          const frame = gathered.take(place.size)
          gathered.take(place.after)
          return format.decode(frame, room)
        }
        if (ended) throw new CafeError('UNREACHABLE')
        await more(signal)
      }
    },
    // A body that cannot be cancelled has failed already.
    stop: () => void reader?.cancel().catch(() => {}),
  }
}

async function chunkOf(
  reader: ReadableStreamDefaultReader<Bytes> | undefined,
  signal: AbortSignal,
): Promise<Bytes | undefined> {
  if (!reader) return undefined
  try {
    return (await unlessAborted(reader.read(), signal)).value
  } catch (cause) {
    if (signal.aborted) throw toCafeError(signal.reason, 'ABORTED')
    throw new CafeError('UNREACHABLE', {}, { cause })
  }
}

function join(head: Bytes, tail: Bytes): Bytes {
  const joined = new Uint8Array(head.byteLength + tail.byteLength)
  joined.set(head)
  joined.set(tail, head.byteLength)
  return joined
}

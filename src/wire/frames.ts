/** Length-prefixed dag-cbor frames on a libp2p stream: size first, then decode, every read with a limit in time. */
import type { MessageStream, Stream } from '@libp2p/interface'
import { lpStream } from '@libp2p/utils'
import { varint } from 'multiformats'
import { decode, encode } from '../core/codec.ts'
import { CafeError, isCafeError } from '../core/errors.ts'

export interface Frames {
  /**
   * The next frame, decoded; `limit` may be tighter than the stream's.
   * @throws CafeError UNREACHABLE if the stream ended; BAD_REQUEST if the frame is longer than the limit or not
   * dag-cbor; TIMEOUT or ABORTED by the signal.
   */
  read(options: { signal: AbortSignal; limit?: number }): Promise<unknown>
  /** Resolves when the stream takes more. */
  write(frame: unknown, options: { signal: AbortSignal }): Promise<void>
}

/** Unread bytes js-libp2p keeps for a stream before it aborts it. */
const READ_BUFFER = 4 * 1024 * 1024

/** Frames of at most `maxRead` bytes over `stream`. */
export function frames(stream: Stream, maxRead: number): Frames {
  let most = maxRead
  const lp = lpStream<MessageStream>(stream, {
    maxBufferSize: READ_BUFFER,
    lengthDecoder: (data) => readLength(data, most),
  })
  return {
    async read({ signal, limit = maxRead }) {
      most = limit
      try {
        const bytes = await lp.read({ signal })
        return decode(bytes.subarray(), limit)
      } catch (error) {
        throw asCafeError(error, signal)
      }
    },
    async write(frame, { signal }) {
      try {
        await lp.write(encode(frame), { signal })
      } catch (error) {
        throw asCafeError(error, signal)
      }
    },
  }
}

/** Bytes of the longest length prefix: 2^28 is far above any frame. */
const MAX_PREFIX = 4

/**
 * A frame's length from the bytes of its prefix so far. It refuses a frame before any of it is read, and a prefix that
 * never ends, which js-libp2p would gather byte by byte.
 * @throws RangeError while it is incomplete; CafeError BAD_REQUEST {limit} if it is too long.
 */
function readLength(data: { subarray(): Uint8Array; byteLength: number }, limit: number): number {
  if (data.byteLength > MAX_PREFIX) throw new CafeError('BAD_REQUEST', { limit })
  const [length] = varint.decode(data.subarray())
  if (length > limit) throw new CafeError('BAD_REQUEST', { limit })
  return length
}

/** libp2p's stream errors as ours. */
function asCafeError(error: unknown, signal: AbortSignal): CafeError {
  if (isCafeError(error)) return error
  if (signal.aborted) {
    if (isCafeError(signal.reason)) return signal.reason
    const timeout = signal.reason instanceof DOMException && signal.reason.name === 'TimeoutError'
    return new CafeError(timeout ? 'TIMEOUT' : 'ABORTED', {}, { cause: error })
  }
  return new CafeError('UNREACHABLE', {}, { cause: error })
}

/**
 * Closes a stream without waiting forever: js-libp2p's `close()` may never settle when the other side is gone, so
 * after the limit the stream is aborted.
 */
export async function endStream(stream: Stream, limit = 5000): Promise<void> {
  try {
    await stream.close({ signal: AbortSignal.timeout(limit) })
  } catch (error) {
    stream.abort(error instanceof Error ? error : new Error('could not close'))
  }
}

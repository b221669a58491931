/**
 * Verified plaintext as a seekable thing: any byte range as a stream, read ahead a few segments, delivered in order.
 * Only what a segment's `load` returned is ever delivered; whatever fails ends the stream with an error, never early.
 */
import { CafeError, toCafeError } from '../core/errors.ts'

/** Random access to ciphertext bytes. */
export interface Ciphertext {
  /** Bytes in all. */
  readonly size: number
  /** Bytes `start` to `end` (exclusive), all of them. */
  read(start: number, end: number, options?: { signal?: AbortSignal }): Promise<Uint8Array<ArrayBuffer>>
}

/** Opened, verified content. */
export interface Plaintext {
  /** Bytes in all: proven, not claimed. */
  readonly size: number
  /**
   * Bytes `start` to `end` (exclusive). Nothing is read before the first pull. The stream errors with a CafeError:
   * SEALED for a forged segment, ABORTED or TIMEOUT by `signal`, or what reading the ciphertext failed with.
   * @throws CafeError BAD_REQUEST `{what: 'range', size}` for a range that is not within the content.
   */
  stream(start: number, end: number, options?: { signal?: AbortSignal }): ReadableStream<Uint8Array<ArrayBuffer>>
}

/** Content in numbered pieces that can be loaded independently. */
export interface Pieces {
  readonly size: number
  /** The piece that holds the byte at `offset`. */
  pieceAt(offset: number): number
  /** Offset of the first byte of a piece. */
  startOf(piece: number): number
  /** Bytes `from` to `to` of a piece, relative to its start, verified, in memory the receiver may keep or transfer. */
  load(piece: number, from: number, to: number, signal: AbortSignal): Promise<Uint8Array<ArrayBuffer>>
}

/**
 * Pieces under way at once: enough to hide the latency of reading and to keep the cores decrypting, little enough that a
 * stream holds some MiB. More are asked for when half of them are used up, together, since stores read what is asked for
 * in one turn much faster than one after the other.
 */
const READ_AHEAD = 8
const REFILL = READ_AHEAD / 2

/** The {@link Plaintext} of verified pieces. */
export function plaintextOf(pieces: Pieces): Plaintext {
  return {
    size: pieces.size,
    stream(start, end, options = {}) {
      const valid = Number.isSafeInteger(start) && Number.isSafeInteger(end) && start >= 0 && start <= end
      if (!valid || end > pieces.size) throw new CafeError('BAD_REQUEST', { what: 'range', size: pieces.size })
      return streamRange(pieces, start, end, options.signal)
    },
  }
}

function streamRange(
  pieces: Pieces,
  start: number,
  end: number,
  signal: AbortSignal | undefined,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const stop = new AbortController()
  const ahead = readAhead(pieces, start, end, stop.signal)
  let release = () => {}
  const finish = () => {
    release()
    stop.abort()
  }
  return new ReadableStream(
    {
      start(controller) {
        const abort = () => {
          finish()
          controller.error(toCafeError(signal?.reason, 'ABORTED'))
        }
        if (signal?.aborted) return abort()
        if (start === end) return controller.close()
        release = () => signal?.removeEventListener('abort', abort)
        signal?.addEventListener('abort', abort)
      },
      async pull(controller) {
        try {
          const { chunk, last } = await ahead()
          // Stopped meanwhile: the stream has been errored or cancelled and takes nothing more.
          if (stop.signal.aborted) return
          controller.enqueue(chunk)
          if (!last) return
          finish()
          controller.close()
        } catch (error) {
          finish()
          throw toCafeError(error)
        }
      },
      cancel: finish,
    },
    // Nothing is queued beyond what is being read ahead, and nothing is read for a stream nobody reads.
    { highWaterMark: 0 },
  )
}

/** Yields the pieces of a non-empty range in order, one a call, keeping READ_AHEAD of them under way. */
function readAhead(pieces: Pieces, start: number, end: number, signal: AbortSignal) {
  const running: Promise<Uint8Array<ArrayBuffer>>[] = []
  const final = pieces.pieceAt(Math.max(start, end - 1))
  let next = pieces.pieceAt(start)
  const fill = () => {
    if (running.length > REFILL) return
    for (; running.length < READ_AHEAD && next <= final && !signal.aborted; next++) {
      const base = pieces.startOf(next)
      const stop = next === final ? end : pieces.startOf(next + 1)
      const piece = pieces.load(next, Math.max(start, base) - base, stop - base, signal)
      // A piece may fail while earlier ones are still being delivered; its own turn reports it.
      piece.catch(() => {})
      running.push(piece)
    }
  }
  return async (): Promise<{ chunk: Uint8Array<ArrayBuffer>; last: boolean }> => {
    fill()
    const chunk = await running.shift()
    if (!chunk) throw new CafeError('ABORTED')
    fill()
    return { chunk, last: running.length === 0 }
  }
}

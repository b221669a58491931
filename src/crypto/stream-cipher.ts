/**
 * cafe-stream/2: files and sealed records as Tink's AES-256-GCM-HKDF stream with 256 KiB segments. Encrypts and decrypts
 * as streams, seeks to any byte, proves the length before the first byte, and never releases an unverified one
 * (security.md §2.a.3).
 *
 * @example
 * ```ts
 * const key = createFileKey()
 * const sealed = plain.pipeThrough(encryptStream(key))       // chunks of 262 144 bytes: one UnixFS leaf each
 * const file = await openStream(key, source)
 * return new Response(file.stream(0, file.size))
 * ```
 */
import type { Random } from '../core/clock.ts'
import { systemRandom } from '../core/clock.ts'
import { CafeError, isCafeError, toCafeError } from '../core/errors.ts'
import type { Secret } from '../core/secret.ts'
import { concat, utf8 } from './bytes.ts'
import type { Ciphertext, Plaintext } from './plaintext.ts'
import { plaintextOf } from './plaintext.ts'
import type { SegmentCipher, StreamFormat } from './segments.ts'
import {
  CAFE_STREAM,
  capacity,
  createHeader,
  headerSize,
  NONCE_PREFIX,
  plainStart,
  plaintextSize,
  segmentAt,
  segmentCipher,
  segmentCount,
} from './segments.ts'

export type { Ciphertext, Plaintext } from './plaintext.ts'
export type { StreamFormat } from './segments.ts'
export { CAFE_STREAM, ciphertextSize, plaintextSize } from './segments.ts'

/** Bytes of a full segment of ciphertext; equals the leaf size of files we import. */
export const SEGMENT = CAFE_STREAM.segment
/** What a file's stream is bound to; streams for other purposes are bound to other strings. */
export const FILE_AAD = 'textile-cafe/file/1'

/** Segments being encrypted at once: keeps the platform's crypto threads busy while the next one fills. */
const SEAL_AHEAD = 4

/** What a stream is bound to and, for vectors of other implementations only, its parameters. */
export interface StreamOptions {
  /** Defaults to {@link FILE_AAD}. */
  readonly aad?: Uint8Array
  /** Defaults to {@link CAFE_STREAM}. */
  readonly format?: StreamFormat
}

/**
 * Plaintext in, in chunks of any size; ciphertext out, in chunks of exactly {@link SEGMENT} bytes, the last one shorter.
 * The stream errors with CafeError BAD_REQUEST `{what: 'key'}` for a key that is not 32 bytes and `{what: 'size'}`
 * beyond 1 TiB.
 */
export function encryptStream(
  key: Secret<Uint8Array>,
  options: StreamOptions & { readonly random?: Random } = {},
): TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>> {
  const { aad = utf8(FILE_AAD), random = systemRandom, format = CAFE_STREAM } = options
  const header = createHeader(random(format.derivedKey), random(NONCE_PREFIX), format)
  const buffer = new Uint8Array(format.segment)
  const running: Promise<Uint8Array<ArrayBuffer>>[] = []
  let cipher: SegmentCipher
  let index = 0
  let used = 0
  type Out = TransformStreamDefaultController<Uint8Array<ArrayBuffer>>

  async function drain(out: Out, most: number): Promise<void> {
    for (;;) {
      const sealed = running.length > most ? running.shift() : undefined
      if (!sealed) return
      out.enqueue(await sealed)
    }
  }

  async function seal(out: Out, plaintext: Uint8Array<ArrayBuffer>, last: boolean): Promise<void> {
    if (index >= format.maxSegments) throw new CafeError('BAD_REQUEST', { what: 'size' })
    const bytes = cipher.seal(index, last, plaintext)
    const sealed = index === 0 ? bytes.then((segment) => concat(header, segment)) : bytes
    // A failure is reported in its turn, not where nobody listens.
    sealed.catch(() => {})
    running.push(sealed)
    index += 1
    await drain(out, SEAL_AHEAD - 1)
  }

  return new TransformStream({
    async start() {
      cipher = await segmentCipher(key, header, aad, format)
    },
    async transform(chunk, out) {
      for (let offset = 0; offset < chunk.byteLength; ) {
        const room = capacity(index, format)
        // A full segment is sealed only when more follows: until then it may be the last, which is sealed differently.
        if (used === room) {
          used = 0
          await seal(out, buffer.subarray(0, room), false)
        } else if (used === 0 && chunk.byteLength - offset > room) {
          await seal(out, chunk.subarray(offset, offset + room), false)
          offset += room
        } else {
          const part = chunk.subarray(offset, offset + room - used)
          buffer.set(part, used)
          used += part.byteLength
          offset += part.byteLength
        }
      }
    },
    async flush(out) {
      await seal(out, buffer.subarray(0, used), true)
      await drain(out, 0)
    },
  })
}

/**
 * Opens a stream for random access. Reads the first and the last segment and verifies both before it resolves, which
 * proves key, beginning and length; both stay decrypted in memory as long as the result lives.
 * @throws CafeError SEALED for a wrong key, another `aad`, damage or truncation; BAD_REQUEST `{what: 'key'}` for a key
 * that is not 32 bytes; ABORTED or TIMEOUT by `signal`; whatever CafeError `source.read` fails with.
 */
export async function openStream(
  key: Secret<Uint8Array>,
  source: Ciphertext,
  options: StreamOptions & { readonly signal?: AbortSignal } = {},
): Promise<Plaintext> {
  const { aad = utf8(FILE_AAD), format = CAFE_STREAM, signal } = options
  const size = provableSize(source.size, format)
  const final = segmentCount(source.size, format) - 1
  const read = (index: number, stop: AbortSignal | undefined) => readSegment(source, index, format, stop)
  const [head, tail] = await readEnds(read, final, signal)
  const header = head.slice(0, headerSize(format))
  const cipher = await segmentCipher(key, header, aad, format)
  const first = await cipher.open(0, final === 0, head.subarray(header.byteLength))
  const last = tail ? await cipher.open(final, true, tail) : first
  return plaintextOf({
    size,
    pieceAt: (offset) => segmentAt(offset, format),
    startOf: (index) => plainStart(index, format),
    async load(index, from, to, stop) {
      // Kept segments are copied out, since receivers may transfer what they get.
      if (index === 0) return first.slice(from, to)
      if (index === final) return last.slice(from, to)
      const opened = await cipher.open(index, false, await read(index, stop))
      return opened.subarray(from, to)
    },
  })
}

/** The plaintext size that goes with a ciphertext's size, if its last segment verifies. */
function provableSize(cipher: number, format: StreamFormat): number {
  try {
    return plaintextSize(cipher, format)
  } catch (cause) {
    // No stream has this length, so one was cut or another thing altogether: to the reader that is a seal that fails.
    throw isCafeError(cause) ? new CafeError('SEALED', cause.data, { cause }) : cause
  }
}

type Bytes = Uint8Array<ArrayBuffer>

/** First and last segment, read side by side; a stream of one segment is read once. */
async function readEnds(
  read: (index: number, signal: AbortSignal) => Promise<Bytes>,
  final: number,
  signal: AbortSignal | undefined,
): Promise<[Bytes, Bytes | undefined]> {
  const stop = new AbortController()
  const either = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal
  try {
    either.throwIfAborted()
    const ends = await Promise.all([read(0, either), final > 0 ? read(final, either) : undefined])
    either.throwIfAborted()
    return ends
  } catch (error) {
    throw signal?.aborted ? toCafeError(signal.reason, 'ABORTED') : toCafeError(error)
  } finally {
    // If one failed, the other need not go on.
    stop.abort()
  }
}

async function readSegment(
  source: Ciphertext,
  index: number,
  format: StreamFormat,
  signal: AbortSignal | undefined,
): Promise<Bytes> {
  const start = index * format.segment
  return source.read(start, Math.min(start + format.segment, source.size), signal ? { signal } : {})
}

/**
 * Responses that carry bytes: a representation with its validators and ranges (RFC 9110), streamed so that failure is an
 * error of the stream and never a short end, and failures before the first byte, which are pages.
 */
import { type Random, systemRandom } from '../core/clock.ts'
import { type CafeError, ERRORS, CafeError as Failure, toCafeError } from '../core/errors.ts'
import type { Plaintext } from '../crypto/plaintext.ts'
import type { Bytes } from './blocks.ts'
import { UNKNOWN } from './mime.ts'
import { errorBody } from './pages.ts'
import { type ByteRange, contentRange, multipart, parseRange, type RangeSet } from './ranges.ts'
import type { Form } from './request.ts'
import { allowsRange, isolation, matchesNone, NO_STORE, type ResponseClass } from './respond.ts'
import { type Flow, unwatched } from './stream.ts'
import { type GatewayWords, wordsFor } from './words/words.ts'

/** What can be streamed, and wants to hear how that went. */
export interface Content extends Plaintext {
  failed?(error: unknown): void
}

/** A file as it is sent. */
export interface Representation {
  readonly content: Content
  readonly class: ResponseClass
  /** `Content-Type`, `Cache-Control` and whatever else every answer with this representation carries. */
  readonly headers: Readonly<Record<string, string>>
  readonly etag: string
}

/** What of a request decides how much of a representation is sent. */
export interface Conditions {
  readonly method: 'GET' | 'HEAD'
  readonly range: string | null
  readonly ifRange: string | null
  readonly ifNoneMatch: string | null
}

/** 304 if the client has it, else undefined. */
export function notModified(
  kind: ResponseClass,
  etag: string,
  cache: string,
  ifNoneMatch: string | null,
): Response | undefined {
  if (!matchesNone(ifNoneMatch, etag)) return undefined
  return new Response(null, { status: 304, headers: { ...isolation(kind), ETag: etag, 'Cache-Control': cache } })
}

/**
 * 200, 206, 304 or 416. One range is answered as 206, several as 206 `multipart/byteranges`, too many with the whole (see
 * ranges.ts). Resolves when the first bytes are there, so that what is missing from the start is an error page and not
 * a broken download.
 * @throws CafeError what reading the first bytes failed with.
 */
export async function fileResponse(
  { content, class: kind, headers, etag }: Representation,
  { method, range, ifRange, ifNoneMatch }: Conditions,
  flow: Flow,
  random: Random = systemRandom,
): Promise<Response> {
  const unchanged = notModified(kind, etag, headers['Cache-Control'] ?? '', ifNoneMatch)
  if (unchanged) return unchanged
  const { size } = content
  const common = { ...isolation(kind), ...headers, ETag: etag, 'Accept-Ranges': 'bytes' }
  // Range is defined for GET only (RFC 9110 §14.2).
  const wanted = parseRange(method === 'GET' && allowsRange(ifRange, etag) ? range : null, size)
  if (wanted.kind === 'unsatisfiable') {
    return new Response(null, {
      status: 416,
      headers: { ...common, 'Content-Range': `bytes */${size}`, 'Content-Length': '0' },
    })
  }
  const { status, plan, more } = planOf(wanted, size, headers['Content-Type'] ?? UNKNOWN, random)
  const body = method === 'GET' ? await bodyOf(content, plan, flow) : null
  return new Response(body, { status, headers: { ...common, 'Content-Length': String(sizeOf(plan)), ...more } })
}

/** What a body consists of, in order: bytes of our own and spans of the content. */
type Plan = readonly (ByteRange | Bytes)[]

interface Planned {
  readonly status: 200 | 206
  readonly plan: Plan
  readonly more: Readonly<Record<string, string>>
}

function planOf(
  wanted: Exclude<RangeSet, { readonly kind: 'unsatisfiable' }>,
  size: number,
  type: string,
  random: Random,
): Planned {
  if (wanted.kind === 'whole') return { status: 200, plan: [{ start: 0, end: size }], more: {} }
  const { parts } = wanted
  if (parts.length === 1) return { status: 206, plan: parts, more: { 'Content-Range': contentRange(parts[0], size) } }
  const { heads, tail, type: whole } = multipart(parts, size, type, boundary(random))
  const plan = [...parts.flatMap((part, i) => [heads[i] as Bytes, part]), tail]
  return { status: 206, plan, more: { 'Content-Type': whole } }
}

/** 128 bits, so that no content can hold it but by chance. */
const boundary = (random: Random): string =>
  Array.from(random(16), (byte) => byte.toString(16).padStart(2, '0')).join('')

const sizeOfStep = (step: ByteRange | Bytes): number =>
  step instanceof Uint8Array ? step.byteLength : step.end - step.start
const sizeOf = (plan: Plan): number => plan.reduce((sum, step) => sum + sizeOfStep(step), 0)

/** The chunks of a plan. A span that does not come in full is an error, whatever its stream says. */
async function* chunksOf(content: Content, plan: Plan, signal: AbortSignal): AsyncGenerator<Bytes, void> {
  for (const step of plan) {
    if (step instanceof Uint8Array) {
      yield step
      continue
    }
    let left = sizeOfStep(step)
    if (left === 0) continue
    const reader = content.stream(step.start, step.end, { signal }).getReader()
    try {
      while (left > 0) {
        const { value } = await reader.read()
        left -= value?.byteLength ?? 0
        // Browsers take a stream that ends before its Content-Length for complete (measured).
        if (!value || left < 0) throw new Failure('CORRUPT', { what: 'size' })
        yield value
      }
    } catch (error) {
      content.failed?.(error)
      throw toCafeError(error)
    } finally {
      // Also when nobody reads on; a stream that is at its end takes no notice.
      reader.cancel().catch(() => {})
    }
  }
}
/** A body by the plan, of which the first bytes of content have been read; none for an empty file. */
async function bodyOf(
  content: Content,
  plan: Plan,
  { signal, begin = unwatched }: Flow,
): Promise<ReadableStream<Bytes> | null> {
  let left = sizeOf(plan)
  if (left === 0) return null
  const stop = new AbortController()
  const chunks = chunksOf(content, plan, AbortSignal.any([signal, stop.signal]))
  const ready: Bytes[] = []
  const early = plan[0] instanceof Uint8Array ? 2 : 1
  while (ready.length < early) ready.push((await chunks.next()).value as Bytes)
  const end = begin()
  return new ReadableStream<Bytes>(
    {
      async pull(controller) {
        try {
          const chunk = ready.shift() ?? ((await chunks.next()).value as Bytes)
          left -= chunk.byteLength
          controller.enqueue(chunk)
        } catch (error) {
          end()
          throw error
        }
        if (left > 0) return
        end()
        controller.close()
      },
      cancel() {
        end()
        stop.abort(new Failure('ABORTED'))
      },
    },
    { highWaterMark: 0 },
  )
}

const TYPES: Record<Form, string> = {
  html: 'text/html; charset=utf-8',
  json: 'application/json; charset=utf-8',
  text: 'text/plain; charset=utf-8',
}

/** Failures for which HTTP has a better status than their code's. */
const STATUS: Readonly<Record<string, number>> = {
  'BAD_REQUEST method': 405,
  'UNSUPPORTED format': 406,
  'NOT_FOUND local': 412,
}

/** What of a request decides how a failure is told. A Request will do. */
interface ErrorRequest {
  readonly method: string
  readonly headers: Headers
  readonly again?: boolean
  readonly words?: GatewayWords
}

/** A failure as a page, JSON or a line of text; never stored, never echoing the request. */
export function errorResponse(
  error: CafeError,
  form: Form,
  { method, headers, again, words = wordsFor(headers.get('accept-language')) }: ErrorRequest,
): Response {
  const badMethod = error.data['what'] === 'method'
  return new Response(
    method === 'HEAD' ? null : errorBody(error, form, { ...(again !== undefined && { again }), words }),
    {
      status: STATUS[`${error.code} ${error.data['what']}`] ?? ERRORS[error.code].status,
      headers: {
        ...isolation('page'),
        'Content-Type': TYPES[form],
        'Cache-Control': NO_STORE,
        Vary: 'Accept, Accept-Language',
        // Seconds after which the same may work.
        ...(ERRORS[error.code].retry && { 'Retry-After': '5' }),
        ...(badMethod && { Allow: 'GET, HEAD' }),
      },
    },
  )
}

/**
 * Responses that carry bytes: a representation with its validators and ranges (RFC 9110), streamed so that failure is an
 * error of the stream and never a short end, and failures before the first byte, which are pages.
 */
import { type CafeError, ERRORS, CafeError as Failure, toCafeError } from '../core/errors.ts'
import type { Plaintext } from '../crypto/plaintext.ts'
import type { Bytes } from './blocks.ts'
import { errorBody } from './pages.ts'
import { type ByteRange, contentRange, parseRange } from './ranges.ts'
import type { Form } from './request.ts'
import { allowsRange, isolation, matchesNone, NO_STORE, type ResponseClass } from './respond.ts'

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
 * 200, 206 or 416. One range is answered as 206; a request for several gets the whole, which RFC 9110 §14.2 allows a
 * server to do with any Range. Resolves when the first bytes are there, so that what is missing from the start is an
 * error page and not a broken download.
 * @throws CafeError what reading the first bytes failed with.
 */
export async function fileResponse(
  { content, class: kind, headers, etag }: Representation,
  { method, range, ifRange }: Conditions,
  signal: AbortSignal,
): Promise<Response> {
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
  const part = wanted.kind === 'parts' && wanted.parts.length === 1 ? wanted.parts[0] : undefined
  const span = part ?? { start: 0, end: size }
  const body = method === 'GET' ? await bodyOf(content, span, signal) : null
  return new Response(body, {
    status: part ? 206 : 200,
    headers: {
      ...common,
      'Content-Length': String(span.end - span.start),
      ...(part && { 'Content-Range': contentRange(part, size) }),
    },
  })
}

/** A body of exactly the span's bytes, whose first chunk has been read. */
async function bodyOf(
  content: Content,
  { start, end }: ByteRange,
  signal: AbortSignal,
): Promise<ReadableStream<Bytes>> {
  const reader = content.stream(start, end, { signal }).getReader()
  let left = end - start

  const next = async (): Promise<Bytes | undefined> => {
    try {
      const { value } = await reader.read()
      left -= value?.byteLength ?? 0
      // Browsers take a stream that ends before its Content-Length for complete (measured).
      if (value ? left < 0 : left !== 0) throw new Failure('CORRUPT', { what: 'size' })
      return value
    } catch (error) {
      content.failed?.(error)
      throw toCafeError(error)
    }
  }

  let first = end > start ? await next() : undefined
  return new ReadableStream<Bytes>(
    {
      async pull(controller) {
        const chunk = first ?? (await next())
        first = undefined
        if (chunk) controller.enqueue(chunk)
        if (!chunk || left === 0) controller.close()
      },
      cancel: (reason) => reader.cancel(reason),
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

/** A failure as a page, JSON or a line of text; never stored, never echoing the request. */
export function errorResponse(
  error: CafeError,
  form: Form,
  { method, again = false }: { readonly method: string; readonly again?: boolean },
): Response {
  const badMethod = error.data['what'] === 'method'
  return new Response(method === 'HEAD' ? null : errorBody(error, form, { again }), {
    status: STATUS[`${error.code} ${error.data['what']}`] ?? ERRORS[error.code].status,
    headers: {
      ...isolation('page'),
      'Content-Type': TYPES[form],
      'Cache-Control': NO_STORE,
      Vary: 'Accept',
      ...(badMethod && { Allow: 'GET, HEAD' }),
    },
  })
}

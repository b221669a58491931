/**
 * What goes with HTTP bodies: media types, the bearer, statuses, and headers by which any page may use a cafe's HTTP face
 * (there are no cookies: whoever calls must hold a bearer).
 */
import { type CafeError, ERRORS } from '../core/errors.ts'
import { cborFormat, type Format, jsonFormat } from './http-frames.ts'

const FORMATS: readonly Format[] = [jsonFormat, cborFormat]

/** The form a request says its body has. */
export function requestFormat(headers: Headers): Format | undefined {
  const type = headers.get('content-type')?.split(';')[0]?.trim().toLowerCase()
  return FORMATS.find((format) => format.type === type)
}

/** The form a caller takes: the first it names that we speak, `fallback` where it takes anything, none otherwise. */
export function responseFormat(headers: Headers, fallback: Format): Format | undefined {
  const accept = headers.get('accept')
  if (accept === null || accept.trim() === '') return fallback
  for (const range of accept.toLowerCase().split(',')) {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim())
    if (parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter))) continue
    if (type === '*/*' || type === 'application/*') return fallback
    const found = FORMATS.find((format) => format.type === type)
    if (found) return found
  }
  return undefined
}

/** The form a failure is told in to whoever sent these headers, whatever else is wrong with them. */
export function failureFormat(headers: Headers): Format {
  return responseFormat(headers, requestFormat(headers) ?? jsonFormat) ?? jsonFormat
}

/** The text after `Bearer`, not yet looked at; undefined where the request carries none. */
export function bearerOf(headers: Headers): string | undefined {
  return /^bearer +(\S+)$/i.exec(headers.get('authorization') ?? '')?.[1]
}

const OPEN_TO_ALL = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'retry-after',
}

/** Headers of every answer with a body of that type. */
export function answerHeaders(type: string): Record<string, string> {
  return { ...OPEN_TO_ALL, 'content-type': type, 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' }
}

/** What a page's browser asks before it sends a bearer or a body of ours. */
export function preflight(methods: string): Response {
  const headers = {
    ...OPEN_TO_ALL,
    'access-control-allow-methods': methods,
    'access-control-allow-headers': 'authorization, content-type',
    'access-control-max-age': '7200',
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
  }
  return new Response(null, { status: 204, headers })
}

/** Headers that belong to a failure: how to come in, when to come again. */
export function failureHeaders({ code, data }: CafeError): Record<string, string> {
  if (code === 'UNAUTHORIZED') return { 'www-authenticate': 'Bearer' }
  if (!ERRORS[code].retry) return {}
  const after = typeof data['after'] === 'number' ? Math.ceil(data['after'] / 1000) : 1
  return { 'retry-after': String(after) }
}

/** A failure as a whole answer: the status of its code, unless HTTP has a more telling one, and `{ err, data }`. */
export function failureResponse(
  error: CafeError,
  { format = jsonFormat, status = ERRORS[error.code].status, headers = {} }: FailureOptions = {},
): Response {
  const body = format.encode({ err: error.code, data: error.data })
  return new Response(body, {
    status,
    headers: { ...answerHeaders(format.type), ...failureHeaders(error), ...headers },
  })
}

export interface FailureOptions {
  readonly format?: Format | undefined
  readonly status?: number
  readonly headers?: Record<string, string>
}

/**
 * Headers on their way through the door, by lists of what may pass. Whoever hosts a cafe is a stranger to the relay, and
 * what comes from there is shown on the relay's origin, where the app is: so it decides nothing but what it says of its
 * own content. Isolation is the relay's, whatever the cafe says, and CORS lets every page read: a door knows no cookies,
 * so nobody gets more by it than by asking without a browser.
 */
import { DENIED_FEATURES } from '../src/gateway/respond.ts'
import { endToEnd, type HeaderList } from '../src/wire/door-protocol.ts'

/** Of a request; cookies of the app's origin, and who asks with what, are nobody's business. */
const TO_CAFE: ReadonlySet<string> = new Set([
  'accept',
  'authorization',
  'cache-control',
  'content-length',
  'content-type',
  'if-match',
  'if-modified-since',
  'if-none-match',
  'if-range',
  'if-unmodified-since',
  'range',
  'sec-fetch-dest',
])

/** Of an answer. No cookies, no policies, no powers: only what says something of this one body. */
const FROM_CAFE: ReadonlySet<string> = new Set([
  'accept-ranges',
  'allow',
  'cache-control',
  'content-disposition',
  'content-language',
  'content-length',
  'content-range',
  'content-type',
  'etag',
  'last-modified',
  'retry-after',
  'server-timing',
  'vary',
  'x-ipfs-path',
  'x-ipfs-roots',
])

/**
 * Two fences stand around documents, and each suffices alone: a sandbox without scripts and without the origin, and a
 * policy that knows no scripts. Pictures, styles, fonts and media come from this host, so that plain pages show whole:
 * nothing of the app is code in a style or a picture, and there is nothing here that a GET could do.
 */
const POLICY =
  "sandbox allow-downloads; default-src 'none'; script-src 'none'; object-src 'none'; img-src 'self' data:; " +
  "media-src 'self' data:; style-src 'self' 'unsafe-inline'; font-src 'self' data:; form-action 'none'; base-uri 'none'; " +
  "frame-ancestors 'self'"

const METHODS = 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS'

/** On every answer of the door, whatever its status. */
export const DOOR_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'permissions-policy': DENIED_FEATURES,
  'cross-origin-resource-policy': 'cross-origin',
  'access-control-allow-origin': '*',
  'access-control-expose-headers':
    'Accept-Ranges, Content-Disposition, Content-Length, Content-Location, Content-Range, ETag, Retry-After, ' +
    'WWW-Authenticate, X-Ipfs-Path, X-Ipfs-Roots',
  // Of use to preflights alone, but gateways are held to say it everywhere.
  'access-control-allow-methods': METHODS,
  'access-control-allow-headers':
    'Accept, Authorization, Cache-Control, Content-Type, If-Match, If-None-Match, If-Range, Range',
}

/** What a page's browser is told before it asks with a method or headers of its own. */
export const PREFLIGHT: Readonly<Record<string, string>> = {
  ...DOOR_HEADERS,
  'access-control-max-age': '7200',
  allow: METHODS,
}

/** The headers of a request that go on to the cafe. */
export const headersToCafe = (list: Iterable<readonly [string, string]>): HeaderList =>
  endToEnd(list).filter(([name]) => TO_CAFE.has(name))

export interface FromCafe {
  readonly status: number
  readonly headers: Record<string, string>
}

/**
 * Status and headers of an answer as it leaves the relay.
 * @param address what stands before the cafe's paths, and the path that was asked for.
 * @returns undefined for an answer that leads away from the cafe: the relay's name is not lent to that.
 */
export function headersFromCafe(response: Response, address: { base: string; path: string }): FromCafe | undefined {
  const { status } = response
  const headers: Record<string, string> = {}
  for (const [name, value] of response.headers) if (FROM_CAFE.has(name)) headers[name] = value
  headers['content-type'] = harmless(headers['content-type'])
  if (!response.body && headers['content-length'] === undefined) delete headers['content-type']
  // A login form of the browser's own, on the relay's name, is not for a cafe to show.
  if (status === 401) headers['www-authenticate'] = 'Bearer'
  for (const name of ['location', 'content-location']) {
    const value = response.headers.get(name)
    if (value === null) continue
    const led = within(value, address)
    if (led === undefined && name === 'location') return undefined
    if (led !== undefined) headers[name] = led
  }
  return { status, headers: { ...headers, ...DOOR_HEADERS } }
}

/** What has parts with headers of their own would escape the policy; ranges are no documents. */
const harmless = (type = 'application/octet-stream'): string =>
  /^\s*(multipart\/(?!byteranges\b)|message\/)/i.test(type) ? 'application/octet-stream' : type

/** A reference of the cafe's as a path of the relay; undefined if it is none of that cafe's. */
function within(reference: string, { base, path }: { base: string; path: string }): string | undefined {
  try {
    const here = new URL(path, 'http://cafe.invalid')
    const url = new URL(reference, here)
    return url.origin === here.origin ? `${base}${url.pathname}${url.search}` : undefined
  } catch {
    return undefined
  }
}

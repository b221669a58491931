/**
 * Headers of everything the gateway answers. All content comes from strangers and shares the app's origin, where the
 * keys are, so every response carries five headers that take its powers away (security rules A1 to A3).
 *
 * Two fences stand around documents, and each suffices alone: `sandbox` without `allow-scripts`, and a policy without any
 * `script-src`. Which sandbox depends on the class:
 *
 * - `site`: a key-less HTML page reached through a directory. `allow-same-origin` is given, because the sub-resources of
 *   an opaque document bypass the service worker (measured): its images and styles would fail *and* tell the static host
 *   what is being read. With it they come through us. It costs nothing while no script can run: nobody is there to use
 *   the origin. `'self'` for images, styles, fonts and media reaches the gateway and the app's public files by GET only;
 *   no frames, forms, objects, base, connections. Styles and fonts of /ipfs are given to nobody else (see
 *   {@link refusesDestination}), code to nobody at all.
 * - `document`: everything else that renders. A lone file has no sub-resources worth having, so its origin is opaque;
 *   what was encrypted never gets our origin at all. No `'self'` anywhere, for the reason above.
 * - `image`: as documents. `media`: no `sandbox`, since a sandboxed player asks the static host for the whole URL
 *   (measured); a media document has no markup of its author in it.
 * - `web`: whatever belongs to a website on an origin of its own, where nothing of the app is: its scripts may run there.
 *   It may talk to itself only; it is framed by itself only.
 * - `gallery`: our own page of a folder. As `site`, so that its pictures come through us and not from the static host,
 *   but for styles, fonts and media, which it has no use for.
 * - `page`: our own HTML, all foreign text escaped. `allow-downloads`, or its links to archives would do nothing.
 */
import type { ContentClass } from './mime.ts'

export type ResponseClass = ContentClass | 'site' | 'page' | 'gallery' | 'web'

const NOTHING = "default-src 'none'; form-action 'none'; base-uri 'none'; frame-ancestors 'self'"
const OPAQUE = `sandbox; ${NOTHING}; img-src data:; font-src data:; style-src 'unsafe-inline'`

const OWN_ORIGIN =
  "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; connect-src 'self' data: blob:; worker-src 'self' blob:; " +
  "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'"

const POLICY: Record<ResponseClass, string> = {
  web: OWN_ORIGIN,
  document: OPAQUE,
  image: OPAQUE,
  download: OPAQUE,
  media: `${NOTHING}; media-src 'self'; style-src 'unsafe-inline'`,
  page: `sandbox allow-downloads; ${NOTHING}; style-src 'unsafe-inline'`,
  gallery:
    `sandbox allow-same-origin allow-downloads; ${NOTHING}; script-src 'none'; object-src 'none'; img-src 'self'; ` +
    "style-src 'unsafe-inline'",
  site:
    `sandbox allow-same-origin; ${NOTHING}; script-src 'none'; object-src 'none'; img-src 'self' data:; ` +
    "style-src 'self' 'unsafe-inline'; font-src 'self' data:; media-src 'self'",
}

/** Features no content gets; players additionally keep what a player needs. */
const DENIED = [
  'accelerometer',
  'browsing-topics',
  'camera',
  'clipboard-read',
  'clipboard-write',
  'display-capture',
  'encrypted-media',
  'gamepad',
  'geolocation',
  'gyroscope',
  'hid',
  'identity-credentials-get',
  'idle-detection',
  'local-fonts',
  'magnetometer',
  'microphone',
  'midi',
  'payment',
  'publickey-credentials-get',
  'screen-wake-lock',
  'serial',
  'storage-access',
  'usb',
  'window-management',
  'xr-spatial-tracking',
]
const PLAYER = ['autoplay', 'fullscreen', 'picture-in-picture']
const permissions = (features: readonly string[]): string => features.map((feature) => `${feature}=()`).join(', ')
/** `Permissions-Policy` of content that is to play nothing but what it shows itself. */
export const DENIED_FEATURES = permissions(DENIED)

/** The five headers of isolation: on every response of the gateway, whatever its status. */
export function isolation(kind: ResponseClass): Record<string, string> {
  return {
    'Content-Security-Policy': POLICY[kind],
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Permissions-Policy': permissions(kind === 'media' || kind === 'web' ? DENIED : [...DENIED, ...PLAYER]),
  }
}

/** Content under a CID never changes. (The value is the one the path gateway specification recommends.) */
export const IMMUTABLE = 'public, max-age=29030400, immutable'
/** A listing shows immutable entries, but its looks change with us. */
export const GENERATED = 'public, max-age=604800, stale-while-revalidate=2678400'
/** Plaintext and failures are kept nowhere (rule A8). */
export const PRIVATE = 'private, no-store'
export const NO_STORE = 'no-store'

/** Where `fetch` results may go without becoming code or style of the page that asked. */
const HARMLESS: ReadonlySet<string> = new Set(['', 'document', 'frame', 'iframe', 'image', 'audio', 'video', 'track'])
const SITE_ONLY: ReadonlySet<string> = new Set(['style', 'font'])

/**
 * True if /ipfs content must not be used for that: scripts, workers, manifests, style sheets of transformations and the
 * like never (rule A3); styles and fonts only by a document that is /ipfs content itself.
 */
export function refusesDestination(destination: string, options: { readonly fromContent: boolean }): boolean {
  if (HARMLESS.has(destination)) return false
  return !(options.fromContent && SITE_ONLY.has(destination))
}

/**
 * What the answer is for: as the host of the gateway knows it, the request itself, or the browser's word in a header, which
 * pages cannot set.
 */
export function destinationOf({ destination, headers }: Pick<Request, 'destination' | 'headers'>): string {
  // Browsers ask for the script of a service worker past all service workers, and say so to whoever answers (rule A4).
  if (headers.get('Service-Worker')?.trim().toLowerCase() === 'script') return 'serviceworker'
  const told = headers.get('Sec-Fetch-Dest') ?? ''
  return destination || (told === 'empty' ? '' : told)
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: exactly those must not reach a header or a file name
const UNSAFE_IN_NAME = /[\x00-\x1f\x7f"\\/:*?<>|\u200e\u200f\u202a-\u202e\u2066-\u2069]/g

/** `Content-Disposition` (RFC 6266): the name as UTF-8, and an ASCII likeness for old agents. */
export function disposition(kind: 'inline' | 'attachment', name: string | undefined): string {
  const clean = name?.toWellFormed().replaceAll(UNSAFE_IN_NAME, '_').slice(0, 200).toWellFormed()
  if (!clean) return kind
  const ascii = clean.replaceAll(/[^\x20-\x7e]/g, '_')
  const utf8 = encodeURIComponent(clean).replaceAll(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
  return `${kind}; filename="${ascii}"; filename*=UTF-8''${utf8}`
}

/** True if `If-None-Match` names this entity tag (RFC 9110 §13.1.2: weak comparison). */
export function matchesNone(header: string | null, etag: string): boolean {
  if (header === null) return false
  const opaque = (tag: string): string => tag.trim().replace(/^W\//, '')
  return header.trim() === '*' || header.split(',').some((tag) => opaque(tag) === opaque(etag))
}

/** True if a Range may be honoured (RFC 9110 §13.1.5): strong comparison; dates never match, since we send none. */
export function allowsRange(ifRange: string | null, etag: string): boolean {
  return ifRange === null || ifRange.trim() === etag
}

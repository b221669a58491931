/**
 * A request as the gateway understands it: one of a closed set of kinds, every part checked; nothing after this file
 * looks at URLs. The path is split before its segments are decoded, once each, so no encoding can smuggle a separator.
 */
import type { CID } from 'multiformats/cid'
import { parseCid } from '../core/block.ts'
import { CafeError } from '../core/errors.ts'
import type { PeerIdText } from '../core/ids.ts'
import { KiB, WALK_DEPTH } from '../core/limits.ts'
import { parse, peerId } from '../core/schema.ts'
import { Secret } from '../core/secret.ts'
import { type FileKey, parseFileKey } from '../crypto/file-key.ts'

/** How an answer made by the gateway itself (an error, a listing) should look. */
export type Form = 'html' | 'json' | 'text'

interface Common {
  readonly method: 'GET' | 'HEAD'
  readonly root: CID
  /** Names below the root, decoded. */
  readonly segments: readonly string[]
  /** Cafes said to have it, from the link's fragment. */
  readonly from: readonly PeerIdText[]
  readonly ifNoneMatch: string | null
}

/** A file or directory, shown as people know them. */
export interface UnixfsRequest extends Common {
  readonly kind: 'unixfs'
  /** The path ends with `/`. */
  readonly slash: boolean
  /** Path and query as they came, for redirects only. */
  readonly pathname: string
  readonly search: string
  readonly key: LinkKey | undefined
  readonly range: string | null
  readonly ifRange: string | null
  /** `?filename=`: the name to show and save it under. */
  readonly filename: string | undefined
  /** `?download=true`: save it, do not show it. */
  readonly download: boolean
}

/** The data in a form for machines (`?format=`, `Accept: application/vnd.ipld…`), answered UNSUPPORTED for now. */
export interface ExportRequest extends Common {
  readonly kind: 'export'
}

export type GatewayRequest = UnixfsRequest | ExportRequest

/** The key in a link, as text (for fingerprints) and parsed. */
export interface LinkKey {
  readonly text: Secret<string>
  readonly file: FileKey
}

/** Longest URL we read: a path of 255-byte names, a key and four peer ids fit. Browsers stop at 2 MiB. */
const MAX_URL = 16 * KiB
/** Cafes a link may name: asking more at once than this is no faster. */
const MAX_FROM = 4
const MAX_FILENAME = 255

/**
 * @throws CafeError BAD_REQUEST `{what}`: `method`, `path`, `cid`, `key` or `from`; never any part of the URL.
 */
export function parseRequest(request: Request): GatewayRequest {
  const { method, headers } = request
  if (method !== 'GET' && method !== 'HEAD') throw bad('method')
  if (request.url.length > MAX_URL) throw bad('path')
  const url = new URL(request.url)
  const fragment = new URLSearchParams(url.hash.slice(1))
  const { root, segments, slash } = parsePath(url.pathname)
  const common = {
    method,
    root,
    segments,
    from: parseFrom(fragment),
    ifNoneMatch: headers.get('if-none-match'),
  } as const
  if (isExport(url, headers)) return { kind: 'export', ...common }
  return {
    kind: 'unixfs',
    ...common,
    slash,
    pathname: url.pathname,
    search: url.search,
    key: parseKey(url.searchParams, fragment),
    range: headers.get('range'),
    ifRange: headers.get('if-range'),
    filename: url.searchParams.get('filename')?.slice(0, MAX_FILENAME) || undefined,
    download: url.searchParams.get('download') === 'true',
  }
}

/** The form an answer should have: pages for people who navigate, JSON for who asks for it, else a line of text. */
export function answerForm(request: Request, navigation: boolean): Form {
  const accept = request.headers.get('accept') ?? ''
  if (navigation || accept.includes('text/html')) return 'html'
  return accept.includes('application/json') ? 'json' : 'text'
}

function parsePath(pathname: string): { root: CID; segments: string[]; slash: boolean } {
  const [empty, namespace, root, ...rest] = pathname.split('/')
  if (empty !== '' || namespace !== 'ipfs') throw bad('path')
  if (!root) throw bad('cid')
  const slash = rest.at(-1) === ''
  const segments = (slash ? rest.slice(0, -1) : rest).map(decodeSegment)
  if (segments.length > WALK_DEPTH) throw bad('path')
  return { root: parseCid(root), segments, slash }
}

function decodeSegment(raw: string): string {
  let segment: string
  try {
    segment = decodeURIComponent(raw)
  } catch (cause) {
    throw new CafeError('BAD_REQUEST', { what: 'path' }, { cause })
  }
  // A name of UnixFS has neither separator nor NUL; the URL parser has resolved plain dots, encoded ones are no names.
  if (segment === '' || segment === '.' || segment === '..' || /[/\0]/.test(segment)) throw bad('path')
  return segment
}

/** In the fragment no server ever sees it; in the query it is accepted because Textile's links have it there. */
function parseKey(query: URLSearchParams, fragment: URLSearchParams): LinkKey | undefined {
  const [text, ...more] = [...fragment.getAll('key'), ...query.getAll('key')]
  if (text === undefined) return undefined
  if (more.length > 0) throw bad('key')
  return { text: new Secret(text), file: parseFileKey(text) }
}

function parseFrom(fragment: URLSearchParams): PeerIdText[] {
  try {
    return fragment
      .getAll('from')
      .slice(0, MAX_FROM)
      .map((text) => parse(peerId, text))
  } catch (cause) {
    throw new CafeError('BAD_REQUEST', { what: 'from' }, { cause })
  }
}

function isExport(url: URL, headers: Headers): boolean {
  return url.searchParams.has('format') || (headers.get('accept') ?? '').includes('application/vnd.ip')
}

const bad = (what: string): CafeError => new CafeError('BAD_REQUEST', { what })

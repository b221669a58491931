/**
 * A request as the gateway understands it: one of a closed set of kinds, every part checked; nothing after this file
 * looks at URLs. The path is split before its segments are decoded, once each, so no encoding can smuggle a separator.
 */
import type { CID } from 'multiformats/cid'
import { ABOUT_TYPE } from '../core/about.ts'
import { parseCid } from '../core/block.ts'
import { CafeError } from '../core/errors.ts'
import type { PeerIdText } from '../core/ids.ts'
import { KiB, WALK_DEPTH } from '../core/limits.ts'
import { parse, peerId } from '../core/schema.ts'
import { Secret } from '../core/secret.ts'
import { type FileKey, parseFileKey } from '../crypto/file-key.ts'
import { type KeyMap, parseKeyMap } from '../crypto/key-map.ts'
import { type CarOptions, parseCarOptions } from './car-options.ts'
import { chooseFormat, type DagFormat, type Format } from './format.ts'
import { type IpnsName, parseName } from './names.ts'

/** How an answer made by the gateway itself (an error, a listing) should look. */
export type Form = 'html' | 'json' | 'text'

/** What a path begins with: content by its own name, or a name that its owner may point elsewhere. */
export type Target =
  | { readonly namespace: 'ipfs'; readonly root: CID }
  | { readonly namespace: 'ipns'; readonly name: IpnsName }

/** What every kind of request has. */
interface Common {
  readonly method: 'GET' | 'HEAD'
  readonly target: Target
  /** Names below the target, decoded. */
  readonly segments: readonly string[]
  /** The path ends with `/`. */
  readonly slash: boolean
  /** Path and query as they came, for redirects and `X-Ipfs-Path` only. */
  readonly pathname: string
  readonly search: string
  readonly key: LinkKey | undefined
  /** Of all files of a folder: an entry of a thread (entry.ts). Then there is no `key`. */
  readonly keys: KeyMap | undefined
  /** The code of a sealed link, which stands for a key (sealed-links.ts). */
  readonly link: Secret<string> | undefined
  /** Cafes said to have it, from the link's fragment. */
  readonly from: readonly PeerIdText[]
  readonly ifNoneMatch: string | null
  readonly range: string | null
  readonly ifRange: string | null
  /** `Cache-Control: only-if-cached`: what is not on this device is not asked for. */
  readonly local: boolean
  /** `?filename=`: the name to show and save it under. */
  readonly filename: string | undefined
  /** `?download=true`: save it, do not show it. */
  readonly download: boolean
  /** The form was asked for by `?format=` (then nothing else decides it), `Accept` or nobody. */
  readonly by: 'format' | 'accept' | 'default'
  /** Path and query that ask for this form without `Accept`, if the request's own do not. */
  readonly located: string | undefined
}

/** What is there, shown as people know it: files, folders, data for programs in its own encoding. */
export interface UnixfsRequest extends Common {
  readonly kind: 'unixfs'
}

/** One block as it is (`application/vnd.ipld.raw`). */
export interface RawRequest extends Common {
  readonly kind: 'raw'
}

/** A part of the graph as an archive of blocks (`application/vnd.ipld.car`). */
export interface CarRequest extends Common, CarOptions {
  readonly kind: 'car'
}

/** Structured data in one of its encodings. */
export interface DagRequest extends Common {
  readonly kind: 'dag'
  readonly format: DagFormat
}

/** A file or folder with everything in it as a TAR archive. */
export interface TarRequest extends Common {
  readonly kind: 'tar'
}

/** The signed record that a name is resolved by. */
export interface RecordRequest extends Common {
  readonly kind: 'record'
}

/** What is there, told to the app instead of given (core/about.ts). */
export interface AboutRequest extends Common {
  readonly kind: 'about'
}

/** All there is to be asked; a new kind is a new member here, a format in format.ts and an answer in gateway.ts. */
export type GatewayRequest =
  | UnixfsRequest
  | RawRequest
  | CarRequest
  | DagRequest
  | TarRequest
  | RecordRequest
  | AboutRequest

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
 * @throws CafeError BAD_REQUEST `{what}`: `method`, `path`, `cid`, `name`, `key`, `from` or what of an archive's options is
 * wrong; UNSUPPORTED `{what: 'format'}` for a form we do not know; never any part of the URL.
 */
export function parseRequest(request: Request): GatewayRequest {
  const { method, headers } = request
  if (method !== 'GET' && method !== 'HEAD') throw bad('method')
  if (request.url.length > MAX_URL) throw bad('path')
  const url = new URL(request.url)
  const fragment = new URLSearchParams(url.hash.slice(1))
  const chosen = chooseFormat(url.searchParams, headers.get('accept'))
  const common = {
    method,
    ...parsePath(url.pathname),
    pathname: url.pathname,
    search: url.search,
    ...parseKeys(url.searchParams, fragment),
    link: parseLink(fragment),
    from: parseFrom(fragment),
    ifNoneMatch: headers.get('if-none-match'),
    range: headers.get('range'),
    ifRange: headers.get('if-range'),
    local: isLocal(headers.get('cache-control')),
    filename: url.searchParams.get('filename')?.slice(0, MAX_FILENAME) || undefined,
    download: url.searchParams.get('download') === 'true',
    by: chosen.by,
    located: chosen.elsewhere ? locationOf(url, chosen.format) : undefined,
  } as const
  const { format, parameters } = chosen
  if (format === 'html') return { kind: 'unixfs', ...common }
  if (format === 'raw' || format === 'tar' || format === 'about') return { kind: format, ...common }
  if (format === 'ipns-record') return { kind: 'record', ...common }
  if (format === 'car') return { kind: 'car', ...common, ...parseCarOptions(url.searchParams, parameters) }
  return { kind: 'dag', ...common, format }
}

/** The form an answer should have: pages for people who navigate, JSON for who asks for it, else a line of text. */
export function answerForm(request: Request, navigation: boolean): Form {
  const accept = request.headers.get('accept') ?? ''
  if (navigation || accept.includes('text/html')) return 'html'
  return accept.includes('application/json') || accept.includes(ABOUT_TYPE) ? 'json' : 'text'
}

function locationOf({ pathname, search }: URL, format: Format): string {
  const query = new URLSearchParams(search)
  query.set('format', format)
  // Keys are repeated nowhere.
  query.delete('key')
  return `${pathname}?${query}`
}

function parsePath(pathname: string): { target: Target; segments: string[]; slash: boolean } {
  const [empty, namespace, root, ...rest] = pathname.split('/')
  if (empty !== '' || (namespace !== 'ipfs' && namespace !== 'ipns')) throw bad('path')
  const slash = rest.at(-1) === ''
  const segments = (slash ? rest.slice(0, -1) : rest).map(decodeSegment)
  if (segments.length > WALK_DEPTH) throw bad('path')
  if (!root) throw bad(namespace === 'ipfs' ? 'cid' : 'name')
  const target: Target =
    namespace === 'ipfs' ? { namespace, root: parseCid(root) } : { namespace, name: parseName(decodeSegment(root)) }
  return { target, segments, slash }
}

/**
 * One name of a path, decoded once.
 * @throws CafeError BAD_REQUEST `{what: 'path'}` for what no name can be.
 */
export function decodeSegment(raw: string): string {
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
function parseKeys(query: URLSearchParams, fragment: URLSearchParams): Pick<Common, 'key' | 'keys'> {
  const [text, ...more] = [...fragment.getAll('key'), ...query.getAll('key')]
  // Never in the query: no link of Textile's has them there.
  const [map, ...others] = fragment.getAll('keys')
  if (more.length + others.length > 0 || (text !== undefined && map !== undefined)) throw bad('key')
  return {
    key: text === undefined ? undefined : { text: new Secret(text), file: parseFileKey(text) },
    keys: map === undefined ? undefined : parseKeyMap(map),
  }
}

/** Only in the fragment, and never beside a key. */
function parseLink(fragment: URLSearchParams): Secret<string> | undefined {
  const [code, ...more] = fragment.getAll('link')
  if (code === undefined) return undefined
  if (more.length > 0 || fragment.has('key') || fragment.has('keys')) throw bad('link')
  return new Secret(code)
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

const isLocal = (cacheControl: string | null): boolean =>
  cacheControl?.split(',').some((directive) => directive.trim().toLowerCase() === 'only-if-cached') ?? false

const bad = (what: string): CafeError => new CafeError('BAD_REQUEST', { what })

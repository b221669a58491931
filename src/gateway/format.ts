/**
 * Which form of the data a request asks for: `?format=` if it is there, else the best of `Accept` that we know, else the
 * one for people (https://specs.ipfs.tech/http-gateways/path-gateway/#format-request-query-parameter).
 */
import { ABOUT_TYPE } from '../core/about.ts'
import { CafeError } from '../core/errors.ts'

/** Encodings of structured data. `json` and `cbor` are plain: without links. */
export type DagFormat = 'dag-json' | 'dag-cbor' | 'json' | 'cbor'

export type Format = DagFormat | 'html' | 'raw' | 'car' | 'tar' | 'ipns-record' | 'about'

/** The media type of each form, both asked for and answered with. `html` stands for whatever there is. */
export const MEDIA_TYPES: Readonly<Record<Exclude<Format, 'html'>, string>> = {
  raw: 'application/vnd.ipld.raw',
  car: 'application/vnd.ipld.car',
  tar: 'application/x-tar',
  'dag-json': 'application/vnd.ipld.dag-json',
  'dag-cbor': 'application/vnd.ipld.dag-cbor',
  json: 'application/json',
  cbor: 'application/cbor',
  'ipns-record': 'application/vnd.ipfs.ipns-record',
  about: ABOUT_TYPE,
}

const BY_TYPE: ReadonlyMap<string, Format> = new Map([
  ...Object.entries(MEDIA_TYPES).map(([format, type]) => [type, format as Format] as const),
  ['text/html', 'html'],
  ['application/xhtml+xml', 'html'],
  ['*/*', 'html'],
])

export interface Chosen {
  readonly format: Format
  readonly by: 'format' | 'accept' | 'default'
  /** Parameters of the media type in `Accept`, names in lower case. */
  readonly parameters: ReadonlyMap<string, string>
  /** `Accept` asks for another form than the URL says: then the answer says where that form has its own address. */
  readonly elsewhere: boolean
}

/** Longest `Accept` we read: browsers send some 140 characters. */
const MAX_ACCEPT = 2048
const NO_PARAMETERS: ReadonlyMap<string, string> = new Map()

/**
 * @throws CafeError UNSUPPORTED `{what: 'format'}` for a `?format=` that nobody defined. What `Accept` asks for and we
 * do not have is passed over, as RFC 9110 §12.5.1 allows: the client gets what there is.
 */
export function chooseFormat(query: URLSearchParams, accept: string | null): Chosen {
  const asked = query.get('format')
  const accepted = accept === null || accept.length > MAX_ACCEPT ? undefined : bestOf(accept)
  const elsewhere = accepted !== undefined && accepted.format !== 'html' && accepted.format !== asked
  if (asked !== null && !isFormat(asked)) throw new CafeError('UNSUPPORTED', { what: 'format' })
  // The header may still carry the details of the same form.
  const parameters = accepted && accepted.format === (asked ?? accepted.format) ? accepted.parameters : NO_PARAMETERS
  if (asked !== null) return { format: asked, by: 'format', parameters, elsewhere }
  return { format: accepted?.format ?? 'html', by: accepted ? 'accept' : 'default', parameters, elsewhere }
}

const isFormat = (text: string): text is Format => text === 'html' || Object.hasOwn(MEDIA_TYPES, text)

interface Range {
  readonly format: Format
  readonly q: number
  /** How exactly it names a type: `*` less than all else. */
  readonly exact: boolean
  readonly parameters: ReadonlyMap<string, string>
}

/** The form with the highest weight that is not refused; of equals the first named, a wildcard last. */
function bestOf(accept: string): Pick<Range, 'format' | 'parameters'> | undefined {
  const ranges = accept.split(',').flatMap(parseRange)
  ranges.sort((a, b) => b.q - a.q || Number(b.exact) - Number(a.exact))
  const best = ranges.find(({ q }) => q > 0)
  return best?.exact ? best : undefined
}

function parseRange(text: string): Range[] {
  const [type = '', ...rest] = text.split(';').map((part) => part.trim())
  const format = BY_TYPE.get(type.toLowerCase())
  if (!format) return []
  const parameters = new Map(rest.map(parseParameter))
  const q = Number(parameters.get('q') ?? 1)
  return [{ format, q: q >= 0 && q <= 1 ? q : 0, exact: type !== '*/*', parameters }]
}

function parseParameter(text: string): [name: string, value: string] {
  const [name = '', value = ''] = text.split('=', 2).map((part) => part.trim())
  return [name.toLowerCase(), value.replace(/^"(.*)"$/, '$1')]
}

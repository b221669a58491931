/**
 * What of a graph goes into an archive and in which order
 * (https://specs.ipfs.tech/http-gateways/trustless-gateway/#car-responses-application-vnd-ipld-car): from the query, else
 * from the parameters of `Accept`.
 */
import { CafeError } from '../core/errors.ts'

/** Only what leads there and the last block; what makes the file or folder itself; everything below. */
export type CarScope = 'block' | 'entity' | 'all'

/** Bytes of a file as `from:to`, both inclusive; negative ones count from its end, no `to` is the last byte. */
export interface EntityBytes {
  readonly from: number
  readonly to: number | undefined
}

export interface CarOptions {
  readonly scope: CarScope
  /** Only blocks with these bytes of the file; implies the scope `entity`. */
  readonly bytes: EntityBytes | undefined
  /** A block that occurs again is sent again. */
  readonly dups: boolean
}

const SCOPES: readonly CarScope[] = ['block', 'entity', 'all']
const BYTES = /^(-?\d{1,16}):(?:(-?\d{1,16})|\*)$/

/**
 * @throws CafeError BAD_REQUEST `{what}`: `dag-scope`, `entity-bytes`, `car-version`, `car-order` or `car-dups`.
 */
export function parseCarOptions(query: URLSearchParams, accepted: ReadonlyMap<string, string>): CarOptions {
  const parameter = (name: string): string | undefined => query.get(`car-${name}`) ?? accepted.get(name) ?? undefined
  if ((parameter('version') ?? '1') !== '1') throw bad('car-version')
  // Depth first is what we send; who does not care gets it too.
  if (!['dfs', 'unk'].includes(parameter('order') ?? 'dfs')) throw bad('car-order')
  const dups = parameter('dups') ?? 'n'
  if (dups !== 'y' && dups !== 'n') throw bad('car-dups')
  const bytes = parseEntityBytes(query.get('entity-bytes'))
  const scope = query.get('dag-scope') ?? (bytes ? 'entity' : 'all')
  if (!isScope(scope)) throw bad('dag-scope')
  return { scope, bytes, dups: dups === 'y' }
}

const isScope = (text: string): text is CarScope => (SCOPES as readonly string[]).includes(text)

function parseEntityBytes(text: string | null): EntityBytes | undefined {
  if (text === null) return undefined
  const [, from, to] = BYTES.exec(text) ?? []
  if (from === undefined) throw bad('entity-bytes')
  const bytes = { from: Number(from), to: to === undefined ? undefined : Number(to) }
  if (![bytes.from, bytes.to ?? 0].every(Number.isSafeInteger)) throw bad('entity-bytes')
  return bytes
}

const bad = (what: string): CafeError => new CafeError('BAD_REQUEST', { what })

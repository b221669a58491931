/** One request on its way to an answer: what was asked, who reads for it, how long, and what it has cost so far. */
import type { CID } from 'multiformats/cid'
import { parseCid } from '../core/block.ts'
import { CafeError } from '../core/errors.ts'
import type { ReadBlock } from './blocks.ts'
import type { OpenSealed } from './decrypt.ts'
import type { NameSource, ResolvedName } from './names.ts'
import { decodeSegment, type GatewayRequest } from './request.ts'
import { IMMUTABLE, PRIVATE } from './respond.ts'
import type { Flow } from './stream.ts'
import type { Trace } from './trace.ts'
import type { GatewayWords } from './words/words.ts'

export interface Job<R extends GatewayRequest = GatewayRequest> extends Flow {
  readonly request: R
  /** Where the path begins, names resolved. */
  readonly root: CID
  /** Names below the root. */
  readonly segments: readonly string[]
  /** What the name in the path stood for, if there is one: then the answer holds only as long as that. */
  readonly name: ResolvedName | undefined
  /** The content has its origin to itself. */
  readonly origin: boolean
  readonly read: ReadBlock
  readonly open: OpenSealed
  readonly trace: Trace
  /** A person reads the answer: data for programs is shown as a page. */
  readonly page: boolean
  /** What pages made for it say. */
  readonly words: GatewayWords
}

/** Where a request's path begins. */
export type Start = Pick<Job, 'root' | 'segments' | 'name'>

/**
 * The start of a request's path, its name resolved.
 * @throws CafeError NOT_FOUND `{what: 'name'}` if nobody knows the name, or what resolving failed with.
 */
export async function startOf(
  request: GatewayRequest,
  names: NameSource | undefined,
  signal: AbortSignal,
): Promise<Start> {
  const { target, segments } = request
  if (target.namespace === 'ipfs') return { root: target.root, segments, name: undefined }
  if (!names) throw new CafeError('NOT_FOUND', { what: 'name' })
  const name = await names.resolve(target.name.text, { signal, local: request.local })
  const [, namespace, root = '', ...below] = name.path.split('/')
  if (namespace !== 'ipfs') throw new CafeError('CORRUPT', { what: 'name' })
  return { root: parseCid(root), segments: [...below.filter(Boolean).map(decodeSegment), ...segments], name }
}

/** `Cache-Control` of content: nothing of a keyed link is kept, under a name for its time, else for ever. */
export function cacheOf({ request, name }: Job, immutable: string = IMMUTABLE): string {
  if (request.key || request.keys) return PRIVATE
  return name ? `public, max-age=${name.ttl}` : immutable
}

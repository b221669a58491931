/** Names that their owners may point to new content (`/ipns/…`): what they look like, and who resolves them for us. */
import { CafeError } from '../core/errors.ts'
import { keyNameText, parseKeyName } from '../core/key-name.ts'
import type { Bytes } from './blocks.ts'

/** A name in a path, understood. */
export interface IpnsName {
  /** A name of a key, as a CIDv1 in base36 (`k51…`), or a domain in lower case. */
  readonly text: string
  readonly kind: 'key' | 'domain'
  /** It was written in that form; if not, whoever came by the other is sent to it. */
  readonly canonical: boolean
}

/** What a name stands for now. */
export interface ResolvedName {
  /** `/ipfs/<cid>[/…]`, percent-encoded as in a URL. */
  readonly path: string
  /** The signed record it comes from, as bytes of `application/vnd.ipfs.ipns-record`; none for domains. */
  readonly record: Bytes | undefined
  /** Seconds it may be relied upon. */
  readonly ttl: number
  readonly sequence: bigint
}

/** A host's way to names. */
export interface NameSource {
  /**
   * What `name` ({@link IpnsName.text}) stands for, its record verified and not expired; if `local`, nobody is asked.
   * @throws CafeError NOT_FOUND `{what: 'name'}` if nobody we asked knows it; UNREACHABLE; TIMEOUT; CORRUPT for a record
   * that does not verify.
   */
  resolve(
    name: string,
    options: { readonly signal: AbortSignal; readonly local?: boolean | undefined },
  ): Promise<ResolvedName>
}

/** A domain is at most 253 characters long, a name of a key far shorter. */
const MAX_NAME = 253
const DOMAIN = /^(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/

/**
 * The name in a segment of a path.
 * @throws CafeError BAD_REQUEST `{what: 'name'}`.
 */
export function parseName(text: string): IpnsName {
  if (text.length > MAX_NAME) throw bad()
  const lower = text.toLowerCase()
  if (lower.includes('.')) {
    if (!DOMAIN.test(lower)) throw bad()
    return { text: lower, kind: 'domain', canonical: lower === text }
  }
  const canonical = keyNameText(parseKeyName(text))
  return { text: canonical, kind: 'key', canonical: canonical === text }
}

const bad = (): CafeError => new CafeError('BAD_REQUEST', { what: 'name' })

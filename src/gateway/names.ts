/** Names that their owners may point to new content (`/ipns/…`): what they look like, and who resolves them for us. */
import { base32 } from 'multiformats/bases/base32'
import { base36 } from 'multiformats/bases/base36'
import { base58btc } from 'multiformats/bases/base58'
import { CID } from 'multiformats/cid'
import * as Digest from 'multiformats/hashes/digest'
import { CafeError } from '../core/errors.ts'
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

/** Codec of CIDs that are names of keys. */
const LIBP2P_KEY = 0x72
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
  const canonical = CID.createV1(LIBP2P_KEY, digestOf(text)).toString(base36)
  return { text: canonical, kind: 'key', canonical: canonical === text }
}

/** The hash in any way to write a key's name: a bare multihash in base58 (peer ids of old), or a CID. */
function digestOf(text: string): Digest.Digest<number, number> {
  try {
    const bare = text.startsWith('Qm') || text.startsWith('1')
    if (bare) return Digest.decode(base58btc.decode(`z${text}`))
    const cid = CID.parse(text, base36.decoder.or(base32.decoder).or(base58btc.decoder))
    // Textile and Kubo once wrote names of keys as dag-pb; the hash is the same.
    if (cid.code !== LIBP2P_KEY && cid.code !== 0x70) throw bad()
    return cid.multihash as Digest.Digest<number, number>
  } catch (cause) {
    throw new CafeError('BAD_REQUEST', { what: 'name' }, { cause })
  }
}

const bad = (): CafeError => new CafeError('BAD_REQUEST', { what: 'name' })

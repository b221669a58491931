/** Names of websites: the one label below the app's host that content, or a name, has as an origin of its own. */
import { base32 } from 'multiformats/bases/base32'
import { CID } from 'multiformats/cid'
import { parseCid } from './block.ts'
import { CafeError } from './errors.ts'
import { keyNameText, readKeyName } from './key-name.ts'

/** Characters of one label of a domain name (RFC 1035). */
const MAX_LABEL = 63

export type Namespace = 'ipfs' | 'ipns'

/** What a host stands for. */
export interface OriginRoot {
  readonly namespace: Namespace
  /** Canonical text: CIDv1 in base32, a key in base36, or a domain. */
  readonly name: string
}

/**
 * What a single label stands for: `bafy…` content, `k51…` a name. Only the canonical form, so that content has one origin
 * and not many.
 */
export function siteRoot(label: string): OriginRoot | undefined {
  const key = readKeyName(label)
  if (key && keyNameText(key) === label) return { namespace: 'ipns', name: label }
  try {
    return cidText(parseCid(label)) === label ? { namespace: 'ipfs', name: label } : undefined
  } catch {
    return undefined
  }
}

/** The label of a website: see {@link siteRoot}. @throws CafeError BAD_REQUEST {what: 'label'} if it would be too long. */
export const siteLabel = (cid: CID): string => fitsLabel(cidText(cid))

/** The canonical text of content: CIDv1 in base32. */
export const cidText = (cid: CID): string => CID.createV1(cid.code, cid.multihash).toString(base32)

/** @throws CafeError BAD_REQUEST {what: 'label'} for what no label of a domain name can hold. */
export function fitsLabel(label: string): string {
  if (label.length > MAX_LABEL) throw new CafeError('BAD_REQUEST', { what: 'label', limit: MAX_LABEL })
  return label
}

/**
 * IPNS names: a public key, as people write it and as we write it. A name is the multihash of a key in any of the forms
 * there are (a peer id in base58, a CIDv1 in base36 or base32); one form is canonical, and it fits a DNS label.
 */
import { base36 } from 'multiformats/bases/base36'
import { base58btc } from 'multiformats/bases/base58'
import { CID } from 'multiformats/cid'
import { decode as decodeMultihash } from 'multiformats/hashes/digest'
import { identity } from 'multiformats/hashes/identity'
import { CafeError } from './errors.ts'

/** Multicodec of a key. */
const LIBP2P_KEY = 0x72
const DAG_PB = 0x70
const SHA2_256 = 0x12
/** Longest text of a name: base32 of a key that is in its name takes 66 characters. */
const MAX_TEXT = 128
/** Bytes of a key that is in its name: Ed25519 takes 36, secp256k1 37. */
const MAX_KEY = 42

/**
 * The name in a text.
 * @returns undefined if it is none, but may be something else (a domain, the CID of content).
 */
export function readKeyName(text: string): CID | undefined {
  if (text.length > MAX_TEXT) return undefined
  try {
    const cid = /^(?:Qm|1)/.test(text)
      ? CID.createV1(LIBP2P_KEY, decodeMultihash(base58btc.baseDecode(text)))
      : CID.parse(text, text.startsWith('k') ? base36 : undefined)
    // Peer ids were once written as CIDs of dag-pb, since these have no other use under /ipns.
    if (cid.version !== 1 || (cid.code !== LIBP2P_KEY && cid.code !== DAG_PB)) return undefined
    const { code, digest } = cid.multihash
    const known = code === SHA2_256 ? digest.byteLength === 32 : code === identity.code && digest.byteLength <= MAX_KEY
    return known ? CID.createV1(LIBP2P_KEY, cid.multihash) : undefined
  } catch {
    return undefined
  }
}

/** @throws CafeError BAD_REQUEST {what: 'name'}. */
export function parseKeyName(text: string): CID {
  const name = readKeyName(text)
  if (!name) throw new CafeError('BAD_REQUEST', { what: 'name' })
  return name
}

/** The canonical text, `k51…` for Ed25519: 62 characters, below the 63 of a DNS label. */
export const keyNameText = (name: CID): string => name.toString(base36)

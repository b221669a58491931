/** What a block may be, and the proof that bytes are the block a CID names (security rule G1). */
import { CID } from 'multiformats/cid'
import { identity } from 'multiformats/hashes/identity'
import { CafeError } from './errors.ts'
import { sameBytes } from './ids.ts'
import { MAX_BLOCK } from './limits.ts'

/** Codecs we store: raw, dag-pb, dag-cbor, dag-json, json, cbor (multicodec table). */
const CODECS: ReadonlySet<number> = new Set([0x55, 0x70, 0x71, 0x0129, 0x0200, 0x51])
/** Hash functions we can check with WebCrypto, by multicodec. */
const HASHES: ReadonlyMap<number, AlgorithmIdentifier> = new Map([
  [0x12, 'SHA-256'],
  [0x13, 'SHA-512'],
])
/** Data inside a CID: bounded, since it costs the holder of the CID nothing to make it. */
const MAX_IDENTITY = 128

/**
 * A CID from its text form (base58btc, base32 or base36), of a codec and hash we take.
 * @throws CafeError BAD_REQUEST {what: 'cid'}.
 */
export function parseCid(text: string): CID {
  if (text.length > 256) throw new CafeError('BAD_REQUEST', { what: 'cid' })
  let cid: CID
  try {
    cid = CID.parse(text)
  } catch (cause) {
    throw new CafeError('BAD_REQUEST', { what: 'cid' }, { cause })
  }
  return checkCid(cid)
}

/** The CID itself, if its codec and hash are on our lists. */
export function checkCid(cid: CID): CID {
  const { code, digest } = cid.multihash
  const hashOk =
    code === identity.code ? digest.byteLength <= MAX_IDENTITY : HASHES.has(code) && digest.byteLength >= 20
  if (!CODECS.has(cid.code) || !hashOk) throw new CafeError('BAD_REQUEST', { what: 'cid' })
  return cid
}

/**
 * Resolves if `bytes` are the block that `cid` names.
 * @throws CafeError CORRUPT if they are not; BAD_REQUEST for a CID or size we do not take.
 */
export async function verifyBlock(cid: CID, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  checkCid(cid)
  if (bytes.byteLength > MAX_BLOCK) throw new CafeError('BAD_REQUEST', { size: bytes.byteLength, limit: MAX_BLOCK })
  const { code, digest } = cid.multihash
  const algorithm = HASHES.get(code)
  const actual = algorithm ? new Uint8Array(await crypto.subtle.digest(algorithm, bytes)) : bytes
  if (!sameBytes(actual, digest)) throw new CafeError('CORRUPT', { what: 'block' })
}

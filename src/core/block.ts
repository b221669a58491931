/** What a block may be, and the proof that bytes are the block a CID names (security rule G1). */
import { blake2b } from '@noble/hashes/blake2.js'
import { blake3 } from '@noble/hashes/blake3.js'
import { CID } from 'multiformats/cid'
import { identity } from 'multiformats/hashes/identity'
import { CafeError, isCafeError } from './errors.ts'
import { sameBytes } from './ids.ts'
import { KiB, MAX_BLOCK } from './limits.ts'

/** Codecs we store: raw, dag-pb, dag-cbor, dag-json, json, cbor (multicodec table). */
const CODECS: ReadonlySet<number> = new Set([0x55, 0x70, 0x71, 0x0129, 0x0200, 0x51])
/** Hash functions we can check, by multicodec: the platform's where it has them, else one step of bytes after the other. */
const HASHES: ReadonlyMap<number, (bytes: Uint8Array<ArrayBuffer>) => Promise<Uint8Array>> = new Map([
  [0x12, async (bytes) => new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))],
  [0x13, async (bytes) => new Uint8Array(await crypto.subtle.digest('SHA-512', bytes))],
  [0xb220, (bytes) => inSteps(blake2b.create({ dkLen: 32 }), bytes)],
  [0x1e, (bytes) => inSteps(blake3.create(), bytes)],
])
/** Bytes hashed by script at once: some milliseconds, and then others have their turn. */
const STEP = 128 * KiB
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
  const actual = (await HASHES.get(code)?.(bytes)) ?? bytes
  if (!sameBytes(actual, digest)) throw new CafeError('CORRUPT', { what: 'block' })
}

/** True if `bytes` are the block that `cid` names, and one that we take. */
export async function isBlock(cid: CID, bytes: Uint8Array<ArrayBuffer>): Promise<boolean> {
  try {
    await verifyBlock(cid, bytes)
    return true
  } catch (error) {
    if (isCafeError(error)) return false
    throw error
  }
}

interface Hashing {
  update(bytes: Uint8Array): unknown
  digest(): Uint8Array
}

async function inSteps(hashing: Hashing, bytes: Uint8Array): Promise<Uint8Array> {
  for (let at = 0; at < bytes.byteLength; at += STEP) {
    if (at > 0) await new Promise((resolve) => setTimeout(resolve))
    hashing.update(bytes.subarray(at, at + STEP))
  }
  return hashing.digest()
}

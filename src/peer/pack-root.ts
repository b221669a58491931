/** The root of a pack: a dag-cbor list of the CIDs of its blocks, sorted, under the raw codec. */
import { CID } from 'multiformats/cid'
import * as raw from 'multiformats/codecs/raw'
import * as Digest from 'multiformats/hashes/digest'
import { verifyBlock } from '../core/block.ts'
import { decode, encode } from '../core/codec.ts'
import { KiB } from '../core/limits.ts'
import { cid, parse, v } from '../core/schema.ts'
import { sha256 } from '../crypto/bytes.ts'
import { MAX_PACK } from './pack-plan.ts'

const DAG_CBOR = 0x71
const SHA_256 = 0x12
/** A CID takes 41 bytes of it. */
const MAX_ROOT = 256 * KiB

const member = v.pipe(
  cid,
  v.check(({ version, code }) => version === 1 && code === raw.code),
)
const rootSchema = v.pipe(v.array(member), v.minLength(1), v.maxLength(MAX_PACK))

export interface PackRoot {
  readonly cid: CID
  readonly bytes: Uint8Array<ArrayBuffer>
}

/** A block as packs name it: whatever is in it, a walk ends there. */
export const asMember = ({ multihash }: CID): CID => CID.createV1(raw.code, multihash)

/** The same blocks, in any order and however often, make the same root. At most MAX_PACK. */
export async function createPackRoot(blocks: readonly CID[]): Promise<PackRoot> {
  const members = new Map(blocks.map((one) => [asMember(one).toString(), asMember(one)]))
  const sorted = [...members].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one)
  const bytes = encode(parse(rootSchema, sorted))
  return { cid: CID.createV1(DAG_CBOR, Digest.create(SHA_256, await sha256(bytes))), bytes }
}

/** The blocks of a pack. @throws CafeError CORRUPT if the bytes are not those of the CID; BAD_REQUEST if that is no pack. */
export async function readPackRoot(root: CID, bytes: Uint8Array<ArrayBuffer>): Promise<CID[]> {
  await verifyBlock(root, bytes)
  return parse(rootSchema, decode(bytes, MAX_ROOT))
}

/**
 * One block of a thread: a dag-cbor node whose links anybody can follow and whose content only members can read, signed by
 * its author (security.md §2.e). What was signed has exactly one CID: whoever seals the same content again gets the same
 * bytes, so no member can make another's block look like two.
 *
 * ```
 * { v: 1, t: tag[16], e: epoch, p: [parents ≤ 32], c: sealed }      c under the epoch's key, AAD = "textile-cafe/block/1" ‖ 0 ‖ cbor {t,e,p}
 * ```
 */
import { CID } from 'multiformats/cid'
import * as Digest from 'multiformats/hashes/digest'
import type { Random } from '../core/clock.ts'
import { decode, encode } from '../core/codec.ts'
import { CafeError, isCafeError } from '../core/errors.ts'
import { sameBytes } from '../core/ids.ts'
import { MAX_PARENTS, MAX_THREAD_BLOCK } from '../core/limits.ts'
import { bytes, cid, count, parse, v } from '../core/schema.ts'
import type { Secret } from '../core/secret.ts'
import { concat, sha256, unshared, utf8 } from '../crypto/bytes.ts'
import { type Signer, verifySigned } from '../crypto/certificate.ts'
import { LARGEST_BUCKET } from '../crypto/padding.ts'
import { openBytes, sealBytes } from '../crypto/sealed-bytes.ts'
import { threadTag } from './charter.ts'
import type { EpochKey } from './epoch-key.ts'
import { verifyGrant } from './grant.ts'
import { type Content, contentSchema } from './kinds.ts'

const DAG_CBOR = 0x71
const SHA_256 = 0x12
const SIGNED = utf8('textile-cafe/thread-block/1\0')
const SALT = utf8('textile-cafe/block-salt/1\0')
const SEALED = utf8('textile-cafe/block/1\0')

const nodeSchema = v.strictObject({
  v: v.literal(1),
  t: bytes(16, 16),
  e: count(),
  p: v.pipe(v.array(cid), v.maxLength(MAX_PARENTS)),
  c: bytes(LARGEST_BUCKET, 256),
})
const envelopeSchema = v.strictObject({ content: v.unknown(), sig: bytes(64, 64) })

/** What everybody sees of a block. */
export type Node = v.InferOutput<typeof nodeSchema>

export interface SealedBlock {
  readonly cid: CID
  readonly bytes: Uint8Array<ArrayBuffer>
}

export interface BlockPlace {
  readonly thread: Uint8Array
  /** The thread's, if it is known already. */
  readonly tag?: Uint8Array<ArrayBuffer>
  readonly epoch: number
  readonly parents: readonly CID[]
}

/** The block that says `content` at this place. The signer must be its author. */
export async function createBlock(
  place: BlockPlace,
  key: Secret<Uint8Array>,
  signer: Signer,
  content: Content,
): Promise<SealedBlock> {
  const t = place.tag ?? (await threadTag(place.thread))
  const links = { t, e: place.epoch, p: [...place.parents] }
  const [sig, random] = await Promise.all([
    signer.sign(signedBytes(place, content)),
    syntheticRandom(key, boundTo(links)),
  ])
  return sealNode(links, key, random, encode({ content, sig }))
}

/**
 * The node in a block's bytes, whose hash the caller has checked.
 * @throws CafeError BAD_REQUEST for anything that is not exactly how we write one.
 */
export function readNode(block: Uint8Array): Node {
  const node = parse(nodeSchema, decode(block, MAX_THREAD_BLOCK))
  const unique = new Set(node.p.map(String)).size === node.p.length
  if (!unique || !sameBytes(encode(node), block)) throw new CafeError('BAD_REQUEST', { what: 'block' })
  return node
}

/** What a block says, and the key of the epoch's that it was sealed under. */
export interface Opened {
  readonly content: Content
  readonly key: EpochKey
}

/**
 * What the block says, with its author's signature checked; under whichever of the epoch's keys it was sealed.
 * @throws CafeError SEALED if none of the keys opens it; BAD_REQUEST if what is in it is malformed; FORBIDDEN
 * `{what: 'signature'}` if its author did not sign it for this place, `{what: 'grant'}` if a grant in it is forged.
 */
export async function openBlock(
  thread: Uint8Array,
  block: SealedBlock,
  node: Node,
  keys: readonly EpochKey[],
): Promise<Opened> {
  const { plaintext, key } = await tryKeys(node, keys)
  const { content, sig } = readPlaintext(plaintext)
  const random = await syntheticRandom(key.key, boundTo(node))
  const again = await sealNode(node, key.key, random, encode({ content, sig }))
  // Otherwise one signed content could be had in many blocks.
  if (!sameBytes(again.bytes, block.bytes)) throw new CafeError('BAD_REQUEST', { what: 'block' })
  const claim = { account: content.author, peer: content.dev, cap: 'thread', at: content.ts } as const
  const signed = signedBytes({ thread, epoch: node.e, parents: node.p }, content)
  if (!(await verifySigned(claim, content.cert, signed, sig))) throw new CafeError('FORBIDDEN', { what: 'signature' })
  const grant = content.type === 'join' ? content.body.grant : null
  if (grant && !(await verifyGrant(grant, thread))) throw new CafeError('FORBIDDEN', { what: 'grant' })
  return { content, key }
}

/**
 * The same of a block that was checked when it came, from the store: only that it is whole is checked again.
 * @throws CafeError SEALED if it is not, or the key is another's; BAD_REQUEST.
 */
export async function reopenBlock(block: Uint8Array, key: EpochKey): Promise<{ node: Node; content: Content }> {
  const node = readNode(block)
  const { plaintext } = await tryKeys(node, [key])
  return { node, content: readPlaintext(plaintext).content }
}

function readPlaintext(plaintext: Uint8Array): { readonly content: Content; readonly sig: Uint8Array } {
  const { content, sig } = parse(envelopeSchema, decode(plaintext, LARGEST_BUCKET))
  return { content: parse(contentSchema, content), sig }
}

/** The CID of a thread block. */
export async function blockCid(block: Uint8Array): Promise<CID> {
  return CID.createV1(DAG_CBOR, Digest.create(SHA_256, await sha256(block)))
}

type Links = Pick<Node, 't' | 'e' | 'p'>

const boundTo = ({ t, e, p }: Links): Uint8Array<ArrayBuffer> => concat(SEALED, encode({ t, e, p }))

function signedBytes({ thread, epoch, parents }: BlockPlace, content: Content): Uint8Array<ArrayBuffer> {
  return concat(SIGNED, encode({ thread, e: epoch, p: parents, content }))
}

type SyntheticRandom = (plaintext: Uint8Array) => Promise<Random>

async function sealNode(
  links: Links,
  key: Secret<Uint8Array>,
  random: SyntheticRandom,
  plaintext: Uint8Array<ArrayBuffer>,
): Promise<SealedBlock> {
  const { t, e, p } = links
  const c = await sealBytes(key, boundTo(links), plaintext, { random: await random(plaintext) })
  const block = encode({ v: 1, t, e, p, c })
  return { cid: await blockCid(block), bytes: block }
}

/**
 * The salt and the nonce prefix of a block: a keyed hash of all that is sealed, in place of randomness. They differ
 * whenever anything differs, and anyone with the key finds them again.
 */
async function syntheticRandom(key: Secret<Uint8Array>, aad: Uint8Array): Promise<SyntheticRandom> {
  const how = { name: 'HMAC', hash: 'SHA-512' }
  const raw = unshared(key.reveal())
  const [mac, bound] = await Promise.all([crypto.subtle.importKey('raw', raw, how, false, ['sign']), sha256(aad)])
  return async (plaintext) => {
    const pool = new Uint8Array(await crypto.subtle.sign('HMAC', mac, concat(SALT, bound, plaintext)))
    let used = 0
    return (n) => {
      used += n
      return pool.slice(used - n, used)
    }
  }
}

async function tryKeys(node: Node, keys: readonly EpochKey[]) {
  for (const key of keys) {
    try {
      return { plaintext: await openBytes(key.key, boundTo(node), node.c), key }
    } catch (error) {
      // Sealed under another of the epoch's keys, or under none that is known here.
      if (!isCafeError(error) || error.code !== 'SEALED') throw error
    }
  }
  throw new CafeError('SEALED', { what: 'block' })
}

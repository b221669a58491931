/**
 * A whole cafe as one CARv1, that any tool for CARs can read and check; the words `export`, `import` and `move` are about it.
 *
 * ```
 * header    roots: [description]
 * section   description   dag-cbor: version, cafe, epoch, time, counts, the CIDs of all pieces of rows, and the lock
 * sections  pieces        raw: rows, sealed (crypto/carry-seal.ts), in the order of the description
 * sections  blocks        raw CIDs: every block that a pin holds, each once, in the order in which the pins' lists have it
 * ```
 * The description names every piece, the rows in the pieces list every block, and the lock is bound to the description: so
 * whoever knows the passphrase knows that all of it is as it was made, and whoever does not can count blocks and no more.
 * Blocks are as clients brought them, which is sealed already.
 */
import { varint } from 'multiformats'
import { CID } from 'multiformats/cid'
import { create as digestOf } from 'multiformats/hashes/digest'
import { sha256 } from 'multiformats/hashes/sha2'
import { decode, encode } from '../../core/codec.ts'
import { KiB, MAX_BLOCK } from '../../core/limits.ts'
import { bytes, cid, count, name, parse, peerId, v } from '../../core/schema.ts'
import { LOCK_OVERHEAD, PIECES_HEADER, PIECES_KEY } from '../../crypto/carry-seal.ts'

/** Rows gathered into one piece, in bytes: a larger row is a piece of its own. */
export const PIECE = 512 * KiB
/** Bytes of a piece at most: the largest row of any table is less than half of it. */
export const MAX_PIECE = 1024 * KiB
/** Pieces at most: with their CIDs a description is three quarters of the largest block, and rows are ten gigabytes. */
export const MAX_PIECES = 20_000
/** Blocks that pins hold and that were not there, as the description names them: more is no cafe that should be carried. */
export const MAX_ABSENT = 4096
const MAX_SECRETS = 4 * KiB

const RAW = 0x55
const DAG_CBOR = 0x71

export const descriptionSchema = v.strictObject({
  kind: v.literal('popup-cafe'),
  v: v.literal(1),
  cafe: peerId,
  /** Storage epoch where it was made. */
  epoch: count(),
  /** Milliseconds since the epoch. */
  time: count(),
  rows: count(),
  blocks: count(),
  /** Of all blocks. */
  bytes: count(),
  pieces: v.pipe(v.array(cid), v.maxLength(MAX_PIECES)),
  /** Multihashes of blocks that pins hold and that were gone already: their clients find out by audits, and bring them. */
  absent: v.pipe(v.array(bytes(66, 20)), v.maxLength(MAX_ABSENT)),
})
export type Description = v.InferOutput<typeof descriptionSchema>

const sealedSchema = v.strictObject({
  ...descriptionSchema.entries,
  lock: bytes(MAX_SECRETS + LOCK_OVERHEAD, LOCK_OVERHEAD),
})

/** What the passphrase opens. */
export const secretsSchema = v.strictObject({
  v: v.literal(1),
  /** The node's private key, as libp2p writes it: whoever has it is this cafe. */
  identity: bytes(128),
  /** What its host called it. */
  name,
  key: bytes(PIECES_KEY, PIECES_KEY),
  header: bytes(PIECES_HEADER, PIECES_HEADER),
  /** The public half of the key that signs sessions there. */
  verifier: bytes(32, 32),
})
export type Secrets = v.InferOutput<typeof secretsSchema>

export const readSecrets = (plain: Uint8Array): Secrets => parse(secretsSchema, decode(plain, MAX_SECRETS))

/** Rows of one piece. */
const pieceSchema = v.array(v.strictTuple([v.string(), v.instance(Uint8Array)]))
export type Row = readonly [key: string, value: Uint8Array]

export const readPiece = (plain: Uint8Array): readonly Row[] => parse(pieceSchema, decode(plain, MAX_PIECE))

/** The bytes that the lock is bound to. */
export const descriptionBytes = (description: Description): Uint8Array<ArrayBuffer> => encode(description)

/** @throws CafeError BAD_REQUEST for what is no description of a cafe. */
export function readDescription(block: Uint8Array): { description: Description; lock: Uint8Array } {
  const { lock, ...description } = parse(sealedSchema, decode(block, MAX_BLOCK))
  return { description, lock }
}

/** A section of a CAR, with its CID. */
export interface Section {
  readonly cid: CID
  readonly bytes: Uint8Array
}

const cidOf = async (code: number, block: Uint8Array): Promise<CID> => CID.createV1(code, await sha256.digest(block))

export async function descriptionSection(description: Description, lock: Uint8Array): Promise<Section> {
  const block = encode({ ...description, lock })
  return { cid: await cidOf(DAG_CBOR, block), bytes: block }
}

export const pieceSection = async (sealed: Uint8Array): Promise<Section> => ({
  cid: await cidOf(RAW, sealed),
  bytes: sealed,
})

/** The CID of a block of which only the multihash is known: stores go by that alone, and so do importers of CARs. */
export function cidOfHash(hash: Uint8Array): CID {
  const [code, start] = varint.decode(hash)
  return CID.createV1(RAW, digestOf(code, hash.subarray(start + varint.decode(hash, start)[1])))
}

/** A multihash as a key of a map: a character for a byte, which engines keep in as many bytes. */
export const hashText = (hash: Uint8Array): string => String.fromCharCode(...hash)
export const textHash = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(text, (character) => character.charCodeAt(0))

const prefixed = (length: number): Uint8Array => varint.encodeTo(length, new Uint8Array(varint.encodingLength(length)))

/** The beginning of the file. */
export function carHeader(root: CID): Uint8Array[] {
  const header = encode({ version: 1, roots: [root] })
  return [prefixed(header.byteLength), header]
}

/** One section, in parts to be written one after the other. */
export const carSection = ({ cid, bytes }: Section): Uint8Array[] => [
  prefixed(cid.bytes.byteLength + bytes.byteLength),
  cid.bytes,
  bytes,
]

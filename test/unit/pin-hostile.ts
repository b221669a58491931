/** DAGs that somebody made to hurt whoever walks them, and what the pin engine is to make of each. */
import * as dagPb from '@ipld/dag-pb'
import { UnixFS } from 'ipfs-unixfs'
import { CID } from 'multiformats/cid'
import * as Digest from 'multiformats/hashes/digest'
import { identity } from 'multiformats/hashes/identity'
import { sha256 } from 'multiformats/hashes/sha2'
import { MAX_BLOCK, WALK_BLOCKS, WALK_DEPTH, WALK_LINKS } from '../../src/core/limits.ts'
import { type Block, inline, leaf, node } from '../net/blocks-fixture.ts'

export interface Hostile {
  readonly name: string
  /** Blocks to upload; the last is the root. */
  make(): Promise<readonly Block[]>
  /** The failure, as it crosses a wire, or how many blocks the receipt counts. */
  readonly answer: Record<string, unknown> | number
}

const CBOR = 0x71
const PB = 0x70
const DAG = { code: 'BAD_REQUEST', what: 'dag' }
const BAD_CID = { code: 'BAD_REQUEST', what: 'cid' }

/** A block of these very bytes, whatever they are. */
const verbatim = async (code: number, ...parts: ReadonlyArray<readonly number[] | Uint8Array>): Promise<Block> => {
  const bytes = Uint8Array.from(parts.flatMap((part) => [...part]))
  return { cid: CID.createV1(code, await sha256.digest(bytes)), bytes }
}
const one = async (block: Promise<Block>): Promise<Block[]> => [await block]
const pb = async (value: dagPb.PBNode): Promise<Block> => verbatim(PB, dagPb.encode(value))
const linkTo = (cid: CID, Name = ''): dagPb.PBLink => ({ Hash: cid, Name, Tsize: 1 })

/** Protobuf by hand: varints, and fields that have a length. */
const varint = (n: bigint): number[] => {
  const found: number[] = []
  for (let left = n; ; left >>= 7n) {
    if (left < 128n) return [...found, Number(left)]
    found.push(Number(left & 127n) | 128)
  }
}
const field = (tag: number, bytes: readonly number[] | Uint8Array): number[] => [
  tag,
  ...varint(BigInt(bytes.length)),
  ...bytes,
]
const pbLink = (hash: Uint8Array): number[] => field(0x12, field(0x0a, hash))

/** A file node over `parts` leaves of ten bytes that claims these sizes. */
const fileOf = (parts: number, sizes: readonly bigint[], fileSize: bigint) => async (): Promise<Block[]> => {
  const leaves = await Promise.all(Array.from({ length: parts }, () => leaf(10)))
  const data = [0x08, 2, 0x18, ...varint(fileSize), ...sizes.flatMap((size) => [0x20, ...varint(size)])]
  const root = await pb({ Data: Uint8Array.from(data), Links: leaves.map(({ cid }) => linkTo(cid)) })
  return [...leaves, root]
}

const chain = async (length: number, link: (below: CID) => unknown): Promise<Block[]> => {
  const blocks = [await leaf(4)]
  while (blocks.length < length) blocks.push(await node(link((blocks.at(-1) as Block).cid)))
  return blocks
}

const oddCid = (code: number, digest: number, codec = 0x55): CID =>
  CID.createV1(codec, Digest.create(code, new Uint8Array(digest).fill(7)))

/** dag-cbor of one link, by hand: its CID may be anything. */
const cborLink = (cid: Uint8Array): number[] => [0xd8, 42, 0x58, cid.length + 1, 0, ...cid]

const directory = async (names: readonly string[]): Promise<Block[]> => {
  const file = await leaf(10)
  const links = names.map((name) => linkTo(file.cid, name)).sort((a, b) => ((a.Name ?? '') < (b.Name ?? '') ? -1 : 1))
  return [file, await pb({ Data: new UnixFS({ type: 'directory' }).marshal(), Links: links })]
}

export const HOSTILE: readonly Hostile[] = [
  { name: 'a child linked to twice, forty times over', make: () => chain(42, (cid) => [cid, cid]), answer: 42 },
  { name: 'a chain of 10 000', make: () => chain(10_000, (cid) => [cid]), answer: { ...DAG, depth: WALK_DEPTH } },
  {
    name: 'a chain of 10 000 that is linked to from everywhere',
    async make() {
      const blocks = await chain(10_000, (cid) => [cid])
      return [...blocks, await node(blocks.slice(-9000).map(({ cid }) => cid))]
    },
    answer: { ...DAG, depth: WALK_DEPTH },
  },
  {
    name: 'a directory of 40 000 entries in one block',
    make: async () =>
      one(pb({ Links: Array.from({ length: 40_000 }, (_, i) => ({ Hash: inline(i), Name: '', Tsize: 1 })) })),
    answer: { ...DAG, links: WALK_LINKS },
  },
  {
    name: '100 001 blocks inside their CIDs',
    async make() {
      const wide = (i: number) => node(Array.from({ length: WALK_LINKS }, (_, n) => inline(i * WALK_LINKS + n)))
      const level = await Promise.all(Array.from({ length: 10 }, (_, i) => wide(i)))
      return [...level, await node(level.map(({ cid }) => cid))]
    },
    answer: { ...DAG, blocks: WALK_BLOCKS },
  },
  { name: 'a file that says it has 2^63 bytes', make: fileOf(2, [10n, 10n], 2n ** 63n), answer: DAG },
  { name: 'parts of 2^62 bytes each', make: fileOf(2, [2n ** 62n, 2n ** 62n], 2n ** 63n), answer: DAG },
  { name: 'a file longer than its parts', make: fileOf(2, [10n, 10n], 21n), answer: DAG },
  { name: 'a file shorter than its parts', make: fileOf(2, [10n, 10n], 19n), answer: DAG },
  { name: 'more sizes than parts', make: fileOf(2, [10n, 5n, 5n], 20n), answer: DAG },
  { name: 'fewer sizes than parts', make: fileOf(3, [10n, 10n], 20n), answer: DAG },
  {
    name: 'a length beyond the block',
    make: async () => one(verbatim(PB, [0x0a, 0xff, 0xff, 0xff, 0x7f, 1])),
    answer: DAG,
  },
  {
    name: 'a varint that never ends',
    make: async () => one(verbatim(PB, [0x0a], new Uint8Array(100).fill(0xff))),
    answer: DAG,
  },
  {
    name: 'a field that dag-pb does not have',
    make: async () => one(verbatim(PB, field(0x2a, [1, 2, 3]))),
    answer: DAG,
  },
  { name: 'bytes after the node', make: async () => one(verbatim(PB, field(0x0a, [1]), [0, 0, 0])), answer: DAG },
  { name: 'data twice', make: async () => one(verbatim(PB, field(0x0a, [1]), field(0x0a, [2]))), answer: DAG },
  { name: 'a link without a hash', make: async () => one(verbatim(PB, field(0x12, [0x12, 1, 97]))), answer: DAG },
  { name: 'a link that is no CID', make: async () => one(verbatim(PB, pbLink(Uint8Array.of(9, 9, 9)))), answer: DAG },
  { name: 'a link by SHA-1', make: async () => one(verbatim(PB, pbLink(oddCid(0x11, 20).bytes))), answer: BAD_CID },
  {
    name: 'a link to a libp2p key',
    make: async () => one(verbatim(PB, pbLink(oddCid(0x12, 32, 0x72).bytes))),
    answer: BAD_CID,
  },
  {
    name: 'a digest cut to 19 bytes',
    make: async () => one(verbatim(PB, pbLink(oddCid(0x12, 19).bytes))),
    answer: BAD_CID,
  },
  {
    name: 'a hash function nobody knows',
    make: async () => one(verbatim(PB, pbLink(oddCid(0x9999, 32).bytes))),
    answer: BAD_CID,
  },
  {
    name: 'a codec nobody knows',
    make: async () => one(verbatim(PB, pbLink(oddCid(0x12, 32, 0x9998).bytes))),
    answer: BAD_CID,
  },
  { name: '129 bytes inside a CID', make: async () => one(node([oddCid(0, 129)])), answer: BAD_CID },
  {
    name: 'CIDs within CIDs',
    async make() {
      let cid = inline(1)
      for (;;) {
        const inner = (await node([cid])).bytes
        if (inner.byteLength > 128) return [await node([cid])]
        cid = CID.createV1(CBOR, identity.digest(inner))
      }
    },
    answer: 14,
  },
  {
    name: 'a block that is not what it says',
    async make() {
      const { cid } = await node(['true'])
      return [{ cid, bytes: (await node(['liar'])).bytes }]
    },
    answer: { code: 'CORRUPT', what: 'block' },
  },
  // Its links are the same in any order.
  { name: 'keys out of order', make: async () => one(verbatim(CBOR, [0xa2, 0x61, 98, 1, 0x61, 97, 2])), answer: 1 },
  { name: 'a key twice', make: async () => one(verbatim(CBOR, [0xa2, 0x61, 97, 1, 0x61, 97, 2])), answer: DAG },
  { name: 'a number longer than it need be', make: async () => one(verbatim(CBOR, [0x18, 1])), answer: DAG },
  { name: 'an array without a length', make: async () => one(verbatim(CBOR, [0x9f, 1, 0xff])), answer: DAG },
  {
    name: 'an array of 2^32 that is not there',
    make: async () => one(verbatim(CBOR, [0x9a, 0xff, 0xff, 0xff, 0xff])),
    answer: DAG,
  },
  {
    name: 'bytes of 2^53 that are not there',
    make: async () => one(verbatim(CBOR, [0x5b, 0, 0x1f, 255, 255, 255, 255, 255, 255])),
    answer: DAG,
  },
  {
    name: 'two million arrays in each other',
    make: async () => one(verbatim(CBOR, new Uint8Array(MAX_BLOCK).fill(0x81))),
    answer: DAG,
  },
  {
    name: 'a link in cbor that is no CID',
    make: async () => one(verbatim(CBOR, cborLink(Uint8Array.of(1, 2, 3)))),
    answer: DAG,
  },
  { name: 'a tag that dag-cbor does not have', make: async () => one(verbatim(CBOR, [0xc1, 1])), answer: DAG },
  { name: 'a million numbers', make: async () => one(node(Array.from({ length: 1_000_000 }, () => 1))), answer: 1 },
  { name: 'the same name for two entries', make: () => directory(['a', 'a', 'a']), answer: 2 },
  {
    name: 'names that lead elsewhere',
    make: () => directory(['..', '../..', '', '/', '\0', 'x'.repeat(4096)]),
    answer: 2,
  },
  {
    name: 'a shard that lies about its buckets',
    async make() {
      const data = [0x08, 5, 0x28, 0x22, 0x30, ...varint(2n ** 40n)]
      const file = await leaf(10)
      return [
        file,
        await pb({ Data: Uint8Array.from(data), Links: [linkTo(file.cid, 'ZZ'), linkTo(file.cid, 'not hex')] }),
      ]
    },
    answer: 2,
  },
  {
    name: 'a shard 64 levels deep',
    async make() {
      const blocks = [await leaf(10)]
      while (blocks.length < WALK_DEPTH + 2)
        blocks.push(await pb({ Data: Uint8Array.of(0x08, 5), Links: [linkTo((blocks.at(-1) as Block).cid, '00')] }))
      return blocks
    },
    answer: { ...DAG, depth: WALK_DEPTH },
  },
  {
    name: 'a dag-json link that is none',
    make: async () => one(verbatim(0x0129, new TextEncoder().encode('[{"/":"nothing"}]'))),
    answer: DAG,
  },
  { name: 'dag-json that is no text', make: async () => one(verbatim(0x0129, [0x22, 0xff, 0x22])), answer: DAG },
  {
    name: 'a dag-json link to what is not here',
    async make() {
      const text = `{"a":[{"/":"${oddCid(0x12, 32)}"}]}`
      return [await verbatim(0x0129, new TextEncoder().encode(text))]
    },
    answer: { code: 'NOT_FOUND', missing: oddCid(0x12, 32).toString() },
  },
]

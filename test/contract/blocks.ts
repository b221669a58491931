/**
 * What every block store must do, as cases that run on any of them: in Node on the one in memory, in Chromium on
 * IndexedDB (`test/e2e/store-contract.test.ts`).
 */
import { CID } from 'multiformats/cid'
import { sha256 } from 'multiformats/hashes/sha2'
import { type Blocks, blockKey } from '../../src/store/blocks.ts'
import { equal, type StoreCase } from './store-tools.ts'

const MiB = 1024 * 1024

/** A block of `size` bytes that no other `seed` gives. */
async function block(size: number, seed = 0): Promise<{ cid: CID; bytes: Uint8Array<ArrayBuffer> }> {
  const bytes = new Uint8Array(size).fill(seed)
  if (size >= 4) new DataView(bytes.buffer).setUint32(0, seed)
  return { cid: CID.createV1(0x55, await sha256.digest(bytes)), bytes }
}

const keysOf = async (blocks: Blocks): Promise<string[]> => {
  const keys: string[] = []
  for await (const key of blocks.keys()) keys.push(key)
  return keys
}

async function same(blocks: Blocks, cid: CID, bytes: Uint8Array): Promise<void> {
  const got = await blocks.get(cid)
  equal(got instanceof Uint8Array && got.byteLength, bytes.byteLength)
  equal(
    got?.every((octet, i) => octet === bytes[i]),
    true,
  )
}

export const BLOCKS_CASES: readonly StoreCase<Blocks>[] = [
  {
    name: 'gives what was put, and nothing else',
    async run(blocks) {
      const [one, other] = [await block(100, 1), await block(100, 2)]
      await blocks.put(one.cid, one.bytes)
      await same(blocks, one.cid, one.bytes)
      equal([await blocks.has(one.cid), await blocks.has(other.cid)], [true, false])
      equal(await blocks.get(other.cid), undefined)
    },
  },
  {
    name: 'keeps blocks of no bytes and of 2 MiB',
    async run(blocks) {
      for (const size of [0, 1, 2 * MiB]) {
        const { cid, bytes } = await block(size)
        await blocks.put(cid, bytes)
        await same(blocks, cid, bytes)
      }
    },
  },
  {
    name: 'has one block for all CIDs of one hash',
    async run(blocks) {
      const { cid, bytes } = await block(10)
      const v0 = CID.createV0(cid.multihash as Parameters<typeof CID.createV0>[0])
      await blocks.put(cid, bytes)
      await same(blocks, v0, bytes)
      await blocks.put(v0, bytes)
      equal(await keysOf(blocks), [blockKey(cid)])
      await blocks.delete(v0)
      equal(await blocks.has(cid), false)
    },
  },
  {
    name: 'removes, also what is not there, and takes it again',
    async run(blocks) {
      const { cid, bytes } = await block(10)
      await blocks.delete(cid)
      for (let i = 0; i < 2; i++) {
        await blocks.put(cid, bytes)
        await blocks.delete(cid)
        equal([await blocks.has(cid), await keysOf(blocks)], [false, []])
      }
    },
  },
  {
    name: 'keeps copies: what was given, or was got, can be changed later',
    async run(blocks) {
      const { cid, bytes } = await block(10, 5)
      const right = bytes.slice()
      await blocks.put(cid, bytes)
      bytes.fill(9)
      ;(await blocks.get(cid))?.fill(9)
      await same(blocks, cid, right)
    },
  },
  {
    name: 'keeps of a view only what is seen through it',
    async run(blocks) {
      const { cid, bytes } = await block(10, 5)
      const large = new Uint8Array(1 * MiB)
      large.set(bytes, 1000)
      await blocks.put(cid, large.subarray(1000, 1010))
      await same(blocks, cid, bytes)
      equal((await blocks.get(cid))?.buffer.byteLength, 10)
    },
  },
  {
    name: 'takes more at once than it holds in memory',
    async run(blocks) {
      const all = await Promise.all(Array.from({ length: 30 }, (_, i) => block(1 * MiB, i)))
      await Promise.all(all.map(({ cid, bytes }) => blocks.put(cid, bytes)))
      for (const { cid, bytes } of all) await same(blocks, cid, bytes)
    },
  },
  {
    name: 'tells the sizes of what is here, however many are asked for',
    async run(blocks) {
      const all = await Promise.all(Array.from({ length: 100 }, (_, i) => block(i + 8, i)))
      await Promise.all(all.filter((_, i) => i % 3 > 0).map(({ cid, bytes }) => blocks.put(cid, bytes)))
      const sizes = await blocks.sizes(all.map(({ cid }) => blockKey(cid)))
      equal(
        sizes.map((size) => size ?? null),
        all.map(({ bytes }, i) => (i % 3 > 0 ? bytes.byteLength : null)),
      )
      equal(await blocks.sizes([]), [])
    },
  },
  {
    name: 'removes many at once and tells which were here',
    async run(blocks) {
      const all = await Promise.all(Array.from({ length: 600 }, (_, i) => block(8, i)))
      await Promise.all(all.filter((_, i) => i % 2 > 0).map(({ cid, bytes }) => blocks.put(cid, bytes)))
      const keys = all.map(({ cid }) => blockKey(cid))
      equal(
        await blocks.remove(keys.slice(100)),
        keys.slice(100).map((_, i) => i % 2 > 0),
      )
      equal(
        await keysOf(blocks),
        keys
          .slice(0, 100)
          .filter((_, i) => i % 2 > 0)
          .sort(),
      )
      equal(await blocks.remove([]), [])
    },
  },
  {
    name: 'carries out writes and removals in the order they were asked for, and reads after them',
    async run(blocks) {
      const [one, other] = [await block(100, 1), await block(100, 2)]
      const done = [
        blocks.put(one.cid, one.bytes),
        blocks.remove([blockKey(one.cid)]),
        blocks.put(other.cid, other.bytes),
        blocks.delete(other.cid),
        blocks.put(one.cid, one.bytes),
      ]
      await Promise.all(done)
      equal([await blocks.has(one.cid), await blocks.has(other.cid)], [true, false])
    },
  },
  {
    name: 'tells of many at once whether they are here',
    async run(blocks) {
      const all = await Promise.all(Array.from({ length: 500 }, (_, i) => block(8, i)))
      await Promise.all(all.slice(250).map(({ cid, bytes }) => blocks.put(cid, bytes)))
      equal(
        await Promise.all(all.map(({ cid }) => blocks.has(cid))),
        all.map((_, i) => i >= 250),
      )
    },
  },
  {
    name: 'tells all keys, in order, however many',
    async run(blocks) {
      const all = await Promise.all(Array.from({ length: 2500 }, (_, i) => block(8, i)))
      await Promise.all(all.map(({ cid, bytes }) => blocks.put(cid, bytes)))
      equal(await keysOf(blocks), all.map(({ cid }) => blockKey(cid)).sort())
    },
  },
  {
    name: 'puts the same block many times at once as one',
    async run(blocks) {
      const { cid, bytes } = await block(1000)
      await Promise.all(Array.from({ length: 20 }, () => blocks.put(cid, bytes)))
      await same(blocks, cid, bytes)
      equal((await keysOf(blocks)).length, 1)
    },
  },
]

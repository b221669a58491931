/** The walker of DAGs that strangers made: right about small ones, and cheap whatever it is given. */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import * as dagCbor from '@ipld/dag-cbor'
import { CID } from 'multiformats/cid'
import { identity } from 'multiformats/hashes/identity'
import { describe, expect, it } from 'vitest'
import { walk } from '../../src/cafe/pin/walk.ts'
import { CafeError } from '../../src/core/errors.ts'
import { MiB, WALK_BLOCKS, WALK_DEPTH, WALK_LINKS } from '../../src/core/limits.ts'
import type { Block } from '../net/blocks-fixture.ts'
import { bytesOf, inline, leaf, node, tree } from '../net/blocks-fixture.ts'

const options = { maxBytes: Number.MAX_SAFE_INTEGER, signal: new AbortController().signal }

/** A store of `blocks` that counts its reads. */
function storeOf(blocks: readonly Block[]) {
  const byCid = new Map(blocks.map(({ cid, bytes }) => [cid.toString(), bytes]))
  const reads: string[] = []
  return {
    reads,
    read: async (cid: CID) => {
      reads.push(cid.toString())
      const bytes = byCid.get(cid.toString())
      if (!bytes) throw new CafeError('NOT_FOUND')
      return bytes
    },
    sizes: async (cids: readonly CID[]) => cids.map((cid) => byCid.get(cid.toString())?.byteLength),
  }
}
const walkAll = (blocks: readonly Block[], more = {}) =>
  walk((blocks.at(-1) as Block).cid, storeOf(blocks), { ...options, ...more })

describe('the walker', () => {
  it('counts each block once, however often it is linked to, and reads no leaf', async () => {
    const [a, b] = [await leaf(10), await leaf(20)]
    const inner = await node({ deep: [{ links: [a.cid, a.cid] }], b: b.cid })
    const root = await node([inner.cid, a.cid, inner.cid, 'text', null, 7])
    const store = storeOf([a, b, inner, root])
    expect(await walk(root.cid, store, options)).toEqual({ blocks: 4, bytes: bytesOf([a, b, inner, root]) })
    expect(store.reads).toEqual([root.cid, inner.cid].map(String))
  })

  it('counts blocks inside their CID, and their links, as blocks without bytes', async () => {
    const one = await leaf(10)
    const inside = CID.createV1(dagCbor.code, identity.digest(dagCbor.encode([one.cid])))
    const root = await node([inside, inline(1)])
    expect(await walkAll([one, root])).toEqual({ blocks: 4, bytes: bytesOf([one, root]) })
  })

  it('names the block that is missing', async () => {
    const all = await tree(3, 10)
    const missing = all[1]?.cid.toString()
    await expect(walkAll(all.filter((_, i) => i !== 1))).rejects.toMatchObject({ code: 'NOT_FOUND', data: { missing } })
  })

  it('stops at the bytes that were declared', async () => {
    const all = await tree(3, 10)
    const bytes = bytesOf(all)
    expect(await walkAll(all, { maxBytes: bytes })).toEqual({ blocks: 4, bytes })
    const declared = bytes - 1
    await expect(walkAll(all, { maxBytes: declared })).rejects.toMatchObject({ code: 'QUOTA', data: { declared } })
  })

  it('stops when its caller is gone', async () => {
    const signal = AbortSignal.abort(new CafeError('UNREACHABLE'))
    await expect(walkAll(await tree(3, 10), { signal })).rejects.toMatchObject({ code: 'UNREACHABLE' })
  })

  it('takes the depth there may be, and no more', async () => {
    const chain = [await leaf(1)]
    while (chain.length < WALK_DEPTH + 1) chain.push(await node([(chain.at(-1) as Block).cid]))
    expect((await walkAll(chain)).blocks).toBe(WALK_DEPTH + 1)
    chain.push(await node([(chain.at(-1) as Block).cid]))
    await expect(walkAll(chain)).rejects.toMatchObject({ data: { what: 'dag', depth: WALK_DEPTH } })
  })

  it('takes the links there may be, and no more', async () => {
    const links = Array.from({ length: WALK_LINKS + 1 }, (_, i) => inline(i))
    expect((await walkAll([await node(links.slice(1))])).blocks).toBe(WALK_LINKS + 1)
    await expect(walkAll([await node(links)])).rejects.toMatchObject({ data: { what: 'dag', links: WALK_LINKS } })
  })

  it('takes the blocks there may be, and no more', async () => {
    const wide = (from: number, size: number) => node(Array.from({ length: size }, (_, i) => inline(from + i)))
    const inner: Block[] = []
    for (let i = 0; i < 10; i++) inner.push(await wide(i * WALK_LINKS, WALK_LINKS))
    const over = [...inner, await node(inner.map(({ cid }) => cid))]
    await expect(walkAll(over)).rejects.toMatchObject({ data: { what: 'dag', blocks: WALK_BLOCKS } })
    const most = [...inner.slice(1), await wide(0, WALK_LINKS - 11)]
    const root = await node(most.map(({ cid }) => cid))
    expect((await walkAll([...most, root])).blocks).toBe(WALK_BLOCKS)
  })

  it('takes a node of many values without links', async () => {
    const { blocks } = await walkAll([await node(Array.from({ length: 500_000 }, (_, i) => i % 20))])
    expect(blocks).toBe(1)
  })

  it('refuses what is no node', async () => {
    const { cid, bytes } = await leaf(Uint8Array.of(0xff, 0xff))
    for (const code of [0x70, 0x71]) {
      const bad = { cid: CID.createV1(code, cid.multihash), bytes }
      await expect(walkAll([bad])).rejects.toMatchObject({ code: 'BAD_REQUEST', data: { what: 'dag' } })
    }
  })

  it('holds no more for many links to a few blocks than for one link to each', { timeout: 60_000 }, async () => {
    setFlagsFromString('--expose-gc')
    const collect: () => void = runInNewContext('gc')
    // 100 nodes of one level, each of 10 000 links to the same 10 000 inline blocks: a million links.
    const links = Array.from({ length: WALK_LINKS - 1 }, (_, i) => inline(i))
    const level: Block[] = []
    for (let i = 0; i < 100; i++) level.push(await node([inline(1_000_000 + i), ...links.slice(1)]))
    const all = [...level, await node(level.map(({ cid }) => cid))]
    const store = storeOf(all)
    collect()
    const before = process.memoryUsage().heapUsed
    let most = 0
    const read = async (cid: CID) => {
      if (store.reads.length === 99) {
        collect()
        most = process.memoryUsage().heapUsed - before
      }
      return store.read(cid)
    }
    await walk((all.at(-1) as Block).cid, { ...store, read }, options)
    expect(store.reads.length).toBe(101)
    expect(most).toBeLessThan(64 * MiB)
  })
})

/** The parts of a collection: sets of hashes, lists as rows, holds, sources, and when it runs. */
import fc from 'fast-check'
import { sha256, sha512 } from 'multiformats/hashes/sha2'
import { describe, expect, it, vi } from 'vitest'
import { CACHE_AGE, CACHE_BYTES, LIST_BLOCKS, MAX_BLOCK, MAX_FRAME } from '../../src/core/limits.ts'
import { silentLog } from '../../src/core/log.ts'
import { type Listed, packLists, unpackList } from '../../src/store/block-list.ts'
import { blockKey, hashKey, keyHash } from '../../src/store/blocks.ts'
import { type CollectProgress, collect, type RootSource } from '../../src/store/collect.ts'
import { createCollecting } from '../../src/store/collecting.ts'
import { HashSet } from '../../src/store/hash-set.ts'
import { createHolds } from '../../src/store/holds.ts'
import { memoryBlocks, memoryRows } from '../../src/store/memory.ts'
import { createCache } from '../../src/worker/cache.ts'
import { type Block, leaf } from '../net/blocks-fixture.ts'

const listedOf = ({ cid, bytes }: Block): Listed => ({ hash: cid.multihash.bytes, size: bytes.byteLength })
const leaves = (count: number): Promise<Block[]> => Promise.all(Array.from({ length: count }, () => leaf(20)))
const { signal } = new AbortController()

async function storeOf(...all: readonly Block[]) {
  const blocks = memoryBlocks()
  for (const { cid, bytes } of all) await blocks.put(cid, bytes)
  return { blocks, holds: createHolds(blocks) }
}

const source = (...blocks: readonly Block[]): RootSource => ({
  name: 'test',
  async *lists() {
    yield { blocks: blocks.map(listedOf) }
  },
})

it('a set of hashes is a set', () => {
  const hash = fc.uint8Array({ minLength: 7, maxLength: 40 })
  fc.assert(
    fc.property(fc.array(hash, { maxLength: 3000 }), fc.array(hash), (added, others) => {
      const [set, copy] = [new HashSet(), new HashSet()]
      // What it is: the last 52 bits.
      const tail = (bytes: Uint8Array): string => [bytes.at(-7) as number & 15, ...bytes.slice(-6)].join()
      const exact = new Set(added.map(tail))
      for (const one of added) set.add(one)
      expect(set.size).toBe(exact.size)
      expect(set.add(added[0] ?? new Uint8Array(7))).toBe(added.length === 0)
      copy.addAll(set)
      for (const one of [...added, ...others].slice(1)) expect(copy.has(one)).toBe(exact.has(tail(one)))
    }),
    { numRuns: 200 },
  )
})

it('lists as rows keep every hash and size, and fit a frame', async () => {
  const bytes = new Uint8Array(MAX_BLOCK)
  const digests = [await sha256.digest(bytes), await sha512.digest(bytes)]
  const all = Array.from(
    { length: 3 * LIST_BLOCKS + 1 },
    (_, i): Listed => ({
      hash: (digests[i % 2] as (typeof digests)[number]).bytes,
      size: i % 3 === 0 ? MAX_BLOCK : i,
    }),
  )
  const rows = packLists(all)
  expect(rows.length).toBe(4)
  expect(rows.flatMap(unpackList)).toEqual(all)
  for (const { blocks } of rows) expect(blocks.byteLength).toBeLessThan(MAX_FRAME - 16)
  const [{ blocks }] = rows as [{ blocks: Uint8Array }]
  for (const broken of [blocks.slice(0, -1), blocks.slice(1, 50), Uint8Array.of(0x12), Uint8Array.of(0x12, 0x20, 1)])
    expect(() => unpackList({ blocks: broken })).toThrow(expect.objectContaining({ code: 'CORRUPT' }))
})

it('a key and its hash tell the same', async () => {
  const { cid } = await leaf(10)
  expect(hashKey(keyHash(blockKey(cid)))).toBe(blockKey(cid))
  expect(keyHash(blockKey(cid))).toEqual(cid.multihash.bytes)
})

describe('a collection', () => {
  it('removes what no source lists and nobody holds, and counts it', async () => {
    const [listed, held, loose] = [await leaves(700), await leaves(3), await leaves(1200)]
    const store = await storeOf(...listed, ...held, ...loose)
    const hold = store.holds.open()
    await hold.add(held.map(({ cid }) => cid.multihash.bytes))
    const seen: CollectProgress[] = []
    const parts = { ...store, sources: [source(...listed.slice(0, 300)), source(...listed.slice(200))] }
    const options = { signal, whole: true, onProgress: (progress: CollectProgress) => seen.push(progress) }
    expect(await collect(parts, options)).toEqual({ blocks: 1200, bytes: 24_000 })
    expect(store.blocks.size).toBe(703)
    expect(seen.at(-1)).toEqual({ phase: 'sweep', seen: 1903, blocks: 1200, bytes: 24_000 })
    hold.release()
    expect(await collect(parts, { signal, whole: true })).toEqual({ blocks: 3, bytes: 60 })
  })

  it('removes nothing if a source cannot tell', async () => {
    const store = await storeOf(...(await leaves(10)))
    const broken: RootSource = {
      name: 'broken',
      // biome-ignore lint/correctness/useYield: it fails before the first
      async *lists() {
        throw new Error('no')
      },
    }
    await expect(collect({ ...store, sources: [source(), broken] }, { signal, whole: true })).rejects.toMatchObject({
      code: 'INTERNAL',
    })
    expect(store.blocks.size).toBe(10)
  })

  it('can be paused and stopped between any two steps, and begun again', async () => {
    const loose = await leaves(2000)
    const store = await storeOf(...loose)
    for (const steps of [1, 2, 3]) {
      const stop = new AbortController()
      let left = steps
      const pause = async (): Promise<void> => void (--left === 0 && stop.abort())
      const run = collect({ ...store, sources: [source()] }, { signal: stop.signal, whole: true, pause })
      await expect(run).rejects.toMatchObject({ code: 'ABORTED' })
      expect(store.blocks.size).toBeGreaterThan(0)
    }
    await collect({ ...store, sources: [source()] }, { signal, whole: true })
    expect(store.blocks.size).toBe(0)
  })

  it('spares what is held while it runs, and whoever looks after a removal sees it', async () => {
    const [one, other] = (await leaves(2)) as [Block, Block]
    const store = await storeOf(one, other)
    const removing = store.holds.remove([one.cid.multihash.bytes])
    const hold = store.holds.open()
    await hold.add([one, other].map(({ cid }) => cid.multihash.bytes))
    expect(await store.blocks.has(one.cid)).toBe(false)
    expect(await removing).toEqual([true])
    expect(await store.holds.remove([other.cid.multihash.bytes])).toEqual([false])
    hold.release()
    expect(await store.holds.remove([other.cid.multihash.bytes, one.cid.multihash.bytes])).toEqual([true, false])
  })
})

describe('fetched blocks', () => {
  const newCache = async (...fetched: ReadonlyArray<readonly [Block, size: number]>) => {
    const state = { now: 1_000_000_000_000 }
    const cache = createCache({ rows: memoryRows(), clock: () => state.now })
    const store = await storeOf(...fetched.map(([block]) => block))
    const run = () => collect({ ...store, sources: [cache.roots] }, { signal, whole: false })
    const note = async ([block, size]: readonly [Block, number]): Promise<void> => {
      cache.note(block.cid, size)
      // Each in a list of its own.
      for await (const _ of cache.roots.lists(signal));
      state.now++
    }
    for (const one of fetched) await note(one)
    return { ...store, state, run }
  }

  it('stay while they are new and few', async () => {
    const [a, b] = (await leaves(2)) as [Block, Block]
    const cache = await newCache([a, CACHE_BYTES / 2], [b, CACHE_BYTES / 2])
    await cache.run()
    expect(cache.blocks.size).toBe(2)
    cache.state.now += CACHE_AGE
    await cache.run()
    expect(cache.blocks.size).toBe(0)
  })

  it('go when there are too many, the oldest first', async () => {
    const [a, b, c] = (await leaves(3)) as [Block, Block, Block]
    const half = CACHE_BYTES / 2
    const cache = await newCache([a, half], [b, half], [c, half])
    await cache.run()
    expect(await Promise.all([a, b, c].map(({ cid }) => cache.blocks.has(cid)))).toEqual([false, true, true])
  })
})

describe('collecting', () => {
  it('runs by itself some time after there is something to do, whole at first, when nobody works', async () => {
    vi.useFakeTimers()
    try {
      const store = await storeOf(...(await leaves(5)))
      const parts = { ...store, clock: () => 5, log: silentLog, onChange: () => {} }
      const collecting = createCollecting(parts)
      const hold = store.holds.open()
      collecting.start()
      await vi.advanceTimersByTimeAsync(120_000)
      expect(collecting.last).toBeUndefined()
      hold.release()
      await vi.advanceTimersByTimeAsync(31_000)
      expect(collecting.last).toEqual({ at: 5, blocks: 5, bytes: 100 })
      const endless = store.holds.open()
      const [late] = (await leaves(1)) as [Block]
      await store.blocks.put(late.cid, late.bytes)
      collecting.soon()
      await vi.advanceTimersByTimeAsync(400_000)
      // Not whole this time, so what no list knows stays; but it has run, though somebody works on and on.
      expect(collecting.last).toEqual({ at: 5, blocks: 0, bytes: 0 })
      endless.release()
      const now = collecting.now({ signal })
      await vi.advanceTimersByTimeAsync(10)
      expect(await now).toEqual({ blocks: 1, bytes: 20 })
      collecting.close()
      await expect(collecting.now({ signal })).rejects.toMatchObject({ code: 'ABORTED' })
    } finally {
      vi.useRealTimers()
    }
  })

  it('stands still while it is paused, and says why it failed', async () => {
    const store = await storeOf(...(await leaves(5)))
    const collecting = createCollecting({ ...store, clock: () => 5, log: silentLog, onChange: () => {} })
    const resume = collecting.pause()
    let done = false
    const running = collecting.now({ signal }).finally(() => {
      done = true
    })
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(done).toBe(false)
    resume()
    expect(await running).toEqual({ blocks: 5, bytes: 100 })
    await expect(collecting.now({ signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'ABORTED' })
    expect(collecting.last).toMatchObject({ failed: 'ABORTED' })
    collecting.close()
  })
})

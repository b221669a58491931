/** Hostile DAGs: each is answered at once, by a typed error or a true receipt, and nothing of a refused one stays. */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, it } from 'vitest'
import { createKeep } from '../../src/cafe/pin/keep.ts'
import { toCafeError } from '../../src/core/errors.ts'
import { MAX_OFFER, MiB } from '../../src/core/limits.ts'
import { createHolds } from '../../src/store/holds.ts'
import { memoryBlocks, memoryRows } from '../../src/store/memory.ts'
import { type Block, bytesOf } from '../net/blocks-fixture.ts'
import { HOSTILE } from './pin-hostile.ts'
import { ownerAt } from './pin-world.ts'

setFlagsFromString('--expose-gc')
const collectGarbage: () => void = runInNewContext('gc')

/** A cafe whose reads are counted, with the most memory seen at any of them. */
async function newCafe() {
  const blocks = memoryBlocks()
  const rows = memoryRows()
  const seen = { reads: 0, most: 0, ms: 0 }
  const get: typeof blocks.get = (cid) => {
    // Few samples: a collection takes longer than the walk.
    if (++seen.reads % 1000 === 1) {
      collectGarbage()
      seen.most = Math.max(seen.most, process.memoryUsage().heapUsed)
    }
    return blocks.get(cid)
  }
  const watched = { ...blocks, get, size: undefined }
  const parts = {
    rows,
    blocks: watched,
    holds: createHolds(watched),
    clock: () => 1,
    random: (n: number) => new Uint8Array(n),
  }
  return { keep: await createKeep(parts), blocks, rows, seen }
}

async function upload(cafe: Awaited<ReturnType<typeof newCafe>>, all: readonly Block[]) {
  const owner = { ...ownerAt(0), quota: Number.MAX_SAFE_INTEGER }
  const pinning = await cafe.keep.begin(owner, { bytes: bytesOf(all) })
  let started = performance.now()
  try {
    for (let from = 0; from < all.length; from += MAX_OFFER) {
      const part = all.slice(from, from + MAX_OFFER)
      const want = await pinning.upload.offer(part.map(({ cid, bytes }) => ({ cid, size: bytes.byteLength })))
      for (const place of want) pinning.upload.block(place, (all[place] as Block).bytes, async () => {})
      await pinning.upload.settled()
    }
    const { signal } = new AbortController()
    started = performance.now()
    return await pinning.complete((all.at(-1) as Block).cid, { signal, stands: async () => true })
  } catch (error) {
    cafe.seen.ms = performance.now() - started
    await pinning.refused(error)
    const { code, data } = toCafeError(error)
    return { code, ...data }
  }
}

it.each(HOSTILE)('$name', { timeout: 60_000 }, async ({ make, answer }) => {
  const all = await make()
  const cafe = await newCafe()
  collectGarbage()
  const before = process.memoryUsage().heapUsed
  const result = await upload(cafe, all)
  // The goal is two seconds on an idle machine.
  if (process.env.PIN_TIMES)
    console.error(
      `${cafe.seen.ms.toFixed()} ms, ${cafe.seen.reads} reads, ${((cafe.seen.most - before) / MiB).toFixed(1)} MiB`,
    )
  if (typeof answer === 'number') expect(result).toMatchObject({ blocks: answer })
  else {
    expect(result).toEqual(answer)
    expect(cafe.blocks.size).toBe(0)
    expect(await cafe.rows.range('/cafe/')).toEqual([])
  }
  // No block is read twice, and what is held at once is a few of them.
  expect(cafe.seen.reads).toBeLessThanOrEqual(all.length)
  expect(cafe.seen.most - before).toBeLessThan(64 * MiB)
})

/** Packs of a thread: no block is ever in none, there are few of them, and what is replaced goes when it may. */
import fc from 'fast-check'
import type { CID } from 'multiformats/cid'
import { describe, expect, it, vi } from 'vitest'
import { levelOf, MAX_PACK, nextMerge } from '../../src/peer/pack-plan.ts'
import { createPackRoot, readPackRoot } from '../../src/peer/pack-root.ts'
import { memoryBlocks, memoryRows } from '../../src/store/memory.ts'
import { leaf, node } from '../net/blocks-fixture.ts'
import { failure } from '../net/fixture.ts'
import { CAFES, createWorld, mortal, THREAD, type World } from './packs-world.ts'

const [FIRST, SECOND] = CAFES as [(typeof CAFES)[number], (typeof CAFES)[number]]
const texts = (cids: readonly CID[]) => cids.map(String).sort()
const flush = ({ packs }: World) => packs.flush(THREAD)
const both = async (world: World) => {
  for (const cafe of CAFES) await world.confirm(cafe)
}

describe('the root of a pack', () => {
  it('is the same for the same blocks, in any order and under any codec', async () => {
    const [a, b] = [await leaf(10), await node({ x: 1 })]
    const one = await createPackRoot([a.cid, b.cid])
    const two = await createPackRoot([b.cid.toV1(), a.cid, b.cid])
    expect(two.cid.toString()).toBe(one.cid.toString())
    const members = await readPackRoot(one.cid, one.bytes)
    expect(members.map(({ code }) => code)).toEqual([0x55, 0x55])
    expect(members.map(({ multihash }) => multihash.bytes)).toContainEqual(b.cid.multihash.bytes)
  })

  it('is refused if it is none, too large, or changed', async () => {
    const { cid, bytes } = await createPackRoot([(await leaf(10)).cid])
    const changed = bytes.slice()
    changed[9] = (changed[9] as number) ^ 1
    expect(await failure(readPackRoot(cid, changed))).toMatchObject({ code: 'CORRUPT' })
    for (const value of [{}, [], [(await node(1)).cid], 'x', [1]]) {
      const other = await node(value)
      expect(await failure(readPackRoot(other.cid, other.bytes))).toMatchObject({ code: 'BAD_REQUEST' })
    }
    const many = await node(Array.from({ length: MAX_PACK + 1 }, () => cid))
    expect(await failure(readPackRoot(many.cid, many.bytes))).toMatchObject({ code: 'BAD_REQUEST' })
  })
})

describe('the plan', () => {
  it('has five levels, and merges eight of one, oldest first', () => {
    expect([1, 7, 8, 63, 64, 511, 512, 4095, 4096].map(levelOf)).toEqual([0, 0, 1, 1, 2, 2, 3, 3, 4])
    const packs = Array.from({ length: 9 }, (_, i) => ({ root: String(i), count: 1, since: 9 - i }))
    expect(nextMerge(packs)?.map(({ root }) => root)).toEqual(['8', '7', '6', '5', '4', '3', '2', '1'])
    expect(nextMerge(packs.slice(0, 7))).toBeUndefined()
    expect(nextMerge(packs.map((pack) => ({ ...pack, count: MAX_PACK })))).toBeUndefined()
  })
})

describe('packs', () => {
  it('have every block once it is flushed, and add nothing twice', async () => {
    const changed: string[] = []
    const world = createWorld({ onChange: (thread) => changed.push(thread) })
    const blocks = await world.blocks(5)
    await world.packs.add(THREAD, blocks)
    expect(texts(await world.packs.waiting(THREAD))).toEqual(texts(blocks))
    expect(await world.packs.of(THREAD)).toEqual([])
    await flush(world)
    expect(await world.packs.waiting(THREAD)).toEqual([])
    expect([...(await world.named())].sort()).toEqual(texts(blocks))
    expect(changed).toEqual([THREAD])
    const [row] = await world.backups.all()
    expect(row).toMatchObject({ kind: 'pack', name: THREAD, cafes: CAFES.map((cafe) => ({ cafe, state: 'queued' })) })
    await world.packs.add(THREAD, blocks)
    await flush(world)
    expect(changed).toEqual([THREAD])
    expect(await world.packs.of(THREAD)).toHaveLength(1)
  })

  it('come by themselves after a moment', async () => {
    const { packs, blocks, named } = createWorld({ wait: 20 })
    const added = await blocks(2)
    await packs.add(THREAD, added)
    await vi.waitFor(async () => expect([...(await named())].sort()).toEqual(texts(added)), 10_000)
    packs.close()
  })

  it('are few: eight of a level become one, and the old are released when both cafes have the new', async () => {
    const world = createWorld()
    const blocks = await world.blocks(64)
    for (const block of blocks) {
      await world.packs.add(THREAD, [block])
      await flush(world)
      await both(world)
    }
    for (let round = 0; round < 2; round++) {
      await flush(world)
      await both(world)
    }
    await flush(world)
    expect(await world.packs.of(THREAD)).toHaveLength(1)
    expect(await world.backups.all()).toHaveLength(1)
    expect([...(await world.named())].sort()).toEqual(texts(blocks))
  })

  it('keep the old as long as a cafe that had them has not the new, or a snapshot does not name it', async () => {
    let areNamed = false
    const world = createWorld({ areNamed: async () => areNamed })
    for (const block of await world.blocks(8)) {
      await world.packs.add(THREAD, [block])
      await both(world)
      await flush(world)
    }
    expect(await world.packs.of(THREAD)).toHaveLength(9)
    await world.confirm(FIRST)
    await flush(world)
    expect(await world.packs.of(THREAD)).toHaveLength(9)
    await world.confirm(SECOND)
    await flush(world)
    expect(await world.packs.of(THREAD)).toHaveLength(9)
    areNamed = true
    await flush(world)
    expect(await world.packs.of(THREAD)).toHaveLength(1)
  })

  it('let the old go by themselves once the snapshots name the new, of which nobody tells them', async () => {
    let areNamed = false
    const world = createWorld({ areNamed: async () => areNamed, wait: 1000 })
    for (const block of await world.blocks(8)) {
      await world.packs.add(THREAD, [block])
      await both(world)
      await flush(world)
    }
    await both(world)
    await flush(world)
    expect(await world.packs.of(THREAD)).toHaveLength(9)
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance'] })
    try {
      await flush(world)
      areNamed = true
      const gone = async () => expect(await world.packs.of(THREAD)).toHaveLength(1)
      await vi.waitFor(gone, { timeout: 120_000, interval: 2000 })
    } finally {
      vi.useRealTimers()
      world.packs.close()
    }
  })

  it('do not wait for a cafe that never had the old', async () => {
    const world = createWorld()
    for (const block of await world.blocks(8)) {
      await world.packs.add(THREAD, [block])
      await world.confirm(FIRST)
      await flush(world)
    }
    await world.confirm(FIRST)
    await flush(world)
    expect(await world.packs.of(THREAD)).toHaveLength(1)
    expect((await world.backups.all())[0]?.cafes).toMatchObject([{ state: 'pinned' }, { state: 'queued' }])
  })

  it('are not merged further while a cafe refuses what was merged', async () => {
    const world = createWorld()
    for (const [i, block] of (await world.blocks(40)).entries()) {
      await world.packs.add(THREAD, [block])
      await world.confirm(FIRST)
      await world.confirm(SECOND, i < 8 ? 'pinned' : 'failed')
      await flush(world)
    }
    expect((await world.packs.of(THREAD)).length).toBeGreaterThanOrEqual(40)
    expect((await world.named()).size).toBe(40)
  })

  it('of more blocks than fit in one are several, merged into full ones', async () => {
    const world = createWorld()
    const blocks = await world.blocks(2 * MAX_PACK + 100)
    for (let at = 0; at < blocks.length; at += 1100) {
      await world.packs.add(THREAD, blocks.slice(at, at + 1100))
      await flush(world)
    }
    await both(world)
    await flush(world)
    expect([...(await world.named())].sort()).toEqual(texts(blocks))
    expect(await world.packs.of(THREAD)).toHaveLength(3)
    expect(await world.backups.all()).toHaveLength(3)
  })

  it('of other devices are named beside the own, until no cafe has them', async () => {
    const world = createWorld()
    const blocks = await world.blocks(2)
    await world.packs.add(THREAD, blocks)
    await flush(world)
    const [own] = (await world.packs.of(THREAD)) as [CID]
    const foreign = (await createPackRoot((await world.blocks(1)) as CID[])).cid
    await world.packs.adopt(THREAD, [own, foreign])
    await world.packs.adopt(THREAD, [foreign])
    expect(texts(await world.packs.of(THREAD))).toEqual(texts([own, foreign]))
    await flush(world)
    expect(await world.packs.of(THREAD)).toHaveLength(2)
    world.look()
    await flush(world)
    expect(texts(await world.packs.of(THREAD))).toEqual(texts([own]))
  })

  it('leave nothing when their thread is dropped', async () => {
    const rows = memoryRows()
    const world = createWorld({ rows })
    await world.packs.add(THREAD, await world.blocks(3))
    await flush(world)
    await world.packs.add(THREAD, await world.blocks(3))
    await world.packs.drop(THREAD)
    expect(await world.packs.of(THREAD)).toEqual([])
    expect(await world.backups.all()).toEqual([])
    expect((await rows.range('/cafe/pack')).length).toBe(0)
  })

  it('pass over blocks that are not here, and pack them once they are', async () => {
    const world = createWorld()
    const [here] = await world.blocks(1)
    const { cid } = await leaf(10)
    await world.packs.add(THREAD, [here as CID, cid])
    await flush(world)
    expect([...(await world.named())]).toEqual([String(here)])
    expect(texts(await world.packs.waiting(THREAD))).toEqual([cid.toString()])
  })
})

/** Adds and confirms as `script` says; whoever is switched off throws. Gives what was added. */
async function live(world: World, script: readonly number[], added: string[]): Promise<void> {
  for (const step of script) {
    if (step < 5) {
      const blocks = await world.blocks(step + 1)
      await world.packs.add(THREAD, blocks)
      added.push(...texts(blocks))
    } else if (step < 8) await flush(world)
    else await world.confirm(step === 8 ? FIRST : SECOND)
  }
}

describe('a device that is switched off at any commit', () => {
  it('has every block in a pack that is named, or waiting for one; and goes on to few packs', async () => {
    const script = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 20, maxLength: 60 })
    await fc.assert(
      fc.asyncProperty(script, fc.integer({ min: 1, max: 400 }), async (steps, commits) => {
        const [rows, stored] = [memoryRows(), memoryBlocks()]
        const added: string[] = []
        const first = createWorld({ rows: mortal(rows, commits), stored })
        await live(first, steps, added).catch(() => {})
        first.packs.close()

        const second = createWorld({ rows, stored })
        const known = new Set([...(await second.named()), ...texts(await second.packs.waiting(THREAD))])
        expect(added.filter((block) => !known.has(block))).toEqual([])
        const listed = new Set((await second.backups.all()).map(({ root }) => root))
        expect((await second.packs.of(THREAD)).map(String).filter((root) => !listed.has(root))).toEqual([])

        for (let round = 0; round < 4; round++) {
          await flush(second)
          await both(second)
        }
        const named = await second.named()
        expect(added.filter((block) => !named.has(block))).toEqual([])
        const roots = texts(await second.packs.of(THREAD))
        expect(roots.length).toBeLessThanOrEqual(21)
        expect((await second.backups.all()).map(({ root }) => root).sort()).toEqual(roots)
        second.packs.close()
      }),
      { numRuns: 60 },
    )
  })

  it('at each commit of a merge has lost nothing', async () => {
    const steps = Array.from({ length: 20 }, () => [0, 5, 8, 9]).flat()
    const whole = mortal(memoryRows(), 10_000)
    await live(createWorld({ rows: whole }), steps, [])
    expect(whole.commits).toBeGreaterThan(60)
    for (let commits = 1; commits < whole.commits; commits += 1) {
      const [rows, stored] = [memoryRows(), memoryBlocks()]
      const added: string[] = []
      const dying = mortal(rows, commits)
      await live(createWorld({ rows: dying, stored }), steps, added).catch(() => {})
      expect(dying.dead).toBe(true)
      const { named, packs } = createWorld({ rows, stored })
      const known = new Set([...(await named()), ...texts(await packs.waiting(THREAD))])
      expect(added.filter((block) => !known.has(block))).toEqual([])
    }
  })
})

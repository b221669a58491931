/** A device that stops at any moment, or whose disk is full: what is there afterwards is whole, and all goes on from it. */
import { describe, expect, it } from 'vitest'
import { CafeError } from '../../src/core/errors.ts'
import { collect } from '../../src/store/collect.ts'
import { createHolds } from '../../src/store/holds.ts'
import { memoryBlocks, memoryRows } from '../../src/store/memory.ts'
import type { Rows } from '../../src/store/rows.ts'
import { hashOf } from '../../src/thread/tables.ts'
import type { Thread } from '../../src/thread/thread.ts'
import { forge } from './thread-forge.ts'
import { all, blocksOf, exchange, type Person, personOf, text, threadOf, visible, words } from './thread-world.ts'

/** Rows of which the commit after `left` more fails, and every one after it. */
function failing(rows: Rows) {
  const state = { left: Number.POSITIVE_INFINITY }
  const commit: Rows['commit'] = async (changes) => {
    if (state.left-- <= 0) throw new CafeError('QUOTA', { disk: true })
    await rows.commit(changes)
  }
  return { state, rows: { ...rows, commit } }
}

/** All that rows say fits together, and with the blocks that are stored. */
async function expectWhole(thread: Thread, person: Person): Promise<void> {
  const { lost } = await thread.page({ limit: 1000 })
  expect(lost).toEqual([])
  const entries = await all(thread)
  const known = new Set(entries.map(({ cid }) => String(cid)))
  const parents = new Set(entries.flatMap((entry) => entry.parents.map(String)))
  for (const parent of parents) expect(known).toContain(parent)
  const heads = [...known].filter((cid) => !parents.has(cid))
  const info = await thread.info()
  expect(info.heads.map(String).sort()).toEqual(heads.sort())
  expect(info.blocks).toBe(known.size)
  for (const { cid } of entries) expect(await person.blocks.has(cid)).toBe(true)
  const again = await Array.fromAsync(thread.since([]))
  expect(again.map(({ cid }) => String(cid)).sort()).toEqual([...known].sort())
}

describe('a device that fails at a commit', () => {
  it('is whole again after a restart, whichever it was, and takes what it missed', { timeout: 180_000 }, async () => {
    const [bob, eve] = await Promise.all([personOf(2), personOf(3)])
    let failures = 0
    for (let k = 0; ; k++) {
      const disk = memoryRows()
      const { state, rows } = failing(disk)
      const ada = await personOf(1, { rows })
      const [a, b, e] = (await threadOf([ada, bob, eve], { name: `Try ${k}` })) as [Thread, Thread, Thread]
      await e.append(text('from eve'))
      await b.receive(await blocksOf(e, await b.heads()))
      for (let i = 0; i < 70; i++) await b.append(text(`b ${i}`))
      state.left = k
      const steps = [
        () => a.append(text('mine')),
        async () => void (await a.receive((await blocksOf(b, await a.heads())).reverse())),
        () => a.append({ type: 'remove', body: { who: eve.account.address } }),
        () => a.append(text('without eve')),
      ]
      let failed = false
      for (const step of steps) {
        await step().catch((error: CafeError) => {
          expect(error).toMatchObject({ code: 'QUOTA' })
          failed = true
        })
        if (failed) break
      }
      await expectWhole(a, ada)
      state.left = Number.POSITIVE_INFINITY
      // In the same process, and by a new one.
      const again = k % 2 === 0 ? a : await ada.restart().get(a.id)
      if (!again) throw new Error('no thread')
      await expectWhole(again, ada)
      await again.append(text('after all'))
      await exchange(again, b)
      await expectWhole(again, ada)
      const seen = await visible(again)
      expect({ ...(await visible(b)), keys: seen.keys }).toEqual(seen)
      expect(seen.alarms).toEqual([])
      if (!failed) break
      failures++
    }
    expect(failures).toBeGreaterThan(4)
  })

  it('tells it when a block could not be stored, and shows none of it', async () => {
    const rows = memoryRows()
    const blocks = memoryBlocks(4000)
    const ada = await personOf(1, { rows, blocks })
    const [a] = (await threadOf([ada])) as [Thread]
    const before = await visible(a)
    await expect(a.append(text('x'.repeat(5000)))).rejects.toMatchObject({ code: 'QUOTA' })
    expect(await visible(a)).toEqual(before)
    expect(ada.threads.roots.unlisted).toBe(true)
    await a.append(text('short'))
    expect(await words(a)).toEqual(['short'])
  })

  it('shows nothing of others that it could not store, and takes it when there is room', async () => {
    const bob = await personOf(2)
    const state = { full: false }
    const blocks = memoryBlocks()
    const put: typeof blocks.put = async (cid, bytes) => {
      if (state.full) throw new CafeError('QUOTA', { disk: true })
      await blocks.put(cid, bytes)
    }
    const ada = await personOf(1, { blocks: { ...blocks, put } })
    const [a, b] = (await threadOf([ada, bob])) as [Thread, Thread]
    for (let i = 0; i < 3; i++) await b.append(text(`${i}`))
    const given = await blocksOf(b, await a.heads())
    const before = await visible(a)
    state.full = true
    await expect(a.receive(given)).rejects.toMatchObject({ code: 'QUOTA' })
    await expect(a.receive(given.slice(1))).rejects.toMatchObject({ code: 'QUOTA' })
    expect(await visible(a)).toEqual(before)
    await expectWhole(a, ada)
    state.full = false
    expect((await a.receive(given)).applied).toHaveLength(3)
    await expectWhole(a, ada)
  })

  it('has begun a thread, or has none', async () => {
    const { state, rows } = failing(memoryRows())
    const ada = await personOf(1, { rows })
    state.left = 0
    const terms = { name: 'Never', type: 'open', sharing: 'shared' } as const
    await expect(ada.threads.create(terms)).rejects.toMatchObject({ code: 'QUOTA' })
    state.left = Number.POSITIVE_INFINITY
    expect(await ada.threads.list()).toEqual([])
    expect(await ada.restart().list()).toEqual([])
  })
})

describe('a collection', () => {
  it('spares what threads have and what waits, and takes what they had', async () => {
    const [ada, bob] = await Promise.all([personOf(1), personOf(2)])
    const [a, b] = (await threadOf([ada, bob])) as [Thread, Thread]
    for (let i = 0; i < 5; i++) await b.append(text(`${i}`))
    const blocks = await blocksOf(b, await a.heads())
    await a.receive([...blocks.slice(0, 2), ...blocks.slice(3)])
    const run = async () => {
      const { threads } = ada
      const sources = [threads.roots]
      const signal = new AbortController().signal
      return collect({ blocks: ada.blocks, holds: createHolds(ada.blocks), sources }, { signal, whole: true })
    }
    expect(await run()).toMatchObject({ blocks: 0 })
    await a.receive(blocks.slice(2, 3))
    expect(await words(a)).toEqual(['4', '3', '2', '1', '0'])
    expect(await run()).toMatchObject({ blocks: 0 })
    expect(ada.threads.roots.unlisted).toBe(false)
    await ada.threads.forget(a.id)
    expect(ada.threads.roots.unlisted).toBe(true)
    expect((await run()).blocks).toBe(8)
    expect(await Array.fromAsync(ada.blocks.keys())).toEqual([])
    expect(ada.threads.roots.unlisted).toBe(false)
  })

  it('takes what had waited and was refused', async () => {
    const [ada, bob] = await Promise.all([personOf(1), personOf(2)])
    const [a, b] = (await threadOf([ada, bob])) as [Thread, Thread]
    const bad = await forge(b, bob.signer, {
      type: 'rename',
      body: { name: 'x' },
      seq: 2,
      prev: (await b.heads())[0] ?? null,
    })
    const on = await forge(b, bob.signer, { ...text('y'), seq: 3, prev: bad.cid, parents: [bad.cid] })
    expect((await a.receive([on])).missing.map(hashOf)).toEqual([hashOf(bad.cid)])
    await a.receive([bad])
    expect(ada.threads.roots.unlisted).toBe(true)
  })

  it('lets lost bytes be given again', async () => {
    const ada = await personOf(1)
    const [a] = (await threadOf([ada])) as [Thread]
    const { cid } = await a.append(text('precious'))
    const blocks = await blocksOf(a)
    await ada.blocks.delete(cid)
    expect((await a.page({ limit: 10 })).lost.map(String)).toEqual([String(cid)])
    expect((await a.receive(blocks)).refused).toEqual([])
    expect(await words(a)).toEqual(['precious'])
  })
})

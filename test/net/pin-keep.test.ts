/** What stays of uploads that were cut off, what the cafe's own budget refuses, and what a collection takes, between real nodes. */
import { MemoryDatastore } from 'datastore-core'
import { describe, expect, it } from 'vitest'
import { pinProtocol } from '../../src/cafe/pin/protocol.ts'
import { LEASE_TTL, MiB } from '../../src/core/limits.ts'
import { createJwtKey } from '../../src/crypto/jwt.ts'
import { type Collected, collect } from '../../src/store/collect.ts'
import { createHolds } from '../../src/store/holds.ts'
import { memoryBlocks, memoryRows } from '../../src/store/memory.ts'
import { start } from '../../src/wire/call.ts'
import { type Block, bytesOf, leaf, randomBytes, tree } from './blocks-fixture.ts'
import {
  type CafeNode,
  createCafeNode,
  createClient,
  createGuestNode,
  failure,
  type GuestNode,
  keep,
} from './fixture.ts'
import {
  backUp,
  leavesNothing,
  list,
  newCafe,
  newClient,
  offer,
  pin,
  sendBlock,
  stored,
  unpin,
  usage,
} from './pin-fixture.ts'

/** Starts an upload of a name by hand. */
const beginNamed = async (by: GuestNode, cafe: CafeNode, bytes: number, name: string) =>
  start(by.node.connector, cafe.at.cafe, pinProtocol, 'pin', { bytes, name }, { auth: await by.access(cafe) })

const collectAt = ({ blocks, holds, keep }: CafeNode, whole = false): Promise<Collected> =>
  collect({ blocks, holds, sources: [keep.roots] }, { signal: new AbortController().signal, whole })

/** Sends the first `count` blocks of a tree and breaks off. */
async function cutOff(by: GuestNode, cafe: CafeNode, blocks: readonly Block[], count: number, name: string) {
  const upload = await beginNamed(by, cafe, bytesOf(blocks), name)
  for (const place of await offer(upload, blocks)) {
    if (place >= count) break
    await sendBlock(upload, place, blocks[place] as Block)
    await stored(upload)
  }
  upload.close()
  await expect.poll(() => cafe.holds.size).toBe(0)
  expect((await cafe.keep.usage(by.account().address)).leased).toBe(bytesOf(blocks))
}

describe('an upload that was cut off', () => {
  it('goes on at a cafe that was started again, which asks for nothing it had confirmed and has collected meanwhile', async () => {
    const state = {
      rows: memoryRows(),
      blocks: memoryBlocks(),
      datastore: new MemoryDatastore(),
      jwtKey: await createJwtKey(),
    }
    const before = await createCafeNode(state)
    const guest = await createClient(before)
    const blocks = await tree(6, 10_000)
    await cutOff(guest, before, blocks, 4, 'mine')
    await before.stop()
    const cafe = keep(await createCafeNode({ ...state, clock: before.clock }))
    guest.know(cafe)
    expect(await collectAt(cafe, true)).toEqual({ blocks: 0, bytes: 0 })
    const again = await beginNamed(guest, cafe, bytesOf(blocks), 'mine')
    expect(await offer(again, blocks)).toEqual([4, 5, 6])
    for (const place of [4, 5, 6]) await sendBlock(again, place, blocks[place] as Block)
    for (let i = 0; i < 3; i++) await stored(again)
    await again.send({ root: (blocks[6] as Block).cid })
    expect(await again.receipt()).toMatchObject({ blocks: 7, bytes: bytesOf(blocks) })
    expect(await cafe.keep.usage(guest.account().address)).toEqual({ roots: 1, bytes: bytesOf(blocks), leased: 0 })
    await guest.stop()
  })

  it('keeps its blocks for whoever has a new name too: a tab that was closed and opened again', async () => {
    const cafe = await newCafe()
    const guest = await newClient(cafe)
    const blocks = await tree(6, 10_000)
    await cutOff(guest, cafe, blocks, 5, 'one')
    await collectAt(cafe, true)
    const again = await beginNamed(guest, cafe, bytesOf(blocks), 'two')
    expect(await offer(again, blocks)).toEqual([5, 6])
    again.close()
  })

  it('is charged, gives way to the next one of its account when room is short, and is gone after its time', async () => {
    const cafe = await newCafe()
    const guest = await newClient(cafe, 100_000)
    const blocks = await tree(6, 10_000)
    await cutOff(guest, cafe, blocks, 4, 'mine')
    const other = await tree(3, 12_000)
    await pin(guest, cafe, other)
    expect(await cafe.keep.usage(guest.account().address)).toMatchObject({ roots: 1, leased: bytesOf(blocks) })
    const big = await tree(1, 60_000)
    await pin(guest, cafe, big)
    expect(await cafe.keep.usage(guest.account().address)).toMatchObject({ roots: 2, leased: 0 })
    await unpin(guest, cafe, (big[1] as Block).cid)
    await cutOff(guest, cafe, blocks, 4, 'mine')
    expect((await collectAt(cafe)).bytes).toBe(bytesOf(big))
    cafe.clock.advance(LEASE_TTL + 1)
    expect((await collectAt(cafe)).blocks).toBe(4)
    expect(await Array.fromAsync(cafe.blocks.keys())).toHaveLength(other.length)
    expect(cafe.keep.status()).toMatchObject({ leased: 0, collectable: 0, pinned: bytesOf(other) })
  })

  it('cannot be used to keep more than the quota: what is held is charged at its true size', async () => {
    const cafe = await newCafe()
    const guest = await newClient(cafe, 50_000)
    const one = await leaf(40_000)
    await pin(guest, cafe, [one])
    await unpin(guest, cafe, one.cid)
    await leavesNothing(cafe, async () => {
      const upload = await beginNamed(guest, cafe, 0, 'free')
      await upload.send({ offer: [{ cid: one.cid, size: 0 }] })
      expect(await failure(upload.receipt())).toEqual({ code: 'BAD_REQUEST', at: 'size' })
      const honest = await beginNamed(guest, cafe, 100, 'free')
      await honest.send({ offer: [{ cid: one.cid, size: 40_000 }] })
      expect(await failure(honest.receipt())).toEqual({ code: 'QUOTA', declared: 100 })
    })
    expect((await collectAt(cafe)).bytes).toBe(40_000)
  })
})

describe('the budget of a cafe', () => {
  it('refuses before anything is sent, whatever quotas say, and survives a restart', async () => {
    const state = { rows: memoryRows(), blocks: memoryBlocks() }
    const cafe = await newCafe(state)
    await cafe.keep.setBudget(2 * MiB)
    const [one, two] = [await newClient(cafe), await newClient(cafe)]
    await backUp(one, randomBytes(1 * MiB))
    const { pinned } = cafe.keep.status()
    await leavesNothing(cafe, async () => {
      expect(await failure(backUp(two, randomBytes(1 * MiB)))).toMatchObject({
        code: 'QUOTA',
        free: 2 * MiB - pinned,
        limit: 'cafe',
      })
    })
    const again = keep(await createCafeNode(state))
    expect(again.keep.status()).toEqual({ ...cafe.keep.status(), budget: 2 * MiB, pinned })
    await cafe.keep.setBudget(4 * MiB)
    expect((await backUp(two, randomBytes(1 * MiB))).cafes[0]?.state).toBe('pinned')
  })

  it('counts what is not collected yet, so the disk never holds more', async () => {
    const blocks = memoryBlocks()
    const cafe = await newCafe({ blocks })
    const guest = await newClient(cafe)
    await cafe.keep.setBudget(100_000)
    const old = await tree(2, 30_000)
    await pin(guest, cafe, old)
    await unpin(guest, cafe, (old[2] as Block).cid)
    const next = await tree(2, 30_000)
    expect(await failure(pin(guest, cafe, next))).toMatchObject({ code: 'QUOTA', limit: 'cafe' })
    await collectAt(cafe)
    expect(await pin(guest, cafe, next)).toMatchObject({ blocks: 3 })
  })

  it('tells when it was the disk that refused', async () => {
    const cafe = await newCafe({ blocks: memoryBlocks(1 * MiB) })
    const guest = await newClient(cafe)
    expect(cafe.keep.status().diskFull).toBeUndefined()
    expect(await failure(backUp(guest, randomBytes(2 * MiB)))).toEqual({ code: 'QUOTA', disk: true })
    expect(cafe.keep.status()).toMatchObject({ diskFull: cafe.clock(), pinned: 0, leased: 0 })
    expect(await list(guest, cafe)).toEqual([])
    expect(await usage(guest, cafe)).toEqual({ roots: 0, bytes: 0 })
  })
})

describe('a device that hosts a cafe and has files of its own, in one store', () => {
  it('loses none of its own files to a collection, and all of those it has removed', async () => {
    const state = { rows: memoryRows(), blocks: memoryBlocks() }
    const holds = createHolds(state.blocks)
    const elsewhere = await newCafe()
    const cafe = await newCafe({ ...state, holds, clock: elsewhere.clock })
    const host = keep(await createGuestNode({ ...state, holds, clock: elsewhere.clock }))
    host.know(elsewhere)
    await host.peer.cafes.register(elsewhere.at, await elsewhere.token(), {})
    const client = await newClient(cafe)
    const collectBoth = (): Promise<Collected> => {
      const sources = [cafe.keep.roots, host.peer.backups.roots]
      return collect({ blocks: cafe.blocks, holds, sources }, { signal: new AbortController().signal, whole: true })
    }
    const count = async (): Promise<number> => (await Array.fromAsync(cafe.blocks.keys())).length

    const theirs = await tree(3, 1000)
    await pin(client, cafe, theirs)
    const file = await backUp(host, randomBytes(3 * MiB))
    const all = await count()
    expect(await collectBoth()).toEqual({ blocks: 0, bytes: 0 })
    // While a file is being added it is in no list yet.
    const adding = host.peer.backups.add(new Blob([randomBytes(4 * MiB)]), 'x', {
      signal: AbortSignal.timeout(30_000),
      onProgress: () => {},
    })
    for (let i = 0; i < 20; i++) expect(await collectBoth()).toEqual({ blocks: 0, bytes: 0 })
    const late = await adding
    expect(await collectBoth()).toEqual({ blocks: 0, bytes: 0 })
    await unpin(client, cafe, (theirs[3] as Block).cid)
    expect((await collectBoth()).blocks).toBe(4)
    for (const { root } of [file, late]) await host.peer.backups.remove(root, { signal: AbortSignal.timeout(10_000) })
    expect((await collectBoth()).blocks).toBeGreaterThan(all - 4)
    expect(await count()).toBe(0)
  })

  it('walks a file from before there were lists, and collects nothing if that is damaged', async () => {
    const elsewhere = await newCafe()
    const host = await newClient(elsewhere)
    const { root } = await backUp(host, randomBytes(3 * MiB))
    const drop = async (): Promise<void> =>
      host.rows.commit((await host.rows.range('/cafe/own/')).map(([key]) => ({ key })))
    const run = () =>
      collect(
        { blocks: host.blocks, holds: host.holds, sources: [host.peer.backups.roots] },
        { signal: new AbortController().signal, whole: true },
      )
    await drop()
    expect(await run()).toEqual({ blocks: 0, bytes: 0 })
    await drop()
    const keys = await Array.fromAsync(host.blocks.keys())
    await host.blocks.remove(keys.slice(0, 1))
    expect(await failure(run())).toMatchObject({ code: 'NOT_FOUND' })
    expect(await Array.fromAsync(host.blocks.keys())).toEqual(keys.slice(1))
    expect((await host.peer.backups.list()).map((row) => row.root)).toEqual([root])
  })
})

describe('pins of a version that kept no lists', () => {
  it('are listed by the first collection, and nothing of them is taken', async () => {
    const cafe = await newCafe()
    const guest = await newClient(cafe)
    const blocks = await tree(6, 10_000)
    await pin(guest, cafe, blocks)
    const lists = await cafe.rows.range('/cafe/held/')
    expect(lists.length).toBeGreaterThan(0)
    await cafe.rows.commit(lists.map(([key]) => ({ key })))

    expect(await collectAt(cafe, true)).toEqual({ blocks: 0, bytes: 0 })
    for (const { cid } of blocks) expect(await cafe.blocks.has(cid)).toBe(true)
    expect(await cafe.rows.range('/cafe/held/')).toEqual(lists)
    await unpin(guest, cafe, (blocks.at(-1) as Block).cid)
    expect((await collectAt(cafe)).blocks).toBe(blocks.length)
  })

  it('stop the collection if one of them is damaged', async () => {
    const cafe = await newCafe()
    const guest = await newClient(cafe)
    const blocks = await tree(3, 10_000)
    await pin(guest, cafe, blocks)
    await cafe.rows.commit((await cafe.rows.range('/cafe/held/')).map(([key]) => ({ key })))
    await cafe.blocks.delete((blocks[0] as Block).cid)
    expect(await failure(collectAt(cafe, true))).toMatchObject({ code: 'NOT_FOUND' })
    expect(await cafe.blocks.has((blocks[1] as Block).cid)).toBe(true)
  })
})

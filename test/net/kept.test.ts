/** Blocks that other parts of the account have the cafes keep: queued like files, found by other devices, never shown. */
import { CID } from 'multiformats/cid'
import { describe, expect, it } from 'vitest'
import { createSafety } from '../../src/peer/safety.ts'
import { memoryBlocks, memoryRows } from '../../src/store/memory.ts'
import type { Change } from '../../src/store/rows.ts'
import { type Block, bytesOf, tree, watched } from './blocks-fixture.ts'
import { type CafeNode, createGuestNode, failure, type GuestNode, keep } from './fixture.ts'
import { list, newCafe, newClient, usage } from './pin-fixture.ts'

const words = 'legal winner thank year wave sausage worth useful legal winner thank yellow'
const SOON = { timeout: 30_000 }

/** Blocks below a root that names them, in the guest's store. */
async function group(guest: GuestNode): Promise<{ root: Block; blocks: readonly Block[] }> {
  const blocks = await tree(3, 500)
  for (const { cid, bytes } of blocks) await guest.blocks.put(cid, bytes)
  return { root: blocks.at(-1) as Block, blocks }
}

/** Blocks come under the raw codec: where one lies follows from its hash. */
const asRoot = (text: string): string => CID.createV1(0x71, CID.parse(text).multihash).toString()
const cidsOf = (blocks: readonly Block[]) => blocks.map(({ cid }) => cid)
const stateAt = async (guest: GuestNode, root: Block, { at }: CafeNode) =>
  (await guest.peer.backups.get(root.cid.toString()))?.cafes.find(({ cafe }) => cafe === at.cafe)?.state

describe('what is kept', () => {
  it('is at every cafe with all its blocks, is no file of the list, and another device finds it', async () => {
    const [first, second] = [await newCafe(), await newCafe()]
    const guest = keep(await createGuestNode({ clock: first.clock, words }))
    guest.know(first, second)
    for (const cafe of [first, second]) await guest.peer.cafes.register(cafe.at, await cafe.token(), {})
    const { root, blocks } = await group(guest)
    const row = await guest.peer.backups.keep({
      root: root.cid,
      blocks: cidsOf(blocks),
      kind: 'pack',
      name: 'a thread',
    })
    expect(row).toMatchObject({ kind: 'pack', name: 'a thread', size: bytesOf(blocks), key: undefined })
    expect(await guest.peer.backups.queued(row.root)).toBe(true)
    for (const cafe of [first, second]) {
      await expect.poll(() => stateAt(guest, root, cafe), SOON).toBe('pinned')
      for (const { cid, bytes } of blocks) expect(await cafe.blocks.get(cid)).toEqual(bytes)
      expect(await usage(guest, cafe)).toEqual({ roots: 1, bytes: bytesOf(blocks) })
    }
    expect(await guest.peer.backups.list()).toEqual([])

    const other = keep(await createGuestNode({ clock: first.clock, words }))
    other.know(first)
    await other.peer.cafes.register(first.at, await first.token(), {})
    await other.peer.backups.adopt({ signal: AbortSignal.timeout(10_000) })
    expect(await other.peer.backups.get(row.root)).toMatchObject({ kind: 'pack', name: 'a thread', adopted: true })
    expect(await other.peer.backups.list()).toEqual([])
  })

  it('is gone from the cafe after its release, and can be kept again under the same root', async () => {
    const cafe = await newCafe()
    const guest = await newClient(cafe)
    const { root, blocks } = await group(guest)
    const what = { root: root.cid, blocks: cidsOf(blocks), kind: 'pack', name: 'x' } as const
    for (let round = 0; round < 3; round++) {
      await guest.peer.backups.keep(what)
      await expect.poll(() => list(guest, cafe), SOON).toEqual([root.cid.toString()])
      await guest.peer.backups.release(root.cid.toString())
      if (round === 1) await guest.peer.backups.keep(what)
      else await expect.poll(() => list(guest, cafe), SOON).toEqual([])
    }
    expect(await guest.peer.backups.queued(root.cid.toString())).toBe(false)
    await guest.peer.backups.release(root.cid.toString())
  })

  it('commits what goes with it, and refuses what is not here whole', async () => {
    const cafe = await newCafe()
    const guest = await newClient(cafe)
    const { root, blocks } = await group(guest)
    const more: Change[] = [{ key: '/test/a', value: new Uint8Array(1) }]
    const what = { root: root.cid, blocks: cidsOf(blocks), kind: 'pack', name: 'x', more } as const
    await guest.blocks.delete(blocks[1]?.cid as Block['cid'])
    expect(await failure(guest.peer.backups.keep(what))).toMatchObject({ code: 'NOT_FOUND' })
    expect(await guest.rows.get('/test/a')).toBeUndefined()
    await guest.blocks.put(blocks[1]?.cid as Block['cid'], blocks[1]?.bytes as Block['bytes'])
    await guest.peer.backups.keep(what)
    expect(await guest.rows.get('/test/a')).toEqual(new Uint8Array(1))
    await guest.rows.commit([{ key: '/test/a' }])
    await guest.peer.backups.keep(what)
    expect(await guest.rows.get('/test/a')).toEqual(new Uint8Array(1))
  })

  it('waits on the medium without a cafe, and goes to those that join later', async () => {
    const [rows, blocks] = [memoryRows(), memoryBlocks()]
    const first = keep(await createGuestNode({ rows, blocks, words }))
    const made = await group(first)
    await first.peer.backups.keep({ root: made.root.cid, blocks: cidsOf(made.blocks), kind: 'folder', name: 'f' })
    first.peer.close()

    const cafe = await newCafe()
    const again = keep(await createGuestNode({ rows, blocks, words, clock: cafe.clock }))
    again.know(cafe)
    await again.peer.cafes.register(cafe.at, await cafe.token(), {})
    await again.peer.backups.spread()
    await expect.poll(() => stateAt(again, made.root, cafe), SOON).toBe('pinned')
    expect(await list(again, cafe)).toEqual([made.root.cid.toString()])
  })
})

describe('the queue', () => {
  it('of each cafe keeps the order in which things were kept, and one that is gone holds nobody up', async () => {
    const gone = await newCafe()
    const guest = keep(await createGuestNode({ clock: gone.clock, words }))
    guest.know(gone)
    await guest.peer.cafes.register(gone.at, await gone.token(), {})
    await gone.stop()
    const kept: string[] = []
    for (const kind of ['folder', 'pack', 'folder', 'pack', 'file', 'pack'] as const) {
      const { root, blocks } = await group(guest)
      await guest.peer.backups.keep({ root: root.cid, blocks: cidsOf(blocks), kind, name: 't' })
      kept.push(root.cid.toString())
    }
    const blocks = watched(memoryBlocks())
    const cafe = await newCafe({ blocks })
    guest.know(cafe)
    await guest.peer.cafes.register(cafe.at, await cafe.token(), {})
    await expect.poll(() => list(guest, cafe), SOON).toHaveLength(kept.length)
    const came = blocks.seen.map(({ cid }) => cid.toString()).filter((cid) => kept.includes(asRoot(cid)))
    expect(came.map(asRoot)).toEqual(kept)
    const safety = await createSafety(guest.peer).of({})
    expect(safety).toMatchObject({ safe: 1, of: 2, items: kept.length, failed: [] })
    expect(safety.pending).toBeGreaterThan(0)
  })
})

describe('how safe it is', () => {
  it('is said as it comes: here only, at one cafe, at both; and what was refused can be tried again', async () => {
    const [first, small] = [await newCafe(), await newCafe()]
    const guest = keep(await createGuestNode({ clock: first.clock, words }))
    guest.know(first, small)
    const { backups, cafes } = guest.peer
    const safety = createSafety({ backups, cafes })
    const { root, blocks } = await group(guest)
    await backups.keep({ root: root.cid, blocks: cidsOf(blocks), kind: 'pack', name: 't' })
    expect(await safety.of({})).toEqual({ safe: 0, of: 0, items: 1, pending: 0, failed: [], since: null })

    await guest.peer.cafes.register(first.at, await first.token(), {})
    const since = first.clock()
    const size = bytesOf(blocks)
    await expect.poll(() => safety.of({ thread: 't' }), SOON).toMatchObject({ safe: 1, of: 1, pending: 0, since })

    await guest.peer.cafes.register(small.at, await small.token({ quota: 1.5 * size }), {})
    await expect.poll(() => safety.of({}), SOON).toMatchObject({ safe: 2, of: 2, pending: 0, failed: [] })
    const second = await group(guest)
    await backups.keep({ root: second.root.cid, blocks: cidsOf(second.blocks), kind: 'pack', name: 't' })
    const refused = [{ cafe: small.at.cafe, reason: 'QUOTA', items: 1 }]
    await expect.poll(() => safety.of({}), SOON).toMatchObject({ safe: 1, of: 2, pending: 0, failed: refused })
    expect(await safety.retry({ signal: AbortSignal.timeout(20_000) })).toMatchObject({ safe: 1, failed: refused })

    await backups.release(root.cid.toString())
    await expect.poll(() => list(guest, small), SOON).toEqual([])
    expect(await safety.retry({ signal: AbortSignal.timeout(20_000) })).toMatchObject({ safe: 2, of: 2, failed: [] })
  })
})

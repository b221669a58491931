/** Packs of a thread at real cafes: every block is there and can be fetched, what is replaced goes, and one dead cafe blocks nothing. */
import type { CID } from 'multiformats/cid'
import { describe, expect, it } from 'vitest'
import { parseCid } from '../../src/core/block.ts'
import { readPackRoot } from '../../src/peer/pack-root.ts'
import { createPacks, type Packs } from '../../src/peer/packs.ts'
import { type Block, node } from './blocks-fixture.ts'
import { type CafeNode, createGuestNode, type GuestNode, keep } from './fixture.ts'
import { list, newCafe } from './pin-fixture.ts'

const words = 'legal winner thank year wave sausage worth useful legal winner thank yellow'
const THREAD = 'cd'.repeat(32)
const SOON = { timeout: 30_000 }

function packsOf({ rows, blocks, holds, peer, clock }: GuestNode): Packs {
  return createPacks({ rows, blocks, holds, backups: peer.backups, clock, onChange: () => {}, wait: 50 })
}

/** Blocks of a thread, whose links lead to what is not packed with them. */
async function say(guest: GuestNode, packs: Packs, count: number): Promise<Block[]> {
  const far = await node({ far: true })
  const blocks = await Promise.all(
    Array.from({ length: count }, (_, i) => node({ i, at: Math.random(), p: [far.cid] })),
  )
  for (const { cid, bytes } of blocks) await guest.blocks.put(cid, bytes)
  await packs.add(
    THREAD,
    blocks.map(({ cid }) => cid),
  )
  return blocks
}

const clientOf = async (...cafes: CafeNode[]): Promise<GuestNode> => {
  const guest = keep(await createGuestNode({ clock: (cafes[0] as CafeNode).clock, words }))
  guest.know(...cafes)
  for (const cafe of cafes) await guest.peer.cafes.register(cafe.at, await cafe.token(), {})
  return guest
}

/** Blocks that a cafe has below the packs it lists. */
async function packedAt(guest: GuestNode, cafe: CafeNode): Promise<string[]> {
  const roots = (await list(guest, cafe)).map(parseCid)
  const members = await Promise.all(
    roots.map(async (root) => readPackRoot(root, (await cafe.blocks.get(root)) as Uint8Array<ArrayBuffer>)),
  )
  return members.flat().map(({ multihash }) => Buffer.from(multihash.bytes).toString('hex'))
}
const hashOf = ({ cid }: { readonly cid: CID }) => Buffer.from(cid.multihash.bytes).toString('hex')

describe('packs', () => {
  it('bring every block to both cafes, by its own CID, and few roots; another device knows them', async () => {
    const [first, second] = [await newCafe(), await newCafe()]
    const guest = await clientOf(first, second)
    const packs = packsOf(guest)
    const said: Block[] = []
    for (let i = 0; i < 17; i++) {
      said.push(...(await say(guest, packs, 1)))
      await packs.flush(THREAD)
    }
    for (const cafe of [first, second]) {
      // No block is in two of them: what was replaced is gone.
      await expect.poll(async () => (await packedAt(guest, cafe)).sort(), SOON).toEqual(said.map(hashOf).sort())
      expect(await list(guest, cafe)).toHaveLength(3)
      for (const { cid, bytes } of said) expect(await cafe.blocks.get(cid)).toEqual(bytes)
    }
    expect((await packs.of(THREAD)).map(String).sort()).toEqual((await list(guest, first)).sort())
    expect(await guest.peer.backups.list()).toEqual([])

    const other = await clientOf(first)
    const theirs = packsOf(other)
    await theirs.adopt(THREAD, await packs.of(THREAD))
    expect((await theirs.of(THREAD)).map(String).sort()).toEqual((await packs.of(THREAD)).map(String).sort())
    // The snapshot was there first: the packs are found at the cafe later.
    await other.peer.backups.adopt({ signal: AbortSignal.timeout(10_000) })
    // It has learned what is in them, and packs none of it again.
    await expect
      .poll(async () => {
        for (const { cid, bytes } of said) await other.blocks.put(cid, bytes)
        await theirs.add(
          THREAD,
          said.map(({ cid }) => cid),
        )
        return theirs.waiting(THREAD)
      }, SOON)
      .toEqual([])
    packs.close()
    theirs.close()
  })

  it('do not wait for a cafe that is gone, and keep their order at the other', async () => {
    const [first, second] = [await newCafe(), await newCafe()]
    const guest = await clientOf(first, second)
    const packs = packsOf(guest)
    await second.stop()
    const [one] = await say(guest, packs, 1)
    await packs.flush(THREAD)
    const [early] = await packs.of(THREAD)
    await say(guest, packs, 2)
    await packs.flush(THREAD)
    const late = (await packs.of(THREAD)).find((root) => root.toString() !== early?.toString())
    await expect.poll(() => list(guest, first), SOON).toHaveLength(2)
    const at = async (root: CID | undefined) => (await guest.peer.backups.get(String(root)))?.cafes
    const state = async (root: CID | undefined) =>
      Object.fromEntries((await at(root))?.map(({ cafe, state }) => [cafe, state]) ?? [])
    const expected = { [first.at.cafe]: 'pinned', [second.at.cafe]: 'queued' }
    await expect.poll(() => state(early), SOON).toEqual(expected)
    await expect.poll(() => state(late), SOON).toEqual(expected)
    expect(await first.blocks.get((one as Block).cid)).toEqual(one?.bytes)
    packs.close()
  })
})

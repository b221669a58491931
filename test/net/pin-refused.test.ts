/** Uploads that are wrong, to real nodes: an exact error each, and no row and no block stays. */
import { setTimeout } from 'node:timers/promises'
import { CID } from 'multiformats/cid'
import { sha256 } from 'multiformats/hashes/sha2'
import { beforeAll, describe, expect, it } from 'vitest'
import { LEAF, MAX_OFFER, WALK_DEPTH, WALK_LINKS, WINDOW } from '../../src/core/limits.ts'
import { memoryBlocks } from '../../src/store/memory.ts'
import { type Block, bytesOf, held, inline, leaf, node, randomBytes, tree } from './blocks-fixture.ts'
import { type CafeNode, failure, type GuestNode } from './fixture.ts'

import {
  asOffer,
  begin,
  leavesNothing,
  list,
  newCafe,
  newClient,
  offer,
  pin,
  type Running,
  sendBlock,
  stored,
} from './pin-fixture.ts'

describe('a client that is wrong gets an error, and nothing stays,', () => {
  let cafe: CafeNode
  let guest: GuestNode
  const blocks = held(memoryBlocks())
  beforeAll(async () => {
    cafe = await newCafe({ blocks })
    guest = await newClient(cafe)
  })

  /** Runs an upload by hand and expects it to end with `error`, leaving nothing. */
  const refuse = (bytes: number, error: unknown, run: (upload: Running) => Promise<void>) =>
    leavesNothing(cafe, async () => {
      const upload = await begin(guest, cafe, bytes)
      await run(upload)
      expect(await failure(upload.receipt())).toEqual(error)
    })

  it('for a block that is not what its CID says, also when others were right', async () => {
    const all = await tree(3, 1000)
    await refuse(bytesOf(all), { code: 'CORRUPT', what: 'block' }, async (upload) => {
      await offer(upload, all)
      await sendBlock(upload, 0, all[0] as Block)
      await stored(upload)
      const bytes = (all[1] as Block).bytes.slice()
      bytes[500] = (bytes[500] as number) ^ 1
      await sendBlock(upload, 1, { bytes })
    })
    expect(await pin(guest, cafe, all)).toMatchObject({ blocks: 4 })
  })

  it('for a block of another size than offered', async () => {
    const [one] = await tree(1, 1000)
    await refuse(1000, { code: 'BAD_REQUEST', at: 'size' }, async (upload) => {
      await offer(upload, [one as Block])
      await sendBlock(upload, 0, { bytes: (one as Block).bytes.slice(1) })
    })
    await refuse(1000, { code: 'CORRUPT', what: 'block' }, async (upload) => {
      await upload.send({ offer: [{ cid: (one as Block).cid, size: 999 }] })
      await upload.next()
      await sendBlock(upload, 0, { bytes: (one as Block).bytes.slice(1) })
    })
  })

  it('for a block that was not wanted, not offered, or sent twice', async () => {
    const error = { code: 'BAD_REQUEST', at: 'block' }
    const known = await leaf(10)
    await pin(guest, cafe, [known])
    const one = await leaf(10)
    await refuse(20, error, async (upload) => {
      expect(await offer(upload, [known])).toEqual([])
      await sendBlock(upload, 0, known)
    })
    await refuse(20, error, async (upload) => {
      await offer(upload, [one])
      await sendBlock(upload, 1, one)
    })
    await refuse(20, error, (upload) => sendBlock(upload, Number.MAX_SAFE_INTEGER, one))
    await refuse(20, error, async (upload) => {
      await offer(upload, [one])
      await sendBlock(upload, 0, one)
      await sendBlock(upload, 0, one)
      await stored(upload)
    })
  })

  it('for more than it declared', async () => {
    await refuse(1999, { code: 'QUOTA', declared: 1999 }, async (upload) => {
      await upload.send(asOffer([await leaf(1000), await leaf(1000)]))
    })
    const small = await tree(1, 1000)
    await pin(guest, cafe, small)
    // Everything is here already, so nothing is offered: the walk counts.
    await refuse(500, { code: 'QUOTA', declared: 500 }, (upload) => upload.send({ root: (small[1] as Block).cid }))
  })

  it('for blocks past the window', async () => {
    const all = await tree(9, LEAF)
    const release = blocks.hold()
    await refuse(bytesOf(all), { code: 'BAD_REQUEST', at: 'window' }, async (upload) => {
      await offer(upload, all)
      for (let place = 0; place < 9; place++) await sendBlock(upload, place, all[place] as Block)
      void setTimeout(300).then(release)
    })
    expect(7 * LEAF).toBeGreaterThan(WINDOW)
  })

  it('for a root whose blocks are not all here', async () => {
    const all = await tree(3, 1000)
    const missing = (place: number) => ({ code: 'NOT_FOUND', missing: all[place]?.cid.toString() })
    await refuse(bytesOf(all), missing(2), async (upload) => {
      await offer(upload, all)
      for (const place of [0, 1, 3]) {
        await sendBlock(upload, place, all[place] as Block)
        await stored(upload)
      }
      await upload.send({ root: (all[3] as Block).cid })
    })
    const never = await leaf(10)
    await refuse(10, { code: 'NOT_FOUND', missing: never.cid.toString() }, (upload) => upload.send({ root: never.cid }))
    expect(await list(guest, cafe)).not.toContain(never.cid.toString())
  })

  it('for CIDs of hashes and codecs nobody can check', async () => {
    const { cid, bytes } = await leaf(10)
    const size = bytes.byteLength
    const odd = [
      CID.createV1(0x72, cid.multihash), // libp2p-key
      CID.createV1(0x55, { ...cid.multihash, code: 0x11, bytes: Uint8Array.of(0x11, 20, ...new Uint8Array(20)) }),
      inline(1).toString().length > 0 && CID.createV1(0x55, longIdentity()),
    ]
    for (const one of odd)
      await refuse(size, { code: 'BAD_REQUEST', what: 'cid' }, (upload) =>
        upload.send({ offer: [{ cid: one as CID, size }] }),
      )
  })

  it('for a chain that is too deep', async () => {
    const chain = [await leaf(4)]
    while (chain.length < WALK_DEPTH + 2) chain.push(await node([(chain.at(-1) as Block).cid]))
    expect(await failure(pin(guest, cafe, chain))).toEqual({ code: 'BAD_REQUEST', what: 'dag', depth: WALK_DEPTH })
    expect(await pin(guest, cafe, chain.slice(0, -1))).toMatchObject({ blocks: WALK_DEPTH + 1 })
    expect(await cafe.blocks.has((chain.at(-1) as Block).cid)).toBe(false)
  })

  it('for a node that is too wide', async () => {
    const links = Array.from({ length: WALK_LINKS + 1 }, (_, i) => inline(i))
    await leavesNothing(cafe, async () => {
      const wide = await node(links)
      expect(await failure(pin(guest, cafe, [wide]))).toEqual({ code: 'BAD_REQUEST', what: 'dag', links: WALK_LINKS })
    })
    expect(await pin(guest, cafe, [await node(links.slice(1))])).toMatchObject({ blocks: WALK_LINKS + 1 })
  })

  it('but a child linked to again and again is read once', async () => {
    const chain = [await leaf(4)]
    while (chain.length < 42) {
      const { cid } = chain.at(-1) as Block
      chain.push(await node([cid, cid, { again: cid }]))
    }
    expect(await pin(guest, cafe, chain)).toMatchObject({ blocks: 42, bytes: bytesOf(chain) })
  })

  it('for a node that is none', async () => {
    const bytes = randomBytes(100)
    bytes[0] = 0xff
    const cid = CID.createV1(0x71, await sha256.digest(bytes))
    await leavesNothing(cafe, async () => {
      expect(await failure(pin(guest, cafe, [{ cid, bytes }]))).toEqual({ code: 'BAD_REQUEST', what: 'dag' })
    })
  })

  it('for frames that are none of the three', async () => {
    for (const up of [{ offer: [], root: 1 }, { block: -1, bytes: new Uint8Array(1) }, { root: 'text' }, {}, null])
      await refuse(10, expect.objectContaining({ code: 'BAD_REQUEST' }), (upload) => upload.send(up as never))
    const many = await Promise.all(Array.from({ length: MAX_OFFER + 1 }, () => leaf(1)))
    await refuse(MAX_OFFER + 1, expect.objectContaining({ code: 'BAD_REQUEST' }), (upload) =>
      upload.send(asOffer(many)),
    )
  })
})

/** An identity multihash above what we take inside a CID. */
function longIdentity() {
  const digest = new Uint8Array(129)
  return { code: 0, size: 129, digest, bytes: Uint8Array.of(0, 0x81, 0x01, ...digest) }
}

/** Pinning between real nodes: what a receipt is worth, who may undo it, and uploads that meet. */
import * as dagPb from '@ipld/dag-pb'
import { CID } from 'multiformats/cid'
import { sha256 } from 'multiformats/hashes/sha2'
import { beforeAll, describe, expect, it } from 'vitest'
import { pinProtocol } from '../../src/cafe/pin/protocol.ts'
import { pinStore, rootKey } from '../../src/cafe/pin/store.ts'
import { KiB, MiB } from '../../src/core/limits.ts'
import { memoryBlocks, memoryRows } from '../../src/store/memory.ts'
import type { Rows } from '../../src/store/rows.ts'
import { call, start } from '../../src/wire/call.ts'
import { type Block, bytesOf, leaf, randomBytes, tree } from './blocks-fixture.ts'
import { type CafeNode, createGuestNode, failure, type GuestNode, keep } from './fixture.ts'

import {
  backUp,
  begin,
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

describe('at the cafe', () => {
  let cafe: CafeNode
  let guest: GuestNode
  beforeAll(async () => {
    cafe = await newCafe()
    guest = await newClient(cafe)
  })

  it('a second upload of the same blocks is asked for nothing', async () => {
    const blocks = await tree(4, 1000)
    await pin(guest, cafe, blocks)
    const upload = await begin(guest, cafe, bytesOf(blocks))
    expect(await offer(upload, blocks)).toEqual([])
    await upload.send({ root: (blocks[4] as Block).cid })
    expect(await upload.receipt()).toMatchObject({ blocks: 5, bytes: bytesOf(blocks) })
    expect((await list(guest, cafe)).filter((root) => root === blocks[4]?.cid.toString()).length).toBe(1)
  })

  it('a root pinned twice is charged once', async () => {
    const client = await newClient(cafe)
    const blocks = await tree(2, 1000)
    await pin(client, cafe, blocks)
    await pin(client, cafe, blocks)
    expect(await usage(client, cafe)).toEqual({ roots: 1, bytes: bytesOf(blocks) })
  })

  it('unpinning takes one account’s reference only', async () => {
    const other = await newClient(cafe)
    const blocks = await tree(3, 1000)
    const root = (blocks[3] as Block).cid
    await pin(guest, cafe, blocks)
    await pin(other, cafe, blocks)
    const before = await usage(guest, cafe)
    expect(await unpin(other, cafe, root)).toBe(bytesOf(blocks))
    expect(await usage(other, cafe)).toEqual({ roots: 0, bytes: 0 })
    expect(await usage(guest, cafe)).toEqual(before)
    expect(await list(guest, cafe)).toContain(root.toString())
    for (const { cid } of blocks) expect(await cafe.blocks.has(cid)).toBe(true)
  })

  it('unpinning what is another’s, or nobody’s, releases nothing', async () => {
    const other = await newClient(cafe)
    const blocks = await tree(1, 10)
    await pin(guest, cafe, blocks)
    const nobody = await leaf(10)
    await leavesNothing(cafe, async () => {
      expect(await unpin(other, cafe, (blocks[1] as Block).cid)).toBe(0)
      expect(await unpin(other, cafe, nobody.cid)).toBe(0)
    })
    expect(await unpin(guest, cafe, (blocks[1] as Block).cid)).toBe(bytesOf(blocks))
    expect(await unpin(guest, cafe, (blocks[1] as Block).cid)).toBe(0)
  })

  it('a v0 and a v1 root of one block are one pin', async () => {
    const client = await newClient(cafe)
    const bytes = dagPb.encode({ Data: randomBytes(20), Links: [] }) as Uint8Array<ArrayBuffer>
    const v0 = CID.createV0(await sha256.digest(bytes))
    await pin(client, cafe, [{ cid: v0, bytes }])
    await pin(client, cafe, [{ cid: v0.toV1(), bytes }])
    expect(await list(client, cafe)).toEqual([v0.toString()])
    expect(await unpin(client, cafe, v0.toV1())).toBe(bytes.byteLength)
  })

  it('a list comes page by page, in order, whole, and stays within the account', async () => {
    const client = await newClient(cafe)
    const { pins, rows } = pinStore(cafe.rows)
    const roots: CID[] = []
    for (let i = 0; i < 450; i++) {
      const digest = await sha256.digest(randomBytes(8))
      roots.push(i % 2 ? CID.createV0(digest) : CID.createV1(0x55, digest))
    }
    const { address } = client.account()
    await rows.commit(roots.map((root) => pins.put([address, rootKey(root)], { root, blocks: 1, bytes: 1, since: 1 })))
    const expected = roots.toSorted((a, b) => (rootKey(a) < rootKey(b) ? -1 : 1)).map(String)
    expect(await list(client, cafe)).toEqual(expected)
    const auth = await client.access(cafe)
    const page = await start(client.node.connector, cafe.at.cafe, pinProtocol, 'list', { limit: 3 }, { auth })
    const first = [await page.next(), await page.next(), await page.next()].map((row) => row?.root.toString())
    expect(first).toEqual(expected.slice(0, 3))
    expect((await page.receipt()).more).toBe(true)
    const after = `${'\uffff'.repeat(3)}`
    expect(
      await call(client.node.connector, cafe.at.cafe, pinProtocol, 'list', { limit: 3, after }, { auth }),
    ).toMatchObject({ more: false })
  })

  it('two uploads at once cannot have more than the quota between them', async () => {
    const client = await newClient(cafe, 3 * MiB)
    const first = await begin(client, cafe, 2 * MiB)
    expect(await offer(first, [])).toEqual([])
    const second = await begin(client, cafe, 2 * MiB)
    expect(await failure(second.receipt())).toEqual({
      code: 'QUOTA',
      needed: 2 * MiB,
      free: 1 * MiB,
      limit: 'client',
    })
    const third = await begin(client, cafe, 1 * MiB)
    expect(await offer(third, [])).toEqual([])
    third.close()
    const blocks = await tree(2, 1 * MiB - 100)
    for (const place of await offer(first, blocks)) {
      await sendBlock(first, place, blocks[place] as Block)
      await stored(first)
    }
    await first.send({ root: (blocks[2] as Block).cid })
    await first.receipt()
    const late = await begin(client, cafe, 1 * MiB + 300)
    expect(await failure(late.receipt())).toMatchObject({ code: 'QUOTA' })
    expect(await usage(client, cafe)).toEqual({ roots: 1, bytes: bytesOf(blocks) })
  })

  it('a promise of room ends with its upload', async () => {
    const client = await newClient(cafe, 1 * MiB)
    for (let i = 0; i < 3; i++) {
      const upload = await begin(client, cafe, 1 * MiB)
      await offer(upload, [])
      await sendBlock(upload, 0, await leaf(1))
      expect(await failure(upload.receipt())).toEqual({ code: 'BAD_REQUEST', at: 'block' })
    }
  })

  it('an upload that breaks off leaves its blocks, and the next one is asked only for the rest', async () => {
    const client = await newClient(cafe)
    const blocks = await tree(8, 50_000)
    const upload = await begin(client, cafe, bytesOf(blocks))
    const want = await offer(upload, blocks)
    expect(want).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8])
    for (const place of want.slice(0, 4)) {
      await sendBlock(upload, place, blocks[place] as Block)
      await stored(upload)
    }
    upload.close()
    const again = await begin(client, cafe, bytesOf(blocks))
    expect(await offer(again, blocks)).toEqual([4, 5, 6, 7, 8])
    again.close()
    expect(await usage(client, cafe)).toEqual({ roots: 0, bytes: 0 })
    expect(await pin(client, cafe, blocks)).toMatchObject({ blocks: 9 })
  })
})

describe('uploads that meet', () => {
  it('a failing one takes no block that another got a receipt for', async () => {
    const cafe = await newCafe()
    const [honest, wrong] = [await newClient(cafe), await newClient(cafe)]
    const shared = await tree(2, 1000)
    const extra = await leaf(500)
    const bad = await begin(wrong, cafe, 10_000)
    const want = await offer(bad, [...shared, extra])
    expect(want).toEqual([0, 1, 2, 3])
    const good = await begin(honest, cafe, bytesOf(shared))
    expect(await offer(good, shared)).toEqual([0, 1, 2])
    for (const place of [0, 1, 2]) {
      for (const upload of [good, bad]) {
        await sendBlock(upload, place, shared[place] as Block)
        await stored(upload)
      }
    }
    await good.send({ root: (shared[2] as Block).cid })
    await good.receipt()
    await sendBlock(bad, 3, { bytes: new Uint8Array(500) })
    expect(await failure(bad.receipt())).toMatchObject({ code: 'CORRUPT' })
    for (const { cid } of shared) expect(await cafe.blocks.has(cid)).toBe(true)
    expect(await cafe.blocks.has(extra.cid)).toBe(false)
  })

  it('a failing one takes no block that another was told is here', async () => {
    const cafe = await newCafe()
    const [honest, wrong] = [await newClient(cafe), await newClient(cafe)]
    const shared = await tree(2, 1000)
    const bad = await begin(wrong, cafe, 10_000)
    for (const place of await offer(bad, shared)) {
      await sendBlock(bad, place, shared[place] as Block)
      await stored(bad)
    }
    const good = await begin(honest, cafe, bytesOf(shared))
    expect(await offer(good, shared)).toEqual([])
    await sendBlock(bad, 99, { bytes: new Uint8Array(1) })
    await failure(bad.receipt())
    await good.send({ root: (shared[2] as Block).cid })
    expect(await good.receipt()).toMatchObject({ blocks: 3 })
    for (const { cid } of shared) expect(await cafe.blocks.has(cid)).toBe(true)
  })
})

describe('a client that deregisters', () => {
  it('has all its pins erased, and an upload of it under way gets no receipt', async () => {
    const cafe = await newCafe()
    const client = await newClient(cafe)
    await pin(client, cafe, await tree(2, 100))
    await pin(client, cafe, await tree(2, 100))
    const late = await tree(1, 100)
    const upload = await begin(client, cafe, bytesOf(late))
    for (const place of await offer(upload, late)) {
      await sendBlock(upload, place, late[place] as Block)
      await stored(upload)
    }
    expect((await client.peer.cafes.deregister(cafe.at.cafe, {})).receipt?.erased['pins'] ?? 0).toBe(2)
    await upload.send({ root: (late[1] as Block).cid })
    expect(await failure(upload.receipt())).toEqual({ code: 'UNAUTHORIZED' })
    expect(Object.keys(await cafe.dump()).filter((key) => key.includes(client.account().address))).toEqual([])
  })

  it('keeps the pins of the account while another of its devices is still here', async () => {
    const cafe = await newCafe()
    const words = 'abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about'
    const [phone, laptop] = [
      keep(await createGuestNode({ clock: cafe.clock, words })),
      keep(await createGuestNode({ clock: cafe.clock, words })),
    ]
    for (const device of [phone, laptop]) {
      device.know(cafe)
      await device.peer.cafes.register(cafe.at, await cafe.token(), {})
    }
    const blocks = await tree(2, 100)
    await pin(phone, cafe, blocks)
    expect((await phone.peer.cafes.deregister(cafe.at.cafe, {})).receipt?.erased['pins'] ?? 0).toBe(0)
    expect(await list(laptop, cafe)).toEqual([(blocks[2] as Block).cid.toString()])
    expect((await laptop.peer.cafes.deregister(cafe.at.cafe, {})).receipt?.erased['pins'] ?? 0).toBe(1)
    expect(Object.keys(await cafe.dump()).filter((key) => key.includes(laptop.account().address))).toEqual([])
  })
})

describe('a full disk', () => {
  it('is told as such, and the blocks of the upload are taken back', async () => {
    const blocks = memoryBlocks(1 * MiB)
    const cafe = await newCafe({ blocks })
    const client = await newClient(cafe)
    await leavesNothing(cafe, async () => {
      expect(await failure(backUp(client, randomBytes(2 * MiB)))).toEqual({ code: 'QUOTA', disk: true })
    })
    expect(blocks.size).toBe(0)
    await backUp(client, randomBytes(500 * KiB))
  })

  it('at the last row gives no receipt', async () => {
    const rows = memoryRows()
    let full = false
    const commit: Rows['commit'] = (changes) =>
      full ? Promise.reject(Object.assign(new Error('full'), { name: 'QuotaExceededError' })) : rows.commit(changes)
    const cafe = await newCafe({ rows: { ...rows, commit } })
    const client = await newClient(cafe)
    await client.access(cafe)
    full = true
    await leavesNothing(cafe, async () => {
      expect(await failure(pin(client, cafe, await tree(2, 1000)))).toEqual({ code: 'QUOTA', disk: true })
    })
  })
})

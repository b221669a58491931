/** Uploads as one CAR: the same receipt and rows as by want-list and by fetching, the same quota, and every bad CAR refused. */

import { CID } from 'multiformats/cid'
import { sha256 } from 'multiformats/hashes/sha2'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { KiB, LEAF, MAX_CAR_HEADER, MiB } from '../../src/core/limits.ts'
import { createFileKey } from '../../src/crypto/file-key.ts'
import { importFile } from '../../src/peer/import.ts'
import { type Block, bytesOf, leaf, node, randomBytes, tree } from './blocks-fixture.ts'
import { carOf, header, join, length, pieces, section } from './car-fixture.ts'
import { type CafeNode, dumpRows, failure, type GuestNode, testClock } from './fixture.ts'
import { leavesNothing, list, newCafe, newClient, pin, usage } from './pin-fixture.ts'

let cafe: CafeNode
let guest: GuestNode
beforeAll(async () => {
  cafe = await newCafe()
  guest = await newClient(cafe)
})

const rootOf = (blocks: readonly Block[]): CID => (blocks.at(-1) as Block).cid

const sendCar = async (by: GuestNode, at: CafeNode, car: Uint8Array<ArrayBuffer>, name?: string, size?: number) =>
  by.pins.car(at.at.cafe, car.byteLength, pieces(car, size), { auth: await by.access(at), name })

/** An encrypted file as blocks, the root last. */
async function file(size: number): Promise<Block[]> {
  const blocks: Block[] = []
  const put = async (cid: CID, bytes: Uint8Array<ArrayBuffer>): Promise<void> => void blocks.push({ cid, bytes })
  const stream = new Blob([randomBytes(size)]).stream() as ReadableStream<Uint8Array<ArrayBuffer>>
  await importFile(stream, createFileKey(), put, { signal: new AbortController().signal })
  return blocks
}

describe('the same DAG', () => {
  it('has the same receipt and rows by want-list, as a CAR, and fetched', async () => {
    const blocks = await file(5 * LEAF + 7)
    const root = rootOf(blocks)
    const outcomes = []
    for (const way of ['want-list', 'car', 'fetch'] as const) {
      const one = await newCafe({ clock: testClock() })
      const client = await newClient(one)
      let receipt: { root: CID; blocks: number; bytes: number }
      if (way === 'want-list') receipt = await pin(client, one, blocks)
      else if (way === 'car') receipt = await sendCar(client, one, await carOf(root, blocks))
      else {
        for (const { cid, bytes } of blocks) await client.blocks.put(cid, bytes)
        const auth = await client.access(one)
        const origins = client.at.addresses
        await client.pins.fetch(one.at.cafe, root, { auth, origins })
        receipt = await vi.waitFor(async () => {
          const status = await client.pins.status(one.at.cafe, root.toString(), { auth })
          if (status?.state !== 'pinned') throw new Error('not yet')
          return status
        }, 30_000)
      }
      // Of the account's rows, all but its name; what was asked for stays noted where it was fetched.
      const rows = Object.entries(await dumpRows(one.rows))
        .filter(([key]) => /^\/cafe\/(pin|usage|held|lease)\//.test(key))
        .map(([key, value]) => [key.replace(client.account().address, 'me'), value])
      const keys = await Array.fromAsync(one.blocks.keys())
      outcomes.push({ root: receipt.root.toString(), blocks: receipt.blocks, bytes: receipt.bytes, rows, keys })
    }
    expect(outcomes[0]?.rows.length).toBeGreaterThan(2)
    expect(outcomes[1]).toEqual(outcomes[0])
    expect(outcomes[2]).toEqual(outcomes[0])
  })
})

describe('a CAR', () => {
  it('of many megabytes is taken in order within the window, and told as it goes', async () => {
    const blocks = await file(6 * MiB)
    const car = await carOf(rootOf(blocks), blocks)
    let told = 0
    const receipt = await guest.pins.car(cafe.at.cafe, car.byteLength, pieces(car, 700 * KiB), {
      auth: await guest.access(cafe),
      onStored: (bytes) => {
        told += bytes
      },
    })
    expect(receipt).toMatchObject({ blocks: blocks.length, bytes: bytesOf(blocks) })
    expect(told).toBe(car.byteLength)
    for (const { cid } of blocks) expect(await cafe.blocks.has(cid)).toBe(true)
  })

  it('may have its root first, or blocks that are here already', async () => {
    const blocks = await tree(3, 1000)
    await sendCar(guest, cafe, await carOf(rootOf(blocks), [...blocks].reverse()))
    expect(await list(guest, cafe)).toContain(rootOf(blocks).toString())
    const before = await usage(guest, cafe)
    expect(await sendCar(guest, cafe, await carOf(rootOf(blocks), blocks))).toMatchObject({ blocks: 4 })
    expect(await usage(guest, cafe)).toEqual(before)
  })

  it('with blocks that its root does not need is charged for those it does', async () => {
    const client = await newClient(cafe)
    const blocks = await tree(2, 1000)
    await sendCar(client, cafe, await carOf(rootOf(blocks), [await leaf(5000), ...blocks]))
    expect(await usage(client, cafe)).toEqual({ roots: 1, bytes: bytesOf(blocks) })
  })

  it('that breaks off is resumed by its name', async () => {
    const client = await newClient(cafe)
    const blocks = await tree(8, 100 * KiB)
    const car = await carOf(rootOf(blocks), blocks)
    const stop = new AbortController()
    async function* half(): AsyncGenerator<Uint8Array<ArrayBuffer>> {
      yield car.slice(0, car.byteLength / 2)
      stop.abort()
      yield new Uint8Array(1)
    }
    const auth = await client.access(cafe)
    const broken = client.pins.car(cafe.at.cafe, car.byteLength, half(), { auth, name: 'mine', signal: stop.signal })
    await expect(broken).rejects.toMatchObject({ name: 'CafeError' })
    expect(await sendCar(client, cafe, car, 'mine')).toMatchObject({ blocks: 9 })
    expect(await usage(client, cafe)).toEqual({ roots: 1, bytes: bytesOf(blocks) })
  })
})

describe('what is refused leaves nothing', () => {
  const refuses = (what: string, make: () => Promise<Uint8Array<ArrayBuffer>>, expected: object) =>
    it(what, async () => {
      const car = await make()
      await leavesNothing(cafe, async () => {
        expect(await failure(sendCar(guest, cafe, car, undefined, 1000))).toMatchObject(expected)
      })
    })
  const car = { code: 'BAD_REQUEST', what: 'car' }
  const start = (root: CID) => header({ version: 1, roots: [root] })

  refuses(
    'a block that is not what its CID says',
    async () => {
      const blocks = await tree(3, 1000)
      const bad = blocks.map((block, i) => (i === 1 ? { cid: block.cid, bytes: randomBytes(1000) } : block))
      return carOf(rootOf(blocks), bad)
    },
    { code: 'CORRUPT' },
  )
  refuses(
    'a hash function we do not check',
    async () => {
      const block = await leaf(10)
      const digest = await sha256.digest(block.bytes)
      const cid = CID.createV1(0x55, { ...digest, code: 0x1b, bytes: Uint8Array.of(0x1b, 32, ...digest.digest) })
      return join([start(block.cid), section({ cid, bytes: block.bytes })])
    },
    { code: 'BAD_REQUEST', what: 'cid' },
  )
  refuses('an oversize header', async () => length(MAX_CAR_HEADER + 1), car)
  refuses(
    'a cut-off stream',
    async () => {
      const blocks = await tree(3, 1000)
      return (await carOf(rootOf(blocks), blocks)).slice(0, -10)
    },
    { ...car, at: 'end' },
  )
  refuses('a length without an end', async () => join([start((await leaf(1)).cid), new Uint8Array(12).fill(0xff)]), car)
  refuses('a section of no bytes', async () => join([start((await leaf(1)).cid), Uint8Array.of(0)]), car)
  refuses(
    'a root whose blocks are not all there',
    async () => {
      const blocks = await tree(3, 1000)
      return carOf(rootOf(blocks), blocks.slice(1))
    },
    { code: 'NOT_FOUND' },
  )
  refuses('a root that is not there', async () => carOf((await node(randomBytes(9))).cid, await tree(1, 10)), {
    code: 'NOT_FOUND',
  })

  it('more bytes than declared', async () => {
    const blocks = await tree(3, 1000)
    const bytes = await carOf(rootOf(blocks), blocks)
    await leavesNothing(cafe, async () => {
      const auth = await guest.access(cafe)
      const sent = guest.pins.car(cafe.at.cafe, bytes.byteLength - 100, pieces(bytes, 500), { auth })
      expect(await failure(sent)).toMatchObject({ code: 'QUOTA' })
    })
  })

  it('more than the quota, before anything is taken', async () => {
    const client = await newClient(cafe, 1000)
    const blocks = await tree(3, 1000)
    const bytes = await carOf(rootOf(blocks), blocks)
    await leavesNothing(cafe, async () => {
      expect(await failure(sendCar(client, cafe, bytes))).toMatchObject({ code: 'QUOTA', free: 1000 })
    })
  })

  it('a source that fails is told as it failed', async () => {
    async function* broken(): AsyncGenerator<Uint8Array<ArrayBuffer>> {
      yield new Uint8Array(0)
      throw new RangeError('the disk')
    }
    const auth = await guest.access(cafe)
    await expect(guest.pins.car(cafe.at.cafe, 10, broken(), { auth })).rejects.toThrow(RangeError)
  })
})

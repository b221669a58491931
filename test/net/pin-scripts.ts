/** What is said and done with each operation of the pin service, good and bad: the same over every carrier. */
import type { CID } from 'multiformats/cid'
import type { pinProtocol } from '../../src/cafe/pin/protocol.ts'
import { CafeError } from '../../src/core/errors.ts'
import { KiB } from '../../src/core/limits.ts'
import type { Exchange } from '../../src/wire/call.ts'
import { type Block, bytesOf, leaf, node } from './blocks-fixture.ts'
import { carOf } from './car-fixture.ts'
import type { CafeNode, GuestNode } from './fixture.ts'

export type AnyExchange = Exchange<unknown, unknown, unknown>

export interface World {
  readonly cafe: CafeNode
  readonly guest: GuestNode
  start(op: string, input: unknown): Promise<AnyExchange>
}

/** What a call says, item by item, up to its receipt or its failure. */
async function told(exchange: AnyExchange): Promise<unknown[]> {
  const all: unknown[] = []
  try {
    for (let item = await exchange.next(); item !== undefined; item = await exchange.next()) all.push(item)
    all.push({ receipt: await exchange.receipt() })
  } catch (error) {
    if (!(error instanceof CafeError)) throw error
    all.push({ code: error.code, ...error.data })
  }
  return all
}

export const content = (size: number, seed: number) => leaf(new Uint8Array(size).fill(seed))
async function dag(): Promise<Block[]> {
  const leaves = await Promise.all([content(700 * KiB, 1), content(3, 2), content(10 * KiB, 3)])
  return [...leaves, await node(leaves.map(({ cid }) => cid))]
}
const rootOf = (blocks: readonly Block[]): CID => (blocks.at(-1) as Block).cid

/** Uploads blocks one by one and names the last one the root; gives all that was said. */
async function upload({ start }: World, blocks: readonly Block[], bytes = bytesOf(blocks)): Promise<unknown[]> {
  const exchange = await start('pin', { bytes })
  const said: unknown[] = []
  const hear = async (): Promise<{ want?: number[] }> => {
    const item = (await exchange.next()) as { want?: number[] }
    said.push(item)
    return item
  }
  try {
    await exchange.send({ offer: blocks.map(({ cid, bytes }) => ({ cid, size: bytes.byteLength })) })
    for (const place of (await hear()).want ?? []) {
      await exchange.send({ block: place, bytes: blocks[place]?.bytes })
      await hear()
    }
    await exchange.send({ root: rootOf(blocks) })
  } catch (error) {
    if (!(error instanceof CafeError)) throw error
    return [...said, { code: error.code, ...error.data }]
  }
  return [...said, ...(await told(exchange))]
}

export type Script = (world: World) => Promise<unknown>

/** A script or more for every operation; the first line of what they say is about the good case. */
export const SCRIPTS: Record<keyof (typeof pinProtocol)['operations'], Script> = {
  async pin(world) {
    const blocks = await dag()
    const wrong = blocks.map((block, i) => (i === 1 ? { ...block, bytes: new Uint8Array(3) } : block))
    const gone = await world.start('pin', { bytes: 10 })
    await gone.send({ block: 5, bytes: new Uint8Array(1) })
    return [
      await upload(world, wrong),
      await upload(world, blocks),
      await upload(world, blocks),
      await upload(world, await Promise.all([content(20 * KiB, 9)]), 10),
      await told(await world.start('pin', { bytes: 2 ** 50 })),
      await told(await world.start('pin', { bytes: 1, root: rootOf(blocks) })),
      await told(gone),
    ]
  },
  async car({ start }) {
    const blocks = await dag()
    const car = await carOf(rootOf(blocks), blocks)
    const sent = async (bytes: Uint8Array, declared = bytes.byteLength) => {
      const exchange = await start('car', { bytes: declared })
      for (let at = 0; at < bytes.byteLength; at += 64 * KiB)
        await exchange.send({ car: bytes.slice(at, at + 64 * KiB) }).catch(() => {})
      await exchange.send({ end: true }).catch(() => {})
      // How many confirmations there are depends on what came in together.
      return (await told(exchange)).at(-1)
    }
    return [await sent(car), await sent(car.slice(0, -5)), await sent(car, 100), await sent(Uint8Array.of(1, 2, 3))]
  },
  async fetch({ start }) {
    const block = await content(50, 4)
    const origins = ['/ip4/127.0.0.1/tcp/1']
    return [
      await told(await start('fetch', { root: block.cid, origins })),
      await told(await start('fetch', { root: block.cid, origins: 'x' })),
    ]
  },
  async status({ start, ...world }) {
    const [block] = await Promise.all([content(60, 5)])
    await upload({ start, ...world }, [block])
    const of = async (id: string) => told(await start('status', { id }))
    return [await of(block.cid.toString()), await of('nothing'), await of('x'.repeat(200))]
  },
  async watch({ start, ...world }) {
    const block = await content(70, 6)
    await upload({ start, ...world }, [block])
    const exchange = await start('watch', {})
    const first = await exchange.next()
    exchange.close()
    return first
  },
  async audit({ start, ...world }) {
    const blocks = await dag()
    await upload({ start, ...world }, blocks)
    const nonce = new Uint8Array(32).fill(7)
    const ask = { root: rootOf(blocks), nonce, blocks: [blocks[1]?.cid, (await content(4, 8)).cid] }
    return [
      await told(await start('audit', ask)),
      await told(await start('audit', { ...ask, nonce: new Uint8Array(3) })),
    ]
  },
  async mend({ start, ...world }) {
    const blocks = await dag()
    await upload({ start, ...world }, blocks)
    const lost = blocks[2] as Block
    await world.cafe.blocks.delete(lost.cid)
    const exchange = await start('mend', { root: rootOf(blocks) })
    const said: unknown[] = []
    for (let item = await exchange.next(); item; item = await exchange.next()) {
      said.push(item)
      for (const _ of (item as { want?: unknown[] }).want ?? []) await exchange.send({ bytes: lost.bytes })
    }
    const again = await told(await start('mend', { root: rootOf(blocks) }))
    return [said, await exchange.receipt(), again, await told(await start('mend', { root: lost.cid }))]
  },
  async unpin({ start, ...world }) {
    const block = await content(80, 10)
    await upload({ start, ...world }, [block])
    const input = { root: block.cid }
    return [await told(await start('unpin', input)), await told(await start('unpin', input))]
  },
  async list({ start, ...world }) {
    for (let i = 0; i < 5; i++) await upload({ start, ...world }, [await content(90 + i, 20 + i)])
    const first = await told(await start('list', { limit: 2 }))
    const after = (first[1] as { root: CID }).root.toString()
    return [first, await told(await start('list', { limit: 10, after })), await told(await start('list', { limit: 0 }))]
  },
}

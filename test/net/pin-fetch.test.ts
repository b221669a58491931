/** Roots that a cafe fetches from peers: their life cycle, watched and over restarts, and origins of every bad kind. */
import { MemoryDatastore } from 'datastore-core'
import type { CID } from 'multiformats/cid'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import type { PinStatusAt } from '../../src/cafe/pin/calls.ts'
import { KiB, MiB } from '../../src/core/limits.ts'
import { silentLog } from '../../src/core/log.ts'
import { createJwtKey } from '../../src/crypto/jwt.ts'
import { memoryBlocks, memoryRows } from '../../src/store/memory.ts'
import { blockProtocol } from '../../src/wire/block.ts'
import { serve } from '../../src/wire/serve.ts'
import { type Block, bytesOf, leaf, node, randomBytes, tree } from './blocks-fixture.ts'
import {
  type CafeNode,
  createCafeNode,
  createTestNode,
  failure,
  type GuestNode,
  keep,
  type TestNode,
  testClock,
} from './fixture.ts'
import { leavesNothing, list, newCafe, newClient, pin, unpin, usage } from './pin-fixture.ts'

const WAIT = 30_000
let cafe: CafeNode
let guest: GuestNode
beforeAll(async () => {
  cafe = await newCafe()
  guest = await newClient(cafe)
})

const rootOf = (blocks: readonly Block[]): CID => (blocks.at(-1) as Block).cid
const put = async (at: TestNode, blocks: readonly Block[]): Promise<void> => {
  for (const { cid, bytes } of blocks) await at.blocks.put(cid, bytes)
}
const fetch = async (by: GuestNode, at: CafeNode, root: CID, origins: readonly string[]): Promise<PinStatusAt> =>
  by.pins.fetch(at.at.cafe, root, { auth: await by.access(at), origins })

/** The status once it has one of these states. */
const settled = async (by: GuestNode, at: CafeNode, root: CID, ...states: string[]): Promise<PinStatusAt> =>
  vi.waitFor(async () => {
    const status = await by.pins.status(at.at.cafe, root.toString(), { auth: await by.access(at) })
    if (!status || !states.includes(status.state)) throw new Error(`it is ${status?.state} for ${status?.reason}`)
    return status
  }, WAIT)

/** An origin with blocks. */
const origin = async (blocks: readonly Block[]): Promise<TestNode> => {
  const base = await createTestNode()
  keep({ stop: () => base.node.stop() })
  await put(base, blocks)
  return base
}

/** An origin that answers wants in a way of its own. */
const strange = async (answer: (cid: CID) => Promise<Uint8Array<ArrayBuffer> | null>): Promise<TestNode> => {
  const base = await origin([])
  await base.node.unhandle(blockProtocol.id)
  const handler = serve(
    blockProtocol,
    {
      have: async ({ cids }) => ({ have: cids.map(() => true) }),
      get: async (_request, { upload, send }) => {
        for (;;) {
          const frame = await upload()
          if ('want' in frame) await send({ block: await answer(frame.want) })
          if ('done' in frame) return {}
        }
      },
    },
    { guard: async () => undefined, log: silentLog },
  )
  await base.node.handle(blockProtocol.id, handler, { limited: true, maxStreams: 16 })
  return base
}

describe('a root is fetched', () => {
  it('from a peer named by its address, level by level, and is pinned like an upload', async () => {
    const leaves = await Promise.all(Array.from({ length: 30 }, () => leaf(50 * KiB)))
    const middle = await Promise.all(
      [0, 1, 2].map((i) => node(leaves.slice(i * 10, i * 10 + 10).map(({ cid }) => cid))),
    )
    const root = await node({ all: middle.map(({ cid }) => cid), again: leaves[0]?.cid })
    const blocks = [...leaves, ...middle, root]
    const from = await origin(blocks)
    expect(await fetch(guest, cafe, root.cid, from.at.addresses)).toMatchObject({ state: 'queued', blocks: 0 })
    const status = await settled(guest, cafe, root.cid, 'pinned', 'failed')
    expect(status).toMatchObject({ state: 'pinned', blocks: 34, bytes: bytesOf(blocks), origins: from.at.addresses })
    expect(await list(guest, cafe)).toContain(root.cid.toString())
    for (const { cid } of blocks) expect(await cafe.blocks.has(cid)).toBe(true)
  })

  it('from the client itself, when it names nobody', async () => {
    const blocks = await tree(3, 1000)
    await put(guest, blocks)
    await fetch(guest, cafe, rootOf(blocks), [])
    const status = await settled(guest, cafe, rootOf(blocks), 'pinned', 'failed')
    expect(status).toMatchObject({ state: 'pinned', origins: [guest.at.cafe] })
  })

  it('of more than is promised at first, and more than fits twice', async () => {
    const client = await newClient(cafe, 21 * MiB)
    const blocks = await tree(20, 1 * MiB)
    const from = await origin(blocks)
    await fetch(client, cafe, rootOf(blocks), from.at.addresses)
    expect(await settled(client, cafe, rootOf(blocks), 'pinned', 'failed')).toMatchObject({ state: 'pinned' })
    expect(await usage(client, cafe)).toEqual({ roots: 1, bytes: bytesOf(blocks) })
    expect((await cafe.keep.usage(client.account().address)).leased).toBe(0)
  })

  it('that is there already is pinned at once, and only described anew', async () => {
    const blocks = await tree(2, 100)
    await pin(guest, cafe, blocks)
    const before = await usage(guest, cafe)
    expect(await fetch(guest, cafe, rootOf(blocks), [])).toMatchObject({ state: 'pinned', blocks: 3 })
    expect(await usage(guest, cafe)).toEqual(before)
  })

  it('is nobody else’s business', async () => {
    const other = await newClient(cafe)
    const blocks = await tree(2, 100)
    await pin(guest, cafe, blocks)
    const auth = await other.access(cafe)
    expect(await other.pins.status(cafe.at.cafe, rootOf(blocks).toString(), { auth })).toBeUndefined()
  })
})

describe('an origin', () => {
  it('that lies fails the pin and leaves no block', async () => {
    const blocks = await tree(3, 1000)
    const liar = await strange(async () => randomBytes(1000))
    const keys = await Array.fromAsync(cafe.blocks.keys())
    await fetch(guest, cafe, rootOf(blocks), liar.at.addresses)
    expect(await settled(guest, cafe, rootOf(blocks), 'failed')).toMatchObject({ reason: 'CORRUPT' })
    expect(await Array.fromAsync(cafe.blocks.keys())).toEqual(keys)
  })

  it('that lies is left for one that does not', async () => {
    const blocks = await tree(3, 1000)
    const liar = await strange(async () => randomBytes(1000))
    const good = await origin(blocks)
    await fetch(guest, cafe, rootOf(blocks), [...liar.at.addresses, ...good.at.addresses])
    expect(await settled(guest, cafe, rootOf(blocks), 'pinned', 'failed')).toMatchObject({ state: 'pinned' })
  })

  it('that lacks a block fails the pin and leaves no block', async () => {
    const blocks = await tree(4, 1000)
    const keys = await Array.fromAsync(cafe.blocks.keys())
    const from = await origin(blocks.slice(1))
    await fetch(guest, cafe, rootOf(blocks), from.at.addresses)
    expect(await settled(guest, cafe, rootOf(blocks), 'failed')).toMatchObject({ reason: 'NOT_FOUND' })
    expect(await Array.fromAsync(cafe.blocks.keys())).toEqual(keys)
  })

  it('whose DAG is over quota fails the pin and leaves no block', async () => {
    const client = await newClient(cafe, 5000)
    const keys = await Array.fromAsync(cafe.blocks.keys())
    const blocks = await tree(9, 1000)
    const from = await origin(blocks)
    await fetch(client, cafe, rootOf(blocks), from.at.addresses)
    expect(await settled(client, cafe, rootOf(blocks), 'failed')).toMatchObject({ reason: 'QUOTA' })
    expect(await Array.fromAsync(cafe.blocks.keys())).toEqual(keys)
    expect(await cafe.keep.usage(client.account().address)).toMatchObject({ bytes: 0, leased: 0 })
  })

  it('that is silent, or is not there, leaves the pin queued with the reason', async () => {
    const silent = await strange(() => new Promise(() => {}))
    const [one, two] = [await tree(1, 10), await tree(1, 10)]
    const gone = await origin([])
    await gone.node.stop()
    await fetch(guest, cafe, rootOf(one), silent.at.addresses)
    const waits = async (root: CID) =>
      vi.waitFor(async () => {
        const status = await guest.pins.status(cafe.at.cafe, root.toString(), { auth: await guest.access(cafe) })
        if (status?.reason === undefined) throw new Error('not tried yet')
        return status
      }, WAIT)
    expect(await waits(rootOf(one))).toMatchObject({ state: 'queued', reason: 'UNREACHABLE' })
    await fetch(guest, cafe, rootOf(two), gone.at.addresses)
    expect(await waits(rootOf(two))).toMatchObject({ state: 'queued', reason: 'UNREACHABLE' })
    for (const blocks of [one, two]) await unpin(guest, cafe, rootOf(blocks))
  })

  it('that is none is refused at once', async () => {
    const { cid } = await leaf(10)
    await leavesNothing(cafe, async () => {
      for (const origin of ['', 'nobody', '/ip4/127.0.0.1/tcp/1/ws', '/dns4/example.org/p2p/12D3', '12D3KooWx'])
        expect(await failure(fetch(guest, cafe, cid, [origin]))).toEqual({ code: 'BAD_REQUEST', at: 'origins' })
    })
  })

  it('is asked for no more than a DAG may have', async () => {
    let next = await leaf(1)
    const chain = [next]
    for (let i = 0; i < 80; i++) {
      next = await node({ next: next.cid })
      chain.push(next)
    }
    const from = await origin(chain)
    await fetch(guest, cafe, next.cid, from.at.addresses)
    expect(await settled(guest, cafe, next.cid, 'failed')).toMatchObject({ reason: 'BAD_REQUEST' })
  })
})

describe('the life of a pin', () => {
  it('is watched: what is there, then every change', async () => {
    const client = await newClient(cafe)
    const [there, coming] = [await tree(1, 10), await tree(2, 1000)]
    await pin(client, cafe, there)
    const stop = new AbortController()
    const seen: string[] = []
    const auth = await client.access(cafe)
    const watching = (async () => {
      for await (const { root, state } of client.pins.watch(cafe.at.cafe, { auth, signal: stop.signal }))
        seen.push(`${root.equals(rootOf(there)) ? 'there' : 'coming'} ${state}`)
    })()
    await vi.waitFor(() => expect(seen).toEqual(['there pinned']), WAIT)
    const from = await origin(coming)
    await fetch(client, cafe, rootOf(coming), from.at.addresses)
    await vi.waitFor(() => expect(seen).toContain('coming pinned'), WAIT)
    expect([...new Set(seen)]).toEqual(['there pinned', 'coming queued', 'coming pinning', 'coming pinned'])
    stop.abort()
    await expect(watching).rejects.toMatchObject({ name: 'CafeError' })
  })

  it('is over for a watcher who left the cafe', async () => {
    const client = await newClient(cafe)
    const auth = await client.access(cafe)
    const watching = Array.fromAsync(client.pins.watch(cafe.at.cafe, { auth }))
    watching.catch(() => {})
    await client.peer.cafes.deregister(cafe.at.cafe, {})
    expect(await failure(watching)).toMatchObject({ code: 'UNAUTHORIZED' })
  })

  it('goes on by itself after a restart of the cafe, and asks for nothing twice', async () => {
    const [rows, blocks, datastore, jwtKey] = [
      memoryRows(),
      memoryBlocks(),
      new MemoryDatastore(),
      await createJwtKey(),
    ]
    const same = { rows, blocks, datastore, jwtKey, clock: testClock() }
    const first = keep(await createCafeNode(same))
    const client = await newClient(first)
    const dag = await tree(20, 1000)
    const given: string[] = []
    let limit = 9
    const from = await strange((cid) => {
      const block = dag.find((one) => one.cid.equals(cid))
      if (!block || given.length >= limit) return new Promise(() => {})
      given.push(cid.toString())
      return Promise.resolve(block.bytes)
    })
    await fetch(client, first, rootOf(dag), from.at.addresses)
    await vi.waitFor(() => expect(given.length).toBe(9), WAIT)
    await vi.waitFor(async () => expect((await Array.fromAsync(blocks.keys())).length).toBe(9), WAIT)
    await first.cafe.close()
    await first.stop()
    limit = Number.POSITIVE_INFINITY
    const second = keep(await createCafeNode(same))
    const { address } = client.account()
    await vi.waitFor(async () => {
      const status = await second.cafe.jobs.get(address, rootOf(dag).toString())
      if (status?.state !== 'pinned') throw new Error(`${status?.state} ${status?.reason}`)
    }, WAIT)
    expect(await second.keep.find(address, rootOf(dag))).toMatchObject({ blocks: 21 })
    expect(given.length).toBe(21)
  })

  it('ends with a removal, also while it is fetched', async () => {
    const dag = await tree(3, 1000)
    const slow = await strange(() => new Promise(() => {}))
    await leavesNothing(cafe, async () => {
      await fetch(guest, cafe, rootOf(dag), slow.at.addresses)
      await settled(guest, cafe, rootOf(dag), 'pinning', 'queued')
      await unpin(guest, cafe, rootOf(dag))
    })
    const auth = await guest.access(cafe)
    expect(await guest.pins.status(cafe.at.cafe, rootOf(dag).toString(), { auth })).toBeUndefined()
  })

  it('leaves no row of an account that left', async () => {
    const client = await newClient(cafe)
    const dag = await tree(3, 1000)
    const slow = await strange(() => new Promise(() => {}))
    await fetch(client, cafe, rootOf(dag), slow.at.addresses)
    await client.peer.cafes.deregister(cafe.at.cafe, {})
    const { address } = client.account()
    expect(Object.keys(await cafe.dump()).filter((key) => key.includes(address))).toEqual([])
  })
})

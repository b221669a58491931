/**
 * Every operation of the cafe's services over both carriers: the same script on two cafes that are alike must be told the
 * same, whether its frames are on a libp2p stream or in HTTP bodies of either form.
 */
import type { CID } from 'multiformats/cid'
import { describe, expect, it } from 'vitest'
import { pinProtocol } from '../../src/cafe/pin/protocol.ts'
import { sessionProtocol } from '../../src/cafe/session/protocol.ts'
import { CafeError } from '../../src/core/errors.ts'
import { KiB } from '../../src/core/limits.ts'
import { type Exchange, start as startLibp2p } from '../../src/wire/call.ts'
import { cborFormat, type Format, jsonFormat } from '../../src/wire/http-frames.ts'
import type { Service } from '../../src/wire/protocol.ts'
import { type Fetch, serveOnLoopback, startHttp } from '../fixtures/http-call.ts'
import { type Block, bytesOf, leaf, node } from './blocks-fixture.ts'
import { carOf } from './car-fixture.ts'
import { type CafeNode, createTestNode, failure, type GuestNode, keep } from './fixture.ts'
import { newCafe, newClient } from './pin-fixture.ts'

type AnyExchange = Exchange<unknown, unknown, unknown>

interface World {
  readonly cafe: CafeNode
  readonly guest: GuestNode
  start(op: string, input: unknown): Promise<AnyExchange>
}

type Auth = (world: Omit<World, 'start'>) => Promise<string>
type Start = (
  world: Omit<World, 'start'>,
  service: Service,
  op: string,
  input: unknown,
  auth?: string,
) => Promise<AnyExchange>

interface Carrier {
  readonly name: string
  readonly auth: Auth
  readonly start: Start
}

const bearer: Auth = async ({ cafe, guest }) => {
  const wish = { label: 'a program', scopes: ['pin'] } as const
  return (await guest.peer.bearers.grant(cafe.at.cafe, wish, { signal: AbortSignal.timeout(30_000) })).text
}

const libp2p: Carrier = {
  name: 'libp2p',
  auth: ({ cafe, guest }) => guest.access(cafe),
  start: async ({ cafe, guest }, service, op, input, auth) =>
    (await startLibp2p(guest.node.connector, cafe.at.cafe, service, op, input as never, { auth })) as AnyExchange,
}

const overHttp = (name: string, format: Format, via: (cafe: CafeNode) => Promise<[Fetch, string]>): Carrier => ({
  name,
  auth: bearer,
  async start({ cafe }, service, op, input, auth) {
    const [fetch, origin] = await via(cafe)
    return startHttp(fetch, service, op, input, { auth, format, origin })
  },
})

const directly = async (cafe: CafeNode): Promise<[Fetch, string]> => [
  (request) => cafe.cafe.fetch(request),
  'http://cafe.test',
]
const onLoopback = async (cafe: CafeNode): Promise<[Fetch, string]> => {
  const server = await serveOnLoopback((request) => cafe.cafe.fetch(request))
  keep({ stop: server.close })
  return [(request) => fetch(request), server.origin]
}

const HTTP = [
  overHttp('HTTP with dag-json', jsonFormat, directly),
  overHttp('HTTP with dag-cbor', cborFormat, directly),
  overHttp('real HTTP with dag-json', jsonFormat, onLoopback),
]

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

const content = (size: number, seed: number) => leaf(new Uint8Array(size).fill(seed))
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

type Script = (world: World) => Promise<unknown>

/** A script or more for every operation; the first line of what they say is about the good case. */
const SCRIPTS: Record<keyof (typeof pinProtocol)['operations'], Script> = {
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

async function play(carrier: Carrier, script: Script): Promise<unknown> {
  const cafe = await newCafe()
  const guest = await newClient(cafe)
  const auth = await carrier.auth({ cafe, guest })
  const start: World['start'] = (op, input) => carrier.start({ cafe, guest }, pinProtocol, op, input, auth)
  return script({ cafe, guest, start })
}

describe('the pin service', () => {
  it.each(Object.keys(pinProtocol.operations))('answers %s the same over both carriers', async (op) => {
    const script = SCRIPTS[op as keyof typeof SCRIPTS]
    const expected = await play(libp2p, script)
    expect(JSON.stringify(expected)).toMatch(/\w/)
    for (const carrier of HTTP) expect([carrier.name, await play(carrier, script)]).toEqual([carrier.name, expected])
  })

  it.each(Object.keys(pinProtocol.operations))(
    'refuses %s alike to whoever may not, and an input that is none',
    async (op) => {
      const cafe = await newCafe()
      const guest = await newClient(cafe)
      const world = { cafe, guest }
      const session = await guest.access(cafe)
      for (const carrier of [libp2p, ...HTTP]) {
        const refused = async (input: unknown, auth?: string) =>
          failure((await carrier.start(world, pinProtocol, op, input, auth)).receipt())
        expect(await refused({ nonsense: 1 })).toEqual({ code: 'UNAUTHORIZED' })
        if (carrier !== libp2p) expect(await refused({}, session)).toEqual({ code: 'UNAUTHORIZED' })
        const good = await carrier.auth(world)
        expect(await refused(null, good)).toEqual({ code: 'BAD_REQUEST', at: '' })
        const nonsense = (await refused({ nonsense: 1 }, good)) as { code: string; at: string }
        expect(nonsense.code).toBe('BAD_REQUEST')
        expect(nonsense).toEqual(
          await failure((await libp2p.start(world, pinProtocol, op, { nonsense: 1 }, session)).receipt()),
        )
      }
    },
  )
})

describe('the session service over HTTP', () => {
  it.each(Object.keys(sessionProtocol.operations))(
    'never answers %s: it rests on the peer that a handshake proves',
    async (op) => {
      const cafe = await newCafe()
      const guest = await newClient(cafe)
      const world = { cafe, guest }
      const auth = await bearer(world)
      const session = await guest.access(cafe)
      const before = await cafe.dump()
      const { auth: needs } = sessionProtocol.operations[op as 'challenge']
      for (const carrier of HTTP) {
        const refused = async (token?: string) =>
          failure((await carrier.start(world, sessionProtocol, op, {}, token)).receipt())
        const peer = { code: 'FORBIDDEN', why: 'peer' }
        const over = { code: 'UNAUTHORIZED' }
        expect(await refused()).toEqual(needs === 'none' ? peer : over)
        expect(await refused(session)).toEqual(needs === 'none' ? peer : over)
        expect(await refused(auth)).toEqual(needs === 'none' ? peer : { code: 'FORBIDDEN', why: 'scope' })
      }
      expect(await cafe.dump()).toEqual(before)
    },
  )
})

describe('the HTTP face', () => {
  it('fetches from a peer that a program names over HTTP', async () => {
    const cafe = await newCafe()
    const guest = await newClient(cafe)
    const origin = await createTestNode()
    keep({ stop: () => origin.node.stop() })
    const block = await content(1000, 30)
    await origin.blocks.put(block.cid, block.bytes)
    const auth = await bearer({ cafe, guest })
    const fetch: Fetch = (request) => cafe.cafe.fetch(request)
    const start = (op: string, input: unknown) => startHttp(fetch, pinProtocol, op, input, { auth, format: jsonFormat })
    const watching = start('watch', {})
    await start('fetch', { root: block.cid, origins: [...origin.node.addresses()] }).receipt()
    for (let item = await watching.next(); item; item = await watching.next()) {
      const { status } = item as { status?: { state: string; bytes: number } }
      if (status?.state === 'pinned') break
    }
    watching.close()
    expect(await cafe.blocks.has(block.cid)).toBe(true)
  })
})

/** The relay's directory: names the cafes that are seated there, while they are open, and nobody else. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { MemoryDatastore } from 'datastore-core'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { CAFE_PROTOCOL, createDirectory, type Seats } from '../../relay/directory.ts'
import { CAFE_ADDRESSES, MAX_CAFES as NAMED } from '../../relay/limits.ts'
import { createRelay, type Relay } from '../../relay/relay.ts'
import { sessionProtocol } from '../../src/cafe/session/protocol.ts'
import { MAX_ADDRESSES, MAX_CAFE_LIST, MAX_LISTED_CAFES, MAX_SLOT_BODY } from '../../src/core/limits.ts'
import { silentLog } from '../../src/core/log.ts'
import { fetchCafes } from '../../src/net/cafe-list.ts'
import { createNode, type Node } from '../../src/net/node.ts'
import { memoryBlocks } from '../../src/store/memory.ts'
import { createCafeNode, createGuestNode, createTestNode, failure, keep } from './fixture.ts'
import { all, auth, body, newId } from './record-fixture.ts'
import { ask, configOf, createFolder } from './relay-fixture.ts'

const folder = createFolder()
const stop = { signal: AbortSignal.timeout(120_000) }
let relay: Relay
let origin: string

beforeAll(async () => {
  relay = await createRelay(configOf(folder, { announce: ['/dns4/relay.example/tcp/443/wss'] }), { log: silentLog })
  origin = `http://127.0.0.1:${new URL(relay.url).port}`
})
afterAll(async () => {
  await relay.stop()
  folder.remove()
})

/** A node with a seat at the relay. */
async function seated(): Promise<Node> {
  const relays = relay.multiaddrs.filter((address) => address.startsWith('/ip4/'))
  const parts = { datastore: new MemoryDatastore(), blocks: memoryBlocks(), log: silentLog }
  const node = keep(await createNode({ ...parts, relays, listen: ['/p2p-circuit'] }))
  await node.reserved(stop.signal)
  return node
}

const openCafe = (node: Node) => node.handle(sessionProtocol.id, async () => {}, { limited: true, maxStreams: 1 })
const listed = async () => (await fetchCafes(origin, stop)).map(({ peer }) => peer)

describe('the directory of a relay', () => {
  it('names the protocol that cafes speak', () => {
    expect(CAFE_PROTOCOL).toBe(sessionProtocol.id)
    expect([NAMED, CAFE_ADDRESSES]).toEqual([MAX_LISTED_CAFES, MAX_ADDRESSES])
  })

  it('names a seated peer from when it opens a cafe until it closes it, and nobody who has none', async () => {
    const [cafe, other] = [await seated(), await seated()]
    expect(await listed()).toEqual([])
    await openCafe(cafe)
    await vi.waitFor(async () => expect(await listed()).toEqual([cafe.peer]), 20_000)
    await openCafe(other)
    await vi.waitFor(async () => expect((await listed()).sort()).toEqual([cafe.peer, other.peer].sort()), 20_000)
    await other.unhandle(sessionProtocol.id)
    await vi.waitFor(async () => expect(await listed()).toEqual([cafe.peer]), 20_000)
    await cafe.stop()
    await vi.waitFor(async () => expect(await listed()).toEqual([]), 20_000)
  }, 90_000)

  it('says addresses by which the cafe can really be dialled', async () => {
    const cafe = await seated()
    await openCafe(cafe)
    await vi.waitFor(async () => expect(await listed()).toContain(cafe.peer), 20_000)
    const found = (await fetchCafes(origin, stop)).find(({ peer }) => peer === cafe.peer)
    expect(found?.addresses[0]).toBe(`/dns4/relay.example/tcp/443/wss/p2p/${relay.peerId}/p2p-circuit/p2p/${cafe.peer}`)
    const guest = keep((await createTestNode()).node)
    guest.connector.know(cafe.peer, found?.addresses.slice(1) ?? [])
    const stream = await guest.connector.open(cafe.peer, sessionProtocol.id, { ...stop, limited: true })
    stream.abort(new Error('reached'))
  }, 60_000)

  it('is never stored, and said to HEAD too', async () => {
    const { status, headers, body } = await ask(relay.url, '/cafes')
    expect([status, headers['cache-control'], headers['content-type']]).toEqual([
      200,
      'no-store',
      'application/json; charset=utf-8',
    ])
    expect(headers['access-control-allow-origin']).toBeUndefined()
    expect(JSON.parse(body)).toEqual({ cafes: expect.any(Array) })
    expect(await ask(relay.url, '/cafes', { method: 'HEAD' })).toMatchObject({ status: 200, body: '' })
    expect((await ask(relay.url, '/cafes', { method: 'POST' })).status).toBe(405)
  })

  it('names so many at once, and of more each now and then', () => {
    const events = new EventTarget()
    const peers = Array.from({ length: NAMED + 10 }, (_, i) => `peer${i}`)
    const seats = { services: { relay: { reservations: { keys: () => peers } } } }
    const node = Object.assign(events, seats) as unknown as Seats
    let first = 0
    const directory = createDirectory(
      node,
      () => Array.from({ length: 20 }, (_, i) => `/ip4/10.0.0.${i}/tcp/1/ws/p2p/relay`),
      () => first,
    )
    for (const peerId of peers)
      events.dispatchEvent(new CustomEvent('peer:identify', { detail: { peerId, protocols: [CAFE_PROTOCOL] } }))
    const seen = new Set<string>()
    for (first = 0; first < peers.length; first += 100) {
      const { cafes } = directory()
      expect(cafes.length).toBe(NAMED)
      expect(cafes[0]?.addresses.length).toBe(CAFE_ADDRESSES)
      for (const { peer } of cafes) seen.add(peer)
    }
    expect(seen.size).toBe(peers.length)
  })
})

describe('a cafe that was found so', () => {
  it('keeps snapshots, drops and cards of who comes through the relay', async () => {
    const relays = relay.multiaddrs.filter((address) => address.startsWith('/ip4/'))
    const cafe = keep(await createCafeNode({ relays }))
    await vi.waitFor(async () => expect(await listed()).toContain(cafe.at.cafe), 20_000)
    const found = (await fetchCafes(origin, stop)).find(({ peer }) => peer === cafe.at.cafe)
    const addresses = found?.addresses.filter((address) => address.startsWith('/ip4/')) ?? []
    const guest = keep(await createGuestNode({ clock: cafe.clock }))
    await guest.peer.cafes.register({ cafe: cafe.at.cafe, addresses }, await cafe.token(), {})
    expect(guest.node.connections()).toContainEqual(expect.objectContaining({ peerId: cafe.at.cafe, path: 'relayed' }))
    const options = await auth(guest, cafe)
    const [slot, bytes] = [newId(), body(MAX_SLOT_BODY)]
    await guest.snapshots.put(cafe.at.cafe, { slot, expect: 0, seq: 1, body: bytes }, options)
    expect(await guest.snapshots.get(cafe.at.cafe, slot, options)).toEqual({ seq: 1, body: bytes })
    await guest.snapshots.leave(cafe.at.cafe, { drop: slot, body: body() }, options)
    expect((await all(guest.snapshots.look(cafe.at.cafe, [slot]))).length).toBe(1)
    expect(await guest.contacts.get(cafe.at.cafe, guest.account().address)).toBeUndefined()
  }, 60_000)
})

describe('asking a relay for cafes', () => {
  /** Asks a server that answers with this. */
  const answered = async (status: number, body: string | Uint8Array, headers: Record<string, string> = {}) => {
    const server = createServer((_, res) => res.writeHead(status, headers).end(body))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    try {
      return await fetchCafes(`http://127.0.0.1:${port}`, stop)
    } finally {
      server.closeAllConnections()
      server.close()
    }
  }
  const peer = '12D3KooWBRG69dXjhJpAMrHcUTiFoCGuJ7Qcb1WYgLYGkQcLSmzU'
  const ok = { peer, addresses: ['/ip4/127.0.0.1/tcp/1/ws'] }

  it('takes what fits the schema', async () => {
    expect(await answered(200, JSON.stringify({ cafes: [ok] }))).toEqual([ok])
    expect(await answered(200, JSON.stringify({ cafes: [] }))).toEqual([])
  })

  it.each([
    ['no JSON', 'cafes'],
    ['nothing', ''],
    ['a list alone', JSON.stringify([ok])],
    ['more than was agreed', JSON.stringify({ cafes: [{ ...ok, more: 1 }] })],
    ['a peer that is none', JSON.stringify({ cafes: [{ ...ok, peer: 'x' }] })],
    ['an address that is none', JSON.stringify({ cafes: [{ ...ok, addresses: ['http://x'] }] })],
    ['too many addresses', JSON.stringify({ cafes: [{ ...ok, addresses: Array(9).fill('/a') }] })],
    ['too many cafes', JSON.stringify({ cafes: Array(MAX_LISTED_CAFES + 1).fill(ok) })],
    ['more bytes than there can be', `${JSON.stringify({ cafes: [ok] })}${' '.repeat(MAX_CAFE_LIST)}`],
  ])('refuses %s', async (_, body) => {
    expect(await failure(answered(200, body))).toMatchObject({ code: 'BAD_REQUEST' })
  })

  it('says that there is no such relay for other answers, redirections, and none', async () => {
    expect(await failure(answered(404, 'no'))).toEqual({ code: 'UNREACHABLE', status: 404 })
    expect(await failure(answered(302, '', { location: '/elsewhere' }))).toEqual({ code: 'UNREACHABLE' })
    expect(await failure(fetchCafes('http://127.0.0.1:1', stop))).toEqual({ code: 'UNREACHABLE' })
    expect(await failure(fetchCafes(origin, { signal: AbortSignal.abort() }))).toEqual({ code: 'ABORTED' })
  })
})

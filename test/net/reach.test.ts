/** Which path a call takes: the direct one where there is, what works first for small calls, patience for bulk. */
import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { MemoryDatastore } from 'datastore-core'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { createRelay, type Relay } from '../../relay/relay.ts'
import { silentLog } from '../../src/core/log.ts'
import { createNode, type Node } from '../../src/net/node.ts'
import { throughRelay } from '../../src/net/paths.ts'
import { memoryBlocks } from '../../src/store/memory.ts'
import { blockProtocol } from '../../src/wire/block.ts'
import { keep } from './fixture.ts'
import { configOf, createFolder } from './relay-fixture.ts'
import { portOf, tcpProxy, withPort } from './tcp-proxy.ts'

const folder = createFolder()
const soon = () => AbortSignal.timeout(20_000)
const held: Socket[] = []
let relay: Relay
let cafe: Node
/** Accepts connections and never says a word. */
let hole: Server
let holed: string
let circuit: string

beforeAll(async () => {
  relay = await createRelay(configOf(folder), { log: silentLog })
  cafe = await create(['/ip4/127.0.0.1/tcp/0/ws'])
  await vi.waitUntil(() => cafe.addresses().some((address) => address.includes('p2p-circuit')), { timeout: 20_000 })
  hole = createServer((socket) => void held.push(socket))
  hole.listen(0, '127.0.0.1')
  await once(hole, 'listening')
  holed = `/ip4/127.0.0.1/tcp/${(hole.address() as AddressInfo).port}/ws/p2p/${cafe.peer}`
  circuit = throughRelay(relay.multiaddrs[0] as string, cafe.peer)[1] as string
})
afterAll(async () => {
  for (const socket of held) socket.destroy()
  hole.close()
  await relay.stop()
  folder.remove()
})

async function create(listen: readonly string[] = [], canDirect = true): Promise<Node> {
  const relays = [relay.multiaddrs[0] as string]
  const parts = { datastore: new MemoryDatastore(), blocks: memoryBlocks(), log: silentLog }
  return keep(await createNode({ ...parts, relays, listen, canDirect: () => canDirect }))
}

const direct = () => cafe.addresses().find((address) => !address.includes('p2p-circuit')) as string
const open = (node: Node, bulk: boolean) =>
  node.connector.open(cafe.peer, blockProtocol.id, { signal: soon(), limited: true, bulk })
const paths = (node: Node) =>
  node
    .connections()
    .filter(({ peerId }) => peerId === cafe.peer)
    .map(({ path, whyRelayed }) => [path, whyRelayed])

describe('the path of a call', () => {
  test('is direct where that works, at once', async () => {
    const node = await create()
    node.connector.know(cafe.peer, [...cafe.addresses().filter((address) => !address.includes('p2p-circuit')), circuit])
    ;(await open(node, false)).abort(new Error('seen'))
    expect(paths(node)).toEqual([['direct', undefined]])
  })

  test('is the relay for a small call while a direct attempt still runs', async () => {
    const node = await create()
    node.connector.know(cafe.peer, [holed, circuit])
    const stream = await open(node, false)
    expect(paths(node)).toEqual([['relayed', 'pending']])
    await node.connector.settled(cafe.peer)
    // What runs was not touched.
    expect(stream.status).toBe('open')
    expect(paths(node)).toEqual([['relayed', 'timeout']])
  })

  test('is the relay for bulk only when the direct attempt is over', async () => {
    const node = await create()
    node.connector.know(cafe.peer, [holed, circuit])
    await open(node, true)
    expect(paths(node)).toEqual([['relayed', 'timeout']])
  })

  test('becomes direct in the background without dropping the stream that runs', async () => {
    const node = await create()
    node.connector.know(cafe.peer, [circuit])
    const stream = await open(node, false)
    expect(paths(node)).toEqual([['relayed', 'no-address']])
    node.connector.know(cafe.peer, cafe.addresses())
    ;(await open(node, false)).abort(new Error('seen'))
    await node.connector.settled(cafe.peer)
    expect(paths(node).map(([path]) => path)).toContain('direct')
    expect(stream.status).toBe('open')
    stream.abort(new Error('seen'))
    await expect.poll(() => paths(node), { timeout: 20_000 }).toEqual([['direct', undefined]])
  })

  test('becomes direct by itself, without another call, once the way is free', async () => {
    const node = await create()
    const way = await tcpProxy(portOf(direct()))
    way.silent = true
    node.connector.know(cafe.peer, [withPort(direct(), way.port), circuit])
    const stream = await open(node, true)
    expect(paths(node)).toEqual([['relayed', 'timeout']])
    way.silent = false
    await expect.poll(() => paths(node).map(([path]) => path), { timeout: 30_000 }).toContain('direct')
    expect(stream.status).toBe('open')
    way.close()
  })

  test('is tried at once when something has changed', async () => {
    const node = await create()
    const way = await tcpProxy(portOf(direct()))
    way.silent = true
    node.connector.know(cafe.peer, [withPort(direct(), way.port), circuit])
    await open(node, true)
    way.silent = false
    node.connector.retry()
    await node.connector.settled(cafe.peer)
    expect(paths(node).map(([path]) => path)).toContain('direct')
    way.close()
  })

  test('is the relay where no tab lends, and says so', async () => {
    const node = await create([], false)
    node.connector.know(cafe.peer, throughRelay(relay.multiaddrs[0] as string, cafe.peer))
    await open(node, true)
    expect(paths(node)).toEqual([['relayed', 'no-tab']])
  })
})

describe('a relay that only an invite names', () => {
  test('is kept to for as long as it is wanted, and gives a seat', async () => {
    const address = relay.multiaddrs[0] as string
    const parts = { datastore: new MemoryDatastore(), blocks: memoryBlocks(), log: silentLog }
    const guest = keep(await createNode({ ...parts, relays: [], listen: ['/p2p-circuit'] }))
    const seated = () => guest.addresses().some((way) => way.includes('p2p-circuit'))
    expect(guest.relays.addresses).toEqual([])
    guest.relays.also([address])
    expect(guest.relays.addresses).toEqual([address])
    await vi.waitUntil(() => guest.relays.connected().length > 0 && seated(), { timeout: 20_000 })
    // Asked for again it is the same one; asked for no more it is forgotten.
    guest.relays.also([address, address])
    expect(guest.relays.addresses).toEqual([address])
    guest.relays.also([])
    expect(guest.relays.addresses).toEqual([])
  })

  test('and is configured as well is one relay', async () => {
    const node = await create()
    node.relays.also([relay.multiaddrs[0] as string])
    expect(node.relays.addresses).toEqual([relay.multiaddrs[0]])
  })
})

describe('a probe', () => {
  test('connects to a peer and times one round trip; the way there is among the connections', async () => {
    const guest = await create([])
    guest.connector.know(cafe.peer, [circuit])
    const ms = await guest.probe(cafe.peer, { signal: soon() })
    expect(ms).toBeGreaterThanOrEqual(0)
    expect(ms).toBeLessThan(20_000)
    expect(guest.connections().some(({ peerId }) => peerId === cafe.peer)).toBe(true)
  })

  test('of a peer that nobody knows ends with an error', async () => {
    const guest = await create([])
    const stranger = '12D3KooWGRUQK8t3p1jTKsH4kwjb6Xn2c5Wm3dCc3pMnnzJNnTVG' as typeof cafe.peer
    await expect(guest.probe(stranger, { signal: soon() })).rejects.toMatchObject({ code: 'UNREACHABLE' })
  })
})

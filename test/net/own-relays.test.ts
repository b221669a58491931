/** Relays that a person has named: a node keeps to them, and its seat moves when the one that gave it is removed. */
import { MemoryDatastore } from 'datastore-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createRelay, type Relay } from '../../relay/relay.ts'
import { silentLog } from '../../src/core/log.ts'
import { createNode, type Node } from '../../src/net/node.ts'
import { throughRelay } from '../../src/net/paths.ts'
import { relayPeer } from '../../src/net/relays.ts'
import { memoryBlocks, memoryRows } from '../../src/store/memory.ts'
import { createOwnRelays, type OwnRelays } from '../../src/worker/own-relays.ts'
import { keep } from './fixture.ts'
import { configOf, createFolder } from './relay-fixture.ts'

const WAIT = { timeout: 20_000 }
const folders = [createFolder(), createFolder()]
const soon = () => AbortSignal.timeout(WAIT.timeout)
let relays: Relay[]
let first: string
let second: string

beforeAll(async () => {
  relays = await Promise.all(folders.map((folder) => createRelay(configOf(folder), { log: silentLog })))
  ;[first, second] = relays.map(({ multiaddrs }) => String(multiaddrs[0])) as [string, string]
})
afterAll(async () => {
  await Promise.all(relays.map((relay) => relay.stop()))
  for (const folder of folders) folder.remove()
})

const create = async (): Promise<Node> => {
  const parts = { datastore: new MemoryDatastore(), blocks: memoryBlocks(), log: silentLog }
  return keep(await createNode({ ...parts, relays: [], listen: ['/p2p-circuit'] }))
}

const ownOf = async (node: Node, rows = memoryRows()): Promise<OwnRelays> => {
  const own: OwnRelays = await createOwnRelays({
    ...{ rows, relays: node.relays },
    onChange: async () => node.relays.also(own.addresses),
  })
  return own
}

/** The relays at which it has a seat. */
const seats = (node: Node): string[] => [
  ...new Set(node.addresses().flatMap((address) => relayPeer(address.split('/p2p-circuit')[0] ?? ''))),
]

/** A stranger gets to the node through the relay, and through nothing else. */
const reach = async (node: Node, relay: string): Promise<void> => {
  const guest = await create()
  guest.connector.know(node.peer, throughRelay(relay, node.peer))
  await guest.probe(node.peer, { signal: soon() })
  expect(guest.connections().some(({ peerId, path }) => peerId === node.peer && path === 'relayed')).toBe(true)
}

describe('the relay that holds the seat', () => {
  test('is removed: the other one takes its place, and that can be left for the first again', async () => {
    const node = await create()
    const own = await ownOf(node)
    await own.add(first)
    await expect.poll(() => seats(node), WAIT).toEqual([relayPeer(first)])
    await own.add(second)
    await expect.poll(() => node.relays.connected(), WAIT).toContain(second)
    for (const [left, other] of [
      [first, second],
      [second, first],
    ] as const) {
      await own.remove(relayPeer(left))
      await expect.poll(() => seats(node), WAIT).toEqual([relayPeer(other)])
      await reach(node, other)
      expect(node.connections().map(({ peerId }) => peerId)).not.toContain(relayPeer(left))
      await own.add(left)
      await expect.poll(() => node.relays.connected(), WAIT).toContain(left)
    }
  })

  test('is removed and was the only one: it is left alone, and the next has the seat', async () => {
    const node = await create()
    const own = await ownOf(node)
    await own.add(first)
    await expect.poll(() => seats(node), WAIT).toEqual([relayPeer(first)])
    await own.remove(relayPeer(first))
    expect(node.relays.addresses).toEqual([])
    await own.add(second)
    await expect.poll(() => seats(node), WAIT).toEqual([relayPeer(second)])
    await reach(node, second)
    expect(node.connections().map(({ peerId }) => peerId)).not.toContain(relayPeer(first))
  })
})

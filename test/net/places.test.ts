/** Places of a node: strangers cannot take those of peers it knows, and give way to newcomers. Real nodes over WebSocket. */
import { MemoryDatastore } from 'datastore-core'
import { describe, expect, it } from 'vitest'
import type { PeerIdText } from '../../src/core/ids.ts'
import { silentLog } from '../../src/core/log.ts'
import { createNode, type Node } from '../../src/net/node.ts'
import { memoryBlocks } from '../../src/store/memory.ts'
import { createTestNode, keep } from './fixture.ts'

const STRANGERS = 3

/** A node with few places, which knows whom the test says. */
async function crowded(known: Set<PeerIdText>): Promise<Node> {
  const node = await createNode({
    datastore: new MemoryDatastore(),
    blocks: memoryBlocks(),
    relays: [],
    listen: ['/ip4/127.0.0.1/tcp/0/ws'],
    known: (peer) => known.has(peer),
    places: { all: STRANGERS + 2, strangers: STRANGERS },
    log: silentLog,
  })
  return keep(node)
}

/** A peer that connects to `node`, and whether it still is connected after having been told so. */
async function visitor(node: Node, first?: (peer: PeerIdText) => void) {
  const { node: own } = await createTestNode()
  keep(own)
  first?.(own.peer)
  own.connector.know(node.peer, node.addresses())
  const stream = await own.connector
    .open(node.peer, '/ipfs/ping/1.0.0', { limited: true, signal: AbortSignal.timeout(20_000) })
    .catch(() => undefined)
  stream?.abort(new Error('it was to connect only'))
  return { peer: own.peer, came: stream !== undefined, node: own }
}

describe('places of a node', () => {
  it('are kept for peers that it knows, however many strangers come', async () => {
    const known = new Set<PeerIdText>()
    const node = await crowded(known)
    const strangers = [await visitor(node), await visitor(node), await visitor(node)]
    expect(strangers.map(({ came }) => came)).toEqual([true, true, true])
    // All of them came just now, so none is sent away for another.
    expect((await visitor(node)).came).toBe(false)
    expect((await visitor(node, (peer) => known.add(peer))).came).toBe(true)
    expect(node.connections()).toHaveLength(STRANGERS + 1)
  })

  it('are free for others when a stranger becomes known', async () => {
    const known = new Set<PeerIdText>()
    const node = await crowded(known)
    const first = await visitor(node)
    await visitor(node)
    await visitor(node)
    known.add(first.peer)
    expect((await visitor(node)).came).toBe(true)
    expect(node.connections().map(({ peerId }) => peerId)).toContain(first.peer)
  })

  it('of strangers who do nothing go to whoever comes later', async () => {
    const node = await crowded(new Set())
    const first = await visitor(node)
    await visitor(node)
    await visitor(node)
    const inTime = Date.now
    Date.now = () => inTime() + 60_000
    try {
      expect((await visitor(node)).came).toBe(true)
    } finally {
      Date.now = inTime
    }
    expect(node.connections().map(({ peerId }) => peerId)).not.toContain(first.peer)
    expect(node.connections()).toHaveLength(STRANGERS)
  })
})

/** After sleep: connections that only look open are dropped and made anew, those that live stay. */
import { MemoryDatastore } from 'datastore-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createRelay, type Relay } from '../../relay/relay.ts'
import { silentLog } from '../../src/core/log.ts'
import { createNode } from '../../src/net/node.ts'
import { memoryBlocks } from '../../src/store/memory.ts'
import { blockProtocol } from '../../src/wire/block.ts'
import { call } from '../../src/wire/call.ts'
import { createTestNode, keep, type TestNode } from './fixture.ts'
import { configOf, createFolder } from './relay-fixture.ts'
import { portOf, type TcpProxy, tcpProxy, withPort } from './tcp-proxy.ts'

const proxies: TcpProxy[] = []
afterAll(() => {
  for (const proxy of proxies) proxy.close()
})

const through = async (address: string): Promise<{ proxy: TcpProxy; address: string }> => {
  const proxy = await tcpProxy(portOf(address))
  proxies.push(proxy)
  return { proxy, address: withPort(address, proxy.port) }
}

const ask = (from: TestNode, to: TestNode) =>
  call(from.node.connector, to.node.peer, blockProtocol, 'have', { cids: [] }, { signal: AbortSignal.timeout(20_000) })

const peersOf = ({ node }: TestNode) => node.connections().map(({ peerId }) => peerId)

describe('waking up', () => {
  test('drops what is half open, keeps what lives, and reaches the lost peer again', async () => {
    const [me, lost, well] = [
      keepNode(await createTestNode()),
      keepNode(await createTestNode()),
      keepNode(await createTestNode()),
    ]
    const { proxy, address } = await through(lost.at.addresses[0] as string)
    me.node.connector.know(lost.node.peer, [address])
    me.node.connector.know(well.node.peer, well.at.addresses)
    await Promise.all([ask(me, lost), ask(me, well)])
    const [before] = me.node.connections().filter(({ peerId }) => peerId === well.node.peer)
    proxy.silent = true
    me.node.wake('test')
    await expect.poll(() => peersOf(me), { timeout: 20_000 }).toEqual([well.node.peer])
    expect(me.node.connections()).toEqual([before])
    proxy.silent = false
    await ask(me, lost)
    expect(peersOf(me)).toContain(lost.node.peer)
  })

  describe('at a relay', () => {
    const folder = createFolder()
    let relay: Relay
    beforeAll(async () => {
      relay = await createRelay(configOf(folder), { log: silentLog })
    })
    afterAll(async () => {
      await relay.stop()
      folder.remove()
    })

    test('a silent relay connection is made anew, with its reservation', async () => {
      const { proxy, address } = await through(relay.multiaddrs[0] as string)
      let changes = 0
      const node = keep(
        await createNode({
          datastore: new MemoryDatastore(),
          blocks: memoryBlocks(),
          relays: [address],
          log: silentLog,
          onChange: () => changes++,
        }),
      )
      await node.reserved(AbortSignal.timeout(20_000))
      const [before] = node.connections()
      const seen = changes
      proxy.silent = true
      node.wake('sleep')
      await expect.poll(() => node.connections(), { timeout: 20_000 }).not.toContainEqual(before)
      expect(changes).toBeGreaterThan(seen)
      proxy.silent = false
      await expect.poll(() => node.relays.connected(), { timeout: 20_000 }).toEqual([address])
      await expect.poll(() => node.addresses().length, { timeout: 20_000 }).toBeGreaterThan(0)
    })
  })
})

function keepNode(test: TestNode): TestNode {
  keep(test.node)
  return test
}

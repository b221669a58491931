/** A TCP proxy that breaks connections: how networks, tabs and laptops end them. */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import type { CafeAddress } from '../../src/peer/cafes.ts'
import { keep, type TestNode } from './fixture.ts'
import { portOf, withPort } from './tcp-proxy.ts'

export interface Breaking {
  /** The node as reached through here. */
  readonly at: CafeAddress
  /** Bytes that went to the node, and back. */
  readonly bytes: { up: number; down: number }
  /** Connections are refused while this is true. */
  closed: boolean
  /** Where connections lead from now on. */
  lead(to: TestNode): void
  /** Ends all connections. With `silently`, the node does not hear of it. */
  cut(options?: { silently: boolean }): void
  /** Called with every piece of data that went through. */
  onData: () => void
}

const portOfNode = ({ at }: TestNode): number => portOf(at.addresses[0] ?? '')

export async function createProxy(to: TestNode): Promise<Breaking> {
  let port = portOfNode(to)
  const pairs = new Set<{ near: Socket; far: Socket }>()
  const server = createServer((near) => {
    if (proxy.closed) return near.destroy()
    const far = connect(port, '127.0.0.1')
    const pair = { near, far }
    pairs.add(pair)
    const end = (): void => {
      pairs.delete(pair)
      near.destroy()
      far.destroy()
    }
    for (const socket of [near, far]) socket.on('error', () => {}).on('close', () => pairs.has(pair) && end())
    near.on('data', (data) => {
      proxy.bytes.up += data.byteLength
      proxy.onData()
    })
    far.on('data', (data) => {
      proxy.bytes.down += data.byteLength
      proxy.onData()
    })
    near.pipe(far, { end: false })
    far.pipe(near, { end: false })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const own = (server.address() as AddressInfo).port
  const silent: Socket[] = []
  const proxy: Breaking = {
    at: { cafe: to.at.cafe, addresses: to.at.addresses.map((address) => withPort(address, own)) },
    bytes: { up: 0, down: 0 },
    closed: false,
    lead: (other) => {
      port = portOfNode(other)
    },
    cut({ silently } = { silently: false }) {
      for (const pair of pairs) {
        pairs.delete(pair)
        pair.near.destroy()
        if (silently) silent.push(pair.far)
        else pair.far.destroy()
      }
    },
    onData: () => {},
  }
  keep({
    async stop() {
      proxy.cut()
      for (const socket of silent) socket.destroy()
      server.close()
    },
  })
  return proxy
}

/** Cuts the connections `times` times, at places that chance chooses among the next `bytes` bytes. */
export function cutAtRandom(proxy: Breaking, times: number, bytes: number): { readonly left: number } {
  const passed = (): number => proxy.bytes.up + proxy.bytes.down
  const start = passed()
  const places = Array.from({ length: times }, () => start + Math.random() * bytes).sort((a, b) => a - b)
  proxy.onData = () => {
    if (places.length === 0 || passed() < (places[0] as number)) return
    places.shift()
    proxy.cut()
  }
  return {
    get left() {
      return places.length
    },
  }
}

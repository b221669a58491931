/** The libp2p node of `libp2p-worker.ts`: relay listener, WebRTC, and an echo protocol. */
import { circuitRelayTransport } from '@libp2p/circuit-relay-v2'
import { identify } from '@libp2p/identify'
import type { Connection } from '@libp2p/interface'
import { noise } from '@libp2p/noise'
import { peerIdFromString } from '@libp2p/peer-id'
import { byteStream } from '@libp2p/utils'
import { webRTC } from '@libp2p/webrtc'
import { webSockets } from '@libp2p/websockets'
import { yamux } from '@libp2p/yamux'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p, type Libp2p } from 'libp2p'

const ECHO = '/test/echo/1.0.0'
const CHUNK = 256 * 1024

/** What the tests see of a connection. */
export interface Seen {
  readonly direct: boolean
  readonly limited: boolean
  readonly status: string
}

function see(connection: Connection): Seen {
  const direct = connection.remoteAddr.toString().includes('/webrtc')
  return { direct, limited: connection.limits !== undefined, status: connection.status }
}

/** Starts a node that listens nowhere until it is given a relay. */
export async function startNode() {
  const node: Libp2p = await createLibp2p({
    addresses: { listen: ['/p2p-circuit', '/webrtc'] },
    transports: [webSockets(), circuitRelayTransport(), webRTC({ rtcConfiguration: { iceServers: [] } })],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    connectionGater: { denyDialMultiaddr: () => false },
    connectionMonitor: { abortConnectionOnPingFailure: false },
    services: { identify: identify() },
  })
  await node.handle(ECHO, async (stream) => {
    const bytes = byteStream(stream)
    for (;;) {
      const chunk = await bytes.read()
      if (!chunk) break
      await bytes.write(chunk)
    }
    await stream.close()
  })
  const lastClose: { at: number; peer: string }[] = []
  node.addEventListener('connection:close', ({ detail }) => {
    lastClose.push({ at: Date.now(), peer: detail.remotePeer.toString() })
  })
  const of = (peer: string) => node.getConnections(peerIdFromString(peer))
  return {
    start: async (relay: string) => {
      await node.dial(multiaddr(relay))
      while (!node.getMultiaddrs().some((address) => address.toString().includes('/webrtc'))) {
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
      return node.peerId.toString()
    },
    dial: async (relay: string, peer: string) => {
      const address = multiaddr(`${relay}/p2p-circuit/webrtc/p2p/${peer}`)
      return see(await node.dial(address, { signal: AbortSignal.timeout(8_000), force: true }))
    },
    echo: (peer: string, size: number) => echo(direct(of(peer)), size),
    hangUp: async (peer: string) => {
      await Promise.all(
        of(peer)
          .filter((connection) => see(connection).direct)
          .map((connection) => connection.close()),
      )
    },
    connections: (peer: string) => of(peer).map(see),
    closes: () => lastClose.splice(0),
  }
}

function direct(connections: Connection[]): Connection {
  const found = connections.findLast((connection) => see(connection).direct && connection.status === 'open')
  if (!found) throw new Error('no direct connection')
  return found
}

/** Sends `size` bytes in a window of one chunk and compares what comes back. */
async function echo(connection: Connection, size: number): Promise<'identical'> {
  const stream = await connection.newStream(ECHO)
  const bytes = byteStream(stream)
  const chunk = new Uint8Array(CHUNK)
  for (let offset = 0; offset < size; offset += CHUNK) {
    const part = chunk.subarray(0, Math.min(CHUNK, size - offset))
    for (let at = 0; at < part.byteLength; at += 65_536) crypto.getRandomValues(part.subarray(at, at + 65_536))
    await bytes.write(part)
    const back = (await bytes.read({ bytes: part.byteLength })).subarray()
    if (back.some((byte, index) => byte !== part[index])) throw new Error(`differs after ${offset} bytes`)
  }
  await stream.close({ signal: AbortSignal.timeout(5_000) })
  return 'identical'
}

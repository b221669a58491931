/**
 * WebRTC-direct over both families of addresses. In a file, and so in a process, of its own: where another listener was
 * closed before in the same process, its native library leaves the next one's first dial without an answer (measured).
 */
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { noise } from '@libp2p/noise'
import { webRTCDirect } from '@libp2p/webrtc'
import { yamux } from '@libp2p/yamux'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'
import { describe, expect, it } from 'vitest'
import { createRelay } from '../../relay/relay.ts'
import { silentLog } from '../../src/core/log.ts'
import { configOf, createFolder } from './relay-fixture.ts'

describe('WebRTC-direct', () => {
  it('is reached by IPv4 and IPv6 on one port', async () => {
    const probe = createSocket('udp6').bind(0)
    await once(probe, 'listening')
    const { port } = probe.address()
    probe.close()
    const own = createFolder()
    const relay = await createRelay(configOf(own, { host: '::', webrtcPort: port }), { log: silentLog })
    const addresses = relay.multiaddrs.filter((one) => one.includes(`/udp/${port}/webrtc-direct/`))
    expect(addresses.filter((one) => one.startsWith('/ip4/')).length).toBeGreaterThan(0)
    for (const address of addresses.filter((one) => !one.startsWith('/ip6/fe80'))) {
      const peer = await createLibp2p({
        transports: [webRTCDirect({ rtcConfiguration: { iceServers: [] } })],
        connectionEncrypters: [noise()],
        streamMuxers: [yamux()],
        connectionGater: { denyDialMultiaddr: () => false },
      })
      const dialled = await peer.dial(multiaddr(address), { signal: AbortSignal.timeout(20_000) })
      expect(String(dialled.remotePeer), address).toBe(relay.peerId)
      await peer.stop()
    }
    await relay.stop()
    own.remove()
  }, 60_000)
})

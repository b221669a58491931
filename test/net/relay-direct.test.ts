/** WebRTC-direct at the relay, over real UDP on the loopback interface: what dials it, and the hash that stays the same. */
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { circuitRelayTransport } from '@libp2p/circuit-relay-v2'
import { identify } from '@libp2p/identify'
import { webRTCDirect } from '@libp2p/webrtc'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'
import { afterEach, describe, expect, it } from 'vitest'
import { directCertificate } from '../../relay/direct.ts'
import { createRelay, type Relay } from '../../relay/relay.ts'
import { silentLog } from '../../src/core/log.ts'
import { configOf, createFolder } from './relay-fixture.ts'

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

async function directRelay(folder = createFolder()): Promise<Relay> {
  const relay = await createRelay(configOf(folder, { directPort: 0 }), { log: silentLog })
  ends.push(folder.remove, relay.stop)
  return relay
}

const directOf = ({ multiaddrs }: Relay): string => multiaddrs.find((text) => text.includes('/webrtc-direct/')) ?? ''

describe('WebRTC-direct', () => {
  it('gives a seat to a peer that has no other way', async () => {
    const relay = await directRelay()
    const way = directOf(relay)
    expect(way).toMatch(/^\/ip4\/127\.0\.0\.1\/udp\/\d+\/webrtc-direct\/certhash\/u[\w-]+\/p2p\/\w+$/)
    const node = await createLibp2p({
      addresses: { listen: [`${way}/p2p-circuit`] },
      transports: [webRTCDirect({ rtcConfiguration: { iceServers: [] } }), circuitRelayTransport()],
      connectionGater: { denyDialMultiaddr: () => false },
      services: { identify: identify() },
    })
    ends.push(() => node.stop())
    await expect
      .poll(() => node.getMultiaddrs().map(String), { timeout: 20_000 })
      .toContainEqual(expect.stringContaining(`${relay.peerId}/p2p-circuit`))
    expect(node.getConnections().map(({ remoteAddr }) => `${remoteAddr}`)).toEqual([way])
  })

  it('refuses whoever has the hash of another certificate', async () => {
    const relay = await directRelay()
    const other = createFolder()
    ends.push(other.remove)
    const { certhash } = await directCertificate(other.data)
    const node = await createLibp2p({
      transports: [webRTCDirect({ rtcConfiguration: { iceServers: [] } })],
      connectionGater: { denyDialMultiaddr: () => false },
    })
    ends.push(() => node.stop())
    const wrong = multiaddr(directOf(relay).replace(/certhash\/[\w-]+/, `certhash/${certhash}`))
    await expect(node.dial(wrong, { signal: AbortSignal.timeout(8000) })).rejects.toThrow()
  })
})

describe('its certificate', () => {
  it('is the same after a restart, for its owner only, and made anew where it cannot be read', async () => {
    const { data, remove } = createFolder()
    ends.push(remove)
    const first = await directCertificate(data)
    const path = join(data, 'webrtc-direct.pem')
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect((await directCertificate(data)).certhash).toBe(first.certhash)
    writeFileSync(path, readFileSync(path, 'utf8').slice(0, -300))
    const second = await directCertificate(data)
    expect(second.certhash).not.toBe(first.certhash)
    // A key that is not the certificate's is as bad as none.
    writeFileSync(path, `${first.privateKey}\n${second.pem}\n`)
    expect((await directCertificate(data)).certhash).not.toBe(second.certhash)
  })
})

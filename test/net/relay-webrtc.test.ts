/** WebRTC-direct of the relay: an address that stays, a page's kind of dial, and a seat over it. */
import { X509Certificate } from 'node:crypto'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { circuitRelayTransport } from '@libp2p/circuit-relay-v2'
import { identify } from '@libp2p/identify'
import { noise } from '@libp2p/noise'
import { webRTCDirect } from '@libp2p/webrtc'
import { yamux } from '@libp2p/yamux'
import { createLibp2p } from 'libp2p'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { RTC_LIFE, RTC_RENEW } from '../../relay/limits.ts'
import { createRelay } from '../../relay/relay.ts'
import { loadRtcCertificate } from '../../relay/webrtc.ts'
import { silentLog } from '../../src/core/log.ts'
import { ask, configOf, createFolder } from './relay-fixture.ts'

const folder = createFolder()
afterAll(() => folder.remove())

describe('the certificate for WebRTC', () => {
  const own = createFolder()
  const file = join(own.data, 'webrtc-certificate.json')
  const now = Date.now()
  afterAll(() => own.remove())

  it('is kept, for its owner only, so that its hash stays', async () => {
    const first = await loadRtcCertificate(own.data, now)
    expect(await loadRtcCertificate(own.data, now + RTC_LIFE - RTC_RENEW - 1000)).toEqual(first)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(Date.parse(new X509Certificate(first.pem).validTo)).toBeGreaterThan(now + RTC_LIFE - 2000)
  })

  it('is renewed before its end', async () => {
    const first = await loadRtcCertificate(own.data, now)
    const later = now + RTC_LIFE - RTC_RENEW + 1000
    const second = await loadRtcCertificate(own.data, later)
    expect(second.certhash).not.toBe(first.certhash)
    expect(await loadRtcCertificate(own.data, later)).toEqual(second)
  })

  it.each(['', '{', '{"privateKey": "a", "pem": "b"}', `{"privateKey": 1}${' '.repeat(300_000)}`])(
    'is made anew where the file holds %j',
    async (text) => {
      writeFileSync(file, text)
      const made = await loadRtcCertificate(own.data, now)
      expect(made.certhash).toMatch(/^u/)
      expect(readFileSync(file, 'utf8')).toContain('BEGIN CERTIFICATE')
    },
  )
})

describe('WebRTC-direct', () => {
  it('gives a seat, at an address that outlives a restart and stands in the config', async () => {
    const config = configOf(folder, { host: '0.0.0.0', webrtcPort: 0 })
    const first = await createRelay(config, { log: silentLog })
    const [address = ''] = first.multiaddrs.filter((one) => one.includes('/webrtc-direct/'))
    expect(address).toMatch(/^\/ip4\/[\d.]+\/udp\/\d+\/webrtc-direct\/certhash\/u[\w-]+\/p2p\//)
    const told = JSON.parse((await ask(first.url, '/config.json')).body)
    expect(told.relay).toContain(address)
    expect(told.relay.length).toBeLessThanOrEqual(8)
    const peer = await createLibp2p({
      addresses: { listen: [`${address}/p2p-circuit`] },
      transports: [webRTCDirect({ rtcConfiguration: { iceServers: [] } }), circuitRelayTransport()],
      connectionEncrypters: [noise()],
      streamMuxers: [yamux()],
      services: { identify: identify() },
    })
    await vi.waitFor(() => expect(peer.getMultiaddrs().join()).toContain('/p2p-circuit'), 30_000)
    expect(JSON.parse((await ask(first.url, '/health')).body).reservations).toBe(1)
    await peer.stop()
    await first.stop()
    const second = await createRelay(config, { log: silentLog })
    const hash = /certhash\/[\w-]+/.exec(address)?.[0]
    expect(second.multiaddrs.join()).toContain(hash)
    await second.stop()
  }, 60_000)
})

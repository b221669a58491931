/** The relay in this process: what it serves under which headers, and that it really relays. */
import { rmSync } from 'node:fs'
import { connect } from 'node:net'
import { circuitRelayTransport } from '@libp2p/circuit-relay-v2'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { identify } from '@libp2p/identify'
import type { Libp2p, PrivateKey } from '@libp2p/interface'
import { noise } from '@libp2p/noise'
import { byteStream } from '@libp2p/utils'
import { webSockets } from '@libp2p/websockets'
import { yamux } from '@libp2p/yamux'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { CONNECTIONS_PER_PEER, MAX_URL } from '../../relay/limits.ts'
import { createRelay, type Relay } from '../../relay/relay.ts'
import { createLog, silentLog } from '../../src/core/log.ts'
import { ask, configOf, createFolder, PAGE } from './relay-fixture.ts'
import { reserve } from './relay-peers.ts'

const folder = createFolder()
const lines: string[] = []
const iceServers = [{ urls: ['stun:s.example'] }]
let relay: Relay

beforeAll(async () => {
  const log = createLog((_, line) => void lines.push(line), 'debug')
  relay = await createRelay(configOf(folder, { announce: ['/dns4/relay.example/tcp/443/wss'], iceServers }), { log })
  // The app is read at start; a folder that is rebuilt or gone changes nothing.
  rmSync(folder.app, { recursive: true })
})
afterAll(async () => {
  await relay.stop()
  folder.remove()
})

describe('the app server', () => {
  it('serves the page under a policy that names this host, to be asked for each time', async () => {
    const { host } = new URL(relay.url)
    for (const path of ['/', '/index.html', '/?x=1']) {
      const { status, headers, body } = await ask(relay.url, path)
      expect([status, body]).toEqual([200, PAGE])
      expect(headers['content-type']).toBe('text/html; charset=utf-8')
      expect(headers['cache-control']).toBe('no-cache')
      expect(headers['cross-origin-opener-policy']).toBe('same-origin')
      expect(headers['content-security-policy']).toContain(`script-src ${host}/assets/;`)
      expect(headers['content-security-policy']).toContain("frame-ancestors 'none'")
    }
  })

  it('serves hashed files for ever, compressed if wanted', async () => {
    const { headers, body } = await ask(relay.url, '/assets/index-abc.js')
    expect(headers['cache-control']).toBe('public, max-age=31536000, immutable')
    expect(headers['content-type']).toBe('text/javascript; charset=utf-8')
    expect(headers.vary).toBe('Accept-Encoding')
    const packed = await ask(relay.url, '/assets/index-abc.js', { headers: { 'accept-encoding': 'br, gzip' } })
    expect(packed.headers['content-encoding']).toBe('gzip')
    expect(packed.body.length).toBeLessThan(body.length)
    const refused = await ask(relay.url, '/assets/index-abc.js', { headers: { 'accept-encoding': 'gzip;q=0' } })
    expect(refused.headers['content-encoding']).toBeUndefined()
  })

  it('serves files with a fixed name to be asked for each time, and answers 304 when they are the same', async () => {
    for (const path of ['/sw.js', '/favicon.svg']) {
      const { status, headers } = await ask(relay.url, path)
      expect([status, headers['cache-control']]).toEqual([200, 'no-cache'])
      const again = await ask(relay.url, path, { headers: { 'if-none-match': String(headers.etag) } })
      expect([again.status, again.body]).toEqual([304, ''])
    }
  })

  it.each(['/ipfs/bafy/a.html', '/ipfs', '/ipns/name/', '/ipfs/x/sw.js'])(
    'answers %s with the shell and status 404, so that no content becomes a service worker',
    async (path) => {
      const { status, headers, body } = await ask(relay.url, path)
      expect([status, body]).toEqual([404, PAGE])
      expect(headers['content-type']).toBe('text/html; charset=utf-8')
      expect(headers['content-security-policy']).toContain("frame-ancestors 'self'")
      expect(headers['cache-control']).toBe('no-store')
      expect(headers['service-worker-allowed']).toBeUndefined()
    },
  )

  it.each(['/nothing', '/assets/', '/assets/../index.html', '/..%2f..%2fetc/passwd', '//sw.js', '/%69pfs/x', '/%'])(
    'answers %s with a plain 404',
    async (path) => {
      const { status, headers } = await ask(relay.url, path)
      expect([status, headers['content-type']]).toEqual([404, 'text/plain; charset=utf-8'])
    },
  )

  it('answers every path with the headers that keep content harmless', async () => {
    for (const path of [
      '/',
      '/sw.js',
      '/assets/index-abc.css',
      '/ipfs/x',
      '/nothing',
      '/health',
      '/config.json',
      '/cafes',
    ]) {
      const { headers } = await ask(relay.url, path)
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cross-origin-resource-policy': 'same-origin',
        'content-security-policy': expect.stringContaining("default-src 'none'"),
        'permissions-policy': expect.stringContaining('clipboard-write=(self)'),
      })
    }
  })

  it('answers HEAD like GET without a body and refuses every other method', async () => {
    const head = await ask(relay.url, '/', { method: 'HEAD' })
    expect([head.status, head.body, head.headers['content-length']]).toEqual([200, '', String(PAGE.length)])
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
      const { status, headers } = await ask(relay.url, '/', { method })
      expect([status, headers.allow]).toEqual([405, 'GET, HEAD'])
    }
  })

  it('refuses oversized addresses, oversized headers and a Host that is none', async () => {
    expect((await ask(relay.url, `/${'a'.repeat(MAX_URL)}`)).status).toBe(414)
    expect((await ask(relay.url, '/', { headers: { 'x-big': 'a'.repeat(16_384) } })).status).toBe(431)
    expect((await ask(relay.url, '/', { headers: { host: "a; script-src 'unsafe-inline'" } })).status).toBe(400)
  })

  it('is on both loopback addresses, and serves pages only to a host that a policy can name', async () => {
    const health = await ask(relay.url, '/health', { address: '::1', headers: { host: '[::1]' } }).catch(
      () => undefined,
    )
    if (!health) return // This machine has no IPv6.
    expect(health.status).toBe(200)
    expect((await ask(relay.url, '/', { address: '::1' })).status).toBe(200)
    expect((await ask(relay.url, '/', { address: '::1', headers: { host: '[::1]' } })).status).toBe(421)
  })

  it('says how it is', async () => {
    const { headers, body } = await ask(relay.url, '/health')
    expect(headers['content-type']).toBe('application/json; charset=utf-8')
    expect(JSON.parse(body)).toEqual({
      ok: true,
      state: 'ready',
      peerId: relay.peerId,
      connections: expect.any(Number),
      reservations: expect.any(Number),
      uptime: expect.any(Number),
    })
  })

  it('tells the app its full addresses, announced first, and the ICE servers', async () => {
    const { headers, body } = await ask(relay.url, '/config.json')
    expect(headers['cache-control']).toBe('no-store')
    expect(JSON.parse(body)).toEqual({ relay: relay.multiaddrs, iceServers })
    expect(relay.multiaddrs[0]).toBe(`/dns4/relay.example/tcp/443/wss/p2p/${relay.peerId}`)
    expect(relay.multiaddrs[1]).toMatch(new RegExp(`^/ip4/127.0.0.1/tcp/\\d+/ws/p2p/${relay.peerId}$`))
  })

  it('never logs a query', async () => {
    await ask(relay.url, '/ipfs/seen?key=canary1')
    await ask(relay.url, '/seen?canary2#canary3')
    await vi.waitFor(() => expect(lines.filter((line) => line.includes('/seen'))).toHaveLength(2))
    expect(lines.join('\n')).not.toContain('canary')
  })
})

async function createPeer(listen: string[], privateKey?: PrivateKey): Promise<Libp2p> {
  return await createLibp2p({
    ...(privateKey ? { privateKey } : {}),
    addresses: { listen },
    transports: [webSockets(), circuitRelayTransport()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    connectionMonitor: { enabled: false },
    services: { identify: identify() },
  })
}

const health = async () => JSON.parse((await ask(relay.url, '/health')).body)
const reservations = async (): Promise<number> => (await health()).reservations

describe('the relay', () => {
  it('joins two peers that cannot reach each other, for far more than signalling', async () => {
    const size = 1024 * 1024
    const address = multiaddr(relay.multiaddrs[1] as string)
    const [host, guest] = await Promise.all([createPeer([`${address}/p2p-circuit`]), createPeer([])])
    try {
      await host.handle(
        '/test/echo',
        async (stream) => {
          const bytes = byteStream(stream)
          await bytes.write(await bytes.read({ bytes: size }))
        },
        { runOnLimitedConnection: true },
      )
      expect(await reservations()).toBe(1)
      const circuit = await guest.dial(multiaddr(`${address}/p2p-circuit/p2p/${host.peerId}`))
      // Limited, so that libp2p still looks for a direct path; but wide.
      expect(circuit.limits).toBeDefined()
      const bytes = byteStream(await circuit.newStream('/test/echo', { runOnLimitedConnection: true }))
      const sent = new Uint8Array(size).map((_, i) => i * 7)
      const [received] = await Promise.all([bytes.read({ bytes: size }), bytes.write(sent)])
      expect(received.subarray()).toEqual(sent)
      await host.stop()
      await vi.waitFor(async () => expect(await reservations()).toBe(0), 5000)
    } finally {
      await Promise.all([host.stop(), guest.stop()])
    }
  }, 30_000)

  it('keeps the newest few connections of one peer', async () => {
    const key = await generateKeyPair('Ed25519')
    const peers = await Promise.all(Array.from({ length: CONNECTIONS_PER_PEER + 2 }, () => createPeer([], key)))
    for (const peer of peers) await peer.dial(multiaddr(relay.multiaddrs[1] as string))
    await vi.waitFor(async () => expect((await health()).connections).toBe(CONNECTIONS_PER_PEER), 5000)
    await vi.waitFor(() => expect(peers.map((peer) => peer.getConnections().length)).toEqual([0, 0, 1, 1, 1, 1]), 5000)
    await Promise.all(peers.map((peer) => peer.stop()))
  }, 30_000)

  it('stops while peers and idle sockets hold on, and keeps its identity for the next start', async () => {
    const own = createFolder()
    const first = await createRelay(configOf(own), { log: silentLog })
    const peer = await createPeer([])
    await peer.dial(multiaddr(first.multiaddrs[0] as string))
    const idle = connect(Number(new URL(first.url).port), '127.0.0.1')
    await new Promise((resolve) => idle.once('connect', resolve))
    const dropped = new Promise((resolve) => idle.once('close', resolve).resume())
    await first.stop()
    await dropped
    await peer.stop()
    const second = await createRelay(configOf(own), { log: silentLog })
    expect(second.peerId).toBe(first.peerId)
    await second.stop()
    own.remove()
  }, 30_000)

  it('says that it drains, and takes no new seats while it answers what it was asked', async () => {
    const own = createFolder()
    const leaving = await createRelay(configOf(own), { log: silentLog })
    const hurry = new AbortController()
    const drained = leaving.drain(60_000, hurry.signal)
    const { status, body } = await ask(leaving.url, '/health')
    expect([status, JSON.parse(body)]).toEqual([503, expect.objectContaining({ ok: false, state: 'draining' })])
    expect((await ask(leaving.url, '/')).status).toBe(200)
    const late = await createPeer([])
    expect(await reserve(late, leaving.multiaddrs[0] as string)).toBe(false)
    hurry.abort()
    await drained
    await late.stop()
    await leaving.stop()
    own.remove()
  }, 30_000)

  it('runs without the app when told so, and not without it otherwise', async () => {
    const own = createFolder()
    const alone = await createRelay(configOf(own, { noApp: true }), { log: silentLog })
    expect((await ask(alone.url, '/')).status).toBe(404)
    expect((await ask(alone.url, '/health')).status).toBe(200)
    await alone.stop()
    await expect(createRelay(configOf({ ...own, app: own.data }), { log: silentLog })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    })
    own.remove()
  })
})

/** https and wss of the relay on one port, under certificate files that are replaced while people are connected. */
import { X509Certificate } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { connect, getCACertificates, setDefaultCACertificates, type TLSSocket } from 'node:tls'
import { circuitRelayTransport } from '@libp2p/circuit-relay-v2'
import { identify } from '@libp2p/identify'
import { noise } from '@libp2p/noise'
import { webSockets } from '@libp2p/websockets'
import { yamux } from '@libp2p/yamux'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { createRelay, type Relay } from '../../relay/relay.ts'
import { tlsNames } from '../../relay/tls.ts'
import { createLog, silentLog } from '../../src/core/log.ts'
import { selfSigned } from '../fixtures/certificate.ts'
import { ask, configOf, createFolder } from './relay-fixture.ts'

const folder = createFolder()
const lines: string[] = []
const files = { tlsCert: join(folder.app, '../cert.pem'), tlsKey: join(folder.app, '../key.pem') }
const NAMES = ['cafe.localhost', '127.0.0.1']
let first: { cert: string; key: string }
let relay: Relay
let port: number

const write = ({ cert, key }: { cert?: string; key?: string }): void => {
  if (cert) writeFileSync(files.tlsCert, cert)
  if (key) writeFileSync(files.tlsKey, key)
}

beforeAll(async () => {
  first = await selfSigned(NAMES)
  write(first)
  relay = await createRelay(configOf(folder, files), { log: createLog((_, line) => void lines.push(line)) })
  port = Number(new URL(relay.url).port)
})
afterAll(async () => {
  await relay.stop()
  folder.remove()
})

/** A connection that trusts what it is shown. */
async function open(): Promise<TLSSocket> {
  const socket = connect({ port, host: '127.0.0.1', servername: 'cafe.localhost', rejectUnauthorized: false })
  await new Promise((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject))
  return socket
}

const shown = async (): Promise<string> => {
  const socket = await open()
  const { fingerprint256 } = socket.getPeerCertificate()
  socket.destroy()
  return fingerprint256
}

/** The first piece of the answer on an open connection. */
const get = (socket: TLSSocket, path: string): Promise<string> =>
  new Promise((resolve, reject) => {
    socket.once('error', reject).once('close', () => reject(new Error('closed')))
    socket.once('data', (data) => resolve(String(data)))
    socket.write(`GET ${path} HTTP/1.1\r\nHost: cafe.localhost:${port}\r\n\r\n`)
  })

const finger = ({ cert }: { cert: string }): string => new X509Certificate(cert).fingerprint256

describe('https of the relay', () => {
  it('is where it says, with the app under the same policy', async () => {
    expect(relay.url).toBe(`https://cafe.localhost:${port}/`)
    const socket = await open()
    const answer = await get(socket, '/')
    expect(answer).toMatch(/^HTTP\/1\.1 200 /)
    expect(answer).toContain(`script-src cafe.localhost:${port}/assets/;`)
    expect(['TLSv1.2', 'TLSv1.3']).toContain(socket.getProtocol())
    socket.destroy()
  })

  it('refuses what is no TLS, and old versions of it', async () => {
    await expect(ask(`http://cafe.localhost:${port}/`, '/')).rejects.toThrow()
    const old = connect({
      port,
      host: '127.0.0.1',
      maxVersion: 'TLSv1.1',
      minVersion: 'TLSv1',
      rejectUnauthorized: false,
    })
    await expect(new Promise((_, reject) => old.once('error', reject))).rejects.toThrow()
  })

  it('takes a new certificate at once when told, and drops nobody for it', async () => {
    const socket = await open()
    expect(await get(socket, '/health')).toContain(' 200 ')
    const second = await selfSigned(NAMES)
    write(second)
    await relay.refresh()
    expect(await shown()).toBe(finger(second))
    expect(socket.getPeerCertificate().fingerprint256).toBe(finger(first))
    expect(await get(socket, '/health')).toContain(' 200 ')
    socket.destroy()
  })

  it('keeps the last good certificate while files do not fit together, and says so once', async () => {
    const before = await shown()
    const third = await selfSigned(NAMES)
    write({ cert: third.cert })
    await relay.refresh()
    await relay.refresh()
    expect(await shown()).toBe(before)
    expect(lines.filter((line) => line.includes('cannot be used'))).toHaveLength(1)
    write({ key: third.key })
    await relay.refresh()
    expect(await shown()).toBe(finger(third))
  })

  it('does not start with files that are none, and names them', async () => {
    const own = createFolder()
    const start = (more: object) => createRelay(configOf(own, { ...files, ...more }), { log: silentLog })
    await expect(start({ tlsKey: join(own.app, 'index.html') })).rejects.toMatchObject({
      data: { file: files.tlsCert },
    })
    await expect(start({ tlsCert: '/nowhere.pem' })).rejects.toMatchObject({ data: { file: '/nowhere.pem' } })
    own.remove()
  })
})

describe('the names of a certificate', () => {
  it('are those that can be dialled', async () => {
    const { cert } = await selfSigned(['A.example', '*.a.example', '10.0.0.1', '2001:db8::1'])
    expect(tlsNames(cert)).toEqual(['a.example', '10.0.0.1', expect.stringMatching(/^2001:db8:/i)])
  })
})

describe('libp2p of the relay', () => {
  it.each(['wss', 'ws'])(
    'is on the port of the app too, over %s',
    async (scheme) => {
      setDefaultCACertificates([...getCACertificates('default'), readFileSync(files.tlsCert, 'utf8')])
      const plain = createFolder()
      const other = scheme === 'wss' ? relay : await createRelay(configOf(plain), { log: silentLog })
      const own = `/tcp/${new URL(other.url).port}/${scheme}/p2p/${other.peerId}`
      if (scheme === 'wss') expect(other.multiaddrs).toContain(`/dns/cafe.localhost${own}`)
      const peer = await createLibp2p({
        addresses: { listen: [`/ip4/127.0.0.1${own}/p2p-circuit`] },
        transports: [webSockets(), circuitRelayTransport()],
        connectionEncrypters: [noise()],
        streamMuxers: [yamux()],
        services: { identify: identify() },
      })
      try {
        await vi.waitFor(() => expect(peer.getMultiaddrs().join()).toContain('/p2p-circuit'), 20_000)
        expect(String(peer.getConnections()[0]?.remoteAddr)).toBe(String(multiaddr(`/ip4/127.0.0.1${own}`)))
      } finally {
        await peer.stop()
        if (other !== relay) await other.stop()
        plain.remove()
      }
    },
    40_000,
  )

  it('takes no other path', async () => {
    const socket = await open()
    socket.write(`GET /other HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`)
    expect(String(await new Promise((resolve) => socket.once('data', resolve)))).toMatch(/^HTTP\/1\.1 404 /)
    socket.destroy()
  })
})

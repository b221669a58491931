/** Automatic certificates of a relay, from a small authority over real sockets. */
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { connect, type TLSSocket } from 'node:tls'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createRelay, type Relay } from '../../relay/relay.ts'
import { createLog } from '../../src/core/log.ts'
import { type AcmeAuthority, startAcme } from '../fixtures/acme.ts'
import { ask, configOf, createFolder } from './relay-fixture.ts'

const DAY = 86_400_000
const NAMES = ['cafe.example', 'relay.example']
/** Polls: machines may be loaded. */
const soon = { timeout: 20_000, interval: 50 }

let folder: ReturnType<typeof createFolder>
let authority: AcmeAuthority
let lines: string[]
const open: Array<() => unknown> = []

beforeEach(async () => {
  folder = createFolder()
  authority = await startAcme()
  lines = []
})
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close()
  await authority.stop()
  folder.remove()
})

/** A relay that asks `directory`, with its ports as it says itself. */
async function start(directory = authority.directory): Promise<{ relay: Relay; http: number; https: number }> {
  const [http, https] = [await freePort(), await freePort()]
  authority.httpPort ||= http
  const acme = { acmeDomain: NAMES, acmeEmail: 'me@cafe.example', acmeDirectory: directory, acmeAcceptTerms: true }
  const config = configOf(folder, { ...acme, host: '127.0.0.1', port: http, httpsPort: https })
  const relay = await createRelay(config, { log: createLog((_, line) => void lines.push(line)) })
  open.push(relay.stop)
  return { relay, http, https }
}

async function freePort(): Promise<number> {
  const { createServer } = await import('node:net')
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return port
}

async function handshake(port: number): Promise<TLSSocket> {
  const socket = connect({ port, host: '127.0.0.1', servername: 'cafe.example', rejectUnauthorized: false })
  await new Promise((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject))
  open.push(() => socket.destroy())
  return socket
}
const shown = async (port: number): Promise<string> => (await handshake(port)).getPeerCertificate().fingerprint256

const get = (socket: TLSSocket): Promise<string> =>
  new Promise((resolve, reject) => {
    socket.once('error', reject).once('close', () => reject(new Error('closed')))
    socket.once('data', (data) => resolve(String(data)))
    socket.write('GET /health HTTP/1.1\r\nHost: cafe.example\r\n\r\n')
  })

const health = async (port: number): Promise<number> => (await ask(`http://127.0.0.1:${port}/`, '/health')).status
const kept = (): string => join(folder.data, 'acme', readdirSync(join(folder.data, 'acme'))[0] as string)
const orders = (): number => authority.asked.filter((path) => path === '/order').length
const said = (text: string): Promise<unknown> =>
  vi.waitFor(() => expect(lines.filter((line) => line.includes(text)).length).toBeGreaterThan(0), soon)

it('gets one in the background, shows it on https, and keeps it for its owner alone', async () => {
  const { http, https } = await start()
  await said('took a new certificate')
  const socket = await handshake(https)
  expect(socket.getPeerCertificate().subjectaltname).toBe('DNS:cafe.example, DNS:relay.example')
  expect(await get(socket)).toContain(' 200 ')
  const { relay: addresses } = JSON.parse((await ask(`http://127.0.0.1:${http}/`, '/config.json')).body)
  expect(addresses.join()).toContain(`/dns/cafe.example/tcp/${https}/wss`)
  // What has been proved is answered no longer.
  expect((await ask(`http://127.0.0.1:${http}/`, '/.well-known/acme-challenge/x')).status).toBe(404)
  const names = ['account.key', 'certificate.pem']
  for (const name of names) expect(statSync(join(kept(), name)).mode & 0o777).toBe(0o600)
  expect(statSync(kept()).mode & 0o777).toBe(0o700)
})

it('uses what it kept after a restart without asking, and takes rights back that others got', async () => {
  const first = await start()
  await said('took a new certificate')
  const before = await shown(first.https)
  await first.relay.stop()
  chmodSync(join(kept(), 'certificate.pem'), 0o644)
  authority.asked.length = 0
  const second = await start()
  expect(await shown(second.https)).toBe(before)
  await second.relay.refresh()
  expect(authority.asked).toEqual([])
  expect(statSync(join(kept(), 'certificate.pem')).mode & 0o777).toBe(0o600)
})

it('renews while a connection stays open', async () => {
  authority.life = { from: -80 * DAY, until: 10 * DAY }
  const { relay, https } = await start()
  await said('took a new certificate')
  const socket = await handshake(https)
  const before = socket.getPeerCertificate().fingerprint256
  authority.life = { from: -DAY, until: 90 * DAY }
  await relay.refresh()
  expect(await shown(https)).not.toBe(before)
  expect(await get(socket)).toContain(' 200 ')
  expect(orders()).toBe(2)
  // It is new: nothing to do.
  await relay.refresh()
  expect(orders()).toBe(2)
})

it('serves http while the authority is away, says what to do, and gets one when it is back', async () => {
  const { port } = new URL(authority.directory)
  await authority.stop()
  const { relay, http, https } = await start()
  await said('let this machine reach the certificate authority')
  expect(await health(http)).toBe(200)
  await expect(handshake(https)).rejects.toThrow()
  const { httpPort } = authority
  authority = await startAcme(Number(port))
  authority.httpPort = httpPort
  await relay.refresh()
  expect((await handshake(https)).getPeerCertificate().subjectaltname).toContain('cafe.example')
})

it('serves on where names do not lead to it, and asks no more often for being restarted', async () => {
  authority.httpPort = await freePort()
  const { relay, http } = await start()
  await said('make port 80 of cafe.example and relay.example lead to the http port')
  expect(await health(http)).toBe(200)
  expect(lines.filter((line) => line.includes('there is no certificate yet'))).toHaveLength(1)
  await relay.stop()
  const again = await start()
  expect(await health(again.http)).toBe(200)
  expect(orders()).toBe(1)
})

it('asks again no sooner than the authority said, whoever wants it to', async () => {
  const headers = { 'Retry-After': '3600' }
  authority.refuse = { path: '/order', status: 429, type: 'rateLimited', headers }
  const { relay, https } = await start()
  await said('wait: the authority asks for it')
  authority.refuse = undefined
  const before = authority.asked.length
  await relay.refresh()
  await relay.stop()
  const again = await start()
  await again.relay.refresh()
  expect(authority.asked).toHaveLength(before)
  await expect(handshake(https)).rejects.toThrow()
})

it('asks for a new one if what it kept is spoilt', async () => {
  const { relay } = await start()
  await said('took a new certificate')
  await relay.stop()
  const file = join(kept(), 'certificate.pem')
  writeFileSync(file, readFileSync(file).subarray(0, 700))
  writeFileSync(join(kept(), 'account.key'), 'spoilt')
  writeFileSync(join(kept(), 'waiting.json'), '{')
  authority.httpPort = 0
  const { https } = await start()
  await said('a kept file cannot be used')
  await vi.waitFor(() => shown(https), soon)
  expect(orders()).toBe(2)
})

it('asks nobody for what it could not keep', async () => {
  mkdirSync(folder.data, { recursive: true })
  writeFileSync(join(folder.data, 'acme'), 'no folder')
  const { http } = await start()
  await said('make the data folder writable')
  expect(await health(http)).toBe(200)
  expect(authority.asked).toEqual([])
})

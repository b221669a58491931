/** The ways to a cafe in Node: https and wss under files that change, and a relay that asks for vouchers. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type CafeConfig, readWish } from '../../relay/cafe/config.ts'
import { type CafeProgram, runCafe } from '../../relay/cafe/program.ts'
import { POLICIES } from '../../relay/policy.ts'
import { createRelay } from '../../relay/relay.ts'
import { silentLog } from '../../src/core/log.ts'
import { parseInvite } from '../../src/net/invite.ts'
import { selfSigned } from '../fixtures/certificate.ts'
import { createGuestNode, failure, type GuestNode, keep, type TestClock } from './fixture.ts'
import { configOf, createFolder } from './relay-fixture.ts'

const clock: TestClock = Object.assign(() => Date.now(), { advance: () => {} })
const folder = mkdtempSync(join(tmpdir(), 'cafe-ways-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function settings(data: string, ...flags: string[]): CafeConfig {
  const wish = readWish(['--port', '0', '--data', join(folder, data), ...flags], {}, 0)
  if (wish.kind !== 'run') throw new Error('no settings')
  return wish.config
}

const open = async (data: string, ...flags: string[]): Promise<CafeProgram> =>
  keep(await runCafe(settings(data, ...flags), { log: silentLog }))

/** A guest that knows only those addresses of a cafe that have `kind` in them. */
async function comeBy(invite: string, kind: string, parts: object = {}): Promise<GuestNode> {
  const { cafe, token, addresses: all } = parseInvite(invite)
  const addresses = all.filter((address) => address.includes(kind))
  expect(addresses).not.toEqual([])
  const guest = keep(await createGuestNode({ clock, ...parts }))
  guest.node.connector.know(cafe, addresses)
  await guest.peer.cafes.register({ cafe, addresses }, token, {})
  return guest
}

const pathTo = (guest: GuestNode): string[] => guest.node.connections().map(({ address }) => address)

describe('https and wss', () => {
  const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
  // Two of one name would be taken for each other.
  const trusted = getCACertificates('default')
  const replace = async (): Promise<string> => {
    const pair = await selfSigned(['cafe.localhost', '127.0.0.1'])
    writeFileSync(cert, pair.cert)
    writeFileSync(key, pair.key)
    setDefaultCACertificates([...trusted, pair.cert])
    return pair.cert
  }
  let cafe: CafeProgram

  beforeAll(async () => {
    await replace()
    cafe = await open('tls', '--tls-cert', cert, '--tls-key', key)
  })

  /** Status of `/health`, and the certificate that was shown. */
  const look = (): Promise<{ status: number | undefined; shown: string }> =>
    new Promise((resolve, reject) => {
      const { port } = new URL(cafe.url)
      const target = { host: '127.0.0.1', port, path: '/health', agent: false, ca: readFileSync(cert) }
      const asked = request(target, (answer) => {
        const shown = (answer.socket as import('node:tls').TLSSocket).getPeerX509Certificate()?.toString() ?? ''
        answer.resume().once('end', () => resolve({ status: answer.statusCode, shown }))
      })
      asked.once('error', reject).end()
    })

  it('answer on one port, that the cafe names in its invite', async () => {
    expect(cafe.url).toMatch(/^https:\/\/cafe\.localhost:\d+\/$/)
    expect((await look()).status).toBe(200)
    const guest = await comeBy(cafe.card.invite, '/wss')
    expect(pathTo(guest)).toEqual([expect.stringContaining(`/tcp/${new URL(cafe.url).port}/wss`)])
  })

  it('take a new certificate, and drop nobody for it', async () => {
    const guest = await comeBy(cafe.card.invite, '/wss')
    const [before] = guest.node.connections()
    const second = await replace()
    await cafe.refresh()
    expect((await look()).shown.trim()).toBe(second.trim())
    await guest.session.ask(cafe.cafe.peer, guest.account(), 'hello')
    expect(guest.node.connections()).toEqual([before])
  })

  it('end with the cafe, whoever is connected', async () => {
    const guest = await comeBy(cafe.card.invite, '/wss')
    await cafe.stop()
    await expect.poll(() => pathTo(guest), { timeout: 30_000 }).toEqual([])
    await expect(look()).rejects.toThrow()
  })

  it('do not begin with files that are none, and let go of the folder', async () => {
    const wrong = runCafe(settings('wrong', '--tls-cert', key, '--tls-key', key), { log: silentLog })
    expect(await failure(wrong)).toMatchObject({ code: 'BAD_REQUEST', file: key })
    await open('wrong')
  })
})

describe('the port of HTTP', () => {
  it('takes libp2p over WebSocket, too', async () => {
    const cafe = await open('plain')
    const { port } = new URL(cafe.url)
    const guest = keep(await createGuestNode({ clock }))
    const at = { cafe: cafe.cafe.peer, addresses: [`/ip4/127.0.0.1/tcp/${port}/ws/p2p/${cafe.cafe.peer}`] }
    guest.node.connector.know(at.cafe, at.addresses)
    await guest.peer.cafes.register(at, parseInvite(cafe.card.invite).token, {})
    expect(pathTo(guest)).toEqual([expect.stringContaining(`/tcp/${port}/`)])
  })
})

describe('a cafe behind a relay that asks for vouchers', () => {
  it('is joined through it by whoever has an invite, and by no stranger', async () => {
    const app = createFolder()
    const policy = { ...POLICIES.table, guests: 'vouched' as const }
    const relay = await createRelay(configOf(app, { noApp: true, policy }), { log: silentLog })
    try {
      const cafe = await open('vouched', ...relay.multiaddrs.flatMap((address) => ['--relay', address]))
      await expect.poll(() => cafe.cafe.addresses().join(), { timeout: 30_000 }).toContain('/p2p-circuit')
      const { invite } = await cafe.cafe.hosting.status().then((now) => (now.open ? now : { invite: '' }))
      const relays = { relays: relay.multiaddrs }
      const stranger = keep(await createGuestNode({ clock, ...relays }))
      const { cafe: id, addresses } = parseInvite(invite)
      const through = addresses.filter((address) => address.includes('/p2p-circuit'))
      stranger.node.connector.know(id, through)
      const knock = stranger.session.ask(id, stranger.account(), 'hello')
      expect(await failure(knock)).toMatchObject({ code: 'UNREACHABLE', why: 'guests' })
      const guest = await comeBy(invite, '/p2p-circuit', relays)
      expect((await guest.peer.cafes.list())[0]?.state).toBe('active')
      expect(guest.node.connections().some(({ path }) => path === 'relayed')).toBe(true)
      await vi.waitFor(async () => expect(await cafe.cafe.hosting.knows(guest.at.cafe)).toBe(true))
    } finally {
      await relay.stop()
      app.remove()
    }
  })
})

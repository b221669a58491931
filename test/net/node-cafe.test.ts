/** The cafe in Node as people run it: alone and in a relay, over libp2p, over HTTP, and from a terminal; and again. */
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type CafeConfig, readWish } from '../../relay/cafe/config.ts'
import { tell } from '../../relay/cafe/control.ts'
import { type CafeProgram, runCafe } from '../../relay/cafe/program.ts'
import { createRelay } from '../../relay/relay.ts'
import { silentLog } from '../../src/core/log.ts'
import { parseInvite } from '../../src/net/invite.ts'
import { randomBytes } from './blocks-fixture.ts'
import { createGuestNode, failure, type GuestNode, keep, type TestClock } from './fixture.ts'
import { configOf, createFolder } from './relay-fixture.ts'

const clock: TestClock = Object.assign(() => Date.now(), { advance: () => {} })
const folder = mkdtempSync(join(tmpdir(), 'cafe-house-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function settings(data: string, ...flags: string[]): CafeConfig {
  const wish = readWish(['--port', '0', '--data', data, ...flags], {}, 0)
  if (wish.kind !== 'run') throw new Error('no settings')
  return wish.config
}

/** Registers by the text of an invite, as a person does. */
async function enter(
  invite: string,
): Promise<{ guest: GuestNode; at: { cafe: ReturnType<typeof parseInvite>['cafe'] } }> {
  const guest = keep(await createGuestNode({ clock }))
  const { cafe, addresses, token } = parseInvite(invite)
  guest.node.connector.know(cafe, addresses)
  await guest.peer.cafes.register({ cafe, addresses }, token, {})
  return { guest, at: { cafe } }
}

async function backUp(guest: GuestNode, cafe: string): Promise<string> {
  const options = { signal: AbortSignal.timeout(50_000), onProgress: () => {} }
  const { root } = await guest.peer.backups.add(new Blob([randomBytes(300_000)]), 'a file', options)
  expect((await guest.peer.backups.get(root))?.cafes).toContainEqual(expect.objectContaining({ cafe, state: 'pinned' }))
  return root
}

describe('a cafe alone', () => {
  const data = join(folder, 'alone')
  let program: CafeProgram
  let guest: GuestNode
  let root: string

  beforeAll(async () => {
    program = keep(await runCafe(settings(data, '--name', 'Corner', '--budget', '1GB'), { log: silentLog }))
    guest = (await enter(program.card.invite)).guest
    root = await backUp(guest, program.cafe.peer)
  })

  it('is what its settings say, and keeps its secrets for its owner', async () => {
    expect(await tell(data, 'status', {})).toMatchObject({
      ...{ open: true, name: 'Corner', mode: 'invite', clients: 1, roots: 1, room: { budget: 1e9 } },
    })
    const modes = ['.', 'node.key', 'jwt.key', 'control.sock'].map((name) => statSync(join(data, name)).mode & 0o777)
    expect(modes).toEqual([0o700, 0o600, 0o600, 0o600])
  })

  it('serves over HTTP what it keeps, and nothing that it would have to fetch', async () => {
    const raw = await fetch(`${program.url}ipfs/${root}?format=raw`)
    expect(raw.status).toBe(200)
    expect(raw.headers.get('Content-Security-Policy')).toContain('sandbox')
    const part = await fetch(`${program.url}ipfs/${root}`, { headers: { Range: 'bytes=10-19' } })
    expect([part.status, (await part.arrayBuffer()).byteLength]).toEqual([206, 10])
    const other = 'bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy'
    expect((await fetch(`${program.url}ipfs/${other}?format=raw`)).status).toBe(404)
  })

  it('takes no key in a query', async () => {
    expect((await fetch(`${program.url}ipfs/${root}/a?key=u${'A'.repeat(44)}`)).status).toBe(403)
  })

  it('answers its services over HTTP for bearer tokens', async () => {
    expect((await fetch(`${program.url}pins`)).status).toBe(401)
    const wish = { label: 'a program', scopes: ['pin' as const] }
    const { text } = await guest.peer.bearers.grant(program.cafe.peer, wish, { signal: AbortSignal.timeout(50_000) })
    const answer = await fetch(`${program.url}pins`, { headers: { Authorization: `Bearer ${text}` } })
    expect(answer.status).toBe(200)
    expect(await answer.json()).toMatchObject({ count: 1, results: [{ status: 'pinned', pin: { cid: root } }] })
    expect((await fetch(`${program.url}openapi.json`)).status).toBe(200)
    expect(await (await fetch(`${program.url}health`)).json()).toMatchObject({ ok: true, peerId: program.cafe.peer })
  })

  it('does what the person at the terminal says', async () => {
    const { invite } = (await tell(data, 'token', { uses: 1, label: 'for Ada' })) as { invite: string }
    const { guest: ada } = await enter(invite)
    const { address } = ada.account()
    expect(await tell(data, 'clients', {})).toContainEqual(expect.objectContaining({ address }))
    expect(await failure(enter(invite))).toMatchObject({ code: 'FORBIDDEN' })
    await tell(data, 'pause', {})
    expect(await tell(data, 'status', {})).toMatchObject({ paused: expect.any(Number) })
    await tell(data, 'resume', {})
    expect(await tell(data, 'status', {})).toMatchObject({ paused: null })
    await tell(data, 'evict', { address, notice: 'We close for the winter.' })
    expect(await tell(data, 'clients', {})).not.toContainEqual(expect.objectContaining({ address }))
    await tell(data, 'mode', { mode: 'ask' })
    expect(await tell(data, 'status', {})).toMatchObject({ mode: 'ask' })
    await tell(data, 'mode', { mode: 'invite' })
    expect(await failure(tell(data, 'evict', { address: 'nobody' }))).toMatchObject({ code: 'BAD_REQUEST' })
    expect(await failure(tell(data, 'dance', {}))).toMatchObject({ code: 'UNSUPPORTED' })
    expect(await failure(tell(join(folder, 'nothing'), 'status', {}))).toMatchObject({ code: 'UNREACHABLE' })
  })

  it('is open in one process at a time', async () => {
    const again = runCafe(settings(data), { log: silentLog })
    expect(await failure(again)).toEqual({ code: 'CONFLICT', what: 'data folder' })
    expect(await tell(data, 'status', {})).toMatchObject({ open: true })
  })

  it('is the same after another start: its name, its clients, what they keep', async () => {
    const before = program.cafe.peer
    const port = new URL(program.url).port
    const [, listen] = /\/tcp\/(\d+)/.exec(program.cafe.addresses()[0] ?? '') ?? []
    await program.stop()
    program = keep(await runCafe(settings(data, '--cafe-port', String(listen), '--port', port), { log: silentLog }))
    expect([program.cafe.peer, program.card.name]).toEqual([before, 'Corner'])
    const roots: string[] = []
    const auth = await guest.peer.cafes.access(before, {})
    for await (const one of guest.pins.list(before, { auth })) roots.push(one.root.toString())
    expect(roots).toEqual([root])
    expect((await fetch(`${program.url}ipfs/${root}?format=raw`)).status).toBe(200)
  })
})

describe('a cafe in a relay', () => {
  const app = createFolder()
  afterAll(() => app.remove())

  it('is one program and one address: joined by its invite, and over HTTP below its own name', async () => {
    const relay = keep(await createRelay(configOf(app, { cafe: 'House' }), { log: silentLog }))
    const card = relay.cafe
    if (!card) throw new Error('no cafe')
    expect(card.invite).toMatch(new RegExp(`^${relay.url}#join=`))
    const { guest } = await enter(card.invite)
    const root = await backUp(guest, card.peerId)
    const base = `${relay.url.replace('cafe.localhost', '127.0.0.1')}c/${card.peerId}/`
    expect((await fetch(`${base}ipfs/${root}?format=raw`)).status).toBe(200)
    expect((await fetch(`${base}pins`)).status).toBe(401)
    // It holds a seat there too, so that whoever knows the relay finds it.
    const listed = async () => (await fetch(`${relay.url.replace('cafe.localhost', '127.0.0.1')}cafes`)).text()
    await expect.poll(listed, { timeout: 30_000 }).toContain(card.peerId)
  })
})

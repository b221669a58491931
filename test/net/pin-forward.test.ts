/** Pins that a cafe forwards to a pinning service: the real face of another cafe, over real HTTP and libp2p. */
import { Configuration, RemotePinningServiceClient } from '@ipfs-shipyard/pinning-service-client'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Cafe } from '../../src/cafe/cafe.ts'
import { forwardStore } from '../../src/cafe/pin/forward-store.ts'
import { systemClock } from '../../src/core/clock.ts'
import { Secret } from '../../src/core/secret.ts'
import { api, type PsaPin } from '../contract/psa-api.ts'
import { type HttpServer, serveOnLoopback } from '../fixtures/http-call.ts'
import { type Block, tree } from './blocks-fixture.ts'
import { type CafeNode, createCafeNode, createClient, failure, type GuestNode, keep } from './fixture.ts'
import { newCafe, pin, unpin } from './pin-fixture.ts'

const WAIT = { timeout: 20_000, interval: 50 }
const pauses = { first: 40, longest: 200 }
const clock = Object.assign(() => systemClock(), { advance: () => {} })

let service: CafeNode
let server: HttpServer
/** What came at the service, and what it is to answer instead. */
const came: Array<{ method: string; path: string; auth: string | null; body: string }> = []
const refusals: number[] = []
let token: string
let cafe: CafeNode
let guest: GuestNode

beforeAll(async () => {
  service = await newCafe()
  server = await serveOnLoopback(async (request) => {
    const { pathname, search } = new URL(request.url)
    const body = await request.clone().text()
    came.push({ method: request.method, path: pathname + search, auth: request.headers.get('authorization'), body })
    const refusal = refusals.shift()
    return refusal === undefined ? service.cafe.fetch(request) : new Response('{"error":{}}', { status: refusal })
  })
  const owner = keep(await createClient(service))
  const wish = { label: 'forward', scopes: ['pin'] as const }
  ;({ text: token } = await owner.peer.bearers.grant(service.at.cafe, wish, { signal: AbortSignal.timeout(20_000) }))
  cafe = keep(await createCafeNode({ clock, forwardPauses: pauses }))
  guest = keep(await createClient(cafe))
})
afterAll(() => server.close())

const ask = () => api({ origin: server.origin, token })
const rootOf = (blocks: readonly Block[]) => (blocks.at(-1) as Block).cid
const there = async (): Promise<PsaPin[]> => [
  ...(await ask().list('?status=queued,pinning,pinned,failed&limit=100')).results,
]
const forward = (to: Cafe = cafe.cafe) => to.forwarding.set({ endpoint: server.origin, token: new Secret(token) })
const isPinned = (cid: string) =>
  vi.waitFor(async () => expect((await there()).find(({ pin }) => pin.cid === cid)?.status).toBe('pinned'), WAIT)

describe('forwarding', () => {
  it('is off until its host names a service, and shows how it stands', async () => {
    await pin(guest, cafe, await tree(2, 1000))
    expect(await cafe.cafe.forwarding.status()).toBeNull()
    const before = came.length
    await forward()
    await vi.waitFor(async () => {
      expect(await cafe.cafe.forwarding.status()).toMatchObject({
        ...{ endpoint: server.origin, failed: null },
        counts: { queued: 0, sent: 0, pinned: 1, failed: 0, removing: 0 },
      })
    }, WAIT)
    expect(came.length).toBeGreaterThan(before)
    expect(JSON.stringify(await cafe.cafe.forwarding.status())).not.toContain(token)
  })

  it('pins there what clients pin here, from this cafe, and tells the service nobody’s name', async () => {
    const blocks = await tree(3, 50_000)
    const cid = rootOf(blocks).toString()
    await pin(guest, cafe, blocks)
    await isPinned(cid)
    for (const { cid } of blocks) expect(await service.blocks.has(cid)).toBe(true)
    const [asked] = came.filter(({ method, body }) => method === 'POST' && body.includes(cid))
    expect(JSON.parse(asked?.body ?? '{}')).toEqual({
      ...{ cid, meta: { 'popup-cafe': cafe.node.peer } },
      origins: cafe.node.addresses(),
    })
    expect(asked?.body).not.toContain(guest.account().address)
    expect(asked?.path).not.toContain(token)
    const config = new Configuration({ endpointUrl: server.origin, accessToken: token })
    const { results } = await new RemotePinningServiceClient(config).pinsGet({ cid: [cid] })
    expect([...results].map(({ status }) => status)).toEqual(['pinned'])
  })

  it('takes away there what is unpinned here, by all who had it', async () => {
    const blocks = await tree(1, 3000)
    const cid = rootOf(blocks)
    const other = keep(await createClient(cafe))
    await pin(guest, cafe, blocks)
    await pin(other, cafe, blocks)
    await isPinned(cid.toString())
    await unpin(guest, cafe, cid)
    await unpin(other, cafe, cid)
    await vi.waitFor(async () => {
      expect((await there()).map(({ pin }) => pin.cid)).not.toContain(cid.toString())
      expect(await forwardStore(cafe.rows).forwarded.get(cid.toString())).toBeUndefined()
    }, WAIT)
  })

  it('leaves out what its owner marked', async () => {
    const { text } = await guest.peer.bearers.grant(
      cafe.at.cafe,
      { label: 'tool', scopes: ['pin'] },
      { signal: AbortSignal.timeout(20_000) },
    )
    const face = await serveOnLoopback((request) => cafe.cafe.fetch(request))
    const [marked, plain] = [await tree(1, 501), await tree(1, 502)]
    const by = api({ origin: face.origin, token: text })
    await by.add({ cid: rootOf(marked).toString(), meta: { forward: 'no' } })
    await pin(guest, cafe, marked)
    await pin(guest, cafe, plain)
    await isPinned(rootOf(plain).toString())
    expect((await there()).map(({ pin }) => pin.cid)).not.toContain(rootOf(marked).toString())
    await face.close()
  })

  it('tries again while the service fails, and says why meanwhile', async () => {
    refusals.push(500, 429, 401)
    const blocks = await tree(1, 700)
    const reasons = new Set<string | null>()
    const watching = setInterval(
      () => void cafe.cafe.forwarding.status().then((status) => reasons.add(status?.failed ?? null)),
      5,
    )
    await pin(guest, cafe, blocks)
    await isPinned(rootOf(blocks).toString())
    clearInterval(watching)
    expect(refusals).toEqual([])
    expect([...reasons].some((reason) => reason !== null)).toBe(true)
    await vi.waitFor(async () => expect((await cafe.cafe.forwarding.status())?.failed).toBeNull(), WAIT)
  })

  it('goes on where it was after a restart, and asks for nothing twice', async () => {
    const own = keep(await createCafeNode({ clock, forwardPauses: pauses }))
    const client = keep(await createClient(own))
    const blocks = await tree(1, 900)
    const cid = rootOf(blocks).toString()
    await pin(client, own, blocks)
    await forward(own.cafe)
    await isPinned(cid)
    // As if it had been killed after the service had it, and before that was written down.
    const { forwarded } = forwardStore(own.rows)
    await vi.waitFor(async () => expect((await forwarded.get(cid))?.state).toBe('pinned'), WAIT)
    const row = (await forwarded.get(cid)) as NonNullable<Awaited<ReturnType<typeof forwarded.get>>>
    await own.cafe.close()
    await own.rows.commit([forwarded.put([cid], { ...row, state: 'queued', requestid: null })])
    const before = came.filter(({ method }) => method === 'POST').length
    const again = await own.reopen()
    await vi.waitFor(async () => expect((await forwarded.get(cid))?.state).toBe('pinned'), WAIT)
    expect(came.filter(({ method }) => method === 'POST').length).toBe(before)
    expect((await there()).filter(({ pin }) => pin.cid === cid).length).toBe(1)
    await again.close()
  })

  it('goes only where a token may go', async () => {
    for (const endpoint of ['http://pins.example', 'ftp://x', 'https://u:p@pins.example', 'https://x/?a=b', 'none'])
      expect(await failure(cafe.cafe.forwarding.set({ endpoint, token: new Secret(token) })), endpoint).toMatchObject({
        ...{ code: 'BAD_REQUEST', what: 'endpoint' },
      })
    await cafe.cafe.forwarding.set(null)
    expect(await cafe.cafe.forwarding.status()).toBeNull()
  })
})

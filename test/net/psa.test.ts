/**
 * The Pinning Service API of a real cafe over real HTTP: its contract, and the life of a pin that the cafe fetches from a
 * real peer, by plain requests and by the client that other tools are built on.
 */
import {
  Configuration,
  RemotePinningServiceClient,
  Status,
  TextMatchingStrategy,
} from '@ipfs-shipyard/pinning-service-client'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { hex } from '../../src/core/ids.ts'
import { KiB } from '../../src/core/limits.ts'
import { PSA_CASES } from '../contract/psa.ts'
import { api, newCid, type PsaPin } from '../contract/psa-api.ts'
import { type HttpServer, serveOnLoopback } from '../fixtures/http-call.ts'
import { type Block, bytesOf, leaf, node, tree } from './blocks-fixture.ts'
import { type CafeNode, createClient, createTestNode, type GuestNode, keep, type TestNode } from './fixture.ts'
import { backUp, list, newCafe, pin, usage } from './pin-fixture.ts'

const soon = () => ({ signal: AbortSignal.timeout(30_000) })
let cafe: CafeNode
let server: HttpServer
beforeAll(async () => {
  cafe = await newCafe()
  server = await serveOnLoopback((request) => cafe.cafe.fetch(request))
})
afterAll(() => server.close())

interface Tool {
  readonly guest: GuestNode
  readonly token: string
  readonly id: string
}

/** A client of the cafe, and a bearer for one of its programs. */
async function tool(quota?: number): Promise<Tool> {
  const guest = keep(await createClient(cafe, await cafe.token({ quota })))
  const { text: token, id } = await guest.peer.bearers.grant(cafe.at.cafe, { label: 'ipfs', scopes: ['pin'] }, soon())
  return { guest, token, id }
}

/** A peer that has blocks and gives them to whoever asks. */
async function origin(blocks: readonly Block[]): Promise<TestNode> {
  const base = await createTestNode()
  keep({ stop: () => base.node.stop() })
  for (const { cid, bytes } of blocks) await base.blocks.put(cid, bytes)
  return base
}

const rootOf = (blocks: readonly Block[]): string => (blocks.at(-1) as Block).cid.toString()
const originsOf = ({ node }: TestNode): string[] => [...node.addresses()]

const settled = (ask: ReturnType<typeof api>, id: string, status: string): Promise<PsaPin> =>
  vi.waitFor(async () => {
    const now = await ask.get(id)
    if (now.status !== status) throw new Error(`it is ${now.status}: ${now.info?.['status_details']}`)
    return now
  }, 30_000)

describe('the Pinning Service API of a cafe', () => {
  for (const { name, run } of PSA_CASES)
    it(name, async () => {
      const [{ token }, { token: otherToken }] = [await tool(), await tool()]
      await run({ origin: server.origin, token, otherToken, tick: () => cafe.clock.advance(1) })
    })

  it('fetches a DAG from the peer a program names, charges it, serves it, and lets it go', async () => {
    const { guest, token } = await tool()
    const ask = api({ origin: server.origin, token })
    const blocks = await tree(4, 100 * KiB)
    const there = await origin(blocks)
    const cid = rootOf(blocks)
    const asked = await ask.add({ cid, name: 'a dag', origins: originsOf(there) })
    const done = await settled(ask, asked.requestid, 'pinned')
    expect(done.info).toEqual({ dag_size: String(bytesOf(blocks)), dag_blocks: '5' })
    expect([done.created, done.pin]).toEqual([asked.created, asked.pin])
    for (const { cid, bytes } of blocks) expect(hex((await cafe.blocks.get(cid)) ?? new Uint8Array(0))).toBe(hex(bytes))
    expect(await usage(guest, cafe)).toEqual({ roots: 1, bytes: bytesOf(blocks) })
    expect((await ask.list()).results.map(({ requestid }) => requestid)).toEqual([asked.requestid])
    // The delegates are where it can be dialled, by whoever wants to hand over blocks or have them.
    expect(done.delegates).toEqual([...cafe.node.addresses()])
    await ask.send(`/pins/${asked.requestid}`, { method: 'DELETE' })
    expect(await usage(guest, cafe)).toEqual({ roots: 0, bytes: 0 })
    expect(await list(guest, cafe)).toEqual([])
  })

  it('has a pin wait for a peer that is not there, and says so', async () => {
    const { token } = await tool()
    const ask = api({ origin: server.origin, token })
    const { requestid } = await ask.add({
      cid: await newCid(),
      origins: [`/ip4/127.0.0.1/tcp/1/ws/p2p/12D3KooW${'A'.repeat(44)}`],
    })
    await vi.waitFor(async () => expect((await ask.get(requestid)).info).toHaveProperty('status_details'), 30_000)
    const { status } = await ask.get(requestid)
    expect(['queued', 'pinning']).toContain(status)
  })

  it('fails a pin for which there is no room, and keeps nothing of it', async () => {
    const { guest, token } = await tool(150 * KiB)
    const ask = api({ origin: server.origin, token })
    const blocks = await tree(3, 90 * KiB)
    const { requestid } = await ask.add({ cid: rootOf(blocks), origins: originsOf(await origin(blocks)) })
    const failed = await settled(ask, requestid, 'failed')
    expect(failed.info?.['status_details']).toBe('QUOTA')
    expect(await usage(guest, cafe)).toEqual({ roots: 0, bytes: 0 })
  })

  it('replaces a DAG by one that shares most of it, which the peer need not have', async () => {
    const { guest, token } = await tool()
    const ask = api({ origin: server.origin, token })
    const old = await tree(3, 50 * KiB)
    const first = await ask.add({ cid: rootOf(old), origins: originsOf(await origin(old)) })
    await settled(ask, first.requestid, 'pinned')
    const fresh = await leaf(10 * KiB)
    const root = await node([fresh.cid, ...old.slice(0, -1).map(({ cid }) => cid)])
    const more = [fresh, root]
    const there = await origin(more)
    const body = { cid: rootOf(more), origins: originsOf(there) }
    const { status, body: said } = await ask.send(`/pins/${first.requestid}`, { method: 'POST', body })
    expect(status).toBe(202)
    await settled(ask, (said as PsaPin).requestid, 'pinned')
    expect(await list(guest, cafe)).toEqual([rootOf(more)])
  })

  it('shows what came by the pin service too, and pins at once what is there already', async () => {
    const { guest, token } = await tool()
    const ask = api({ origin: server.origin, token })
    const blocks = await tree(2, KiB)
    await pin(guest, cafe, blocks)
    const [shown] = (await ask.list()).results
    expect([shown?.pin.cid, shown?.status, shown?.pin.name]).toEqual([rootOf(blocks), 'pinned', undefined])
    const described = await ask.add({ cid: rootOf(blocks), name: 'mine' })
    expect([described.status, described.pin.name]).toEqual(['pinned', 'mine'])
    await backUp(guest, crypto.getRandomValues(new Uint8Array(1000)))
    expect((await ask.list()).count).toBe(2)
  })

  it('takes no pin of a bearer that is revoked while its request is still coming in', async () => {
    const { guest, token, id } = await tool()
    const cid = await newCid()
    const asked = Promise.withResolvers<void>()
    const revoked = Promise.withResolvers<void>()
    const text = new TextEncoder().encode(JSON.stringify({ cid }))
    const body = new ReadableStream<Uint8Array>(
      {
        async pull(controller) {
          controller.enqueue(text)
          asked.resolve()
          await revoked.promise
          controller.close()
        },
      },
      { highWaterMark: 0 },
    )
    const init = { method: 'POST', headers: { authorization: `Bearer ${token}` }, body, duplex: 'half' } as RequestInit
    const answer = cafe.cafe.fetch(new Request('http://cafe.test/pins', init))
    await asked.promise
    await guest.peer.bearers.revoke(cafe.at.cafe, id, soon())
    revoked.resolve()
    expect((await answer).status).toBe(401)
    expect(await cafe.cafe.jobs.list(guest.account().address)).toEqual([])
  })

  it('refuses a bearer from the moment it is revoked, or its client has left', async () => {
    const { guest, token, id } = await tool()
    const ask = api({ origin: server.origin, token })
    const { requestid } = await ask.add({ cid: await newCid() })
    await guest.peer.bearers.revoke(cafe.at.cafe, id, soon())
    for (const path of ['/pins', `/pins/${requestid}`]) expect(await ask.refused(path)).toEqual([401, 'UNAUTHORIZED'])
    const next = await guest.peer.bearers.grant(cafe.at.cafe, { label: 'next', scopes: ['pin'] }, soon())
    const again = api({ origin: server.origin, token: next.text })
    expect((await again.get(requestid)).requestid).toBe(requestid)
    await guest.peer.cafes.deregister(cafe.at.cafe, soon())
    expect(await again.refused(`/pins/${requestid}`)).toEqual([401, 'UNAUTHORIZED'])
  })
})

describe('the client that tools are built on', () => {
  it('adds, lists, pages, replaces and removes pins', async () => {
    const { token } = await tool()
    const client = new RemotePinningServiceClient(new Configuration({ endpointUrl: server.origin, accessToken: token }))
    const blocks = await tree(2, KiB)
    const there = await origin(blocks)
    const cid = rootOf(blocks)
    const status = [Status.Queued, Status.Pinning, Status.Pinned, Status.Failed]
    const pin = { cid, name: 'Tool', origins: originsOf(there), meta: { app: 'x' } }
    const { requestid } = await client.pinsPost({ pin })
    await vi.waitFor(async () => {
      expect((await client.pinsRequestidGet({ requestid })).status).toBe(Status.Pinned)
    }, 30_000)
    const found = await client.pinsGet({ name: 'tOOl', match: TextMatchingStrategy.Iexact, meta: { app: 'x' }, status })
    expect(found.results.map((one) => one.pin.cid)).toEqual([cid])
    for (let i = 0; i < 14; i++) {
      cafe.clock.advance(1)
      await client.pinsPost({ pin: { cid: await newCid() } })
    }
    const first = await client.pinsGet({ status })
    expect([first.count, first.results.length]).toEqual([15, 10])
    const before = first.results.at(-1)?.created as Date
    const second = await client.pinsGet({ status, before })
    expect([second.count, second.results.length]).toEqual([5, 5])
    const replaced = await client.pinsRequestidPost({ requestid, pin: { cid: await newCid() } })
    expect(replaced.requestid).not.toBe(requestid)
    await expect(client.pinsRequestidGet({ requestid })).rejects.toMatchObject({ status: 404 })
    await client.pinsRequestidDelete({ requestid: replaced.requestid })
    expect((await client.pinsGet({ cid: [cid], status })).count).toBe(0)
    const stranger = new RemotePinningServiceClient(new Configuration({ endpointUrl: server.origin, accessToken: 'x' }))
    await expect(stranger.pinsGet({})).rejects.toMatchObject({ status: 401 })
  })
})

/** Guests paused, between real nodes: nobody new, nothing new, reading goes on, nothing is lost, and it follows by itself. */
import { beforeEach, describe, expect, it } from 'vitest'
import { pinProtocol } from '../../src/cafe/pin/protocol.ts'
import { SESSION_RATES } from '../../src/cafe/session/rates.ts'
import { snapshotProtocol } from '../../src/cafe/snapshot/protocol.ts'
import { PAUSED_AFTER } from '../../src/core/limits.ts'
import { createWords } from '../../src/crypto/wallet.ts'
import type { Joined } from '../../src/peer/cafe-row.ts'
import { call, start } from '../../src/wire/call.ts'
import { randomBytes, tree } from './blocks-fixture.ts'
import {
  type CafeNode,
  createCafeNode,
  createClient,
  createGuestNode,
  failure,
  type GuestNode,
  keep,
} from './fixture.ts'
import { offer, type Running, sendBlock, stored } from './pin-fixture.ts'

const SOON = { timeout: 30_000 }
const PAUSED = { code: 'BUSY', why: 'paused', after: PAUSED_AFTER }

let cafe: CafeNode
beforeEach(async () => {
  cafe = keep(await createCafeNode())
})

async function client(token?: string): Promise<GuestNode> {
  const guest = keep(await createClient(cafe, token))
  keep({ stop: async () => guest.peer.close() })
  return guest
}
async function stranger(words?: string): Promise<GuestNode> {
  const guest = keep(await createGuestNode({ clock: cafe.clock, ...(words === undefined ? {} : { words }) }))
  guest.know(cafe)
  return guest
}
const add = (guest: GuestNode, bytes = randomBytes(100_000)) =>
  guest.peer.backups.add(new Blob([bytes]), 'letter', { signal: AbortSignal.timeout(60_000), onProgress: () => {} })
/** An upload that goes on where one of this name was cut off. */
const named = async (guest: GuestNode): Promise<Running> =>
  start(
    guest.node.connector,
    cafe.at.cafe,
    pinProtocol,
    'pin',
    { bytes: 100_000, name: 'film' },
    { auth: await guest.access(cafe) },
  )
const rowOf = async (guest: GuestNode): Promise<Joined | undefined> => (await guest.peer.cafes.list())[0]
const happened = (): string[] => cafe.cafe.activity.list().map(({ what }) => what)

describe('while guests are paused', () => {
  it('nobody new comes in, by token, by asking or by an open door, and no invite is used up', async () => {
    const token = await cafe.token({ uses: 1 })
    await cafe.cafe.setMode('invite')
    await cafe.cafe.setPaused(true)
    const guest = await stranger()
    const before = await cafe.dump()
    expect(await failure(guest.session.register(cafe.at.cafe, guest.account(), token))).toEqual(PAUSED)
    expect(await failure(guest.session.register(cafe.at.cafe, guest.account(), undefined))).toMatchObject({
      why: 'token',
    })
    await cafe.cafe.setMode('ask')
    expect(await failure(guest.session.ask(cafe.at.cafe, guest.account(), 'Ada'))).toEqual(PAUSED)
    await cafe.cafe.setMode('open')
    expect(await failure(guest.session.register(cafe.at.cafe, guest.account(), undefined))).toEqual(PAUSED)
    await cafe.cafe.setMode('invite')
    expect(await cafe.dump()).toEqual(before)
    await cafe.cafe.setPaused(false)
    expect(await guest.peer.cafes.register(cafe.at, token, {})).toMatchObject({ state: 'active' })
    expect(happened()).toEqual(['joined', 'resumed', 'paused'])
  })

  it('who waits before it loses no turn by trying, and is in with the first try after', async () => {
    cafe = keep(await createCafeNode({ rates: SESSION_RATES }))
    const token = await cafe.token()
    const guest = await stranger()
    await cafe.cafe.setPaused(true)
    const knock = () => guest.session.register(cafe.at.cafe, guest.account(), token)
    for (let i = 0; i < 2 * SESSION_RATES.registrations.burst; i++) {
      expect(await failure(knock())).toEqual(PAUSED)
      cafe.clock.advance(PAUSED_AFTER)
    }
    await cafe.cafe.setPaused(false)
    expect(await knock()).toMatchObject({ quota: 1e9 })
  })

  it('what the cafe fetches for a client waits, and is fetched when it ends', async () => {
    const [guest, other] = [await client(), await client()]
    const blocks = await tree(3, 1000)
    for (const { cid, bytes } of blocks) await other.blocks.put(cid, bytes)
    await cafe.cafe.setPaused(true)
    const root = blocks.at(-1)?.cid as never
    const wish = { root, origins: other.at.addresses.slice(0, 1) }
    const ask = async () =>
      call(guest.node.connector, cafe.at.cafe, pinProtocol, 'fetch', wish, { auth: await guest.access(cafe) })
    expect(await failure(ask())).toEqual(PAUSED)
    await cafe.cafe.setPaused(false)
    expect(await ask()).toMatchObject({ state: 'queued' })
    await cafe.cafe.setPaused(true)
    await cafe.cafe.setPaused(false)
    await expect.poll(async () => (await cafe.keep.list(guest.account().address)).length, SOON).toBe(1)
  })

  it('a client goes on: its session, its files, its further devices, and it may leave', async () => {
    const words = createWords()
    const guest = await stranger(words)
    await guest.peer.cafes.register(cafe.at, await cafe.token(), {})
    const bytes = randomBytes(50_000)
    const { root } = await add(guest, bytes)
    await cafe.cafe.setPaused(true)
    cafe.clock.advance(50 * 60_000)
    const auth = await guest.access(cafe)
    const listed: unknown[] = []
    for await (const pin of guest.pins.list(cafe.at.cafe, { auth })) listed.push(pin)
    expect(listed.length).toBeGreaterThan(0)
    expect(await guest.session.register(cafe.at.cafe, guest.account(), undefined)).toMatchObject({ quota: 1e9 })
    const phone = await stranger(words)
    expect(await phone.session.register(cafe.at.cafe, phone.account(), undefined)).toMatchObject({ quota: 1e9 })
    expect((await cafe.cafe.clients()).length).toBe(2)
    await phone.peer.cafes.register(cafe.at, undefined, {})
    await phone.peer.cafes.deregister(cafe.at.cafe, {})
    const audited = await guest.peer.backups.audit(root, { signal: AbortSignal.timeout(30_000) })
    expect(audited.cafes).toMatchObject([{ state: 'pinned' }])
    await guest.peer.backups.remove(root, { signal: AbortSignal.timeout(30_000) })
    expect((await guest.peer.cafes.deregister(cafe.at.cafe, {})).receipt).toMatchObject({ erased: { clients: 1 } })
    expect(await cafe.cafe.clients()).toEqual([])
  })

  it('an upload under way is interrupted, what it brought stays, and it ends after the pause without being sent again', async () => {
    const guest = await client()
    const blocks = await tree(4, 1000)
    const upload = await named(guest)
    const [first = 0] = await offer(upload, blocks)
    await sendBlock(upload, first, blocks[first] as never)
    await stored(upload)
    await cafe.cafe.setPaused(true)
    expect(await failure(upload.receipt())).toEqual(PAUSED)
    expect(cafe.keep.status()).toMatchObject({ pinned: 0 })
    await expect.poll(() => cafe.keep.status().leased, SOON).toBeGreaterThan(0)
    expect(await failure(named(guest).then((again) => again.receipt()))).toEqual(PAUSED)
    await cafe.cafe.setPaused(false)
    const again = await named(guest)
    const places = await offer(again, blocks)
    expect(places).toEqual(blocks.map((_, place) => place).filter((place) => place !== first))
    for (const place of places) {
      await sendBlock(again, place, blocks[place] as never)
      await stored(again)
    }
    await again.send({ root: blocks.at(-1)?.cid as never })
    expect(await again.receipt()).toMatchObject({ blocks: blocks.length })
  })

  it('snapshots and letters wait at their senders', async () => {
    const guest = await client()
    await cafe.cafe.setPaused(true)
    const auth = await guest.access(cafe)
    const before = await cafe.dump()
    const drop = call(
      guest.node.connector,
      cafe.at.cafe,
      snapshotProtocol,
      'leave',
      { drop: randomBytes(16), size: 1024 },
      { auth },
    )
    expect(await failure(drop)).toEqual(PAUSED)
    expect(await cafe.dump()).toEqual(before)
  })

  it('a client hears of it at once, and what it could not bring follows by itself when it ends', async () => {
    const guest = await client()
    await guest.peer.attend()
    await expect.poll(async () => (await cafe.cafe.clients())[0]?.online, SOON).toBe(true)
    await cafe.cafe.setPaused(true)
    await expect.poll(async () => (await rowOf(guest))?.paused, SOON).toBe(true)
    const added = await add(guest)
    expect(added.cafes).toMatchObject([{ state: 'queued' }])
    await cafe.cafe.setPaused(false)
    await expect.poll(async () => (await rowOf(guest))?.paused, SOON).toBe(false)
    await expect
      .poll(async () => (await guest.peer.backups.get(added.root))?.cafes, SOON)
      .toMatchObject([{ state: 'pinned' }])
    expect(happened()).toEqual(['kept', 'resumed', 'paused', 'joined'])
  })

  it('it stays so over a restart of the cafe, and is over when the host says so', async () => {
    await cafe.cafe.setPaused(true)
    const since = cafe.cafe.paused()
    const again = await cafe.reopen()
    expect(again.paused()).toBe(since)
    const guest = await stranger()
    const token = (await again.createToken({})).token
    expect(await failure(guest.session.register(cafe.at.cafe, guest.account(), token))).toEqual(PAUSED)
    await again.setPaused(false)
    expect((await again.activity.list()).map(({ what }) => what)).toEqual(['resumed', 'paused'])
    expect(await guest.session.register(cafe.at.cafe, guest.account(), token)).toMatchObject({ quota: 1e9 })
    expect(await (await cafe.reopen()).paused()).toBe(null)
  })
})

describe('a host who closes the cafe', () => {
  it('is told what guests would miss, and guests who listen are told why', async () => {
    const guest = await client()
    await client()
    await add(guest)
    await guest.peer.attend()
    await expect.poll(async () => (await cafe.cafe.leaving()).listening, SOON).toBe(1)
    const leaving = await cafe.cafe.leaving()
    expect(leaving).toMatchObject({ accounts: 1, elsewhere: 0, unfinished: 0, letters: 0, listening: 1 })
    expect(leaving.roots).toBeGreaterThan(0)
    expect(leaving.bytes).toBeGreaterThan(100_000)
    await cafe.cafe.close({ farewell: 'We move to the harbour.' })
    await expect
      .poll(async () => (await rowOf(guest))?.farewell, SOON)
      .toEqual({ words: 'We move to the harbour.', at: cafe.clock() })
    expect(await rowOf(guest)).toMatchObject({ state: 'active' })
  })

  it('who was told forgets it when the cafe is there again', async () => {
    const guest = await client()
    await guest.peer.attend()
    await expect.poll(async () => (await cafe.cafe.leaving()).listening, SOON).toBe(1)
    await cafe.cafe.close({ farewell: '' })
    await expect.poll(async () => (await rowOf(guest))?.farewell, SOON).toEqual({ words: '', at: cafe.clock() })
    await cafe.reopen()
    guest.peer.wake()
    await expect.poll(async () => (await rowOf(guest))?.farewell, SOON).toBe(null)
  })
})

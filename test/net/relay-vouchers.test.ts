/** A relay that is no open one: to a cafe it lets through whom the cafe admits, over real sockets. */
import { MemoryDatastore } from 'datastore-core'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { POLICIES } from '../../relay/policy.ts'
import { createRelay, type Relay } from '../../relay/relay.ts'
import { silentLog } from '../../src/core/log.ts'
import { parseToken, tokenHash } from '../../src/crypto/token.ts'
import { proveVoucher } from '../../src/crypto/voucher.ts'
import { relayPeer } from '../../src/net/relays.ts'
import { memoryRows } from '../../src/store/memory.ts'
import { call } from '../../src/wire/call.ts'
import { seatProtocol } from '../../src/wire/seat.ts'
import { type CafeNode, createCafeNode, createGuestNode, failure, type GuestNode, keep } from './fixture.ts'
import { configOf, createFolder } from './relay-fixture.ts'

type Voucher = Awaited<ReturnType<typeof proveVoucher>>

const folder = createFolder()
let relay: Relay
const policy = { ...POLICIES.table, guests: 'vouched' as const }
const start = async (more: object = {}): Promise<Relay> =>
  createRelay(configOf(folder, { noApp: true, ...more }), { log: silentLog, policy })

beforeAll(async () => {
  relay = await start()
})
afterAll(async () => {
  await relay.stop()
  folder.remove()
})

const cafeHere = async (parts: Parameters<typeof createCafeNode>[0] = {}): Promise<CafeNode> =>
  keep(await createCafeNode({ relays: relay.multiaddrs, ...parts }))
const guestHere = async (cafe: CafeNode): Promise<GuestNode> => {
  const guest = keep(await createGuestNode({ clock: cafe.clock, relays: relay.multiaddrs }))
  guest.know(cafe)
  return guest
}
/** What a call of `guest` to `cafe` comes to, without anybody's patience. */
const knock = (guest: GuestNode, cafe: CafeNode) => {
  const address = guest.account().address
  return guest.session.ask(cafe.at.cafe, guest.account(), 'hello').then(
    () => 'answered' as const,
    (error) => failure(Promise.reject(error)).then((why) => ({ ...why, address })),
  )
}
const relayId = () => relayPeer(relay.multiaddrs[0] as string)
const present = (guest: GuestNode, cafe: CafeNode, voucher?: Voucher) =>
  call(guest.node.connector, relayId(), seatProtocol, 'present', { cafe: cafe.at.cafe, voucher })
const voucherOf = async (token: string, cafe: CafeNode, guest: GuestNode) => {
  const subject = { token: await tokenHash(parseToken(token).secret), relay: relayId(), cafe: cafe.at.cafe }
  return proveVoucher(subject, guest.at.cafe)
}
/** The cafe has told the relay what it last decided. */
const told = (guest: GuestNode, cafe: CafeNode, voucher: Voucher) =>
  vi.waitFor(() => present(guest, cafe, voucher), { timeout: 20_000, interval: 100 })

describe('a cafe at a relay that asks for vouchers', () => {
  it('is not reached by a stranger, who is told why', async () => {
    const cafe = await cafeHere()
    const stranger = await guestHere(cafe)
    expect(await knock(stranger, cafe)).toMatchObject({ code: 'UNREACHABLE', why: 'guests' })
    expect(await failure(present(stranger, cafe))).toEqual({ code: 'FORBIDDEN', why: 'guests' })
  })

  it('is joined by whoever holds its invite, who then comes as a client when the invite is used up', async () => {
    const cafe = await cafeHere()
    const guest = await guestHere(cafe)
    const token = await cafe.token({ uses: 1 })
    await guest.peer.cafes.register(cafe.at, token, {})
    expect((await guest.peer.cafes.list())[0]?.state).toBe('active')
    // All its circuits end; the next one is opened by another right.
    for (const side of [guest, cafe]) expect(side.node.connections().some(({ path }) => path === 'relayed')).toBe(true)
    await vi.waitFor(
      async () => {
        const stranger = await guestHere(cafe)
        expect(await failure(present(stranger, cafe, await voucherOf(token, cafe, stranger)))).toMatchObject({
          why: 'guests',
        })
      },
      { timeout: 30_000, interval: 500 },
    )
    await present(guest, cafe)
  })

  it('refuses a voucher that is forged, another’s, of another cafe, or over', async () => {
    const cafe = await cafeHere()
    const other = await cafeHere()
    const [guest, thief] = [await guestHere(cafe), await guestHere(cafe)]
    const token = await cafe.token({ expires: cafe.clock() + 60_000 })
    const good = await voucherOf(token, cafe, guest)
    await told(guest, cafe, good)
    const no = { code: 'FORBIDDEN', why: 'guests' }
    expect(await failure(present(thief, cafe, good))).toEqual(no)
    expect(await failure(present(thief, cafe, { ...good, proof: new Uint8Array(32) }))).toEqual(no)
    expect(await failure(present(guest, other, await voucherOf(token, other, guest)))).toEqual(no)
    const wrong = await voucherOf(await other.token({}), cafe, thief)
    expect(await failure(present(thief, cafe, wrong))).toEqual(no)
    await cafe.cafe.revoke((await cafe.cafe.tokens())[0]?.id as string)
    await vi.waitFor(async () => expect(await failure(present(guest, cafe, good))).toEqual(no), { timeout: 20_000 })
  })

  it('lets anybody knock while it is open, and nobody when it is not any more', async () => {
    const cafe = await cafeHere()
    await cafe.cafe.setMode('ask')
    const stranger = await guestHere(cafe)
    await vi.waitFor(async () => expect(await knock(stranger, cafe)).toBe('answered'), {
      timeout: 20_000,
      interval: 200,
    })
    await cafe.cafe.setMode('invite')
    const late = await guestHere(cafe)
    await vi.waitFor(async () => expect(await failure(present(late, cafe))).toMatchObject({ why: 'guests' }), {
      timeout: 20_000,
      interval: 200,
    })
    expect(await knock(late, cafe)).toMatchObject({ code: 'UNREACHABLE', why: 'guests' })
  })

  it('is reached by its clients when it was started again, and when the relay was', async () => {
    const [datastore, rows] = [new MemoryDatastore(), memoryRows()]
    const cafe = await cafeHere({ datastore, rows })
    const client = await guestHere(cafe)
    await client.peer.cafes.register(cafe.at, await cafe.token({ uses: 1 }), {})
    await cafe.stop()
    const again = await cafeHere({ datastore, rows, clock: cafe.clock })
    expect(again.at.cafe).toBe(cafe.at.cafe)
    client.know(again)
    await vi.waitFor(async () => expect(await knock(client, again)).toBe('answered'), {
      timeout: 30_000,
      interval: 200,
    })
    const port = Number(/tcp\/(\d+)/.exec(relay.multiaddrs[0] as string)?.[1])
    await relay.stop()
    relay = await start({ relayPort: port })
    await vi.waitFor(async () => expect(await knock(client, again)).toBe('answered'), {
      timeout: 60_000,
      interval: 500,
    })
  })

  it('learns what its seat has carried, and is told to say no more than it may', async () => {
    const cafe = await cafeHere()
    const guest = await guestHere(cafe)
    await guest.peer.cafes.register(cafe.at, await cafe.token(), {})
    const usage = await cafe.node.guests.usage({ signal: AbortSignal.timeout(10_000) })
    expect(usage).toMatchObject([{ relay: relayId(), hourMost: null, dayMost: null, rate: null }])
    expect(usage[0]?.hour).toBeGreaterThan(1000)
    const said = { anew: true, more: true, strangers: false, peers: [], keys: [] }
    const key = { key: new Uint8Array(32) }
    const admit = (more: object) => call(cafe.node.connector, relayId(), seatProtocol, 'admit', { ...said, ...more })
    expect(await failure(admit({ keys: new Array(257).fill(key) }))).toMatchObject({ code: 'BAD_REQUEST' })
    expect(await failure(admit({ keys: [{ key: new Uint8Array(31) }] }))).toMatchObject({ code: 'BAD_REQUEST' })
    expect(await failure(admit({ peers: ['nobody'] }))).toMatchObject({ code: 'BAD_REQUEST' })
    expect(await failure(admit({ more: 1 }))).toMatchObject({ code: 'BAD_REQUEST' })
    // Who holds no seat has nobody to admit.
    const outside = keep(await createGuestNode())
    outside.node.connector.know(relayId(), relay.multiaddrs)
    const admission = call(outside.node.connector, relayId(), seatProtocol, 'admit', said)
    expect(await failure(admission)).toEqual({ code: 'NOT_FOUND', what: 'seat' })
  })
})

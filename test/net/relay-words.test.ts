/** At a relay that asks for vouchers: whoever has nothing but the words of a client's account, and the devices of that account. */

import { MemoryDatastore } from 'datastore-core'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { POLICIES } from '../../relay/policy.ts'
import { createRelay, type Relay } from '../../relay/relay.ts'
import { sessionProtocol } from '../../src/cafe/session/protocol.ts'
import { sessionStore } from '../../src/cafe/session/store.ts'
import type { PeerIdText } from '../../src/core/ids.ts'
import { silentLog } from '../../src/core/log.ts'
import { accountVoucher, proveVoucher } from '../../src/crypto/voucher.ts'
import { createWords } from '../../src/crypto/wallet.ts'
import { relayPeer } from '../../src/net/relays.ts'
import { memoryRows } from '../../src/store/memory.ts'
import { call } from '../../src/wire/call.ts'
import { seatProtocol } from '../../src/wire/seat.ts'
import { createAccountDevice } from './account-fixture.ts'
import { type CafeNode, createCafeNode, createGuestNode, failure, type GuestNode, keep } from './fixture.ts'
import { configOf, createFolder } from './relay-fixture.ts'
import { createBare, reserve } from './relay-peers.ts'

vi.setConfig({ testTimeout: 120_000 })
const SOON = { timeout: 30_000, interval: 200 }

const folder = createFolder()
let relay: Relay
beforeAll(async () => {
  const policy = { ...POLICIES.table, guests: 'vouched' as const }
  relay = await createRelay(configOf(folder, { noApp: true, policy }), { log: silentLog })
})
afterAll(async () => {
  await relay.stop()
  folder.remove()
})

const cafeHere = async (): Promise<CafeNode> => keep(await createCafeNode({ relays: relay.multiaddrs }))
const deviceOf = async (words: string, cafe: CafeNode): Promise<GuestNode> => {
  const guest = keep(await createGuestNode({ clock: cafe.clock, relays: relay.multiaddrs, words }))
  guest.know(cafe)
  return guest
}
/** As a recovery and a linked device do: without an invite, and without asking anybody. */
const enter = (device: GuestNode, cafe: CafeNode) =>
  device.peer.cafes.register(cafe.at, undefined, { quietly: true, signal: AbortSignal.timeout(30_000) })
const relayId = () => relayPeer(relay.multiaddrs[0] as string)
const refused = { code: 'UNREACHABLE', why: 'guests' }
const vouchersAt = ({ rows }: CafeNode) => sessionStore(rows).vouchers
const isTold = (device: GuestNode, cafe: CafeNode) =>
  vi.waitFor(async () => expect(await vouchersAt(cafe).get(device.account().address)).toBeDefined(), SOON)

describe('an account at a cafe behind a relay that asks for vouchers', () => {
  it('comes in on a new device by its words alone, and nobody does by others', async () => {
    const cafe = await cafeHere()
    const words = createWords()
    const first = await deviceOf(words, cafe)
    await first.peer.cafes.register(cafe.at, await cafe.token({ uses: 1 }), {})
    await isTold(first, cafe)
    // The device is lost.
    await first.stop()
    const stranger = await deviceOf(createWords(), cafe)
    expect(await failure(enter(stranger, cafe))).toMatchObject(refused)
    const found = await vi.waitFor(async () => enter(await deviceOf(words, cafe), cafe), SOON)
    expect(found).toMatchObject({ cafe: cafe.at.cafe, state: 'active', address: first.account().address })
  })

  it('is recovered with its threads from words alone', async () => {
    const cafe = await cafeHere()
    const words = createWords()
    const how = { clock: cafe.clock, relays: relay.multiaddrs, words }
    const device = await createAccountDevice(how)
    await device.join(cafe)
    const { id } = await device.create('the only copy', 3)
    await vi.waitFor(async () => {
      await device.safe.slots.run()
      expect(await device.safe.slots.status()).toMatchObject({ safe: 1, of: 1, problems: [] })
    }, SOON)
    await isTold(device.guest, cafe)
    const texts = await device.texts(id)
    await device.stop()
    const other = await createAccountDevice(how)
    const recovered = await vi.waitFor(
      () => other.safe.recover.run({ cafes: [cafe.at], signal: AbortSignal.timeout(60_000) }),
      { timeout: 90_000, interval: 500 },
    )
    expect(recovered.threads).toMatchObject([{ thread: id, state: 'done' }])
    expect(await other.texts(id)).toEqual(texts)
  })

  it('finds its cafe among more cafes than a relay is asked about at once', async () => {
    // Peers with a seat that name nobody, and are no cafes.
    const seats = await Promise.all(Array.from({ length: 48 }, createBare))
    const cafe = await cafeHere()
    const words = createWords()
    const first = await deviceOf(words, cafe)
    await first.peer.cafes.register(cafe.at, await cafe.token(), {})
    await isTold(first, cafe)
    await first.stop()
    const [address = ''] = relay.multiaddrs
    for (const seat of seats) expect(await reserve(seat, address)).toBe(true)
    const others = seats.map(({ peerId }) => ({
      cafe: peerId.toString() as PeerIdText,
      addresses: [`${address}/p2p-circuit/p2p/${peerId}`],
    }))
    const device = await createAccountDevice({ clock: cafe.clock, relays: relay.multiaddrs, words })
    const asked = failure(
      device.safe.recover.run({ cafes: [...others, cafe.at], signal: AbortSignal.timeout(100_000) }),
    )
    // It knows us, and keeps nothing: nobody else has answered.
    expect(await asked).toEqual({ code: 'NOT_FOUND', what: 'backup', unreached: seats.length })
    await Promise.all([device.stop(), ...seats.map((seat) => seat.stop())])
  })

  it('is told to a cafe that knew it before cafes could be told, and again by a device that starts', async () => {
    const cafe = await cafeHere()
    const kept = { datastore: new MemoryDatastore(), rows: memoryRows(), words: createWords() }
    const how = { ...kept, clock: cafe.clock, relays: relay.multiaddrs }
    const device = await createGuestNode(how)
    device.know(cafe)
    await device.peer.cafes.register(cafe.at, await cafe.token(), {})
    await isTold(device, cafe)
    const { address } = device.account()
    await device.stop()
    await cafe.rows.commit([vouchersAt(cafe).remove(address)])
    const again = keep(await createGuestNode(how))
    again.know(cafe)
    await again.access(cafe)
    await isTold(again, cafe)
    expect((await vouchersAt(cafe).get(address))?.secret).toEqual(await accountVoucher(again.account(), cafe.at.cafe))
  })

  it('is forgotten when it leaves, when it is evicted, and is not admitted when its token was revoked', async () => {
    const cafe = await cafeHere()
    for (const end of ['leave', 'evict', 'revoke'] as const) {
      const words = createWords()
      const device = await deviceOf(words, cafe)
      await device.peer.cafes.register(cafe.at, await cafe.token(), {})
      await isTold(device, cafe)
      const { address } = device.account()
      if (end === 'leave') await device.peer.cafes.deregister(cafe.at.cafe, {})
      if (end === 'evict') await cafe.cafe.evict(address, '')
      if (end === 'revoke') for (const { id } of await cafe.cafe.tokens()) await cafe.cafe.revoke(id)
      expect((await vouchersAt(cafe).get(address)) === undefined).toBe(end !== 'revoke')
      expect((await cafe.cafe.guests()).accounts).toEqual([])
      const next = await deviceOf(words, cafe)
      const token = await accountVoucher(next.account(), cafe.at.cafe)
      const voucher = await proveVoucher({ token, relay: relayId(), cafe: cafe.at.cafe }, next.at.cafe)
      const show = () => call(next.node.connector, relayId(), seatProtocol, 'present', { cafe: cafe.at.cafe, voucher })
      await vi.waitFor(async () => expect(await failure(show())).toEqual({ code: 'FORBIDDEN', why: 'guests' }), SOON)
      await Promise.all([device.stop(), next.stop()])
    }
  })

  it('has its voucher kept only by whom it is a client of, and only for itself', async () => {
    const cafe = await cafeHere()
    const [client, stranger] = [await deviceOf(createWords(), cafe), await deviceOf(createWords(), cafe)]
    await client.peer.cafes.register(cafe.at, await cafe.token(), {})
    await isTold(client, cafe)
    const put = (by: GuestNode, auth: string | undefined, secret: Uint8Array) =>
      call(by.node.connector, cafe.at.cafe, sessionProtocol, 'putVoucher', { secret: new Uint8Array(secret) }, { auth })
    const mine = await client.access(cafe)
    await cafe.cafe.setMode('open')
    // The relay hears of it in a moment.
    await vi.waitFor(() => enter(stranger, cafe), SOON)
    expect(await failure(put(stranger, undefined, new Uint8Array(32)))).toMatchObject({ code: 'UNAUTHORIZED' })
    expect(await failure(put(stranger, mine, new Uint8Array(32)))).toMatchObject({ code: 'FORBIDDEN' })
    expect(await failure(put(client, mine, new Uint8Array(31)))).toMatchObject({ code: 'BAD_REQUEST' })
    await isTold(stranger, cafe)
    expect((await vouchersAt(cafe).list([])).length).toBe(2)
    expect((await vouchersAt(cafe).get(client.account().address))?.secret).toEqual(
      await accountVoucher(client.account(), cafe.at.cafe),
    )
  })
})

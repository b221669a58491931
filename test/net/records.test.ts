/** Drops and contact cards between real nodes, and what becomes of all small records when an account leaves. */
import { beforeAll, describe, expect, it } from 'vitest'
import { createCard, openCard } from '../../src/cafe/contact/card.ts'
import { contactProtocol } from '../../src/cafe/contact/protocol.ts'
import { snapshotProtocol } from '../../src/cafe/snapshot/protocol.ts'
import { hex } from '../../src/core/ids.ts'
import { DROP_TTL, KiB, MAX_CARD, MAX_CARD_TTL, MAX_DROP_BODY, MAX_LOOK } from '../../src/core/limits.ts'
import { call, start } from '../../src/wire/call.ts'
import {
  type CafeNode,
  createCafeNode,
  createClient,
  createGuestNode,
  failure,
  type GuestNode,
  keep,
} from './fixture.ts'
import { all, auth, body, newId, twoDevices } from './record-fixture.ts'

let cafe: CafeNode
let ada: GuestNode
let bob: GuestNode
let stranger: GuestNode

beforeAll(async () => {
  cafe = keep(await createCafeNode())
  ada = keep(await createClient(cafe))
  bob = keep(await createClient(cafe))
  stranger = keep(await createGuestNode({ clock: cafe.clock }))
  stranger.know(cafe)
})

const leave = async (by: GuestNode, drop: Uint8Array, bytes = body()) =>
  by.snapshots.leave(cafe.at.cafe, { drop, body: bytes }, await auth(by, cafe))
const look = (by: GuestNode, ...drops: Uint8Array[]) => all(by.snapshots.look(cafe.at.cafe, drops))
const cardOf = (by: GuestNode, seq: number) =>
  createCard(by.account(), {
    ...{ name: 'Ada', avatar: null, devices: [], inboxes: [{ cafe: cafe.at.cafe, addrs: [...cafe.at.addresses] }] },
    ...{ seq, ts: cafe.clock(), ttl: MAX_CARD_TTL },
  })

describe('a drop', () => {
  it('is found by a stranger who knows its id, in every size, and by nobody else', async () => {
    for (const size of [256, 4 * KiB, MAX_DROP_BODY]) {
      const [drop, bytes] = [newId(), body(size)]
      expect(await leave(ada, drop, bytes)).toEqual({ expires: cafe.clock() + DROP_TTL })
      const found = [{ drop, body: bytes, time: cafe.clock() }]
      expect(await look(stranger, newId(), drop, newId())).toEqual(found)
      expect(await look(bob, drop)).toEqual(found)
    }
    expect(await look(stranger, newId())).toEqual([])
  })

  it('is found among more ids than fit one question', async () => {
    const ids = Array.from({ length: 3 * MAX_LOOK + 5 }, newId)
    const left = [ids[0], ids[MAX_LOOK], ids.at(-1)] as Uint8Array[]
    for (const drop of left) await leave(ada, drop)
    expect((await look(stranger, ...ids)).map(({ drop }) => hex(drop))).toEqual(left.map(hex))
  })

  it('is written by its account only, whichever device, and taken back by it only', async () => {
    const drop = newId()
    const [first, second] = await twoDevices(cafe)
    await leave(first, drop)
    const bytes = body(KiB)
    await leave(second, drop, bytes)
    expect(await failure(leave(bob, drop))).toEqual({ code: 'CONFLICT', what: 'drop' })
    await bob.snapshots.withdraw(cafe.at.cafe, drop, await auth(bob, cafe))
    expect((await look(stranger, drop)).map(({ body }) => body)).toEqual([bytes])
    await first.snapshots.withdraw(cafe.at.cafe, drop, await auth(first, cafe))
    expect(await look(stranger, drop)).toEqual([])
  })

  it('is left by clients only, and only in sizes that sealed things have', async () => {
    const refused = stranger.snapshots.leave(cafe.at.cafe, { drop: newId(), body: body() }, {})
    expect(await failure(refused)).toEqual({ code: 'UNAUTHORIZED' })
    for (const size of [0, 255, 257, 4 * MAX_DROP_BODY])
      expect(await failure(leave(ada, newId(), body(size)))).toMatchObject({ code: 'BAD_REQUEST' })
  })

  it('outlives a restart of the cafe', async () => {
    const own = keep(await createCafeNode())
    const client = keep(await createClient(own))
    const [drop, bytes] = [newId(), body()]
    await client.snapshots.leave(own.at.cafe, { drop, body: bytes }, await auth(client, own))
    await own.reopen()
    expect((await all(client.snapshots.look(own.at.cafe, [drop]))).map(({ body }) => body)).toEqual([bytes])
  })
})

describe('a contact card', () => {
  it('is published by its account with a receipt, and read by a stranger who knows the address', async () => {
    const { address } = ada.account()
    expect(await stranger.contacts.get(cafe.at.cafe, address)).toBeUndefined()
    const envelope = await cardOf(ada, 1)
    const { receipt } = await ada.contacts.publish(cafe.at.cafe, envelope, await auth(ada, cafe))
    expect(receipt).toMatchObject({ cafe: cafe.at.cafe, account: address, seq: 1 })
    const found = (await stranger.contacts.get(cafe.at.cafe, address)) as Uint8Array
    expect(await openCard(address, found, stranger.clock())).toMatchObject({ name: 'Ada' })
  })

  it('is nobody else’s to publish, and never an older one', async () => {
    const { address } = ada.account()
    const options = await auth(bob, cafe)
    expect(await failure(bob.contacts.publish(cafe.at.cafe, await cardOf(ada, 50), options))).toMatchObject({
      code: 'CORRUPT',
    })
    await ada.contacts.publish(cafe.at.cafe, await cardOf(ada, 9), await auth(ada, cafe))
    const old = ada.contacts.publish(cafe.at.cafe, await cardOf(ada, 8), await auth(ada, cafe))
    expect(await failure(old)).toEqual({ code: 'CONFLICT', seq: 9 })
    expect(await stranger.contacts.get(cafe.at.cafe, address)).toEqual(await cardOf(ada, 9))
  })
})

describe('what is not well formed', () => {
  it('is refused before anything is looked at, and stores nothing', async () => {
    const options = await auth(ada, cafe)
    const before = await cafe.dump()
    const ask = (service: typeof snapshotProtocol | typeof contactProtocol, op: string, input: unknown) =>
      call(ada.node.connector, cafe.at.cafe, service as never, op as never, input as never, options)
    const bad = [
      [snapshotProtocol, 'put', { slot: newId(), expect: 0, seq: 1, hash: new Uint8Array(31), size: 256 }],
      [snapshotProtocol, 'put', { slot: newId(), expect: 0, seq: 1, hash: new Uint8Array(32), size: 300 }],
      [snapshotProtocol, 'put', { slot: newId(), expect: 0, seq: 1, hash: new Uint8Array(32), size: 256, more: 1 }],
      [snapshotProtocol, 'put', { slot: newId(), expect: -1, seq: 1, hash: new Uint8Array(32), size: 256 }],
      [snapshotProtocol, 'get', { slot: hex(newId()) }],
      [snapshotProtocol, 'get', { slot: newId(), seq: 0 }],
      [snapshotProtocol, 'list', { after: 1 }],
      [snapshotProtocol, 'remove', { slot: newId() }],
      [snapshotProtocol, 'leave', { drop: newId(), size: 256 * KiB }],
      [snapshotProtocol, 'look', { drops: [] }],
      [snapshotProtocol, 'look', { drops: Array.from({ length: MAX_LOOK + 1 }, newId) }],
      [contactProtocol, 'publish', { envelope: new Uint8Array(MAX_CARD + 1) }],
      [contactProtocol, 'get', { address: 'P1' }],
      [contactProtocol, 'get', {}],
    ] as const
    for (const [service, op, input] of bad)
      expect(await failure(ask(service, op, input)), JSON.stringify(input)).toMatchObject({ code: 'BAD_REQUEST' })
    for (const envelope of [new Uint8Array(0), body(300), body(MAX_CARD)])
      expect(await failure(ask(contactProtocol, 'publish', { envelope }))).toMatchObject({ code: 'CORRUPT' })
    expect(await failure(ask(snapshotProtocol, '__proto__', {}))).toMatchObject({ code: 'UNSUPPORTED' })
    expect(await cafe.dump()).toEqual(before)
  })

  it('as a body ends the call, and stores nothing', async () => {
    const options = await auth(ada, cafe)
    const before = await cafe.dump()
    for (const upload of [{}, { body: 'x' }, { body: body(), more: 1 }, body(), { body: body(128 * KiB) }, null]) {
      const wish = { slot: newId(), expect: 0, seq: 1, hash: new Uint8Array(32), size: 256 }
      const exchange = await start(ada.node.connector, cafe.at.cafe, snapshotProtocol, 'put', wish, options)
      await exchange.send(upload as never)
      expect(await failure(exchange.receipt())).toMatchObject({ code: 'BAD_REQUEST' })
    }
    expect(await cafe.dump()).toEqual(before)
  })

  it('as a caller who goes away before the body is out leaves nothing, and holds nothing up', async () => {
    const options = await auth(ada, cafe)
    const before = await cafe.dump()
    for (let i = 0; i < 40; i++) {
      const wish = { slot: newId(), expect: 0, seq: 1, hash: new Uint8Array(32), size: 256 * KiB }
      const exchange = await start(ada.node.connector, cafe.at.cafe, snapshotProtocol, 'put', wish, options)
      exchange.close()
    }
    expect(await cafe.dump()).toEqual(before)
    await leave(ada, newId())
  })
})

describe('an account that leaves', () => {
  const fill = async (by: GuestNode): Promise<Uint8Array> => {
    const options = await auth(by, cafe)
    for (let i = 0; i < 3; i++)
      await by.snapshots.put(cafe.at.cafe, { slot: newId(), expect: 0, seq: 1, body: body() }, options)
    const drop = newId()
    await by.snapshots.leave(cafe.at.cafe, { drop, body: body() }, options)
    await by.contacts.publish(cafe.at.cafe, await cardOf(by, 1), options)
    return drop
  }

  it('takes its slots, drops and card with it when its last device does, and the receipt says so', async () => {
    const [first, second] = await twoDevices(cafe)
    const { address } = first.account()
    const drop = await fill(first)
    const one = await first.peer.cafes.deregister(cafe.at.cafe, {})
    expect(one.receipt?.erased).toEqual({ clients: 1, sessions: 1, bearers: 0 })
    expect((await all(second.snapshots.list(cafe.at.cafe, await auth(second, cafe)))).length).toBe(3)
    const two = await second.peer.cafes.deregister(cafe.at.cafe, {})
    const nothing = { bearers: 0, pins: 0, mail: 0, doors: 0, links: 0 }
    expect(two.receipt?.erased).toEqual({ clients: 1, sessions: 1, slots: 3, drops: 1, cards: 1, ...nothing })
    expect(await look(stranger, drop)).toEqual([])
    expect(await stranger.contacts.get(cafe.at.cafe, address)).toBeUndefined()
    const left = Object.entries(await cafe.dump()).filter(
      ([key, value]) => key.includes(address) || value.includes(hex(new TextEncoder().encode(address))),
    )
    // The receipt, to be fetched again.
    expect(left.map(([key]) => key.split('/')[2])).toEqual(left.map(() => 'departed'))
  })

  it('is erased when the host evicts it', async () => {
    const guest = keep(await createClient(cafe))
    const drop = await fill(guest)
    await cafe.cafe.evict(guest.account().address, 'No.')
    expect(await look(stranger, drop)).toEqual([])
    const kept = Object.keys(await cafe.dump()).filter((key) => key.includes(guest.account().address))
    expect(kept.map((key) => key.split('/')[2])).toEqual(['evicted'])
  })
})

/** Slots between real nodes: what a client puts is what all devices of its account get, and nobody else. */
import { beforeAll, describe, expect, it } from 'vitest'
import { slotReceiptRecord, snapshotProtocol } from '../../src/cafe/snapshot/protocol.ts'
import { isCafeError } from '../../src/core/errors.ts'
import { CLIENT_SLOTS, KiB, MAX_SLOT_BODY } from '../../src/core/limits.ts'
import { sha256 } from '../../src/crypto/bytes.ts'
import { openRecord } from '../../src/crypto/envelope.ts'
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
let client: GuestNode

beforeAll(async () => {
  cafe = keep(await createCafeNode())
  client = keep(await createClient(cafe))
})

const put = async (by: GuestNode, slot: Uint8Array, expect: number, seq: number, bytes = body()) =>
  by.snapshots.put(cafe.at.cafe, { slot, expect, seq, body: bytes }, await auth(by, cafe))
const get = async (by: GuestNode, slot: Uint8Array, seq?: number) =>
  by.snapshots.get(cafe.at.cafe, slot, { ...(await auth(by, cafe)), seq })
const list = async (by: GuestNode) => all(by.snapshots.list(cafe.at.cafe, await auth(by, cafe)))
const remove = async (by: GuestNode, slot: Uint8Array, expect: number) =>
  by.snapshots.remove(cafe.at.cafe, { slot, expect }, await auth(by, cafe))

describe('a slot', () => {
  it('is written with a receipt that the cafe has signed, of every size that sealed things have', async () => {
    for (const size of [256, 1 * KiB, 4 * KiB, 16 * KiB, 64 * KiB, MAX_SLOT_BODY]) {
      const [slot, bytes] = [newId(), body(size)]
      const { receipt, envelope } = await put(client, slot, 0, 7, bytes)
      const { address: account } = client.account()
      expect(receipt).toEqual({
        ...{ v: 1, cafe: cafe.at.cafe, epoch: 1, account, slot, seq: 7 },
        ...{ hash: await sha256(bytes), time: cafe.clock() },
      })
      expect(await openRecord(slotReceiptRecord, cafe.at.cafe, envelope)).toEqual(receipt)
      expect(await get(client, slot)).toEqual({ seq: 7, body: bytes })
    }
  })

  it('is empty until it is written', async () => {
    expect(await get(client, newId())).toBeUndefined()
    await remove(client, newId(), 1)
  })

  it('keeps the version before the present one, and no older one', async () => {
    const slot = newId()
    const bodies = [body(), body(KiB), body()]
    for (const [i, bytes] of bodies.entries()) await put(client, slot, i, i + 1, bytes)
    expect(await get(client, slot)).toEqual({ seq: 3, body: bodies[2] })
    expect(await get(client, slot, 3)).toEqual({ seq: 3, body: bodies[2] })
    expect(await get(client, slot, 2)).toEqual({ seq: 2, body: bodies[1] })
    expect(await get(client, slot, 1)).toBeUndefined()
    const keys = Object.keys(await cafe.dump()).filter((key) => key.startsWith('/cafe/slot-body/'))
    expect(keys.filter((key) => key.includes(Buffer.from(slot).toString('hex'))).length).toBe(2)
  })

  it('gives the same receipt when the same is put again, whatever the time', async () => {
    const [slot, bytes] = [newId(), body(16 * KiB)]
    const first = await put(client, slot, 0, 1, bytes)
    cafe.clock.advance(1000)
    expect(await put(client, slot, 0, 1, bytes)).toEqual(first)
    await put(client, slot, 1, 2)
    expect(await failure(put(client, slot, 0, 1, bytes))).toEqual({ code: 'CONFLICT', seq: 2 })
  })

  it('is not written over a version that the writer has not seen', async () => {
    const slot = newId()
    expect(await failure(put(client, slot, 3, 4))).toEqual({ code: 'CONFLICT', seq: 0 })
    await put(client, slot, 0, 5)
    expect(await failure(put(client, slot, 0, 6))).toEqual({ code: 'CONFLICT', seq: 5 })
    expect(await failure(put(client, slot, 0, 5))).toEqual({ code: 'CONFLICT', seq: 5 })
    expect(await failure(put(client, slot, 6, 7))).toEqual({ code: 'CONFLICT', seq: 5 })
    expect(await failure(put(client, slot, 5, 5, body()))).toMatchObject({ code: 'BAD_REQUEST' })
    expect(await failure(put(client, slot, 5, 4))).toMatchObject({ code: 'BAD_REQUEST' })
  })

  it('is removed by whoever has seen the present version, and then begins anew', async () => {
    const slot = newId()
    await put(client, slot, 0, 1)
    await put(client, slot, 1, 2)
    expect(await failure(remove(client, slot, 1))).toEqual({ code: 'CONFLICT', seq: 2 })
    await remove(client, slot, 2)
    await remove(client, slot, 2)
    expect(await get(client, slot)).toBeUndefined()
    expect(await get(client, slot, 1)).toBeUndefined()
    const left = Object.keys(await cafe.dump()).filter((key) => key.includes(Buffer.from(slot).toString('hex')))
    expect(left).toEqual([])
    await put(client, slot, 0, 1)
  })

  it('is listed with all that is known of it', async () => {
    const lister = keep(await createClient(cafe))
    expect(await list(lister)).toEqual([])
    const [one, two] = [new Uint8Array(16), new Uint8Array(16).fill(255)]
    const bytes = body(4 * KiB)
    await put(lister, two, 0, 9, bytes)
    await put(lister, one, 0, 1)
    await put(lister, one, 1, 3, bytes)
    const known = { hash: await sha256(bytes), size: 4 * KiB, time: cafe.clock() }
    expect(await list(lister)).toEqual([
      { slot: one, seq: 3, before: 1, ...known },
      { slot: two, seq: 9, ...known },
    ])
  })

  it('is shared by all devices of an account, and by nobody else', async () => {
    const [first, second] = await twoDevices(cafe)
    const [slot, bytes] = [newId(), body()]
    await put(first, slot, 0, 1, bytes)
    expect(await get(second, slot)).toEqual({ seq: 1, body: bytes })
    await put(second, slot, 1, 2)
    expect(await failure(put(first, slot, 1, 2))).toEqual({ code: 'CONFLICT', seq: 2 })
    expect(await get(client, slot)).toBeUndefined()
    expect(await list(client)).not.toContainEqual(expect.objectContaining({ slot }))
    // The same id is another slot for another account.
    await put(client, slot, 0, 1)
    expect((await get(first, slot))?.seq).toBe(2)
  })

  it('outlives a restart of the cafe', async () => {
    const restarted = keep(await createCafeNode())
    const guest = keep(await createClient(restarted))
    const [slot, bytes] = [newId(), body()]
    const options = await auth(guest, restarted)
    const first = await guest.snapshots.put(restarted.at.cafe, { slot, expect: 0, seq: 1, body: bytes }, options)
    await restarted.reopen()
    expect(await guest.snapshots.get(restarted.at.cafe, slot, options)).toEqual({ seq: 1, body: bytes })
    expect(await guest.snapshots.put(restarted.at.cafe, { slot, expect: 0, seq: 1, body: bytes }, options)).toEqual(
      first,
    )
  })
})

describe('two writers', () => {
  it('never both write one version: one gets a receipt, the other reads and goes on', async () => {
    const devices = await twoDevices(cafe)
    const slot = newId()
    /** Adds one to the seq, as a device does: reads, puts, and begins again where it was too late. */
    const step = async (device: GuestNode): Promise<number> => {
      for (;;) {
        const seq = (await get(device, slot))?.seq ?? 0
        try {
          return (await put(device, slot, seq, seq + 1)).receipt.seq
        } catch (error) {
          if (!isCafeError(error) || error.code !== 'CONFLICT') throw error
        }
      }
    }
    const rounds = await Promise.all(
      devices.map(async (device) => {
        const written: number[] = []
        for (let i = 0; i < 10; i++) written.push(await step(device))
        return written
      }),
    )
    expect(rounds.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1))
  })
})

describe('the snapshot service', () => {
  it('is for clients only', async () => {
    const stranger = keep(await createGuestNode({ clock: cafe.clock }))
    stranger.know(cafe)
    const slot = newId()
    const wish = { slot, expect: 0, seq: 1, body: body() }
    expect(await failure(stranger.snapshots.put(cafe.at.cafe, wish, {}))).toEqual({ code: 'UNAUTHORIZED' })
    const stolen = await auth(client, cafe)
    expect(await failure(stranger.snapshots.get(cafe.at.cafe, slot, stolen))).toEqual({
      code: 'FORBIDDEN',
      why: 'peer',
    })
  })

  it('is refused to whom the host gave other services', async () => {
    const limited = keep(await createClient(cafe, await cafe.token({ services: ['pin'] })))
    expect(await failure(put(limited, newId(), 0, 1))).toEqual({
      code: 'FORBIDDEN',
      why: 'service',
      service: 'snapshot',
    })
    const allowed = keep(await createClient(cafe, await cafe.token({ services: ['snapshot'] })))
    await put(allowed, newId(), 0, 1)
  })

  it('takes nothing that is not of a size that sealed things have, and stores nothing of it', async () => {
    const before = await cafe.dump()
    for (const size of [0, 1, 255, 257, MAX_SLOT_BODY + 1, 2 * MAX_SLOT_BODY])
      expect(await failure(put(client, newId(), 0, 1, body(size)))).toMatchObject({ code: 'BAD_REQUEST' })
    for (const slot of [new Uint8Array(0), new Uint8Array(15), new Uint8Array(17)])
      expect(await failure(put(client, slot, 0, 1))).toMatchObject({ code: 'BAD_REQUEST' })
    for (const seq of [0, -1, 1.5]) expect((await failure(put(client, newId(), 0, seq))).code).toBe('BAD_REQUEST')
    expect(await cafe.dump()).toEqual(before)
  })

  it('takes no body but the one that was announced, and stores nothing of another', async () => {
    const options = await auth(client, cafe)
    const before = await cafe.dump()
    const send = async (announced: Uint8Array<ArrayBuffer>, sent: Uint8Array<ArrayBuffer>) => {
      const wish = { slot: newId(), expect: 0, seq: 1, hash: await sha256(announced), size: announced.byteLength }
      const exchange = await start(client.node.connector, cafe.at.cafe, snapshotProtocol, 'put', wish, options)
      await exchange.send({ body: sent })
      return exchange.receipt()
    }
    const wrong = { code: 'BAD_REQUEST', at: 'body' }
    expect(await failure(send(body(), body()))).toEqual(wrong)
    expect(await failure(send(body(), body(KiB)))).toEqual(wrong)
    expect(await cafe.dump()).toEqual(before)
  })

  it('says that there is no room before it takes a body', async () => {
    const small = keep(await createClient(cafe, await cafe.token({ quota: 8 * 4 * KiB })))
    await put(small, newId(), 0, 1, body(KiB))
    const wish = { slot: newId(), expect: 0, seq: 1, hash: new Uint8Array(32), size: 4 * KiB }
    const options = await auth(small, cafe)
    const refused = call(small.node.connector, cafe.at.cafe, snapshotProtocol, 'put', wish, options)
    expect(await failure(refused)).toEqual({ code: 'QUOTA', needed: 4 * KiB, free: 3 * KiB, limit: 'client' })
  })

  it('charges both versions of a slot and gives back what is removed', async () => {
    const small = keep(await createClient(cafe, await cafe.token({ quota: 8 * 3 * KiB })))
    const slot = newId()
    for (const seq of [1, 2, 3, 4]) await put(small, slot, seq - 1, seq, body(KiB))
    await put(small, newId(), 0, 1, body(KiB))
    expect((await failure(put(small, newId(), 0, 1))).code).toBe('QUOTA')
    await remove(small, slot, 4)
    await put(small, newId(), 0, 1, body(KiB))
    await put(small, newId(), 0, 1, body(KiB))
    expect((await failure(put(small, newId(), 0, 1))).code).toBe('QUOTA')
  })

  it('keeps so many slots for an account and not one more', async () => {
    const many = keep(await createClient(cafe))
    const options = await auth(many, cafe)
    const write = (i: number) => {
      const slot = new Uint8Array(16)
      new DataView(slot.buffer).setUint32(0, i)
      return many.snapshots.put(cafe.at.cafe, { slot, expect: 0, seq: 1, body: body() }, options)
    }
    for (let i = 0; i < CLIENT_SLOTS; i += 10) await Promise.all(Array.from({ length: 10 }, (_, j) => write(i + j)))
    expect(await failure(write(CLIENT_SLOTS))).toEqual({ code: 'QUOTA', slots: CLIENT_SLOTS })
    expect((await list(many)).length).toBe(CLIENT_SLOTS)
  }, 120_000)
})

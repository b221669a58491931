/** Mail between real nodes: whoever may write leaves letters at a cafe, and each device of an account fetches all of them. */
import { beforeAll, describe, expect, it } from 'vitest'
import { inboxProtocol, mailReceiptRecord } from '../../src/cafe/inbox/protocol.ts'
import { MAIL_RATES } from '../../src/cafe/inbox/rates.ts'
import { hex } from '../../src/core/ids.ts'
import { WORK_BITS } from '../../src/core/limits.ts'
import { sha256 } from '../../src/crypto/bytes.ts'
import { openRecord } from '../../src/crypto/envelope.ts'
import { hourOf, solveWork } from '../../src/crypto/work.ts'
import { jsonFormat } from '../../src/wire/http-frames.ts'
import { startHttp } from '../fixtures/http-call.ts'
import {
  type CafeNode,
  createCafeNode,
  createClient,
  createGuestNode,
  DAY,
  failure,
  type GuestNode,
  keep,
} from './fixture.ts'
import { all, auth, body, newId, twoDevices } from './record-fixture.ts'

type Bytes = Uint8Array<ArrayBuffer>
let cafe: CafeNode
let writer: GuestNode

beforeAll(async () => {
  cafe = keep(await createCafeNode())
  writer = keep(await createGuestNode({ clock: cafe.clock }))
  writer.know(cafe)
})

const setDoors = async (by: GuestNode, at: CafeNode, contacts: Uint8Array[], seq = 1, strangers = true) =>
  by.inbox.setDoors(
    at.at.cafe,
    { seq, contacts: await Promise.all(contacts.map(sha256)), introduced: [], strangers, maxTtl: 30 * DAY },
    await auth(by, at),
  )
const deliver = (to: GuestNode, key: Uint8Array, bytes: Uint8Array, { by = writer, at = cafe } = {}) =>
  by.inbox.deliver(at.at.cafe, { to: to.account().address, body: bytes, ttl: 7 * DAY, door: { key } })
const check = async (by: GuestNode, at = cafe, after = 0) =>
  all(by.inbox.check(at.at.cafe, { after, live: false }, await auth(by, at)))
const bodies = async (by: GuestNode, at = cafe, after = 0) =>
  (await check(by, at, after)).flatMap((one) => ('mail' in one ? [hex(one.mail.body)] : []))
const ack = async (by: GuestNode, ids: Uint8Array[], at = cafe) => by.inbox.ack(at.at.cafe, ids, await auth(by, at))

/** A client whose door `key` opens. */
async function recipient(at = cafe): Promise<{ guest: GuestNode; key: Bytes }> {
  const guest = keep(await createClient(at))
  const key = newId()
  await setDoors(guest, at, [key])
  return { guest, key }
}

describe('a letter', () => {
  it('is left without a session, with a receipt that the cafe has signed, and fetched by its recipient', async () => {
    const { guest, key } = await recipient()
    for (const size of [256, 65_536]) {
      const bytes = body(size)
      const { receipt, envelope } = await deliver(guest, key, bytes)
      expect(receipt).toMatchObject({
        cafe: cafe.at.cafe,
        account: guest.account().address,
        size,
        until: cafe.clock() + 7 * DAY,
      })
      expect(await openRecord(mailReceiptRecord, cafe.at.cafe, envelope)).toEqual(receipt)
      expect((await bodies(guest)).at(-1)).toBe(hex(bytes))
      expect((await deliver(guest, key, bytes)).receipt).toEqual(receipt)
    }
    expect((await bodies(guest)).length).toBe(2)
  })

  it('is fetched by every device, each for itself', async () => {
    const [phone, laptop] = await twoDevices(cafe)
    const key = newId()
    await setDoors(phone, cafe, [key])
    const letters = [body(), body()]
    const { receipt } = await deliver(phone, key, letters[0] as Bytes)
    await deliver(phone, key, letters[1] as Bytes)
    await ack(phone, [receipt.id])
    expect(await bodies(phone)).toEqual([hex(letters[1] as Bytes)])
    expect(await bodies(laptop)).toEqual(letters.map((one) => hex(one)))
    await ack(laptop, [receipt.id])
    expect(await bodies(laptop)).toEqual([hex(letters[1] as Bytes)])
  })

  it('is freed when the device that did not have it is put out, or leaves', async () => {
    for (const leaves of [true, false]) {
      const [phone, laptop] = await twoDevices(cafe)
      const key = newId()
      await setDoors(phone, cafe, [key])
      const { receipt } = await deliver(phone, key, body())
      await ack(phone, [receipt.id])
      const place = `/cafe/inbox/${phone.account().address}/`
      const kept = async () => Object.keys(await cafe.dump()).filter((row) => row.startsWith(place)).length
      expect(await kept()).toBe(1)
      if (leaves) await laptop.session.deregister(cafe.at.cafe, laptop.account().address, await laptop.access(cafe))
      else await phone.session.drop(cafe.at.cafe, laptop.at.cafe, await auth(phone, cafe))
      await expect.poll(kept).toBe(0)
    }
  })

  it('goes with the account, and the receipt of that says so', async () => {
    const { guest, key } = await recipient()
    await deliver(guest, key, body())
    const address = guest.account().address
    const { receipt } = await guest.session.deregister(cafe.at.cafe, address, await guest.access(cafe))
    expect(receipt.erased).toMatchObject({ mail: 1, doors: 1 })
    expect(Object.keys(await cafe.dump()).filter((row) => row.includes(address) && /mail|letter/.test(row))).toEqual([])
    expect(await failure(deliver(guest, key, body()))).toEqual({ code: 'NOT_FOUND', what: 'inbox' })
  })

  it('outlives a restart of the cafe, and so do receipts, acknowledgements and places', async () => {
    const restarted = keep(await createCafeNode())
    const { guest, key } = await recipient(restarted)
    const by = keep(await createGuestNode({ clock: restarted.clock }))
    by.know(restarted)
    const letters = [body(), body(), body()]
    const receipts = []
    for (const bytes of letters) receipts.push((await deliver(guest, key, bytes, { by, at: restarted })).receipt)
    const [first] = await check(guest, restarted)
    const seq = first && 'mail' in first ? first.mail.seq : 0
    await ack(guest, [receipts[1]?.id as Bytes], restarted)
    await restarted.reopen()
    expect((await deliver(guest, key, letters[1] as Bytes, { by, at: restarted })).receipt).toEqual(receipts[1])
    expect(await bodies(guest, restarted, seq)).toEqual([hex(letters[2] as Bytes)])
  })

  it('of somebody the cafe knows says nothing about them in the store', async () => {
    const { guest, key } = await recipient()
    const known = keep(await createClient(cafe))
    const before = await cafe.dump()
    for (let n = 0; n < 5; n++) await deliver(guest, key, body(), { by: known })
    const after = Object.entries(await cafe.dump()).filter(([row, value]) => before[row] !== value)
    expect(after.length).toBe(5)
    const text = after.map(([row, value]) => `${row} ${Buffer.from(value, 'hex').toString('latin1')}`).join('\n')
    for (const secret of [known.at.cafe, known.account().address]) expect(text.includes(secret)).toBe(false)
    const hash = hex(await sha256(key))
    expect(after.some(([row, value]) => row.includes(hash) || value.includes(hash) || value.includes(hex(key)))).toBe(
      false,
    )
  })
})

describe('a stranger', () => {
  it('asks what to do, works, and is let in', async () => {
    const { guest } = await recipient()
    const to = guest.account().address
    const { strangers, bits, hour } = await writer.inbox.terms(cafe.at.cafe, to)
    expect([strangers, bits, hour]).toEqual([true, WORK_BITS, hourOf(cafe.clock())])
    const bytes = body()
    const id = await sha256(bytes)
    const nonce = await solveWork({ cafe: cafe.at.cafe, to, id, hour }, bits)
    await writer.inbox.deliver(cafe.at.cafe, { to, body: bytes, ttl: DAY, door: { hour, nonce } })
    expect(await bodies(guest)).toEqual([hex(bytes)])
    const spent = { to, body: body(), ttl: DAY, door: { hour, nonce } }
    expect(await failure(writer.inbox.deliver(cafe.at.cafe, spent))).toEqual({ code: 'FORBIDDEN', what: 'door' })
    await setDoors(guest, cafe, [], 2, false)
    expect((await writer.inbox.terms(cafe.at.cafe, to)).strangers).toBe(false)
  })

  it('is told where there is no inbox', async () => {
    const to = writer.account().address
    expect(await failure(writer.inbox.terms(cafe.at.cafe, to))).toEqual({ code: 'NOT_FOUND', what: 'inbox' })
  })
})

describe('a live check', () => {
  it('is told of what comes, and ends with the device', async () => {
    const [phone, laptop] = await twoDevices(cafe)
    const key = newId()
    await setDoors(phone, cafe, [key])
    const heard: string[] = []
    const options = await auth(laptop, cafe)
    const end = (async () => {
      for await (const one of laptop.inbox.check(cafe.at.cafe, { after: 0, live: true }, options))
        if ('mail' in one) heard.push(hex(one.mail.body))
        else if ('level' in one) heard.push('level')
    })().catch((error) => error.code)
    await expect.poll(() => heard).toEqual(['level'])
    const bytes = body()
    await deliver(phone, key, bytes)
    await expect.poll(() => heard).toEqual(['level', hex(bytes), 'level'])
    await phone.session.drop(cafe.at.cafe, laptop.at.cafe, await auth(phone, cafe))
    expect(await end).toBe('UNAUTHORIZED')
  })
})

describe('a program with a bearer', () => {
  it('sees over HTTP that there is mail, and takes none; nobody delivers that way', async () => {
    const { guest, key } = await recipient()
    const bytes = body()
    const { receipt } = await deliver(guest, key, bytes)
    const wish = { label: 'light', scopes: ['inbox'] } as const
    const { text } = await guest.peer.bearers.grant(cafe.at.cafe, wish, { signal: AbortSignal.timeout(30_000) })
    const ask = async (op: 'check' | 'ack' | 'terms', input: object) => {
      const how = { auth: text, format: jsonFormat }
      const exchange = await startHttp((request) => cafe.cafe.fetch(request), inboxProtocol, op, input as never, how)
      const items: unknown[] = []
      for (let one = await exchange.next(); one; one = await exchange.next()) items.push(one)
      return items
    }
    const items = await ask('check', { after: 0, live: false })
    expect(items[0]).toMatchObject({ mail: { id: receipt.id, body: bytes } })
    expect(await failure(ask('ack', { ids: [receipt.id] }))).toEqual({ code: 'FORBIDDEN', why: 'scope' })
    expect((await failure(ask('terms', { to: guest.account().address }))).code).toBe('FORBIDDEN')
    expect(await bodies(guest)).toEqual([hex(bytes)])
  })
})

describe('a busy writer', () => {
  it('is told when to come again, by the usual rates, and others are not', async () => {
    const strict = keep(await createCafeNode({ mailRates: MAIL_RATES }))
    const guest = keep(await createClient(strict))
    const keys = [newId(), newId()]
    await setDoors(guest, strict, keys)
    const by = keep(await createGuestNode({ clock: strict.clock }))
    by.know(strict)
    const send = (key = keys[0] as Bytes) => deliver(guest, key, body(), { by, at: strict })
    for (let n = 0; n < 60; n++) await send()
    expect(await failure(send())).toEqual({ code: 'BUSY', after: 1000 })
    await send(keys[1])
    strict.clock.advance(1000)
    await send()
  })
})

/** Letters that come: which are let in and by which door, that a receipt means that they are kept, and what is known of them. */
import { generateKeyPairFromSeed } from '@libp2p/crypto/keys'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { hex } from '../../src/core/ids.ts'
import { MAX_MAIL_TTL, MAX_STRANGE_LETTER, MIN_MAIL_TTL, STRANGERS_A_DAY } from '../../src/core/limits.ts'
import { sha256 } from '../../src/crypto/bytes.ts'
import { hourOf, solveWork } from '../../src/crypto/work.ts'
import { memoryRows } from '../../src/store/memory.ts'
import type { Rows } from '../../src/store/rows.ts'
import { failure } from './crypto-help.ts'
import {
  ADA,
  BOB,
  type Bytes,
  bodyOf,
  countRows,
  DAY,
  keyOf,
  newInbox,
  peerOf,
  START,
  type TestInbox,
} from './inbox-help.ts'

/** With so few a nonce is often good for something else too: so the cafe's key is always the same, for which none is. */
const BITS = 8
const KEY = await generateKeyPairFromSeed('Ed25519', new Uint8Array(32).fill(1))
const HOUR = 3_600_000
const DOOR = { code: 'FORBIDDEN', data: { what: 'door' } }
let at: TestInbox

beforeEach(async () => {
  at = await newInbox({ bits: BITS, key: KEY })
  await at.openDoors(ADA)
  await at.openDoors(BOB)
})
afterEach(() => at.inbox.close())

const workFor = async (body: Bytes, { to = ADA, hour = hourOf(at.clock.now), cafe = at.cafe } = {}) => ({
  door: { hour, nonce: await solveWork({ cafe, to, id: await sha256(body), hour }, BITS) },
})

describe('a letter', () => {
  it('is kept with a receipt that says what and until when', async () => {
    for (const size of [256, 1024, 4096, 16_384, 65_536]) {
      const body = bodyOf(1, size)
      const receipt = await at.deliver(ADA, body, { ttl: 5 * DAY })
      const facts = { v: 1, cafe: at.cafe, epoch: 1, account: ADA, id: await sha256(body), size }
      expect(receipt).toEqual({ ...facts, time: START, until: START + 5 * DAY })
      const mail = await at.mail(ADA, peerOf(0))
      expect(mail.at(-1)).toMatchObject({ id: facts.id, body, time: START, expires: START + 5 * DAY, door: 'contact' })
    }
    expect(at.inbox.ledger.amounts(ADA)).toEqual(await countRows(at.store, ADA))
  })

  it('is kept no longer than its recipient wants', async () => {
    await at.openDoors(ADA, { seq: 2, maxTtl: DAY })
    expect((await at.deliver(ADA, bodyOf(1), { ttl: MAX_MAIL_TTL })).until).toBe(START + DAY)
    expect((await at.deliver(ADA, bodyOf(2), { ttl: MIN_MAIL_TTL })).until).toBe(START + MIN_MAIL_TTL)
  })

  it('that comes again is the same, with the same receipt, and is kept once', async () => {
    const body = bodyOf(1)
    const first = await at.deliver(ADA, body)
    at.clock.now += HOUR
    expect(await at.deliver(ADA, body, { door: { key: keyOf(9) }, ttl: 2 * DAY, by: peerOf(5) })).toEqual(first)
    expect((await at.mail(ADA, peerOf(0))).length).toBe(1)
    const both = await Promise.all([1, 2, 3].map(() => at.deliver(ADA, bodyOf(2))))
    expect(both[0]).toEqual(both[1])
    expect(both[0]).toEqual(both[2])
    expect((await at.mail(ADA, peerOf(0))).length).toBe(2)
  })

  it('that comes again after it was acknowledged gets the same receipt and is not kept again, until it would have ended', async () => {
    const body = bodyOf(1)
    const first = await at.deliver(ADA, body, { ttl: 2 * DAY })
    await at.ack(ADA, peerOf(0), [first.id])
    expect(await at.deliver(ADA, body, { ttl: 2 * DAY })).toEqual(first)
    expect(await at.mail(ADA, peerOf(0))).toEqual([])
    expect(at.inbox.ledger.total).toEqual({ letters: 0, bytes: 0 })
    at.clock.now += 2 * DAY
    expect((await at.deliver(ADA, body, { ttl: 2 * DAY })).time).toBe(at.clock.now)
    expect((await at.mail(ADA, peerOf(0))).length).toBe(1)
    expect(at.inbox.ledger.amounts(ADA)).toEqual(await countRows(at.store, ADA))
  })

  it('that is not what its id says is refused, and nothing is kept', async () => {
    const before = await at.rows.range('')
    const id = await sha256(bodyOf(2))
    expect(await failure(() => at.deliver(ADA, bodyOf(1), { id }))).toEqual({
      code: 'BAD_REQUEST',
      data: { at: 'body' },
    })
    expect(await at.rows.range('')).toEqual(before)
  })

  it('has the size of something sealed, and not more than a letter', async () => {
    for (const size of [0, 255, 257, 131_072, 262_144])
      expect(await failure(() => at.deliver(ADA, new Uint8Array(size)))).toMatchObject({ code: 'BAD_REQUEST' })
  })

  it('for somebody who is not a client here is refused, and not as if it had been kept', async () => {
    at.devices.delete(BOB)
    const refused = { code: 'NOT_FOUND', data: { what: 'inbox' } }
    const before = await at.rows.range('')
    expect(await failure(() => at.deliver(BOB, bodyOf(1)))).toEqual(refused)
    expect(await failure(() => at.deliver(BOB, bodyOf(1), { door: { key: keyOf(77) } }))).toEqual(refused)
    expect(await at.rows.range('')).toEqual(before)
  })

  it('is not receipted when the store fails, and comes in when it does not any more', async () => {
    at.inbox.close()
    let broken = false
    const inner = memoryRows()
    const rows: Rows = {
      ...inner,
      commit: async (changes) => (broken ? Promise.reject(new Error('disk')) : inner.commit(changes)),
    }
    at = await newInbox({ rows })
    await at.openDoors(ADA)
    broken = true
    await expect(at.deliver(ADA, bodyOf(1))).rejects.toThrow('disk')
    expect(await at.mail(ADA, peerOf(0))).toEqual([])
    expect(at.inbox.ledger.total).toEqual({ letters: 0, bytes: 0 })
    broken = false
    await at.deliver(ADA, bodyOf(1))
    expect((await at.mail(ADA, peerOf(0))).length).toBe(1)
    expect(at.inbox.ledger.amounts(ADA)).toEqual(await countRows(at.store, ADA))
  })

  it('says nothing in the store of who sent it, nor by which key', async () => {
    at.inbox.close()
    const lines: string[] = []
    at = await newInbox({ log: (...line) => lines.push(JSON.stringify(line)) })
    await at.openDoors(ADA)
    for (let n = 0; n < 50; n++)
      await at.deliver(ADA, bodyOf(n), { by: peerOf(1000 + n), door: { key: keyOf(1 + (n % 2)) } })
    await at.deliver(ADA, bodyOf(99), { ...(await workFor(bodyOf(99))), by: peerOf(2000) })
    await at.ack(ADA, peerOf(0), [await sha256(bodyOf(3))])
    const all = await at.rows.range('')
    const text = all.map(([key, value]) => `${key} ${Buffer.from(value).toString('latin1')}`)
    const inMail = text.filter((row) => !row.startsWith('/cafe/mail-doors/'))
    expect(inMail.length).toBe(51)
    const secrets = [...Array(50).keys()].map((n) => peerOf(1000 + n) as string).concat(peerOf(2000), BOB)
    for (const secret of secrets) expect([...text, ...lines].filter((row) => row.includes(secret))).toEqual([])
    for (const n of [1, 2]) {
      const hash = await sha256(keyOf(n))
      for (const form of [
        hex(hash),
        Buffer.from(hash).toString('latin1'),
        hex(keyOf(n)),
        Buffer.from(keyOf(n)).toString('latin1'),
      ])
        expect(inMail.filter((row) => row.includes(form))).toEqual([])
    }
  })
})

describe('the doors', () => {
  it('are closed until they are set', async () => {
    at.inbox.close()
    at = await newInbox()
    expect(await failure(() => at.deliver(ADA, bodyOf(1)))).toEqual(DOOR)
    const work = await workFor(bodyOf(1))
    expect(await failure(() => at.deliver(ADA, bodyOf(1), work))).toEqual(DOOR)
  })

  it('tell contacts, people who were introduced and strangers apart', async () => {
    await at.deliver(ADA, bodyOf(1), { door: { key: keyOf(2) } })
    await at.deliver(ADA, bodyOf(2), { door: { key: keyOf(9) } })
    await at.deliver(ADA, bodyOf(3), await workFor(bodyOf(3)))
    expect((await at.mail(ADA, peerOf(0))).map(({ door }) => door)).toEqual(['contact', 'introduced', 'stranger'])
    expect(await failure(() => at.deliver(ADA, bodyOf(4), { door: { key: keyOf(3) } }))).toEqual(DOOR)
  })

  it('close for a key that is taken off, at once, also for a letter that is on its way', async () => {
    await at.setDoors(ADA, 2, { contacts: [keyOf(2)] })
    expect(await failure(() => at.deliver(ADA, bodyOf(1)))).toEqual(DOOR)
    await at.deliver(ADA, bodyOf(2), { door: { key: keyOf(2) } })
    await at.setDoors(ADA, 3, {})
    expect(await failure(() => at.deliver(ADA, bodyOf(3), { door: { key: keyOf(2) } }))).toEqual(DOOR)
    expect(await failure(async () => at.deliver(ADA, bodyOf(4), await workFor(bodyOf(4))))).toEqual(DOOR)
  })

  it('are replaced only by a newer list, whichever device made it', async () => {
    await at.setDoors(ADA, 5, { contacts: [keyOf(5)] })
    await at.setDoors(ADA, 5, { contacts: [keyOf(5)] })
    const older = { code: 'CONFLICT', data: { seq: 5 } }
    expect(await failure(() => at.setDoors(ADA, 4, { contacts: [keyOf(5)] }))).toEqual(older)
    expect(await failure(() => at.setDoors(ADA, 5, { contacts: [keyOf(6)] }))).toEqual(older)
    await at.deliver(ADA, bodyOf(1), { door: { key: keyOf(5) } })
  })

  it('outlive a restart', async () => {
    at.inbox.close()
    at = await newInbox(at)
    await at.deliver(ADA, bodyOf(1))
    expect(await failure(() => at.setDoors(ADA, 1, {}))).toEqual({ code: 'CONFLICT', data: { seq: 1 } })
  })

  it('are as many as a person may need, and no more', async () => {
    const keys = Array.from({ length: 2000 }, (_, n) => new Uint8Array(16).fill(n >> 8).fill(n, 8))
    await at.setDoors(ADA, 2, { contacts: keys.slice(0, 1500), introduced: keys.slice(1500) })
    await at.deliver(ADA, bodyOf(1), { door: { key: keys[1999] as Bytes } })
    const more = { contacts: keys, introduced: [keyOf(99)] }
    expect(await failure(() => at.setDoors(ADA, 3, more))).toMatchObject({ code: 'BAD_REQUEST' })
  })
})

describe('a stranger', () => {
  it('has to have worked for this cafe, recipient, letter and hour', async () => {
    const body = bodyOf(1)
    const refused = async (door: Parameters<TestInbox['deliver']>[2]) =>
      expect(await failure(() => at.deliver(ADA, body, door))).toEqual(DOOR)
    await refused({ door: { hour: hourOf(START), nonce: new Uint8Array(8) } })
    await refused(await workFor(body, { to: BOB }))
    await refused(await workFor(bodyOf(2)))
    await refused(await workFor(body, { cafe: peerOf(4) as never }))
    for (const hour of [hourOf(START) - 2, hourOf(START) + 2]) await refused(await workFor(body, { hour }))
    for (const hour of [hourOf(START) - 1, hourOf(START) + 1]) {
      const other = bodyOf(hour)
      await at.deliver(ADA, other, await workFor(other, { hour }))
    }
  })

  it('writes short letters', async () => {
    const short = bodyOf(1, MAX_STRANGE_LETTER)
    await at.deliver(ADA, short, await workFor(short))
    const long = bodyOf(2, 65_536)
    expect(await failure(async () => at.deliver(ADA, long, await workFor(long)))).toMatchObject({ code: 'BAD_REQUEST' })
  })

  it('finds no more than so many a day let in, of all strangers together, also after a restart', async () => {
    for (let n = 0; n < STRANGERS_A_DAY; n++) await at.deliver(ADA, bodyOf(n), await workFor(bodyOf(n)))
    await at.ack(ADA, peerOf(0), [await sha256(bodyOf(1))])
    at.inbox.close()
    at = await newInbox(at)
    const next = bodyOf(99)
    at.clock.now += HOUR
    const refused = { code: 'QUOTA', data: { what: 'day', after: DAY - HOUR } }
    expect(await failure(async () => at.deliver(ADA, next, await workFor(next)))).toEqual(refused)
    await at.deliver(BOB, next, await workFor(next, { to: BOB }))
    await at.deliver(ADA, bodyOf(100))
    at.clock.now += DAY
    await at.deliver(ADA, next, await workFor(next))
  })

  it('is not let in where its recipient wants none', async () => {
    await at.openDoors(ADA, { seq: 2, strangers: false })
    expect(await failure(async () => at.deliver(ADA, bodyOf(1), await workFor(bodyOf(1))))).toEqual(DOOR)
  })
})

/** Room and pace: nobody crowds out anybody else, no flood fills the disk, and what is counted is what there is. */
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { MAIL_RATES } from '../../src/cafe/inbox/rates.ts'
import { isCafeError } from '../../src/core/errors.ts'
import type { Address } from '../../src/core/ids.ts'
import {
  CAFE_MAIL,
  DOOR_KEY_SHARE,
  DOOR_SHARES,
  FULL_AFTER,
  INBOX_LETTERS,
  LETTER_COST,
  LETTERS_OF_STRANGERS,
  LETTERS_PER_KEY,
  LETTERS_PER_PEER,
  STRANGERS_A_DAY,
} from '../../src/core/limits.ts'
import { sha256 } from '../../src/crypto/bytes.ts'
import { hourOf } from '../../src/crypto/work.ts'
import { failure } from './crypto-help.ts'
import {
  ADA,
  BOB,
  type Bytes,
  bodyOf,
  countRows,
  DAY,
  type Delivery,
  keyOf,
  newInbox,
  peerOf,
  type TestInbox,
} from './inbox-help.ts'

const PHONE = peerOf(0)
let at: TestInbox

beforeEach(async () => {
  at = await newInbox({ bits: 0 })
  await at.openDoors(ADA)
  await at.openDoors(BOB)
})
afterEach(() => at.inbox.close())

const by = (key: number): Delivery => ({ door: { key: keyOf(key) } })
const stranger = (peer = peerOf(500)): Delivery => ({
  ...{ by: peer, door: { hour: hourOf(at.clock.now), nonce: new Uint8Array(8) } },
})
const full = (what: string, after = FULL_AFTER) => ({ code: 'QUOTA', data: { what, after } })

/** What a delivery came to: `kept`, or the code and what of it. */
const outcome = async (delivered: Promise<unknown>): Promise<string> => {
  try {
    await delivered
    return 'kept'
  } catch (error) {
    if (isCafeError(error)) return [error.code, error.data.what].filter(Boolean).join(' ')
    throw error
  }
}
/** Delivers letters from a number on until one is not kept; gives how many were, and what the next came to. */
async function fill(to: Address, from: number, how: () => Delivery, size = 256): Promise<[kept: number, end: string]> {
  for (let n = 0; ; n++) {
    const end = await outcome(at.deliver(to, bodyOf(from + n, size), how()))
    if (end !== 'kept') return [n, end]
  }
}

describe('an inbox', () => {
  it('has room for the letters of one key, of one kind of door and of all, and none of them takes that of another', async () => {
    const letters = (share: number) => Math.floor(INBOX_LETTERS * share)
    const perKey = Math.floor(letters(DOOR_SHARES.introduced) * DOOR_KEY_SHARE)
    await at.setDoors(ADA, 2, { contacts: [keyOf(1)], introduced: [keyOf(7), keyOf(8), keyOf(9)], strangers: true })
    expect(await fill(ADA, 0, () => by(7))).toEqual([perKey, 'QUOTA sender'])
    expect(await fill(ADA, 10_000, () => by(8))).toEqual([perKey, 'QUOTA sender'])
    expect(await fill(ADA, 20_000, () => by(9))).toEqual([
      letters(DOOR_SHARES.introduced) - 2 * perKey,
      'QUOTA introduced',
    ])
    expect(await failure(() => at.deliver(ADA, bodyOf(30_000), by(9)))).toEqual(full('introduced'))
    await at.deliver(ADA, bodyOf(30_001), by(1))
    await at.deliver(ADA, bodyOf(30_002), stranger())
    await at.deliver(BOB, bodyOf(30_003), by(9))
    // Room that is freed is there again, for the key too.
    await at.ack(ADA, PHONE, [await sha256(bodyOf(0))])
    expect(await fill(ADA, 40_000, () => by(7))).toEqual([1, 'QUOTA introduced'])
    expect(at.inbox.ledger.amounts(ADA)).toEqual(await countRows(at.store, ADA))
  })

  it('holds bytes in proportion to what its account may keep', async () => {
    at.inbox.close()
    at = await newInbox({ quota: 8_000_000 })
    await at.openDoors(ADA)
    const each = 65_536 + LETTER_COST
    const most = Math.floor(1_000_000 * DOOR_SHARES.contact)
    const perKey = Math.floor((most * DOOR_KEY_SHARE) / each)
    expect(await fill(ADA, 0, () => by(1), 65_536)).toEqual([perKey, 'QUOTA sender'])
    expect(await fill(ADA, 1000, () => by(2), 65_536)).toEqual([perKey, 'QUOTA sender'])
    expect(at.inbox.ledger.amounts(ADA).contact.bytes).toBeLessThanOrEqual(most)
  })

  it('that is full of letters that are over takes new ones', async () => {
    at.inbox.close()
    at = await newInbox({ quota: 800_000 })
    await at.openDoors(ADA)
    await at.deliver(ADA, bodyOf(1, 16_384), { ...by(1), ttl: DAY })
    await at.deliver(ADA, bodyOf(2, 16_384), { ...by(1), ttl: DAY })
    expect(await failure(() => at.deliver(ADA, bodyOf(3, 16_384), by(1)))).toEqual(full('sender'))
    at.clock.now += DAY
    await at.deliver(ADA, bodyOf(3, 16_384), by(1))
    expect((await at.mail(ADA, PHONE)).length).toBe(1)
    expect(at.inbox.ledger.amounts(ADA)).toEqual(await countRows(at.store, ADA))
  })
})

describe('a cafe', () => {
  it('has an end, and parts of it for each kind of door too', async () => {
    at.inbox.close()
    at = await newInbox({ bits: 0, most: { letters: 160, bytes: CAFE_MAIL } })
    await at.openDoors(ADA)
    await at.openDoors(BOB)
    expect(await fill(ADA, 0, () => stranger())).toEqual([10, 'QUOTA cafe'])
    expect(await failure(() => at.deliver(BOB, bodyOf(99), stranger()))).toEqual(full('cafe'))
    expect(await fill(BOB, 100, () => by(9))).toEqual([30, 'QUOTA cafe'])
    expect(await fill(ADA, 200, () => by(1))).toEqual([120, 'QUOTA cafe'])
    expect(at.inbox.ledger.total.letters).toBe(160)
  })

  it('counts at a start what it counted before, whatever went on', async () => {
    const step = fc.record({
      what: fc.constantFrom('deliver', 'deliver', 'deliver', 'ack', 'wait', 'sweep', 'erase', 'fail'),
      account: fc.constantFrom(ADA, BOB),
      n: fc.nat(12),
      key: fc.constantFrom(1, 9, 0),
      size: fc.constantFrom(256, 4096),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const own = await newInbox({ bits: 0 })
        const inner = own.rows.commit
        let fails = false
        Object.assign(own.rows, {
          commit: (changes: Parameters<typeof inner>[0]) =>
            fails ? Promise.reject(new Error('disk')) : inner(changes),
        })
        const prepare = async (account: Address) => {
          own.devices.set(account, [account === ADA ? PHONE : peerOf(1)])
          await own.openDoors(account)
        }
        await prepare(ADA)
        await prepare(BOB)
        const pending: Promise<unknown>[] = []
        // What the disk refuses has failed, whatever it was.
        const go = (task: Promise<unknown>) => pending.push(task.catch(() => {}))
        for (const { what, account, n, key, size } of steps) {
          fails = what === 'fail'
          const peer = account === ADA ? PHONE : peerOf(1)
          const door = key === 0 ? { hour: hourOf(own.clock.now), nonce: new Uint8Array(8) } : { key: keyOf(key) }
          if (what === 'deliver' || what === 'fail') go(own.deliver(account, bodyOf(n, size), { door, ttl: DAY }))
          if (what === 'fail') await Promise.all(pending)
          if (what === 'ack') go(own.ack(account, peer, [await sha256(bodyOf(n, size))]))
          if (what === 'wait') own.clock.now += DAY / 3
          if (what === 'sweep') go(own.inbox.sweep())
          if (what === 'erase') {
            go(own.erase(account))
            await Promise.all(pending)
            await prepare(account)
          }
        }
        await Promise.all(pending)
        // Before the other starts: it sweeps as well, and what it takes away the first would never hear of.
        await own.inbox.sweep()
        const again = await newInbox({ ...own, bits: 0 })
        for (const account of [ADA, BOB]) {
          expect(own.inbox.ledger.amounts(account)).toEqual(await countRows(own.store, account))
          expect(again.inbox.ledger.amounts(account)).toEqual(own.inbox.ledger.amounts(account))
        }
        expect(again.inbox.ledger.total).toEqual(own.inbox.ledger.total)
        own.inbox.close()
        again.inbox.close()
      }),
      { numRuns: 150 },
    )
  })
})

describe('the pace', () => {
  beforeEach(async () => {
    at.inbox.close()
    at = await newInbox({ bits: 0, rates: MAIL_RATES })
    await at.openDoors(ADA)
    await at.openDoors(BOB)
  })

  it('is of each key, to each recipient', async () => {
    expect(await fill(ADA, 0, () => by(1))).toEqual([LETTERS_PER_KEY.burst, 'BUSY'])
    expect(await outcome(at.deliver(ADA, bodyOf(999), by(2)))).toBe('kept')
    expect(await outcome(at.deliver(BOB, bodyOf(999), by(1)))).toBe('kept')
    at.clock.now += 2000
    expect((await fill(ADA, 5000, () => by(1)))[0]).toBe(2)
  })

  it('is of each peer, whoever it writes to', async () => {
    const accounts = Array.from(
      { length: 10 },
      (_, n) => ADA.replace(/..$/, `${n}`.replace('0', 'A').padStart(2, 'Q')) as Address,
    )
    for (const account of accounts) {
      at.devices.set(account, [PHONE])
      await at.openDoors(account)
    }
    let kept = 0
    for (let n = 0; n < 400; n++)
      if ((await outcome(at.deliver(accounts[n % 10] as Address, bodyOf(n), by(1)))) === 'kept') kept += 1
    expect(kept).toBe(LETTERS_PER_PEER.burst)
    expect(await outcome(at.deliver(ADA, bodyOf(999), { ...by(1), by: peerOf(78) }))).toBe('kept')
  })
})

describe('a flood', () => {
  /** Bytes of all rows that came since. */
  const stored = async (): Promise<number> => {
    const all = await at.rows.range('/cafe/')
    return all
      .filter(([key]) => /^\/cafe\/inbox/.test(key))
      .reduce((sum, [key, value]) => sum + key.length + value.byteLength, 0)
  }

  it('of 50 000 letters by 200 strangers, all worked for, leaves a contact its way in and the disk its room', async () => {
    at.inbox.close()
    const most = { letters: 4000, bytes: 4_000_000 }
    at = await newInbox({ bits: 0, rates: MAIL_RATES, most })
    const accounts = Array.from(
      { length: 40 },
      (_, n) =>
        ADA.replace(
          /..$/,
          String.fromCharCode(65 + (n % 8)).repeat(1) + String.fromCharCode(97 + Math.floor(n / 8)),
        ) as Address,
    )
    for (const account of accounts) {
      at.devices.set(account, [PHONE])
      await at.openDoors(account)
    }
    const outcomes = new Map<string, number>()
    let contacts = 0
    for (let n = 0; n < 50_000; n++) {
      const peer = peerOf(1000 + (n % 200))
      const to = accounts[n % 40] as Address
      // Some try keys that they do not have.
      const how = n % 5 === 0 ? { by: peer, door: { key: keyOf(100 + (n % 100)) } } : stranger(peer)
      const end = await outcome(at.deliver(to, bodyOf(n), how))
      outcomes.set(end, (outcomes.get(end) ?? 0) + 1)
      if (n % 10 === 0) at.clock.now += 1
      if (n % 500 === 0) {
        const mail = await outcome(at.deliver(to, bodyOf(1_000_000 + n), { ...by(1), by: peerOf(9) }))
        expect(mail).toBe('kept')
        contacts += 1
      }
    }
    expect(contacts).toBe(100)
    expect(outcomes.get('FORBIDDEN door')).toBe(10_000)
    const kept = outcomes.get('kept') ?? 0
    expect(kept).toBeGreaterThan(LETTERS_OF_STRANGERS.burst - 1)
    expect(kept).toBeLessThan(LETTERS_OF_STRANGERS.burst + 10)
    expect(await stored()).toBeLessThan(most.bytes)
  })

  it('that is patient fills no more than the part of strangers', async () => {
    at.inbox.close()
    const most = { letters: 1600, bytes: 16_000_000 }
    at = await newInbox({ bits: 0, most })
    await at.openDoors(ADA)
    await at.openDoors(BOB)
    let strangers = 0
    for (let day = 0; day < 40; day++) {
      for (let n = 0; n < 50; n++)
        if (
          (await outcome(
            at.deliver(ADA, bodyOf(100_000 + day * 100 + n, 16_384), { ...stranger(), ttl: 90 * DAY }),
          )) === 'kept'
        )
          strangers += 1
      expect(strangers).toBeLessThanOrEqual((day + 1) * STRANGERS_A_DAY)
      at.clock.now += DAY / 2
    }
    const part = Math.floor(most.bytes * DOOR_SHARES.stranger)
    expect(at.inbox.ledger.amounts(ADA).stranger.bytes).toBeLessThanOrEqual(part)
    expect(at.inbox.ledger.amounts(ADA).stranger.bytes).toBeGreaterThan(part - 17_000)
    expect(await outcome(at.deliver(ADA, bodyOf(1, 65_536), by(1)))).toBe('kept')
    expect(await outcome(at.deliver(BOB, bodyOf(1, 65_536), by(9)))).toBe('kept')
  })

  it('of acknowledgements of what is not there costs no row', async () => {
    const before = await at.rows.range('')
    const ids: Bytes[] = Array.from({ length: 1000 }, (_, n) => new Uint8Array(32).fill(n >> 8).fill(n, 16))
    await at.ack(ADA, PHONE, ids)
    expect(await at.rows.range('')).toEqual(before)
  })
})

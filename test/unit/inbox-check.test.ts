/** Letters that are fetched: by cursor and live, by each device for itself, and until when they are kept. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createCheck } from '../../src/cafe/inbox/check.ts'
import { createEars } from '../../src/cafe/inbox/ears.ts'
import type { Checked } from '../../src/cafe/inbox/protocol.ts'
import { hex, type PeerIdText } from '../../src/core/ids.ts'
import { INBOX_MEMORY, MAIL_PAGE } from '../../src/core/limits.ts'
import { sha256 } from '../../src/crypto/bytes.ts'
import { failure } from './crypto-help.ts'
import {
  ADA,
  BOB,
  bodyOf,
  countRows,
  DAY,
  lettersOf,
  newInbox,
  peerOf,
  rememberedOf,
  sessionOf,
  type TestInbox,
} from './inbox-help.ts'

const [PHONE, LAPTOP, TABLET] = [peerOf(0), peerOf(11), peerOf(12)] as const
let at: TestInbox

beforeEach(async () => {
  at = await newInbox()
  at.devices.set(ADA, [PHONE, LAPTOP])
  await at.openDoors(ADA)
  await at.openDoors(BOB)
})
afterEach(() => at.inbox.close())

const idOf = (n: number) => sha256(bodyOf(n))
const deliver = async (...numbers: number[]) => {
  for (const n of numbers) await at.deliver(ADA, bodyOf(n))
}
const numberOf = (body: Uint8Array): number => new DataView(body.buffer, body.byteOffset).getUint32(0)
const mailOf = async (peer: PeerIdText, after?: number) =>
  (await at.mail(ADA, peer, after)).map(({ body }) => numberOf(body))
const ack = async (peer: PeerIdText, ...numbers: number[]) => at.ack(ADA, peer, await Promise.all(numbers.map(idOf)))
const isKept = async (n: number) => {
  const id = hex(await idOf(n))
  return (await lettersOf(at.store, ADA)).some((letter) => letter.id === id)
}
const agree = async () => expect(at.inbox.ledger.amounts(ADA)).toEqual(await countRows(at.store, ADA))

describe('a check', () => {
  it('gives what is there in the order in which it came, over many pages, and says that it is all', async () => {
    const numbers = Array.from({ length: 3 * MAIL_PAGE + 5 }, (_, n) => n)
    await Promise.all(numbers.map((n) => at.deliver(ADA, bodyOf(n))))
    const items = await at.check(ADA, PHONE)
    const seqs = items.flatMap((one) => ('mail' in one ? [one.mail.seq] : []))
    expect(seqs).toEqual([...seqs].sort((a, b) => a - b))
    expect(new Set(seqs).size).toBe(numbers.length)
    expect((await mailOf(PHONE)).sort((a, b) => a - b)).toEqual(numbers)
    expect(items.at(-1)).toEqual({ level: { seq: seqs.at(-1), epoch: 1 } })
  })

  it('goes on after a place, and from the beginning after one that was never given', async () => {
    await deliver(1, 2, 3)
    const [, second] = await at.mail(ADA, PHONE)
    expect(await mailOf(PHONE, second?.seq)).toEqual([3])
    expect(await mailOf(PHONE, Number.MAX_SAFE_INTEGER)).toEqual([1, 2, 3])
    const last = (await at.mail(ADA, PHONE)).at(-1)?.seq ?? 0
    expect(await at.check(ADA, PHONE, last)).toEqual([{ level: { seq: last, epoch: 1 } }])
  })

  it('gives places that rise also where all rows were lost', async () => {
    await deliver(1, 2, 3)
    const last = (await at.mail(ADA, PHONE)).at(-1)?.seq ?? 0
    at.inbox.close()
    at.clock.now += 1
    const { devices, clock } = at
    at = await newInbox({ devices, clock, epoch: 2 })
    await at.openDoors(ADA)
    await deliver(2, 3)
    expect(await mailOf(PHONE, last)).toEqual([2, 3])
    expect((await at.check(ADA, PHONE)).at(-1)).toMatchObject({ level: { epoch: 2 } })
  })

  it('leaves out what is over, and what is damaged, and goes on behind it', async () => {
    await at.deliver(ADA, bodyOf(1), { ttl: DAY })
    await deliver(2, 3, 4, 5)
    const keys = (await at.rows.keys('/cafe/inbox/')).filter((key) => key.includes(ADA))
    const value = await at.rows.get(keys[4] as string)
    await at.rows.commit([
      { key: keys[2] as string, value: Uint8Array.of(1, 2, 3) },
      { key: keys[4] as string },
      { key: (keys[4] as string).slice(0, -10), value: value as Uint8Array },
    ])
    at.clock.now += DAY
    expect(await mailOf(PHONE)).toEqual([2, 4])
    await ack(PHONE, 2, 3, 4, 5)
    expect(await mailOf(PHONE)).toEqual([])
  })
})

describe('what the original lost', () => {
  it('stays: fetched any number of times, and however often it could not be handled, until it is acknowledged', async () => {
    await deliver(1)
    for (let times = 0; times < 20; times++) expect(await mailOf(PHONE)).toEqual([1])
    expect(await isKept(1)).toBe(true)
  })

  it('stays: what comes while a page is acknowledged that was not full', async () => {
    await deliver(1, 2)
    const page = (await at.mail(ADA, PHONE)).map(({ id }) => id)
    const coming = deliver(3)
    await Promise.all([at.ack(ADA, PHONE, page), at.ack(ADA, LAPTOP, page), coming])
    expect(await mailOf(PHONE)).toEqual([3])
    expect(await mailOf(LAPTOP)).toEqual([3])
  })

  it('stays: the same letter to all members of a thread, when one of them has acknowledged it or leaves', async () => {
    await deliver(1)
    await at.deliver(BOB, bodyOf(1))
    await at.ack(BOB, peerOf(1), [await idOf(1)])
    expect(await mailOf(PHONE)).toEqual([1])
    await at.openDoors(BOB, { seq: 2 })
    await at.deliver(BOB, bodyOf(2))
    await deliver(2)
    await at.erase(BOB)
    expect(await mailOf(PHONE)).toEqual([1, 2])
  })
})

describe('an acknowledgement', () => {
  it('is of one device: the letter stays for the others, until all have it', async () => {
    await deliver(1, 2)
    await ack(PHONE, 1)
    expect(await mailOf(PHONE)).toEqual([2])
    expect(await mailOf(LAPTOP)).toEqual([1, 2])
    await ack(PHONE, 1)
    await ack(LAPTOP, 1)
    expect(await isKept(1)).toBe(false)
    expect(await isKept(2)).toBe(true)
    await agree()
  })

  it('touches what it names, and nothing that came between the check and it', async () => {
    await deliver(1)
    const seen = await at.mail(ADA, PHONE)
    await deliver(2)
    const ids = seen.map(({ id }) => id)
    await at.ack(ADA, PHONE, ids)
    await at.ack(ADA, LAPTOP, ids)
    expect(await mailOf(PHONE)).toEqual([2])
    expect(await mailOf(LAPTOP)).toEqual([2])
  })

  it('of what is not here means nothing', async () => {
    await deliver(1)
    await ack(PHONE, 7, 8, 9)
    expect(await mailOf(PHONE)).toEqual([1])
    expect(await lettersOf(at.store, ADA)).toHaveLength(1)
    expect(await rememberedOf(at.store, ADA)).toEqual([])
  })

  it('of one account leaves the same letter of another alone', async () => {
    await deliver(1)
    await at.deliver(BOB, bodyOf(1))
    for (const device of [PHONE, LAPTOP]) await ack(device, 1)
    expect(await isKept(1)).toBe(false)
    expect((await at.mail(BOB, peerOf(1))).length).toBe(1)
    await at.erase(ADA)
    expect((await at.mail(BOB, peerOf(1))).length).toBe(1)
  })

  it('means nothing of a device that has left', async () => {
    await deliver(1)
    at.devices.set(ADA, [LAPTOP])
    expect(await failure(() => ack(PHONE, 1))).toMatchObject({ code: 'UNAUTHORIZED' })
    expect(await mailOf(LAPTOP)).toEqual([1])
  })

  it('is not made by a program with a bearer, which may only look', async () => {
    await deliver(1)
    const session = sessionOf(ADA, PHONE, 'bearer')
    const context = { session, peer: PHONE, signal: new AbortController().signal, send: async () => {} }
    const handlers = at.inbox.handlers
    const upload = async () => ({ contacts: new Uint8Array(), introduced: new Uint8Array() })
    const refused = { code: 'FORBIDDEN', data: { why: 'scope' } }
    expect(
      await failure(async () => handlers.ack({ ids: [await idOf(1)] }, { ...context, upload: upload as never })),
    ).toEqual(refused)
    const terms = { seq: 9, strangers: true, maxTtl: DAY }
    expect(await failure(() => handlers.setDoors(terms, { ...context, upload }))).toEqual(refused)
    expect(await handlers.check({ after: 0, live: false }, { ...context, upload: upload as never })).toEqual({})
  })
})

describe('devices', () => {
  it('that come later get what is still there', async () => {
    await deliver(1, 2)
    for (const device of [PHONE, LAPTOP]) await ack(device, 1)
    await ack(PHONE, 2)
    at.devices.set(ADA, [PHONE, LAPTOP, TABLET])
    expect(await mailOf(TABLET)).toEqual([2])
    await ack(LAPTOP, 2)
    expect(await isKept(2)).toBe(true)
    await ack(TABLET, 2)
    expect(await isKept(2)).toBe(false)
  })

  it('that have gone free what only they had not acknowledged', async () => {
    await deliver(1, 2)
    await ack(PHONE, 1)
    at.devices.set(ADA, [PHONE])
    at.inbox.left(ADA)
    await expect.poll(() => isKept(1)).toBe(false)
    expect(await mailOf(PHONE)).toEqual([2])
    await agree()
  })

  it('that have gone while nobody looked do so at the next start', async () => {
    await deliver(1, 2)
    await ack(PHONE, 1)
    at.devices.set(ADA, [PHONE])
    at.inbox.close()
    at = await newInbox(at)
    expect(await isKept(1)).toBe(false)
    expect(await isKept(2)).toBe(true)
    await agree()
  })

  it('that are all shut out for now lose nothing', async () => {
    await deliver(1)
    await ack(PHONE, 1)
    at.devices.set(ADA, [])
    at.inbox.left(ADA)
    while (!(await at.inbox.sweep())) {
      // until it has come round
    }
    at.devices.set(ADA, [LAPTOP])
    expect(await mailOf(LAPTOP)).toEqual([1])
  })
})

describe('a letter', () => {
  it('ends, and is taken away then, also with what is remembered of it', async () => {
    await at.deliver(ADA, bodyOf(1), { ttl: DAY })
    await at.deliver(ADA, bodyOf(2), { ttl: DAY })
    await deliver(3)
    for (const device of [PHONE, LAPTOP]) await ack(device, 2)
    at.clock.now += DAY
    await at.inbox.sweep()
    expect((await lettersOf(at.store, ADA)).length).toBe(1)
    expect(await rememberedOf(at.store, ADA)).toEqual([])
    expect(await mailOf(PHONE)).toEqual([3])
    await agree()
    expect(at.inbox.ledger.remembered(ADA)).toBe(0)
  })

  it('is remembered no longer than many others', async () => {
    at.devices.set(ADA, [PHONE])
    const amount = INBOX_MEMORY + 50
    for (let from = 0; from < amount; from += 1000) {
      const numbers = Array.from({ length: Math.min(1000, amount - from) }, (_, n) => from + n)
      await Promise.all(numbers.map((n) => at.deliver(ADA, bodyOf(n))))
      at.clock.now += 1000
      await ack(PHONE, ...numbers)
    }
    expect(at.inbox.ledger.remembered(ADA)).toBe(amount)
    while (!(await at.inbox.sweep())) {
      // until it has come round
    }
    const left = await rememberedOf(at.store, ADA)
    expect(left.length).toBe(INBOX_MEMORY)
    expect(at.inbox.ledger.remembered(ADA)).toBe(INBOX_MEMORY)
    expect(left).not.toContain(hex(await idOf(0)))
    expect(left).toContain(hex(await idOf(amount - 1)))
    expect(await lettersOf(at.store, ADA)).toEqual([])
  })

  it('ends with the account, and nothing of it is left', async () => {
    await deliver(1, 2, 3)
    for (const device of [PHONE, LAPTOP]) await ack(device, 2)
    expect(await at.erase(ADA)).toEqual({ mail: 2, doors: 1 })
    expect((await at.rows.range('')).filter(([key]) => key.includes(ADA))).toEqual([])
    expect(at.inbox.ledger.total).toEqual({ letters: 0, bytes: 0 })
  })

  it('that comes while its recipient leaves is gone with it, or refused', async () => {
    for (let round = 0; round < 30; round++) {
      at.devices.set(ADA, [PHONE])
      await at.openDoors(ADA, { seq: 100 + round })
      const coming = [1, 2, 3, 4].map((n) =>
        at.deliver(ADA, bodyOf(n)).then(
          () => 'kept',
          (error) => error.code,
        ),
      )
      if (round % 2 === 0) await Promise.resolve()
      const [, ...ends] = await Promise.all([at.erase(ADA), ...coming])
      for (const end of ends) expect(['kept', 'NOT_FOUND', 'FORBIDDEN']).toContain(end)
      expect((await at.rows.range('')).filter(([key]) => key.includes(ADA))).toEqual([])
      expect(at.inbox.ledger.amounts(ADA)).toEqual(await countRows(at.store, ADA))
    }
  })
})

describe('a live check', () => {
  /** A check that stays; `items` grows. */
  const live = (peer: PeerIdText, send: (item: Checked) => Promise<void>, after = 0) => {
    const stop = new AbortController()
    const context = {
      session: sessionOf(ADA, peer),
      peer,
      signal: stop.signal,
      send,
      upload: async () => ({}) as never,
    }
    const end = Promise.resolve(at.inbox.handlers.check({ after, live: true }, context)).catch((error) => error.code)
    return { stop: () => stop.abort(), end }
  }
  const numbersIn = (items: Checked[]) => items.flatMap((one) => ('mail' in one ? [numberOf(one.mail.body)] : []))

  it('gives what is there, then what comes, each once and in order', async () => {
    await deliver(1, 2)
    const items: Checked[] = []
    const check = live(PHONE, async (item) => void items.push(item))
    await expect.poll(() => numbersIn(items)).toEqual([1, 2])
    await deliver(3)
    await expect.poll(() => numbersIn(items)).toEqual([1, 2, 3])
    await Promise.all([4, 5, 6, 7, 8].map((n) => at.deliver(ADA, bodyOf(n))))
    await expect.poll(() => numbersIn(items).length).toBe(8)
    expect(items.at(-1)).toHaveProperty('level')
    check.stop()
    expect(await check.end).toBe('ABORTED')
  })

  it('misses none of those that come while it looks', async () => {
    const items: Checked[] = []
    const coming = Array.from({ length: 200 }, (_, n) => at.deliver(ADA, bodyOf(n)))
    const check = live(PHONE, async (item) => void items.push(item))
    await Promise.all(coming)
    await expect.poll(() => numbersIn(items).length).toBe(200)
    expect(new Set(numbersIn(items)).size).toBe(200)
    check.stop()
    await check.end
  })

  it('holds no more than a page for a device that reads slowly', async () => {
    await deliver(...Array.from({ length: 3 * MAIL_PAGE }, (_, n) => n))
    let reads = 0
    const inner = at.store
    const letters = {
      ...inner.letters,
      list(...args: Parameters<typeof inner.letters.list>) {
        reads += 1
        return inner.letters.list(...args)
      },
    }
    const { ledger } = at.inbox
    const check = createCheck({
      ...{ store: { ...inner, letters }, clock: () => at.clock.now, ledger, ears: createEars(), epoch: 1 },
      ...{ paces: { write() {}, read() {}, async look() {} }, devices: async () => ({ peers: [PHONE], quota: 1e9 }) },
    })
    const reader = Promise.withResolvers<void>()
    const end = check(
      sessionOf(ADA, PHONE),
      { after: 0, live: false },
      () => reader.promise,
      new AbortController().signal,
    )
    await expect.poll(() => reads).toBe(1)
    await deliver(1000)
    expect(reads).toBe(1)
    reader.resolve()
    await end
    expect(reads).toBe(4)
  })

  it('ends where the same device opens another, and not for others', async () => {
    const quiet = async () => {}
    const [first, other] = [live(PHONE, quiet), live(LAPTOP, quiet)]
    const second = live(PHONE, quiet)
    expect(await first.end).toBe('ABORTED')
    other.stop()
    second.stop()
    await Promise.all([other.end, second.end])
  })

  it('hears at the start, and while it stays, that the inbox is full for the most part', async () => {
    at.inbox.close()
    // Room for a hundred thousand bytes: three quarters of it are for contacts.
    at = await newInbox({ quota: 800_000 })
    await at.openDoors(ADA)
    const items: Checked[] = []
    const check = live(PHONE, async (item) => void items.push(item))
    const rooms = () => items.flatMap((one) => ('room' in one ? [one.room] : []))
    await at.deliver(ADA, bodyOf(1, 16_384))
    await at.deliver(ADA, bodyOf(2, 16_384), { door: { key: new Uint8Array(16).fill(2) } })
    await expect.poll(() => numbersIn(items).length).toBe(2)
    expect(rooms()).toEqual([])
    await at.deliver(ADA, bodyOf(3, 16_384))
    await at.deliver(ADA, bodyOf(4, 16_384), { door: { key: new Uint8Array(16).fill(2) } })
    await expect.poll(() => rooms().at(-1)).toEqual({ used: 4 * 16_896, limit: 75_000, unit: 'bytes' })
    expect(await at.check(ADA, PHONE)).toContainEqual({ room: { used: 4 * 16_896, limit: 75_000, unit: 'bytes' } })
    await at.ack(ADA, PHONE, [await sha256(bodyOf(1, 16_384)), await sha256(bodyOf(2, 16_384))])
    await expect.poll(() => rooms().at(-1)?.used).toBe(2 * 16_896)
    check.stop()
    await check.end
  })
})

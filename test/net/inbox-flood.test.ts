/**
 * A flood over real sockets: 200 strangers, each a libp2p node of its own with a key of its own, bring letters to a cafe,
 * some dozens of them at once. Meanwhile a contact writes, and each of its letters is taken; and what is stored stays within
 * what the cafe may hold, by the counts and by the bytes of its rows.
 *
 * They are 10 000 here. The protocol takes one letter a stream, which costs both ends together 3 to 4 ms of one core, and both
 * are in this process: 50 000 take minutes, and are brought with `FLOOD_LETTERS=50000` in the environment. Without a network
 * as many come in every run, in `unit/inbox-room`.
 *
 * Work of 20 bits for each letter would take this machine half a day, as it is meant to: so this cafe asks for few bits,
 * which makes the flood a worse one. That a letter without enough of the real work is refused before anything else is looked
 * at is shown for some at a cafe that asks for what all do. All other limits are the real ones, but for the room of all
 * inboxes together, which is small enough to be filled.
 */
import { MemoryDatastore } from 'datastore-core'
import { expect, it } from 'vitest'
import { type InboxClient, inboxClient } from '../../src/cafe/inbox/client.ts'
import type { Door } from '../../src/cafe/inbox/protocol.ts'
import { MAIL_RATES } from '../../src/cafe/inbox/rates.ts'
import { isCafeError } from '../../src/core/errors.ts'
import type { Address } from '../../src/core/ids.ts'
import { DOOR_SHARES, LETTER_COST, LETTERS_OF_STRANGERS, STRANGERS_A_DAY, WORK_BITS } from '../../src/core/limits.ts'
import { silentLog } from '../../src/core/log.ts'
import { sha256 } from '../../src/crypto/bytes.ts'
import { hourOf, isWork } from '../../src/crypto/work.ts'
import { createNode } from '../../src/net/node.ts'
import { memoryBlocks } from '../../src/store/memory.ts'
import { type CafeNode, createCafeNode, createClient, DAY, type GuestNode, keep } from './fixture.ts'
import { auth, body, newId } from './record-fixture.ts'

const STRANGERS = 200
const LETTERS = Number(process.env.FLOOD_LETTERS ?? 10_000)
const AT_ONCE = 20
const RECIPIENTS = 8
const BITS = 4
const SIZE = 4096
const MOST = { letters: 1200, bytes: 1200 * (SIZE + LETTER_COST) }
/** Time goes by as slowly as if each took some milliseconds. */
const TICK = 50_000 / LETTERS
const SLOW = { timeout: 600_000 }

interface Writer {
  readonly inbox: InboxClient
  stop(): Promise<void>
}

/** Somebody who has come to write, and nothing else. */
async function createWriter(cafe: CafeNode): Promise<Writer> {
  const blocks = memoryBlocks()
  const node = await createNode({ datastore: new MemoryDatastore(), blocks, relays: [], log: silentLog })
  node.connector.know(cafe.at.cafe, cafe.at.addresses)
  return { inbox: inboxClient({ connector: node.connector }), stop: () => node.stop() }
}

/** What a delivery came to: `kept`, or the code and what of it. */
async function outcome(delivered: Promise<unknown>): Promise<string> {
  try {
    await delivered
    return 'kept'
  } catch (error) {
    if (!isCafeError(error)) throw error
    return [error.code, error.data.what].filter(Boolean).join(' ')
  }
}

/** The same, and again where load kept it from getting through. */
async function insist(bring: () => Promise<unknown>): Promise<string> {
  for (;;) {
    const end = await outcome(bring())
    if (end !== 'UNREACHABLE' && end !== 'TIMEOUT') return end
  }
}

/** A nonce for few bits, found at once. */
function work(cafe: CafeNode, to: Address, id: Uint8Array, bits: number): Door {
  const hour = hourOf(cafe.clock())
  for (let n = 0; ; n++) {
    const nonce = new Uint8Array(8)
    new DataView(nonce.buffer).setUint32(0, n)
    if (isWork({ cafe: cafe.at.cafe, to, id, hour }, nonce, bits)) return { hour, nonce }
  }
}

/** A client that lets strangers in, and a contact by its key. */
async function recipient(cafe: CafeNode): Promise<{ guest: GuestNode; to: Address; key: Uint8Array }> {
  const guest = keep(await createClient(cafe))
  const key = newId()
  const doors = { seq: 1, contacts: [await sha256(key)], introduced: [], strangers: true, maxTtl: 30 * DAY }
  await guest.inbox.setDoors(cafe.at.cafe, doors, await auth(guest, cafe))
  return { guest, to: guest.account().address, key }
}

/** Bytes of the rows that hold mail, with their keys. */
async function stored({ rows }: CafeNode): Promise<number> {
  const all = await rows.range('/cafe/inbox')
  return all.reduce((sum, [key, value]) => sum + key.length + value.byteLength, 0)
}

it('of letters by 200 strangers leaves a contact its way in, and the disk its room', SLOW, async () => {
  const cafe = keep(await createCafeNode({ mailRates: MAIL_RATES, mailWork: BITS, mailMost: MOST }))
  const recipients = await Promise.all(Array.from({ length: RECIPIENTS }, () => recipient(cafe)))
  const outcomes = new Map<string, number>()
  const mine = new Set<string>()
  let [brought, most] = [0, 0]

  const flood = async (one: Writer, from: number): Promise<void> => {
    for (let n = from; n < from + LETTERS / STRANGERS; n++) {
      const { to } = recipients[n % RECIPIENTS] as (typeof recipients)[number]
      const bytes = body(SIZE)
      // Some try keys that they do not have.
      const door = n % 5 === 0 ? { key: newId() } : work(cafe, to, await sha256(bytes), BITS)
      const wish = { to, body: bytes, ttl: 30 * DAY, door }
      const end = await insist(() => one.inbox.deliver(cafe.at.cafe, wish))
      outcomes.set(end, (outcomes.get(end) ?? 0) + 1)
      brought += 1
      cafe.clock.advance(TICK)
    }
  }
  let next = 0
  const come = async (): Promise<void> => {
    while (next < STRANGERS) {
      const from = (next++ * LETTERS) / STRANGERS
      const one = await createWriter(cafe)
      await flood(one, from)
      await one.stop()
    }
  }
  /** In the midst of it, each time on a connection of its own; all are kept. */
  const write = async (): Promise<void> => {
    for (let n = 1; n <= 50; n++) {
      while (brought < (n * LETTERS) / 51) await new Promise((resolve) => setTimeout(resolve, 10))
      const { to, key } = recipients[n % RECIPIENTS] as (typeof recipients)[number]
      const contact = await createWriter(cafe)
      const bytes = body(SIZE)
      const wish = { to, body: bytes, ttl: 30 * DAY, door: { key } }
      expect(await insist(() => contact.inbox.deliver(cafe.at.cafe, wish))).toBe('kept')
      mine.add((await sha256(bytes)).join())
      most = Math.max(most, await stored(cafe))
      await contact.stop()
    }
  }
  await Promise.all([...Array.from({ length: AT_ONCE }, come), write()])

  expect(brought).toBe(LETTERS)
  expect(mine.size).toBe(50)
  expect(outcomes.get('FORBIDDEN door')).toBe(LETTERS / 5)
  const kept = outcomes.get('kept') ?? 0
  // No more than the part of the room that strangers have, or than are let in by the pace, whichever is less.
  const share = Math.floor(MOST.letters * DOOR_SHARES.stranger)
  expect(share).toBeLessThan(Math.min(LETTERS_OF_STRANGERS.burst, RECIPIENTS * STRANGERS_A_DAY))
  // One whose answer was lost may have been told something else when it came again.
  expect(kept).toBeLessThanOrEqual(share)
  expect(outcomes.get('QUOTA cafe')).toBeGreaterThan(0)
  expect(outcomes.get('BUSY')).toBeGreaterThan(0)
  expect([...outcomes.values()].reduce((sum, times) => sum + times, 0)).toBe(LETTERS)
  expect(Math.max(most, await stored(cafe))).toBeLessThan((share + 50) * (SIZE + LETTER_COST))
  expect((share + 50) * (SIZE + LETTER_COST)).toBeLessThan(MOST.bytes)

  // All that was signed for is there to be fetched.
  const fetched: string[] = []
  for (const { guest } of recipients)
    for await (const one of guest.inbox.check(cafe.at.cafe, { after: 0, live: false }, await auth(guest, cafe)))
      if ('mail' in one) fetched.push(`${one.mail.door} ${one.mail.id.join()}`)
  expect(fetched.filter((one) => one.startsWith('contact')).map((one) => one.slice(8))).toHaveLength(50)
  expect(new Set(fetched.flatMap((one) => (one.startsWith('contact ') ? one.slice(8) : [])))).toEqual(mine)
  expect(fetched.filter((one) => one.startsWith('stranger'))).toHaveLength(share)
})

it('without the real work is refused, and stores nothing', SLOW, async () => {
  const cafe = keep(await createCafeNode({ mailRates: MAIL_RATES }))
  const { to } = await recipient(cafe)
  const stranger = keep(await createWriter(cafe))
  expect((await stranger.inbox.terms(cafe.at.cafe, to)).bits).toBe(WORK_BITS)
  const before = await cafe.dump()
  for (let n = 0; n < 200; n++) {
    const bytes = body(SIZE)
    const door = work(cafe, to, await sha256(bytes), BITS)
    const enough =
      'hour' in door && isWork({ cafe: cafe.at.cafe, to, id: await sha256(bytes), ...door }, door.nonce, WORK_BITS)
    expect(enough).toBe(false)
    const wish = { to, body: bytes, ttl: DAY, door }
    expect(await outcome(stranger.inbox.deliver(cafe.at.cafe, wish))).toBe('FORBIDDEN door')
  }
  expect(await cafe.dump()).toEqual(before)
})

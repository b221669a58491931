/** Drops: who owns one, how long it lasts, what strangers learn and how much they may ask, and what is left of one. */
import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { snapshotProtocol } from '../../src/cafe/snapshot/protocol.ts'
import { isCafeError } from '../../src/core/errors.ts'
import { type Address, hex, type PeerIdText } from '../../src/core/ids.ts'
import {
  CLIENT_DROPS,
  DROP_SHARE,
  DROP_SWEEP,
  DROP_TTL,
  KiB,
  LOOK_BURST,
  LOOK_BURST_STRANGERS,
  LOOK_COST,
  MAX_DROP_BODY,
  MAX_LOOK,
} from '../../src/core/limits.ts'
import { memoryRows } from '../../src/store/memory.ts'
import type { Rows } from '../../src/store/rows.ts'
import { failure } from './crypto-help.ts'
import { calling, newRecords, type Records, sessionOf } from './snapshot-help.ts'

type Bytes = Uint8Array<ArrayBuffer>
const ADA = 'P6NKHguuQnGraNM58WZTh2tPmRAnQQn1YzHQZYPmRt8WABDF' as Address
const BOB = 'P7bFoVXV3dALSLwYAnyzzVvHkfTDwbpaLwA9PL9659hBqWAX' as Address
const DAY = 86_400_000

const idOf = (n: number): Bytes => new Uint8Array(16).fill(n >> 8).fill(n, 8)
const bodyOf = (n: number, size = 256): Bytes => new Uint8Array(size).fill(n)
const code = (error: unknown) => (isCafeError(error) ? error.code : Promise.reject(error))

let rows: Rows
let at: Records
beforeEach(async () => {
  rows = memoryRows()
  at = await newRecords({ rows })
})

const run = (op: 'leave' | 'withdraw' | 'look', input: unknown, how: Parameters<typeof calling>[4]) =>
  calling(snapshotProtocol, at.snapshots.handlers, op, input, how)
const leave = async (account: Address, drop: Bytes, body: Bytes, quota = 1e9) =>
  (await run('leave', { drop, size: body.byteLength }, { session: sessionOf(account, { quota }), upload: { body } }))
    .receipt
const withdraw = (account: Address, drop: Bytes) => run('withdraw', { drop }, { session: sessionOf(account) })
const look = async (drops: Bytes[], peer = 'reader') =>
  (await run('look', { drops }, { peer: peer as PeerIdText })).items as { drop: Bytes; body: Bytes; time: number }[]
const found = async (...drops: Bytes[]) => (await look(drops)).map(({ body }) => body)

/** Rows, indexes and usage must say the same. */
async function checkRows(): Promise<void> {
  const { drops, left, owners, ends, dropUsage } = at.store
  const all = await drops.list([])
  const ids = all.map(({ key }) => key[1]).sort()
  expect((await left.list([])).map(({ key }) => key[1]).sort()).toEqual(ids)
  expect((await owners.list([])).map(({ key }) => key[0]).sort()).toEqual(ids)
  expect((await ends.list([])).map(({ key }) => key[1]).sort()).toEqual(ids)
  for (const account of [ADA, BOB]) {
    const own = all.filter(({ key }) => key[0] === account)
    const bytes = own.reduce((sum, { row }) => sum + row.size, 0)
    expect((await dropUsage.get(account)) ?? { records: 0, bytes: 0 }).toEqual({ records: own.length, bytes })
  }
}

describe('a drop', () => {
  it('is what its owner left last, for whoever knows the id', async () => {
    expect(await leave(ADA, idOf(1), bodyOf(1))).toEqual({ expires: at.clock.now + DROP_TTL })
    expect(await look([idOf(1)])).toEqual([{ drop: idOf(1), body: bodyOf(1), time: at.clock.now }])
    at.clock.now += 5
    await leave(ADA, idOf(1), bodyOf(2, MAX_DROP_BODY))
    expect(await look([idOf(1), idOf(1), idOf(2)])).toEqual([
      { drop: idOf(1), body: bodyOf(2, MAX_DROP_BODY), time: at.clock.now },
    ])
    await checkRows()
  })

  it('belongs to the account that wrote it first, until that takes it back', async () => {
    await leave(ADA, idOf(1), bodyOf(1))
    const taken = { code: 'CONFLICT', data: { what: 'drop' } }
    expect(await failure(() => leave(BOB, idOf(1), bodyOf(2)))).toEqual(taken)
    await withdraw(BOB, idOf(1))
    expect(await found(idOf(1))).toEqual([bodyOf(1)])
    await withdraw(ADA, idOf(1))
    await withdraw(ADA, idOf(1))
    expect(await found(idOf(1))).toEqual([])
    await checkRows()
    await leave(BOB, idOf(1), bodyOf(2))
    expect(await found(idOf(1))).toEqual([bodyOf(2)])
  })

  it('has one owner when two come at once', async () => {
    for (let n = 0; n < 50; n++) {
      const done = await Promise.all([ADA, BOB].map((who) => leave(who, idOf(n), bodyOf(n)).catch(code)))
      expect(done.filter((one) => one === 'CONFLICT').length).toBe(1)
    }
    await checkRows()
  })

  it('ends ninety days after it was last left, and is then free for others', async () => {
    await leave(ADA, idOf(1), bodyOf(1))
    at.clock.now += DROP_TTL - DAY
    await leave(ADA, idOf(1), bodyOf(1))
    at.clock.now += DROP_TTL - 1
    expect(await found(idOf(1))).toEqual([bodyOf(1)])
    at.clock.now += 1
    expect(await found(idOf(1))).toEqual([])
    await leave(BOB, idOf(1), bodyOf(2))
    expect(await found(idOf(1))).toEqual([bodyOf(2)])
    await checkRows()
  })

  it('that is over is swept with the next one that is left, whoever leaves it', async () => {
    for (let n = 0; n < 5; n++) {
      await leave(ADA, idOf(n), bodyOf(n))
      at.clock.now += DAY
    }
    at.clock.now += DROP_TTL + DAY - 3 * DAY
    await leave(BOB, idOf(99), bodyOf(9))
    expect((await at.store.drops.list([ADA])).length).toBe(2)
    at.clock.now += 5 * DAY
    await leave(BOB, idOf(99), bodyOf(9))
    expect((await at.store.drops.list([ADA])).length).toBe(0)
    await checkRows()
    expect(DROP_SWEEP).toBeLessThan(DAY)
  })

  it('is one of so many of an account, in so many bytes, and no more', async () => {
    for (let n = 0; n < CLIENT_DROPS; n++) await leave(ADA, idOf(n), bodyOf(n))
    expect(await failure(() => leave(ADA, idOf(CLIENT_DROPS), bodyOf(1)))).toEqual({
      code: 'QUOTA',
      data: { drops: CLIENT_DROPS },
    })
    await leave(ADA, idOf(0), bodyOf(1, KiB))
    const quota = (4 * KiB) / DROP_SHARE
    for (let n = 0; n < 4; n++) await leave(BOB, idOf(50_000 + n), bodyOf(n, KiB), quota)
    expect(await failure(() => leave(BOB, idOf(50_010), bodyOf(1), quota))).toEqual({
      code: 'QUOTA',
      data: { needed: 256, free: 0, limit: 'client' },
    })
    await checkRows()
  }, 60_000)

  it('can be left also where a row that a sweep reads is damaged', async () => {
    await leave(ADA, idOf(1), bodyOf(1))
    at.clock.now += DROP_TTL + DAY
    await rows.commit([{ key: '/cafe/drop-end/2000-01-01/x', value: Uint8Array.of(0xff) }])
    await leave(BOB, idOf(2), bodyOf(2))
    expect(await found(idOf(2))).toEqual([bodyOf(2)])
  })

  it('that was damaged is passed over, and mended when it is left again', async () => {
    for (const n of [1, 2, 3]) await leave(ADA, idOf(n), bodyOf(n))
    await rows.commit([{ key: `/cafe/drop-body/${ADA}/${hex(idOf(2))}`, value: Uint8Array.of(0xff) }])
    expect(await found(idOf(1), idOf(2), idOf(3))).toEqual([bodyOf(1), bodyOf(3)])
    await leave(ADA, idOf(2), bodyOf(2))
    expect(await found(idOf(2))).toEqual([bodyOf(2)])
  })

  it('goes with its account, and nothing can be left while that goes', async () => {
    for (let n = 0; n < 5; n++) await leave(ADA, idOf(n), bodyOf(n))
    await leave(BOB, idOf(9), bodyOf(9))
    const late = Array.from({ length: 5 }, (_, n) => leave(ADA, idOf(10 + n), bodyOf(n)).catch(code))
    expect((await at.erase(ADA)).drops).toBeGreaterThanOrEqual(5)
    await Promise.all(late)
    expect((await rows.range('')).filter(([, value]) => Buffer.from(value).includes(ADA))).toEqual([])
    expect((await rows.range('')).filter(([key]) => key.includes(ADA))).toEqual([])
    expect(await found(idOf(9))).toEqual([bodyOf(9)])
    await leave(BOB, idOf(0), bodyOf(1))
    await checkRows()
  })

  it('keeps its rows and counts right in any order of what two accounts do', async () => {
    const step = fc.record({
      do: fc.constantFrom('leave', 'leave', 'leave', 'withdraw', 'wait', 'look'),
      who: fc.constantFrom(ADA, BOB),
      drop: fc.nat({ max: 3 }),
      body: fc.nat({ max: 5 }),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        rows = memoryRows()
        at = await newRecords({ rows })
        const model = new Map<number, { who: Address; body: Bytes; ends: number }>()
        for (const { do: what, who, drop, body } of steps) {
          const known = model.get(drop)
          const holds = known && known.ends > at.clock.now ? known : undefined
          if (what === 'wait') at.clock.now += 40 * DAY
          if (what === 'leave') {
            const bytes = bodyOf(body, [256, KiB][body % 2])
            const done = await leave(who, idOf(drop), bytes).catch(code)
            if (holds && holds.who !== who) expect(done).toBe('CONFLICT')
            else model.set(drop, { who, body: bytes, ends: at.clock.now + DROP_TTL })
          }
          if (what === 'withdraw') {
            await withdraw(who, idOf(drop))
            if (holds?.who === who) model.delete(drop)
          }
          const there = [...model].filter(([, { ends }]) => ends > at.clock.now).sort(([a], [b]) => a - b)
          expect(await found(...[0, 1, 2, 3].map(idOf))).toEqual(there.map(([, { body }]) => body))
          await checkRows()
        }
      }),
      { numRuns: 150 },
    )
  }, 120_000)
})

describe('who looks', () => {
  it('cannot tell an id that never was from one that is over, taken back, or erased', async () => {
    for (const n of [1, 2, 3]) await leave(n === 3 ? BOB : ADA, idOf(n), bodyOf(n))
    await withdraw(ADA, idOf(1))
    await at.erase(BOB)
    at.clock.now += DROP_TTL
    const answers: unknown[] = []
    for (const n of [1, 2, 3, 4])
      answers.push(await run('look', { drops: [idOf(n)] }, { peer: `reader ${n}` as PeerIdText }))
    for (const answer of answers) expect(answer).toEqual({ items: [], receipt: {} })
  })

  it('pays for ids that are not there too, so that guessing has an end', async () => {
    const ids = Array.from({ length: MAX_LOOK }, (_, n) => idOf(n))
    const most = Math.floor(LOOK_BURST / (MAX_LOOK * LOOK_COST))
    for (let i = 0; i < most; i++) expect(await look(ids, 'guesser')).toEqual([])
    expect(await look(ids, 'guesser').catch(code)).toBe('BUSY')
    expect(await look(ids, 'another')).toEqual([])
  })

  it('is held up with all other strangers, but clients are not', async () => {
    at = await newRecords({ rows, knows: (peer) => peer.startsWith('client') })
    const ids = Array.from({ length: MAX_LOOK }, (_, n) => idOf(n))
    const most = Math.floor(LOOK_BURST_STRANGERS / (MAX_LOOK * LOOK_COST))
    for (let i = 0; i < most; i++) await look(ids, `made up ${i}`)
    expect(await look(ids, 'made up too').catch(code)).toBe('BUSY')
    expect(await look(ids, 'client of this cafe')).toEqual([])
  })

  it('is refused for too many ids, none, and what is no id', async () => {
    for (const drops of [[], Array.from({ length: MAX_LOOK + 1 }, (_, n) => idOf(n)), [new Uint8Array(15)], ['x']])
      expect(await run('look', { drops }, { peer: 'reader' as PeerIdText }).catch(code)).toBe('BAD_REQUEST')
  })
})

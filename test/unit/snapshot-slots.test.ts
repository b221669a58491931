/** Slots against a model: every order of writes, reads and removals, by many at once, with crashes at every commit. */
import { generateKeyPair } from '@libp2p/crypto/keys'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { snapshotProtocol } from '../../src/cafe/snapshot/protocol.ts'
import { CafeError, isCafeError } from '../../src/core/errors.ts'
import { type Address, hex } from '../../src/core/ids.ts'
import {
  CAFE_RECORDS,
  CLIENT_SLOT_BYTES,
  KiB,
  LOOK_COST,
  READ_BURST,
  READ_RATE,
  RECORDS_BURST,
  RECORDS_RATE,
} from '../../src/core/limits.ts'
import { memoryRows } from '../../src/store/memory.ts'
import type { Change, Rows } from '../../src/store/rows.ts'
import { failure } from './crypto-help.ts'
import { calling, newRecords, type Records, START, sessionOf, wishOf } from './snapshot-help.ts'

type Bytes = Uint8Array<ArrayBuffer>
const ADA = 'P6NKHguuQnGraNM58WZTh2tPmRAnQQn1YzHQZYPmRt8WABDF' as Address
const BOB = 'P7bFoVXV3dALSLwYAnyzzVvHkfTDwbpaLwA9PL9659hBqWAX' as Address

const slotOf = (n: number): Bytes => new Uint8Array(16).fill(n)
const bodyOf = (n: number, size = 256): Bytes => new Uint8Array(size).fill(n)

const put = async (at: Records, account: Address, slot: Bytes, expect: number, seq: number, body: Bytes, quota = 1e9) =>
  (
    await calling(snapshotProtocol, at.snapshots.handlers, 'put', await wishOf(slot, expect, seq, body), {
      session: sessionOf(account, { quota }),
      upload: { body },
    })
  ).receipt.receipt as Bytes
const call = async (at: Records, account: Address, op: 'get' | 'list' | 'remove', input: unknown) =>
  (await calling(snapshotProtocol, at.snapshots.handlers, op, input, { session: sessionOf(account) })).items
const code = (error: unknown) => (isCafeError(error) ? error.code : Promise.reject(error))

/** Usage rows must be what the slots come to, whatever happened. */
async function checkUsage(at: Records, account: Address): Promise<void> {
  const slots = await at.store.slots.list([account])
  const bytes = slots.reduce((sum, { row }) => sum + row.size + (row.before?.size ?? 0), 0)
  expect((await at.store.slotUsage.get(account)) ?? { records: 0, bytes: 0 }).toEqual({ records: slots.length, bytes })
  const bodies = await at.store.bodies.list([account])
  expect(bodies.length).toBe(slots.reduce((sum, { row }) => sum + (row.before ? 2 : 1), 0))
}

type Step =
  | {
      readonly do: 'put'
      readonly slot: number
      readonly expect: number
      readonly ahead: number
      readonly body: number
    }
  | { readonly do: 'again' | 'old' | 'remove'; readonly slot: number }

interface Version {
  readonly seq: number
  readonly body: Bytes
  readonly receipt: Bytes
}

const SIZES = [256, 1 * KiB, 4 * KiB]
const bodyFor = (n: number): Bytes => bodyOf(n, SIZES[n % SIZES.length])
const QUOTA = 8 * 20 * KiB

/** What one account's slots are, by the rules: the present version and the one before. */
class Model {
  readonly slots = new Map<number, Version[]>()

  bytes = (): number => [...this.slots.values()].flat().reduce((sum, { body }) => sum + body.byteLength, 0)

  async step(at: Records, step: Step): Promise<void> {
    const versions = this.slots.get(step.slot) ?? []
    const [present, before] = versions
    const slot = slotOf(step.slot)
    if (step.do === 'put') {
      // Mostly what the writer has seen, sometimes something else.
      const expected = step.expect < 3 ? (present?.seq ?? 0) : step.expect
      const [seq, body] = [expected + step.ahead, bodyFor(step.body)]
      const done = await put(at, ADA, slot, expected, seq, body, QUOTA).catch(code)
      const isSame = present?.seq === seq && hex(present.body) === hex(body)
      const grows = body.byteLength - (before?.body.byteLength ?? 0)
      if (isSame) expect(done).toEqual(present.receipt)
      else if (expected !== (present?.seq ?? 0)) expect(done).toBe('CONFLICT')
      else if (grows > 0 && this.bytes() + grows > QUOTA / 8) expect(done).toBe('QUOTA')
      else this.slots.set(step.slot, [{ seq, body, receipt: done as Bytes }, ...(present ? [present] : [])])
    }
    if (step.do === 'again' && present)
      expect(await put(at, ADA, slot, before?.seq ?? 0, present.seq, present.body, QUOTA)).toEqual(present.receipt)
    if (step.do === 'old' && present)
      expect(await call(at, ADA, 'remove', { slot, expect: present.seq + 1 }).catch(code)).toBe('CONFLICT')
    if (step.do === 'remove') {
      await call(at, ADA, 'remove', { slot, expect: present?.seq ?? 1 })
      this.slots.delete(step.slot)
    }
    await this.check(at)
  }

  async check(at: Records): Promise<void> {
    const list = (await call(at, ADA, 'list', {})) as { slot: Bytes; seq: number; size: number; before?: number }[]
    expect(list.map(({ slot, seq, size, before }) => [slot[0], seq, size, before])).toEqual(
      [...this.slots].sort(([a], [b]) => a - b).map(([n, [now, old]]) => [n, now?.seq, now?.body.byteLength, old?.seq]),
    )
    for (const [n, versions] of this.slots)
      for (const { seq, body } of versions)
        expect(await call(at, ADA, 'get', { slot: slotOf(n), seq })).toEqual([{ seq, body }])
    await checkUsage(at, ADA)
  }
}

describe('slots', () => {
  const slot = fc.nat({ max: 3 })
  const puts = fc.record({
    ...{ do: fc.constant('put'), slot, expect: fc.nat({ max: 4 }), ahead: fc.integer({ min: 1, max: 3 }) },
    body: fc.nat({ max: 8 }),
  })
  const others = fc.record({ do: fc.constantFrom('again', 'old', 'remove'), slot })
  const steps = fc.array(fc.oneof({ weight: 4, arbitrary: puts }, { weight: 1, arbitrary: others }), { maxLength: 40 })

  it('are what a model of them says, in any order of what clients do', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (list) => {
        const [at, model] = [await newRecords(), new Model()]
        for (const step of list as Step[]) await model.step(at, step)
      }),
      { numRuns: 300 },
    )
  }, 240_000)

  it('have one winner for each version, however many write at once', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 2, max: 8 }), fc.integer({ min: 1, max: 6 }), async (writers, rounds) => {
        const at = await newRecords()
        const wins: { expect: number; seq: number }[] = []
        for (let round = 0; round < rounds; round++) {
          const [seen] = (await call(at, ADA, 'get', { slot: slotOf(0) })) as { seq: number }[]
          const expected = seen?.seq ?? 0
          const results = await Promise.allSettled(
            Array.from({ length: writers }, (_, i) => put(at, ADA, slotOf(0), expected, expected + 1 + i, bodyOf(i))),
          )
          const won = results.flatMap((result, i) => (result.status === 'fulfilled' ? [expected + 1 + i] : []))
          expect(won.length).toBe(1)
          wins.push({ expect: expected, seq: won[0] as number })
          for (const result of results)
            if (result.status === 'rejected')
              expect(result.reason).toMatchObject({ code: 'CONFLICT', data: { seq: won[0] } })
        }
        // A chain: each was written over the one before it.
        expect(wins.map((one) => one.expect)).toEqual([0, ...wins.slice(0, -1).map((one) => one.seq)])
        await checkUsage(at, ADA)
      }),
      { numRuns: 40 },
    )
  }, 120_000)

  it('of several accounts under one id have nothing to do with each other', async () => {
    const at = await newRecords()
    await put(at, ADA, slotOf(1), 0, 5, bodyOf(1))
    await put(at, BOB, slotOf(1), 0, 9, bodyOf(2))
    expect(await call(at, ADA, 'get', { slot: slotOf(1) })).toEqual([{ seq: 5, body: bodyOf(1) }])
    await call(at, BOB, 'remove', { slot: slotOf(1), expect: 9 })
    expect(await call(at, ADA, 'get', { slot: slotOf(1) })).toEqual([{ seq: 5, body: bodyOf(1) }])
  })
})

/** Rows whose nth commit fails, before it is written or after: as when the process dies then. */
function dying(rows: Rows, nth: number, when: 'before' | 'after'): Rows {
  let commits = 0
  const commit = async (changes: readonly Change[]): Promise<void> => {
    const dies = commits++ === nth
    if (dies && when === 'before') throw new CafeError('INTERNAL')
    await rows.commit(changes)
    if (dies) throw new CafeError('INTERNAL')
  }
  return { ...rows, commit }
}

describe('a cafe that dies', () => {
  it('after the commit and before the receipt gives that very receipt when it is asked again', async () => {
    const [rows, clock, key] = [memoryRows(), { now: START }, await generateKeyPair('Ed25519')]
    for (let seq = 1; seq <= 5; seq++) {
      const body = bodyOf(seq, 4 * KiB)
      const dead = await newRecords({ rows: dying(rows, 0, 'after'), clock, key })
      expect(await failure(() => put(dead, ADA, slotOf(1), seq - 1, seq, body))).toMatchObject({ code: 'INTERNAL' })
      const time = clock.now
      clock.now += 60_000
      const again = await newRecords({ rows, clock, key })
      const receipt = await put(again, ADA, slotOf(1), seq - 1, seq, body)
      expect(await again.opened(receipt)).toMatchObject({ account: ADA, seq, time })
      clock.now += 60_000
      expect(await put(again, ADA, slotOf(1), seq - 1, seq, body)).toEqual(receipt)
      await checkUsage(again, ADA)
    }
  })

  it('before or after any commit has written all of a step or nothing, and goes on', async () => {
    for (const when of ['before', 'after'] as const) {
      for (let nth = 0; nth < 8; nth++) {
        const [rows, clock, key] = [memoryRows(), { now: START }, await generateKeyPair('Ed25519')]
        let at = await newRecords({ rows: dying(rows, nth, when), clock, key })
        for (let seq = 1; seq <= 6; seq++) {
          for (const slot of [slotOf(1), slotOf(2)]) {
            const write = () => put(at, ADA, slot, seq - 1, seq, bodyOf(seq, SIZES[seq % 3]))
            const first = await write().catch(code)
            if (first !== 'INTERNAL') continue
            at = await newRecords({ rows, clock, key })
            await checkUsage(at, ADA)
            await write()
          }
          await checkUsage(at, ADA)
        }
        for (const slot of [slotOf(1), slotOf(2)])
          expect(await call(at, ADA, 'get', { slot })).toEqual([{ seq: 6, body: bodyOf(6, SIZES[0]) }])
      }
    }
  })

  it('does not lose count of the room for all, by a commit that fails or an account that goes', async () => {
    const rows = memoryRows()
    // As if others had left room for one more.
    const { store } = await newRecords({ rows })
    await rows.commit([store.slotUsage.put([BOB], { records: 1, bytes: CAFE_RECORDS - 256 })])
    const at = await newRecords({ rows: dying(rows, 0, 'before') })
    const write = (n: number) => put(at, ADA, slotOf(n), 0, 1, bodyOf(1)).catch(code)
    expect(await write(1)).toBe('INTERNAL')
    expect(await write(1)).toBeInstanceOf(Uint8Array)
    expect(await write(2)).toBe('QUOTA')
    await at.erase(ADA)
    at.gone.clear()
    expect(await write(2)).toBeInstanceOf(Uint8Array)
    expect(await write(3)).toBe('QUOTA')
  })
})

describe('a version that was damaged at the cafe', () => {
  it('is never handed out as good, does not take the one before with it, and is mended when it is put again', async () => {
    const rows = memoryRows()
    const at = await newRecords({ rows })
    const [one, two] = [bodyOf(1, KiB), bodyOf(2, KiB)]
    await put(at, ADA, slotOf(1), 0, 1, one)
    const receipt = await put(at, ADA, slotOf(1), 1, 2, two)
    const [key] = (await rows.range('/cafe/slot-body/')).map(([key]) => key).filter((key) => key.endsWith('/2'))
    for (const damage of [
      { value: new Uint8Array(10) },
      { value: at.store.bodies.put(['a'], bodyOf(3, KiB)).value },
      {},
    ]) {
      await rows.commit([{ key: key as string, ...damage } as Change])
      expect(await call(at, ADA, 'get', { slot: slotOf(1) }).catch(code)).toBe('CORRUPT')
      expect(await call(at, ADA, 'get', { slot: slotOf(1), seq: 1 })).toEqual([{ seq: 1, body: one }])
      expect(await put(at, ADA, slotOf(1), 1, 2, two)).toEqual(receipt)
      expect(await call(at, ADA, 'get', { slot: slotOf(1) })).toEqual([{ seq: 2, body: two }])
      await checkUsage(at, ADA)
    }
  })
})

describe('room for slots', () => {
  it('is an eighth of the quota and no more than there is for one account', async () => {
    const at = await newRecords()
    const body = bodyOf(1, 64 * KiB)
    const fill = async (account: Address, quota: number): Promise<number> => {
      for (let n = 0; ; n++) {
        at.clock.now += 1000 * Math.ceil((64 * KiB + KiB) / RECORDS_RATE)
        const done = await put(at, account, slotOf(n % 256).fill(n >> 8, 1), 0, 1, body, quota).catch(code)
        if (done === 'QUOTA') return n * body.byteLength
      }
    }
    expect(await fill(ADA, 8 * 1024 * KiB)).toBe(1024 * KiB)
    expect(await fill(BOB, 1e12)).toBe(CLIENT_SLOT_BYTES)
  }, 60_000)

  it('is counted for all together', async () => {
    const rows = memoryRows()
    const before = await newRecords({ rows })
    // As if many accounts had filled it.
    await rows.commit([before.store.slotUsage.put([BOB], { records: 1, bytes: CAFE_RECORDS - KiB })])
    const at = await newRecords({ rows })
    await put(at, ADA, slotOf(1), 0, 1, bodyOf(1, KiB))
    const full = { code: 'QUOTA', data: { needed: 256, free: 0, limit: 'cafe' } }
    expect(await failure(() => put(at, ADA, slotOf(2), 0, 1, bodyOf(1)))).toEqual(full)
    await call(at, ADA, 'remove', { slot: slotOf(1), expect: 1 })
    await put(at, ADA, slotOf(2), 0, 1, bodyOf(1))
  })

  it('is written to no faster than it should be', async () => {
    const at = await newRecords()
    const body = bodyOf(1, 256 * KiB)
    let seq = 0
    const write = () => put(at, ADA, slotOf(1), seq, seq + 1, body).then(() => void seq++)
    const most = Math.floor(RECORDS_BURST / (257 * KiB))
    for (let i = 0; i < most; i++) await write()
    const { code: busy, data } = (await failure(write)) as { code: string; data: { after: number } }
    expect([busy, data.after > 0]).toEqual(['BUSY', true])
    at.clock.now += data.after
    await write()
  }, 60_000)
})

describe('an account that asks without end', () => {
  it('is held up where it puts the same again and again, or what is refused', async () => {
    const at = await newRecords()
    const body = bodyOf(1, 256 * KiB)
    await put(at, ADA, slotOf(1), 0, 1, body)
    const most = Math.floor(RECORDS_BURST / (257 * KiB)) - 1
    for (let i = 0; i < most; i++)
      if (i % 2) await put(at, ADA, slotOf(1), 0, 1, body)
      else expect(await put(at, ADA, slotOf(1), 7, 8, body).catch(code)).toBe('CONFLICT')
    expect(await put(at, ADA, slotOf(1), 0, 1, body).catch(code)).toBe('BUSY')
    expect(await put(at, ADA, slotOf(1), 7, 8, body).catch(code)).toBe('BUSY')
    await put(at, BOB, slotOf(1), 0, 1, body)
  }, 60_000)

  it('is held up where it reads all it has more often than a few devices would', async () => {
    const at = await newRecords()
    for (let n = 0; n < 4; n++) await put(at, ADA, slotOf(n), 0, 1, bodyOf(n, 256 * KiB))
    const reads = Math.floor(READ_BURST / (257 * KiB))
    for (let i = 0; i < reads; i++) await call(at, ADA, 'get', { slot: slotOf(i % 4) })
    expect(await call(at, ADA, 'get', { slot: slotOf(0) }).catch(code)).toBe('BUSY')
    at.clock.now += 1000 * Math.ceil((257 * KiB) / READ_RATE)
    await call(at, ADA, 'get', { slot: slotOf(0) })
    expect(await call(at, BOB, 'list', {})).toEqual([])
    let lists = 0
    while ((await call(at, BOB, 'list', {}).catch(code)) !== 'BUSY') lists++
    expect(lists).toBeLessThanOrEqual(READ_BURST / LOOK_COST)
  }, 120_000)
})

describe('an account that is erased', () => {
  it('leaves nothing of its slots, and nothing can be written while it goes', async () => {
    const rows = memoryRows()
    const at = await newRecords({ rows })
    for (let n = 0; n < 5; n++) {
      await put(at, ADA, slotOf(n), 0, 1, bodyOf(n))
      await put(at, ADA, slotOf(n), 1, 2, bodyOf(n))
    }
    await put(at, BOB, slotOf(0), 0, 1, bodyOf(9))
    const late = Array.from({ length: 5 }, (_, n) => put(at, ADA, slotOf(n), 2, 3, bodyOf(n)).catch(code))
    const counts = await at.erase(ADA)
    expect(counts).toEqual({ slots: 5, drops: 0, cards: 0 })
    // Refused for one reason or the other, by when they came; or written before, and erased with the rest.
    for (const done of await Promise.all(late))
      if (typeof done === 'string') expect(['UNAUTHORIZED', 'CONFLICT']).toContain(done)
    expect((await rows.range('')).filter(([key]) => key.includes(ADA))).toEqual([])
    expect(await call(at, BOB, 'get', { slot: slotOf(0) })).toEqual([{ seq: 1, body: bodyOf(9) }])
    expect(await put(at, ADA, slotOf(7), 0, 1, bodyOf(1)).catch(code)).toBe('UNAUTHORIZED')
  })
})

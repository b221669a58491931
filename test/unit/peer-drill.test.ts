/** The restore drill: says that all is well only if it is, finds what is not, and leaves nothing behind. */
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { systemRandom } from '../../src/core/clock.ts'
import { hex } from '../../src/core/ids.ts'
import type { Account } from '../../src/crypto/account.ts'
import { ONLY_SLOT } from '../../src/crypto/slot-seal.ts'
import { createDrill } from '../../src/peer/drill.ts'
import { threadSlot } from '../../src/peer/snapshot.ts'
import { memoryRows } from '../../src/store/memory.ts'
import type { Rows } from '../../src/store/rows.ts'
import { accountOf, NOW } from './seal-help.ts'
import {
  blockOf,
  createTestCafe,
  createTestCafes,
  createTestDevice,
  createTestKeepers,
  joinedOf,
  mortal,
  pin,
  sourceOf,
  type TestDevice,
  threadOf,
  type WorldCafe,
} from './slot-world.ts'

const never = new AbortController().signal
const [T, U] = [threadOf(1), threadOf(2)]
const ONLY = hex(ONLY_SLOT)

let account: Account
let cafes: [WorldCafe, WorldCafe]
let rows: Rows
let now: number
beforeAll(async () => {
  account = await accountOf(1)
})

function drillOf(device: TestDevice, over: Rows = rows) {
  const packs = async () => {
    const kept = await Promise.all(
      (await device.keepers.list()).map(async (id) => (await device.keepers.get(id))?.state()),
    )
    return kept
      .flatMap((one) => one?.packs ?? [])
      .map((root) => ({ root: String(root), cafes: cafes.map((c) => c.cafe) }))
  }
  return createDrill({
    ...{ rows: over, account: () => account, device: device.device, record: device.record, slots: device.slots },
    cafes: createTestCafes(cafes, account, joinedOf(cafes)),
    ...{ snapshots: device.client, source: sourceOf(cafes), trial: createTestKeepers, files: packs },
    ...{ clock: () => now, random: systemRandom },
  })
}

let device: TestDevice
beforeEach(async () => {
  now = NOW
  cafes = [await createTestCafe(), await createTestCafe()]
  rows = memoryRows()
  device = createTestDevice({ account, cafes, n: 1, rows })
  for (const [thread, ...ns] of [
    [T, 1, 2, 3],
    [U, 4, 5],
  ] as const) {
    for (const n of ns) await device.keepers.add(thread, n)
    for (const cafe of cafes) await device.keepers.pack(thread, await pin(cafe, await Promise.all(ns.map(blockOf))))
  }
  await device.record.set('profile', 'me', { name: 'Ada', avatar: null })
  await device.slots.run()
})

const scoped = async (of: Rows) => (await of.range('/scope/')).length

describe('a restore drill', () => {
  it('finds everything as it is, says when, and leaves nothing behind', async () => {
    const drill = drillOf(device)
    const before = await device.keepers.known(T)
    const heard: number[] = []
    const report = await drill.run({ signal: never, onProgress: ({ done }) => heard.push(done) })
    expect(report).toEqual({ at: NOW, ok: true, cafes: 2, threads: 2, files: 2, blocks: 5 + 2 * 2, problems: [] })
    expect(heard).toEqual([1, 2, 3, 4])
    expect(await drill.last()).toEqual({ last: report, good: report })
    expect(await scoped(rows)).toBe(0)
    expect(await device.keepers.known(T)).toEqual(before)
  })

  it('names what is broken, and keeps the date of the last good one', async () => {
    const drill = drillOf(device)
    await drill.run({ signal: never })
    now += 1000
    const lost = hex((await blockOf(2)).cid.multihash.digest)
    for (const { blocks } of cafes) blocks.delete(lost)
    const slot = hex(await threadSlot(account, U))
    for (const cafe of cafes)
      cafe.shows = (id) => {
        const kept = cafe.slots.get(id)
        return kept && (id === slot ? { ...kept, before: undefined, body: kept.body.map((x) => x ^ 1) } : kept)
      }
    const report = await drill.run({ signal: never })
    expect(report.ok).toBe(false)
    expect(report.problems).toContainEqual({ what: 'blocks', about: T, code: 'NOT_FOUND' })
    expect(report.problems).toContainEqual({ what: 'snapshot', about: U, code: 'CORRUPT' })
    const { last, good } = await drill.last()
    expect([last?.at, good?.at]).toEqual([NOW + 1000, NOW])
  })

  it('tells a cafe that is dead, one that shows the past, and a record that is not there', async () => {
    const [dead, liar] = cafes
    const past = new Map(liar.slots)
    await device.record.set('profile', 'me', { name: 'Eve', avatar: null })
    await device.keepers.add(T, 9)
    await device.slots.run()
    liar.shows = (slot) => past.get(slot)
    dead.dead = true
    const { problems } = await drillOf(device).run({ signal: never })
    expect(problems).toContainEqual({ what: 'cafe', about: dead.cafe, code: 'UNREACHABLE' })
    expect(problems).toContainEqual({ what: 'manifest', about: liar.cafe, code: 'CONFLICT' })
    expect(problems.map(({ what }) => what)).toContain('record')
    expect(problems.map(({ about }) => about)).toContain(T)
  })

  it('does not fail because another device has written more meanwhile', async () => {
    const other = createTestDevice({ account, cafes, n: 2 })
    await other.slots.run()
    await other.keepers.add(U, 77)
    for (const cafe of cafes) await pin(cafe, [await blockOf(77)])
    await other.slots.run()
    other.slots.close()
    expect(cafes[0].slots.get(ONLY)?.seq).toBeGreaterThan(1)
    const report = await drillOf(device).run({ signal: never })
    expect(report.problems).toEqual([])
  })

  it('killed at any commit leaves nothing behind that the next start does not throw away', async () => {
    for (let k = 1; ; k++) {
      const dying = mortal(rows, k, k % 2 === 0)
      const end = await Promise.race([drillOf(device, dying).run({ signal: never }), dying.died])
      await drillOf(device).tidy()
      expect(await scoped(rows)).toBe(0)
      if (end === 'died') continue
      expect(k).toBeGreaterThan(10)
      expect((await drillOf(device).last()).last).toMatchObject({ ok: true })
      return
    }
  })
})

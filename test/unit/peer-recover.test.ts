/** Recovery by words alone: the newest state from any honest cafe, liars named, damage told, nothing that was left comes back. */
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { slotReceiptRecord } from '../../src/cafe/snapshot/protocol.ts'
import { hex } from '../../src/core/ids.ts'
import type { Account } from '../../src/crypto/account.ts'
import { openRecord } from '../../src/crypto/envelope.ts'
import { ONLY_SLOT } from '../../src/crypto/slot-seal.ts'
import { createRecord } from '../../src/peer/record.ts'
import { createRecover, type RecoverOptions, type RecoverProgress } from '../../src/peer/recover.ts'
import { createSlots } from '../../src/peer/slots.ts'
import { threadSlot } from '../../src/peer/snapshot.ts'
import { memoryRows } from '../../src/store/memory.ts'
import type { Rows } from '../../src/store/rows.ts'
import { failure } from './crypto-help.ts'
import { accountOf, deviceOf, NOW } from './seal-help.ts'
import {
  blockOf,
  clientOf,
  createTestCafe,
  createTestCafes,
  createTestDevice,
  createTestKeepers,
  mortal,
  pin,
  sourceOf,
  type TestDevice,
  threadOf,
  type WorldCafe,
} from './slot-world.ts'

const T = threadOf(1)
const U = threadOf(2)
const never = new AbortController().signal
const ONLY = hex(ONLY_SLOT)

let account: Account
let cafes: WorldCafe[]
let one: TestDevice
beforeAll(async () => {
  account = await accountOf(1)
})
beforeEach(async () => {
  cafes = await Promise.all([createTestCafe(), createTestCafe(), createTestCafe()])
  one = createTestDevice({ account, cafes, n: 1 })
})

const places = (of = cafes) => of.map(({ cafe }) => ({ cafe, addresses: [] }))

/** A device with nothing but the words. */
function newDevice(rows: Rows = memoryRows(), joined?: Parameters<typeof createTestCafes>[2], of = account) {
  const device = deviceOf(7).peer
  const clock = () => NOW
  const keepers = createTestKeepers(rows)
  const record = createRecord({ rows, device, clock })
  const at = createTestCafes(cafes, of, joined)
  const snapshots = clientOf(cafes)
  const parts = { rows, account: () => of, device, record, keepers, clock, snapshots, cafes: at }
  const slots = createSlots(parts)
  const recover = createRecover({ ...parts, slots, source: sourceOf(cafes) })
  const run = (options: Partial<RecoverOptions> = {}) => recover.run({ cafes: places(), signal: never, ...options })
  return { rows, keepers, record, slots, recover, run, cafes: at }
}

/** Adds blocks to a thread, and has the cafes keep them in a pack. */
async function post(thread: string, ...ns: readonly number[]): Promise<void> {
  const blocks = await Promise.all(ns.map(blockOf))
  for (const n of ns) await one.keepers.add(thread, n)
  for (const cafe of cafes) await one.keepers.pack(thread, await pin(cafe, blocks))
  await one.slots.run()
}
/** Names all cafes in the record, as registering does. */
async function nameCafes(): Promise<void> {
  for (const { cafe } of cafes) await one.record.set('cafe', cafe, { name: 'A cafe', addresses: [] })
}

describe('recovery', () => {
  it('by one cafe finds all others, and restores every block of every thread, newest first', async () => {
    await nameCafes()
    for (let n = 1; n <= 5; n++) await post(threadOf(n), n, 10 + n, 20 + n)
    // The cafe says when each was written.
    for (const { slots } of cafes)
      for (let n = 1; n <= 5; n++) {
        const slot = hex(await threadSlot(account, threadOf(n)))
        const kept = slots.get(slot)
        if (kept) slots.set(slot, { ...kept, time: NOW + n })
      }
    const other = newDevice()
    const heard: RecoverProgress[] = []
    const recovered = await other.run({ cafes: places([cafes[2] as WorldCafe]), onProgress: (p) => heard.push(p) })
    expect(recovered).toMatchObject({ fresh: 'confirmed', finished: true, behind: [] })
    expect(recovered.cafes.map(({ outcome }) => outcome)).toEqual(['manifest', 'manifest', 'manifest'])
    expect(recovered.threads.map(({ state, blocks, of }) => [state, blocks, of])).toEqual(Array(5).fill(['done', 3, 3]))
    for (let n = 1; n <= 5; n++) expect(await other.keepers.here(threadOf(n))).toEqual([n, 10 + n, 20 + n])
    const begun = [...new Set(heard.flatMap(({ thread }) => (thread ? [thread] : [])))]
    expect(begun[0]).toBe(threadOf(5))
    expect(begun.at(-1)).toBe(threadOf(1))
    expect(heard.at(-1)).toMatchObject({ done: 5, threads: 5 })
    expect(await other.recover.unfinished()).toBe(false)
    // From now on it is a device like any other.
    await other.slots.run()
    expect(await other.slots.status()).toMatchObject({ safe: 3, of: 3, behind: [] })
    other.slots.close()
  })

  it('finds what the heads lead to where the packs are lost', async () => {
    await post(T, 1, 2, 3)
    for (const { blocks } of cafes) for (const [hash, bytes] of blocks) if (bytes.byteLength > 60) blocks.delete(hash)
    const other = newDevice()
    const { threads } = await other.run()
    expect(threads).toMatchObject([{ thread: T, state: 'done', blocks: 3, of: 3 }])
  })

  it('tells no backup, a broken one, and nobody there apart', async () => {
    expect(await failure(() => newDevice().run())).toEqual({
      code: 'NOT_FOUND',
      data: { what: 'backup', unreached: 0 },
    })
    await post(T, 1)
    const stranger = await accountOf(2)
    for (const cafe of cafes) cafe.history.clear()
    const wrong = () => newDevice(memoryRows(), [], stranger).run()
    expect(await failure(wrong)).toEqual({ code: 'NOT_FOUND', data: { what: 'backup', unreached: 0 } })
    for (const cafe of cafes) cafe.open = true
    for (const { slots } of cafes) {
      const kept = slots.get(ONLY)
      if (kept) slots.set(ONLY, { ...kept, body: kept.body.map((x, i) => (i === 100 ? x ^ 1 : x)) })
    }
    const broken = newDevice()
    expect(await failure(() => broken.run())).toEqual({ code: 'CORRUPT', data: { what: 'backup', unreached: 0 } })
    const salvaged = await broken.run({ salvage: true })
    expect(salvaged).toMatchObject({ manifest: undefined, threads: [{ thread: T, state: 'done', blocks: 1 }] })
    for (const cafe of cafes) cafe.dead = true
    expect(await failure(() => newDevice().run())).toEqual({ code: 'UNREACHABLE', data: { what: 'backup' } })
  })

  it('leaves the cafes again that it came to only to look', async () => {
    const [knows, open] = cafes as [WorldCafe, WorldCafe, WorldCafe]
    one = createTestDevice({ account, cafes, n: 1, joined: () => [knows] })
    await one.record.set('cafe', knows.cafe, { name: 'A cafe', addresses: [] })
    await post(T, 1)
    open.open = true
    const other = newDevice()
    const recovered = await other.run()
    expect(recovered.cafes.map(({ outcome }) => outcome).sort()).toEqual(['manifest', 'none', 'unknown'])
    expect(other.cafes.joined.map(({ cafe }) => cafe)).toEqual([knows.cafe])
    expect(recovered.fresh).toBe('unconfirmed')
  })

  it('does without a cafe that is dead, and never brings back a thread that was left', async () => {
    await nameCafes()
    await post(T, 1)
    await post(U, 2)
    const [away, here] = cafes as [WorldCafe, WorldCafe, WorldCafe]
    away.dead = true
    await one.record.remove('thread', T)
    await one.slots.run()
    away.dead = false
    here.dead = true
    const other = newDevice()
    const recovered = await other.run()
    expect(recovered.threads.map(({ thread }) => thread)).toEqual([U])
    expect(await other.keepers.list()).toEqual([U])
    // The cafe that had been away was told.
    expect(away.slots.has(hex(await threadSlot(account, T)))).toBe(false)
    expect(recovered.behind.map(({ cafe }) => cafe)).toEqual([away.cafe])
    other.slots.close()
  })

  it('takes a snapshot that is broken at one cafe from another, and from before where it is broken everywhere', async () => {
    await post(T, 1)
    await post(U, 2)
    await post(U, 3)
    const [t, u] = [hex(await threadSlot(account, T)), hex(await threadSlot(account, U))]
    const harm = ({ slots }: WorldCafe, slot: string): void => {
      const kept = slots.get(slot)
      if (kept) slots.set(slot, { ...kept, body: kept.body.map((x) => x ^ 1) })
    }
    harm(cafes[0] as WorldCafe, t)
    for (const cafe of cafes) harm(cafe, u)
    const other = newDevice()
    const { threads } = await other.run()
    expect(threads.find(({ thread }) => thread === T)).toMatchObject({ state: 'done', blocks: 1 })
    expect(threads.find(({ thread }) => thread === U)).toMatchObject({ state: 'older' })
    expect(await other.keepers.here(U)).toEqual([2])
    // Broken with no version before it: told, and no other thread is stopped.
    for (const cafe of cafes) {
      harm(cafe, t)
      const kept = cafe.slots.get(t)
      if (kept) cafe.slots.set(t, { ...kept, before: undefined, body: kept.body.map((x) => x ^ 7) })
    }
    const third = await newDevice().run()
    expect(third.threads.find(({ thread }) => thread === T)).toMatchObject({ state: 'damaged', code: 'CORRUPT', of: 0 })
    expect(third.threads.find(({ thread }) => thread === U)).toMatchObject({ state: 'older' })
    expect(third.finished).toBe(true)
  })

  it('restores all other blocks where one is broken everywhere, and says how many', async () => {
    await post(T, 1, 2, 3)
    const lost = hex((await blockOf(2)).cid.multihash.digest)
    for (const { blocks } of cafes) blocks.set(lost, Uint8Array.of(1))
    const other = newDevice()
    const { threads } = await other.run()
    expect(threads).toMatchObject([{ thread: T, state: 'damaged', blocks: 2, of: 3 }])
    expect(await other.keepers.here(T)).toEqual([1, 3])
  })

  it('restores the latest and names the culprit, whichever older version one of three cafes shows', {
    timeout: 120_000,
  }, async () => {
    await nameCafes()
    const [liar] = cafes as [WorldCafe, WorldCafe, WorldCafe]
    const past: WorldCafe['slots'][] = []
    for (let n = 1; n <= 51; n++) {
      await one.keepers.add(n % 2 ? T : U, n)
      await one.slots.run()
      past.push(new Map(liar.slots))
    }
    const newest = past.at(-1)?.get(ONLY)
    const older = past.slice(0, -1)
    expect(older.length).toBe(50)
    for (const all of older) {
      liar.shows = (slot) => all.get(slot)
      const shown = all.get(ONLY)
      const other = newDevice()
      const recovered = await other.run()
      expect(recovered.manifest?.seq).toBe(newest?.seq)
      expect(recovered.fresh).toBe('confirmed')
      expect(recovered.behind).toMatchObject([{ cafe: liar.cafe, has: shown?.seq, newest: newest?.seq }])
      const [{ receipt } = {}] = recovered.behind
      // The newest manifest carries what the cafe signed for the one before: it convicts all but that very one.
      if (all !== older.at(-1)) {
        expect(receipt).toBeDefined()
        const signed = await openRecord(slotReceiptRecord, liar.cafe, receipt ?? new Uint8Array())
        expect(signed.seq).toBeGreaterThan(shown?.seq ?? 0)
      }
      for (const thread of [T, U]) expect(await other.keepers.known(thread)).toEqual(await one.keepers.known(thread))
      other.slots.close()
    }
  })

  it('says that it cannot know whether a single cafe shows the newest', async () => {
    await post(T, 1)
    await post(T, 2)
    const only = cafes[0] as WorldCafe
    for (const cafe of cafes.slice(1)) cafe.dead = true
    const past = only.history.get(ONLY)?.[0]
    only.shows = (slot) => (slot === ONLY ? past : only.history.get(slot)?.[0])
    const recovered = await newDevice().run()
    expect(recovered).toMatchObject({ fresh: 'unconfirmed', manifest: { seq: past?.seq } })
  })

  it('killed at any commit goes on, and ends as if nothing had happened', { timeout: 120_000 }, async () => {
    await nameCafes()
    await post(T, 1, 2, 3)
    await post(U, 4, 5)
    const gone = threadOf(9)
    await one.record.remove('thread', gone)
    await one.slots.run()
    for (let k = 1; ; k++) {
      const rows = memoryRows()
      const dying = mortal(rows, k, k % 2 === 0)
      const first = newDevice(dying)
      const end = await Promise.race([first.run({ cafes: places([cafes[1] as WorldCafe]) }), dying.died])
      first.slots.close()
      const second = newDevice(rows, first.cafes.joined)
      if (end === 'died' && (await second.recover.unfinished())) await second.run({ cafes: [] })
      else if (end === 'died') await second.run({ cafes: places([cafes[1] as WorldCafe]) })
      expect(await second.keepers.here(T)).toEqual([1, 2, 3])
      expect(await second.keepers.here(U)).toEqual([4, 5])
      expect((await second.recover.restored()).map(({ state }) => state)).toEqual(['done', 'done'])
      await second.slots.run()
      expect(await second.slots.status()).toMatchObject({ safe: 3, of: 3, behind: [], problems: [] })
      second.slots.close()
      if (end !== 'died') {
        expect(k).toBeGreaterThan(15)
        return
      }
    }
  })
})

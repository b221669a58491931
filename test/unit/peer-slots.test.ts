/** Snapshots and the manifest at cafes: safe when signed for, merged where two devices write, never lost by a crash. */
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { hex } from '../../src/core/ids.ts'
import type { Account } from '../../src/crypto/account.ts'
import { ONLY_SLOT } from '../../src/crypto/slot-seal.ts'
import { openManifest } from '../../src/peer/manifest.ts'
import { manifestReceipt } from '../../src/peer/slot-proof.ts'
import { MANIFEST } from '../../src/peer/slot-row.ts'
import { openSnapshot, threadSlot } from '../../src/peer/snapshot.ts'
import { memoryRows } from '../../src/store/memory.ts'
import { accountOf, NOW } from './seal-help.ts'
import { createTestCafe, createTestDevice, mortal, type TestDevice, threadOf, type WorldCafe } from './slot-world.ts'

const T = threadOf(1)
const U = threadOf(2)

let account: Account
let cafes: WorldCafe[]
let devices: TestDevice[]
beforeAll(async () => {
  account = await accountOf(1)
})
beforeEach(async () => {
  cafes = await Promise.all([createTestCafe(), createTestCafe()])
  devices = []
})
afterEach(() => {
  for (const { slots } of devices) slots.close()
})

const device = (n: number, parts: Partial<Parameters<typeof createTestDevice>[0]> = {}): TestDevice => {
  const made = createTestDevice({ account, cafes, n, ...parts })
  devices.push(made)
  return made
}
const manifestAt = ({ slots }: WorldCafe) => openManifest(account, slots.get(hex(ONLY_SLOT))?.body ?? new Uint8Array())
const snapshotAt = async ({ slots }: WorldCafe, thread: string) => {
  const slot = await threadSlot(account, thread)
  const body = slots.get(hex(slot))?.body
  return body && openSnapshot(account, slot, body)
}

describe('what is kept in slots', () => {
  it('is at every cafe, signed for, named by the manifest, and says since when', async () => {
    const one = device(1)
    await one.keepers.add(T, 1)
    await one.keepers.add(U, 2)
    expect(await one.slots.status()).toMatchObject({ safe: 0, of: 2 })
    await one.slots.run()
    expect(await one.slots.status()).toMatchObject({ safe: 2, of: 2, since: NOW, behind: [], problems: [] })
    const { slots } = await one.slots.status()
    expect(slots.map(({ key, safe, since }) => [key, safe, since])).toEqual([
      [T, 2, NOW],
      [U, 2, NOW],
      [MANIFEST, 2, NOW],
    ])
    for (const cafe of cafes) {
      const manifest = await manifestAt(cafe)
      expect([...manifest.versions.keys()].sort()).toEqual([T, U])
      for (const [thread, { seq }] of manifest.versions) expect((await snapshotAt(cafe, thread))?.seq).toBe(seq)
    }
  })

  it('is put again only where something has changed', async () => {
    const one = device(1)
    await one.keepers.add(T, 1)
    await one.keepers.add(U, 1)
    await one.slots.run()
    const before = new Map(cafes[0]?.slots)
    await one.slots.run()
    expect(cafes[0]?.slots).toEqual(before)
    await one.keepers.add(T, 2)
    await one.slots.run()
    const changed = [...(cafes[0]?.slots ?? [])].filter(([slot, { seq }]) => before.get(slot)?.seq !== seq)
    expect(changed.length).toBe(2)
  })

  it('follows a change by itself, and until then does not count as safe', async () => {
    const one = device(1)
    await one.keepers.add(T, 1)
    await one.slots.run()
    await one.keepers.add(T, 2)
    one.slots.changed(T)
    expect((await one.slots.status()).safe).toBe(0)
    await vi.waitFor(async () => expect((await one.slots.status()).safe).toBe(2), { timeout: 10_000 })
    expect((await snapshotAt(cafes[1] as WorldCafe, T))?.seq).toBe(2)
  })

  it('is safe at the others while one cafe is dead, and there too once it is back', async () => {
    const [alive, dead] = cafes as [WorldCafe, WorldCafe]
    dead.dead = true
    const one = device(1)
    await one.keepers.add(T, 1)
    await one.slots.run()
    const status = await one.slots.status()
    expect(status).toMatchObject({ safe: 1, of: 2 })
    expect(status.cafes.find(({ cafe }) => cafe === dead.cafe)).toMatchObject({ waiting: 2, reason: 'UNREACHABLE' })
    expect((await snapshotAt(alive, T))?.seq).toBe(1)
    dead.dead = false
    one.slots.connected(dead.cafe)
    await vi.waitFor(async () => expect((await one.slots.status()).safe).toBe(2), { timeout: 10_000 })
  })

  it('that a cafe has lost or damaged is put there again', async () => {
    const one = device(1)
    await one.keepers.add(T, 1)
    await one.slots.run()
    const [lossy, whole] = cafes as [WorldCafe, WorldCafe]
    lossy.slots.clear()
    for (const [slot, kept] of whole.slots)
      whole.slots.set(slot, { ...kept, hash: kept.hash.map((x) => x ^ 1), body: kept.body.map((x) => x ^ 1) })
    one.slots.wake()
    await one.slots.run()
    expect(await one.slots.status()).toMatchObject({ safe: 2 })
    for (const cafe of cafes) expect((await snapshotAt(cafe, T))?.thread).toBe(T)
    // What was lost had been signed for.
    expect((await one.slots.status()).behind.map(({ cafe, has }) => [cafe, has])).toEqual([
      [lossy.cafe, 0],
      [lossy.cafe, 0],
    ])
  })

  it('too large for a slot is said, not dropped', async () => {
    const one = device(1)
    await one.keepers.add(U, 1)
    await one.slots.run()
    const small = one.keepers.get
    const state = async () => ({ state: new Uint8Array(300_000), packs: [] })
    one.keepers.get = async (id) => {
      const keeper = await small(id)
      return keeper && id === T ? { ...keeper, state } : keeper
    }
    await one.keepers.add(T, 1)
    await one.slots.run()
    const { safe, problems } = await one.slots.status()
    expect(safe).toBe(0)
    expect(problems).toEqual([
      { key: T, code: 'BAD_REQUEST', data: expect.objectContaining({ size: expect.any(Number) }) },
    ])
  })
})

describe('two devices', () => {
  it('that write at the same time converge: all of both is at every cafe', async () => {
    const [one, other] = [device(1), device(2)]
    await one.keepers.add(T, 1)
    await one.slots.run()
    await other.slots.run()
    expect(await other.keepers.known(T)).toEqual(await one.keepers.known(T))
    for (let round = 0; round < 10; round++) {
      await Promise.all([one.keepers.add(T, 100 + round), other.keepers.add(T, 200 + round)])
      if (round % 3 === 0) await other.keepers.add(threadOf(10 + round), round)
      await Promise.all([one.slots.run(), other.slots.run()])
    }
    await vi.waitFor(
      async () => {
        for (const { slots } of [one, other]) {
          slots.wake()
          await slots.run()
        }
        for (const { slots } of [one, other]) expect((await slots.status()).safe).toBe(2)
        expect(await other.keepers.known(T)).toEqual(await one.keepers.known(T))
      },
      { timeout: 20_000 },
    )
    expect((await one.keepers.known(T)).length).toBe(21)
    expect(await one.keepers.list()).toEqual(await other.keepers.list())
    const [a, b] = cafes as [WorldCafe, WorldCafe]
    for (const [slot, { seq, hash }] of a.slots) expect(b.slots.get(slot)).toMatchObject({ seq, hash })
    expect((await one.slots.status()).behind).toEqual([])
    expect((await other.slots.status()).behind).toEqual([])
  })

  it('lose nothing that one wrote last before it was gone for ever, while the other was away and wrote more', async () => {
    const [one, other] = [device(1), device(2)]
    await one.keepers.add(T, 1)
    await one.slots.run()
    await other.slots.run()
    for (const cafe of cafes) cafe.dead = true
    // Two versions above the common one, and nobody has seen them.
    for (const n of [2, 3]) {
      await other.keepers.add(T, n)
      await other.slots.run()
    }
    for (const cafe of cafes) cafe.dead = false
    await one.keepers.add(T, 4)
    await one.slots.run()
    one.slots.close()
    other.slots.wake()
    await other.slots.run()
    expect((await other.keepers.known(T)).length).toBe(4)
    for (const cafe of cafes) {
      const snapshot = await snapshotAt(cafe, T)
      const ours = await (await other.keepers.get(T))?.state()
      expect(hex(snapshot?.state ?? new Uint8Array())).toBe(hex(ours?.state ?? new Uint8Array(1)))
    }
  })

  it('learn at one cafe what the other has none of, and bring it there by themselves', async () => {
    const [first, second] = cafes as [WorldCafe, WorldCafe]
    const [one, other] = [device(1), device(2)]
    await one.keepers.add(T, 1)
    await one.slots.run()
    await other.slots.run()
    second.dead = true
    await other.keepers.add(T, 2)
    await other.slots.run()
    other.slots.close()
    second.dead = false
    one.slots.connected(first.cafe)
    const both = await other.keepers.known(T)
    await vi.waitFor(async () => expect(await one.keepers.known(T)).toEqual(both), { timeout: 10_000 })
    await vi.waitFor(async () => expect((await one.slots.status()).safe).toBe(2), { timeout: 10_000 })
    expect((await snapshotAt(second, T))?.seq).toBe((await snapshotAt(first, T))?.seq)
  })

  it('pass on what a cafe has signed to one of them, also while the other does not reach it', async () => {
    const [first, second] = cafes as [WorldCafe, WorldCafe]
    const [one, other] = [device(1), device(2)]
    for (const { cafe } of cafes) await one.record.set('cafe', cafe, { name: 'A cafe', addresses: [] })
    for (const n of [1, 2]) {
      await one.keepers.add(T, n)
      await one.slots.run()
    }
    one.slots.close()
    second.dead = true
    await other.slots.run()
    for (const n of [3, 4]) {
      await other.keepers.add(T, n)
      await other.slots.run()
    }
    const { receipts, seq } = await manifestAt(first)
    expect(seq).toBeGreaterThan(3)
    const signed = receipts.get(second.cafe)
    expect(signed && (await manifestReceipt(account, second.cafe, signed))?.seq).toBe(1)
  })

  it('of which one cannot merge what the other has written, do not write over each other for ever', async () => {
    const [one, other] = [device(1), device(2)]
    await one.keepers.add(T, 1)
    await one.slots.run()
    await other.slots.run()
    // As a thread that knows heads whose blocks are not here: its state says more than the other one's.
    const whole = other.keepers.get
    other.keepers.get = async (id) => {
      const keeper = await whole(id)
      const state = async () => {
        const kept = await keeper?.state()
        return { state: Uint8Array.of(...(kept?.state ?? []), 0), packs: kept?.packs ?? [] }
      }
      return keeper && { ...keeper, state, merge: async () => {} }
    }
    const theirs = one.keepers.get
    one.keepers.get = async (id) => {
      const keeper = await theirs(id)
      return keeper && { ...keeper, merge: async () => {} }
    }
    const seqs = async (): Promise<number> => {
      for (const { slots } of [one, other]) {
        slots.wake()
        await slots.run()
      }
      return cafes[0]?.slots.get(hex(await threadSlot(account, T)))?.seq ?? 0
    }
    await seqs()
    const settled = await seqs()
    for (let round = 0; round < 3; round++) expect(await seqs()).toBe(settled)
  })

  it('agree that a thread was left: its slots are emptied everywhere, and it does not come back', async () => {
    const [one, other] = [device(1), device(2)]
    await one.keepers.add(T, 1)
    await one.keepers.add(U, 1)
    await one.slots.run()
    await other.slots.run()
    const old = cafes.map(({ slots }) => new Map(slots))
    await one.record.remove('thread', T)
    await one.slots.run()
    other.slots.wake()
    await other.slots.run()
    for (const { keepers } of [one, other]) expect(await keepers.list()).toEqual([U])
    for (const cafe of cafes) expect(await snapshotAt(cafe, T)).toBeUndefined()
    // A cafe brings back what it had.
    const slot = hex(await threadSlot(account, T))
    for (const [i, { slots }] of cafes.entries()) {
      const kept = old[i]?.get(slot)
      if (kept) slots.set(slot, kept)
    }
    for (const { slots } of [one, other]) {
      slots.wake()
      await slots.run()
    }
    for (const { keepers } of [one, other]) expect(await keepers.list()).toEqual([U])
    for (const cafe of cafes) expect(await snapshotAt(cafe, T)).toBeUndefined()
    for (const { slots } of [one, other]) expect((await slots.status()).behind).toEqual([])
  })
})

describe('a cafe that shows the past', () => {
  it('is named with its own signature, and is given the present again', async () => {
    const one = device(1)
    for (let n = 1; n <= 5; n++) {
      await one.keepers.add(T, n)
      await one.slots.run()
    }
    const [liar] = cafes as [WorldCafe, WorldCafe]
    const slot = hex(await threadSlot(account, T))
    const past = liar.history.get(slot)?.[1]
    if (!past) throw new Error('there should be a past')
    liar.slots.set(slot, past)
    one.slots.wake()
    await one.slots.run()
    const { behind, safe } = await one.slots.status()
    expect(behind).toMatchObject([{ cafe: liar.cafe, key: T, has: 2, signed: 5 }])
    expect(behind[0]?.receipt).toEqual(liar.history.get(slot)?.[4]?.envelope)
    expect(safe).toBe(2)
    expect((await one.keepers.known(T)).length).toBe(5)
  })
})

describe('a device killed at any commit', () => {
  it('goes on where it was: nothing is lost, nobody is blamed', async () => {
    for (let k = 1; ; k++) {
      cafes = await Promise.all([createTestCafe(), createTestCafe()])
      const rows = memoryRows()
      const first = device(1, { rows })
      await first.keepers.add(T, 1)
      await first.slots.run()
      await first.keepers.add(T, 2)
      await first.keepers.add(U, 1)
      await first.record.remove('thread', threadOf(9))
      const dying = mortal(rows, k, k % 2 === 0)
      const second = first.restart(dying)
      devices.push(second)
      second.slots.wake()
      const end = await Promise.race([second.slots.run(), dying.died])
      const third = second.restart(rows)
      devices.push(third)
      await third.slots.run()
      expect(await third.slots.status()).toMatchObject({ safe: 2, of: 2, behind: [], problems: [] })
      for (const cafe of cafes) {
        expect((await snapshotAt(cafe, T))?.state).toEqual((await (await third.keepers.get(T))?.state())?.state)
        expect((await snapshotAt(cafe, U))?.thread).toBe(U)
      }
      third.slots.close()
      if (end !== 'died') {
        expect(k).toBeGreaterThan(10)
        return
      }
    }
  })
})

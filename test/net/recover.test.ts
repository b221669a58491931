/** An account with real threads at real cafes: backed up, recovered by words alone, rehearsed, moved. */
import { MemoryDatastore } from 'datastore-core'
import { describe, expect, it, vi } from 'vitest'
import { slotReceiptRecord } from '../../src/cafe/snapshot/protocol.ts'
import { openRecord } from '../../src/crypto/envelope.ts'
import { createWords } from '../../src/crypto/wallet.ts'
import { memoryBlocks, memoryRows } from '../../src/store/memory.ts'
import type { ThreadIdText } from '../../src/thread/thread.ts'
import { type AccountGuest, createAccountDevice } from './account-fixture.ts'
import { type CafeNode, failure, testClock } from './fixture.ts'
import { newCafe } from './pin-fixture.ts'

vi.setConfig({ testTimeout: 120_000 })
const SOON = { timeout: 60_000, interval: 100 }
const soon = () => ({ signal: AbortSignal.timeout(100_000) })

const isSafe = (device: AccountGuest, at: number) =>
  vi.waitFor(async () => {
    await device.safe.slots.run()
    expect(await device.safe.slots.status()).toMatchObject({ safe: at, of: at, problems: [] })
    const backups = await device.guest.peer.backups.all()
    for (const { cafes } of backups) expect(cafes.map(({ state }) => state)).toEqual(Array(at).fill('pinned'))
  }, SOON)

/** Two cafes, and a device at both with some threads. */
async function settled(threads: number, texts: number) {
  const clock = testClock()
  const cafes: [CafeNode, CafeNode] = [await newCafe({ clock }), await newCafe({ clock })]
  const words = createWords()
  const device = await createAccountDevice({ clock, words })
  await device.join(...cafes)
  const ids: string[] = []
  for (let n = 0; n < threads; n++) ids.push((await device.create(`thread ${n}`, texts)).id)
  await isSafe(device, 2)
  return { clock, cafes, words, device, ids }
}

describe('an account at two cafes', () => {
  it('is recovered on a new device from words and one cafe, with the other down, and goes on there', async () => {
    const { clock, cafes, words, device, ids } = await settled(4, 12)
    const [down, up] = cafes
    await down.stop()
    const other = await createAccountDevice({ clock, words })
    const seen: string[] = []
    const recovered = await other.safe.recover.run({
      ...{ cafes: [up.at], ...soon() },
      onProgress: ({ thread }) => thread && seen.push(thread),
    })
    expect(recovered).toMatchObject({ fresh: 'unconfirmed', finished: true, behind: [] })
    expect(recovered.threads.map(({ state }) => state)).toEqual(Array(4).fill('done'))
    expect(recovered.cafes).toContainEqual({ cafe: down.at.cafe, outcome: 'unreachable' })
    expect(new Set(seen)).toEqual(new Set(ids))
    for (const id of ids) expect(await other.texts(id)).toEqual(await device.texts(id))
    // Both devices write, and both hear of it through the cafe.
    const [id = ''] = ids
    for (const [by, text] of [
      [device, 'from the old one'],
      [other, 'from the new one'],
    ] as const) {
      const thread = await by.threads.get(id as never)
      if (thread) await by.say(thread, text)
    }
    await vi.waitFor(async () => {
      for (const one of [device, other]) {
        one.safe.slots.wake()
        await one.safe.slots.run()
      }
      const heads = async (of: AccountGuest) => String(await (await of.threads.get(id as never))?.heads())
      expect(await heads(device)).toEqual(await heads(other))
    }, SOON)
    await Promise.all([device.stop(), other.stop()])
  })

  it('has its files in the list again by the same words, without a restart', async () => {
    const { clock, cafes, words, device } = await settled(1, 1)
    const bytes = new Blob(['the only copy of a letter'])
    const { root } = await device.guest.peer.backups.add(bytes, 'letter.txt', { ...soon(), onProgress: () => {} })
    await isSafe(device, 2)
    await device.stop()
    const other = await createAccountDevice({ clock, words })
    await other.safe.recover.run({ cafes: [cafes[0].at], ...soon() })
    await vi.waitFor(async () => {
      expect((await other.guest.peer.backups.all()).find((one) => one.root === root)).toMatchObject({
        name: 'letter.txt',
        size: bytes.size,
      })
    }, SOON)
    await other.stop()
  })

  it('tells that nothing is there for other words, and that nobody is there', async () => {
    const { clock, cafes, device } = await settled(1, 1)
    const stranger = await createAccountDevice({ clock, words: createWords() })
    const run = () => stranger.safe.recover.run({ cafes: cafes.map(({ at }) => at), ...soon() })
    expect(await failure(run())).toEqual({ code: 'NOT_FOUND', what: 'backup', unreached: 0 })
    expect(await stranger.guest.peer.cafes.list()).toEqual([])
    await Promise.all(cafes.map((cafe) => cafe.stop()))
    expect(await failure(run())).toEqual({ code: 'UNREACHABLE', what: 'backup' })
    await Promise.all([device.stop(), stranger.stop()])
  })

  it('rehearses its recovery, and finds what a cafe has lost', async () => {
    const { cafes, device, ids } = await settled(2, 3)
    await device.guest.peer.backups.add(new Blob(['a file']), 'a file', { ...soon(), onProgress: () => {} })
    const good = await device.safe.drill.run(soon())
    expect(good).toMatchObject({ ok: true, cafes: 2, threads: 2, problems: [] })
    // Two packs and a file.
    expect(good.files).toBe(3)
    const [id = ''] = ids
    const [{ cid } = {}] = await Array.fromAsync((await device.threads.get(id as never))?.since([]) ?? [])
    for (const { blocks } of cafes) if (cid) await blocks.delete(cid)
    const bad = await device.safe.drill.run(soon())
    expect(bad.problems).toContainEqual({ what: 'blocks', about: id, code: 'NOT_FOUND' })
    expect(await device.safe.drill.last()).toMatchObject({ good: { at: good.at, ok: true }, last: { ok: false } })
    expect(await device.guest.rows.range('/scope/')).toEqual([])
    await device.stop()
  })

  it('moves from one cafe to a third, which then has all of it', async () => {
    const { clock, cafes, words, device, ids } = await settled(2, 5)
    const [from, stays] = cafes
    const to = await newCafe({ clock })
    await device.guest.peer.backups.add(new Blob(['a file']), 'a file', { ...soon(), onProgress: () => {} })
    device.guest.know(...cafes, to)
    await device.safe.move.begin({ from: from.at.cafe, to: to.at, token: await to.token() }, soon())
    const joined = (await device.guest.peer.cafes.list()).map(({ cafe }) => cafe)
    expect(joined.sort()).toEqual([stays.at.cafe, to.at.cafe].sort())
    const before = await Promise.all(ids.map(device.texts))
    await device.stop()
    await stays.stop()
    const other = await createAccountDevice({ clock, words })
    const recovered = await other.safe.recover.run({ cafes: [to.at], ...soon() })
    expect(recovered.threads.map(({ state }) => state)).toEqual(['done', 'done'])
    // The one that was left is not asked any more.
    expect(recovered.cafes.map(({ cafe }) => cafe)).not.toContain(from.at.cafe)
    expect(await Promise.all(ids.map(other.texts))).toEqual(before)
    await other.guest.peer.backups.adopt(soon())
    expect((await other.guest.peer.backups.list()).map(({ name }) => name)).toEqual(['a file'])
    await other.stop()
  })

  it('is recovered from three of which one is down and one shows the past, which its own signature proves', async () => {
    const { clock, cafes, words, device, ids } = await settled(2, 3)
    const [id = ''] = ids
    const parts = { clock, rows: memoryRows(), blocks: memoryBlocks(), datastore: new MemoryDatastore() }
    const third = await newCafe(parts)
    await device.join(third)
    await device.guest.peer.backups.readmitted(third.at.cafe)
    await isSafe(device, 3)
    const past = await parts.rows.range('')
    for (const text of ['later', 'and later', 'and later still']) {
      const thread = await device.threads.get(id as never)
      if (thread) await device.say(thread, text)
      await isSafe(device, 3)
    }
    const texts = await device.texts(id)
    const [manifest] = (await device.safe.slots.status()).slots.filter(({ key }) => key === 'manifest')
    await third.stop()
    await cafes[1].stop()
    const rows = memoryRows()
    await rows.commit(past.map(([key, value]) => ({ key, value })))
    const liar = await newCafe({ ...parts, rows })
    expect(liar.at.cafe).toBe(third.at.cafe)

    const other = await createAccountDevice({ clock, words })
    const recovered = await other.safe.recover.run({ cafes: [liar.at, cafes[0].at], ...soon() })
    expect(recovered.manifest?.seq).toBe(manifest?.seq)
    expect(recovered).toMatchObject({ finished: true, behind: [{ cafe: liar.at.cafe, newest: manifest?.seq }] })
    const [{ has = 0, receipt } = {}] = recovered.behind
    const signed = await openRecord(slotReceiptRecord, liar.at.cafe, receipt ?? new Uint8Array())
    expect(signed.seq).toBeGreaterThan(has)
    expect(await other.texts(id)).toEqual(texts)
    // And it is given the present again.
    await vi.waitFor(async () => {
      await other.safe.slots.run()
      const { cafes } = await other.safe.slots.status()
      expect(cafes.find(({ cafe }) => cafe === liar.at.cafe)).toMatchObject({ waiting: 0 })
    }, SOON)
    await Promise.all([device.stop(), other.stop()])
  })

  it('is recovered whole as its person has written it, every block of a thread from the first', async () => {
    const clock = testClock()
    const cafe = await newCafe({ clock })
    const words = createWords()
    const device = await createAccountDevice({ clock, words })
    await device.join(cafe)
    const { threads, safety } = device.guest.peer
    const id = (await threads.create({ name: 'Holidays' })).id as ThreadIdText
    for (const text of ['one', 'two', 'three']) await threads.say(id, { type: 'text', body: { text } })
    const { blocks } = await threads.get(id)
    await vi.waitFor(async () => {
      await device.safe.slots.run()
      expect(await device.safe.slots.status()).toMatchObject({ safe: 1 })
      expect(await safety.of({})).toMatchObject({ safe: 1, pending: 0 })
      expect((await device.guest.peer.packs.waiting(id)).length).toBe(0)
      expect((await device.guest.peer.packs.of(id)).length).toBeGreaterThan(0)
    }, SOON)
    await device.stop()
    const other = await createAccountDevice({ clock, words })
    const recovered = await other.safe.recover.run({ cafes: [cafe.at], ...soon() })
    expect(recovered.threads).toMatchObject([{ thread: id, state: 'done', blocks, of: blocks }])
    expect(await other.texts(id)).toEqual(['one', 'two', 'three'])
    await other.stop()
  })
})

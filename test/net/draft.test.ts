/** Uploads that the end of the process cuts off: each goes on where it was, and nothing is sent twice. */
import { setTimeout } from 'node:timers/promises'
import { MemoryDatastore } from 'datastore-core'
import { describe, expect, it, vi } from 'vitest'
import { LEAF, MiB } from '../../src/core/limits.ts'
import type { Draft } from '../../src/peer/draft.ts'
import { createDrafts } from '../../src/peer/draft.ts'
import { memoryBlocks, memoryRows } from '../../src/store/memory.ts'
import { randomBytes, watched } from './blocks-fixture.ts'
import { createGuestNode, failure, type GuestNode, keep, testClock } from './fixture.ts'
import { newCafe, usage } from './pin-fixture.ts'

const words = 'legal winner thank year wave sausage worth useful legal winner thank yellow'
const SIZE = 24 * MiB

/** A file that stops being read after so many bytes: what a closed page looks like from here. */
function cutOff(content: Uint8Array<ArrayBuffer>, after: number): { file: Blob; stopped: Promise<void> } {
  const { promise: stopped, resolve } = Promise.withResolvers<void>()
  const file = new Blob([content])
  let at = 0
  file.stream = () =>
    new ReadableStream({
      async pull(controller) {
        if (at >= after) {
          resolve()
          return new Promise(() => {})
        }
        controller.enqueue(content.slice(at, at + LEAF))
        at += LEAF
      },
    }) as ReturnType<Blob['stream']>
  return { file, stopped }
}

const add = (guest: GuestNode, file: Blob, onProgress = (_: { sent: number }) => {}) =>
  guest.peer.backups.add(file, 'film.mp4', { signal: AbortSignal.timeout(60_000), onProgress, modified: 7 })

describe('a file whose page was closed while it was read', () => {
  it('is told of, and given again it goes on: no block is sent twice', async () => {
    const cafe = await newCafe({ blocks: watched(memoryBlocks()) })
    const put = (cafe.blocks as ReturnType<typeof watched>).seen
    const datastore = new MemoryDatastore()
    const device = { rows: memoryRows(), blocks: memoryBlocks(), datastore, clock: cafe.clock, words }
    const first = keep(await createGuestNode(device))
    first.know(cafe)
    await first.peer.cafes.register(cafe.at, await cafe.token(), {})
    const content = randomBytes(SIZE)
    const { file, stopped } = cutOff(content, 13 * MiB)
    add(first, file).catch(() => {})
    await stopped
    await vi.waitFor(() => expect(put.length).toBeGreaterThanOrEqual(24), 30_000)
    await first.stop()
    first.peer.backups.close()
    await setTimeout(200)
    const before = put.length

    const second = keep(await createGuestNode(device))
    second.know(cafe)
    expect(await second.peer.backups.list()).toEqual([])
    const [unfinished] = await second.peer.backups.unfinished()
    expect(unfinished).toMatchObject({ name: 'film.mp4', size: SIZE })
    expect(unfinished?.read).toBeGreaterThanOrEqual(12 * MiB)
    const row = await add(second, new Blob([content]))
    expect(row.cafes).toMatchObject([{ state: 'pinned' }])
    expect(await second.peer.backups.unfinished()).toEqual([])
    const all = put.map(({ cid }) => cid.toString())
    expect(new Set(all).size).toBe(all.length)
    expect(all.length).toBeGreaterThanOrEqual(SIZE / LEAF)
    expect(before).toBeGreaterThanOrEqual(24)
    expect((await usage(second, cafe))?.roots).toBe(1)
  })

  it('that has changed meanwhile is another file, under another key', async () => {
    const rows = memoryRows()
    const cafe = await newCafe()
    const device = { rows, blocks: memoryBlocks(), clock: cafe.clock, words }
    const first = keep(await createGuestNode(device))
    first.know(cafe)
    await first.peer.cafes.register(cafe.at, await cafe.token(), {})
    const content = randomBytes(SIZE)
    const { file, stopped } = cutOff(content, 13 * MiB)
    add(first, file).catch(() => {})
    await stopped
    await first.stop()
    first.peer.backups.close()
    const second = keep(await createGuestNode(device))
    second.know(cafe)
    await second.peer.cafes.register(cafe.at, await cafe.token(), {})
    const [draft] = await second.peer.backups.unfinished()
    const key = Buffer.from((await rows.get(`/cafe/draft/${draft?.id}`)) as Uint8Array)
    content[5 * MiB] = (content[5 * MiB] as number) ^ 1
    const row = await add(second, new Blob([content]))
    expect(row.cafes).toMatchObject([{ state: 'pinned' }])
    expect(key.includes(Buffer.from(row.key as Uint8Array))).toBe(false)
    expect(await second.peer.backups.unfinished()).toEqual([])
  })

  it('can be forgotten; one that was stopped or is small leaves nothing', async () => {
    const cafe = await newCafe()
    const guest = keep(await createGuestNode({ clock: cafe.clock }))
    guest.know(cafe)
    await guest.peer.cafes.register(cafe.at, await cafe.token(), {})
    const stop = new AbortController()
    const { file, stopped } = cutOff(randomBytes(SIZE), 13 * MiB)
    const adding = guest.peer.backups.add(file, 'a', { signal: stop.signal, onProgress: () => {} })
    adding.catch(() => {})
    await stopped
    expect(await guest.peer.backups.unfinished()).toEqual([])
    const drafts = (await guest.rows.range('/cafe/draft/')).length
    expect(drafts).toBe(1)
    await guest.peer.backups.add(new Blob([randomBytes(1000)]), 'b', {
      signal: new AbortController().signal,
      onProgress: () => {},
    })
    expect((await guest.rows.range('/cafe/draft/')).length).toBe(drafts)
  })
})

describe('a draft', () => {
  const given = { name: 'a', size: SIZE, modified: 1 }
  const parts = () => ({ rows: memoryRows(), clock: testClock(), random: (n: number) => randomBytes(n) })
  const through = async (draft: Draft, content: Uint8Array<ArrayBuffer>): Promise<Uint8Array> =>
    new Uint8Array(await new Response(new Blob([content]).stream().pipeThrough(draft.guard())).arrayBuffer())

  it('passes on every byte, and nothing that it has not noted', async () => {
    const shared = parts()
    const draft = await createDrafts(shared).open(given)
    const content = randomBytes(9 * MiB + 5)
    const commit = shared.rows.commit
    let noted = 0
    shared.rows.commit = async (changes) => {
      await commit(changes)
      noted += changes.reduce((sum, { value }) => sum + (value?.byteLength ?? 0), 0)
    }
    let passed = 0
    for await (const chunk of new Blob([content]).stream().pipeThrough(draft.guard())) {
      passed += chunk.byteLength
      expect(noted).toBeGreaterThanOrEqual(Math.floor(passed / MiB) * 32)
    }
    expect(passed).toBe(content.byteLength)
  })

  it('gives the same key and nonces to the same file, and lets nothing else through', async () => {
    const shared = parts()
    const content = randomBytes(SIZE)
    const one = await createDrafts(shared).open(given)
    await through(one, content)
    const again = await createDrafts(shared).open(given)
    expect(again.id).toBe(one.id)
    expect(again.key.reveal()).toEqual(one.key.reveal())
    expect(again.random()(32)).toEqual(one.random()(32))
    expect(Buffer.compare(await through(again, content), content)).toBe(0)
    const changed = content.slice()
    changed[SIZE - 1] = (changed[SIZE - 1] as number) ^ 1
    expect(await failure(through(again, changed))).toEqual({ code: 'CONFLICT', what: 'draft' })
    expect(await failure(through(again, content.slice(0, SIZE - MiB)))).toEqual({ code: 'CONFLICT', what: 'draft' })
  })

  it('serves one at a time', async () => {
    const drafts = createDrafts(parts())
    const [one, two] = [await drafts.open(given), await drafts.open(given)]
    expect(two.id).not.toBe(one.id)
    expect(two.key.reveal()).not.toEqual(one.key.reveal())
    expect(await drafts.unfinished()).toEqual([])
  })
})

/** The files of one thread block: one directory at every cafe, opened by the gateway with each file's own key. */
import { createHash } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import type { CID } from 'multiformats/cid'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { CafeError } from '../../src/core/errors.ts'
import { LEAF, MAX_FILES, MiB } from '../../src/core/limits.ts'
import { formatFileKey } from '../../src/crypto/file-key.ts'
import { createGateway } from '../../src/gateway/gateway.ts'
import { entryLink } from '../../src/peer/backup-row.ts'
import type { AddedFiles, AddManyProgress, GivenFile } from '../../src/peer/thread-files.ts'
import type { Draw } from '../../src/peer/thumbnail.ts'
import { collect } from '../../src/store/collect.ts'
import { memoryBlocks, memoryRows } from '../../src/store/memory.ts'
import { randomBytes, watched } from './blocks-fixture.ts'
import { type CafeNode, createGuestNode, failure, type GuestNode, keep } from './fixture.ts'
import { list, newCafe, usage } from './pin-fixture.ts'

const THREAD = 'ef'.repeat(32)
const SOON = { timeout: 40_000 }
const words = 'legal winner thank year wave sausage worth useful legal winner thank yellow'

/** The beginning of a PNG of 640 by 480, as far as its size is looked at. */
const png = Uint8Array.of(
  ...[0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13],
  ...[73, 72, 68, 82, 0, 0, 2, 128, 0, 0, 1, 224],
)
const draw: Draw = async (_file, width) => ({
  ...{ bytes: new TextEncoder().encode('a small picture'), mime: 'image/webp', width, height: 240 },
  from: { width: 640, height: 480 },
})

const newGuest = async (cafes: readonly CafeNode[], parts: Parameters<typeof createGuestNode>[0] = {}) => {
  const guest = keep(await createGuestNode({ clock: (cafes[0] as CafeNode).clock, ...parts }))
  guest.know(...cafes)
  for (const cafe of cafes) await guest.peer.cafes.register(cafe.at, await cafe.token(), {})
  return guest
}

const file = (name: string, bytes: Uint8Array<ArrayBuffer>, more: Partial<GivenFile> = {}): GivenFile => ({
  ...{ name, blob: new Blob([bytes]) },
  ...more,
})
const addMany = (
  by: GuestNode,
  files: readonly GivenFile[],
  onProgress = (_: AddManyProgress) => {},
  signal = AbortSignal.timeout(60_000),
) => by.peer.backups.addMany(files, { thread: THREAD, signal, onProgress })

const isPinned = async (guest: GuestNode, data: CID): Promise<boolean> =>
  (await guest.peer.backups.get(data.toString()))?.cafes.every(({ state }) => state === 'pinned') ?? false

/** What a browser shows from a cafe's blocks alone. */
async function open({ blocks }: CafeNode, path: string): Promise<Uint8Array<ArrayBuffer>> {
  const get = async (cid: CID): Promise<Uint8Array<ArrayBuffer>> => {
    const bytes = await blocks.get(cid)
    if (!bytes) throw new CafeError('NOT_FOUND')
    return bytes
  }
  const answer = await createGateway({ blocks: { get } })(new Request(`http://cafe.localhost/ipfs/${path}`))
  expect(answer.status, path).toBe(200)
  return new Uint8Array(await answer.arrayBuffer())
}
const keyOf = (key: Uint8Array | null): string => (key ? `#key=${formatFileKey(key)}` : '')
const same = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0

describe('the files of a block', () => {
  let cafes: [CafeNode, CafeNode]
  let guest: GuestNode
  let added: AddedFiles
  const contents = [randomBytes(0), randomBytes(1000), randomBytes(9 * MiB), randomBytes(3 * LEAF), png]
  const given: GivenFile[] = contents.map((bytes, i) => file(`file ${i}`, bytes, { plaintext: i === 3 }))
  const progress: AddManyProgress[] = []
  beforeAll(async () => {
    cafes = [await newCafe(), await newCafe()]
    guest = await newGuest(cafes, { draw })
    given[4] = { ...(given[4] as GivenFile), mime: 'image/png' }
    added = await addMany(guest, given, (one) => progress.push(one))
    await vi.waitFor(async () => expect(await isPinned(guest, added.data)).toBe(true), SOON)
  })

  it('are one backup of a thread, which no list of files shows', async () => {
    const row = await guest.peer.backups.get(added.data.toString())
    expect(row).toMatchObject({ kind: 'folder', name: THREAD })
    expect(row?.key).toBeUndefined()
    expect(await guest.peer.backups.list()).toEqual([])
    for (const cafe of cafes) expect(await list(guest, cafe)).toEqual([added.data.toString()])
    expect(await guest.peer.safety.of({ root: added.data.toString() })).toMatchObject({
      safe: 2,
      of: 2,
      items: 1,
      pending: 0,
    })
    const total = contents.reduce((sum, { byteLength }) => sum + byteLength, 0)
    expect(progress.at(-1)).toEqual({ done: total, total })
    expect(progress.map(({ done }) => done)).toEqual(progress.map(({ done }) => done).sort((a, b) => a - b))
  })

  it('have a key of their own each, but those that are public on purpose', () => {
    const keys = added.files.map(({ key }) => key && Buffer.from(key).toString('hex'))
    expect(keys[3]).toBeNull()
    expect(new Set(keys).size).toBe(5)
    for (const [i, { sha256, size }] of added.files.entries()) {
      const bytes = contents[i] as Uint8Array
      expect(size).toBe(bytes.byteLength)
      expect(Buffer.from(sha256).toString('hex')).toBe(createHash('sha256').update(bytes).digest('hex'))
    }
  })

  it('open in the directory and by themselves, from either cafe', async () => {
    for (const cafe of cafes) {
      for (const [i, { cid, key }] of added.files.entries()) {
        const bytes = contents[i] as Uint8Array
        expect(same(await open(cafe, `${added.data}/${i}/raw/content${keyOf(key)}`), bytes), `${i}`).toBe(true)
        expect(same(await open(cafe, `${cid}${key ? `/file${keyOf(key)}` : ''}`), bytes)).toBe(true)
      }
    }
  })

  it('open all together by one link that has their keys', async () => {
    const link = entryLink(added.data, added.files, [])
    const page = Buffer.from(await open(cafes[0], link.slice('/ipfs/'.length))).toString()
    for (const [i, { key }] of added.files.entries()) {
      expect(page).toContain(`<bdi>file ${i}</bdi>`)
      const label = key ? `/file%20${i}${keyOf(key)}` : ''
      expect(page).toContain(`href="./${i}/raw/content${label}"`)
    }
    const { thumb } = added.files[4] as Required<AddedFiles['files'][number]>
    expect(page).toContain(`src="./4/thumb/content${keyOf(thumb.key)}"`)
    expect(page).not.toContain('Does not open')
  })

  it('have a meta under the same key', async () => {
    for (const [i, { key, sha256, mime }] of added.files.entries()) {
      const meta = JSON.parse(Buffer.from(await open(cafes[0], `${added.data}/${i}/raw/meta${keyOf(key)}`)).toString())
      expect(meta).toMatchObject({ name: `file ${i}`, size: contents[i]?.byteLength, mime, added: guest.clock() })
      expect(meta.sha256).toBe(Buffer.from(sha256).toString('hex'))
      expect(meta.width).toBe(i === 4 ? 640 : undefined)
    }
    expect(added.files.map(({ mime }) => mime)).toEqual([...Array(4).fill('application/octet-stream'), 'image/png'])
  })

  it('have a thumbnail if they are pictures, under another key', async () => {
    expect(added.files.map(({ thumb }) => thumb !== undefined)).toEqual([false, false, false, false, true])
    const { thumb, key } = added.files[4] as Required<AddedFiles['files'][number]>
    expect(thumb).toMatchObject({ mime: 'image/webp', width: 320, height: 240, size: 15 })
    expect(thumb.key).not.toEqual(key)
    const path = `${added.data}/4/thumb`
    expect(Buffer.from(await open(cafes[1], `${path}/content${keyOf(thumb.key)}`)).toString()).toBe('a small picture')
    const meta = JSON.parse(Buffer.from(await open(cafes[1], `${path}/meta${keyOf(thumb.key)}`)).toString())
    expect(meta).toMatchObject({ mime: 'image/webp', width: 320, height: 240 })
  })

  it('given again are the same files, and no block of theirs is sent twice', async () => {
    const before = (await usage(guest, cafes[0]))?.bytes ?? 0
    const again = await addMany(guest, [...given].reverse())
    expect(again.files.map(({ cid }) => cid.toString())).toEqual(added.files.map(({ cid }) => cid.toString()).reverse())
    expect(again.files.map(({ key }) => key)).toEqual(added.files.map(({ key }) => key).reverse())
    expect(again.files[0]?.thumb?.cid.toString()).toBe(added.files[4]?.thumb?.cid.toString())
    expect(before).toBeGreaterThan(9 * MiB)
    // One of them as a file of its own: the same file under the same key.
    const { signal } = new AbortController()
    const pin = await guest.peer.backups.add(new Blob([contents[2] as Uint8Array<ArrayBuffer>]), 'x', {
      signal,
      onProgress: () => {},
    })
    expect(pin).toMatchObject({ root: added.files[2]?.cid.toString(), key: added.files[2]?.key, kind: 'file' })
    await expect
      .poll(async () => (await guest.peer.backups.list())[0]?.cafes, SOON)
      .toMatchObject([{ state: 'pinned' }, { state: 'pinned' }])
    // And the other way round: what was kept by itself has a small picture once it is posted.
    const photo = Uint8Array.of(...png, 1)
    await guest.peer.backups.add(new Blob([photo]), 'kept before', { signal, onProgress: () => {} })
    const posted = await addMany(guest, [file('posted', photo)])
    expect(posted.files[0]?.thumb).toMatchObject({ width: 320, height: 240 })
    const twice = randomBytes(5000)
    const { files } = await addMany(guest, [file('a', twice), file('b', twice)])
    expect(files[1]?.cid.toString()).toBe(files[0]?.cid.toString())
    expect(files.map(({ name }) => name)).toEqual(['a', 'b'])
  })
})

describe('adding files to a block', () => {
  it('leaves nothing when it is stopped', async () => {
    const cafe = await newCafe()
    const blocks = memoryBlocks()
    const guest = await newGuest([cafe], { blocks })
    const stop = new AbortController()
    const files = [file('a', randomBytes(MiB)), file('b', randomBytes(12 * MiB)), file('c', randomBytes(MiB))]
    const onProgress = ({ done }: AddManyProgress) => done > 6 * MiB && stop.abort()
    expect(await failure(addMany(guest, files, onProgress, stop.signal))).toMatchObject({ code: 'ABORTED' })
    expect(blocks.size).toBeGreaterThan(5)
    expect(await guest.peer.backups.all()).toEqual([])
    for (const table of ['same', 'draft', 'own', 'backup'])
      expect(await guest.rows.range(`/cafe/${table}/`)).toEqual([])
    await collect(
      { blocks, holds: guest.holds, sources: guest.peer.roots },
      { signal: new AbortController().signal, whole: false },
    )
    expect(blocks.size).toBe(0)
  })

  it('is refused for no file, or more than a block can name', async () => {
    const guest = await newGuest([await newCafe()])
    const one = file('a', randomBytes(1))
    for (const files of [[], Array(MAX_FILES + 1).fill(one)])
      expect(await failure(addMany(guest, files))).toEqual({ code: 'BAD_REQUEST', what: 'files' })
  })

  it('never holds more than a window of a file', async () => {
    const guest = await newGuest([await newCafe()])
    const size = 64 * MiB
    let pulled = 0
    let most = 0
    const blob = new Blob([new Uint8Array(size)])
    const put = guest.blocks.put
    let stored = 0
    guest.blocks.put = async (cid, bytes) => {
      await setTimeout(1)
      await put(cid, bytes)
      stored += bytes.byteLength
    }
    let reads = 0
    blob.stream = () => {
      reads += 1
      const counts = reads > 2
      return new ReadableStream({
        pull(controller) {
          if (counts) most = Math.max(most, pulled - stored)
          if (counts) pulled += LEAF
          controller.enqueue(new Uint8Array(LEAF).fill(reads))
          if (counts && pulled >= size) controller.close()
          else if (!counts) controller.close()
        },
      }) as ReturnType<Blob['stream']>
    }
    await addMany(guest, [{ name: 'a', blob }])
    expect(pulled).toBe(size)
    expect(most).toBeGreaterThan(0)
    expect(most).toBeLessThan(24 * MiB)
  })

  it('after the end of the page encrypts a large file into the same blocks', async () => {
    const cafe = await newCafe()
    const device = { rows: memoryRows(), blocks: watched(memoryBlocks()), words }
    const first = await newGuest([cafe], device)
    const content = randomBytes(24 * MiB)
    const cut = new Blob([content])
    const { promise: stopped, resolve } = Promise.withResolvers<void>()
    let reads = 0
    const plain = cut.stream.bind(cut)
    cut.stream = () => {
      reads += 1
      if (reads === 1) return plain()
      let at = 0
      return new ReadableStream({
        async pull(controller) {
          if (at >= 13 * MiB) {
            resolve()
            return new Promise(() => {})
          }
          controller.enqueue(content.slice(at, at + LEAF))
          at += LEAF
        },
      }) as ReturnType<Blob['stream']>
    }
    addMany(first, [{ name: 'film', blob: cut }]).catch(() => {})
    await stopped
    await expect.poll(() => device.blocks.seen.length, SOON).toBeGreaterThanOrEqual(20)
    await first.stop()
    first.peer.close()
    const before = new Set(device.blocks.seen.map(({ cid }) => cid.toString()))

    const second = await newGuest([cafe], device)
    expect(await second.peer.backups.unfinished()).toMatchObject([{ name: 'film' }])
    device.blocks.seen.length = 0
    const { data } = await addMany(second, [file('film', content)])
    const after = new Set(device.blocks.seen.map(({ cid }) => cid.toString()))
    expect([...before].filter((cid) => !after.has(cid))).toEqual([])
    expect(await second.peer.backups.unfinished()).toEqual([])
    await expect.poll(() => isPinned(second, data), SOON).toBe(true)
  })
})

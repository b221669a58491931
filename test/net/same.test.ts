/** The same bytes again: one pin, one upload; never across accounts; public files have no key. */
import { beforeAll, describe, expect, it } from 'vitest'
import { parseCid } from '../../src/core/block.ts'
import { KiB, MiB } from '../../src/core/limits.ts'
import { backupLink } from '../../src/peer/backup-row.ts'
import { memoryBlocks } from '../../src/store/memory.ts'
import { randomBytes, watched } from './blocks-fixture.ts'
import type { CafeNode, GuestNode } from './fixture.ts'
import { list, newCafe, newClient, usage } from './pin-fixture.ts'

const add = (by: GuestNode, content: Uint8Array<ArrayBuffer>, name: string, plaintext = false) =>
  by.peer.backups.add(new Blob([content]), name, {
    signal: AbortSignal.timeout(60_000),
    onProgress: () => {},
    plaintext,
  })
const remove = (by: GuestNode, root: string) => by.peer.backups.remove(root, { signal: AbortSignal.timeout(10_000) })
const rowsOf = async ({ rows }: GuestNode): Promise<string[]> => (await rows.range('/cafe/same/')).map(([key]) => key)

describe('a file that is added again', () => {
  let cafe: CafeNode
  const sent = watched(memoryBlocks())
  beforeAll(async () => {
    cafe = await newCafe({ blocks: sent })
  })

  it.each([0, 1000, 3 * MiB + 7, 9 * MiB])('is the pin it was (%i bytes), and nothing is sent', async (size) => {
    const guest = await newClient(cafe)
    const content = randomBytes(size)
    const first = await add(guest, content, 'a.bin')
    const before = [sent.seen.length, await usage(guest, cafe)]
    const again = await add(guest, content, 'another name.bin')
    expect(again).toMatchObject({ root: first.root, key: first.key, name: 'a.bin' })
    expect([sent.seen.length, await usage(guest, cafe)]).toEqual(before)
    expect(await guest.peer.backups.list()).toHaveLength(1)
  })

  it('is a new one if a single byte differs, and for every other account', async () => {
    const [guest, other] = [await newClient(cafe), await newClient(cafe)]
    const content = randomBytes(300 * KiB)
    const first = await add(guest, content, 'a')
    const changed = content.slice()
    changed[299 * KiB] = (changed[299 * KiB] as number) ^ 1
    const roots = [first, await add(guest, changed, 'a'), await add(other, content, 'a')].map(({ root }) => root)
    expect(new Set(roots).size).toBe(3)
    const [mine, theirs] = [await rowsOf(guest), await rowsOf(other)]
    expect(mine.filter((key) => theirs.includes(key))).toEqual([])
  })

  it('is new after it was removed: nothing is left by which it could be known', async () => {
    const guest = await newClient(cafe)
    const content = randomBytes(1000)
    const first = await add(guest, content, 'a')
    expect(await rowsOf(guest)).toHaveLength(1)
    await remove(guest, first.root)
    expect(await rowsOf(guest)).toEqual([])
    expect((await add(guest, content, 'a')).root).not.toBe(first.root)
  })

  it('that was given up is not known', async () => {
    const guest = await newClient(cafe, 10 * KiB)
    await expect(add(guest, randomBytes(100 * KiB), 'a')).rejects.toThrow()
    expect(await rowsOf(guest)).toEqual([])
    expect(await guest.peer.backups.list()).toEqual([])
  })
})

describe('a public file', () => {
  it('lies at the cafe as it is, without a key, and comes back under the same root', async () => {
    const cafe = await newCafe()
    const guest = await newClient(cafe)
    const content = new TextEncoder().encode('for everybody')
    const pin = await add(guest, content, 'a note.txt', true)
    expect(pin).toMatchObject({ key: undefined, cafes: [{ state: 'pinned' }] })
    expect(await cafe.blocks.get(parseCid(pin.root))).toEqual(content)
    expect(backupLink(pin)).toBe(`/ipfs/${pin.root}?filename=a%20note.txt#from=${cafe.at.cafe}`)
    const secret = await add(guest, content, 'a note.txt')
    expect(secret.root).not.toBe(pin.root)
    expect((await add(guest, content, 'b', true)).root).toBe(pin.root)
    await remove(guest, pin.root)
    expect((await add(guest, content, 'b', true)).root).toBe(pin.root)
    await expect.poll(() => list(guest, cafe), { timeout: 20_000 }).toEqual([pin.root, secret.root].sort())
    expect(await guest.peer.backups.get(pin.root)).toMatchObject({ cafes: [{ state: 'pinned' }] })
  })

  it('of many blocks has leaves that are the file', async () => {
    const cafe = await newCafe()
    const guest = await newClient(cafe)
    const content = randomBytes(1 * MiB)
    const pin = await add(guest, content, 'a', true)
    const keys = await Array.fromAsync(cafe.blocks.keys())
    expect(keys).toHaveLength(5)
    expect(pin.size).toBe(1 * MiB)
  })
})

/** Backups between real nodes: whole at every cafe that can, block by block, whatever the others do. */
import { setTimeout } from 'node:timers/promises'
import { beforeAll, describe, expect, it } from 'vitest'
import { IDLE_TIMEOUT, KiB, LEAF, MiB } from '../../src/core/limits.ts'
import type { BackupProgress } from '../../src/peer/backup.ts'
import type { Backup } from '../../src/peer/backup-row.ts'
import { importedSize } from '../../src/peer/import.ts'
import { memoryBlocks } from '../../src/store/memory.ts'
import { bytesOf, held, randomBytes, watched } from './blocks-fixture.ts'
import { type CafeNode, createGuestNode, failure, type GuestNode, keep } from './fixture.ts'

import { backUp, leavesNothing, list, newCafe, newClient, usage } from './pin-fixture.ts'

describe('a backup', () => {
  let cafe: CafeNode
  let guest: GuestNode
  const blocks = watched(memoryBlocks())
  beforeAll(async () => {
    cafe = await newCafe()
    guest = keep(await createGuestNode({ clock: cafe.clock, blocks }))
    guest.know(cafe)
    await guest.peer.cafes.register(cafe.at, await cafe.token(), {})
  })

  it.each([0, 1, 1000, LEAF - 16, LEAF, 3 * LEAF + 1, 8 * MiB])(
    'of %i bytes is at the cafe block by block, under a receipt, and charged',
    async (size) => {
      blocks.seen.length = 0
      const before = (await usage(guest, cafe)) ?? { roots: 0, bytes: 0 }
      const content = randomBytes(size)
      const seen: BackupProgress[] = []
      const added = await backUp(guest, content, (progress) => seen.push(progress))
      expect(added.cafes).toEqual([{ cafe: cafe.at.cafe, state: 'pinned', since: cafe.clock() }])
      for (const { cid, bytes } of blocks.seen)
        expect(Buffer.compare((await cafe.blocks.get(cid)) ?? new Uint8Array(0), bytes)).toBe(0)
      expect(blocks.seen.map(({ cid }) => cid.toString())).toContain(added.root)
      const charged = bytesOf(blocks.seen)
      expect(await usage(guest, cafe)).toEqual({ roots: before.roots + 1, bytes: before.bytes + charged })
      expect(charged).toBeLessThanOrEqual(importedSize(size))
      expect(seen.at(-1)).toEqual({ encrypted: size, sent: seen.at(-1)?.total, total: importedSize(size) })
      expect(seen.map(({ sent }) => sent)).toEqual(seen.map(({ sent }) => sent).sort((a, b) => a - b))
      expect(await list(guest, cafe)).toContain(added.root)
    },
  )

  it('is gone from the cafe after removing, and the account pays nothing for it', async () => {
    for (const { root } of await guest.peer.backups.list())
      await guest.peer.backups.remove(root, { signal: AbortSignal.timeout(10_000) })
    expect(await guest.peer.backups.list()).toEqual([])
    expect(await list(guest, cafe)).toEqual([])
    expect(await usage(guest, cafe)).toEqual({ roots: 0, bytes: 0 })
  })

  it('never shows the cafe a word of what is in it', async () => {
    blocks.seen.length = 0
    const text = 'nobody but the owner reads this. '.repeat(1000)
    await backUp(guest, new TextEncoder().encode(text))
    const all = Buffer.concat(blocks.seen.map(({ bytes }) => bytes))
    expect(all.includes('nobody but')).toBe(false)
  })

  it('is refused for quota before a block is sent', async () => {
    const client = await newClient(cafe, 1 * MiB)
    const sizes: number[] = []
    const { connector } = client.node
    const plain = connector.open
    connector.open = async (...how) => {
      const stream = await plain(...how)
      const send = stream.send.bind(stream)
      stream.send = (data) => {
        sizes.push(data.byteLength)
        return send(data)
      }
      return stream
    }
    await leavesNothing(cafe, async () => {
      const needed = importedSize(8 * MiB)
      expect(await failure(backUp(client, randomBytes(8 * MiB)))).toEqual({
        code: 'QUOTA',
        needed,
        free: 1 * MiB,
        limit: 'client',
      })
    })
    expect(sizes.length).toBeGreaterThan(0)
    expect(Math.max(...sizes)).toBeLessThan(4 * KiB)
    expect(await client.peer.backups.list()).toEqual([])
  })

  it('says so when there is no cafe', async () => {
    const alone = keep(await createGuestNode())
    expect(await failure(backUp(alone, randomBytes(10)))).toEqual({ code: 'NOT_FOUND', what: 'cafe' })
  })

  it('can be stopped, and nothing is listed then', async () => {
    const client = await newClient(cafe)
    const stop = new AbortController()
    const added = client.peer.backups.add(new Blob([randomBytes(8 * MiB)]), 'x', {
      signal: stop.signal,
      onProgress: ({ encrypted }) => encrypted > 2 * MiB && stop.abort(),
    })
    await expect(added).rejects.toThrow()
    expect(await client.peer.backups.list()).toEqual([])
    expect(await list(client, cafe)).toEqual([])
  })
})

describe.concurrent('a backup at two cafes', () => {
  const both = async (second: CafeNode): Promise<[GuestNode, CafeNode]> => {
    const first = await newCafe({ clock: second.clock })
    const client = await newClient(first)
    client.know(first, second)
    await client.peer.cafes.register(second.at, await second.token(), {})
    return [client, first]
  }
  const states = ({ cafes }: Backup, ...order: CafeNode[]) =>
    order.map(({ at }) => cafes.find(({ cafe }) => cafe === at.cafe)?.state)

  it('is whole at both', async () => {
    const second = await newCafe()
    const [client, first] = await both(second)
    const added = await backUp(client, randomBytes(3 * MiB))
    expect(states(added, first, second)).toEqual(['pinned', 'pinned'])
    expect(await usage(client, first)).toEqual(await usage(client, second))
  })

  it('is whole at one when the other has no room, or its disk is full', async () => {
    const second = await newCafe({ blocks: memoryBlocks(1 * MiB) })
    const [client, first] = await both(second)
    const added = await backUp(client, randomBytes(3 * MiB))
    expect(states(added, first, second)).toEqual(['pinned', 'failed'])
    expect(added.cafes.find(({ cafe }) => cafe === second.at.cafe)?.reason).toBe('QUOTA')
  })

  it('is whole at one when the other goes away in the middle', async () => {
    const second = await newCafe()
    const [client, first] = await both(second)
    let stopped: Promise<void> | undefined
    const added = await backUp(client, randomBytes(12 * MiB), ({ sent }) => {
      if (sent > 1 * MiB) stopped ??= second.stop()
    })
    expect(stopped).toBeDefined()
    expect(states(added, first, second)).toEqual(['pinned', 'queued'])
  })

  it('is whole at both when one is so slow that the other has nothing to do for long', async () => {
    const blocks = memoryBlocks()
    const slow = { pause: 2500 }
    let queue = Promise.resolve()
    const put: typeof blocks.put = (cid, bytes) => {
      queue = queue.then(() => setTimeout(slow.pause)).then(() => blocks.put(cid, bytes))
      return queue
    }
    const second = await newCafe({ blocks: Object.create(blocks, { put: { value: put } }) })
    const [client, first] = await both(second)
    const adding = backUp(client, randomBytes(18 * MiB))
    await Promise.race([adding, setTimeout(IDLE_TIMEOUT + 4000)])
    slow.pause = 0
    expect(states(await adding, first, second)).toEqual(['pinned', 'pinned'])
  })

  it('is whole at one when the other falls silent without a word', async () => {
    const blocks = held(memoryBlocks())
    const second = await newCafe({ blocks })
    const [client, first] = await both(second)
    const release = blocks.hold()
    const added = await backUp(client, randomBytes(20 * MiB))
    release()
    expect(states(added, first, second)).toEqual(['pinned', 'queued'])
  })
})

/** Transfers over paths that break: they go on by themselves, send nothing twice that arrived, and can be stopped. */
import { MemoryDatastore } from 'datastore-core'
import { describe, expect, it, vi } from 'vitest'
import { KiB, LEAF, MiB, WINDOW } from '../../src/core/limits.ts'
import { createJwtKey } from '../../src/crypto/jwt.ts'
import type { BackupProgress } from '../../src/peer/backup.ts'
import type { Backup } from '../../src/peer/backup-row.ts'
import { importedSize } from '../../src/peer/import.ts'
import type { Blocks } from '../../src/store/blocks.ts'
import { memoryBlocks, memoryRows } from '../../src/store/memory.ts'
import type { Rows } from '../../src/store/rows.ts'
import { leaf, randomBytes, watched } from './blocks-fixture.ts'
import {
  type CafeNode,
  createCafeNode,
  createGuestNode,
  createTestNode,
  failure,
  type GuestNode,
  HOUR,
  keep,
  testClock,
} from './fixture.ts'
import { list, newCafe, usage } from './pin-fixture.ts'
import { type Breaking, createProxy, cutAtRandom } from './proxy-fixture.ts'

const WORDS = 'abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about'
const CUTS = 20

// Twelve of them share the machine.
vi.setConfig({ testTimeout: 120_000 })

/** A guest that reaches its cafes only through proxies. */
async function newGuest(
  through: ReadonlyArray<readonly [CafeNode, Breaking]>,
  parts: Parameters<typeof createGuestNode>[0] & { quota?: number } = {},
): Promise<GuestNode> {
  const [[{ clock }]] = through as [[CafeNode, Breaking]]
  const guest = keep(await createGuestNode({ clock, ...parts }))
  for (const [cafe, { at }] of through)
    await guest.peer.cafes.register(at, await cafe.token({ quota: parts.quota }), {})
  return guest
}

const add = (by: GuestNode, size: number, onProgress: (p: BackupProgress) => void = () => {}, stop?: AbortSignal) =>
  by.peer.backups.add(new Blob([randomBytes(size)]), 'a file', {
    signal: stop ?? AbortSignal.timeout(110_000),
    onProgress,
  })

const stateAt = ({ cafes }: Backup, { at }: CafeNode) => cafes.find(({ cafe }) => cafe === at.cafe)?.state
const soon = () => ({ signal: AbortSignal.timeout(30_000) })

/** Waits until the guest's one file is `state` at a cafe. */
const becomes = (guest: GuestNode, cafe: CafeNode, state: string): Promise<void> =>
  vi.waitFor(
    async () => {
      const [row] = await guest.peer.backups.list()
      expect(row && stateAt(row, cafe)).toBe(state)
    },
    { timeout: 30_000, interval: 50 },
  )

describe.concurrent('an upload', () => {
  it('whose connection breaks again and again is whole, and nothing confirmed is sent twice', async () => {
    const blocks = watched(memoryBlocks())
    const cafe = await newCafe({ blocks })
    const proxy = await createProxy(cafe)
    const guest = await newGuest([[cafe, proxy]])
    const cuts = cutAtRandom(proxy, CUTS, 30 * MiB)
    const seen: BackupProgress[] = []
    const added = await add(guest, 32 * MiB, (progress) => seen.push(progress))
    expect(cuts.left).toBe(0)
    expect(stateAt(added, cafe)).toBe('pinned')
    const sent = seen.map((progress) => progress.sent)
    expect(sent).toEqual(sent.toSorted((a, b) => a - b))
    expect(sent.at(-1)).toBe(importedSize(32 * MiB))

    const unique = new Set(blocks.seen.map(({ cid }) => cid.toString()))
    expect(await usage(guest, cafe)).toMatchObject({ roots: 1 })
    expect(unique).toContain(added.root)
    for (const { cid, bytes } of blocks.seen) {
      const own = await guest.blocks.get(cid)
      expect(Buffer.compare(own ?? new Uint8Array(0), bytes)).toBe(0)
    }
    // What comes twice was on its way, unconfirmed, when its connection broke.
    const ahead = (WINDOW + LEAF) / LEAF
    expect(blocks.seen.length - unique.size).toBeLessThanOrEqual(CUTS * ahead)
    expect(proxy.bytes.up).toBeLessThan(importedSize(32 * MiB) + CUTS * (WINDOW + LEAF + 64 * KiB))
  })

  it('reads each block from the store when it is wanted, one at a time, and holds none before', async () => {
    const plain = memoryBlocks()
    let reading = 0
    let most = 0
    const get: Blocks['get'] = async (cid) => {
      most = Math.max(most, ++reading)
      const bytes = await plain.get(cid)
      reading--
      return bytes
    }
    const cafe = await newCafe()
    const proxy = await createProxy(cafe)
    const guest = await newGuest([[cafe, proxy]], { blocks: Object.create(plain, { get: { value: get } }) })
    proxy.closed = true
    proxy.cut()
    let whole = false
    const adding = add(guest, 32 * MiB, ({ encrypted }) => {
      whole ||= encrypted === 32 * MiB
    })
    await vi.waitFor(() => expect(whole).toBe(true), { timeout: 20_000 })
    proxy.closed = false
    expect(stateAt(await adding, cafe)).toBe('pinned')
    expect(most).toBe(1)
  })

  it('can be stopped while it waits for a path, and nothing is listed then', async () => {
    const cafe = await newCafe()
    const proxy = await createProxy(cafe)
    const guest = await newGuest([[cafe, proxy]])
    const stop = new AbortController()
    let broken = false
    const adding = failure(
      add(
        guest,
        16 * MiB,
        ({ sent }) => {
          if (broken || sent < 2 * MiB) return
          broken = true
          proxy.closed = true
          proxy.cut()
          setTimeout(() => stop.abort(), 500)
        },
        stop.signal,
      ),
    )
    expect(await adding).toEqual({ code: 'ABORTED' })
    expect(broken).toBe(true)
    expect(await guest.peer.backups.list()).toEqual([])
    proxy.closed = false
    // A dial that began before may still fail.
    await vi.waitFor(async () => expect(await list(guest, cafe)).toEqual([]), { timeout: 20_000 })
  })

  it('goes on when the cafe is started again, and takes the old access token no more', async () => {
    const datastore = new MemoryDatastore()
    const jwtKey = await createJwtKey()
    const state = { rows: memoryRows(), blocks: watched(memoryBlocks()), datastore, jwtKey }
    const cafe = await createCafeNode(state)
    const proxy = await createProxy(cafe)
    const guest = await newGuest([[cafe, proxy]])
    let restarting: Promise<CafeNode> | undefined
    const restart = async (): Promise<CafeNode> => {
      await cafe.stop()
      const next = keep(await createCafeNode({ ...state, clock: testClock(cafe.clock() + 2 * HOUR) }))
      proxy.lead(next)
      return next
    }
    const added = await add(guest, 24 * MiB, ({ sent }) => {
      if (sent > 8 * MiB) restarting ??= restart()
    })
    const next = await restarting
    expect(next?.at.cafe).toBe(cafe.at.cafe)
    expect(stateAt(added, cafe)).toBe('pinned')
    expect(await list(guest, next as CafeNode)).toEqual([added.root])
    const unique = new Set(state.blocks.seen.map(({ cid }) => cid.toString()))
    expect(state.blocks.seen.length - unique.size).toBeLessThanOrEqual((WINDOW + LEAF) / LEAF)
  })

  it('is not refused for the room that its own broken connection still holds', async () => {
    const cafe = await newCafe()
    const proxy = await createProxy(cafe)
    const guest = await newGuest([[cafe, proxy]], { quota: importedSize(8 * MiB) + MiB })
    let cuts = 0
    const added = await add(guest, 8 * MiB, ({ sent }) => {
      if (sent < (cuts + 1) * 2 * MiB || cuts === 3) return
      cuts++
      proxy.cut({ silently: true })
    })
    expect(cuts).toBe(3)
    expect(stateAt(added, cafe)).toBe('pinned')
    // All that was promised is free again.
    expect(stateAt(await add(guest, 512 * KiB), cafe)).toBe('pinned')
  })

  it('whose receipt is lost gets it again, and is charged once', async () => {
    const rows = memoryRows()
    let proxy: Breaking | undefined
    let lost = 0
    const commit: Rows['commit'] = async (changes) => {
      await rows.commit(changes)
      if (lost > 0 || !changes.some(({ key }) => key.startsWith('/cafe/pin/'))) return
      lost++
      proxy?.cut()
    }
    const cafe = await newCafe({ rows: { ...rows, commit } })
    proxy = await createProxy(cafe)
    const guest = await newGuest([[cafe, proxy]], { quota: importedSize(4 * MiB) + MiB })
    expect(stateAt(await add(guest, 4 * MiB), cafe)).toBe('pinned')
    expect(lost).toBe(1)
    expect(await usage(guest, cafe)).toMatchObject({ roots: 1 })
  })
})

describe.concurrent('a cafe that is away', () => {
  const both = async (parts: Parameters<typeof createGuestNode>[0] = {}) => {
    const first = await newCafe()
    const second = await newCafe({ clock: first.clock })
    const [one, two] = [await createProxy(first), await createProxy(second)]
    const through = [
      [first, one],
      [second, two],
    ] as const
    return { first, second, one, two, guest: await newGuest(through, parts) }
  }

  it('gets a file later by itself, when another has it', async () => {
    const { first, second, two, guest } = await both()
    two.closed = true
    two.cut()
    const added = await add(guest, 3 * MiB)
    expect([first, second].map((cafe) => stateAt(added, cafe))).toEqual(['pinned', 'queued'])
    two.closed = false
    await becomes(guest, second, 'pinned')
    expect(await list(guest, second)).toEqual([added.root])
    expect(await usage(guest, first)).toEqual(await usage(guest, second))
  })

  it('gets it also when this device was started again meanwhile', async () => {
    const device = { words: WORDS, rows: memoryRows(), blocks: memoryBlocks(), datastore: new MemoryDatastore() }
    const { first, second, two, guest } = await both(device)
    two.closed = true
    two.cut()
    const added = await add(guest, 3 * MiB)
    expect(stateAt(added, second)).toBe('queued')
    guest.peer.backups.close()
    await guest.stop()
    two.closed = false
    const again = keep(await createGuestNode({ clock: first.clock, ...device }))
    await becomes(again, second, 'pinned')
    expect(await list(again, second)).toEqual([added.root])
  })

  it('is told later that a file need not be kept', async () => {
    const { first, second, two, guest } = await both()
    const { root } = await add(guest, 1 * MiB)
    expect(await list(guest, second)).toEqual([root])
    two.closed = true
    two.cut()
    await guest.peer.backups.remove(root, soon())
    expect(await guest.peer.backups.list()).toEqual([])
    expect(await list(guest, first)).toEqual([])
    expect(await usage(guest, second)).toMatchObject({ roots: 1 })
    two.closed = false
    await vi.waitFor(async () => expect(await usage(guest, second)).toMatchObject({ roots: 0, bytes: 0 }), {
      timeout: 30_000,
      interval: 50,
    })
  })

  it('that is being sent a file when that is removed does not keep it', async () => {
    const { first, second, two, guest } = await both()
    let removing: Promise<void> | undefined
    const adding = failure(
      add(guest, 8 * MiB, ({ sent }) => {
        if (sent > 2 * MiB && !removing) removing = removeFirst(guest)
      }),
    )
    expect(await adding).toEqual({ code: 'ABORTED' })
    await removing
    expect(await guest.peer.backups.list()).toEqual([])
    two.closed = true
    two.cut()
    const { root } = await add(guest, 1 * MiB)
    await guest.peer.backups.remove(root, soon())
    two.closed = false
    await guest.peer.backups.remove((await add(guest, 1 * MiB)).root, soon())
    for (const cafe of [first, second])
      await vi.waitFor(async () => expect(await list(guest, cafe)).toEqual([]), { timeout: 30_000, interval: 50 })
  })

  it('that had no room keeps a file when it is tried again', async () => {
    const first = await newCafe()
    const second = await newCafe({ clock: first.clock })
    const [one, two] = [await createProxy(first), await createProxy(second)]
    const guest = await newGuest([[second, two]], { quota: 4 * MiB })
    const { root } = await add(guest, 3 * MiB)
    await guest.peer.cafes.register(one.at, await first.token(), {})
    const added = await add(guest, 2 * MiB)
    expect(added.cafes).toContainEqual({ cafe: second.at.cafe, state: 'failed', reason: 'QUOTA' })
    expect(stateAt(await guest.peer.backups.retry(added.root, soon()), second)).toBe('failed')
    await guest.peer.backups.remove(root, soon())
    expect(stateAt(await guest.peer.backups.retry(added.root, soon()), second)).toBe('pinned')
    expect(await list(guest, second)).toEqual([added.root])
    expect(await failure(guest.peer.backups.retry(root, soon()))).toEqual({ code: 'NOT_FOUND', what: 'pin' })
  })
})

/** Removes the one file as soon as it is listed. */
async function removeFirst(guest: GuestNode): Promise<void> {
  const root = await vi.waitFor(
    async () => {
      const [row] = await guest.peer.backups.list()
      if (!row) throw new Error('not listed yet')
      return row.root
    },
    { timeout: 20_000, interval: 5 },
  )
  await guest.peer.backups.remove(root, soon())
}

describe.concurrent('a download', () => {
  const COUNT = 128

  it('whose connection breaks again and again is whole, and little comes twice', async () => {
    const cafe = keep2(await createTestNode())
    const proxy = await createProxy(cafe)
    const reader = keep2(await createTestNode())
    reader.node.connector.know(proxy.at.cafe, proxy.at.addresses)
    reader.node.fetcher.hint([proxy.at.cafe])
    const all = await Promise.all(Array.from({ length: COUNT }, () => leaf(LEAF)))
    for (const { cid, bytes } of all) await cafe.blocks.put(cid, bytes)
    const cuts = cutAtRandom(proxy, CUTS, 30 * MiB)
    const queue = [...all]
    const reading = Array.from({ length: 8 }, async () => {
      for (let block = queue.shift(); block; block = queue.shift()) {
        const bytes = await reader.node.get(block.cid, soon())
        expect(Buffer.compare(bytes, block.bytes)).toBe(0)
      }
    })
    await Promise.all(reading)
    expect(cuts.left).toBe(0)
    expect(proxy.bytes.down).toBeLessThan(COUNT * LEAF + CUTS * (WINDOW + 2 * LEAF))
  })

  it('waits for the only one who has it, if that one has given blocks before', async () => {
    const cafe = keep2(await createTestNode())
    const proxy = await createProxy(cafe)
    const reader = keep2(await createTestNode())
    reader.node.connector.know(proxy.at.cafe, proxy.at.addresses)
    reader.node.fetcher.hint([proxy.at.cafe])
    const [one, two] = [await leaf(1000), await leaf(1000)]
    for (const { cid, bytes } of [one, two]) await cafe.blocks.put(cid, bytes)
    await reader.node.get(one.cid, soon())
    proxy.closed = true
    proxy.cut()
    const waiting = reader.node.get(two.cid, soon())
    setTimeout(() => {
      proxy.closed = false
    }, 3000)
    expect(Buffer.compare(await waiting, two.bytes)).toBe(0)
  })
})

/** The node as given, stopped at the end. */
function keep2<T extends { readonly node: { stop(): Promise<void> } }>(made: T): T {
  keep(made.node)
  return made
}

/** The stores of Node: the contracts of all stores, the form of the packages whose form they keep, and a full disk. */
import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { FsBlockstore } from 'blockstore-fs'
import { ClassicLevel } from 'classic-level'
import { LevelDatastore } from 'datastore-level'
import { Key } from 'interface-datastore'
import { CID } from 'multiformats/cid'
import { sha256 } from 'multiformats/hashes/sha2'
import { afterAll, describe, expect, it } from 'vitest'
import { openFsBlocks } from '../../src/store/fs.ts'
import { openLevel } from '../../src/store/level.ts'
import { openStores } from '../../src/store/open.ts'
import { scopedRows } from '../../src/store/scope.ts'
import { BLOCKS_CASES } from '../contract/blocks.ts'
import { ROWS_CASES } from '../contract/rows.ts'

const KiB = 1024
const MiB = 1024 * KiB

const root = mkdtempSync(join(tmpdir(), 'cafe-stores-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))
const folder = (): string => mkdtempSync(join(root, 'store-'))

async function block(size: number, seed: number) {
  const bytes = new Uint8Array(size).fill(seed)
  return { cid: CID.createV1(0x55, await sha256.digest(bytes)), bytes }
}

async function withLevel<T>(at: string, run: (rows: Awaited<ReturnType<typeof openLevel>>) => Promise<T>): Promise<T> {
  const rows = await openLevel(at)
  try {
    return await run(rows)
  } finally {
    await rows.close()
  }
}

describe('rows on LevelDB', () => {
  for (const { name, run } of ROWS_CASES) it(name, () => withLevel(folder(), run))

  it('are there when the folder is opened again', async () => {
    const at = folder()
    await withLevel(at, (rows) => rows.commit([{ key: '/a', value: Uint8Array.of(1) }]))
    expect(await withLevel(at, (rows) => rows.range(''))).toEqual([['/a', Uint8Array.of(1)]])
  })

  it('write what waits before they are closed', async () => {
    const at = folder()
    const rows = await openLevel(at)
    const commits = Array.from({ length: 500 }, (_, i) => rows.commit([{ key: `/${i}`, value: Uint8Array.of(1) }]))
    await rows.close()
    await Promise.all(commits)
    expect(await withLevel(at, (again) => again.keys(''))).toHaveLength(500)
  })

  it('are opened by one at a time', async () => {
    const at = folder()
    await withLevel(at, async () => {
      await expect(openLevel(at)).rejects.toMatchObject({ code: 'CONFLICT', data: { what: 'data folder' } })
    })
    await withLevel(at, async (rows) => expect(await rows.keys('')).toEqual([]))
  })

  it('have the form of datastore-level, with libp2p’s records among them', async () => {
    const at = folder()
    await withLevel(at, async (rows) => {
      await rows.commit([{ key: '/cafe/a', value: Uint8Array.of(1, 2) }])
      await rows.datastore.put(new Key('/peers/x'), Uint8Array.of(3))
      expect(await rows.get('/peers/x')).toEqual(Uint8Array.of(3))
    })
    const theirs = new LevelDatastore(at)
    await theirs.open()
    expect([...(await theirs.get(new Key('/cafe/a')))]).toEqual([1, 2])
    await theirs.put(new Key('/cafe/b'), Uint8Array.of(4))
    await theirs.close()
    expect(await withLevel(at, (rows) => rows.keys('/cafe/'))).toEqual(['/cafe/a', '/cafe/b'])
  })

  it('say that a damaged database is one', async () => {
    const at = folder()
    await withLevel(at, (rows) => rows.commit([{ key: '/a', value: Uint8Array.of(1) }]))
    const manifest = readdirSync(at).find((name) => name.startsWith('MANIFEST')) as string
    writeFileSync(join(at, manifest), 'no manifest')
    await expect(openLevel(at)).rejects.toMatchObject({ code: 'CORRUPT', data: { what: 'data folder' } })
  })

  it('write each commit synced, as the package itself would not', async () => {
    const batches: unknown[] = []
    const original = ClassicLevel.prototype.batch
    const spied = function (this: ClassicLevel, ...args: unknown[]) {
      batches.push(args[1])
      return Reflect.apply(original, this, args)
    }
    ClassicLevel.prototype.batch = spied as typeof original
    try {
      await withLevel(folder(), (rows) => rows.commit([{ key: '/a', value: Uint8Array.of(1) }]))
    } finally {
      ClassicLevel.prototype.batch = original
    }
    expect(batches).toEqual([{ sync: true }])
  })
})

describe('rows in a scope on LevelDB', () => {
  for (const { name, run } of ROWS_CASES) it(name, () => withLevel(folder(), (rows) => run(scopedRows(rows, 'a'))))
})

describe('blocks in files', () => {
  for (const { name, run } of BLOCKS_CASES) it(name, async () => run(await openFsBlocks(folder())))

  it('have the form of blockstore-fs', async () => {
    const at = folder()
    const [ours, theirs] = [await block(100, 1), await block(100, 2)]
    const blocks = await openFsBlocks(at)
    await blocks.put(ours.cid, ours.bytes)
    const packaged = new FsBlockstore(at)
    await packaged.open()
    expect(await packaged.has(ours.cid)).toBe(true)
    await packaged.put(theirs.cid, theirs.bytes)
    expect(await blocks.get(theirs.cid)).toEqual(theirs.bytes)
    const again = await openFsBlocks(at)
    expect((await Array.fromAsync(again.keys())).length).toBe(2)
  })

  it('are for their owner only, as is the folder', async () => {
    const at = join(folder(), 'blocks')
    const blocks = await openFsBlocks(at)
    const { cid, bytes } = await block(10, 1)
    await blocks.put(cid, bytes)
    const [file] = readdirSync(at, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.data'))
    expect([statSync(at).mode & 0o777, statSync(join(at, file as string)).mode & 0o777]).toEqual([0o700, 0o600])
  })

  it('leave no half of a block behind: what was being written is gone at the next start', async () => {
    const at = folder()
    await openFsBlocks(at)
    writeFileSync(join(at, '.new', '7'), 'half a bl')
    const blocks = await openFsBlocks(at)
    expect([readdirSync(join(at, '.new')), await Array.fromAsync(blocks.keys())]).toEqual([[], []])
  })
})

/** A disk of its own, so that filling it hurts nobody; undefined where this process may not make one. */
function smallDisk(bytes: number): { readonly at: string; free(): void } | undefined {
  const at = folder()
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', at], { stdio: 'ignore' })
  } catch {
    return undefined
  }
  return { at, free: () => void execFileSync('umount', ['-l', at]) }
}

describe('a full disk', () => {
  const full = { code: 'QUOTA', data: { disk: true } }

  async function onSmallDisk(skip: (why: string) => void, bytes: number, run: (at: string) => Promise<void>) {
    const disk = smallDisk(bytes)
    if (!disk) return skip('this process may not mount a file system')
    try {
      await run(disk.at)
    } finally {
      disk.free()
    }
  }

  it('is refused before it is full, with room left for what removes', ({ skip }) =>
    onSmallDisk(skip, 72 * MiB, async (at) => {
      // What is left free by default: less does not always suffice for what LevelDB merges meanwhile.
      const rows = await openLevel(join(at, 'rows'))
      const value = new Uint8Array(randomBytes(64 * KiB))
      const done: string[] = []
      const fill = async (): Promise<void> => {
        for (let i = 0; i < 2000; i++) {
          await rows.commit([{ key: `/${i}`, value }])
          done.push(`/${i}`)
        }
      }
      await expect(fill()).rejects.toMatchObject(full)
      expect(done.length).toBeGreaterThan(10)
      expect((await rows.keys('')).sort()).toEqual(done.toSorted())
      await rows.commit([{ key: done[0] as string }])
      await rows.close()
      await withLevel(join(at, 'rows'), async (again) =>
        expect((await again.keys('')).sort()).toEqual(done.slice(1).sort()),
      )
    }))

  it('that fills up in the middle of a commit loses nothing that was confirmed before or after', ({ skip }) =>
    onSmallDisk(skip, 12 * MiB, async (at) => {
      const rows = await openLevel(join(at, 'rows'), { reserve: 0 })
      const ballast = join(at, 'ballast')
      const value = new Uint8Array(randomBytes(300 * KiB))
      const done: string[] = []
      const put = async (key: string): Promise<void> => {
        await rows.commit([{ key, value }])
        done.push(key)
      }
      await put('/before')
      writeFileSync(ballast, new Uint8Array(10 * MiB))
      const fill = async (): Promise<void> => {
        for (let i = 0; i < 100; i++) await put(`/fill/${i}`)
      }
      // LevelDB's own failure, and not ours before it.
      await expect(fill()).rejects.toMatchObject({ ...full, cause: { code: 'LEVEL_IO_ERROR' } })
      rmSync(ballast)
      for (let i = 0; i < 5; i++) await put(`/after/${i}`)
      await rows.close()
      await withLevel(join(at, 'rows'), async (again) => {
        expect((await again.keys('')).sort()).toEqual(done.toSorted())
        for (const key of done) expect(await again.get(key)).toEqual(value)
      })
    }))

  it('refuses blocks: what was confirmed is there, what was refused is not', ({ skip }) =>
    onSmallDisk(skip, 12 * MiB, async (at) => {
      for (const reserve of [0, 2 * MiB]) {
        const blocks = await openFsBlocks(join(at, String(reserve)), { reserve })
        const all = await Promise.all(Array.from({ length: 20 }, (_, i) => block(1 * MiB, i)))
        const ends = await Promise.allSettled(all.map(({ cid, bytes }) => blocks.put(cid, bytes)))
        expect(ends.some(({ status }) => status === 'rejected')).toBe(true)
        for (const [i, end] of ends.entries()) {
          if (end.status === 'rejected') expect(end.reason).toMatchObject(full)
          expect(await blocks.has((all[i] as { cid: CID }).cid)).toBe(end.status === 'fulfilled')
        }
        await blocks.remove(await Array.fromAsync(blocks.keys()))
        for (const { cid, bytes } of all.slice(0, 4)) await blocks.put(cid, bytes)
        await blocks.remove(await Array.fromAsync(blocks.keys()))
      }
    }))
})

describe('stores by URL', () => {
  it('are a folder, as a path and as a file: URL', async () => {
    const at = folder()
    const { cid, bytes } = await block(10, 1)
    const one = await openStores(at)
    await one.blocks.put(cid, bytes)
    await one.rows.commit([{ key: '/a', value: bytes }])
    await one.close()
    const again = await openStores(pathToFileURL(at).href)
    expect([await again.blocks.get(cid), await again.rows.get('/a')]).toEqual([bytes, bytes])
    await again.close()
  })

  it.each(['ftp://cafe.example/x', 'nonsense:'])('are none at %s', async (where) => {
    await expect(openStores(where)).rejects.toMatchObject({ code: 'BAD_REQUEST', data: { what: 'store' } })
  })
})

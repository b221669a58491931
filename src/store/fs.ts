/**
 * The block store of Node: a file a block, in the form of blockstore-fs 4 (`<last two characters>/<multihash>.data`), so
 * its tools read what we write. What is added is what it lacks: a block is there whole or not at all after whatever ends the
 * process or the machine, and `put` resolves when it is on the medium. A file is written beside, synced, renamed, and then
 * its folder is synced; writes that wait meanwhile go together, since the disk syncs many at about the price of one.
 */
import { mkdir, open, readdir, readFile, rename, rm, stat, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { NextToLast } from 'blockstore-fs/sharding'
import { CID } from 'multiformats/cid'
import * as Digest from 'multiformats/hashes/digest'
import { CafeError, isCafeError } from '../core/errors.ts'
import { MiB } from '../core/limits.ts'
import { type Blocks, blockKey, keyHash } from './blocks.ts'
import { createRoom, isFull } from './room.ts'

/** Bytes and files gathered into one batch of writes: past this a bigger one is not faster. */
const COMBINE_BYTES = 16 * MiB
const COMBINE_FILES = 256
/** Bytes waiting to be written before `put` makes the caller wait. */
const MAX_WAITING = 32 * MiB
/** Files open at once: more than Node has threads for such work, so that none is idle. */
const FILES_AT_ONCE = 16
/** Bytes of the disk that blocks leave free: for the rows that tell of them, and for whatever else lives there. */
const RESERVE = 64 * MiB

const RAW = 0x55
/** Where files are written before they are renamed: no folder of the package's own is called so. */
const NEW = '.new'

const sharding = new NextToLast()

/** Runs `task` for each of `items`, so many at a time. All are run even if some fail; the first failure is thrown. */
async function each<Item>(items: readonly Item[], task: (item: Item, i: number) => Promise<void>): Promise<void> {
  let next = 0
  const worker = async (): Promise<void> => {
    while (next < items.length) {
      const i = next++
      await task(items[i] as Item, i)
    }
  }
  const ends = await Promise.allSettled(Array.from({ length: Math.min(FILES_AT_ONCE, items.length) }, worker))
  for (const end of ends) if (end.status === 'rejected') throw end.reason
}

const isMissing = (error: unknown): boolean => (error as { code?: unknown }).code === 'ENOENT'

/** What `read` gives, or undefined where there is no such file. */
async function ifThere<T>(read: Promise<T>): Promise<T | undefined> {
  try {
    return await read
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

/** Puts on the medium which files are in the folder. Windows has no such thing, and does it by itself. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

interface Place {
  readonly folder: string
  readonly path: string
  /** Name of the folder. */
  readonly shard: string
}

/** By key of what was to be written, why it was not. */
type Ends = ReadonlyMap<string, unknown>

/** The files of a store, by the keys of its blocks. */
class Files {
  readonly #root: string
  readonly #shards: Set<string>
  #count = 0

  private constructor(root: string, shards: Set<string>) {
    this.#root = root
    this.#shards = shards
  }

  static async open(root: string): Promise<Files> {
    await mkdir(root, { recursive: true, mode: 0o700 })
    // What was being written when the process ended, and was never promised to anybody.
    await rm(join(root, NEW), { recursive: true, force: true })
    await mkdir(join(root, NEW), { mode: 0o700 })
    const found = await readdir(root, { withFileTypes: true })
    return new Files(
      root,
      new Set(found.filter((one) => one.isDirectory() && one.name !== NEW).map(({ name }) => name)),
    )
  }

  #place(key: string): Place {
    const { dir, file } = sharding.encode(CID.createV1(RAW, Digest.decode(keyHash(key))))
    const folder = join(this.#root, dir)
    return { folder, path: join(folder, file), shard: dir }
  }

  path(key: string): string {
    return this.#place(key).path
  }

  /** Writes all; what each ended with: nothing where it is on the medium now, else why it is not. */
  async write(blocks: ReadonlyArray<readonly [key: string, bytes: Uint8Array]>): Promise<Ends> {
    const ends = new Map<string, unknown>()
    const places = new Map(blocks.map(([key]) => [key, this.#place(key)]))
    await this.#makeShards(new Set([...places.values()].map(({ shard }) => shard)))
    const written = new Map<string, string[]>()
    await each(blocks, async ([key, bytes]) => {
      const { folder, path } = places.get(key) as Place
      const beside = join(this.#root, NEW, String(this.#count++))
      try {
        await writeSynced(beside, bytes)
        await rename(beside, path)
        written.set(folder, [...(written.get(folder) ?? []), key])
      } catch (error) {
        ends.set(key, error)
        await rm(beside, { force: true }).catch(() => {}) // the next start removes it
      }
    })
    await each([...written], async ([folder, keys]) => {
      await syncFolder(folder).catch((error) => keys.map((key) => ends.set(key, error)))
    })
    return ends
  }

  /** Removes all; tells which were there. */
  async remove(keys: readonly string[]): Promise<boolean[]> {
    const here = keys.map(() => false)
    const touched = new Set<string>()
    await each(keys, async (key, i) => {
      const { folder, path } = this.#place(key)
      here[i] = (await ifThere(unlink(path).then(() => true))) ?? false
      if (here[i]) touched.add(folder)
    })
    await each([...touched], syncFolder)
    return here
  }

  async #makeShards(shards: ReadonlySet<string>): Promise<void> {
    const missing = [...shards].filter((shard) => !this.#shards.has(shard))
    if (missing.length === 0) return
    await each(missing, async (shard) => void (await mkdir(join(this.#root, shard), { recursive: true, mode: 0o700 })))
    await syncFolder(this.#root)
    for (const shard of missing) this.#shards.add(shard)
  }

  /** Keys of all blocks. They lie by the ends of their names, so all have to be read before they can be sorted. */
  async keys(): Promise<string[]> {
    const keys: string[] = []
    for (const shard of this.#shards) {
      for (const file of (await ifThere(readdir(join(this.#root, shard)))) ?? [])
        if (file.endsWith(sharding.extension)) keys.push(`/${file.slice(0, -sharding.extension.length)}`)
    }
    return keys.sort()
  }
}

/** A new file, whole and on the medium, though nothing says yet that it is in its folder. */
async function writeSynced(path: string, bytes: Uint8Array): Promise<void> {
  const handle = await open(path, 'wx', 0o600)
  try {
    await handle.writeFile(bytes)
    await handle.datasync()
  } finally {
    await handle.close()
  }
}

function asFailure(cause: unknown): CafeError {
  if (isCafeError(cause)) return cause
  return isFull(cause) ? new CafeError('QUOTA', { disk: true }, { cause }) : new CafeError('INTERNAL', {}, { cause })
}

interface Put {
  readonly key: string
  readonly bytes: Uint8Array
  readonly done: PromiseWithResolvers<void>
}

interface Removal {
  readonly keys: readonly string[]
  readonly done: PromiseWithResolvers<boolean[]>
}

/** Carries out writes in the order they came: puts that follow each other together, each removal by itself. */
function writeQueue(files: Files, room: (size: number) => Promise<void>) {
  const waiting: Array<Put | Removal> = []
  let waitingBytes = 0
  let writing: Promise<void> | undefined

  const takePuts = (): Put[] => {
    let size = 0
    let end = 0
    for (
      let one = waiting[0];
      one && 'bytes' in one && size < COMBINE_BYTES && end < COMBINE_FILES;
      one = waiting[end]
    ) {
      size += one.bytes.byteLength
      end++
    }
    return waiting.splice(0, end) as Put[]
  }

  const writeAll = async (puts: readonly Put[]): Promise<void> => {
    const size = puts.reduce((sum, { bytes }) => sum + bytes.byteLength, 0)
    try {
      await room(size)
      const ends = await files.write([...new Map(puts.map(({ key, bytes }) => [key, bytes]))])
      for (const { key, done } of puts) {
        if (ends.has(key)) done.reject(asFailure(ends.get(key)))
        else done.resolve()
      }
    } catch (error) {
      for (const { done } of puts) done.reject(asFailure(error))
    }
    waitingBytes -= size
  }

  const drain = async (): Promise<void> => {
    for (let first = waiting[0]; first; first = waiting[0]) {
      if ('bytes' in first) await writeAll(takePuts())
      else {
        waiting.shift()
        await files.remove(first.keys).then(first.done.resolve, (error) => first.done.reject(asFailure(error)))
      }
    }
    writing = undefined
  }

  const add = (one: Put | Removal): void => {
    waiting.push(one)
    // A microtask later, so that writes made in one turn go together too.
    writing ??= Promise.resolve().then(drain)
  }

  return {
    async put(key: string, bytes: Uint8Array): Promise<void> {
      while (waitingBytes > MAX_WAITING) await writing
      const done = Promise.withResolvers<void>()
      waitingBytes += bytes.byteLength
      add({ key, bytes, done })
      return done.promise
    },
    remove(keys: readonly string[]): Promise<boolean[]> {
      const done = Promise.withResolvers<boolean[]>()
      add({ keys, done })
      return done.promise
    },
    idle: async (): Promise<void> => {
      await writing
    },
  }
}

export interface FsBlocks extends Blocks {
  /** Resolves when what waits is written. */
  close(): Promise<void>
}

export interface FsOptions {
  /** Bytes of the disk to leave free; {@link RESERVE} without it. */
  readonly reserve?: number
}

/** Opens the blocks in `folder`, which is made if it is not there. One process may have it open. */
export async function openFsBlocks(folder: string, { reserve = RESERVE }: FsOptions = {}): Promise<FsBlocks> {
  const files = await Files.open(folder)
  const room = createRoom(folder)
  const queue = writeQueue(files, (size) => room.need(reserve, size))
  const sizeOf = async (key: string): Promise<number | undefined> => (await ifThere(stat(files.path(key))))?.size
  return {
    has: async (cid) => (await sizeOf(blockKey(cid))) !== undefined,
    async get(cid) {
      const bytes = await ifThere(readFile(files.path(blockKey(cid))))
      return bytes && new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    },
    put: (cid, bytes) => queue.put(blockKey(cid), bytes),
    async delete(cid) {
      await queue.remove([blockKey(cid)])
    },
    async sizes(keys) {
      const found: Array<number | undefined> = keys.map(() => undefined)
      await each(keys, async (key, i) => {
        found[i] = await sizeOf(key)
      })
      return found
    },
    remove: (keys) => queue.remove(keys),
    async *keys() {
      yield* await files.keys()
    },
    close: queue.idle,
  }
}

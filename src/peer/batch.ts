/** Files and directories that will be one backup: stored one after the other, and kept from the collector until it is listed. */
import type { CID } from 'multiformats/cid'
import { parseCid } from '../core/block.ts'
import type { Random } from '../core/clock.ts'
import type { Secret } from '../core/secret.ts'
import { type Blocks, blockKey } from '../store/blocks.ts'
import type { Holds } from '../store/holds.ts'
import { directoryOf, type Part } from './directory.ts'
import { importFile } from './import.ts'
import { blocksHere } from './kept.ts'
import type { OwnBlocks } from './own-blocks.ts'

export type Key = Secret<Uint8Array<ArrayBuffer>> | null
type Bytes = Uint8Array<ArrayBuffer>

export interface Batch {
  readonly signal: AbortSignal
  /** Stores a stream, encrypted if there is a key; `random` is what the cipher draws from. */
  store(
    stream: ReadableStream<Bytes>,
    key: Key,
    more?: { random?: Random | undefined; onBytes?: (count: number) => void },
  ): Promise<Part>
  storeBytes(bytes: Bytes, key: Key): Promise<Part>
  directory(entries: Readonly<Record<string, Part>>): Promise<Part>
  /** What is here already, or undefined if not all of it is. */
  before(cid: string): Promise<Part | undefined>
  /** Gives what takes back everything from here on. */
  mark(): () => void
  /** All blocks that were stored or found here so far, once each. */
  blocks(): readonly CID[]
  /** A row lists the blocks now, or none will. */
  end(isListed: boolean): void
}

export interface BatchComponents {
  readonly blocks: Blocks
  readonly holds: Holds
  readonly own: OwnBlocks
}

export function createBatch({ blocks, holds, own }: BatchComponents, signal: AbortSignal): Batch {
  const adding = own.adding()
  const hold = holds.open()
  const all = new Map<string, CID>()
  /** There are blocks that no row will list. */
  let isSpoilt = false

  const put = async (cid: CID, block: Bytes): Promise<void> => {
    signal.throwIfAborted()
    await adding.put(cid, block)
    all.set(cid.toString(), cid)
  }

  const store: Batch['store'] = async (stream, key, more = {}) => {
    let bytes = 0
    const counted = (cid: CID, block: Bytes): Promise<void> => {
      bytes += block.byteLength
      return put(cid, block)
    }
    const cid = await importFile(stream, key, counted, { signal, ...more })
    return { cid, bytes }
  }

  return {
    signal,
    store,
    storeBytes: (bytes, key) => store(new Blob([bytes]).stream() as ReadableStream<Bytes>, key),
    async directory(entries) {
      const { part, block } = await directoryOf(entries)
      await put(part.cid, block)
      return part
    },
    async before(text) {
      const cid = parseCid(text)
      const found = await blocksHere(cid, blocks, signal)
      if (!found) return undefined
      await hold.add(found.map(({ multihash }) => multihash.bytes))
      // Some of it may have gone before it was held.
      const sizes = await blocks.sizes(found.map(blockKey))
      if (sizes.includes(undefined)) return undefined
      for (const one of found) all.set(one.toString(), one)
      return { cid, bytes: sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0) }
    },
    mark() {
      const before = new Set(all.keys())
      return () => {
        for (const key of all.keys()) if (!before.has(key)) isSpoilt = all.delete(key)
      }
    },
    blocks: () => [...all.values()],
    end(isListed) {
      if (isListed && !isSpoilt) adding.listed()
      adding.end()
      hold.release()
    },
  }
}

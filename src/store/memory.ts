/** Stores in memory with the contracts of the real ones: for tests and simulations. */
import type { CID } from 'multiformats/cid'
import { CafeError } from '../core/errors.ts'
import type { Blocks } from './blocks.ts'
import { blockKey } from './blocks.ts'
import type { RangeOptions, Rows } from './rows.ts'

export function memoryRows(): Rows {
  const rows = new Map<string, Uint8Array>()
  const keysOf = (prefix: string, { after = '', limit = Number.POSITIVE_INFINITY }: RangeOptions = {}): string[] =>
    [...rows.keys()]
      .filter((key) => key.startsWith(prefix) && key > after)
      .sort()
      .slice(0, limit)
  return {
    async get(key) {
      return rows.get(key)?.slice()
    },
    // In one step, as in the one transaction of the real store: a row may be gone a moment later.
    range: async (prefix, options) =>
      keysOf(prefix, options).map((key) => [key, (rows.get(key) as Uint8Array).slice()] as const),
    keys: async (prefix, options) => keysOf(prefix, options),
    async commit(changes) {
      // Copies first: a value that is none fails here, before anything is written.
      const copies = changes.map(({ key, value }) => [key, value?.slice()] as const)
      for (const [key, value] of copies) {
        if (value) rows.set(key, value)
        else rows.delete(key)
      }
    },
    close() {},
  }
}

/** Blocks in memory. `limit` bytes make it refuse more, as a full disk does. */
export function memoryBlocks(limit = Number.POSITIVE_INFINITY): Blocks & { readonly size: number } {
  const blocks = new Map<string, Uint8Array<ArrayBuffer>>()
  let bytes = 0
  const sizeOf = (cid: CID): number => blocks.get(blockKey(cid))?.byteLength ?? 0
  return {
    get size() {
      return blocks.size
    },
    async has(cid: CID) {
      return blocks.has(blockKey(cid))
    },
    async get(cid: CID) {
      return blocks.get(blockKey(cid))?.slice()
    },
    async put(cid: CID, value: Uint8Array<ArrayBuffer>) {
      const size = bytes - sizeOf(cid) + value.byteLength
      if (size > limit) throw new CafeError('QUOTA', { disk: true })
      bytes = size
      blocks.set(blockKey(cid), value.slice())
    },
    async delete(cid: CID) {
      bytes -= sizeOf(cid)
      blocks.delete(blockKey(cid))
    },
    async sizes(keys) {
      return keys.map((key) => blocks.get(key)?.byteLength)
    },
    async remove(keys) {
      return keys.map((key) => {
        bytes -= blocks.get(key)?.byteLength ?? 0
        return blocks.delete(key)
      })
    },
    async *keys() {
      yield* [...blocks.keys()].sort()
    },
    close() {},
  }
}

/**
 * What the gateway fetched stays in the store as a cache: the newest CACHE_BYTES of it, and no longer than CACHE_AGE. The
 * rest goes with the next collection, unless somebody else lists it.
 */
import type { CID } from 'multiformats/cid'
import type { Clock } from '../core/clock.ts'
import { CACHE_AGE, CACHE_BYTES, LIST_BLOCKS } from '../core/limits.ts'
import { type Listed, listRow, packList, unpackList } from '../store/block-list.ts'
import type { DoomedList, RootSource } from '../store/collect.ts'
import type { Rows } from '../store/rows.ts'
import { table } from '../store/table.ts'

export interface Cache {
  /** A fetched block was stored. */
  note(cid: CID, size: number): void
  readonly roots: RootSource
}

/** Milliseconds that fetched blocks wait for others to be listed with; if the device dies before, they just go earlier. */
const GATHER = 10_000

export function createCache({ rows, clock }: { readonly rows: Rows; readonly clock: Clock }): Cache {
  const fetched = table(rows, 'fetched', listRow)
  let waiting: Listed[] = []
  let timer: ReturnType<typeof setTimeout> | undefined
  let count = 0

  const flush = async (): Promise<void> => {
    clearTimeout(timer)
    timer = undefined
    if (waiting.length === 0) return
    const list = packList(waiting)
    waiting = []
    // Keys sort by time; the counter keeps two of one millisecond apart.
    const key = `${String(clock()).padStart(15, '0')}-${String(count++).padStart(6, '0')}`
    await rows.commit([fetched.put([key], list)])
  }

  const doomed = (key: string): DoomedList => ({
    async read() {
      const row = await fetched.get(key)
      return row ? unpackList(row) : []
    },
    forget: () => rows.commit([fetched.remove(key)]),
  })

  return {
    note(cid, size) {
      waiting.push({ hash: cid.multihash.bytes, size })
      if (waiting.length === LIST_BLOCKS)
        flush().catch(() => {}) // a full disk: they go with the next collection
      else timer ??= setTimeout(() => flush().catch(() => {}), GATHER)
    },
    roots: {
      name: 'fetched blocks',
      async *lists() {
        await flush()
        const oldest = clock() - CACHE_AGE
        let room = CACHE_BYTES
        const all = await fetched.list([])
        for (const { key, row } of all.reverse()) {
          const [name] = key as [string]
          const blocks = unpackList(row)
          room -= blocks.reduce((sum, { size }) => sum + size, 0)
          yield room >= 0 && Number(name.slice(0, 15)) > oldest ? { blocks } : { doomed: doomed(name) }
        }
      },
    },
  }
}

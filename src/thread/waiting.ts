/**
 * Blocks that cannot be judged yet, since a parent or the key of their epoch is not here, and the hashes of those that
 * never can be part of the thread. Both bounded: what is pushed out of the first must be sent again, what is forgotten of
 * the second is judged again.
 */
import { hex } from '../core/ids.ts'
import { MAX_WAITING, MAX_WAITING_BYTES } from '../core/limits.ts'
import { type ThreadTables, unhex } from './tables.ts'
import type { ThreadIdText } from './thread.ts'

/** Parents that are looked for after each batch. */
const MAX_MISSING = 256

interface Waiter {
  readonly n: number
  readonly size: number
  readonly parents: readonly string[]
}

export interface Waiting {
  /** Reads the rows, once. */
  load(tables: ThreadTables): Promise<void>
  has(hash: string): boolean
  /** @returns whether others had to give way. */
  add(tables: ThreadTables, hash: string, size: number, parents: readonly string[]): Promise<boolean>
  /** @returns whether it waited. */
  remove(tables: ThreadTables, hash: string): Promise<boolean>
  /** Those that name this block as a parent. */
  on(hash: string): readonly string[]
  all(): ReadonlyMap<string, Waiter>
  /** Parents that are not here of the newest that wait: what was asked for in vain for long does not hide the others. */
  missing(tables: ThreadTables): Promise<readonly string[]>
  /** What is in memory may not be what is stored: it is read again. */
  reset(): void
}

export function createWaiting(id: ThreadIdText): Waiting {
  let loaded = false
  let next = 0
  let bytes = 0
  const waiters = new Map<string, Waiter>()
  const children = new Map<string, Set<string>>()

  const note = (hash: string, waiter: Waiter): void => {
    waiters.set(hash, waiter)
    bytes += waiter.size
    for (const parent of waiter.parents) {
      const known = children.get(parent) ?? new Set()
      children.set(parent, known.add(hash))
    }
  }

  const drop = (hash: string): void => {
    const waiter = waiters.get(hash)
    if (!waiter) return
    waiters.delete(hash)
    bytes -= waiter.size
    for (const parent of waiter.parents) {
      const known = children.get(parent)
      known?.delete(hash)
      if (known?.size === 0) children.delete(parent)
    }
  }

  const waiting: Waiting = {
    async load(tables) {
      if (loaded) return
      const rows = await tables.wait.list([id])
      for (const { key, row } of rows.sort((a, b) => a.row.n - b.row.n)) {
        note(key[1] as string, { n: row.n, size: row.size, parents: row.parents.map(hex) })
        next = Math.max(next, row.n + 1)
      }
      loaded = true
    },
    has: (hash) => waiters.has(hash),
    async add(tables, hash, size, parents) {
      if (waiters.has(hash)) return false
      note(hash, { n: next, size, parents })
      await tables.stage([tables.wait.put([id, hash], { n: next++, size, parents: parents.map(unhex) })])
      let evicted = false
      for (const oldest of waiters.keys()) {
        if (waiters.size <= MAX_WAITING && bytes <= MAX_WAITING_BYTES) break
        evicted = await waiting.remove(tables, oldest)
      }
      return evicted
    },
    async remove(tables, hash) {
      if (!waiters.has(hash)) return false
      drop(hash)
      await tables.stage([tables.wait.remove(id, hash)])
      return true
    },
    on: (hash) => [...(children.get(hash) ?? [])],
    all: () => waiters,
    async missing(tables) {
      const named = new Set<string>()
      for (const { parents } of [...waiters.values()].reverse()) {
        for (const parent of parents) if (!waiters.has(parent)) named.add(parent)
        if (named.size > MAX_MISSING) break
      }
      const found = [...named].map(async (hash) => ((await tables.place.get(id, hash)) ? [] : [hash]))
      return (await Promise.all(found)).flat()
    },
    reset() {
      loaded = false
      next = 0
      bytes = 0
      waiters.clear()
      children.clear()
    },
  }
  return waiting
}

/** One refused block is remembered for each slot, the last: so 4096 rows at most. */
const SLOT = 3
const slotOf = (hash: string): string => hash.slice(-SLOT)

export async function refusedFor(tables: ThreadTables, id: ThreadIdText, hash: string): Promise<string | undefined> {
  const row = await tables.refused.get(id, slotOf(hash))
  return row && hex(row.hash) === hash ? row.why : undefined
}

export const refuse = (tables: ThreadTables, id: ThreadIdText, hash: string, why: string): Promise<void> =>
  tables.stage([tables.refused.put([id, slotOf(hash)], { hash: unhex(hash), why })])

/**
 * Rows as they were at one moment, while others go on writing: what a copy of a whole cafe is made from without closing it.
 * A row that is changed meanwhile is remembered as it was, once, before the change is written; nothing is remembered while
 * nobody looks. What is remembered is bounded: a view that would need more ends, and the writers never wait for it.
 */
import { CafeError } from '../core/errors.ts'
import { MiB } from '../core/limits.ts'
import type { Change, RangeOptions, Rows } from './rows.ts'

/** Bytes of rows that are remembered for one view: a busy hour of a full cafe. */
const MAX_REMEMBERED = 256 * MiB
/** What remembering costs beside the bytes: the key twice and an entry of a map. */
const ENTRY = 256

/**
 * The rows as they were when it was opened. A page may have fewer rows than its limit though more follow: the end is an
 * empty one. @throws CafeError BUSY {why: 'writes'} once too much was changed since.
 */
export interface Still extends Omit<Rows, 'commit'> {}

export interface StillRows extends Rows {
  /** A view of now: of all commits that have resolved, and of none that comes later. Close it soon. */
  still(): Promise<Still>
}

class Before {
  /** Old values, also those that are being read; undefined for a row that was not there. */
  readonly values = new Map<string, Promise<Uint8Array | undefined>>()
  /** Keys of those that were there, once they have been read. */
  readonly known = new Map<string, Uint8Array | undefined>()
  readonly ready: Promise<unknown>
  full = false
  #bytes = 0

  constructor(running: readonly Promise<unknown>[]) {
    this.ready = Promise.allSettled(running)
  }

  /** Remembers what stands under these keys now; resolves when it is safe to change them. */
  async remember(rows: Rows, keys: readonly string[]): Promise<void> {
    await this.ready
    if (this.full) return
    for (const key of keys) if (!this.values.has(key)) this.values.set(key, this.#read(rows, key))
    await Promise.all(keys.map((key) => this.values.get(key)))
  }

  async #read(rows: Rows, key: string): Promise<Uint8Array | undefined> {
    const value = await rows.get(key)
    this.#bytes += (value?.byteLength ?? 0) + ENTRY
    this.known.set(key, value)
    if (this.#bytes > MAX_REMEMBERED) this.drop()
    return value
  }

  drop(): void {
    this.full = true
    this.values.clear()
    this.known.clear()
  }
}

/**
 * `rows`, of which a still view can be taken.
 *
 * @example
 * ```ts
 * const view = await rows.still()
 * try {
 *   for (const [key, value] of await view.range('/cafe/client/', { limit: 100 })) copy(key, value)
 * } finally {
 *   view.close()
 * }
 * ```
 */
export function stillRows<R extends Rows>(rows: R): R & StillRows {
  const views = new Set<Before>()
  const running = new Set<Promise<unknown>>()
  /** Commits that wait for what they change to be remembered, in the order in which they came. */
  let waiting = 0
  let turn: Promise<unknown> = Promise.resolve()

  const track = (written: Promise<void>): Promise<void> => {
    running.add(written)
    const done = (): void => void running.delete(written)
    written.then(done, done)
    return written
  }

  const remember = async (changes: readonly Change[]): Promise<void> => {
    const keys = changes.map(({ key }) => key)
    // Those opened while this waits need it as well: they begin with what this commit has not changed yet.
    for (const before of views) await before.remember(rows, keys)
  }

  const write = async (changes: readonly Change[]): Promise<void> => {
    waiting++
    const mine = turn.then(() => remember(changes))
    turn = mine.catch(() => {})
    try {
      await mine
    } finally {
      waiting--
    }
    return track(rows.commit(changes))
  }

  return {
    ...rows,
    commit: (changes) => (views.size + waiting === 0 ? track(rows.commit(changes)) : write(changes)),
    async still() {
      const before = new Before([...running])
      views.add(before)
      await before.ready
      return viewOf(rows, before, () => views.delete(before))
    },
  }
}

function viewOf(rows: Rows, before: Before, close: () => void): Still {
  const check = (): void => {
    if (before.full) throw new CafeError('BUSY', { why: 'writes' })
  }
  const range: Rows['range'] = async (prefix, options = {}) => {
    check()
    const { limit = Number.POSITIVE_INFINITY, after = '' } = options
    if (limit === 0) return []
    const now = await rows.range(prefix, options)
    check()
    // Up to here the page is complete; what was there before may lie between.
    const end = now.length < limit ? undefined : now.at(-1)?.[0]
    const found = new Map(now)
    for (const [key, value] of before.known) {
      if (!key.startsWith(prefix) || key <= after || (end !== undefined && key > end)) continue
      if (value) found.set(key, value)
      else found.delete(key)
    }
    const page = [...found].sort(([a], [b]) => (a < b ? -1 : 1)).slice(0, limit)
    // All of the page may have come since: then look on behind it.
    if (page.length === 0 && end !== undefined) return range(prefix, { ...options, after: end })
    return page
  }
  return {
    async get(key) {
      check()
      const now = await rows.get(key)
      check()
      return before.known.has(key) ? before.known.get(key) : now
    },
    range,
    keys: async (prefix: string, options?: RangeOptions) => (await range(prefix, options)).map(([key]) => key),
    close() {
      close()
      before.drop()
    },
  }
}

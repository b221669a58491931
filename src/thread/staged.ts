/**
 * Rows with changes that are not committed yet: whoever reads through it sees them, and one strict commit writes them all
 * or none. So what a block changes is worked out with ordinary tables and is never half on the medium.
 */
import type { Change, Rows } from '../store/rows.ts'

export interface Staged extends Rows {
  /** Writes everything staged so far. After a failure nothing was written, and this object is of no more use. */
  flush(): Promise<void>
}

export function stage(rows: Rows): Staged {
  let pending = new Map<string, Uint8Array | undefined>()

  const range: Rows['range'] = async (prefix, { after = '', limit = Number.POSITIVE_INFINITY } = {}) => {
    const own = [...pending].filter(([key]) => key.startsWith(prefix) && key > after)
    if (own.length === 0) return rows.range(prefix, { after, limit: Number.isFinite(limit) ? limit : undefined })
    // Each staged change takes away or replaces one stored row at most.
    const wanted = Number.isFinite(limit) ? limit + own.length : undefined
    const merged = new Map<string, Uint8Array | undefined>(await rows.range(prefix, { after, limit: wanted }))
    for (const [key, value] of own) merged.set(key, value)
    const present = [...merged].filter((row): row is [string, Uint8Array] => row[1] !== undefined)
    return present.sort(([a], [b]) => (a < b ? -1 : 1)).slice(0, limit)
  }

  return {
    async get(key) {
      return pending.has(key) ? pending.get(key) : rows.get(key)
    },
    range,
    keys: async (prefix, options) => (await range(prefix, options)).map(([key]) => key),
    async commit(changes) {
      for (const { key, value } of changes) pending.set(key, value)
    },
    async flush() {
      const changes: Change[] = [...pending].map(([key, value]) => (value ? { key, value } : { key }))
      pending = new Map()
      if (changes.length > 0) await rows.commit(changes)
    },
    close() {},
  }
}

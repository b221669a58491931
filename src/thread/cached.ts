/**
 * Rows whose single keys are remembered for a while: what was written a moment ago is not read from the disk again. Right
 * as long as everybody who writes these rows does it through the same object.
 */
import type { Rows } from '../store/rows.ts'

/** Keys remembered: a few for each thread in use. */
const REMEMBERED = 1024
/** Bytes of a value that is worth remembering. */
const LARGEST = 4096

export function cacheGets(rows: Rows): Rows {
  const known = new Map<string, Uint8Array | undefined>()
  let commits = 0

  const remember = (key: string, value: Uint8Array | undefined): void => {
    known.delete(key)
    if (value && value.byteLength > LARGEST) return
    known.set(key, value)
    for (const oldest of known.keys()) {
      if (known.size <= REMEMBERED) break
      known.delete(oldest)
    }
  }

  return {
    async get(key) {
      if (known.has(key)) return known.get(key)
      const before = commits
      const value = await rows.get(key)
      // Whatever was committed while it was read may have changed it.
      if (commits === before) remember(key, value)
      return value
    },
    range: (prefix, options) => rows.range(prefix, options),
    keys: (prefix, options) => rows.keys(prefix, options),
    async commit(changes) {
      commits++
      for (const { key } of changes) known.delete(key)
      await rows.commit(changes)
      commits++
      for (const { key, value } of changes) remember(key, value)
    },
    close: () => rows.close(),
  }
}

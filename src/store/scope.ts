/**
 * Rows apart from all others in the same store: every key lies below a prefix of its own. Each further account of a device
 * lives in a scope, and so does a trial restore; nothing written in one is seen in another or outside. Scopes may be nested.
 */
import { CafeError } from '../core/errors.ts'
import type { RangeOptions, Rows } from './rows.ts'

/** No table's key starts like this (they start with `/cafe/`), nor does any of libp2p's. */
const SCOPES = '/scope/'
/** Letters, digits, `-`, `_` and `.`: an address or a word is a name, a path is none. */
const NAME = /^[\w.-]{1,64}$/

/** Rows removed in one commit: a few megabytes in memory at most, since a row of a table is at most one frame. */
const CLEAR_AT_ONCE = 200

function prefixOf(name: string): string {
  if (!NAME.test(name)) throw new CafeError('BAD_REQUEST', { what: 'scope' })
  return `${SCOPES}${name}/`
}

/**
 * The rows of `rows` that are in the scope `name`, with all that {@link Rows} promises. Closing them closes nothing: the
 * store belongs to whoever opened it.
 * @throws CafeError BAD_REQUEST `{what: 'scope'}` for a name that is none.
 *
 * @example
 * ```ts
 * const trial = scopedRows(rows, 'drill')
 * const found = await recover({ ...components, rows: trial })
 * await clear(rows, 'drill')
 * ```
 */
export function scopedRows(rows: Rows, name: string): Rows {
  const scope = prefixOf(name)
  const within = ({ after, limit }: RangeOptions = {}): RangeOptions => ({
    after: after === undefined ? undefined : scope + after,
    limit,
  })
  return {
    get: (key) => rows.get(scope + key),
    async range(prefix, options) {
      const found = await rows.range(scope + prefix, within(options))
      return found.map(([key, value]) => [key.slice(scope.length), value] as const)
    },
    async keys(prefix, options) {
      const found = await rows.keys(scope + prefix, within(options))
      return found.map((key) => key.slice(scope.length))
    },
    commit: (changes) => rows.commit(changes.map((change) => ({ ...change, key: scope + change.key }))),
    close() {},
  }
}

/**
 * Removes all rows of the scope `name`, in several commits: if it is interrupted some are left, and calling it again
 * removes those. Nobody may write to the scope meanwhile.
 */
export async function clear(rows: Rows, name: string, { signal }: { signal?: AbortSignal } = {}): Promise<void> {
  const prefix = prefixOf(name)
  for (;;) {
    signal?.throwIfAborted()
    const found = await rows.range(prefix, { limit: CLEAR_AT_ONCE })
    if (found.length === 0) return
    await rows.commit(found.map(([key]) => ({ key })))
  }
}

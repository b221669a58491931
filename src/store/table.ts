/** Typed tables over {@link Rows}: a key prefix, a schema checked on every read, dag-cbor values. */
import { decode, encode } from '../core/codec.ts'
import { CafeError } from '../core/errors.ts'
import { MAX_FRAME } from '../core/limits.ts'
import { parse, type Schema } from '../core/schema.ts'
import type { Change, RangeOptions, Rows } from './rows.ts'

/** Parts of a key below the table's prefix, owner first. No part may be empty or hold a slash. */
export type Parts = readonly string[]

export interface ListOptions extends RangeOptions {
  /** Is told of each row that cannot be read, which is then left out; without it the list fails. */
  readonly damaged?: (key: Parts) => void
}

export interface Table<Row> {
  readonly name: string
  /** The row that these stored bytes are. @throws CafeError CORRUPT. */
  read(value: Uint8Array): Row
  get(...parts: Parts): Promise<Row | undefined>
  /** Rows under the given leading parts, in key order; `after` is the last key part seen. */
  list(under: Parts, options?: ListOptions): Promise<Array<{ readonly key: Parts; readonly row: Row }>>
  /** A change for {@link Rows.commit}: commits of several tables in one are how rows stay consistent. */
  put(parts: Parts, row: Row): Change
  remove(...parts: Parts): Change
  /** What removes all rows under the given leading parts, also those that cannot be read. */
  erase(...under: Parts): Promise<Change[]>
}

/**
 * A table named `name` in `rows`, whose rows have at most `limit` bytes.
 * @throws CafeError CORRUPT from reads when a stored row does not match the schema any more.
 *
 * @example
 * ```ts
 * const pins = table(rows, 'pin', v.strictObject({ bytes: count() }))
 * await rows.commit([pins.put([account, root], { bytes: 10 })])
 * ```
 */
export function table<Row>(rows: Rows, name: string, schema: Schema<Row>, limit = MAX_FRAME): Table<Row> {
  const prefix = `/cafe/${name}/`
  const keyOf = (parts: Parts): string => {
    if (parts.length === 0 || parts.some((part) => part === '' || part.includes('/')))
      throw new TypeError('bad key part')
    return prefix + parts.join('/')
  }
  const read = (bytes: Uint8Array): Row => {
    try {
      return parse(schema, decode(bytes, limit)) as Row
    } catch (cause) {
      throw new CafeError('CORRUPT', { what: `row of ${name}` }, { cause })
    }
  }
  return {
    name,
    read,
    async get(...parts) {
      const bytes = await rows.get(keyOf(parts))
      return bytes && read(bytes)
    },
    async list(under, { after, limit, damaged } = {}) {
      const start = under.length === 0 ? prefix : `${keyOf(under)}/`
      const found = await rows.range(start, { after: after && start + after, limit })
      return found.flatMap(([whole, value]) => {
        const key = whole.slice(prefix.length).split('/')
        try {
          return [{ key, row: read(value) }]
        } catch (error) {
          if (!damaged) throw error
          damaged(key)
          return []
        }
      })
    },
    put: (parts, row) => ({ key: keyOf(parts), value: encode(row) }),
    remove: (...parts) => ({ key: keyOf(parts) }),
    erase: async (...under) => (await rows.keys(`${keyOf(under)}/`)).map((key) => ({ key })),
  }
}

/**
 * What all devices of an account agree on, as far as the parts that only write and read entries know of it: a value by kind
 * and id. Here it is this device's own table; the account's record, which travels between devices, has the same shape.
 */
import { decode, encode } from '../core/codec.ts'
import { MAX_FRAME } from '../core/limits.ts'
import { bytes, v } from '../core/schema.ts'
import type { Rows } from '../store/rows.ts'
import { table } from '../store/table.ts'

export interface Entries {
  entries(kind: string): Promise<ReadonlyArray<{ readonly id: string; readonly value: unknown }>>
  set(kind: string, id: string, value: unknown): Promise<void>
  remove(kind: string, id: string): Promise<void>
}

export function localEntries(rows: Rows): Entries {
  const entries = table(rows, 'entry', v.strictObject({ value: bytes(MAX_FRAME) }))
  return {
    entries: async (kind) =>
      (await entries.list([kind])).map(({ key, row }) => ({
        id: key[1] as string,
        value: decode(row.value, MAX_FRAME),
      })),
    set: (kind, id, value) => rows.commit([entries.put([kind, id], { value: encode(value) })]),
    remove: (kind, id) => rows.commit([entries.remove(kind, id)]),
  }
}

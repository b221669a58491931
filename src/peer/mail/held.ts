/** Letters that have come and were not given to their handlers yet: on disk before anybody hears that they are here. */

import { doorClass } from '../../cafe/inbox/protocol.ts'
import { MAX_LETTER } from '../../core/limits.ts'
import { count, text, v } from '../../core/schema.ts'
import type { Change, Rows } from '../../store/rows.ts'
import { table } from '../../store/table.ts'
import type { LineKey } from './lines.ts'
import { keyOf } from './parcel.ts'

export const heldRow = v.strictObject({ kind: text(16), ts: count(), door: doorClass, body: v.unknown() })
export type HeldRow = v.InferOutput<typeof heldRow>

export interface HeldLetter {
  readonly n: number
  readonly row: HeldRow
}

export interface Held {
  readonly count: number
  /** Changes to be committed; `settle` when they were. */
  add(key: LineKey, letters: readonly HeldLetter[]): Change[]
  remove(key: LineKey, numbers: readonly number[]): Change[]
  settle(added: number): void
  /** Those of one line, in order. */
  list(key: LineKey, limit: number): Promise<readonly HeldLetter[]>
  /** Lines with any. */
  lines(): Promise<readonly LineKey[]>
}

const PAGE = 256

export async function createHeld(rows: Rows): Promise<Held> {
  const letters = table(rows, 'letter-held', heldRow, MAX_LETTER + 1024)
  const partsOf = ({ from, dev, line }: LineKey, n: number) => [from, dev, line, keyOf(n)] as const
  let count = 0

  /** Keys of all of them; bodies are read page by page, and not kept. */
  async function* keys(): AsyncGenerator<LineKey> {
    for (let after: string | undefined; ; ) {
      const page = await letters.list([], { after, limit: PAGE })
      for (const { key } of page) yield { from: key[0], dev: key[1], line: key[2] } as LineKey
      if (page.length < PAGE) return
      after = page.at(-1)?.key.join('/')
    }
  }
  for await (const _ of keys()) count++

  return {
    get count() {
      return count
    },
    add: (key, some) => some.map(({ n, row }) => letters.put(partsOf(key, n), row)),
    remove: (key, numbers) => numbers.map((n) => letters.remove(...partsOf(key, n))),
    settle(added) {
      count += added
    },
    async list({ from, dev, line }, limit) {
      const found = await letters.list([from, dev, line], { limit })
      return found.map(({ key, row }) => ({ n: Number(key[3]), row }))
    },
    async lines() {
      const found = new Map<string, LineKey>()
      for await (const key of keys()) found.set(`${key.from}/${key.dev}/${key.line}`, key)
      return [...found.values()]
    },
  }
}

/**
 * The standings of a thread as rows: each value once, named by what it says, so that blocks which change nothing cost
 * nothing. What was read is remembered; since a value never changes, what is remembered is never wrong.
 */
import { concat } from '../crypto/bytes.ts'
import { merge, nameOf, packStandings, type Standings, unpackStandings } from './standing.ts'
import { PART, type ThreadTables, up } from './tables.ts'
import type { ThreadIdText } from './thread.ts'

export interface Named {
  readonly name: string
  readonly value: Standings
}

export interface Values {
  load(tables: ThreadTables, name: string): Promise<Standings>
  /** The values of these names, merged. */
  merged(tables: ThreadTables, names: readonly string[]): Promise<Named>
  named(value: Standings): Promise<Named>
  /** Stages the value's rows unless they are there. */
  save(tables: ThreadTables, one: Named): Promise<void>
}

/** Values kept in memory: some branches side by side. */
const REMEMBERED = 64

export function createValues(id: ThreadIdText): Values {
  const byName = new Map<string, Standings>()
  const merges = new Map<string, Named>()

  const remember = <T>(map: Map<string, T>, key: string, value: T): T => {
    map.delete(key)
    map.set(key, value)
    for (const oldest of map.keys()) {
      if (map.size <= REMEMBERED) break
      map.delete(oldest)
    }
    return value
  }

  const values: Values = {
    async load(tables, name) {
      const known = byName.get(name)
      if (known) return remember(byName, name, known)
      const parts = await tables.standings.list([id, name])
      return remember(byName, name, unpackStandings(concat(...parts.map(({ row }) => row.part))))
    },
    async merged(tables, names) {
      const distinct = [...new Set(names)].sort()
      const [first, ...others] = distinct
      if (first === undefined) throw new RangeError('nothing to merge')
      if (others.length === 0) return { name: first, value: await values.load(tables, first) }
      const key = distinct.join(' ')
      const known = merges.get(key)
      if (known) return remember(merges, key, known)
      let value = await values.load(tables, first)
      for (const name of others) value = merge(value, await values.load(tables, name))
      return remember(merges, key, await values.named(value))
    },
    async named(value) {
      const name = await nameOf(packStandings(value))
      return { name, value: remember(byName, name, value) }
    },
    async save(tables, { name, value }) {
      if (await tables.standings.get(id, name, up(0))) return
      const packed = packStandings(value)
      for (let at = 0, part = 0; at < packed.byteLength; at += PART, part++)
        await tables.stage([tables.standings.put([id, name, up(part)], { part: packed.slice(at, at + PART) })])
    },
  }
  return values
}

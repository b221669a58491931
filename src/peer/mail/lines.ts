/** The lines in which letters come, each of one device of somebody: which numbers have come, and how far they were given on. */
import type { Clock } from '../../core/clock.ts'
import type { Address, PeerIdText } from '../../core/ids.ts'
import { MAX_LINE_RANGES, MAX_LINES, MAX_LINES_OF_ONE } from '../../core/limits.ts'
import { count, v } from '../../core/schema.ts'
import type { Change, Rows } from '../../store/rows.ts'
import { table } from '../../store/table.ts'
import { rangesSchema } from './ranges.ts'

export const lineInRow = v.strictObject({
  /** Numbers that have come here, or never will. */
  have: rangesSchema(MAX_LINE_RANGES),
  /** Up to here they were given to their handlers, but for those that were missing when it was their turn. */
  handed: count(),
  /** The writer has not been told of all that has come. */
  owed: v.boolean(),
  /** It came by the stranger's door, and by no other yet. */
  strange: v.boolean(),
  seen: count(),
})
export type LineIn = v.InferOutput<typeof lineInRow>

export interface LineKey {
  readonly from: Address
  readonly dev: PeerIdText
  readonly line: string
}

export interface Lines {
  /** The line as it is; empty if it is new. */
  get(key: LineKey): LineIn
  of(from: Address): ReadonlyArray<LineKey & { readonly row: LineIn }>
  all(): Iterable<LineKey & { readonly row: LineIn }>
  /** Devices that have written for somebody, the last first. */
  devicesOf(from: Address): readonly PeerIdText[]
  /** Commits the line together with other changes. One call at a time for one account. */
  commit(key: LineKey, row: LineIn, changes: readonly Change[]): Promise<void>
}

const partsOf = ({ from, dev, line }: LineKey) => [from, dev, line] as const
const nameOf = ({ dev, line }: LineKey): string => `${dev}/${line}`
const EMPTY: LineIn = { have: [], handed: 0, owed: false, strange: true, seen: 0 }

export async function createLines({ rows, clock }: { rows: Rows; clock: Clock }): Promise<Lines> {
  const lines = table(rows, 'letter-in', lineInRow)
  const known = new Map<Address, Map<string, LineKey & { row: LineIn }>>()
  let total = 0

  const remember = (key: LineKey, row: LineIn): void => {
    const own = known.get(key.from) ?? new Map()
    if (!own.has(nameOf(key))) total++
    own.set(nameOf(key), { ...key, row })
    known.set(key.from, own)
  }
  const forget = (key: LineKey): void => {
    const own = known.get(key.from)
    if (own?.delete(nameOf(key))) total--
    if (own?.size === 0) known.delete(key.from)
  }
  for (const { key, row } of await lines.list([])) {
    const [from, dev, line] = key as [Address, PeerIdText, string]
    remember({ from, dev, line }, row)
  }

  const all = (): Array<LineKey & { row: LineIn }> => [...known.values()].flatMap((own) => [...own.values()])
  const oldest = (some: ReadonlyArray<LineKey & { row: LineIn }>) =>
    some.reduce((old, one) => (one.row.seen < old.row.seen ? one : old))

  /** What has to be forgotten for a new line: its letters would be taken for new ones if they came again. */
  const givesWay = (key: LineKey): LineKey[] => {
    const own = known.get(key.from)
    if (own?.has(nameOf(key))) return []
    if (own && own.size >= MAX_LINES_OF_ONE) return [oldest([...own.values()])]
    return total >= MAX_LINES ? [oldest(all())] : []
  }

  return {
    get: (key) => known.get(key.from)?.get(nameOf(key))?.row ?? EMPTY,
    of: (from) => [...(known.get(from)?.values() ?? [])],
    all,
    devicesOf: (from) => {
      const own = [...(known.get(from)?.values() ?? [])].sort((a, b) => b.row.seen - a.row.seen)
      return [...new Set(own.map(({ dev }) => dev))]
    },
    async commit(key, row, changes) {
      const old = givesWay(key)
      const next = { ...row, seen: clock() }
      const gone = old.map((one) => lines.remove(...partsOf(one)))
      await rows.commit([...changes, ...gone, lines.put(partsOf(key), next)])
      for (const one of old) forget(one)
      remember(key, next)
    },
  }
}

/** What is on its way to each recipient, as rows say it: all in memory, so that deciding needs no reading. */
import { type Random, systemRandom } from '../../core/clock.ts'
import type { Address } from '../../core/ids.ts'
import { hex } from '../../core/ids.ts'
import type { Change } from '../../store/rows.ts'
import type { LineRow, OutRow, OutStore, ParcelRow } from './out-rows.ts'
import { keyOf } from './parcel.ts'

export interface Box {
  readonly to: Address
  line: LineRow
  /** By `q`, ascending. */
  readonly letters: Map<number, OutRow>
  /** By `p`, ascending. */
  readonly parcels: Map<number, ParcelRow>
}

/** What a step changes: rows and memory, the second only when the first is on disk. */
export interface Step {
  readonly changes: Change[]
  readonly after: Array<() => void>
}

export const newStep = (): Step => ({ changes: [], after: [] })

export interface Boxes {
  readonly all: ReadonlyMap<Address, Box>
  get(to: Address): Box | undefined
  /** The recipient's box, empty if it is new: then it is nowhere until something is put into it. */
  open(to: Address): Box
  putLine(step: Step, box: Box, line: LineRow): void
  putLetter(step: Step, box: Box, q: number, row: OutRow): void
  dropLetter(step: Step, box: Box, q: number): void
  putParcel(step: Step, box: Box, p: number, row: ParcelRow): void
  dropParcel(step: Step, box: Box, p: number): void
  commit(step: Step): Promise<void>
}

export async function loadBoxes(store: OutStore, random: Random = systemRandom): Promise<Boxes> {
  const all = new Map<Address, Box>()

  const open = (to: Address): Box => {
    const known = all.get(to)
    if (known) return known
    const line = { line: hex(random(8)), next: 1, q: 1, p: 1, card: 0 }
    return { to, line, letters: new Map(), parcels: new Map() }
  }

  for (const { key, row } of await store.lines.list([])) {
    const to = key[0] as Address
    all.set(to, { ...open(to), line: row })
  }
  for (const { key, row } of await store.letters.list([])) all.get(key[0] as Address)?.letters.set(Number(key[1]), row)
  for (const { key, row } of await store.parcels.list([])) all.get(key[0] as Address)?.parcels.set(Number(key[1]), row)

  return {
    all,
    open,
    get: (to) => all.get(to),
    putLine({ changes, after }, box, line) {
      changes.push(store.lines.put([box.to], line))
      after.push(() => {
        box.line = line
        all.set(box.to, box)
      })
    },
    putLetter({ changes, after }, { to, letters }, q, row) {
      changes.push(store.letters.put([to, keyOf(q)], row))
      after.push(() => void letters.set(q, row))
    },
    dropLetter({ changes, after }, { to, letters }, q) {
      changes.push(store.letters.remove(to, keyOf(q)), store.bodies.remove(to, keyOf(q)))
      after.push(() => void letters.delete(q))
    },
    putParcel({ changes, after }, { to, parcels }, p, row) {
      changes.push(store.parcels.put([to, keyOf(p)], row))
      after.push(() => void parcels.set(p, row))
    },
    dropParcel({ changes, after }, { to, parcels }, p) {
      changes.push(store.parcels.remove(to, keyOf(p)), store.sealed.remove(to, keyOf(p)))
      after.push(() => void parcels.delete(p))
    },
    async commit({ changes, after }) {
      if (changes.length > 0) await store.rows.commit(changes)
      for (const act of after) act()
    },
  }
}

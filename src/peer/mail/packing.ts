/** Packs a parcel: loose letters of one recipient as far as they fit, and what else there is to say to it. */
import type { Clock } from '../../core/clock.ts'
import type { Address } from '../../core/ids.ts'
import { unshared } from '../../crypto/bytes.ts'
import type { Change } from '../../store/rows.ts'
import { type Box, type Boxes, newStep } from './boxes.ts'
import type { OutRow, OutStore } from './out-rows.ts'
import { bodySize, keyOf, LETTER_COST, MAX_PARCEL_LETTERS, type Parcel } from './parcel.ts'

/** What only says what has come is not worth more: it is said again when there is reason. */
const NOTES_TTL = 7 * 86_400_000

/** What there is to pack beside letters, and what becomes of it when it is packed. */
export interface Extras {
  readonly says: Pick<Parcel, 'got' | 'miss' | 'read' | 'gone'> | undefined
  readonly card: { readonly seq: number; readonly envelope: Uint8Array } | undefined
  /** Committed together with the parcel. */
  readonly changes: readonly Change[]
  done(): Promise<void>
}

export interface PackOptions {
  /** Bytes that it takes. */
  readonly room: number
  readonly extras: Extras | undefined
  readonly seal: (parcel: Omit<Parcel, 'v'>) => Promise<Uint8Array>
}

export interface PackingComponents {
  readonly store: OutStore
  readonly boxes: Boxes
  readonly clock: Clock
}

/** @returns whether there was anything to pack. One call at a time for one recipient. */
export type Packing = (to: Address, options: PackOptions) => Promise<boolean>

export function createPacking({ store, boxes, clock }: PackingComponents): Packing {
  /** Loose letters that go together, in order. */
  const chosen = (box: Box, room: number): Array<[number, OutRow]> => {
    const some: Array<[number, OutRow]> = []
    let left = room
    for (const [q, row] of box.letters) {
      if (row.p !== 0) continue
      left -= row.size + LETTER_COST
      if ((left < 0 && some.length > 0) || some.length === MAX_PARCEL_LETTERS) break
      some.push([q, row])
    }
    return some
  }

  return async (to, { room, extras, seal }) => {
    const box = boxes.open(to)
    const { line, next, p } = box.line
    const spare = extras?.says ? bodySize(extras.says) : 0
    const some = chosen(box, room - spare)
    if (some.length === 0 && !extras) return false
    const used = some.reduce((sum, [, row]) => sum + row.size + LETTER_COST, spare)
    // Beside a letter that fills a parcel there is no room for more: it is said with the next.
    const told = used <= room || some.length === 0 ? extras : undefined
    const card = told?.card && used + told.card.envelope.byteLength <= room ? told.card : undefined
    let n = next
    const numbered = some.map(([q, row]) => [q, { ...row, p, n: row.n || n++ }] as const)
    const letters: Array<Parcel['letters'][number]> = []
    for (const [q, { n, kind, written }] of numbered) {
      const { body } = (await store.bodies.get(to, keyOf(q))) ?? { body: null }
      letters.push({ n, kind, ts: written, body })
    }
    const low = lowOf(box, n, numbered)
    const sealed = await seal({ line, low, letters, card: card && new Uint8Array(card.envelope), ...told?.says })
    const now = clock()
    const ends = Math.max(now + NOTES_TTL, ...some.map(([, row]) => row.ends))
    const step = newStep()
    boxes.putLine(step, box, { ...box.line, next: n, p: p + 1, card: card?.seq ?? box.line.card })
    for (const [q, row] of numbered) boxes.putLetter(step, box, q, row)
    const qs = some.map(([q]) => q)
    const notes = some.length === 0
    boxes.putParcel(step, box, p, { qs, notes, size: sealed.byteLength, made: now, ends, at: [] })
    step.changes.push(store.sealed.put([to, keyOf(p)], { sealed: unshared(sealed) }), ...(told?.changes ?? []))
    await boxes.commit(step)
    await told?.done()
    return true
  }
}

/** Below it nothing is missing at the recipient: `packed` are being packed now, up to the number before `next`. */
function lowOf(box: Box, next: number, packed: ReadonlyArray<readonly [number, OutRow]>): number {
  const numbers = [...box.letters.values(), ...packed.map(([, row]) => row)].flatMap(({ n }) => (n > 0 ? [n] : []))
  return numbers.reduce((low, n) => Math.min(low, n), next)
}

/**
 * Where the letters of an inbox lie, in a few bytes for each: so that for a new one, as nearly all are, no row is looked for,
 * and for one that is named only its own. May name places of other letters too; never leaves out one of its own.
 */

export interface Places {
  /** Where a letter may lie. */
  of(id: string): readonly number[]
  /** Once for each letter and place. */
  add(id: string, place: number): void
  remove(id: string, place: number): void
}

const NONE: readonly number[] = []

/** The first 52 bits of an id, which is the hex of a hash. */
const markOf = (id: string): number => Number.parseInt(id.slice(0, 13), 16)

export function createPlaces(): Places {
  /** By mark: one place mostly; more where letters look alike, since anybody can make two that do. */
  const places = new Map<number, number | readonly number[]>()
  const at = (mark: number): readonly number[] => {
    const found = places.get(mark)
    return typeof found === 'number' ? [found] : (found ?? NONE)
  }
  return {
    of: (id) => at(markOf(id)),
    add(id, place) {
      const mark = markOf(id)
      places.set(mark, places.has(mark) ? [...at(mark), place] : place)
    },
    remove(id, place) {
      const mark = markOf(id)
      const all = at(mark)
      const index = all.indexOf(place)
      const [first, ...more] = index < 0 ? all : all.toSpliced(index, 1)
      if (first === undefined) places.delete(mark)
      else places.set(mark, more.length === 0 ? first : [first, ...more])
    },
  }
}

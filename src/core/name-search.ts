/**
 * Searching names: what a name is found by, and how well a query fits one. The same rules for a cafe's index, for the check of
 * what other cafes answer, and for an address book in memory.
 */
import { drawnLike, mixesScripts } from './look-alike.ts'
import { gradeOf, isTooShort, wordsOf } from './words.ts'

/** A name, as an index knows it. */
export interface NameWords {
  /** As it is written. */
  readonly plain: readonly string[]
  /** As it looks, where that is something else. */
  readonly drawn: readonly string[]
}

/** What is searched for; the same form as a name. */
export type Search = NameWords

export interface Fit {
  /** The smaller, the better. */
  readonly grade: number
  /** The name only looks like what is searched for: it is written with other letters. */
  readonly alike: boolean
}

export function nameWords(name: string): NameWords {
  const plain = wordsOf(name)
  // What is no word of one script even as it looks was not made to look like one.
  const drawn = wordsOf(drawnLike(name)).filter((word) => !mixesScripts(word))
  return { plain, drawn: drawn.every((word) => plain.includes(word)) ? [] : drawn }
}

/** Words of a search that count: more make nobody more particular, and each is compared with each of a name's. */
const MAX_SEARCHED = 8

/** Undefined for what is too short to search for. */
export function searchFor(query: string): Search | undefined {
  const { plain, drawn } = nameWords(query)
  if (isTooShort(plain)) return undefined
  return { plain: plain.slice(0, MAX_SEARCHED), drawn: drawn.slice(0, MAX_SEARCHED) }
}

/** Behind all that are written as the query is. */
const ALIKE = 1000

/**
 * How well a name fits a search, undefined if it does not.
 *
 * @example
 * ```ts
 * const search = searchFor('ada lov')
 * const found = contacts.filter(({ name }) => search && fitOf(search, nameWords(name)))
 * ```
 */
export function fitOf(search: Search, name: NameWords): Fit | undefined {
  const grade = gradeOf(search.plain, name.plain)
  if (grade !== undefined) return { grade, alike: false }
  if (search.drawn.length === 0 && name.drawn.length === 0) return undefined
  const looks = ({ plain, drawn }: NameWords): readonly string[] => (drawn.length > 0 ? drawn : plain)
  const drawn = gradeOf(looks(search), looks(name))
  return drawn === undefined ? undefined : { grade: ALIKE + drawn, alike: true }
}

/** All that a name is to be found by. */
export const indexWords = ({ plain, drawn }: NameWords): readonly string[] => [...new Set([...plain, ...drawn])]

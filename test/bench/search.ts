/**
 * How long a search for a name takes at most in 95 of 100 cases, in a browser's worker over IndexedDB, with so many cards:
 * beginnings, whole names, words in another order and slips, ten results each. The limit is reading ten cards by their keys
 * in one bare transaction of the same database: what giving the results costs if finding them cost nothing. (A scan in memory
 * would be no limit for an index that keeps nothing in memory.)
 */
import { compare, type Figure } from './figure.ts'

const RUNS = 3
/** Searches of one run. */
const SEARCHES = 200

const searchOf = (name: string, total: number): Figure => ({
  name,
  unit: 'ms',
  inverse: true,
  async run(context) {
    const lab = await context.names()
    const filling = await lab.call('fillCards', total)
    console.error(`Filling the index to ${total} cards took ${(filling / 1000).toFixed(1)} s`)
    let from = 0
    const next = (): number => {
      from += SEARCHES
      return from
    }
    return compare(
      RUNS,
      () => lab.call('search', SEARCHES, next()),
      () => lab.call('readCards', SEARCHES, next()),
    )
  },
})

export const search1k = searchOf('search_1k', 1_000)
export const search10k = searchOf('search_10k', 10_000)
export const search100k = searchOf('search_100k', 100_000)

/**
 * Looks for cards in the index of this cafe. Bounded: however many cards there are, a search reads some thousand small rows
 * and then the cards it gives.
 */
import type { Address } from '../../core/ids.ts'
import { fitOf, type Search, searchFor } from '../../core/name-search.ts'
import { address as addressSchema, v } from '../../core/schema.ts'
import { isCjk, isSlip, MIN_TYPO } from '../../core/words.ts'
import { handle } from './card.ts'
import type { IndexRows, Posting } from './index-rows.ts'
import type { CardRow, ContactStore } from './store.ts'

/** Rows read at first, enough for most queries, and at once when there are more. */
const FIRST_PAGE = 64
const PAGE = 512
/** Rows a search reads at most: about fifty milliseconds of a laptop's disk. */
const MAX_READ = 8 * PAGE
/** Words that a slip may have been made of, and that are looked up. */
const MAX_SLIPS = 32
/** Words read that share a form with a written one: short forms have many. */
const NEAR_PAGE = 64

export interface Hit {
  readonly address: Address
  readonly card: CardRow
}

export interface Hits {
  /** Best first. */
  readonly hits: readonly Hit[]
  /** There is nothing more that matches. */
  readonly complete: boolean
  /** Accounts whose card has ended, and that are in the way of others in the index. */
  readonly ended: readonly Address[]
}

export interface SearchComponents {
  readonly store: Pick<ContactStore, 'cards'>
  readonly index: IndexRows
  readonly holds: (card: CardRow) => boolean
}

export interface SearchOptions {
  readonly limit: number
  readonly isWanted: (address: Address) => boolean
}

/** What a query asks for. */
export interface Query {
  /** It is a whole address. */
  readonly address: Address | undefined
  /** It may be a handle. */
  readonly handle: string | undefined
  readonly name: Search | undefined
}

/** What somebody has typed; undefined if nothing may be searched for with so little. */
export function readQuery(typed: string): Query | undefined {
  const text = typed.trim()
  const whole = v.is(addressSchema, text) ? (text as Address) : undefined
  if (whole) return { address: whole, handle: undefined, name: undefined }
  const called = text.replace(/^@/, '').toLowerCase()
  const query = {
    address: undefined,
    handle: v.is(handle, called) ? called : undefined,
    name: text.startsWith('@') ? undefined : searchFor(text),
  }
  return query.handle || query.name ? query : undefined
}

/** The address whose live card holds the handle here. */
export async function ownerOf({ store, index, holds }: SearchComponents, called: string): Promise<Address | undefined> {
  const account = (await index.handles.get(called))?.account
  const card = account && (await store.cards.get(account))
  return card && card.handle === called && holds(card) ? account : undefined
}

export async function search(components: SearchComponents, query: Query, options: SearchOptions): Promise<Hits> {
  const { store, holds } = components
  const { limit, isWanted } = options
  const exact = query.address ?? (query.handle && (await ownerOf(components, query.handle)))
  const first = exact && isWanted(exact) ? [exact] : []
  const named = query.name ? await byName(components, query.name, options) : { found: [], complete: true }
  const order = [...new Set([...first, ...named.found])]

  const [hits, ended]: [Hit[], Address[]] = [[], []]
  let at = 0
  while (at < order.length && hits.length < limit) {
    const some = order.slice(at, at + limit - hits.length)
    at += some.length
    const cards = await Promise.all(some.map((address) => store.cards.get(address)))
    for (const [i, address] of some.entries()) {
      const card = cards[i]
      // The index may be a moment behind, and says nothing of the time a card holds.
      const isShown = card && (address === exact ? card.shown !== 'hidden' : card.shown === 'listed')
      if (!card || !isShown || card.ends === null) continue
      if (holds(card)) hits.push({ address, card })
      else ended.push(address)
    }
  }
  return { hits, complete: named.complete && at === order.length, ended }
}

/** Candidates, by how well they fit. */
class Candidates {
  readonly #grades = new Map<Address, number>()
  readonly #query: Search
  readonly #isWanted: (address: Address) => boolean
  read = 0

  constructor(query: Search, isWanted: (address: Address) => boolean) {
    this.#query = query
    this.#isWanted = isWanted
  }

  get size(): number {
    return this.#grades.size
  }

  add({ address, name }: Posting): void {
    this.read += 1
    if (this.#grades.has(address) || !this.#isWanted(address)) return
    const fit = fitOf(this.#query, name)
    // Of names that fit alike, the one that has the fewest other words is meant most likely.
    if (fit) this.#grades.set(address, fit.grade * 64 + Math.min(63, name.plain.length))
  }

  sorted(): Address[] {
    return [...this.#grades].sort(([a, x], [b, y]) => x - y || (a < b ? -1 : 1)).map(([address]) => address)
  }
}

type Named = { readonly found: readonly Address[]; readonly complete: boolean }

async function byName({ index }: SearchComponents, query: Search, options: SearchOptions): Promise<Named> {
  const candidates = new Candidates(query, options.isWanted)
  // Some more than are wanted, so that there is a choice.
  const enough = (): boolean => candidates.size >= 2 * options.limit
  const forms = query.drawn.length > 0 ? [query.plain, query.drawn] : [query.plain]
  let complete = true
  for (const words of forms) if (!enough()) complete = (await scan(index, words, candidates, enough)) && complete
  for (const words of forms) {
    if (candidates.size < options.limit) complete = (await scanSlips(index, words, candidates)) && complete
  }
  return { found: candidates.sorted(), complete: complete && !enough() }
}

/**
 * Reads cards that have a word of each beginning. The ranges are read in turn, and the first that ends has shown all there
 * are: so the rarest word decides how much is read. One or two letters are rare only by chance, so they are read about only
 * where there is nothing longer. False if it has not come to an end.
 */
async function scan(
  index: IndexRows,
  words: readonly string[],
  candidates: Candidates,
  enough: () => boolean,
): Promise<boolean> {
  const long = words.filter((word) => word.length > 2 || isCjk(word))
  const lanes = (long.length > 0 ? long : words).map((word) => ({ word, after: undefined as string | undefined }))
  for (let limit = FIRST_PAGE; candidates.read < MAX_READ; limit = PAGE) {
    const pages = await Promise.all(lanes.map(({ word, after }) => index.startingWith(word, { after, limit })))
    for (const posting of pages.flat()) candidates.add(posting)
    if (pages.some((page) => page.length < limit)) return true
    if (enough()) return false
    for (const [i, lane] of lanes.entries()) lane.after = pages[i]?.at(-1)?.key
  }
  return false
}

/** Reads cards with a word that is a slip of the pen away from one that is searched for. */
async function scanSlips(index: IndexRows, words: readonly string[], candidates: Candidates): Promise<boolean> {
  const long = words.filter((word) => [...word].length >= MIN_TYPO - 1)
  const near = await Promise.all(
    long.map(async (word) => (await index.near(word, NEAR_PAGE)).filter((other) => isSlip(word, other))),
  )
  const found = [...new Set(near.flat())]
  const pages = await Promise.all(found.slice(0, MAX_SLIPS).map((word) => index.having(word, { limit: FIRST_PAGE })))
  for (const posting of pages.flat()) candidates.add(posting)
  return found.length <= MAX_SLIPS && pages.every((page) => page.length < FIRST_PAGE)
}

/**
 * Finding people: in the address book, at all cafes of the account side by side, and through them at the cafes they know.
 * Every card is verified here again, whoever has verified it before; a cafe that gives a forged one, or one that it must give
 * nobody, is marked and heard no further. What is found is told as it comes.
 */
import { openAnyCard } from '../cafe/contact/card.ts'
import type { ContactClient, Found } from '../cafe/contact/client.ts'
import type { Clock } from '../core/clock.ts'
import { CafeError, isCafeError, toCafeError } from '../core/errors.ts'
import type { Address, PeerIdText } from '../core/ids.ts'
import { FIND_LIMIT, FIND_WAIT, MAX_KNOWN_CAFES, MAX_QUERY } from '../core/limits.ts'
import { searchFor } from '../core/name-search.ts'
import type { Joined } from './cafe-row.ts'
import { authorized, type Cafes } from './cafes.ts'
import type { CardBook } from './cards.ts'
import type { AskedCafe, AskOutcome, FindState } from './contact-view.ts'
import type { Contacts } from './contacts.ts'
import { createGathered, type Gathered, mayGive, type Wanted, wantedBy } from './found.ts'
import type { Sightings } from './sightings.ts'

export interface FindWhat {
  /** A name or the beginning of one, a whole handle, or a whole address. */
  readonly query: string
  /** People at most. */
  readonly limit?: number | undefined
  /** Milliseconds in all. */
  readonly wait?: number | undefined
  /** Who is known already. */
  readonly exclude?: readonly Address[] | undefined
}

export interface FinderComponents {
  readonly self: Address
  readonly contacts: Pick<Contacts, 'book' | 'likeness'>
  readonly cards: Pick<CardBook, 'get' | 'learn' | 'mark'>
  readonly sightings: Sightings
  readonly cafes: Pick<Cafes, 'list' | 'access'>
  readonly client: Pick<ContactClient, 'find'>
  readonly clock: Clock
}

export interface FindOptions {
  readonly signal?: AbortSignal | undefined
  /** Called whenever there is more to show, with all there is. */
  readonly onProgress?: ((state: FindState) => void) | undefined
}

export interface Finder {
  /**
   * Resolves when all have answered, or the time is over. Aborted, it stops asking everywhere.
   * @throws CafeError BAD_REQUEST {what: 'query'} for nothing at all, or far too much; ABORTED.
   */
  find(what: FindWhat, options?: FindOptions): Promise<FindState>
}

/** Of the time there is, the part that cafes may spend on asking others: the rest is for the way back. */
const THEIR_SHARE = 0.8
/** Items a cafe may send for each person wanted: newer cards, and what it says of those it asked. */
const ITEMS = 8
/** Cafes that one may tell of having asked: all it can know. */
const MAX_TOLD = MAX_KNOWN_CAFES

/** What one search works with. */
interface Search {
  readonly what: Required<FindWhat>
  readonly wanted: Wanted
  readonly gathered: Gathered
  /** Ends it: the caller's, and the time. */
  readonly stop: AbortSignal
  /** How a cafe does; asked by another, `by`. */
  say(cafe: Joined, outcome: AskedCafe['outcome'], by?: PeerIdText): void
  /** There is somebody more, or newer. */
  tell(): void
}

/**
 * @example
 * ```ts
 * const { people } = await finder.find({ query: 'ada lov' }, { onProgress: show, signal })
 * ```
 */
export function createFinder(components: FinderComponents): Finder {
  const { self, contacts, cards, cafes, clock, client, sightings } = components

  const take = async (search: Search, cafe: Joined, { card: { envelope, time, via } }: CardItem): Promise<void> => {
    const { wanted, gathered, what } = search
    const card = await openAnyCard(envelope, clock())
    if (card.address === self || what.exclude.includes(card.address) || 'tomb' in card) return
    if (!mayGive(wanted, card)) throw new CafeError('CORRUPT', { what: 'visibility' })
    const at = { cafe: cafe.cafe, by: via }
    // What is known here may be newer than what any cafe has.
    const known = await cards.get(card.address)
    if (known) gathered.take(known.card)
    if (known && known.card.seq < card.seq) await cards.learn(card.address, envelope, cafe.cafe)
    sightings.note(card, envelope, { ...at, time })
    gathered.take(card, at)
    search.tell()
  }

  /** Listens to one cafe to its end. @returns whether it has left nothing out. */
  const listen = async (search: Search, cafe: Joined, auth: string): Promise<boolean> => {
    const { what, stop } = search
    const options = { ...what, wait: Math.floor(THEIR_SHARE * what.wait), hops: 1 as const }
    let items = 0
    for await (const found of client.find(cafe.cafe, options, { auth, signal: stop })) {
      if ('end' in found) return found.end.complete
      if (++items > ITEMS * what.limit + MAX_TOLD) throw new CafeError('CORRUPT', { what: 'items' })
      if ('asked' in found) search.say(cafe, found.asked.outcome, found.asked.cafe)
      else await take(search, cafe, found).catch(unlessOver)
    }
    return false
  }

  const ask = async (search: Search, cafe: Joined): Promise<boolean> => {
    search.say(cafe, 'asking')
    try {
      const whole = await authorized(cafes, cafe.cafe, search.stop, (auth) => listen(search, cafe, auth))
      search.say(cafe, 'answered')
      return whole
    } catch (thrown) {
      const outcome = outcomeOf(thrown, search.stop)
      search.say(cafe, outcome)
      if (outcome === 'lied') await cards.mark(cafe.cafe)
      return false
    }
  }

  return {
    async find(input, { signal = new AbortController().signal, onProgress = () => {} } = {}) {
      const query = input.query.trim()
      if (query === '' || query.length > MAX_QUERY) throw new CafeError('BAD_REQUEST', { what: 'query' })
      const { limit = FIND_LIMIT, wait = FIND_WAIT, exclude = [] } = input
      const what = { query, limit, wait, exclude }
      const wanted = wantedBy(query)
      const [book, active] = await Promise.all([contacts.book(), activeOf(cafes)])
      const short = searchFor(query) === undefined
      const asked = new Map<string, AskedCafe>()
      const names = new Map(active.map(({ cafe, name }) => [cafe, name]))
      const gathered = createGathered({
        ...{ wanted, book, exclude: new Set([...exclude, self]), alike: await contacts.likeness(book) },
        cafeName: (cafe) => names.get(cafe) ?? '',
      })
      const state = (complete: boolean): FindState => ({
        people: gathered.people(limit),
        cafes: [...asked.values()],
        ...{ short, complete },
      })
      const tell = (): void => onProgress(state(false))
      const search: Search = {
        ...{ what, wanted, gathered, tell, stop: AbortSignal.any([signal, AbortSignal.timeout(wait)]) },
        say({ cafe, name }, outcome, other) {
          const one = other
            ? { cafe: other, name: names.get(other) ?? null, by: cafe, outcome }
            : { cafe, name, by: null, outcome }
          asked.set(`${one.cafe} ${one.by}`, one)
          tell()
        },
      }
      tell()
      const whole = await Promise.all(short ? [] : active.map((cafe) => ask(search, cafe)))
      if (signal.aborted) throw toCafeError(signal.reason, 'ABORTED')
      return state(!short && whole.every((one) => one))
    },
  }
}

type CardItem = Extract<Found, { readonly card: unknown }>

const activeOf = async (cafes: Pick<Cafes, 'list'>): Promise<readonly Joined[]> =>
  (await cafes.list()).filter(({ state }) => state === 'active')

/** A card that is over, or from a clock that is ahead, is no lie. */
function unlessOver(thrown: unknown): void {
  if (!isCafeError(thrown) || thrown.code !== 'BAD_REQUEST') throw thrown
}

function outcomeOf(thrown: unknown, stop: AbortSignal): AskOutcome {
  const { code } = toCafeError(thrown)
  if (code === 'CORRUPT') return 'lied'
  if (stop.aborted) return 'late'
  return code === 'BUSY' || code === 'QUOTA' || code === 'FORBIDDEN' ? 'busy' : 'unreachable'
}

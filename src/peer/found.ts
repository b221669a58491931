/**
 * What a search has brought together: each person once, by the newest card that anybody gave, in an order that depends on
 * what was found and not on who answered first. Pure: cards come here verified.
 */
import { type Card, type LiveCard, visibilityOf } from '../cafe/contact/card.ts'
import type { Address, PeerIdText } from '../core/ids.ts'
import { type Fit, fitOf, type NameWords, nameWords } from '../core/name-search.ts'
import { type BookPerson, byName, cardName } from './contact-shape.ts'
import type { FoundPerson, LooksLike } from './contact-view.ts'

/** What is searched for, read once. */
export interface Wanted {
  readonly words: NameWords
  /** The whole query as an address or a handle, whichever it could be. */
  readonly whole: string
}

export interface FoundAt {
  readonly cafe: PeerIdText
  readonly by: PeerIdText | null
}

export interface GatherComponents {
  readonly wanted: Wanted
  readonly book: readonly BookPerson[]
  /** Not to be found: this account itself, and whom the caller knows already. */
  readonly exclude: ReadonlySet<Address>
  readonly alike: (address: Address, name: string) => readonly LooksLike[]
  readonly cafeName: (cafe: PeerIdText) => string
}

export interface Gathered {
  /** A genuine card, and who gave it; nobody, if it was here already. */
  take(card: Card, at?: FoundAt): void
  /** Contacts, then exact ones, then the others; `limit` of them in all. */
  people(limit: number): readonly FoundPerson[]
}

/** Handles and addresses have no other characters, so what is typed around them can be left out. */
export function wantedBy(query: string): Wanted {
  const trimmed = query.trim()
  return { words: nameWords(trimmed), whole: trimmed.replace(/^@/, '') }
}

/** Does the query name exactly this address or handle? */
export const isExact = ({ whole }: Wanted, address: Address, handle: string | null | undefined): boolean =>
  whole === address || (handle !== null && handle !== undefined && whole.toLowerCase() === handle)

/**
 * Whether a cafe may give this card as an answer: what is hidden it gives nobody, and what is not listed only to who knows it
 * exactly.
 */
export const mayGive = (wanted: Wanted, card: LiveCard): boolean => {
  const shown = visibilityOf(card)
  return shown === 'listed' || (shown === 'exact' && isExact(wanted, card.address, card.handle))
}

interface Ranked {
  readonly person: FoundPerson
  /** Contacts, exact ones, others. */
  readonly rank: number
  readonly grade: number
}

/** Where a card came from, so that the same ones always name the same: a cafe of this account before others. */
const isBefore = (a: FoundAt, b: FoundAt): boolean => {
  if ((a.by === null) !== (b.by === null)) return a.by === null
  return `${a.cafe} ${a.by}` < `${b.cafe} ${b.by}`
}

export function createGathered({ wanted, book, exclude, alike, cafeName }: GatherComponents): Gathered {
  const cards = new Map<Address, Card>()
  const places = new Map<Address, FoundAt>()
  const contacts = new Map(book.map((person) => [person.address, person]))

  const bestFit = (names: readonly string[]): Fit | undefined => {
    const fits = names.map((name) => fitOf(wanted.words, nameWords(name))).filter((fit) => fit !== undefined)
    return fits.sort((a, b) => a.grade - b.grade)[0]
  }

  const contact = (known: BookPerson): Ranked | undefined => {
    const { address, avatar, added, blocked } = known
    const card = cards.get(address)
    const newer = card && 'name' in card && card.ts > (known.made ?? 0) ? card : undefined
    const claimed = newer && cardName(newer)
    const handle = newer?.handle ?? known.handle
    const exact = isExact(wanted, address, handle)
    const fit = bestFit(claimed ? [...known.names, claimed] : known.names)
    if (!exact && !fit) return undefined
    const person: FoundPerson = {
      ...{ address, name: known.name ?? claimed ?? null, avatar: newer?.avatar?.toString() ?? avatar, handle, exact },
      ...{ source: 'contact', ...placeOf(address), made: newer?.ts ?? known.made, added, blocked, alike: [] },
    }
    return { person, rank: 0, grade: exact ? -1 : (fit?.grade ?? 0) }
  }

  const other = (card: LiveCard): Ranked | undefined => {
    const { address, handle = null } = card
    const name = cardName(card)
    const exact = isExact(wanted, address, handle)
    const fit = name === null ? undefined : bestFit([name])
    const place = placeOf(address)
    // Newer cards say who may find them now.
    if (place.cafe === null || !mayGive(wanted, card) || (!exact && !fit)) return undefined
    const person: FoundPerson = {
      ...{ address, name, avatar: card.avatar?.toString() ?? null, handle, exact, made: card.ts },
      ...{ source: place.by === null ? 'cafe' : 'beyond', ...place, added: null, blocked: false },
      alike: name === null ? [] : alike(address, name),
    }
    return { person, rank: exact ? 1 : 2, grade: fit?.grade ?? 0 }
  }

  const placeOf = (address: Address): Pick<FoundPerson, 'cafe' | 'by'> => {
    const place = places.get(address)
    if (!place) return { cafe: null, by: null }
    return { cafe: { id: place.cafe, name: cafeName(place.cafe) }, by: place.by }
  }

  return {
    take(card, at) {
      const { address } = card
      const known = cards.get(address)
      if (!known || card.seq > known.seq) cards.set(address, card)
      const place = places.get(address)
      if (at && (!place || isBefore(at, place))) places.set(address, at)
    },
    people(limit) {
      const live = [...cards.values()].filter((card): card is LiveCard => 'name' in card)
      const all = [...book.map(contact), ...live.filter(({ address }) => !contacts.has(address)).map(other)].filter(
        (one) => one !== undefined,
      )
      const wantedOnes = all.filter(({ person }) => !exclude.has(person.address))
      return wantedOnes
        .sort(inOrder)
        .slice(0, limit)
        .map(({ person }) => person)
    },
  }
}

const inOrder = (a: Ranked, b: Ranked): number => a.rank - b.rank || a.grade - b.grade || byName(a.person, b.person)

/** What is known of somebody, made into what people are shown: pure. */
import type { Card, LiveCard } from '../cafe/contact/card.ts'
import type { Address } from '../core/ids.ts'
import { drawnLike } from '../core/look-alike.ts'
import { fold } from '../core/words.ts'
import type { Acquaintance } from './acquaintances.ts'
import { NAMELESS } from './card.ts'
import type { KnownCard } from './cards.ts'
import type { LooksLike } from './contact-view.ts'
import type { RecordValue } from './record.ts'
import type { Person } from './thread-view.ts'

/** All that is known of one address. */
export interface Known {
  readonly address: Address
  readonly entry: RecordValue<'contact'> | undefined
  readonly card: KnownCard | undefined
  readonly met: Acquaintance | undefined
  /** What a search has found counts as if it were kept, where nothing newer is. */
  readonly seen?: LiveCard | undefined
}

/** Somebody in the address book, as searches and comparisons need them. */
export interface BookPerson extends Person {
  readonly handle: string | null
  /** Names to find them by. */
  readonly names: readonly string[]
  readonly made: number | null
  readonly added: number
  readonly blocked: boolean
}

/** What somebody calls themselves in a card; a card of nobody in particular has no name. */
export const cardName = (card: Card): string | null => ('name' in card && card.name !== NAMELESS ? card.name : null)

export function described({ entry, card, met, seen }: Omit<Known, 'address'>) {
  const kept = card && 'name' in card.card ? card.card : undefined
  const live = card && seen && card.card.seq >= seen.seq ? kept : (seen ?? kept)
  return {
    called: entry?.name ?? null,
    claimed: (live && cardName(live)) ?? met?.name ?? null,
    avatar: live?.avatar?.toString() ?? met?.avatar ?? null,
    handle: live?.handle ?? null,
    made: live?.ts ?? null,
  }
}

export function bookPerson(known: Known, { added, blocked }: RecordValue<'contact'>): BookPerson {
  const { called, claimed, avatar, handle, made } = described(known)
  const names = [called, claimed].filter((one) => one !== null)
  return {
    ...{ address: known.address, name: called ?? claimed, avatar, handle, names, made, added },
    blocked: !!blocked,
  }
}

/** Tells whom a name looks like, among people that are known by these names. Names are compared once, not each with each. */
export function likenessIn(
  people: ReadonlyArray<{ readonly address: Address; readonly names: readonly string[]; readonly self: boolean }>,
): (address: Address, name: string) => readonly LooksLike[] {
  const same = new Map<string, LooksLike[]>()
  const alike = new Map<string, LooksLike[]>()
  const add = (to: Map<string, LooksLike[]>, key: string, one: LooksLike): void => {
    to.set(key, [...(to.get(key) ?? []), one])
  }
  for (const { address, names, self } of people) {
    for (const name of names) {
      add(same, fold(name), { address, name, self, how: 'same' })
      add(alike, drawnLike(name), { address, name, self, how: 'alike' })
    }
  }
  const known = new Set(people.map(({ address }) => address))
  return (address, name) => {
    if (known.has(address)) return []
    const found = new Map<Address, LooksLike>()
    for (const one of [...(alike.get(drawnLike(name)) ?? []), ...(same.get(fold(name)) ?? [])]) {
      found.set(one.address, one)
    }
    return [...found.values()]
  }
}

const collator = new Intl.Collator('en', { sensitivity: 'base' })

/** In the order of names; who has none comes last. */
export const byName = (a: Person, b: Person): number =>
  Number(a.name === null) - Number(b.name === null) ||
  collator.compare(a.name ?? '', b.name ?? '') ||
  (a.address < b.address ? -1 : 1)

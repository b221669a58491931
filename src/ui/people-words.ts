/** People and the search for them in plain words. Pure. */
import type { AskedCafe, CardState, FindState, KnownVia, LooksLike, Visibility } from '../worker/contact-api.ts'
import { plainName } from './format.ts'
import { contact as contactEnglish } from './texts/en/contact.ts'
import { people as peopleEnglish } from './texts/en/people.ts'
import { spoken } from './texts/say.ts'
import type { Choice } from './thread-words.ts'

const contact = spoken('contact', contactEnglish)
const text = spoken('people', peopleEnglish)

/** The choices, in the order in which they are offered. */
export function visibilities(): readonly Choice<Visibility>[] {
  return (['exact', 'listed', 'hidden'] as const).map((value) => ({ value, ...text.visibilities[value] }))
}

/** Who can find this account, as a sentence. */
export function canFindLine(visibility: Visibility): string {
  return text.visibilities[visibility].canFind
}

/** An address in groups that can be read out and compared. */
export const addressGroups = (address: string): readonly string[] => address.match(/.{1,4}/gu) ?? []

/** Own cafes that a search has asked, and cafes that those asked in turn. */
function asked(cafes: readonly AskedCafe[]): { own: readonly AskedCafe[]; beyond: readonly AskedCafe[] } {
  const own = cafes.filter(({ by }) => by === null)
  const ids = new Set(own.map(({ cafe }) => cafe))
  const beyond = new Map(cafes.filter(({ by, cafe }) => by !== null && !ids.has(cafe)).map((one) => [one.cafe, one]))
  return { own, beyond: [...beyond.values()] }
}

/** How far a search is. */
export function findLine({ people, cafes, short }: FindState, running: boolean): string {
  const { own, beyond } = asked(cafes)
  const found = people.length
  if (running && own.length > 0) return found === 0 ? text.asking(own.length, beyond.length) : text.soFar(found)
  if (found === 0) return ''
  return short || own.length === 0 ? text.inContacts(found) : text.foundAt(found, own.length, beyond.length)
}

/** What a search came to that has found nobody. */
export function nobodyLine({ cafes, short }: FindState): string {
  if (short) return text.tooShort
  const { own, beyond } = asked(cafes)
  if (own.length === 0) return text.noCafe
  return own.every(({ outcome }) => outcome !== 'answered') ? text.noAnswer : text.nobody(own.length, beyond.length)
}

/** What went wrong at a cafe, as a sentence; undefined for nothing. */
function trouble(outcome: AskedCafe['outcome']): ((cafe: string) => string) | undefined {
  return outcome in text.trouble ? text.trouble[outcome as keyof typeof text.trouble] : undefined
}

/** What went wrong at the account's own cafes, a sentence each; and, in one, at others. */
export function troubles({ cafes }: FindState): readonly string[] {
  const { own, beyond } = asked(cafes)
  const lines = own.flatMap(({ name, outcome }) => trouble(outcome)?.(plainName(name ?? text.aCafe)) ?? [])
  const silent = beyond.filter(({ outcome }) => trouble(outcome) !== undefined).length
  return silent === 0 ? lines : [...lines, text.silent(silent, beyond.length)]
}

/** How this account knows somebody, a line each, without the time. */
export function viaLine(via: KnownVia): string {
  switch (via.kind) {
    case 'book':
      return contact.viaBook
    case 'thread':
      return contact.viaThread(plainName(via.name))
    case 'link':
      return contact.viaLink
    case 'cafe': {
      const name = via.name === '' ? undefined : plainName(via.name)
      return via.by === null ? contact.viaCafe(name) : contact.viaBeyond(name)
    }
  }
}

/** Whom a name looks like, as a warning. */
export function alikeText({ name, how, self }: LooksLike): string {
  if (self) return how === 'same' ? contact.sameAsYou : contact.looksLikeYou
  return how === 'same' ? contact.sameName(plainName(name)) : contact.looksLike(plainName(name))
}

/** How a cafe stands to the own card. */
export function cardLine({ name, state }: CardState, handle: string | null): string {
  const cafe = plainName(name)
  if (state === 'published') return text.shown(cafe)
  return state === 'waiting' ? text.getsIt(cafe) : text.taken(cafe, handle ?? '')
}

/** People and the search for them in plain words. Pure. */
import type { AskedCafe, CardState, FindState, KnownVia, LooksLike, Visibility } from '../worker/contact-api.ts'
import { count, plainName } from './format.ts'
import type { Choice } from './thread-words.ts'

export const VISIBILITIES: readonly Choice<Visibility>[] = [
  {
    value: 'exact',
    name: 'Who knows your address or handle',
    text: 'Nobody finds you by your name. This is how it is unless you choose.',
  },
  {
    value: 'listed',
    name: 'Everybody who searches for your name',
    text: 'At your cafes, and at the cafes they know.',
  },
  {
    value: 'hidden',
    name: 'Nobody',
    text: 'Cafes give your card to no one. People need your contact link, or a thread with you.',
  },
]

/** An address in groups that can be read out and compared. */
export const addressGroups = (address: string): readonly string[] => address.match(/.{1,4}/gu) ?? []

/** Own cafes that a search has asked, and cafes that those asked in turn. */
function asked(cafes: readonly AskedCafe[]): { own: readonly AskedCafe[]; beyond: readonly AskedCafe[] } {
  const own = cafes.filter(({ by }) => by === null)
  const ids = new Set(own.map(({ cafe }) => cafe))
  const beyond = new Map(cafes.filter(({ by, cafe }) => by !== null && !ids.has(cafe)).map((one) => [one.cafe, one]))
  return { own, beyond: [...beyond.values()] }
}

/** `your cafe`, `your 2 cafes or the 5 they know`. */
function places(cafes: readonly AskedCafe[], or: string): string {
  const { own, beyond } = asked(cafes)
  const yours = own.length === 1 ? 'your cafe' : `your ${own.length} cafes`
  if (beyond.length === 0) return yours
  const they = own.length === 1 ? 'it knows' : 'they know'
  return `${yours} ${or} the ${beyond.length === 1 ? 'one' : beyond.length} ${they}`
}

/** How far a search is. */
export function findLine({ people, cafes, short }: FindState, running: boolean): string {
  const found = people.length === 0 ? '' : count(people.length, 'person', 'people')
  const own = asked(cafes).own.length
  if (running && own > 0) return found === '' ? `Asking ${places(cafes, 'and')}…` : `${found} so far. Still asking…`
  if (short || own === 0) return found === '' ? '' : `${found} in your contacts.`
  return found === '' ? '' : `${found}. Asked ${places(cafes, 'and')}.`
}

/** What a search came to that has found nobody. */
export function nobodyLine({ cafes, short }: FindState): string {
  if (short) return 'Nobody in your contacts. Type at least three letters to ask your cafes.'
  const { own } = asked(cafes)
  if (own.length === 0) return 'Nobody called that in your contacts. Join a cafe to search further.'
  if (own.every(({ outcome }) => outcome !== 'answered')) return 'Nobody in your contacts, and no cafe answered.'
  return `Nobody called that at ${places(cafes, 'or')}.`
}

const TROUBLE: Readonly<Partial<Record<AskedCafe['outcome'], string>>> = {
  busy: 'is busy or does not answer searches now',
  unreachable: 'could not be reached',
  late: 'did not answer in time',
  lied: 'gave something forged, so it was not believed',
}

/** What went wrong at the account's own cafes, a sentence each; and, in one, at others. */
export function troubles({ cafes }: FindState): readonly string[] {
  const { own, beyond } = asked(cafes)
  const lines = own.flatMap(({ name, outcome }) => {
    const what = TROUBLE[outcome]
    return what === undefined ? [] : [`${plainName(name ?? 'A cafe')} ${what}.`]
  })
  const silent = beyond.filter(({ outcome }) => TROUBLE[outcome] !== undefined).length
  if (silent === 0) return lines
  const which = beyond.length === 1 ? 'The other cafe' : `${silent} of the ${beyond.length} other cafes`
  return [...lines, `${which} did not answer.`]
}

/** How this account knows somebody, a line each, without the time. */
export function viaLine(via: KnownVia): string {
  switch (via.kind) {
    case 'book':
      return 'In your contacts'
    case 'thread':
      return `Both in “${plainName(via.name)}”`
    case 'link':
      return 'By a contact link that was sent to you'
    case 'cafe': {
      const name = via.name === '' ? 'a cafe of yours' : plainName(via.name)
      return via.by === null ? `Found at ${name}` : `Found through ${name}, at a cafe it knows`
    }
  }
}

/** Whom a name looks like, as a warning. */
export function alikeText({ name, how, self }: LooksLike): string {
  const whom = self ? 'you' : `your contact “${plainName(name)}”`
  return how === 'same'
    ? `Has the same name as ${whom}, but another address.`
    : `Is written to look like ${whom}, with other letters, and has another address.`
}

/** How a cafe stands to the own card. */
export function cardLine({ name, state }: CardState, handle: string | null): string {
  const cafe = plainName(name)
  if (state === 'published') return `${cafe} shows it`
  if (state === 'waiting') return `${cafe} gets it as soon as it can be reached`
  return `At ${cafe}, @${handle ?? ''} belongs to somebody else: choose another`
}

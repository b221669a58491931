/** People: finding them, how they are known, their cards, this account as others see it. */
import { html, type TemplateResult } from 'lit'
import { plural } from '../say.ts'

/** Where a search asks: own cafes, and how many cafes of theirs beyond. */
const places = (own: number, beyond: number, or: string): string => {
  const yours = own === 1 ? 'your cafe' : `your ${own} cafes`
  if (beyond === 0) return yours
  return `${yours} ${or} the ${beyond === 1 ? 'one' : beyond} ${own === 1 ? 'it knows' : 'they know'}`
}
const found = (people: number): string => plural(people, { one: '# person', other: '# people' })

export const people = {
  title: 'People',
  lead: 'Find people at your cafes, keep them in your contacts, and start a thread with them.',
  otherBlocked: (amount: number) => plural(amount, { one: '# other blocked person', other: '# other blocked people' }),
  blockedList: 'Blocked',
  contacts: (amount: number) => plural(amount, { one: '# contact', other: '# contacts' }),
  yourContacts: 'Your contacts',
  blockedTag: 'blocked',
  commonThreads: (amount: number) => plural(amount, { one: '# common thread', other: '# common threads' }),
  noneTitle: 'Nobody in your contacts yet',
  noneText: 'Search for somebody above, open a link that they sent you, or hand out your own card.',

  find: 'Find people',
  findHint: 'Name, handle or address',
  sources: { contact: 'Your contacts', cafe: 'At your cafes', beyond: 'At cafes they know' },
  notListed: 'Many people are not listed by name: ask them for their handle or contact link.',
  cardMade: (when: TemplateResult) => html`card made ${when}`,
  atCafe: (cafe: TemplateResult) => html`at ${cafe}`,
  throughCafe: (cafe: TemplateResult) => html`through ${cafe}`,
  asking: (own: number, beyond: number) => `Asking ${places(own, beyond, 'and')}…`,
  soFar: (people: number) => `${found(people)} so far. Still asking…`,
  inContacts: (people: number) => `${found(people)} in your contacts.`,
  foundAt: (people: number, own: number, beyond: number) => `${found(people)}. Asked ${places(own, beyond, 'and')}.`,
  tooShort: 'Nobody in your contacts. Type at least three letters to ask your cafes.',
  noCafe: 'Nobody called that in your contacts. Join a cafe to search further.',
  noAnswer: 'Nobody in your contacts, and no cafe answered.',
  nobody: (own: number, beyond: number) => `Nobody called that at ${places(own, beyond, 'or')}.`,
  aCafe: 'A cafe',
  trouble: {
    busy: (cafe: string) => `${cafe} is busy or does not answer searches now.`,
    unreachable: (cafe: string) => `${cafe} could not be reached.`,
    late: (cafe: string) => `${cafe} did not answer in time.`,
    lied: (cafe: string) => `${cafe} gave something forged, so it was not believed.`,
  },
  silent: (silent: number, of: number) =>
    of === 1 ? 'The other cafe did not answer.' : `${silent} of the ${of} other cafes did not answer.`,

  visibilities: {
    exact: {
      name: 'Who knows your address or handle',
      text: 'Nobody finds you by your name. This is how it is unless you choose.',
      canFind: 'Can find you: who knows your address or handle.',
    },
    listed: {
      name: 'Everybody who searches for your name',
      text: 'At your cafes, and at the cafes they know.',
      canFind: 'Can find you: everybody who searches for your name.',
    },
    hidden: {
      name: 'Nobody',
      text: 'Cafes give your card to no one. People need your contact link, or a thread with you.',
      canFind: 'Can find you: nobody.',
    },
  },
  findable: 'Who can find you',
  handle: 'Handle',
  handleExample: 'ada.lovelace',
  handleHint: 'people find you by the whole of it',
  atYourCafes: 'At your cafes',
  shown: (cafe: string) => `${cafe} shows it`,
  getsIt: (cafe: string) => `${cafe} gets it as soon as it can be reached`,
  taken: (cafe: string, handle: string) => `At ${cafe}, @${handle} belongs to somebody else: choose another`,

  ownCard: 'Your own card',
  you: 'You',
  contactLink: 'Contact link',
  linkHelp: 'Whoever has this link can write to you, and see where you can be reached.',

  profile: 'How others see you',
  addPicture: 'Add a picture',
  picture: 'Your picture',
  nameHint: 'members of your threads see it',
  address: 'Address',
  addressHint: 'give it to people who want to invite you; it can be known to anybody',
}

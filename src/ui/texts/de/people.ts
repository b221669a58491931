import { html } from 'lit'
import { plural } from '../say.ts'
import type { Words } from '../words.ts'

const places = (own: number, beyond: number, or: string): string => {
  const yours = own === 1 ? 'dein Café' : `deine ${own} Cafés`
  if (beyond === 0) return yours
  return `${yours} ${or} ${beyond === 1 ? 'das eine' : `die ${beyond}`}, ${beyond === 1 ? 'das' : 'die'} ${own === 1 ? 'es kennt' : 'sie kennen'}`
}
const found = (people: number): string => plural(people, { one: '# Person', other: '# Personen' })

export const people: Words['people'] = {
  title: 'Personen',
  lead: 'Finde Menschen in deinen Cafés, nimm sie in deine Kontakte auf und beginne einen Thread mit ihnen.',
  otherBlocked: (amount) =>
    plural(amount, { one: '# weitere blockierte Person', other: '# weitere blockierte Personen' }),
  blockedList: 'Blockiert',
  contacts: (amount) => plural(amount, { one: '# Kontakt', other: '# Kontakte' }),
  yourContacts: 'Deine Kontakte',
  blockedTag: 'blockiert',
  commonThreads: (amount) => plural(amount, { one: '# gemeinsamer Thread', other: '# gemeinsame Threads' }),
  noneTitle: 'Noch niemand in deinen Kontakten',
  noneText:
    'Suche oben nach jemandem, öffne einen Link, den du bekommen hast, oder gib deine eigene Kontaktkarte weiter.',

  find: 'Personen finden',
  findHint: 'Name, Kürzel oder Adresse',
  sources: { contact: 'Deine Kontakte', cafe: 'In deinen Cafés', beyond: 'In Cafés, die deine kennen' },
  notListed: 'Viele stehen nicht mit ihrem Namen in der Liste: Frag sie nach ihrem Kürzel oder Kontaktlink.',
  cardMade: (when) => html`Kontaktkarte gemacht: ${when}`,
  atCafe: (cafe) => html`bei ${cafe}`,
  throughCafe: (cafe) => html`über ${cafe}`,
  asking: (own, beyond) => `Gefragt: ${places(own, beyond, 'und')}…`,
  soFar: (people) => `Bisher ${found(people)}. Die Suche geht weiter…`,
  inContacts: (people) => `${found(people)} in deinen Kontakten.`,
  foundAt: (people, own, beyond) => `${found(people)}. Gefragt: ${places(own, beyond, 'und')}.`,
  tooShort: 'Niemand in deinen Kontakten. Gib mindestens drei Buchstaben ein, um deine Cafés zu fragen.',
  noCafe: 'In deinen Kontakten heißt niemand so. Tritt einem Café bei, um weiter zu suchen.',
  noAnswer: 'Niemand in deinen Kontakten, und kein Café hat geantwortet.',
  nobody: (own, beyond) => `So heißt dort niemand. Gefragt: ${places(own, beyond, 'und')}.`,
  aCafe: 'Ein Café',
  trouble: {
    busy: (cafe) => `${cafe} ist beschäftigt oder beantwortet gerade keine Suche.`,
    unreachable: (cafe) => `${cafe} war nicht zu erreichen.`,
    late: (cafe) => `${cafe} hat nicht rechtzeitig geantwortet.`,
    lied: (cafe) => `${cafe} hat etwas Gefälschtes geliefert und wurde nicht beachtet.`,
  },
  silent: (silent, of) =>
    of === 1
      ? 'Das andere Café hat nicht geantwortet.'
      : plural(silent, {
          one: `# der ${of} anderen Cafés hat nicht geantwortet.`,
          other: `# der ${of} anderen Cafés haben nicht geantwortet.`,
        }),

  visibilities: {
    exact: {
      name: 'Wer deine Adresse oder dein Kürzel kennt',
      text: 'Niemand findet dich über deinen Namen. So ist es, wenn du nichts wählst.',
      canFind: 'Dich kann finden, wer deine Adresse oder dein Kürzel kennt.',
    },
    listed: {
      name: 'Alle, die nach deinem Namen suchen',
      text: 'In deinen Cafés und in den Cafés, die sie kennen.',
      canFind: 'Dich können alle finden, die nach deinem Namen suchen.',
    },
    hidden: {
      name: 'Niemand',
      text: 'Cafés geben deine Kontaktkarte niemandem. Man braucht deinen Kontaktlink oder einen Thread mit dir.',
      canFind: 'Dich kann niemand finden.',
    },
  },
  findable: 'Wer dich finden kann',
  handle: 'Kürzel',
  handleExample: 'ada.lovelace',
  handleHint: 'wer es ganz eingibt, findet dich',
  atYourCafes: 'In deinen Cafés',
  shown: (cafe) => `${cafe} zeigt sie`,
  getsIt: (cafe) => `${cafe} bekommt sie, sobald es zu erreichen ist`,
  taken: (cafe, handle) => `Bei ${cafe} gehört @${handle} jemand anderem: Wähle ein anderes Kürzel`,

  ownCard: 'Deine eigene Kontaktkarte',
  you: 'Du',
  contactLink: 'Kontaktlink',
  linkHelp: 'Wer diesen Link hat, kann dir schreiben und sehen, wo du zu erreichen bist.',

  profile: 'Wie andere dich sehen',
  addPicture: 'Bild hinzufügen',
  picture: 'Dein Bild',
  nameHint: 'Mitglieder deiner Threads sehen ihn',
  address: 'Adresse',
  addressHint: 'gib sie Leuten, die dich einladen wollen; sie darf allen bekannt sein',
}

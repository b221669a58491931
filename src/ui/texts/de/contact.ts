import { html } from 'lit'
import { plural } from '../say.ts'
import type { Words } from '../words.ts'

const cafes = (amount: number): string => plural(amount, { one: '# Café', other: '# Cafés' })

export const contact: Words['contact'] = {
  somebody: 'Jemand',
  all: 'Alle Personen',
  seeAll: 'Alle Personen ansehen',
  isYou: 'Das bist du',
  youMark: '(du)',
  callsThemselves: (name) => html`nennt sich ${name}`,
  contactTag: 'Kontakt',
  starting: 'Beginnt…',
  start: 'Thread beginnen',
  add: 'In die Kontakte',
  unblock: 'Nicht mehr blockieren',
  block: 'Blockieren',
  called: 'Wie du die Person nennst',
  calledHint: 'nur du siehst es; leer für den Namen, den sie sich selbst gibt',
  via: 'Bekannt durch',
  viaNothing: 'Nur durch diese Adresse.',
  askingCard: 'Die Cafés werden nach der neuesten Kontaktkarte gefragt…',
  devices: (amount) => plural(amount, { one: '# Gerät', other: '# Geräte' }),
  mailAt: (amount) => `Post in ${cafes(amount)}`,
  common: 'Gemeinsame Threads',
  removeTitle: (name) => `${name} entfernen?`,
  removeText:
    'Die Person verschwindet auf all deinen Geräten aus deinen Kontakten. Gemeinsame Threads bleiben, wie sie sind.',
  blockTitle: (name) => `${name} blockieren?`,
  blockText:
    'Die Person kann dir nicht mehr schreiben und erfährt es nicht. In gemeinsamen Threads seht ihr euch weiter: Verlasse sie, wenn du auch das nicht willst.',
  addressLabel: (groups) => `Adresse: ${groups}`,
  compare:
    'Das Bild entsteht aus der Adresse. Vergleiche beides mit dem, was die Person dir zeigt; dann weißt du, dass sie es ist.',
  showQr: 'Als QR-Code zeigen',
  qr: 'QR-Code dieser Adresse',
  noCard: 'Hier ist keine Kontaktkarte dieser Person bekannt.',
  cardGone: 'Die Person hat ihre Kontaktkarte zurückgenommen.',
  cardOf: (made, checked) => html`Kontaktkarte gemacht: ${made}, zuletzt geprüft: ${checked}.`,
  blocked: 'Du hast diese Person blockiert: Sie kann dir nicht schreiben. In gemeinsamen Threads seht ihr euch weiter.',
  viaBook: 'In deinen Kontakten',
  viaThread: (name) => `Beide in „${name}“`,
  viaLink: 'Durch einen Kontaktlink, den du bekommen hast',
  viaCafe: (cafe) => `Gefunden bei ${cafe ?? 'einem deiner Cafés'}`,
  viaBeyond: (cafe) => `Gefunden über ${cafe ?? 'eines deiner Cafés'}, bei einem Café, das es kennt`,
  sameName: (contact) => `Heißt wie dein Kontakt „${contact}“, hat aber eine andere Adresse.`,
  sameAsYou: 'Heißt wie du, hat aber eine andere Adresse.',
  looksLike: (contact) =>
    `Ist mit anderen Buchstaben so geschrieben, dass es wie dein Kontakt „${contact}“ aussieht, und hat eine andere Adresse.`,
  looksLikeYou:
    'Ist mit anderen Buchstaben so geschrieben, dass es wie dein Name aussieht, und hat eine andere Adresse.',

  linkTitle: 'Ein Kontaktlink',
  cardTitle: 'Eine Kontaktkarte',
  ownLink: 'Das ist dein eigener Link.',
  linkCalls: (name) => html`Im Link heißt die Person ${name}.`,
  soTheLinkSays: 'So steht es im Link; auf ihrer eigenen Kontaktkarte kann es anders stehen.',
  haveThem: 'Du hast die Person in deinen Kontakten.',
  reachedAt: (amount) => `Zu erreichen in ${cafes(amount)}.`,
  adding: 'Wird aufgenommen…',
  update: 'Auffrischen',
  closer: 'Genauer ansehen',
  notKept: 'Nichts davon wird aufbewahrt, bis du die Person aufnimmst.',
}

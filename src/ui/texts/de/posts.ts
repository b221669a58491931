import { html } from 'lit'
import { list, number, plural } from '../say.ts'
import type { Words } from '../words.ts'

const others = (more: number): string[] => (more > 0 ? [plural(more, { one: '# anderen', other: '# anderen' })] : [])

export const posts: Words['posts'] = {
  show: 'Was gezeigt wird',
  list: 'Beiträge',
  seenBefore: 'Schon gesehen',
  inThread: (thread) => html`in ${thread}`,
  noneTitle: 'Hier ist noch nichts',
  noneText: 'Hier stehen Beiträge, die neuesten zuerst.',

  postOf: (name) => `Beitrag von ${name}`,
  reportedBy: (names, you) => `Gemeldet von ${list([...(you ? ['dir'] : []), ...names])}.`,
  likedBy: (names, you, more) => `Gefällt ${list([...(you ? ['dir'] : []), ...names, ...others(more)])}`,
  showAnyway: 'Trotzdem zeigen',
  like: 'Gefällt mir',
  likeLabel: (mine, likes) => {
    const does = mine ? 'Gefällt dir' : 'Gefällt mir'
    return likes === 0 ? does : `${does}: ${plural(likes, { one: '# Mal', other: '# Mal' })}`
  },
  comment: 'Kommentieren',
  comments: 'Kommentare',
  earlier: (amount) => plural(amount, { one: '# früheren Kommentar anzeigen', other: '# frühere Kommentare anzeigen' }),
  hide: 'Für alle verbergen',
  hideComment: (name) => `Kommentar von ${name} für alle verbergen`,
  hidePost: (name) => `Beitrag von ${name} für alle verbergen`,
  report: 'Melden',
  reportPost: (name) => `Beitrag von ${name} den anderen melden`,
  hideCommentTitle: 'Diesen Kommentar verbergen?',
  hidePostTitle: 'Diesen Beitrag verbergen?',
  hideText:
    'Kein Mitglied sieht ihn mehr, und er lässt sich nicht wieder zeigen. Was jemand davon gespeichert hat, bleibt dort.',
  hidingPost: 'Dein Beitrag wird für alle verborgen.',
  hidingComment: 'Dein Kommentar wird für alle verborgen.',
  hideVerb: 'Für alle verbergen',
  reportCommentTitle: 'Diesen Kommentar melden?',
  reportPostTitle: 'Diesen Beitrag melden?',
  reportText:
    'Er wird für alle Mitglieder verdeckt. Sie sehen, dass du ihn gemeldet hast, und können trotzdem nachsehen.',
  reportVerb: 'Melden',

  pictures: 'Bilder',
  files: 'Dateien',
  moreFiles: (amount) => plural(amount, { one: '# weitere Datei anzeigen', other: '# weitere Dateien anzeigen' }),
  lookAtAll: (amount) => `Alle ${number(amount)} ansehen`,
  openFile: (name, size) => `${name} öffnen, ${size}`,
  gallery: 'Dateien dieses Beitrags',

  yourComment: (name) => `Dein Kommentar zum Beitrag von ${name}`,
  writeComment: 'Schreib einen Kommentar',
  sending: 'Wird gesendet…',
  send: 'Senden',

  newPost: 'Neuer Beitrag',
  write: 'Schreib einen Beitrag',
  addFiles: 'Dateien hinzufügen',
  filesToPost: 'Dateien für den Beitrag',
  posting: 'Wird veröffentlicht…',
  post: 'Veröffentlichen',
  posted: 'Veröffentlicht.',
  doNotPost: (name) => `${name} doch nicht zeigen`,
  tooLong: 'Das ist zu lang für einen Beitrag. Kürze es, oder füge es als Datei hinzu.',
  noFolder: 'Ein Ordner lässt sich nicht als Ganzes zeigen. Zieh die Dateien daraus hierher.',
  tooMany: (most) =>
    plural(most, {
      one: 'In einen Beitrag passt # Datei. Zeig die anderen im nächsten.',
      other: 'In einen Beitrag passen # Dateien. Zeig die anderen im nächsten.',
    }),

  againLabel: (name) => `Noch einmal versuchen: ${name}`,
  dismissLabel: (name) => `Verwerfen: ${name}`,
  stopLabel: (name) => `Anhalten: ${name}`,
  waiting: 'Wartet',
  encrypting: (done, of) => `Wird verschlüsselt: ${done} von ${of}`,
  postingFiles: (name) => `${name} wird veröffentlicht`,

  notTold: 'Mehr lässt sich gerade nicht sagen.',
  whoHasIt: 'Wer ihn hat',

  emptyFile: 'Die Datei ist leer.',
  reading: 'Wird gelesen…',
  first: (shown, of) => `Die ersten ${shown} von ${of}.`,
  showMore: 'Mehr anzeigen',
}

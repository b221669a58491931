import { html } from 'lit'
import type { Words } from '../words.ts'

export const letters: Words['letters'] = {
  settingsTitle: 'Was andere dürfen',
  receipts: 'Andere sollen erfahren, wenn ich etwas von ihnen gelesen habe',
  receiptsHint: 'Sie sehen es dann darunter. Sonst sehen sie nur, dass es dich erreicht hat.',
  strangers: 'Briefe von Unbekannten annehmen',
  strangersHint:
    'Ihre Einladungen stehen für sich, und nur wenige passen in einen Tag. Sonst erreichen dich nur deine Kontakte und Mitglieder deiner Threads.',

  opened: 'Es ließ sich öffnen und ist, wo es hingehört.',
  removed: 'Entfernt.',
  unusableTitle: 'Ließ sich nicht verwenden',
  unusableText:
    'Das kam für dich und bleibt hier, damit nichts verloren geht. Andere Post wird davon nicht aufgehalten.',
  unusableList: 'Briefe, die sich nicht verwenden ließen',
  from: (letter, who) => html`${letter} von ${who}`,
  fromName: (letter, name) => `${letter} von ${name}`,
  fromSomebody: (letter) => `${letter} von jemandem`,
  saveRaw: 'Unverändert speichern',
  saveRawOf: (letter) => `Unverändert speichern: ${letter}`,
  removeOf: (letter) => `Entfernen: ${letter}`,
  againOf: (letter) => `Noch einmal versuchen: ${letter}`,
  removeTitle: 'Diesen Brief entfernen?',
  removeText: (letter) =>
    `${letter} wird von diesem Gerät entfernt und lässt sich nicht zurückholen. Wer es geschickt hat, erfährt es nicht.`,
  removeVerb: 'Entfernen',

  requestsTitle: 'Von Personen, die du nicht kennst',
  requestsText: 'Jeder kann sich jeden Namen geben. Wenn du ablehnst, erfahren sie es nicht.',
  invitesYou: (thread) => html`lädt dich zu „${thread}“ ein`,
  block: 'Blockieren',
  blockLabel: (name) => `${name} blockieren`,
  decline: 'Ablehnen',
  declineLabel: (thread, name) => `„${thread}“ von ${name} ablehnen`,
  accept: 'Annehmen',
  acceptLabel: (thread, name) => `„${thread}“ von ${name} annehmen`,
  blockTitle: (name) => `${name} blockieren?`,
  blockText:
    'Von dieser Person wird keine Post mehr angenommen, und die Einladung verschwindet. Sie erfährt es nicht. In deinen Kontakten kannst du es zurücknehmen.',
  blockVerb: 'Blockieren',
}

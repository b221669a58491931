import { html } from 'lit'
import type { Words } from '../words.ts'

export const keep: Words['keep'] = {
  when: 'Wenn Popup Cafe auf diesem Gerät startet',
  ask: 'Nach einer Passphrase fragen',
  askText:
    'Wer dieses Gerät in die Hand bekommt, kann dein Konto nicht benutzen. Niemand kann die Passphrase zurücksetzen; mit deinen Wörtern bekommst du das Konto trotzdem zurück.',
  stay: 'Entsperrt bleiben',
  stayText:
    'Du musst nichts eingeben. Aber wer diesen Browser öffnen oder seine Dateien lesen kann, hat dein Konto. Für ein Gerät, das nur dir gehört.',
  passphrase: 'Neue Passphrase',
  passphraseHint: (characters) => `mindestens ${characters} Zeichen; am besten ein paar Wörter`,
  show: 'Anzeigen',

  giveTitle: 'Ein Gerät verbinden',
  looking: 'Das andere Gerät wird gesucht…',
  back: 'Zurück',
  same: (device) =>
    html`Zeigt ${device} dieselbe Zahl? Dann ist es das Gerät, das du meinst, und niemand ist dazwischen.`,
  number: 'Zahl zum Vergleichen',
  yours: 'Deine Passphrase',
  whole: 'Das andere Gerät hat dann dein ganzes Konto, so wie dieses hier. Gib es nur einem Gerät, das dir gehört.',
  waiting: 'Warten auf das andere Gerät…',
  give: 'Dieselbe: verbinden',
  cancel: 'Abbrechen',
  given: (device) => html`${device} hat jetzt dein Konto.`,
  theDevice: 'Das Gerät',
  devices: 'Deine Geräte ansehen',
}

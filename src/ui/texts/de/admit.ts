import { html } from 'lit'
import { plural } from '../say.ts'
import type { Words } from '../words.ts'

export const admit: Words['admit'] = {
  doorTitle: 'Tür zum Web',
  saved: 'Gespeichert.',
  doorOpen: 'Jeden aus dem Web über das Relay hereinlassen',
  doorDecrypt: 'Hier entschlüsseln, wenn der Schlüssel in der Adresse steht (vertrauensvolles Entschlüsseln)',
  doorDecryptHint: 'Sonst entschlüsselt nur das eigene Gerät des Lesers.',
  doorWarn: 'Wer einen Link mit ?key= öffnet, vertraut dir und dem Relay: Beide sehen den Schlüssel und die Datei.',
  copyDoor: 'Die Adresse der Tür kopieren',
  copied: 'Kopiert',
  gave: 'Einladungen, die du gegeben hast',
  noneAdmits: 'Keine, die noch jemanden hereinlässt.',
  nobodyCame: 'noch niemand kam damit',
  usedUp: 'aufgebraucht',
  withdraw: 'Zurückziehen',
  withdrawing: (name) => `„${name}“ wird zurückgezogen: Der Link lässt dann niemanden mehr herein.`,
  withdrawVerb: 'Einladung zurückziehen',
  unnamed: 'Eine Einladung ohne Namen',
  onScreen: 'Die Einladung auf diesem Bildschirm',
  newTitle: 'Neue Einladung',
  forWhom: 'Für wen ist sie?',
  forWhomHint: 'das siehst nur du',
  howMany: 'Wie viele Leute',
  goodFor: 'Gilt',
  day: 'einen Tag',
  week: 'eine Woche',
  month: '30 Tage',
  ever: 'für immer',
  roomForEach: 'Platz für jeden',
  cancel: 'Abbrechen',
  make: 'Einladung erstellen',
  ready: 'Die Einladung ist fertig. Sie wird nur jetzt gezeigt.',
  link: 'Einladungslink',
  copyLink: 'Link kopieren',
  share: 'Teilen',
  qr: 'QR-Code der Einladung',
  whoMayCome: 'Wer darf kommen',
  neighbours: 'Andere Cafés',
  showThem: 'Zeigen',
  notAnswered: 'hat noch nicht geantwortet',
  doorOpenHint: (daily) =>
    `Links zu dem, was hier aufbewahrt ist, öffnen sich dann in jedem Browser und Programm, ohne Popup Cafe. Verschlüsselte Dateien bleiben verschlüsselt. Am Tag gehen höchstens ${daily} hinaus.`,
  came: (devices) => plural(devices, { one: '# Gerät kam damit', other: '# Geräte kamen damit' }),
  admits: (people) => plural(people, { one: 'lässt noch # herein', other: 'lässt noch # herein' }),
  ofRoom: (size) => `${size} Platz`,
  until: (when) => html`gilt bis ${when}`,
  withdrawLabel: (name) => `Die Einladung ${name} zurückziehen`,
  withdrawTitle: (name) => `„${name}“ zurückziehen?`,
  locksOut: (devices) =>
    plural(devices, {
      one: 'Der Link lässt niemanden mehr herein, und # Gerät, das damit kam, ist ausgesperrt, bis es eine andere Einladung bringt. Was es hier aufbewahrt, bleibt.',
      other:
        'Der Link lässt niemanden mehr herein, und # Geräte, die damit kamen, sind ausgesperrt, bis sie eine andere Einladung bringen. Was sie hier aufbewahren, bleibt.',
    }),
  qrOf: (what) => `QR-Code: ${what}`,
  help: {
    invite: 'Wer diesen Link hat, kann beitreten. Sende ihn nur Leuten, denen du Platz leihen würdest.',
    ask: 'Wer diesen Link hat, kann um Beitritt bitten. Du entscheidest hier, wer darf.',
    open: 'Wer diesen Link hat, kann beitreten, mit etwas Platz. „Neue Einladung“ gibt jemandem mehr.',
  },
  modes: {
    invite: { title: 'Mit Einladung', text: 'Wer einen Einladungslink von dir hat, kann beitreten.' },
    ask: { title: 'Frag mich', text: 'Wer den Link hat, kann anfragen. Du sagst hier ja oder nein.' },
    open: { title: 'Alle', text: 'Wer den Link hat, tritt sofort bei, mit etwas Platz.' },
  },
  knows: (cafes) =>
    plural(cafes, {
      one: 'Dein Café kennt # anderes Café. Sucht hier jemand nach einer Person, wird auch dieses gefragt: Es sieht, wonach gesucht wird, aber nicht, wer sucht.',
      other:
        'Dein Café kennt # andere Cafés. Sucht hier jemand nach einer Person, werden auch diese gefragt: Sie sehen, wonach gesucht wird, aber nicht, wer sucht.',
    }),
  forged: (cafe) =>
    html`${cafe} hat gefälschte Antworten gegeben. Sie wurden verworfen, und es wird einen Tag lang nichts mehr gefragt.`,
  answered: (when) => html`hat geantwortet ${when}`,
}

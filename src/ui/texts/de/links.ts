import { html } from 'lit'
import { plural } from '../say.ts'
import type { Words } from '../words.ts'

export const links: Words['links'] = {
  shareTitle: (name) => `${name} teilen`,
  whileCafes:
    'Er öffnet sich, solange ein Café erreichbar ist, das es aufbewahrt. Der Link sagt, welches zuerst gefragt wird.',
  whileAnybody: 'Er öffnet sich, solange irgendjemand erreichbar ist, der es aufbewahrt.',
  link: 'Link',
  trust: 'Sende ihn nur auf einem Weg, dem du vertraust: Wer die Nachricht liest, hat den Link.',
  rather: 'Lieber ein Link, der endet oder den du zurückziehen kannst',
  canReadFile:
    'Wer den Link hat, kann diese Datei lesen, sie speichern und den Link weitergeben. Niemand kann sie ändern.',
  canReadFolder:
    'Wer den Link hat, kann diesen Ordner lesen, ihn speichern und den Link weitergeben. Niemand kann ihn ändern.',
  nobodyElse:
    'Sonst kann es niemand lesen, auch das Café nicht. Der Schlüssel steht am Ende des Links und wird nie an einen Server gesendet.',
  forGood: 'Du kannst ihn nicht zurücknehmen: Ein Schlüssel, den jemand gesehen hat, bleibt bekannt.',
  publicFile:
    'Diese Datei ist öffentlich. Wer den Link hat oder errät, was darin steht, kann sie lesen und weitergeben.',
  publicFolder:
    'Dieser Ordner ist öffentlich. Wer den Link hat oder errät, was darin ist, kann ihn lesen und weitergeben.',

  forWhom: 'Für wen ist er?',
  forWhomHint: 'das siehst nur du',
  opensFor: 'Öffnet sich',
  hour: 'eine Stunde lang',
  day: 'einen Tag lang',
  week: 'eine Woche lang',
  month: '30 Tage lang',
  forever: 'solange ich es aufbewahre',
  howOften: 'Wie oft',
  anyTimes: 'beliebig oft',
  once: 'einmal',
  twice: 'zweimal',
  times: (amount) => plural(amount, { one: '#-mal', other: '#-mal' }),
  password: 'Passwort',
  passwordHint: 'wenn du eins willst; teile es auf einem anderen Weg mit als den Link',
  opensOnce: 'Wer ihn geöffnet hat, hat den Schlüssel: Ihn zurückzuziehen verhindert nur neues Öffnen.',
  cafeCounts:
    'Er öffnet sich, solange dein Café offen ist. Es zählt und begrenzt das Öffnen, wenn es sein Wort hält. Die Datei kann es nicht lesen.',
  make: 'Link erstellen',
  readySoon: 'Der Link ist fertig. Er öffnet sich, sobald dein Café erreichbar ist.',
  ready: 'Der Link ist fertig. Du findest ihn unter Dateien wieder, bei „Links, die du gegeben hast“.',
  takeBackLink: 'Link, den du zurückziehen kannst',
  withPassword: 'Er öffnet sich mit dem Passwort, das du gewählt hast. Es wird nirgends aufbewahrt.',
  withoutPassword: 'Wer den Link hat, kann ihn öffnen, bis er endet oder du ihn zurückziehst.',
  another: 'Noch einen erstellen',

  gave: 'Links, die du gegeben hast',
  notOpened: 'noch nicht geöffnet',
  neverOpened: 'nie geöffnet',
  opened: (amount) => plural(amount, { one: '#-mal geöffnet', other: '#-mal geöffnet' }),
  openedOf: (opened, of) => plural(of, { other: `${opened} von #-mal geöffnet` }),
  last: (when) => html`, zuletzt ${when}`,
  ends: (when) => html` · endet ${when}`,
  copy: 'Kopieren',
  copyTitle: 'Link kopieren',
  copied: 'Kopiert',
  copyLabel: (name) => `Den Link ${name} kopieren`,
  takeBack: 'Zurückziehen',
  takeBackLabel: (name) => `Den Link ${name} zurückziehen`,
  takeBackTitle: (name) => `„${name}“ zurückziehen?`,
  takeBackUnopened: 'Der Link öffnet sich dann für niemanden mehr, endgültig. Noch hat ihn niemand geöffnet.',
  takeBackOpened:
    'Der Link öffnet sich dann für niemanden mehr, endgültig. Wer ihn geöffnet hat, hat den Schlüssel und kann behalten, was er gesehen hat.',
  takeBackVerb: 'Link zurückziehen',
  aFile: 'eine Datei',

  standing: {
    open: 'Öffnet sich',
    waiting: 'Wartet, bis dein Café erreichbar ist',
    used: 'Aufgebraucht',
    expired: 'Abgelaufen',
    revoked: 'Zurückgezogen',
    refused: 'Von deinem Café nicht angenommen',
    nowhere: 'Sein Café ist nicht mehr deins',
  },
  revokedSoon: 'Zurückgezogen, sobald dein Café erreichbar ist',

  passwordOf: 'Passwort dieses Links',
  passwordFrom: 'Wer dir den Link gesendet hat, kennt es. Es wird an niemanden gesendet.',
  openIt: 'Öffnen',
}

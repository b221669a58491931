import { html } from 'lit'
import type { Words } from '../words.ts'

export const room: Words['room'] = {
  title: 'Platz',
  change: 'Ändern…',
  cleanUp: 'Aufräumen',
  usedByCafe: 'Von deinem Café benutzter Platz',
  usedUp:
    'Der Platz ist aufgebraucht: Neue Uploads werden abgelehnt. Was aufbewahrt ist, bleibt. Räume auf oder erlaube mehr.',
  byItself: 'Entfernte Dateien werden nach einer Weile von selbst aufgeräumt.',
  diskFullText:
    'Es konnte etwas nicht aufbewahren, obwohl dein Café Platz dafür hatte. Nichts früher Aufbewahrtes ist verloren. Schaffe Platz auf dem Gerät und räume dann hier auf. Geschieht es wieder, gib dem Café weniger Platz. Dieser Hinweis verschwindet, wenn Popup Cafe das nächste Mal startet.',
  dialog: 'Platz für dein Café',
  atMost: 'Höchstens aufbewahren',
  inGigabytes: 'in Gigabyte',
  wrong: 'Gib eine Zahl in Gigabyte ein, zum Beispiel 8 oder 2,5.',
  cancel: 'Abbrechen',
  save: 'Speichern',
  keptOf: (used, of) => `${used} von ${of} belegt`,
  free: (size) => `${size} frei`,
  leased: (size) => `${size} davon sind für unfertige Uploads, einen Tag lang, damit sie weitergehen können.`,
  collectable: (size) => `Etwa ${size} davon können frei werden. Das geschieht nach einer Weile von selbst.`,
  lastCleaned: (when, freed) => html`Zuletzt aufgeräumt ${when}. ${freed}`,
  stoppedEarly: (when, freed) => html`Das letzte Aufräumen endete vorzeitig, ${when}. ${freed}`,
  diskFull: (when) => html`Der Speicher dieses Geräts war voll, ${when}`,
  less: (size) =>
    `${size} sind jetzt belegt. Erlaubst du weniger, werden neue Uploads abgelehnt, und nichts wird entfernt.`,
}

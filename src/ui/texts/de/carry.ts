import { html } from 'lit'
import type { Words } from '../words.ts'

export const carry: Words['carry'] = {
  fileText:
    'Eine Datei mit allem, was dein Café aufbewahrt und weiß. Wer sie und ihre Passphrase hat, kann zu deinem Café werden.',
  saveFile: 'In einer Datei sichern',
  moveText:
    'Dein Café kann auf einem anderen Gerät weitergehen. Lass dieses einen Code zeigen. Hier schließt es dann, und die Leute finden es von selbst an seinem neuen Ort.',
  codeOf: 'Code des anderen Geräts',
  moveThere: 'Das Café dorthin umziehen',
  fileOf: 'Datei eines Cafés',
  openFile: 'Das Café dieser Datei hier öffnen',
  orMove: 'Oder ziehe ein Café hierher um: Zeige einen Code und gib ihn auf dem Gerät ein, auf dem das Café jetzt ist.',
  showCode: 'Einen Code zeigen',
  copyCode: 'Code kopieren',
  copied: 'Kopiert',
  ready: 'Wird vorbereitet…',
  stop: 'Anhalten',
  saved: 'Gesichert.',
  savedBut: 'Gesichert, bis auf Blöcke, die hier verloren sind; ihre Besitzer werden darum gebeten.',
  moved: 'Dein Café ist umgezogen.',
  movedWait: 'Dein Café ist umgezogen. Lass diese Seite offen, bis sein neuer Ort davon weiß.',
  passphrase: 'Passphrase',
  arrival: (cafe) => html`${cafe} ist da und beginnt, sobald sein alter Ort es sagt. Lass diese Seite offen.`,
  departure: (cafe, to) => html`${cafe} ist zu ${to} umgezogen.`,
  keepOpen: 'Lass diese Seite offen, bis sein neuer Ort davon weiß.',
  progress: (done, of) => `${done} von ${of}`,
  isHere: (cafe) => `${cafe} ist jetzt hier und öffnet gleich.`,
}

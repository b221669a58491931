import { html } from 'lit'
import { plural } from '../say.ts'
import type { Words } from '../words.ts'

export const files: Words['files'] = {
  title: 'Dateien',
  looking: 'Wird nachgesehen…',
  onTheWay: 'Unterwegs',
  unfinished: 'Nicht fertig',
  unfinishedText: (amount) =>
    plural(amount, {
      one: 'Die Seite wurde geschlossen, bevor diese Datei ganz gelesen war. Füge dieselbe Datei noch einmal hinzu, um weiterzumachen: Was ein Café schon hat, wird nicht noch einmal gesendet.',
      other:
        'Die Seite wurde geschlossen, bevor diese Dateien ganz gelesen waren. Füge dieselbe Datei noch einmal hinzu, um weiterzumachen: Was ein Café schon hat, wird nicht noch einmal gesendet.',
    }),
  read: (done, size) => `${done} von ${size} gelesen`,
  forget: (name) => `${name} vergessen`,
  kept: 'Aufbewahrt',
  keptLine: (amount, size) => plural(amount, { one: `# Datei, ${size}`, other: `# Dateien, ${size}` }),
  removed: (name) =>
    `„${name}“ wird entfernt: Die Cafés bewahren sie dann nicht mehr auf, und der Link öffnet nichts mehr.`,
  isKept: (name) => `${name} wird aufbewahrt.`,
  isHere: (name) => `${name} ist auf diesem Gerät; noch bewahrt kein Café es auf.`,
  isWhole: (name) => `${name} wird vollständig aufbewahrt.`,
  isNotWhole: (name) => `${name} wird nicht überall vollständig aufbewahrt.`,
  waitTitle: 'Warten auf den Gastgeber',
  waitText:
    'Du hast angefragt. Sobald der Gastgeber zustimmt, kannst du Dateien aufbewahren; bis dahin darfst du diese Seite schließen.',
  joinTitle: 'Tritt zuerst einem Café bei',
  joinText: 'Dateien werden in Cafés aufbewahrt, denen du beigetreten bist. Dafür brauchst du nur eine Einladung.',
  join: 'Einem Café beitreten',

  drop: 'Dateien hier ablegen',
  choose: 'Dateien auswählen',
  chooseLabel: 'Dateien zum Aufbewahren',
  isPublic:
    'Nicht verschlüsselt: Die Cafés können es lesen, und alle, die seine Adresse haben, ebenso. Das lässt sich nicht zurücknehmen.',
  isPrivate: 'Jede Datei bekommt auf diesem Gerät ihren eigenen Schlüssel. Nur wer den Link hat, kann sie lesen.',
  public: 'Öffentlich: nicht verschlüsseln',
  folder: 'Ein Ordner kann nicht als Ganzes aufbewahrt werden. Lege die Dateien ab, die darin sind.',

  where: 'Wo es aufbewahrt wird',
  publicTag: 'öffentlich: nicht verschlüsselt',
  onlyHere: 'nur auf diesem Gerät',
  remove: (name) => `${name} entfernen`,
  damagedAt: (cafe, why) => html`beschädigt bei ${cafe}: ${why}, wird repariert`,
  notYetAt: (cafe) => html`noch nicht bei ${cafe}: Es folgt von selbst`,
  notAt: (cafe, why) => html`nicht bei ${cafe}: ${why}`,
  proved: (when) => html`, zuletzt nachgewiesen ${when}`,
  check: 'Jetzt prüfen',
  checkLabel: (name) => `Prüfen, ob ${name} noch vollständig aufbewahrt wird`,
  again: 'Noch einmal versuchen',
  againLabel: (name) => `Noch einmal versuchen, ${name} in jedem Café aufzubewahren`,
  copyLink: 'Link kopieren',
  copyLinkLabel: (name) => `Link kopieren: ${name}`,
  copied: 'Kopiert',
  share: 'Teilen',
  shareLabel: (name) => `${name} teilen`,
  open: 'Öffnen',
  openLabel: (name) => `${name} öffnen`,

  againUpload: (name) => `Noch einmal versuchen: ${name}`,
  dismissUpload: (name) => `Verwerfen: ${name}`,
  stopUpload: (name) => `Anhalten: ${name}`,
  keeping: (name) => `${name} wird aufbewahrt`,
  waiting: 'Wartet',

  save: 'Speichern',
  saveAll: 'Alles speichern',
  saving: (name) => `${name} wird gespeichert`,
  saved: (done) => `${done} gespeichert`,
  savedOf: (done, size) => `${done} von ${size}`,
  stop: 'Anhalten',
  browserSaves: 'Dein Browser speichert es: Sieh in seinen Downloads nach.',

  sharedTitle: 'Von einer anderen App mit dir geteilt',
  sharedHeld: 'Es wartet hier, bis du einem Café beigetreten bist.',
  sharedText: (amount) =>
    plural(amount, {
      one: 'Diese Datei in deinen Cafés aufbewahren?',
      other: 'Diese # Dateien in deinen Cafés aufbewahren?',
    }),
  keep: 'Aufbewahren',
  discard: 'Verwerfen',
}

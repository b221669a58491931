import type { Words } from '../words.ts'

export const settings: Words['settings'] = {
  title: 'Einstellungen',
  link: 'Einstellungen dieses Geräts',
  lead: 'Was nur auf diesem Gerät gilt. Was dein Konto betrifft, steht unter „Du“.',

  looks: 'Sprache und Aussehen',
  language: 'Sprache',
  asBrowser: 'Wie der Browser',
  theme: 'Aussehen',
  themes: { system: 'Wie das System', light: 'Hell', dark: 'Dunkel' },

  storage: 'Speicher',
  kept: 'Bleibt erhalten',
  evictable: 'Kann gelöscht werden',
  unknown: 'Nicht bekannt',
  keptText:
    'Der Browser behält, was hier liegt, bis du es entfernst. Wer die Daten dieser Website löscht, löscht trotzdem alles.',
  evictableText:
    'Ist der Speicher dieses Geräts voll, darf der Browser alles löschen, was hier liegt: dein Konto, deine Dateien, dein Café. Bitte ihn, es zu behalten, und bewahre Dateien in zwei Cafés auf.',
  unknownText:
    'Dieser Browser sagt nicht, was er behält. Bewahre Dateien in zwei Cafés auf und deine Wörter auf Papier.',
  askKeep: 'Meine Daten behalten',
  keepRefused:
    'Der Browser hat abgelehnt. Die meisten stimmen zu, wenn die App installiert ist oder du sie einige Tage benutzt hast. Frage dann noch einmal.',
  used: (used, quota) => `${used} von ${quota} belegt, die dieser Browser erlaubt`,

  relays: 'Relays',
  relaysText: 'Über sie finden dich andere. Sie stammen vom Server dieser App und aus den Einladungen deiner Cafés.',
  relayAddress: 'Adresse eines weiteren Relays',
  relayHelp: 'Wer es betreibt, kann sie dir sagen. Es gilt auf diesem Gerät, neben den anderen.',
  relayExample: '/dns4/…/p2p/12D3Koo…',
  addRelay: 'Hinzufügen',
  removeRelay: (relay) => `Das Relay ${relay} entfernen`,
  noRelays: 'Keine. Öffne Popup Cafe unter der Adresse eines Relays.',
  seat: 'Erreichbar',
  noSeat: 'Verbunden',
  away: 'Keine Antwort',

  version: 'Version',
  versionLine: (version, date) => (date === undefined ? `Popup Cafe ${version}` : `Popup Cafe ${version}, vom ${date}`),
  check: 'Nach einer neueren sehen',
  checking: 'Wird nachgesehen …',
  newest: 'Das ist die neueste Version.',
  newer: 'Eine neuere Version ist bereit: Übernimm sie in der Leiste oben.',
  noCheck: 'Der Server der App ist nicht erreichbar. Sieh später noch einmal nach.',

  elsewhere: 'Außerdem',
  doctor: 'Können andere dich erreichen?',
  account: 'Konto: Passphrase, Geräte, Konten',
  recover: 'Ein Konto zurückholen',
  carry: 'Dein Café sichern oder umziehen',
  notices: 'Benachrichtigungen',

  installTitle: 'Popup Cafe als App',
  installText:
    'Sie öffnet sich vom Startbildschirm in einem eigenen Fenster, und Browser behalten die Daten von Apps eher.',
  installIos: 'Tippe in Safari auf „Teilen“, dann auf „Zum Home-Bildschirm“. Safari behält die Daten von Apps länger.',
  install: 'Installieren',
  notNow: 'Nein, danke',

  awake: 'Dieses Gerät wach halten, solange das Café offen ist',
  awakeText:
    'Der Bildschirm bleibt an, solange diese Seite vorn ist. Es endet, wenn du das Café oder diese Seite schließt.',
  awakeRefused:
    'Der Browser hat abgelehnt, vielleicht ist der Akku schwach. Schließe das Gerät an und schalte es noch einmal ein.',
  awakeNone:
    'Dieser Browser kann den Bildschirm nicht anlassen. Stelle es im System ein: Bildschirm nie aus, solange dein Café offen ist.',
  awakeHidden: 'Diese Seite ist im Hintergrund: Das Gerät darf schlafen, bis du zurückkommst.',
  open: 'Was geschieht, wenn dieser Tab schläft oder geschlossen wird?',
  openDesktop:
    'Auf einem Computer bleibt das Café in einem Tab im Hintergrund offen und schließt, wenn der letzte Tab von Popup Cafe geschlossen wird oder der Computer schläft. In Chrome und Edge lebt es bis zu fünf Minuten weiter, neu laden schließt es also nicht.',
  openAndroid:
    'Auf Android darf das System einen Browser im Hintergrund oder bei gesperrtem Bildschirm anhalten, sobald es Speicher braucht. Lass die Seite vorn und den Bildschirm an, solange dein Café offen ist.',
  openIos:
    'Auf iPhone und iPad hält das Café an, einige Sekunden nachdem Safari in den Hintergrund geht oder der Bildschirm gesperrt wird. Es öffnet sich von selbst wieder, wenn du zur Seite zurückkommst.',
  openLost: 'Verloren geht dabei nichts: Wenn du zurück bist, sind die Dateien wieder erreichbar.',
}

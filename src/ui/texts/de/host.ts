import { html } from 'lit'
import { plural } from '../say.ts'
import type { Words } from '../words.ts'

export const host: Words['host'] = {
  title: 'Mein Café',
  looking: 'Wird nachgesehen…',
  openTitle: 'Ein Café öffnen',
  lead: 'Wen du einlädst, der bewahrt verschlüsselte Kopien seiner Dateien auf diesem Gerät auf. Du kannst sie nicht lesen.',
  name: 'Name deines Cafés',
  example: 'Zur blauen Tür',
  opening: 'Wird geöffnet…',
  open: 'Café öffnen',
  factOpen:
    'Es ist offen, solange in diesem Browser ein Tab von Popup Cafe offen ist. Du kannst es jederzeit schließen.',
  factSealed: 'Dateien kommen verschlüsselt an. Nur ihre Besitzer haben die Schlüssel.',
  factWho: 'Du kannst jederzeit ändern, wer kommen darf, und jeden wegschicken.',
  bring: 'Ein Café hierher holen',
  close: 'Café schließen',
  inviteTitle: 'Leute einladen',
  newInvite: 'Neue Einladung…',
  carry: 'Das Café sichern oder umziehen',
  copyPeer: 'Die Peer-ID des Cafés kopieren',
  copied: 'Kopiert',
  finding: 'Es wird nachgesehen, wie man dich erreicht…',
  closeText:
    'Die Leute erreichen ihre Dateien hier erst wieder, wenn du es wieder öffnest. Was sie bei dir aufbewahren, bleibt auf diesem Gerät.',
  clockRight: 'Die Uhr geht jetzt richtig',
  gotIt: 'Verstanden',
  clockBack:
    'Die Uhr dieses Geräts ging zurück, darum kann niemand beitreten oder eine Sitzung erneuern. Stelle sie richtig.',
  somebody: 'jemandem',
  requestsTitle: 'Wer beitreten möchte',
  nobodyWaits: 'Niemand wartet auf eine Antwort.',
  no: 'Nein',
  yes: 'Ja',
  clientsTitle: 'Wer beigetreten ist',
  nobodyYet: 'Noch niemand. Sende den Einladungslink oder lass jemanden den Code scannen.',
  lockedOut: 'ausgesperrt: Einladung zurückgezogen',
  remove: 'Entfernen',
  removePerson: 'Diese Person entfernen?',
  removeText:
    'Alle Geräte dieser Person verlieren sofort den Zugang, und was sie hier aufbewahrt, wird gelöscht. Sie kann nur mit einer neuen Einladung wiederkommen.',
  removeVerb: 'Entfernen und löschen',
  toldWhat: 'Was soll die Person erfahren?',
  toldHint: 'das sieht sie',
  toldExample: 'Das Café zieht um. Danke!',
  beside: (codes) =>
    html`Jemand ist neben dir, und es gibt kein Internet? ${codes('Verbinde sein Gerät mit Codes')}, dann kann er beitreten.`,
  opened: (when) => html`Geöffnet ${when}`,
  keeps: (files, size) => plural(files, { one: `# Datei, ${size}`, other: `# Dateien, ${size}` }),
  peer: (id) => html`Peer-ID ${id}`,
  closeTitle: (name) => `${name} schließen?`,
  reused: (who) =>
    html`Jemand hat eine alte Sitzung von ${who} benutzt. Sie wurde beendet; der Besitzer des Kontos bekommt von selbst eine neue.`,
  otherDevice: (device, who) =>
    html`Ein anderes Gerät (${device}) hat versucht, die Sitzung von ${who} zu benutzen. Es wurde abgewiesen.`,
  someDevice: (who) => html`Ein anderes Gerät hat versucht, die Sitzung von ${who} zu benutzen. Es wurde abgewiesen.`,
  asked: (when) => html`angefragt ${when}`,
  noLabel: (who) => `Nein, ${who} nicht`,
  yesLabel: (who) => `Ja, ${who} hereinlassen`,
  clientLine: (files, used, of) =>
    plural(files, { one: `# Datei, ${used} von ${of}`, other: `# Dateien, ${used} von ${of}` }),
  joined: (when) => html`beigetreten ${when}`,
  usedBy: (who) => `Von ${who} benutzter Platz`,
  removeLabel: (who) => `${who} entfernen`,
  removeTitle: (who) => `${who} entfernen?`,
}

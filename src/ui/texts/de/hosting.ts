import { html } from 'lit'
import { plural } from '../say.ts'
import type { Words } from '../words.ts'

export const hosting: Words['hosting'] = {
  room: 'Platz für deine Gäste',
  roomOffered: (size) => `Dieser Browser bietet etwa ${size}. Du kannst das jederzeit ändern.`,
  roomUnknown: 'Du kannst das jederzeit ändern.',
  ways: 'Wie man dich erreicht',
  onNetwork: 'in diesem Netz',
  notOnNetwork: 'nicht direkt',
  seats: (seats) => plural(seats, { one: 'über # Relay', other: 'über # Relays' }),
  noSeat: 'noch kein Relay',
  up: (when) => html`ununterbrochen offen, begonnen ${when}`,
  paused: 'Pause für Gäste',
  pauseTitle: 'Pause für Gäste',
  pauseText:
    'Niemand Neues kommt herein, und nichts Neues wird aufbewahrt. Wer da ist, kann weiter öffnen, mitnehmen und entfernen, was ihm gehört.',
  pause: 'Pause machen',
  pausedTitle: (when) => html`Pause für Gäste, begonnen ${when}`,
  pausedText:
    'Niemand Neues kommt herein, und nichts Neues wird aufbewahrt. Nichts geht verloren: Was bei deinen Gästen wartet, folgt von selbst, wenn es weitergeht.',
  goOn: 'Gäste weitermachen lassen',
  activity: 'Was geschehen ist',
  activityNone: 'Es ist noch nichts geschehen.',
  activityText:
    'Die letzten 200 Ereignisse aus 30 Tagen, nur auf diesem Gerät. Was die Leute aufbewahren, steht nie darin.',
  showMore: 'Mehr zeigen',
  times: (times) => plural(times, { one: '#-mal', other: '#-mal' }),
  happened: {
    opened: () => 'Du hast das Café geöffnet',
    closed: () => 'Du hast das Café geschlossen',
    paused: () => 'Du hast eine Pause für Gäste begonnen',
    resumed: () => 'Du hast die Pause beendet',
    joined: (who) => html`${who} ist beigetreten`,
    device: (who) => html`${who} kam mit einem weiteren Gerät`,
    asked: (who) => html`${who} wollte beitreten`,
    admitted: (who) => html`Du hast ${who} hereingelassen`,
    refused: (who) => html`Du hast ${who} abgewiesen`,
    left: (who) => html`${who} ist gegangen; was hier aufbewahrt war, ist gelöscht`,
    evicted: (who) => html`Du hast ${who} entfernt`,
    locked: (who) => html`${who} ist ausgesperrt: Die Einladung wurde zurückgezogen`,
    full: (who) => html`Für das, was ${who} brachte, war kein Platz`,
  },
  kept: (files, size, who) =>
    html`${plural(files, { one: '# Datei', other: '# Dateien' })} von ${who} aufbewahrt, ${size}`,
  online: 'gerade da',
  seen: (when) => html`gesehen ${when}`,
  leaving: {
    looking: 'Es wird nachgesehen, was deine Gäste hier aufbewahren…',
    nobody: 'Niemand bewahrt hier etwas auf.',
    keep: (people, files, size) =>
      html`${plural(people, { one: '# Person bewahrt', other: '# Personen bewahren' })} hier ${plural(files, { one: '# Datei', other: '# Dateien' })} auf, ${size}.`,
    unknown: 'Dein Café kann nicht sehen, ob sie anderswo Kopien haben.',
    elsewhere: (files) =>
      plural(files, {
        one: '# dieser Dateien ist auch bei deinem Pinning-Dienst.',
        other: '# dieser Dateien sind auch bei deinem Pinning-Dienst.',
      }),
    unfinished: (size) =>
      `${size} gehören zu unfertigen Uploads. Sie gehen weiter, wenn du es innerhalb eines Tages wieder öffnest.`,
    letters: (letters) =>
      plural(letters, {
        one: '# Brief wurde noch nicht abgeholt.',
        other: '# Briefe wurden noch nicht abgeholt.',
      }),
    what: 'Wenn du es für lange schließt',
    save: (words) => html`${words('Sichere es in eine Datei')}, um es anderswo wieder zu öffnen.`,
    move: 'Oder ziehe mit ihm auf ein Gerät um, das an bleibt: einen Rechner, auf dem das Café ohne Browser läuft. Seine Gäste merken nichts davon.',
    farewell: 'Was sollen deine Gäste erfahren?',
    hears: (devices) =>
      plural(devices, {
        one: '# verbundenes Gerät sieht das',
        other: '# verbundene Geräte sehen das',
      }),
    nobodyHears: 'gerade ist niemand verbunden',
    example: 'Am Montag wieder da!',
  },
}

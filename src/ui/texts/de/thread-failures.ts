import type { Words } from '../words.ts'

export const threadFailures: Words['threadFailures'] = {
  threads: {
    NOT_FOUND:
      'Dieser Thread ist nicht auf diesem Gerät. Bitte ein Mitglied um eine Einladung oder hole zuerst dein Konto zurück.',
    TIMEOUT: 'Es kam nichts rechtzeitig an. Was hier ist, bleibt hier; versuche es noch einmal.',
  },
  create: {
    BAD_REQUEST:
      'Ein Thread braucht einen Namen mit 1 bis 64 Zeichen, und Adressen von Mitgliedern müssen vollständig sein.',
    QUOTA: 'Du hast so viele Threads, wie möglich sind. Verlasse zuerst einen.',
  },
  enter: {
    BAD_REQUEST: 'Diese Einladung ist beschädigt oder abgeschnitten. Bitte um den vollständigen Link.',
    FORBIDDEN:
      'Diese Einladung lässt dich nicht herein: Sie ist abgelaufen oder war für jemand anderen. Bitte um eine neue.',
    NOT_FOUND: 'Diese Einladung ist nicht mehr hier. Bitte um eine neue.',
    CONFLICT: 'Du bist schon in diesem Thread.',
    UNREACHABLE:
      'Kein Mitglied und kein Café dieses Threads ist erreichbar. Versuche es noch einmal, wenn jemand davon online ist.',
    TIMEOUT: 'Kein Mitglied hat rechtzeitig geantwortet. Versuche es noch einmal, wenn jemand davon online ist.',
    SEALED: 'Diese Einladung wurde für das Konto von jemand anderem gemacht.',
    CORRUPT: 'Diese Einladung ist nicht echt. Bitte auf einem anderen Weg um eine neue.',
  },
  post: {
    BAD_REQUEST: 'Das ist zu lang oder leer. Kürze es oder sende es als Datei.',
    FORBIDDEN: 'In diesem Thread kannst du nichts schreiben.',
    NOT_FOUND: 'Dieser Thread ist nicht mehr auf diesem Gerät.',
  },
  files: {
    BAD_REQUEST: 'Diese Dateien lassen sich nicht zusammen hinzufügen. Versuche es mit weniger oder anderen Namen.',
    FORBIDDEN: 'Diesem Thread kannst du keine Dateien hinzufügen.',
    NOT_FOUND: 'Eine Datei lässt sich nicht mehr lesen. Wähle sie noch einmal aus.',
    CORRUPT: 'Eine Datei hat sich geändert, während sie gelesen wurde. Versuche es noch einmal.',
  },
  annotate: {
    BAD_REQUEST: 'Das ist zu lang oder leer.',
    FORBIDDEN: 'Mitglieder dieses Threads können nur lesen.',
    NOT_FOUND: 'Dieser Beitrag ist weg.',
  },
  ask: {
    BAD_REQUEST: 'Das ist keine Adresse. Sie beginnt mit P und hat 48 Zeichen; bitte noch einmal darum.',
    FORBIDDEN: 'Zu diesem Thread kannst du nicht einladen.',
    CONFLICT: 'Diese Person ist schon in diesem Thread.',
  },
  quit: { NOT_FOUND: 'Dieser Thread ist schon weg.' },
  rename: {
    BAD_REQUEST: 'Ein Name braucht 1 bis 64 Zeichen.',
    FORBIDDEN: 'Nur wer einen Thread begonnen hat, kann ihn umbenennen.',
  },
  expel: {
    FORBIDDEN: 'Nur wer einen Thread begonnen hat, kann Mitglieder entfernen.',
    NOT_FOUND: 'Diese Person ist nicht mehr darin.',
  },
  recover: {
    BAD_REQUEST:
      'Das sind nicht die Wörter eines Kontos. Prüfe Schreibweise und Reihenfolge; es sind 12 bis 24 Wörter.',
    NOT_FOUND:
      'Die Cafés, die geantwortet haben, bewahren von diesem Konto nichts auf. Prüfe, ob es die Wörter des richtigen Kontos sind, oder füge einen Link zu einem Café hinzu, das du benutzt hast.',
    CORRUPT:
      'Eine Sicherung wurde gefunden, aber sie ist beschädigt und lässt sich nicht öffnen. Füge einen Link zu einem anderen Café hinzu, das du benutzt hast: Eine gute Kopie genügt.',
    UNREACHABLE:
      'Kein Café war erreichbar. Ein Café ist nur offen, solange sein Tab offen ist: Bitte seinen Gastgeber, es zu öffnen, oder füge einen Link zu einem anderen Café hinzu, das du benutzt hast.',
    TIMEOUT:
      'Kein Café hat rechtzeitig geantwortet. Versuche es noch einmal oder füge einen Link zu einem anderen Café hinzu, das du benutzt hast.',
    UNAUTHORIZED:
      'Das Café lässt niemanden ohne Einladung herein. Bitte seinen Gastgeber um eine neue und füge ihren Link hier hinzu.',
    CONFLICT: 'In diesem Browser ist schon ein anderes Konto. Hole dieses über „Du“ daneben zurück.',
  },
  returned: {
    NOT_FOUND: 'Teile davon sind in keinem Café, das geantwortet hat',
    CORRUPT: 'was davon aufbewahrt ist, ist beschädigt',
    UNREACHABLE: 'das Café ist weggegangen',
    TIMEOUT: 'das Café hat nicht geantwortet',
    QUOTA: 'auf diesem Gerät ist kein Platz mehr',
    INTERNAL: 'etwas ist schiefgegangen',
  },
  drill: {
    NOT_FOUND:
      'In deinen Cafés ist noch nichts. Warte, bis deine Threads sicher sind, und versuche es dann noch einmal.',
    UNREACHABLE:
      'Keines deiner Cafés ist erreichbar, darum konnte nichts geprüft werden. Versuche es noch einmal, wenn eines offen ist.',
    CORRUPT:
      'Was ein Café von deinem Konto aufbewahrt, ist beschädigt. Es wird noch einmal gesendet; versuche es in einer Weile.',
  },
  move: {
    BAD_REQUEST: 'Diese Einladung ist beschädigt oder abgeschnitten. Bitte um den vollständigen Link.',
    FORBIDDEN: 'Das neue Café hat die Einladung nicht angenommen. Bitte um eine neue. Nichts wurde zurückgelassen.',
    UNREACHABLE:
      'Ein Café ist nicht erreichbar. Nichts ist verloren: Der Umzug geht weiter, wenn du es noch einmal versuchst.',
    TIMEOUT:
      'Ein Café hat nicht rechtzeitig geantwortet. Nichts ist verloren: Der Umzug geht weiter, wenn du es noch einmal versuchst.',
    QUOTA: 'Das neue Café hat nicht für alles Platz. Dein altes Café hat noch alles.',
    CONFLICT: 'Du kannst nicht in dasselbe Café umziehen.',
  },
  find: {
    BAD_REQUEST: 'Danach lässt sich nicht suchen. Gib einen Namen, ein Kürzel oder eine Adresse ein.',
    UNREACHABLE: 'Kein Café war erreichbar. Was in deinen Kontakten steht, ist weiterhin hier.',
  },
  person: {
    BAD_REQUEST:
      'Das ist nicht die Adresse von jemand anderem, oder der Name ist zu lang. Eine Adresse hat 48 Zeichen und beginnt mit P.',
    QUOTA: 'Dein Adressbuch ist voll. Entferne zuerst jemanden.',
    UNREACHABLE: 'Kein Café konnte nach dieser Person gefragt werden. Gezeigt wird, was hier bekannt ist.',
    FORBIDDEN: 'Zu diesem Thread kannst du nicht einladen.',
  },
  introduce: { BAD_REQUEST: 'Dieser Kontaktlink ist beschädigt oder abgeschnitten. Bitte um den vollständigen Link.' },
  findable: {
    BAD_REQUEST: 'Ein Kürzel hat 3 bis 32 Zeichen: kleine Buchstaben, Ziffern, Punkte und Unterstriche.',
  },
  mail: {
    NOT_FOUND: 'Dieser Brief ist nicht mehr hier.',
    UNSUPPORTED: 'Diese Version von Popup Cafe hat noch keine Post. Lade die Seite neu, um zu aktualisieren.',
  },
  unusable: {
    NOT_FOUND: 'Er nützt noch immer nichts: Worum es geht, ist nicht auf diesem Gerät, oder der Brief ist weg.',
    SEALED: 'Er öffnet sich noch immer nicht mit den Schlüsseln auf diesem Gerät.',
    CORRUPT: 'Er ist beschädigt und bleibt es. Bitte den Absender, ihn noch einmal zu senden.',
    BAD_REQUEST: 'Er ist noch immer nicht so geschrieben, dass diese Version von Popup Cafe ihn versteht.',
    FORBIDDEN: 'Er nützt noch immer nichts: Der Absender darf nicht, was er verlangt.',
    CONFLICT: 'Etwas Neueres ist schon hier. Er kann entfernt werden.',
    UNSUPPORTED:
      'Er kommt von einer neueren Version von Popup Cafe. Lade die Seite neu, um zu aktualisieren, und versuche es dann noch einmal.',
    QUOTA: 'Auf diesem Gerät ist noch immer kein Platz dafür.',
  },
  profile: {
    BAD_REQUEST: 'Gib dir zuerst einen Namen, mit 1 bis 64 Zeichen auf einer Zeile.',
    UNSUPPORTED: 'Dieser Browser kann dieses Bild nicht lesen. Versuche es mit JPEG oder PNG.',
  },
}

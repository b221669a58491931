import { plural } from '../say.ts'
import type { Words } from '../words.ts'

export const failures: Words['failures'] = {
  codes: {
    BAD_REQUEST: 'Diese Anfrage ist nicht richtig geformt. Prüfe den Link oder die Eingabe.',
    UNAUTHORIZED: 'Deine Sitzung bei diesem Café ist zu Ende. Tritt noch einmal bei.',
    FORBIDDEN: 'Dieses Café erlaubt das nicht.',
    NOT_FOUND: 'Unter diesem Namen wurde nichts gefunden.',
    CONFLICT: 'Es ist schon etwas Neueres da. Sieh es dir zuerst an und versuche es dann noch einmal.',
    QUOTA: 'Dafür ist im Café nicht genug Platz. Entferne zuerst etwas.',
    BUSY: 'Das Café ist beschäftigt. Versuche es gleich noch einmal.',
    CORRUPT: 'Die Daten passen nicht zu ihrem Fingerabdruck und wurden verworfen.',
    SEALED: 'Dieser Schlüssel öffnet es nicht. Bitte um den vollständigen Link.',
    UNREACHABLE: 'Die andere Seite ist nicht erreichbar. Ist ihr Tab noch offen?',
    TIMEOUT: 'Eine Antwort hat zu lange gedauert. Versuche es noch einmal.',
    ABORTED: 'Das wurde angehalten.',
    UNSUPPORTED: 'Die andere Seite läuft mit einer anderen Version. Lade neu, um zu aktualisieren.',
    INTERNAL: 'In Popup Cafe ist etwas schiefgegangen.',
  },
  unexpected: 'In Popup Cafe ist etwas schiefgegangen. Versuche es noch einmal; wenn es bleibt, lade die Seite neu.',
  doing: {
    start: {
      UNSUPPORTED:
        'Diesem Browser fehlt etwas, das Popup Cafe braucht. Nimm einen aktuellen Chrome, Edge, Firefox oder Safari, nicht im privaten Fenster.',
      FORBIDDEN:
        'Dieser Browser lässt die Seite keine Daten behalten. Erlaube Websitedaten oder verlasse das private Fenster und lade dann neu.',
      CONFLICT: 'Eine andere Version von Popup Cafe läuft noch. Schließe ihre anderen Tabs und lade dann neu.',
      UNREACHABLE: 'Popup Cafe ist nicht gestartet. Lade die Seite neu.',
      TIMEOUT: 'Popup Cafe braucht zu lange zum Starten. Schließe seine anderen Tabs und lade dann neu.',
    },
    join: {
      BAD_REQUEST: 'Diese Einladung ist beschädigt oder abgeschnitten. Bitte um den vollständigen Link.',
      UNAUTHORIZED: 'Das Café hat diese Einladung nicht angenommen. Bitte um eine neue.',
      FORBIDDEN: 'Diese Einladung ist aufgebraucht, abgelaufen oder zurückgezogen. Bitte um eine neue.',
      NOT_FOUND: 'Das Café kennt diese Einladung nicht. Bitte um eine neue.',
      CONFLICT:
        'Das ist dein eigenes Café, in diesem Browser. Sende die Einladung jemandem oder öffne sie auf einem anderen Gerät.',
      UNREACHABLE:
        'Das Café ist nicht erreichbar. Es ist nur offen, solange sein Tab offen ist: Bitte seinen Gastgeber, es zu öffnen, und versuche es dann noch einmal.',
      TIMEOUT:
        'Das Café hat nicht rechtzeitig geantwortet. Frage seinen Gastgeber, ob es offen ist, und versuche es dann noch einmal.',
      QUOTA: 'Das Café hat keinen Platz für weitere Leute.',
    },
    restore: {
      BAD_REQUEST:
        'Das sind nicht die Wörter eines Kontos. Prüfe Schreibweise und Reihenfolge; es sind 12 bis 24 Wörter.',
      CONFLICT: 'In diesem Browser ist schon ein Konto.',
    },
    open: { BAD_REQUEST: 'Der Name eines Cafés braucht 1 bis 64 Zeichen.' },
    relay: {
      BAD_REQUEST:
        'Das ist nicht die Adresse eines Relays. Sie beginnt mit /dns4/, /ip4/ oder Ähnlichem und endet mit /p2p/ und der Kennung des Relays.',
      CONFLICT: 'Dieses Relay wird schon benutzt.',
      QUOTA: 'Es sind schon vier eigene. Entferne erst eines.',
    },
    room: {
      BAD_REQUEST: 'Das ist keine Menge. Gib eine Zahl in Gigabyte ein.',
      NOT_FOUND: 'Dein Café ist geschlossen.',
      ABORTED: 'Das Aufräumen wurde angehalten. Was schon frei ist, bleibt frei.',
    },
    carry: {
      BAD_REQUEST:
        'Das ist kein ganzes Café: Prüfe die Datei, den Code und ob die Passphrase mindestens 8 Zeichen hat.',
      FORBIDDEN:
        'Die Passphrase ist falsch, oder der Code ist abgelaufen. Lass das andere Gerät einen neuen Code zeigen.',
      CONFLICT:
        'Dieses Café ist woanders offen, oder in diesem Browser ist schon ein Café. Ein Café wird nie überschrieben.',
      CORRUPT:
        'Unterwegs wurde etwas beschädigt. Versuche es noch einmal: Was hier verloren ist, wird dann ausgelassen.',
      NOT_FOUND: 'Hier gibt es kein Café, das man woanders hinbringen könnte.',
      QUOTA: 'Für dieses Café ist nicht genug Platz.',
      UNREACHABLE: 'Das andere Gerät ist nicht erreichbar. Lass seine Seite offen und versuche es noch einmal.',
      ABORTED: 'Das wurde angehalten. Nichts hat sich geändert.',
    },
    invite: {
      BAD_REQUEST: 'Prüfe den Namen und die Zahl der Leute.',
      QUOTA: 'Es gibt zu viele Einladungen. Ziehe zuerst einige zurück.',
    },
    decide: { NOT_FOUND: 'Die Anfrage wurde zurückgenommen oder ist zu alt.' },
    evict: {
      NOT_FOUND: 'Diese Person ist nicht mehr hier.',
      BAD_REQUEST: 'Halte die Nachricht kurz und auf einer Zeile.',
    },
    leave: {
      UNREACHABLE:
        'Das Café ist nicht erreichbar, darum kann es nicht gebeten werden, deine Dateien zu löschen. Versuche es noch einmal, wenn es offen ist, oder geh trotzdem.',
    },
    pin: {
      NOT_FOUND: 'Die Datei lässt sich nicht mehr lesen. Wähle sie noch einmal aus.',
      FORBIDDEN: 'Das Café bewahrt diese Datei nicht auf.',
      UNREACHABLE:
        'Das Café ist nicht erreichbar. Deine Datei ist hier sicher; versuche es noch einmal, wenn das Café offen ist.',
      BAD_REQUEST: 'Diese Datei kann nicht aufbewahrt werden. Prüfe ihren Namen.',
      CORRUPT: 'Die Datei hat sich geändert, während sie gelesen wurde. Versuche es noch einmal.',
    },
    keep: {
      QUOTA: 'kein Platz mehr',
      UNREACHABLE: 'noch nicht erreicht',
      TIMEOUT: 'es hat nicht geantwortet',
      BUSY: 'es war beschäftigt',
      UNAUTHORIZED: 'du musst noch einmal beitreten',
      FORBIDDEN: 'es hat abgelehnt',
      CORRUPT: 'es kam beschädigt an',
      NOT_FOUND: 'Teile davon sind verloren',
      ABORTED: 'angehalten',
      INTERNAL: 'etwas ist schiefgegangen',
      UNSUPPORTED: 'es läuft mit einer anderen Version',
    },
    audit: { NOT_FOUND: 'Diese Datei ist hier nicht mehr verzeichnet.' },
    prove: { NOT_FOUND: 'Teile fehlen', CORRUPT: 'Teile sind nicht mehr, was sie waren' },
    link: {
      BAD_REQUEST: 'Dieser Link ist beschädigt oder abgeschnitten. Bitte um den vollständigen Link.',
      NOT_FOUND: 'Niemand, der erreichbar ist, bewahrt diese Datei auf. Frage den Absender, ob sein Café offen ist.',
      UNREACHABLE: 'Kein Café, das diese Datei aufbewahrt, ist erreichbar. Versuche es noch einmal, wenn es offen ist.',
      UNSUPPORTED:
        'Dieser Browser kann solche Links nicht öffnen. Nimm einen aktuellen Chrome, Edge, Firefox oder Safari, nicht im privaten Fenster.',
    },
    seal: {
      BAD_REQUEST:
        'Dieser Link kann nicht erstellt werden. Prüfe das Passwort (mindestens 4 Zeichen) und wie lange er sich öffnen soll.',
      NOT_FOUND: 'Tritt zuerst einem Café bei: Es öffnet den Link für andere und zählt mit.',
      QUOTA: 'Dein Café nimmt keine weiteren Links an. Ziehe zuerst einige zurück.',
      CONFLICT: 'Dieser Link wurde schon zurückgezogen.',
      UNREACHABLE: 'Dein Café ist nicht erreichbar. Versuche es noch einmal, wenn es offen ist.',
    },
    unseal: {
      BAD_REQUEST: 'Das ist nicht das Passwort: Es hat mindestens 4 Zeichen.',
      FORBIDDEN: 'Das ist nicht das Passwort des Links. Prüfe es und versuche es noch einmal.',
      NOT_FOUND:
        'Dieser Link öffnet sich nicht mehr: Er ist abgelaufen, wurde zurückgezogen oder so oft geöffnet, wie er darf.',
      UNREACHABLE: 'Das Café, das diesen Link öffnet, schläft. Versuche es noch einmal, wenn es offen ist.',
      BUSY: 'Es gab zu viele falsche Passwörter oder zu viele Leute auf einmal. Versuche es in einer Minute noch einmal.',
    },
    save: {
      NOT_FOUND: 'Ein Teil davon ist in keinem erreichbaren Café. Nichts wurde gespeichert.',
      UNREACHABLE:
        'Das Café, das es aufbewahrt, ist nicht mehr erreichbar. Nichts wurde gespeichert; versuche es noch einmal, wenn es offen ist.',
      TIMEOUT: 'Das Café, das es aufbewahrt, antwortet nicht mehr. Nichts wurde gespeichert; versuche es noch einmal.',
      CORRUPT: 'Ein Teil davon kam beschädigt an, darum wurde nichts gespeichert. Versuche es noch einmal.',
      SEALED: 'Der Schlüssel öffnet einen Teil davon nicht. Nichts wurde gespeichert.',
      QUOTA: 'Das ist zu viel für eine ZIP-Datei. Speichere die Ordner einzeln.',
      FORBIDDEN: 'Dieser Browser hat die Seite dort nicht schreiben lassen. Wähle einen anderen Ort.',
    },
    pair: {
      BAD_REQUEST: 'Das ist nicht der Code, der jetzt gebraucht wird. Zeige den neuesten des anderen Geräts, und ganz.',
      CONFLICT:
        'Dieser Code wurde schon benutzt oder ist der eigene dieses Geräts. Beginne auf beiden Geräten von vorn.',
      NOT_FOUND: 'Dieser Code antwortet auf einen anderen. Beginne auf beiden Geräten von vorn.',
      TIMEOUT: 'Es hat zu lange gedauert. Beginne auf beiden Geräten von vorn, innerhalb von zehn Minuten.',
      UNREACHABLE: 'Die beiden Geräte erreichen einander nicht. Sind sie im selben Netz?',
      UNSUPPORTED: 'Das andere Gerät läuft mit einer anderen Version. Lade beide neu.',
    },
  },
  refusals: {
    token: 'Dafür brauchst du eine Einladung, die noch gilt. Bitte um eine neue.',
    'token-used': 'Diese Einladung ist aufgebraucht. Bitte um eine neue.',
    'token-expired': 'Diese Einladung ist abgelaufen. Bitte um eine neue.',
    'token-revoked': 'Diese Einladung wurde zurückgezogen. Bitte um eine neue.',
    revoked: 'Die Einladung, mit der du beigetreten bist, wurde zurückgezogen. Bitte den Gastgeber um eine neue.',
    evicted: 'Der Gastgeber hat dich aus diesem Café entfernt. Mit einer neuen Einladung kommst du wieder herein.',
    dropped: 'Ein anderes deiner Geräte hat dieses entfernt. Mit einer neuen Einladung kommt es wieder herein.',
    refused: 'Der Gastgeber hat abgelehnt.',
    ask: 'Der Gastgeber dieses Cafés möchte zuerst gefragt werden.',
    service: 'Deine Einladung zu diesem Café umfasst das nicht.',
    clock: 'Die Uhr auf dem Gerät des Cafés geht falsch, darum lässt es niemanden herein. Sag es seinem Gastgeber.',
    paused: 'Dieses Café macht gerade Pause: Niemand Neues kommt herein, und nichts Neues wird aufbewahrt.',
    requests: 'Dort warten zu viele Leute auf eine Antwort. Versuche es später noch einmal.',
    guests:
      'Das Relay auf dem Weg lässt nur Eingeladene zu diesem Café durch. Bitte seinen Gastgeber um eine Einladung.',
  },
  pairings: {
    'no-address':
      'Dieser Browser nennt keine Adresse dieses Geräts im Netz. Verbinde dich mit einem; wo es kein Internet hat, erlaube die Kamera: Dann nennen Browser die Adresse.',
    'no-tab': 'Keine Seite von Popup Cafe ist bereit für eine Verbindung. Lade diese neu.',
    full: 'Dieser Browser hat zu viele Verbindungen. Schließe einige andere Seiten von Popup Cafe.',
  },
  fullDisk: 'Auf diesem Gerät ist kein Platz mehr. Schaffe Platz und versuche es dann noch einmal.',
  noRoom: (needed, free) => `Das braucht ${needed}, im Café sind aber nur ${free} frei. Entferne zuerst etwas.`,
  busy: (seconds) =>
    plural(seconds, {
      one: 'Das Café ist beschäftigt. Versuche es in # Sekunde noch einmal.',
      other: 'Das Café ist beschäftigt. Versuche es in # Sekunden noch einmal.',
    }),
}

/** What the gateway's own pages say, in German. */
import type { Explanation, GatewayWords } from './words.ts'

const ASK_AGAIN =
  'Bitte den Absender um den vollständigen Link und kopiere ihn ganz, von https bis zum letzten Zeichen.'
const LATER =
  'Bitte den Besitzer, sein Café zu öffnen, prüfe, ob du online bist, und lade diese Seite dann noch einmal.'

const failures: Readonly<Record<string, Explanation>> = {
  'BAD_REQUEST cid': { title: 'Dieser Link hat keine gültige Inhalts-ID', next: ASK_AGAIN },
  'BAD_REQUEST label': {
    title: 'Die CID ist zu lang für einen DNS-Namen (höchstens 63 Zeichen)',
    next: 'Inhalt mit so langer ID hat keinen eigenen Host. Öffne ihn über seinen Pfad an einem Gateway, das Pfade zeigt.',
  },
  'BAD_REQUEST key': { title: 'Der Schlüssel in diesem Link ist kein Schlüssel', next: ASK_AGAIN },
  'BAD_REQUEST link': { title: 'Dieser Link ist beschädigt oder abgeschnitten', next: ASK_AGAIN },
  'NOT_FOUND link': {
    title: 'Dieser Link öffnet sich nicht mehr',
    next: 'Er ist abgelaufen, wurde zurückgezogen oder so oft geöffnet, wie er darf. Bitte den Absender um einen neuen.',
  },
  'UNREACHABLE link': {
    title: 'Das Café, das diesen Link öffnet, schläft',
    next: `Es ist nur offen, solange sein Tab offen ist. ${LATER}`,
  },
  'SEALED password': {
    title: 'Dieser Link verlangt ein Passwort',
    next: 'Öffne Popup Cafe und füge den Link dort ein: Es fragt nach dem Passwort, das der Absender kennt.',
  },
  'FORBIDDEN password': {
    title: 'Das ist nicht das Passwort des Links',
    next: 'Prüfe es und versuche es noch einmal.',
  },
  'BAD_REQUEST from': { title: 'Dieser Link nennt ein Café, das es nicht geben kann', next: ASK_AGAIN },
  'BAD_REQUEST method': { title: 'Inhalt kann nur gelesen werden', next: 'Benutze GET oder HEAD.' },
  BAD_REQUEST: { title: 'Dieser Link ist nicht richtig geformt', next: ASK_AGAIN },
  'FORBIDDEN code': {
    title: 'Inhalt darf hier nicht als Programm laufen',
    next: 'Jeder kann Inhalt veröffentlichen, darum nimmt die App daraus weder Skripte noch Stile.',
  },
  'BUSY day': {
    title: 'Dieses Café hat gegeben, was es an einem Tag gibt',
    next: 'Sein Gastgeber hat eine Grenze gesetzt. Komm morgen wieder oder bitte ihn um mehr.',
  },
  'FORBIDDEN decrypt': {
    title: 'Diese Tür entschlüsselt nicht',
    next:
      'Einen Schlüssel in der Adresse eines Servers sehen alle, die ihn befördern: das Relay, das Café, jedes Protokoll dazwischen. ' +
      'Öffne den Link in Popup Cafe mit #key= statt ?key=, dann wird er auf deinem eigenen Gerät entschlüsselt. Nur der Gastgeber ' +
      'des Cafés kann vertrauensvolles Entschlüsseln einschalten; dann sehen das Relay und das Café den Inhalt.',
  },
  'NOT_FOUND path': {
    title: 'Unter diesem Namen gibt es nichts',
    next: 'Prüfe den letzten Teil der Adresse oder öffne den Ordner darüber.',
  },
  'NOT_FOUND name': {
    title: 'Niemand hier weiß, wofür dieser Name steht',
    next: 'Namen lassen sich nur nachschlagen, wenn ihr Eintrag auf dieses Gerät gebracht wurde. Bitte um einen Link, der mit /ipfs/ beginnt.',
  },
  'NOT_FOUND symlink': {
    title: 'Das ist ein symbolischer Link',
    next: 'Links dieser Art wird nicht gefolgt. Öffne die Datei, für die er steht, über ihre eigene Adresse.',
  },
  NOT_FOUND: {
    title: 'Kein gefragtes Café hat diesen Inhalt',
    next: 'Vielleicht wurde er entfernt. Frage den Absender, oder versuche es noch einmal, wenn mehr Cafés offen sind.',
  },
  'UNREACHABLE node': {
    title: 'Dein eigener Knoten läuft nicht',
    next: 'Dieser Inhalt ist nicht auf diesem Gerät. Öffne Popup Cafe in einem Tab und lade diese Seite dann noch einmal.',
  },
  UNREACHABLE: { title: 'Kein Café, das dies haben könnte, ist erreichbar', next: LATER },
  TIMEOUT: { title: 'Eine Antwort hat zu lange gedauert', next: LATER },
  SEALED: {
    title: 'Dieser Schlüssel öffnet es nicht',
    next: `Der Schlüssel gehört zu einer anderen Datei, oder ein Teil fehlt. ${ASK_AGAIN}`,
  },
  CORRUPT: {
    title: 'Dieser Inhalt ist beschädigt',
    next: 'Was ankam, passt nicht zu seinem Fingerabdruck und wurde verworfen. Versuche es noch einmal oder bitte um eine andere Kopie.',
  },
  'BAD_REQUEST name': { title: 'Dieser Link hat keinen gültigen Namen', next: ASK_AGAIN },
  'BAD_REQUEST entity-bytes': {
    title: 'Die Datei hat diese Bytes nicht',
    next: 'Frage nach Bytes, die in der Datei liegen.',
  },
  'BAD_REQUEST record': {
    title: 'Nur ein Name hat einen Eintrag',
    next: 'Frage nach dem Eintrag des Namens selbst, ohne Pfad.',
  },
  'BAD_REQUEST tar': {
    title: 'Das ist weder eine Datei noch ein Ordner',
    next: 'Nur Dateien und Ordner lassen sich in ein TAR-Archiv packen.',
  },
  'BAD_REQUEST outside-root': {
    title: 'Dieser Ordner hat Einträge, die außerhalb landen würden',
    next: 'Er soll beim Auspacken andere Dateien überschreiben, darum wird kein Archiv daraus gemacht. Öffne seine Dateien einzeln.',
  },
  'NOT_FOUND local': {
    title: 'Dieser Inhalt ist nicht auf diesem Gerät',
    next: 'Frage noch einmal ohne only-if-cached, damit er geholt wird.',
  },
  'CORRUPT name': {
    title: 'Dieser Name beweist nicht, wofür er steht',
    next: 'Sein Eintrag ist nicht richtig signiert und wurde verworfen. Bitte um einen Link zum Inhalt selbst.',
  },
  'UNSUPPORTED format': {
    title: 'Diesen Inhalt gibt es nicht in dieser Form',
    next: 'Daten werden gegeben, wie sie kodiert sind. Frage ohne Format oder nach dem rohen Block und wandle ihn selbst um.',
  },
  'UNSUPPORTED remainder': {
    title: 'Dieser Pfad endet in einem Datenblock',
    next: 'Nur ganze Blöcke lassen sich öffnen: IPLD Kinds außer Links (CBOR Tag 42) werden nicht gelesen.',
  },
  'UNSUPPORTED codec': {
    title: 'Das ist weder eine Datei noch ein Ordner',
    next: 'Es sind Daten für Programme. Öffne sie mit einem Werkzeug, das rohe Blöcke liest.',
  },
}

export const german: GatewayWords = {
  language: 'de',
  point: ',',
  failures,
  otherwise: 'Lade die Seite noch einmal.',
  redirects: {
    title: (why, line) => `_redirects ist nicht lesbar: ${why}${line === undefined ? '' : ` (Zeile ${line})`}`,
    next: 'Wer diese Website gemacht hat, kann es beheben.',
  },
  tried: 'Was versucht wurde',
  relay: 'Das Relay',
  peer: (end) => `Peer …${end}`,
  ended: {
    NOT_FOUND: (who) => `${who} hat es nicht`,
    UNREACHABLE: (who) => `${who} war nicht erreichbar`,
    TIMEOUT: (who) => `${who} hat nicht rechtzeitig geantwortet`,
    CORRUPT: (who) => `${who} hat etwas Beschädigtes gesendet`,
    BUSY: (who) => `${who} war beschäftigt`,
    FORBIDDEN: (who) => `${who} hat abgelehnt`,
    UNSUPPORTED: (who) => `${who} läuft mit einer anderen Version`,
    failed: (who) => `${who} ist gescheitert`,
  },
  again: 'Noch einmal versuchen',
  app: 'Popup Cafe öffnen',

  folder: 'Ordner',
  entries: (amount, more) => `${more ? 'Mehr als ' : ''}${amount} ${amount === 1 ? 'Eintrag' : 'Einträge'}`,
  above: 'Ordner darüber',
  onlyFirst: (amount) => `Nur die ersten ${amount} werden gezeigt.`,
  empty: 'Dieser Ordner ist leer.',
  openInApp: 'In Popup Cafe öffnen',
  download: 'Herunterladen:',
  looks: 'Ansicht',
  sorts: { name: 'Nach Name', size: 'Nach Größe', type: 'Nach Art' },
  views: { list: 'Liste', pictures: 'Bilder' },
  shapes: {
    folder: 'Ordner',
    image: 'Bild',
    audio: 'Ton',
    video: 'Video',
    text: 'Text',
    page: 'Webseite',
    pdf: 'PDF',
    archive: 'Archiv',
    other: 'Datei',
  },
  noName: '(ohne Namen)',

  shared: 'Geteilte Dateien',
  sharedLine: (amount) => `${amount} ${amount === 1 ? 'Datei' : 'Dateien'}, auf diesem Gerät entschlüsselt`,
  closed: 'Öffnet sich nicht',

  door: {
    'NOT_FOUND cafe': {
      title: 'So kann kein Café heißen',
      next: 'Die Adresse ist beschädigt oder abgeschnitten. Kopiere sie ganz oder bitte den Absender um eine neue.',
    },
    'UNREACHABLE asleep': {
      title: 'Dieses Café schläft',
      next: 'Es lebt in einem Browser-Tab und ist nur offen, solange sein Tab offen ist. Bitte seinen Gastgeber, es zu öffnen, und versuche es dann noch einmal.',
    },
    'UNREACHABLE closed': {
      title: 'Die Tür dieses Cafés ist geschlossen',
      next: 'Das Café ist da, aber sein Gastgeber lässt hier niemanden herein. Öffne den Link in Popup Cafe oder bitte ihn, die Tür zu öffnen.',
    },
    'UNREACHABLE lost': {
      title: 'Das Café ist weggegangen',
      next: 'Sein Tab wurde geschlossen, oder sein Netz hat gewechselt. Versuche es gleich noch einmal.',
    },
    'BUSY door': {
      title: 'An der Tür ist Gedränge',
      next: 'Zu viele Leute lesen gerade aus diesem Café. Versuche es gleich noch einmal.',
    },
    'BUSY drain': {
      title: 'Dieser Rechner fängt gerade neu an',
      next: 'Er bringt zu Ende, was er begonnen hat, und ist gleich wieder da. Versuche es dann noch einmal.',
    },
    'BUSY host': { title: 'Du fragst zu oft', next: 'Warte einen Moment und mach dann langsamer weiter.' },
    'FORBIDDEN code': {
      title: 'Inhalt darf hier nicht als Programm laufen',
      next: 'Jeder kann Inhalt veröffentlichen, darum bekommen Browser durch die Tür keine Skripte.',
    },
    'BAD_REQUEST method': {
      title: 'Darauf antwortet kein Café',
      next: 'Benutze GET, HEAD, POST, PUT, PATCH oder DELETE.',
    },
    'BAD_REQUEST size': { title: 'Das ist zu groß für die Tür', next: 'Sende es in Teilen.' },
    'CORRUPT away': {
      title: 'Das Café hat von sich weggeführt',
      next: 'Was es geantwortet hat, kann hier nicht gezeigt werden.',
    },
  },
  tryAgain: 'Versuche es noch einmal.',
  welcome: 'Das ist die Tür eines Cafés, das in einem Browser-Tab lebt.',
  welcomeLine: 'Was es aufbewahrt, liegt unter ipfs/<cid>; was es Programmen anbietet, beschreibt openapi.json.',

  data: 'Daten',
  dataTitle: 'Daten für Programme',
  saveAs: (format) => `Als ${format} speichern`,
  saveBlock: 'Den Block speichern',
  onlyBeginning: 'Nur der Anfang wird gezeigt.',
}

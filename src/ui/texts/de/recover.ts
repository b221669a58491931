import { html } from 'lit'
import { list, number, plural } from '../say.ts'
import type { Words } from '../words.ts'

const threads = (amount: number): string => plural(amount, { one: '# Thread', other: '# Threads' })
const files = (amount: number): string => plural(amount, { one: '# Datei', other: '# Dateien' })
const back = (amount: number): string =>
  amount === 1 ? 'Dein Thread ist wieder da' : `Alle ${number(amount)} Threads sind wieder da`

export const recover: Words['recover'] = {
  title: 'Ein Konto wiederherstellen',
  lead: 'Dazu brauchst du nur die Wörter, die du aufgeschrieben hast, und ein Café, das deine Sicherung aufbewahrt.',
  keepsOn:
    'Was schon wieder da ist, kannst du ansehen. Wenn du diese Seite schließt, geht es beim nächsten Mal dort weiter, wo es war.',
  stopForNow: 'Vorerst anhalten',
  isHere: 'Dein Konto ist hier.',
  wordsRight: 'Die Wörter stimmen. Nun zu dem, was du hattest: Threads, Dateien und die Cafés, in denen du warst.',
  links: 'Links zu Cafés, in denen du warst',
  linksHint: 'einer pro Zeile; lass es leer, wenn du keinen kennst',
  linksHelp: 'Jede Einladung in das Café ist recht, auch eine alte: Frag den Gastgeber.',
  noLink: (line) => `Das ist kein Link zu einem Café: ${line}`,
  goOn: 'Weiter',
  look: 'Nach meiner Sicherung suchen',
  salvage: 'Zurückholen, was geht',
  salvageText: 'Ohne die Liste deiner Threads kommen vielleicht auch solche zurück, die du verlassen hattest.',

  unnamed: (id) => `Thread ${id}`,
  bringing: (name) => `${name} kommt zurück`,
  open: 'Öffnen',
  openLabel: (name) => `${name} öffnen`,
  cafesShowed: 'Was deine Cafés gezeigt haben',
  oldState: (you) =>
    html`Ein Café, das einen alten Stand zeigt, schadet hier nicht: Der neueste hat gezählt. Wenn es so bleibt, zieh in ein anderes Café um, unter ${you('Du')}.`,

  behindTold:
    'zeigt einen älteren Stand, als es unterschrieben hat: Es hat den neueren verloren, oder es hält ihn zurück',
  behindLate: 'hat einen älteren Stand: Es hat den neuesten noch nicht bekommen',
  outcomes: {
    kept: 'hat deine Sicherung',
    none: 'kennt dich und bewahrt nichts von dir auf',
    damaged: 'was es von dir aufbewahrt, ist beschädigt',
    newer: 'hat eine Sicherung aus einer neueren Version von Popup Cafe: Lade die Seite neu',
    unknown: 'kennt dich nicht',
    unreachable: 'hat nicht geantwortet',
  },
  coming: 'kommt',
  partHere: (percent) => `${percent} % da, du kannst ihn öffnen`,
  allHere: 'ganz wieder da',
  older: 'da, wie er vor einer Weile war: Kein Café hat den neuesten Stand gezeigt',
  partsDamaged: (parts) =>
    plural(parts, {
      one: '# Teil davon kam überall beschädigt zurück',
      other: '# Teile davon kamen überall beschädigt zurück',
    }),
  missing: 'kein Café, das geantwortet hat, hat ihn',
  notAsked: 'noch konnte nicht nach allem gefragt werden',

  askingCafes: 'Die Cafés werden gefragt, was sie von dir aufbewahren…',
  opening: 'Deine Sicherung wird geöffnet…',
  threadsBack: (done, of) => `${number(done)} von ${threads(of)} wieder da`,
  unfinished: 'Noch konnte nicht nach allem gefragt werden. Mach weiter, wenn mehr Cafés offen sind.',
  noThreads: 'Dein Konto ist wieder da. Es hatte keine Threads.',
  someBad: (whole, bad) => `Ganz wieder da: ${threads(whole)}; nicht: ${number(bad)}.`,
  someOld: (all, old) => `Wieder da: ${threads(all)}, davon so, wie sie vor einer Weile waren: ${number(old)}.`,
  confirmed: (all) => `${back(all)}, und zwei Cafés sind sich einig, dass es nichts Neueres gibt.`,
  oneAnswered: (all) =>
    `${back(all)}. Nur ein Café hat geantwortet; ob es das Allerneueste hat, kann daher niemand sagen.`,

  safe: 'Wie sicher es ist',
  drillText:
    'Eine Wiederherstellungsprobe beweist, dass alles zurückzuholen wäre: Sie holt alles aus deinen Cafés an einen eigenen Ort, vergleicht es mit dem, was hier ist, und räumt es wieder weg. Nichts von dir wird angerührt.',
  noDrill: 'Noch ist keine Probe gelungen.',
  lastDrill: (when) => html`Die letzte gelungene Probe: ${when}.`,
  startDrill: 'Probe beginnen',
  askingYours: 'Deine Cafés werden gefragt…',
  comparing: 'Wird zurückgeholt und verglichen',
  drill: 'Wiederherstellungsprobe',
  drillGood: (threadCount, fileCount) =>
    `Aus deinen Cafés zurückgekommen, bis aufs letzte Bit gleich: ${threads(threadCount)} und ${files(fileCount)}.`,
  drillBad: (found, more) =>
    `Nicht alles kam so zurück, wie es hier ist: ${list(more > 0 ? [...found, plural(more, { one: '# anderes', other: '# andere' })] : found)}. Was fehlt, wird von selbst noch einmal gesendet; versuche es nach einer Weile wieder.`,
  wrong: {
    cafe: (name) => (name === '' ? 'das Café hat nicht geantwortet' : `das Café „${name}“ hat nicht geantwortet`),
    manifest: (name) => (name === '' ? 'die Liste deiner Threads' : `die Liste deiner Threads bei „${name}“`),
    record: (name) => (name === '' ? 'die Liste deiner Threads' : `die Liste deiner Threads bei „${name}“`),
    snapshot: (name) => (name === '' ? 'der Thread' : `der Thread „${name}“`),
    blocks: (name) => (name === '' ? 'der Thread' : `der Thread „${name}“`),
    file: (name) => (name === '' ? 'die Datei' : `die Datei „${name}“`),
  },

  steps: {
    register: 'Du trittst dem neuen Café bei',
    copy: 'Was das alte aufbewahrt, wird kopiert',
    publish: 'Andere erfahren, wo du jetzt bist',
    leave: 'Erst wird geprüft, ob alles dort ist, dann verlässt du das alte',
  },
  copyLeft: (things) => `Was das alte aufbewahrt, wird kopiert: noch ${number(things)}`,
}

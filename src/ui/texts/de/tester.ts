import { plural } from '../say.ts'
import type { Words } from '../words.ts'

export const tester: Words['tester'] = {
  happened: 'Was geschehen ist',
  happenedText:
    'Diese Seite hat ihr eigenes Gateway gefragt, das in diesem Browser läuft. Der Schlüssel eines Links bleibt auf diesem Gerät und wird hier nicht gezeigt.',
  nothingTold: 'Über die Anfragen für diesen Link ist nichts bekannt. Lade die Seite neu und öffne ihn noch einmal.',
  requests: 'Anfragen',
  asked: { about: 'Was ist es?', part: 'Ein Teil davon', content: 'Das Ganze' },
  noAnswer: 'noch keine Antwort',
  firstByte: (ms) => `erstes Byte nach ${ms} ms`,
  wholeTime: (ms) => `alles nach ${ms} ms`,
  headers: (amount) => plural(amount, { one: '# Kopfzeile der Antwort', other: '# Kopfzeilen der Antwort' }),
  moreRequests: (amount) => plural(amount, { one: 'Und # weitere Anfrage.', other: 'Und # weitere Anfragen.' }),
  blocks: 'Blöcke',
  blocksHere: (blocks, size) =>
    plural(blocks, { one: `# Block von diesem Gerät (${size})`, other: `# Blöcke von diesem Gerät (${size})` }),
  blocksOthers: (blocks, size) =>
    plural(blocks, { one: `# Block von anderen (${size})`, other: `# Blöcke von anderen (${size})` }),
  noBlocks: 'Kein Block wurde gelesen.',
  moreBlocks: (amount, size) =>
    plural(amount, { one: `Und # weiterer Block, ${size}.`, other: `Und # weitere Blöcke, ${size}.` }),
  block: 'Block',
  from: 'Von',
  size: 'Größe',
  time: 'Dauer',
  ms: (ms) => `${ms} ms`,
  thisDevice: 'diesem Gerät',
  someNode: 'jemand anderem',
  cafeCalled: (name) => `dem Café ${name}`,
  peer: (id) => `dem Peer ${id}`,
  by: {
    direct: (who) => `${who}, direkt`,
    relayed: (who) => `${who}, über das Relay`,
  },
  fetchAll: 'Alles holen',
  stop: 'Anhalten',
  got: (size) => `Bisher ${size}`,
  gotAll: (size) => `${size} sind da.`,

  title: 'Sehen, was mit einem Link geschieht',
  lead: 'Öffne einen Link und sieh jede Anfrage, jede Kopfzeile und jeden Block; oder probiere es mit einer eigenen Datei, die niemand bekommt.',
  linkTitle: 'Ein Link, den du hast',
  linkText:
    'Ein Link, ein Pfad oder eine Inhaltskennung. Ein Schlüssel, der getrennt kam, gehört dahinter, nach einem Leerzeichen.',
  fileTitle: 'Eine eigene Datei',
  fileText: (most) =>
    `Eine kleine, bis ${most}. Sie wird verschlüsselt wie jede Datei und bleibt nur auf diesem Gerät, bis du sie entfernst, höchstens einen Tag.`,
  choose: 'Eine Datei verschlüsseln und probieren',
  file: 'Datei zum Probieren',
  tooLarge: (most) => `Diese Datei ist zum Probieren zu groß: höchstens ${most}.`,
  sampleTitle: 'Ein Link in der alten Form',
  sampleText:
    'Links von Textile hatten ihren Schlüssel in der Abfrage, als ?\u2060key=…, und sie gehen hier auf. Browser schicken eine Abfrage aber dem Server, und der schreibt sie in seine Protokolle. Darum steht der Schlüssel neuer Links hinter dem #, das nie verschickt wird.',
  makeSample: 'Eine Probe machen',
  onlyHere: 'nur auf diesem Gerät',
  oldForm: 'alte Form',
  link: 'Ihr Link',
  sees: 'Was ein Café sähe',
  seesText: (size) => `${size} Geheimtext, ohne Namen und Art. Er beginnt so:`,
  gives: 'Was der Schlüssel gibt',
  givesText: (size) => `${size}, auf diesem Gerät entschlüsselt.`,
  remove: 'Jetzt entfernen',
  opening: 'Wird geöffnet …',
  closed: 'Sie geht nicht auf.',
  removed: 'Sie ist von diesem Gerät verschwunden.',
}

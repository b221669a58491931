import { list, number, plural } from '../say.ts'
import type { Words } from '../words.ts'

const devices = (amount: number): string => plural(amount, { one: '# Gerät', other: '# Geräte' })
const members = (amount: number): string => plural(amount, { one: '# Mitglied', other: '# Mitglieder' })

export const threadLines: Words['threadLines'] = {
  types: {
    open: {
      name: 'Alle machen mit',
      text: 'Alle Mitglieder können Beiträge schreiben, kommentieren und „gefällt mir“ sagen.',
    },
    public: {
      name: 'Du schreibst, andere antworten',
      text: 'Nur du schreibst Beiträge; Mitglieder können kommentieren und „gefällt mir“ sagen.',
    },
    'read-only': {
      name: 'Du schreibst, andere lesen',
      text: 'Nur du schreibst Beiträge; Mitglieder können sie lesen, sonst nichts.',
    },
    private: {
      name: 'Nur für dich',
      text: 'Niemand kann eingeladen werden. Er liegt nur auf deinen eigenen Geräten und in deinen Cafés.',
    },
  },
  sharings: {
    shared: { name: 'Mitglieder laden andere ein', text: 'Wer dabei ist, kann andere dazuholen.' },
    'invite-only': { name: 'Nur du lädst ein', text: 'Ohne eine Einladung von dir kommt niemand hinein.' },
    'not-shared': { name: 'Niemand wird eingeladen', text: 'Er bleibt bei dir, auf all deinen Geräten.' },
  },
  modes: {
    annotated: { name: 'Beiträge', text: 'Jeder Beitrag mit dem, was dazu gesagt wurde.' },
    stacks: { name: 'Zuletzt', text: 'Was zuletzt gesagt wurde, kommt zuerst, auch zu älteren Beiträgen.' },
    chronological: { name: 'Alles', text: 'Alles, was geschehen ist, in der Reihenfolge der Zeit.' },
  },
  forMembers: {
    open: () => 'Alle Mitglieder können Beiträge schreiben, kommentieren und „gefällt mir“ sagen.',
    public: (starter) =>
      `${starter === null ? 'Du schreibst' : `${starter} schreibt`}; Mitglieder können kommentieren und „gefällt mir“ sagen.`,
    'read-only': (starter) => `${starter === null ? 'Du schreibst' : `${starter} schreibt`}; Mitglieder lesen.`,
    private: () => 'Niemand kann eingeladen werden.',
  },
  brings: {
    shared: () => 'Jedes Mitglied kann andere einladen.',
    'invite-only': (starter) =>
      starter === null ? 'Nur du kannst andere einladen.' : `Nur ${starter} kann andere einladen.`,
    'not-shared': () => 'Sonst kann niemand eingeladen werden.',
  },
  onlyYou: 'Nur du',
  members,
  membersOnline: (people, online) => `${people <= 1 ? 'Nur du' : members(people)}, ${devices(online)} verbunden`,
  invitedOnly: 'Eingeladen, noch nicht dabei',
  two: 'Nur ihr zwei',
  twoOnline: 'Nur ihr zwei, verbunden',
  files: 'Dateien',
  youSaid: (words) => `Du: ${words}`,
  said: (who, words) => `${who}: ${words}`,
  somebody: 'jemanden',
  events: {
    join: () => 'ist beigetreten',
    leave: () => 'ist gegangen',
    remove: (who) => `hat ${who} entfernt`,
    rename: (_who, name) => `hat ihn in „${name}“ umbenannt`,
    rekey: () => 'hat das Schloss gewechselt, damit niemand weiterliest, der gegangen ist',
    announce: () => 'hat Name oder Bild geändert',
    comment: () => 'hat kommentiert',
    like: () => 'gefällt ein Beitrag',
    flag: () => 'hat einen Beitrag gemeldet',
    ignore: () => 'hat etwas verborgen',
    text: () => 'hat etwas geschrieben',
    files: () => 'hat Dateien gezeigt',
  },
  news: {
    invite: (thread) => `lädt dich zu „${thread}“ ein`,
    join: (thread) => `ist „${thread}“ beigetreten`,
    leave: (thread) => `hat „${thread}“ verlassen`,
    text: (thread) => `hat in „${thread}“ geschrieben`,
    files: (thread) => `hat „${thread}“ Dateien hinzugefügt`,
    comment: (thread) => `hat deinen Beitrag in „${thread}“ kommentiert`,
    like: (thread) => `gefällt dein Beitrag in „${thread}“`,
  },
  actors: (names, more) => list(more > 0 ? [...names, `${number(more)} weitere`] : names),
  wroteToYou: 'hat dir geschrieben',
  newThings: (amount) => plural(amount, { one: '# Neuigkeit', other: '# Neuigkeiten' }),
  newThingsIn: (amount, thread) =>
    plural(amount, { one: `# Neuigkeit in „${thread}“`, other: `# Neuigkeiten in „${thread}“` }),
  alarms: {
    gap: (who) =>
      `Etwas, das ${who === null ? 'du geschrieben hast' : `${who} geschrieben hat`}, ist nicht angekommen. Vielleicht hält es jemand zurück; es kommt, sobald ein Mitglied oder ein Café zu erreichen ist, das es hat.`,
    fork: (who) =>
      `Ein Gerät von ${who ?? 'dir'} hat zwei verschiedene Geschichten erzählt. Vielleicht wurde es aus einer alten Kopie wiederhergestellt, oder jemand anderes hat seine Schlüssel.${who === null ? '' : ` Frag ${who} auf einem anderen Weg danach.`}`,
    late: (who) =>
      `Ein Gerät von ${who ?? 'dir'} hat geschrieben, ohne seine eigenen früheren Beiträge zu kennen. Wahrscheinlich hat es sein Gedächtnis verloren, oder der Beitrag ist rückdatiert.`,
  },
}

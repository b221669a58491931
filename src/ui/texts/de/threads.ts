import { html } from 'lit'
import { number, plural } from '../say.ts'
import type { Words } from '../words.ts'

export const threads: Words['threads'] = {
  newThread: 'Neuer Thread',
  lead: 'Rede und teile Dateien mit Menschen, die du auswählst. Einen Thread können nur seine Mitglieder lesen.',
  count: (amount) => plural(amount, { one: '# Thread', other: '# Threads' }),
  allPosts: 'Alle Beiträge',
  yours: 'Deine Threads',
  notHere: 'Noch nicht da',
  notRead: 'nicht gelesen',
  waitingTag: 'wartet auf ein Mitglied',
  removedTag: 'entfernt',
  lookTag: 'sieh einmal nach',
  noneTitle: 'Noch keine Threads',
  noneText:
    'Ein Thread ist ein Ort für Beiträge und Dateien, die nur seine Mitglieder lesen können. Beginne einen und lade ein, wer dabei sein soll.',
  start: 'Einen Thread beginnen',

  thread: 'Thread',
  all: 'Alle Threads',
  ask: 'Nach Neuem fragen',
  asking: 'Mitglieder und Cafés werden gefragt…',
  upToDate: (when) => html`zuletzt abgeglichen ${when}`,
  about: 'Mitglieder und mehr',
  onTheWay: 'Unterwegs',
  joining:
    'Wartet auf ein Mitglied oder ein Café, das diesen Thread hat. Er kommt von selbst, sobald jemand davon da ist.',
  removed: 'Du wurdest aus diesem Thread entfernt. Was vorher kam, ist noch hier; Neues kommt nicht mehr.',
  moreAlarms: (amount) => `${number(amount)} weitere dieser Art`,

  onlyTwo: 'Nur ihr zwei könnt je darin sein.',
  invite: 'Einladen',
  leave: 'Verlassen',
  newName: 'Neuer Name',
  leaveTitle: (name) => `„${name}“ verlassen?`,
  leaveAlone:
    'Du bist das einzige Mitglied: Alles davon wird von deinen Geräten und aus deinen Cafés entfernt, und niemand kann es zurückholen.',
  leaveText:
    'Die Mitglieder erfahren es, und er wird von all deinen Geräten und aus deinen Cafés entfernt. Was du geschrieben hast, bleibt bei den anderen.',
  leaveVerb: 'Thread verlassen',

  members: 'Mitglieder',
  gone: 'Nicht mehr dabei',
  starter: 'hat ihn begonnen',
  connected: 'verbunden',
  left: 'gegangen',
  since: (when) => html`beigetreten ${when}`,
  removeMember: (name) => `${name} entfernen`,
  removeTitle: (name) => `${name} entfernen?`,
  removeText:
    'Was ab jetzt geschrieben wird, bekommt einen neuen Schlüssel, den dieses Mitglied nicht hat. Was es schon gelesen hat, bleibt ihm.',
  removeVerb: 'Mitglied entfernen',

  inviteTitle: (name) => `Zu „${name}“ einladen`,
  byLink: 'Alle, denen du den Link schickst',
  byLinkText:
    'Ein Link und ein Code zum Scannen. Wer ihn hat, kommt hinein; schicke ihn also nur denen, die du hier haben willst.',
  makingLink: 'Link entsteht…',
  makeLink: 'Link erstellen',
  addressExample: 'P…',
  byAddress: 'Eine Person, über ihre Adresse',
  theirAddress: 'Die Adresse der Person',
  theirAddressHint: 'sie steht bei ihr unter „Du“',
  inviting: 'Wird eingeladen…',
  invitePerson: 'Diese Person einladen',
  atDevice: 'Die Einladung ist angekommen. Sie wartet dort unter den Threads.',
  onItsWay: 'Die Einladung ist unterwegs. Sie wird gefunden, sobald die Person wieder hier ist.',
  linkReady: (ends) => html`Der Link ist fertig. Er endet ${ends}.`,
  notReached: (ends) =>
    html`Die Person ist gerade nicht zu erreichen; schick ihr diesen Link also selbst. Nur sie kann ihn benutzen; er endet ${ends}.`,
  anyoneHelp: 'Wer diesen Link hat, kann hereinkommen und alles lesen.',
  oneHelp: 'Er öffnet sich nur mit dem Konto, für das er gemacht ist.',

  gotLink: 'Hast du einen Link zu einem Thread?',
  paste: 'Hier einfügen',
  open: 'Öffnen',
  wrongLink: 'Das ist keine Einladung zu einem Thread. Füge den ganzen Link ein, den du bekommen hast.',

  nameExample: 'Sommer in Rom',
  whatMembers: 'Was Mitglieder können',
  whoBrings: 'Wer andere dazuholt',
  later: 'Nur der Name lässt sich später ändern: Auf alles andere muss sich verlassen können, wer beitritt.',
  starting: 'Beginnt…',
  startVerb: 'Thread beginnen',
  certain: 'Nur für bestimmte Personen',
  addresses: 'Ihre Adressen',
  addressesHint: 'eine pro Zeile; sonst kann nie jemand beitreten',

  invitedTitle: 'Du bist eingeladen',
  invitedLead: 'Zu einem Thread: Beiträge und Dateien, die nur seine Mitglieder lesen können.',
  reading: 'Die Einladung wird gelesen…',
  fromShort: (who, address) => html`von ${who} ${address}`,
  decline: 'Ablehnen',
  declineLabel: (name) => `„${name}“ ablehnen`,
  joinShort: 'Beitreten',
  joinLabel: (name) => `„${name}“ beitreten`,
  from: (who, address) => html`Von ${who} ${address}`,
  membersSee: 'Die Mitglieder sehen deinen Namen, deine Adresse und dass du dabei bist.',
  joiningNow: 'Du trittst bei…',
  join: 'Dem Thread beitreten',
  lookingFor: 'Ein Mitglied oder ein Café, das ihn hat, wird gesucht',
  inIt: 'Du bist dabei.',
  openThread: 'Thread öffnen',

  talkTitle: 'Der Thread ist da',
  talkText: (name) =>
    `${name} ist gerade nicht zu erreichen. Die Einladung geht an die Cafés der Person, wenn welche bekannt sind; du kannst ihr diesen Link auch selbst schicken. Nur sie kann ihn benutzen.`,
  talkGo: 'Zum Thread',
  talkLink: 'Link für die Person',
  talkHelp: 'Er öffnet sich nur mit ihrem Konto.',
  safeSince: (at, when) => html`${at}, ${when}`,
}

import { html } from 'lit'
import type { Whom } from '../en/mail.ts'
import { list, number, plural } from '../say.ts'
import type { Words } from '../words.ts'

/** As a subject: `Ben und 2 weitere`. */
const who = ({ names, more }: Whom): string => {
  if (names.length === 0)
    return more === 1 ? 'ein Mitglied' : plural(more, { one: '# Mitglied', other: '# Mitglieder' })
  return list(more > 0 ? [...names, `${number(more)} weitere`] : names)
}
/** After `von`. */
const from = ({ names, more }: Whom): string => {
  if (names.length === 0)
    return more === 1 ? 'einem Mitglied' : plural(more, { one: '# Mitglied', other: '# Mitgliedern' })
  return list(more > 0 ? [...names, `${number(more)} weiteren`] : names)
}
const upper = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)
const many = ({ names, more }: Whom): boolean => names.length + more > 1
const cafes = (amount: number): string => plural(amount, { one: '# Café', other: '# Cafés' })

export const mail: Words['mail'] = {
  notReached: (amount) => `${number(amount)} noch nicht erreicht`,
  readBy: (whom) => `Gelesen von ${from(whom)}`,
  has: (whom) => `${upper(who(whom))} ${many(whom) ? 'haben' : 'hat'} es`,
  keptFor: (whom) => `Aufbewahrt für ${who(whom)}`,
  keptForAt: (whom, at) => `Aufbewahrt für ${who(whom)} in ${cafes(at)}`,
  didNotReach: (whom) => `${upper(who(whom))} ${many(whom) ? 'haben' : 'hat'} es nicht bekommen`,
  waitsFor: (whom) => `Wartet in deinen Cafés auf ${who(whom)}`,
  waiting: 'Wird noch gesendet',
  states: {
    queued: () => 'noch auf diesem Gerät',
    stored: (at) => plural(at, { one: 'aufbewahrt in # Café der Person', other: 'aufbewahrt in # Cafés der Person' }),
    fetched: () => 'hat es',
    read: () => 'hat es gelesen',
    undelivered: () => 'hat es nicht bekommen',
    left: () => 'findet es in deinen Cafés',
  },
  inTheWay: {
    NOT_FOUND:
      'Niemand, der zu erreichen ist, weiß, wohin die Post dieser Person geht. Es wird gesendet, sobald sie oder eines ihrer Cafés zu finden ist.',
    UNREACHABLE: 'Weder die Person noch eines ihrer Cafés ist gerade zu erreichen. Es geht von selbst weiter.',
    TIMEOUT: 'Das Café der Person hat nicht rechtzeitig geantwortet. Es wird von selbst wieder versucht.',
    BUSY: 'Das Café der Person ist beschäftigt. Es wird von selbst wieder versucht.',
    QUOTA:
      'Das Postfach der Person ist voll. Es wird von selbst wieder versucht; sag ihr, dass sie in ihre Post sehen soll.',
    FORBIDDEN:
      'Das Café der Person nimmt von dir keine Post für sie an: Vielleicht kennt sie dich nicht oder möchte es nicht.',
    UNAUTHORIZED:
      'Das Café der Person nimmt von dir keine Post für sie an: Vielleicht kennt sie dich nicht oder möchte es nicht.',
    UNSUPPORTED: 'Die Person hat eine andere Version von Popup Cafe. Es wird wieder versucht.',
    CORRUPT: 'Was hier über die Person bekannt ist, ist beschädigt. Es wird neu erfragt.',
    SEALED: 'Was die Person braucht, um es zu öffnen, ist hier noch nicht bekannt.',
    BAD_REQUEST: 'So, wie es ist, lässt es sich nicht senden.',
    ABORTED: 'Es wurde nicht rechtzeitig abgeholt und wird nicht länger aufbewahrt.',
    CONFLICT: 'Etwas ist schiefgegangen. Es wird wieder versucht.',
    INTERNAL: 'Etwas ist schiefgegangen. Es wird wieder versucht.',
  },
  letters: { post: 'Ein Beitrag', invite: 'Eine Einladung', card: 'Deine Kontaktkarte' },
  came: { post: 'Ein Beitrag', invite: 'Eine Einladung', card: 'Eine Kontaktkarte', unknown: 'Ein Brief' },
  unusable: {
    SEALED:
      'Es lässt sich mit den Schlüsseln auf diesem Gerät nicht öffnen. Wenn du dein Konto erst vor Kurzem wiederhergestellt hast, versuche es später noch einmal.',
    CORRUPT: 'Es wurde unterwegs beschädigt, oder jemand hat es verändert.',
    BAD_REQUEST: 'Es ist so geschrieben, dass diese Version von Popup Cafe es nicht versteht.',
    UNSUPPORTED: 'Es kommt aus einer neueren Version von Popup Cafe. Aktualisiere und versuche es noch einmal.',
    NOT_FOUND: 'Es geht um etwas, das nicht auf diesem Gerät ist.',
    FORBIDDEN: 'Wer es geschickt hat, darf das nicht, was darin steht.',
    CONFLICT: 'Etwas Neueres ist schon hier.',
    QUOTA: 'Auf diesem Gerät war kein Platz dafür. Schaffe welchen und versuche es noch einmal.',
    UNREACHABLE: 'Beim Öffnen ist etwas schiefgegangen.',
    TIMEOUT: 'Beim Öffnen ist etwas schiefgegangen.',
    BUSY: 'Beim Öffnen ist etwas schiefgegangen.',
    UNAUTHORIZED: 'Beim Öffnen ist etwas schiefgegangen.',
    ABORTED: 'Beim Öffnen ist etwas schiefgegangen.',
    INTERNAL: 'Beim Öffnen ist etwas schiefgegangen.',
  },
  roomBytes: (used, limit) => `${used} von ${limit}`,
  roomLetters: (used, limit) => `${number(used)} von ${number(limit)} Briefen`,
  lost: (letters) =>
    plural(letters, {
      one: '# Brief konnte nicht zugestellt werden.',
      other: '# Briefe konnten nicht zugestellt werden.',
    }),
  long: (letters) =>
    plural(letters, {
      one: '# Brief konnte seit mehr als einem Tag nicht gesendet werden.',
      other: '# Briefe konnten seit mehr als einem Tag nicht gesendet werden.',
    }),
  cameUnusable: (letters) =>
    plural(letters, {
      one: '# Brief kam an und ließ sich nicht verwenden.',
      other: '# Briefe kamen an und ließen sich nicht verwenden.',
    }),
  allArrived: 'Alles, was du gesendet hast, ist angekommen.',
  nothingElse: 'Sonst ist nichts unterwegs.',
  onTheWay: (letters) => plural(letters, { one: '# Brief ist unterwegs.', other: '# Briefe sind unterwegs.' }),
  allKept: (letters) =>
    plural(letters, {
      one: '# Brief ist unterwegs und wird in Cafés aufbewahrt, bis er abgeholt wird.',
      other: '# Briefe sind unterwegs und werden in Cafés aufbewahrt, bis sie abgeholt werden.',
    }),
  someKept: (letters, kept) =>
    plural(letters, {
      one: `# Brief ist unterwegs, davon in Cafés aufbewahrt: ${kept}.`,
      other: `# Briefe sind unterwegs, davon in Cafés aufbewahrt, bis sie abgeholt werden: ${kept}.`,
    }),

  title: 'Post',
  seeMail: 'Deine Post ansehen',
  lead: 'Was du schreibst, geht geradewegs zu denen, die gerade hier sind. Für alle anderen bewahren es ihre eigenen Cafés verschlüsselt auf, bis sie kommen.',
  outTitle: 'Unterwegs',
  tryNow: 'Jetzt versuchen',
  tryingNow: 'Wird jetzt versucht.',
  outList: 'Briefe, die unterwegs sind',
  andMore: (letters) => plural(letters, { one: 'Und # weiterer Brief.', other: 'Und # weitere Briefe.' }),
  letterFor: (letter, who) => html`${letter} für ${who}`,
  notDelivered: 'nicht zugestellt',
  givenUp: 'Aufgegeben',
  since: (state, when) => html`${state}, ${when}`,
  triedUntil: (day) => `wird bis zum ${day} versucht`,

  roomFull: 'Eines deiner Postfächer ist voll',
  roomNearlyFull: 'Eines deiner Postfächer ist fast voll',
  turnsAway: 'Es weist neue Post ab.',
  willTurnAway: 'Sobald es voll ist, wird neue Post abgewiesen, und die Absender versuchen es später wieder.',
  makeRoom: (devices) =>
    html`Post bleibt dort, bis alle deine Geräte sie abgeholt haben: Öffne Popup Cafe auf den anderen, oder ${devices('entferne Geräte')}, die du nicht mehr benutzt.`,
  roomAt: (cafe, percent, used) => html`${cafe}: ${percent} %, ${used}`,
  roomLabel: (cafe) => `Belegter Platz bei ${cafe}`,
}

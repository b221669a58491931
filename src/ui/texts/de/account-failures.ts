import { plural } from '../say.ts'
import type { Words } from '../words.ts'

export const accountFailures: Words['accountFailures'] = {
  doing: {
    unlock: { NOT_FOUND: 'In diesem Browser ist kein Konto mehr.' },
    wallet: {
      CONFLICT: 'In diesem Browser ist schon ein Konto.',
      NOT_FOUND: 'Dieses Konto ist nicht mehr in diesem Browser.',
    },
    device: {
      BUSY: 'Ein anderes Gerät benutzt diesen Link. Zeige einen neuen und nimm den.',
      UNSUPPORTED: 'Dieses Gerät zeigt keinen Link mehr. Zeige einen neuen und nimm den.',
      UNREACHABLE: 'Das andere Gerät ist nicht erreichbar. Ist Popup Cafe dort noch offen?',
      TIMEOUT: 'Das andere Gerät hat nicht rechtzeitig geantwortet. Ist Popup Cafe dort noch offen?',
      SEALED: 'Was vom anderen Gerät kam, war beschädigt. Beginne mit einem neuen Link von vorn.',
      ABORTED: 'Das andere Gerät hat aufgehört. Beginne mit einem neuen Link von vorn.',
      NOT_FOUND: 'Dieses Gerät ist nicht mehr in der Liste.',
    },
  },
  data: {
    SEALED: { account: 'Dein Konto ist gesperrt. Entsperre es mit seiner Passphrase.' },
    FORBIDDEN: {
      passphrase: 'Das ist nicht die Passphrase.',
      differs: 'Die Zahlen waren nicht gleich, darum wurde nichts übergeben. Beginne mit einem neuen Link von vorn.',
      commit: 'Vielleicht hört jemand mit, darum wurde nichts übergeben. Beginne mit einem neuen Link von vorn.',
    },
    BAD_REQUEST: {
      passphrase: 'Eine Passphrase braucht mindestens 8 Zeichen.',
      'device link': 'Das ist nicht der Link eines Geräts. Kopiere den ganzen Link, den das andere Gerät zeigt.',
    },
    NOT_FOUND: {
      seed: 'Dieser Browser hat nie gespeichert, was dafür nötig ist. Gib deine Wörter noch einmal ein, dann geht es.',
      link: 'Dieser Link ist abgelaufen. Zeige auf dem anderen Gerät einen neuen und nimm den.',
      passphrase: 'Dieses Konto hat noch keine Passphrase.',
    },
    CONFLICT: {
      'own link': 'Das ist der eigene Link dieses Geräts. Öffne ihn auf dem Gerät, das dein Konto hat.',
    },
    TIMEOUT: { link: 'Fünf Minuten sind vorbei, darum ist dieser Link abgelaufen. Zeige einen neuen.' },
    ABORTED: {
      giver: 'Das andere Gerät hat abgelehnt. War das ein Versehen, beginne mit einem neuen Link von vorn.',
    },
  },
  tooOften: (seconds) =>
    plural(seconds, {
      one: 'Das war zu oft falsch. Versuche es in # Sekunde noch einmal.',
      other: 'Das war zu oft falsch. Versuche es in # Sekunden noch einmal.',
    }),
}

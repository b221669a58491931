import type { OpenCafe } from '../../../worker/api.ts'
import { number } from '../say.ts'
import type { Words } from '../words.ts'

type Mode = OpenCafe['mode']

const ADMITS: { readonly [M in Mode]: string } = {
  open: 'Es nimmt jeden auf.',
  invite: 'Es nimmt auf, wer eine Einladung hat.',
  ask: 'Es nimmt auf, zu wem du ja sagst.',
}

export const doctor: Words['doctor'] = {
  title: 'Können andere dich erreichen?',
  lead: 'Hier wird der Reihe nach alles geprüft, was zwischen dir und anderen liegt, und gesagt, was zu tun ist, wo etwas im Weg steht.',
  running: 'Wird geprüft …',
  done: 'Das ist alles.',
  again: 'Noch einmal prüfen',
  copy: 'Bericht kopieren',
  copied: 'Kopiert.',
  notCopied: 'Dieser Browser lässt die Seite nicht kopieren. Markiere den Text unten.',
  reportAbout: 'Im Bericht stehen keine Namen, Schlüssel oder Wörter, und von Kennungen nur die Enden.',
  reportShow: 'Bericht ansehen',
  levels: { good: 'Gut', attention: 'Achtung', bad: 'Schlecht' },
  names: {
    browser: 'Dieser Browser',
    storage: 'Speicher',
    service: 'Offline-Teil',
    worker: 'Dein Knoten',
    clock: 'Uhr',
    relay: 'Relay',
    direct: 'Direkte Verbindungen',
    outside: 'Dein Café von außen',
    cafe: 'Ein Café, dem du beigetreten bist',
  },
  noAnswer: (what) => ({
    text: `${what}: Es kam keine Antwort.`,
    advice: 'Prüfe in einer Minute noch einmal. Bleibt es so, lade Popup Cafe neu.',
  }),
  browserGood: { text: 'Dieser Browser hat alles, was Popup Cafe braucht.' },
  browserLacks: (what) => ({
    text: `Diesem Browser fehlt: ${what}.`,
    advice: 'Nimm ein aktuelles Chrome, Edge, Firefox oder Safari, nicht in einem privaten Fenster.',
  }),
  storageFull: (free) => ({
    text: `Für diese Seite sind nur noch ${free} frei.`,
    advice: 'Schaffe Platz auf diesem Gerät, oder entferne Dateien, die du nicht brauchst.',
  }),
  kept: (free) => ({ text: `Was hier liegt, bleibt; ${free} sind noch frei.` }),
  evicted: {
    text: 'Dieser Browser darf löschen, was hier liegt, wenn der Speicher voll ist.',
    advice: 'Bitte ihn, deine Daten zu behalten: Einstellungen, Speicher. Und bewahre Dateien in zwei Cafés auf.',
  },
  serviceGood: (build) => ({
    text: `Links öffnen sich hier, und die App startet ohne Netz.${build === undefined ? '' : ` Dieser Teil hat den Stand ${build}.`}`,
  }),
  serviceOld: { text: 'Eine neuere Version wartet.', advice: 'Übernimm sie in den Einstellungen unter Version.' },
  serviceNone: {
    text: 'Der Teil, der Links öffnet, läuft für diese Seite nicht.',
    advice: 'Lade die Seite neu, ohne die Umschalttaste zu halten.',
  },
  workerGood: (ms) => ({ text: `Dein Knoten läuft und antwortet in ${number(ms)} ms.` }),
  clockGood: { text: 'Die Uhr dieses Geräts geht richtig.' },
  clockUnknown: {
    text: 'Der Server der App sagt nicht, wie spät es ist.',
    advice: 'Sieh nach, ob die Uhr dieses Geräts richtig geht.',
  },
  clockWrong: (seconds) => ({
    text: `Die Uhr dieses Geräts weicht um ${number(seconds)} Sekunden von der des Servers ab.`,
    advice: 'Stelle sie richtig: Sitzungen und Einladungen enden nach der Uhr.',
  }),
  relayNone: { text: 'Diese Seite kennt kein Relay.', advice: 'Öffne Popup Cafe unter der Adresse eines Relays.' },
  relayAway: {
    text: 'Ein Relay antwortet nicht.',
    advice: 'Sieh nach, ob dieses Gerät online ist und das Relay läuft. Wir versuchen es weiter.',
  },
  relayNoSeat: {
    text: 'Das Relay antwortet, hat aber noch keinen Platz für dich.',
    advice: 'Vielleicht ist es voll. Prüfe in einer Minute noch einmal, oder frage, wer es betreibt.',
  },
  relayGood: (ms) => ({ text: `Das Relay antwortet in ${number(ms)} ms und hält einen Platz für dich.` }),
  directGood: { text: 'Dieser Browser kann sich direkt verbinden.' },
  directNone: {
    text: 'Dieser Browser verbindet sich nicht direkt: Alles geht über das Relay, was langsamer ist.',
    advice: 'Vielleicht sperrt eine Erweiterung oder dein Netz WebRTC. Erlaube es für diese Seite.',
  },
  outsideSeat: (mode) => ({ text: `Andere finden dein Café über das Relay. ${ADMITS[mode]}` }),
  outsideDoor: (mode) => ({
    text: `Andere finden dein Café über das Relay, und seine Tür antwortet. ${ADMITS[mode]}`,
  }),
  outsideDoorShut: {
    text: 'Die Tür deines Cafés antwortet nicht.',
    advice: 'Schließe und öffne sie wieder, unter „Café“.',
  },
  outsideNone: {
    text: 'Dein Café ist offen, aber niemand Neues kann es erreichen.',
    advice: 'Es braucht ein Relay: Sieh, was hier über Relays steht.',
  },
  cafeGood: (name, direct, ms) => ({
    text: `${name} antwortet ${direct ? 'direkt' : 'über das Relay'} in ${number(ms)} ms.`,
  }),
  cafeAway: (name) => ({
    text: `${name} antwortet nicht.`,
    advice:
      'Es ist nur offen, solange sein Tab es ist. Frage, wer es führt; was du aufbewahrst, geht später von selbst hin.',
  }),
}

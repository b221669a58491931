import { html } from 'lit'
import type { Words } from '../words.ts'

export const join: Words['join'] = {
  title: 'Einem Café beitreten',
  looking: 'Wird nachgesehen…',
  lead: 'Ein Café bewahrt verschlüsselte Kopien deiner Dateien auf und kann ohne Schaden verschwinden.',
  invited: 'Du bist eingeladen zu',
  triesAgain: 'Diese Seite versucht es von selbst wieder. Lass sie offen, oder komm später mit demselben Link wieder.',
  asked: 'Du hast angefragt. Du bist dabei, sobald der Gastgeber zustimmt.',
  joined: 'Du bist diesem Café beigetreten.',
  keepFile: 'Dort eine Datei aufbewahren',
  sees: 'Es bewahrt verschlüsselt auf, was du sendest. Sein Gastgeber sieht, wie viel du aufbewahrst und wann du verbunden bist, aber nichts vom Inhalt.',
  joining: 'Beitritt läuft…',
  join: 'Beitreten',
  ask: 'Um Beitritt bitten',
  who: 'Wer bist du?',
  whoHint: 'das sieht der Gastgeber',
  whoExample: 'Ada aus dem Chor',
  hostAsked: 'Zuerst wird der Gastgeber gefragt, außer das Café ist für alle offen.',
  link: 'Einladungslink',
  wrong: 'Das ist keine Einladung. Füge den ganzen Link ein, den du bekommen hast.',
  paste: 'Füge den Link ein, den du bekommen hast, oder scanne seinen Code.',
  id: 'Kennung',
  goOn: 'Weiter',
  theInvite: 'die Einladung',
  noCamera: 'Hier gibt es keine Kamera: Kopiere den Code und füge ihn ein.',
  refused:
    'Dieser Browser lässt Popup Cafe die Kamera nicht benutzen. Um es zu erlauben, öffne die Einstellungen dieser Website neben der Adresse. Oder kopiere den Code und füge ihn ein.',
  stopCamera: 'Kamera anhalten',
  onlyCode: 'Die Kamera sucht nur den Code.',
  willAsk:
    'Dein Browser wird fragen, ob Popup Cafe die Kamera benutzen darf. Sie sucht nur den Code; kein Bild verlässt dieses Gerät.',
  noInternet: (codes) =>
    html`Kein Internet und kein Relay hier? ${codes('Verbinde zwei Geräte mit Codes')}, die sie einander zeigen.`,
  near: (allow) =>
    html`Dieses Café ist in einem Netz in deiner Nähe. Dein Browser fragt vielleicht, ob Popup Cafe Geräte in deinem Netz finden und sich mit ihnen verbinden darf: Wähle ${allow('Zulassen')}. Es verbindet sich mit dem Café dieser Einladung und seinem Relay und sucht keine anderen.`,
  denied: (codes) =>
    html`Dieser Browser lässt Popup Cafe keine Geräte in deinem Netz erreichen, wo dieses Café ist. Um es zu erlauben, öffne die Einstellungen dieser Website neben der Adresse. Oder ${codes('verbinde dich mit Codes')}, die beide Geräte zeigen.`,
  scan: (what) => `Scannen: ${what}`,
  lookingFor: (what) => `Kamera, gesucht wird: ${what}`,
}

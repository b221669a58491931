/** Joining a cafe: its invite, pasted or scanned, and what the browser asks on the way. */
import { html, type TemplateResult } from 'lit'

export const join = {
  title: 'Join a cafe',
  looking: 'Looking…',
  lead: 'A cafe keeps encrypted copies of your files, and can vanish without harm.',
  invited: 'You are invited to',
  triesAgain: 'This page tries again by itself. Keep it open, or come back later with the same link.',
  asked: 'You have asked to join. You are in as soon as its host says yes.',
  joined: 'You have joined this cafe.',
  keepFile: 'Keep a file there',
  sees: 'It will keep what you send, encrypted. Its host sees how much you keep and when you are connected, and nothing of what is inside.',
  joining: 'Joining…',
  join: 'Join',
  ask: 'Ask to join',
  who: 'Who are you?',
  whoHint: 'the host sees this',
  whoExample: 'Ada, from the choir',
  hostAsked: 'The host is asked first, unless the cafe is open to everybody.',
  link: 'Invite link',
  wrong: 'This is not an invite. Paste the whole link you were sent.',
  paste: 'Paste the link you were sent, or scan its code.',
  id: 'id',
  goOn: 'Continue',
  theInvite: 'the invite',
  noCamera: 'There is no camera here: copy and paste the code.',
  refused:
    'This browser does not let Popup Cafe use the camera. To allow it, open the settings of this site, beside the address. Or copy and paste the code.',
  stopCamera: 'Stop the camera',
  onlyCode: 'The camera only looks for the code.',
  willAsk:
    'Your browser will ask whether Popup Cafe may use the camera. It only looks for the code; no picture leaves this device.',
  noInternet: (codes: (text: string) => TemplateResult) =>
    html`No internet, and no relay here? ${codes('Connect two devices by codes')} that they show each other.`,
  near: (allow: (text: string) => TemplateResult) =>
    html`This cafe is in a network near you. Your browser may ask whether Popup Cafe may find and connect to devices in your network: say ${allow('Allow')}. It connects to the cafe of this invite and its relay, and looks for no others.`,
  denied: (codes: (text: string) => TemplateResult) =>
    html`This browser does not let Popup Cafe connect to devices in your network, where this cafe is. To allow it, open the settings of this site, beside the address. Or ${codes('connect by codes')} that both devices show.`,
  scan: (what: string) => `Scan ${what}`,
  lookingFor: (what: string) => `Camera, looking for ${what}`,
}

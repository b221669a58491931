/** Hosting: opening a cafe, its card, who is there and who wants to be. */
import { html, type TemplateResult } from 'lit'
import { plural } from '../say.ts'

export const host = {
  title: 'My cafe',
  looking: 'Looking…',
  openTitle: 'Open a cafe',
  lead: 'People you invite keep encrypted copies of their files on this device. You cannot read them.',
  name: 'Name of your cafe',
  example: 'The Blue Door',
  opening: 'Opening…',
  open: 'Open the cafe',
  factOpen: 'It is open while a tab of Popup Cafe is open in this browser. You can close it any time.',
  factSealed: 'Files arrive encrypted. Only their owners hold the keys.',
  factWho: 'You can change who may come at any time, and send anybody away.',
  bring: 'Bring a cafe here',
  close: 'Close the cafe',
  inviteTitle: 'Invite people',
  newInvite: 'New invite…',
  carry: 'Back up or move the cafe',
  copyPeer: 'Copy the cafe’s peer id',
  copied: 'Copied',
  finding: 'Finding out how people can reach you…',
  closeText:
    'People can no longer reach their files here until you open it again. What they keep with you stays on this device.',
  clockRight: 'The clock is right now',
  gotIt: 'Got it',
  clockBack: 'The clock of this device went back, so nobody can join or renew a session. Set it right.',
  somebody: 'somebody',
  requestsTitle: 'Who wants to join',
  nobodyWaits: 'Nobody is waiting for an answer.',
  no: 'No',
  yes: 'Yes',
  clientsTitle: 'Who has joined',
  nobodyYet: 'Nobody yet. Send the invite link, or let somebody scan the code.',
  lockedOut: 'locked out: invite withdrawn',
  remove: 'Remove',
  removePerson: 'Remove this person?',
  removeText:
    'All their devices lose access at once, and what they keep here is erased. They can come back only with a new invite.',
  removeVerb: 'Remove and erase',
  toldWhat: 'What should they be told?',
  toldHint: 'they see this',
  toldExample: 'The cafe is moving. Thank you!',
  beside: (codes: (text: string) => TemplateResult) =>
    html`Somebody is beside you and there is no internet? ${codes('Connect their device by codes')}, then they can join.`,
  opened: (when: TemplateResult) => html`Opened ${when}`,
  keeps: (files: number, size: string) => plural(files, { one: `# file, ${size}`, other: `# files, ${size}` }),
  peer: (id: TemplateResult) => html`Peer id ${id}`,
  closeTitle: (name: string) => `Close ${name}?`,
  reused: (who: TemplateResult | string) =>
    html`Somebody used an old session of ${who}. It was ended; the owner of the account gets a new one by itself.`,
  otherDevice: (device: TemplateResult, who: TemplateResult | string) =>
    html`Another device (${device}) tried to use the session of ${who}. It was refused.`,
  someDevice: (who: TemplateResult | string) =>
    html`Another device tried to use the session of ${who}. It was refused.`,
  asked: (when: TemplateResult) => html`asked ${when}`,
  noLabel: (who: string) => `No, not ${who}`,
  yesLabel: (who: string) => `Yes, let ${who} in`,
  clientLine: (files: number, used: string, of: string) =>
    plural(files, { one: `# file, ${used} of ${of}`, other: `# files, ${used} of ${of}` }),
  joined: (when: TemplateResult) => html`joined ${when}`,
  usedBy: (who: string) => `Room used by ${who}`,
  removeLabel: (who: string) => `Remove ${who}`,
  removeTitle: (who: string) => `Remove ${who}?`,
}

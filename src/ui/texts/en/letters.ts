/** Letters one by one: what others may do, letters that could not be used, invites from strangers. */
import { html, type TemplateResult } from 'lit'

export const letters = {
  settingsTitle: 'What others may do',
  receipts: 'Let others know when I have read what they sent',
  receiptsHint: 'They then see so below it. Without it they see only that it has reached you.',
  strangers: 'Take letters from people I do not know',
  strangersHint:
    'Their invites are shown apart, and only a few fit in a day. Without it only your contacts and members of your threads reach you.',

  opened: 'It opened, and is where it belongs.',
  removed: 'Removed.',
  unusableTitle: 'Could not be used',
  unusableText: 'This came for you, and is kept here so that nothing is lost. Other mail is not held up by it.',
  unusableList: 'Letters that could not be used',
  from: (letter: string, who: TemplateResult) => html`${letter} from ${who}`,
  fromName: (letter: string, name: string) => `${letter} from ${name}`,
  fromSomebody: (letter: string) => `${letter} from somebody`,
  saveRaw: 'Save as it came',
  saveRawOf: (letter: string) => `Save as it came: ${letter}`,
  removeOf: (letter: string) => `Remove: ${letter}`,
  againOf: (letter: string) => `Try again: ${letter}`,
  removeTitle: 'Remove this letter?',
  removeText: (letter: string) =>
    `${letter} is removed from this device and cannot be brought back. Its sender is not told.`,
  removeVerb: 'Remove it',

  requestsTitle: 'From people you do not know',
  requestsText: 'Anybody can give themselves any name. They are not told if you decline.',
  invitesYou: (thread: TemplateResult) => html`invites you to “${thread}”`,
  block: 'Block',
  blockLabel: (name: string) => `Block ${name}`,
  decline: 'Decline',
  declineLabel: (thread: string, name: string) => `Decline “${thread}” of ${name}`,
  accept: 'Accept',
  acceptLabel: (thread: string, name: string) => `Accept “${thread}” of ${name}`,
  blockTitle: (name: string) => `Block ${name}?`,
  blockText:
    'No mail of theirs is taken any more, and this invite is removed. They are not told. You can take it back among your contacts.',
  blockVerb: 'Block them',
}

/** How an account is kept on a device, and giving it to another one. */
import { html, type TemplateResult } from 'lit'

export const keep = {
  when: 'When Popup Cafe starts on this device',
  ask: 'Ask for a passphrase',
  askText:
    'Whoever gets this device cannot use your account. Nobody can reset the passphrase; your words still bring the account back.',
  stay: 'Stay unlocked',
  stayText:
    'Nothing to type. But whoever can open this browser, or read its files, has your account. For a device that is yours alone.',
  passphrase: 'New passphrase',
  passphraseHint: (characters: number) => `${characters} characters or more; a few words are best`,
  show: 'Show it',

  giveTitle: 'Link a device',
  looking: 'Looking for the other device…',
  back: 'Back',
  same: (device: TemplateResult) =>
    html`Does ${device} show the same number? Then it is the device you mean, and nobody is in between.`,
  number: 'Number to compare',
  yours: 'Your passphrase',
  whole: 'The other device then has your whole account, as this one has. Give it only to a device of yours.',
  waiting: 'Waiting for the other device…',
  give: 'The same: link it',
  cancel: 'Cancel',
  given: (device: TemplateResult) => html`${device} has your account now.`,
  theDevice: 'The device',
  devices: 'See your devices',
}

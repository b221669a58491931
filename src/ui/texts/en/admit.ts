/** Whom a hosted cafe lets in: invites, modes, the door to the web, and the cafes it knows. */
import { html, type TemplateResult } from 'lit'
import { plural } from '../say.ts'

export const admit = {
  doorTitle: 'Door to the web',
  saved: 'Saved.',
  doorOpen: 'Let anybody on the web in through the relay',
  doorDecrypt: 'Decrypt here if the key is in the address (trusted decryption)',
  doorDecryptHint: 'Otherwise only the reader’s own device decrypts.',
  doorWarn: 'Whoever opens a link with ?key= trusts you and the relay: both see the key and the file.',
  copyDoor: 'Copy the address of the door',
  copied: 'Copied',
  gave: 'Invites you gave',
  noneAdmits: 'None that still admits anybody.',
  nobodyCame: 'nobody came with it yet',
  usedUp: 'used up',
  withdraw: 'Withdraw',
  withdrawing: (name: string) => `“${name}” is being withdrawn: its link will admit nobody.`,
  withdrawVerb: 'Withdraw the invite',
  unnamed: 'An invite without a name',
  onScreen: 'The invite on this screen',
  newTitle: 'New invite',
  forWhom: 'Who is it for?',
  forWhomHint: 'only you see this',
  howMany: 'How many people',
  goodFor: 'Good for',
  day: 'a day',
  week: 'a week',
  month: '30 days',
  ever: 'ever',
  roomForEach: 'Room for each',
  cancel: 'Cancel',
  make: 'Make the invite',
  ready: 'The invite is ready. It is shown only now.',
  link: 'Invite link',
  copyLink: 'Copy the link',
  share: 'Share',
  qr: 'QR code of the invite',
  whoMayCome: 'Who may come',
  neighbours: 'Other cafes',
  showThem: 'Show them',
  notAnswered: 'has not answered yet',
  doorOpenHint: (daily: string) =>
    `Links to what is kept here then open in any browser and program, without Popup Cafe. Encrypted files stay encrypted. At most ${daily} go out in a day.`,
  came: (devices: number) => plural(devices, { one: '# device came with it', other: '# devices came with it' }),
  admits: (people: number) => plural(people, { other: 'admits # more' }),
  ofRoom: (size: string) => `${size} of room`,
  until: (when: TemplateResult) => html`until ${when}`,
  withdrawLabel: (name: string) => `Withdraw the invite ${name}`,
  withdrawTitle: (name: string) => `Withdraw “${name}”?`,
  locksOut: (devices: number) =>
    plural(devices, {
      one: 'The link admits nobody any more, and # device that came with it is locked out until they bring another invite. What they keep here stays.',
      other:
        'The link admits nobody any more, and # devices that came with it are locked out until they bring another invite. What they keep here stays.',
    }),
  qrOf: (what: string) => `QR code: ${what}`,
  help: {
    invite: 'Whoever has this link can join. Send it only to people you would lend room to.',
    ask: 'Whoever has this link can ask to join. You decide here who does.',
    open: 'Whoever has this link can join, with a little room. “New invite” gives somebody more.',
  },
  modes: {
    invite: { title: 'By invite', text: 'Whoever has an invite link of yours can join.' },
    ask: { title: 'Ask me', text: 'Anybody with the link can ask. You say yes or no here.' },
    open: { title: 'Everybody', text: 'Anybody with the link joins at once, with a little room.' },
  },
  knows: (cafes: number) =>
    plural(cafes, {
      one: 'Your cafe knows # other cafe. When somebody here searches for a person, these are asked too: they see what is searched for, and not who searches.',
      other:
        'Your cafe knows # other cafes. When somebody here searches for a person, these are asked too: they see what is searched for, and not who searches.',
    }),
  forged: (cafe: TemplateResult) =>
    html`${cafe} gave forged answers. They were thrown away, and it is asked nothing for a day.`,
  answered: (when: TemplateResult) => html`answered ${when}`,
}

/** Mail: how far something is, what is in its way, what came and could not be used, mailboxes, settings. */
import { html, type TemplateResult } from 'lit'
import { list, number, plural } from '../say.ts'

/** Members: some by name, and how many more; nobody by name where it is not known. */
export interface Whom {
  readonly names: readonly string[]
  readonly more: number
}

const whom = ({ names, more }: Whom): string => {
  if (names.length === 0) return more === 1 ? 'one member' : plural(more, { one: '# member', other: '# members' })
  return list(more > 0 ? [...names, `${number(more)} more`] : names)
}
const upper = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)
const many = ({ names, more }: Whom): boolean => names.length + more > 1
const cafes = (amount: number): string => plural(amount, { one: '# cafe', other: '# cafes' })

export const mail = {
  notReached: (amount: number) => `${number(amount)} not reached yet`,
  readBy: (who: Whom) => `Read by ${whom(who)}`,
  has: (who: Whom) => `${upper(whom(who))} ${many(who) ? 'have' : 'has'} it`,
  keptFor: (who: Whom) => `Kept for ${whom(who)}`,
  keptForAt: (who: Whom, at: number) => `Kept for ${whom(who)} at ${cafes(at)}`,
  didNotReach: (who: Whom) => `Did not reach ${whom(who)}`,
  waitsFor: (who: Whom) => `Waits at your cafes for ${whom(who)}`,
  waiting: 'Waiting to be sent',
  /** After somebody's name. */
  states: {
    queued: () => 'waits on this device',
    stored: (at: number) => `kept for them at ${cafes(at)} of theirs`,
    fetched: () => 'has it',
    read: () => 'has read it',
    undelivered: () => 'did not get it',
    left: () => 'finds it at your cafes',
  },
  inTheWay: {
    NOT_FOUND:
      'Nobody who can be reached knows where their mail goes. It is sent as soon as they, or a cafe of theirs, can be found.',
    UNREACHABLE: 'Neither they nor a cafe of theirs can be reached now. It goes on by itself.',
    TIMEOUT: 'Their cafe did not answer in time. It is tried again by itself.',
    BUSY: 'Their cafe is busy. It is tried again by itself.',
    QUOTA: 'Their mailbox is full. It is tried again by itself; tell them to look at their mail.',
    FORBIDDEN: 'Their cafe takes no mail from you for them: they may not know you, or not want it.',
    UNAUTHORIZED: 'Their cafe takes no mail from you for them: they may not know you, or not want it.',
    UNSUPPORTED: 'Their version of Popup Cafe is another one. It is tried again.',
    CORRUPT: 'What is known of them here is damaged. It is asked for again.',
    SEALED: 'What they need to open it is not known here yet.',
    BAD_REQUEST: 'It cannot be sent as it is.',
    ABORTED: 'It was not fetched in time, and is not kept any longer.',
    CONFLICT: 'Something went wrong. It is tried again.',
    INTERNAL: 'Something went wrong. It is tried again.',
  },
  letters: { post: 'A post', invite: 'An invite', card: 'Your contact card' },
  came: { post: 'A post', invite: 'An invite', card: 'A contact card', unknown: 'A letter' },
  unusable: {
    SEALED:
      'It does not open with the keys on this device. If you brought your account back a short while ago, try again later.',
    CORRUPT: 'It was damaged on its way, or somebody has changed it.',
    BAD_REQUEST: 'It is not written in a way that this version of Popup Cafe understands.',
    UNSUPPORTED: 'It comes from a newer version of Popup Cafe. Update, then try again.',
    NOT_FOUND: 'It is about something that is not on this device.',
    FORBIDDEN: 'Its sender may not do what it asks for.',
    CONFLICT: 'Something newer is here already.',
    QUOTA: 'There was no room for it on this device. Make some, then try again.',
    UNREACHABLE: 'Something went wrong when it was opened.',
    TIMEOUT: 'Something went wrong when it was opened.',
    BUSY: 'Something went wrong when it was opened.',
    UNAUTHORIZED: 'Something went wrong when it was opened.',
    ABORTED: 'Something went wrong when it was opened.',
    INTERNAL: 'Something went wrong when it was opened.',
  },
  roomBytes: (used: string, limit: string) => `${used} of ${limit}`,
  roomLetters: (used: number, limit: number) => `${number(used)} of ${number(limit)} letters`,
  lost: (letters: number) =>
    plural(letters, { one: '# letter could not be delivered.', other: '# letters could not be delivered.' }),
  long: (letters: number) =>
    plural(letters, {
      one: '# letter could not be sent for more than a day.',
      other: '# letters could not be sent for more than a day.',
    }),
  cameUnusable: (letters: number) =>
    plural(letters, { one: '# letter came and could not be used.', other: '# letters came and could not be used.' }),
  allArrived: 'Everything you sent has arrived.',
  nothingElse: 'Nothing else is on its way.',
  onTheWay: (letters: number) =>
    plural(letters, { one: '# letter is on the way.', other: '# letters are on the way.' }),
  allKept: (letters: number) =>
    plural(letters, {
      one: '# letter is on the way, kept at cafes until they are fetched.',
      other: '# letters are on the way, kept at cafes until they are fetched.',
    }),
  someKept: (letters: number, kept: number) =>
    plural(letters, {
      one: `# letter is on the way, ${kept} of them kept at cafes until they are fetched.`,
      other: `# letters are on the way, ${kept} of them kept at cafes until they are fetched.`,
    }),

  title: 'Mail',
  seeMail: 'See your mail',
  lead: 'What you post goes straight to people who are here. For those who are away, their own cafes keep it, sealed, until they come.',
  outTitle: 'On its way',
  tryNow: 'Try now',
  tryingNow: 'Trying now.',
  outList: 'Letters on their way',
  andMore: (letters: number) => plural(letters, { one: 'And # more letter.', other: 'And # more letters.' }),
  letterFor: (letter: TemplateResult | string, who: TemplateResult) => html`${letter} for ${who}`,
  notDelivered: 'not delivered',
  givenUp: 'Given up',
  since: (state: string, when: TemplateResult) => html`${state}, ${when}`,
  triedUntil: (day: string) => `tried until ${day}`,

  roomFull: 'A mailbox of yours is full',
  roomNearlyFull: 'A mailbox of yours is nearly full',
  turnsAway: 'It turns away new mail.',
  willTurnAway: 'Once it is full, new mail is turned away and its senders try again later.',
  makeRoom: (devices: (words: string) => TemplateResult) =>
    html`Mail stays there until all of your devices have fetched it: open Popup Cafe on the others, or ${devices('remove devices')} that you do not use any more.`,
  roomAt: (cafe: TemplateResult, percent: number, used: string) => html`${cafe}: ${percent} %, ${used}`,
  roomLabel: (cafe: string) => `Room in use at ${cafe}`,
}

/** Failures in plain words: what happened and what to do next. Every code has a text for every thing a person does. */
import { type CafeError, ERRORS, type ErrorCode, isErrorCode, toCafeError } from '../core/errors.ts'
import { THREAD_TEXTS, type ThreadDoing } from './explain-threads.ts'
import { WALLET_TEXTS, type WalletDoing, walletText } from './explain-wallet.ts'
import { bytes } from './format.ts'

/** What the person was doing, since the same code means different things then. */
export type Doing =
  | 'start'
  | 'open'
  | 'room'
  | 'close'
  | 'invite'
  | 'decide'
  | 'evict'
  | 'join'
  | 'restore'
  | 'leave'
  | 'pin'
  | 'keep'
  | 'audit'
  | 'prove'
  | 'remove'
  | 'link'
  | 'seal'
  | 'unseal'
  | 'save'
  | 'pair'
  | ThreadDoing
  | WalletDoing

/** A failure as shown. */
export interface Problem {
  readonly code: ErrorCode
  readonly text: string
  /** Worth offering "Try again" for the same thing. */
  readonly retry: boolean
}

/** Sentences that fit what was being done better than the general ones of {@link ERRORS}. */
const TEXTS: { readonly [K in Doing]?: Partial<Record<ErrorCode, string>> } = {
  start: {
    UNSUPPORTED:
      'This browser lacks something Popup Cafe needs. Use a current Chrome, Edge, Firefox or Safari, not in a private window.',
    FORBIDDEN:
      'This browser does not let the page keep data. Allow site data, or leave the private window, then reload.',
    CONFLICT: 'Another version of Popup Cafe is still running. Close its other tabs, then reload.',
    UNREACHABLE: 'Popup Cafe did not start. Reload the page.',
    TIMEOUT: 'Popup Cafe takes too long to start. Close its other tabs, then reload.',
  },
  join: {
    BAD_REQUEST: 'This invite is damaged or cut off. Ask for the complete link.',
    UNAUTHORIZED: 'The cafe did not accept this invite. Ask for a new one.',
    FORBIDDEN: 'This invite is used up, has ended or was withdrawn. Ask for a new one.',
    NOT_FOUND: 'The cafe does not know this invite. Ask for a new one.',
    CONFLICT: 'This is your own cafe, in this browser. Send the invite to somebody, or open it on another device.',
    UNREACHABLE:
      'The cafe cannot be reached. It is open only while its tab is: ask its host to open it, then try again.',
    TIMEOUT: 'The cafe did not answer in time. Ask its host whether it is open, then try again.',
    QUOTA: 'The cafe has no room for more people.',
  },
  restore: {
    BAD_REQUEST: 'These are not the words of an account. Check the spelling and the order; there are 12 to 24 of them.',
    CONFLICT: 'There is an account in this browser already.',
  },
  open: { BAD_REQUEST: 'A cafe’s name needs 1 to 64 characters.' },
  room: {
    BAD_REQUEST: 'This is no amount of room. Enter a number of gigabytes.',
    NOT_FOUND: 'Your cafe is closed.',
    ABORTED: 'Cleaning up was stopped. What was freed so far stays free.',
  },
  invite: {
    BAD_REQUEST: 'Check the name and the number of people.',
    QUOTA: 'There are too many invites. Withdraw some first.',
  },
  decide: { NOT_FOUND: 'They have taken their request back, or it is too old.' },
  evict: {
    NOT_FOUND: 'They are not here any more.',
    BAD_REQUEST: 'Keep what they are told short and on one line.',
  },
  leave: {
    UNREACHABLE:
      'The cafe cannot be reached, so it cannot be asked to erase your files. Try again while it is open, or leave anyway.',
  },
  pin: {
    NOT_FOUND: 'The file can no longer be read. Choose it again.',
    FORBIDDEN: 'The cafe does not keep this file.',
    UNREACHABLE: 'The cafe cannot be reached. Your file is safe here; try again while the cafe is open.',
    BAD_REQUEST: 'This file cannot be kept. Check its name.',
    CORRUPT: 'The file changed while it was being read. Try again.',
  },
  // Why one cafe does not keep a file: the end of “not at Blue Door: …”.
  keep: {
    QUOTA: 'no room left',
    UNREACHABLE: 'not reached yet',
    TIMEOUT: 'it did not answer',
    BUSY: 'it was busy',
    UNAUTHORIZED: 'you need to join again',
    FORBIDDEN: 'it refused',
    CORRUPT: 'it came out damaged',
    NOT_FOUND: 'parts of it were lost',
    ABORTED: 'stopped',
    INTERNAL: 'something went wrong',
    UNSUPPORTED: 'it runs another version',
  },
  audit: { NOT_FOUND: 'This file is not listed here any more.' },
  // What is wrong with a file at one cafe: the middle of “damaged at Blue Door: …, being repaired”.
  prove: {
    NOT_FOUND: 'parts are missing',
    CORRUPT: 'parts are not what they were',
  },
  ...WALLET_TEXTS,
  link: {
    BAD_REQUEST: 'This link is damaged or cut off. Ask for the complete link.',
    NOT_FOUND: 'Nobody who can be reached keeps this file. Ask the sender whether their cafe is open.',
    UNREACHABLE: 'No cafe that keeps this file can be reached. Try again while it is open.',
    UNSUPPORTED:
      'This browser cannot open such links. Use a current Chrome, Edge, Firefox or Safari, not in a private window.',
  },
  seal: {
    BAD_REQUEST: 'That link cannot be made. Check the password (4 characters at least) and how long it is to open.',
    NOT_FOUND: 'Join a cafe first: it opens the link for others and counts.',
    QUOTA: 'Your cafe keeps no more links. Take some back first.',
    CONFLICT: 'This link was taken back already.',
    UNREACHABLE: 'Your cafe cannot be reached. Try again while it is open.',
  },
  unseal: {
    BAD_REQUEST: 'This is not the password: it has 4 characters at least.',
    FORBIDDEN: 'This is not the password of the link. Check it, then try again.',
    NOT_FOUND: 'This link does not open any more: it has expired, was withdrawn, or was opened as often as it may be.',
    UNREACHABLE: 'The cafe that opens this link is asleep. Try again while it is open.',
    BUSY: 'There were too many wrong passwords, or too many people at once. Try again in a minute.',
  },
  save: {
    NOT_FOUND: 'A part of it is at no cafe that can be reached. Nothing was saved.',
    UNREACHABLE: 'The cafe that keeps it cannot be reached any more. Nothing was saved; try again while it is open.',
    TIMEOUT: 'The cafe that keeps it stopped answering. Nothing was saved; try again.',
    CORRUPT: 'A part of it came out damaged, so nothing was saved. Try again.',
    SEALED: 'The key does not open a part of it. Nothing was saved.',
    QUOTA: 'This is too much for one ZIP. Save its folders one by one.',
    FORBIDDEN: 'This browser did not let the page write there. Choose another place.',
  },
  pair: {
    BAD_REQUEST: 'This is not the code that is needed now. Show the other device’s newest one, whole.',
    CONFLICT: 'This code was used already, or is this device’s own. Start again on both devices.',
    NOT_FOUND: 'This code answers another one. Start again on both devices.',
    TIMEOUT: 'It took too long. Start again on both devices, within ten minutes.',
    UNREACHABLE: 'The two devices do not reach each other. Are they in the same network?',
    UNSUPPORTED: 'The other device runs another version. Reload both.',
  },
  ...THREAD_TEXTS,
}

/** Reads a number of an error's data; anything else is not shown. */
function amount(error: CafeError, name: string): number | undefined {
  const value = error.data[name]
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined
}

/** Why a cafe does not admit somebody: the `why` of its refusal. */
const REFUSALS: Readonly<Record<string, string>> = {
  token: 'This takes an invite that is still good. Ask for a new one.',
  'token-used': 'This invite is used up. Ask for a new one.',
  'token-expired': 'This invite has ended. Ask for a new one.',
  'token-revoked': 'This invite was withdrawn. Ask for a new one.',
  revoked: 'The invite you joined with was withdrawn. Ask the host for a new one.',
  evicted: 'The host has removed you from this cafe. A new invite lets you back in.',
  dropped: 'Another of your devices has removed this one. A new invite lets it back in.',
  refused: 'The host has said no.',
  ask: 'This cafe’s host wants to be asked first.',
  service: 'Your invite to this cafe does not include this.',
  clock: 'The clock of the cafe’s device is wrong, so it lets nobody in. Tell its host.',
  requests: 'Too many people are waiting for an answer there. Try again later.',
  guests: 'The relay on the way lets only invited people through to this cafe. Ask its host for an invite.',
}

/** Why two devices were not connected. */
const PAIRINGS: Readonly<Record<string, string>> = {
  'no-address':
    'This browser tells no address of this device in the network. Connect to one; where it has no internet, allow the camera: browsers tell the address then.',
  'no-tab': 'No page of Popup Cafe is ready to connect. Reload this one.',
  full: 'This browser has too many connections. Close some other pages of Popup Cafe.',
}

function pairing({ code, data }: CafeError, doing: Doing): string | undefined {
  const why = data['why']
  if (doing !== 'pair' || code !== 'UNREACHABLE' || typeof why !== 'string') return undefined
  return Object.hasOwn(PAIRINGS, why) ? PAIRINGS[why] : undefined
}

/** A text that needs the failure's own reason. */
function refusal({ code, data }: CafeError): string | undefined {
  if (code !== 'FORBIDDEN' && code !== 'BUSY' && data['why'] !== 'guests') return undefined
  const why = data['why']
  return typeof why === 'string' && Object.hasOwn(REFUSALS, why) ? REFUSALS[why] : undefined
}

/** A text that needs the failure's own numbers, or undefined. */
function measured(error: CafeError): string | undefined {
  if (error.code === 'QUOTA') {
    if (error.data['disk'] === true) return 'This device is out of room. Free some space, then try again.'
    const needed = amount(error, 'needed')
    const free = amount(error, 'free')
    if (needed === undefined || free === undefined) return undefined
    return `This needs ${bytes(needed)}, but only ${bytes(free)} are free at the cafe. Remove something first.`
  }
  const wait = error.code === 'BUSY' ? amount(error, 'after') : undefined
  return wait === undefined
    ? undefined
    : `The cafe is busy. Try again in ${Math.max(1, Math.ceil(wait / 1000))} seconds.`
}

/**
 * A thrown value as a {@link Problem}.
 *
 * @example
 * ```ts
 * explain(new CafeError('QUOTA', { needed: 5_000_000, free: 1_000_000 }), 'pin').text
 * // 'This needs 5 MB, but only 1 MB are free at the cafe. Remove something first.'
 * ```
 */
export function explain(thrown: unknown, doing: Doing): Problem {
  const error = toCafeError(thrown)
  const { code } = error
  return {
    code,
    text: walletText(error) ?? pairing(error, doing) ?? refusal(error) ?? measured(error) ?? sentence(code, doing),
    retry: ERRORS[code].retry,
  }
}

/** The text of a bare code, such as the reason of a pin that failed; codes of newer versions read as INTERNAL. */
export function explainCode(code: string | undefined, doing: Doing): string {
  return sentence(isErrorCode(code) ? code : 'INTERNAL', doing)
}

function sentence(code: ErrorCode, doing: Doing): string {
  const special = TEXTS[doing]?.[code]
  if (special !== undefined) return special
  return code === 'INTERNAL' ? `${ERRORS[code].text} Try again; if it stays, reload the page.` : ERRORS[code].text
}

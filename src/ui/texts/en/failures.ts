/** What has failed, by what was being done and the failure's code, and what to do next. */
import { ERRORS, type ErrorCode } from '../../../core/errors.ts'
import { plural } from '../say.ts'

export const failures = {
  /** Where nothing fits better. */
  codes: Object.fromEntries(Object.entries(ERRORS).map(([code, { text }]) => [code, text])) as Record<
    ErrorCode,
    string
  >,
  unexpected: 'Something went wrong inside Popup Cafe. Try again; if it stays, reload the page.',
  doing: {
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
      BAD_REQUEST:
        'These are not the words of an account. Check the spelling and the order; there are 12 to 24 of them.',
      CONFLICT: 'There is an account in this browser already.',
    },
    open: { BAD_REQUEST: 'A cafe’s name needs 1 to 64 characters.' },
    relay: {
      BAD_REQUEST:
        'This is not the address of a relay. It begins with /dns4/, /ip4/ or the like, and ends with /p2p/ and the relay’s id.',
      CONFLICT: 'This relay is in use already.',
      QUOTA: 'There are four of your own already. Remove one first.',
    },
    room: {
      BAD_REQUEST: 'This is no amount of room. Enter a number of gigabytes.',
      NOT_FOUND: 'Your cafe is closed.',
      ABORTED: 'Cleaning up was stopped. What was freed so far stays free.',
    },
    carry: {
      BAD_REQUEST:
        'That is not a whole cafe: check the file, the code, and that the passphrase has 8 characters or more.',
      FORBIDDEN: 'The passphrase is wrong, or the code has ended. Have the other device show a new code.',
      CONFLICT:
        'That cafe is open elsewhere, or there is a cafe in this browser already. A cafe is never written over.',
      CORRUPT: 'Something was damaged on the way. Try again: what is lost here is left out then.',
      NOT_FOUND: 'There is no cafe here that could be taken elsewhere.',
      QUOTA: 'There is not enough room for this cafe.',
      UNREACHABLE: 'The other device cannot be reached. Keep its page open, and try again.',
      ABORTED: 'This was stopped. Nothing has changed.',
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
      NOT_FOUND:
        'This link does not open any more: it has expired, was withdrawn, or was opened as often as it may be.',
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
  },
  /** Why a cafe does not admit somebody. */
  refusals: {
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
    paused: 'The host has paused this cafe: for now nobody new comes in, and nothing new is kept.',
    requests: 'Too many people are waiting for an answer there. Try again later.',
    guests: 'The relay on the way lets only invited people through to this cafe. Ask its host for an invite.',
  },
  /** Why two devices were not connected. */
  pairings: {
    'no-address':
      'This browser tells no address of this device in the network. Connect to one; where it has no internet, allow the camera: browsers tell the address then.',
    'no-tab': 'No page of Popup Cafe is ready to connect. Reload this one.',
    full: 'This browser has too many connections. Close some other pages of Popup Cafe.',
  },
  fullDisk: 'This device is out of room. Free some space, then try again.',
  noRoom: (needed: string, free: string) =>
    `This needs ${needed}, but only ${free} are free at the cafe. Remove something first.`,
  busy: (seconds: number) =>
    plural(seconds, {
      one: 'The cafe is busy. Try again in # second.',
      other: 'The cafe is busy. Try again in # seconds.',
    }),
}

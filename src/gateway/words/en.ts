/** What the gateway's own pages say, in English. */
import type { Explanation } from './words.ts'

const ASK_AGAIN = 'Ask whoever sent it for the complete link, and copy all of it, from https to the very end.'
const LATER = 'Ask the owner to open their cafe, check that you are online, then load this page again.'

/** By error code and the `what` of its data where that tells more. */
const failures: Readonly<Record<string, Explanation>> = {
  'BAD_REQUEST cid': { title: 'This link has no valid content id', next: ASK_AGAIN },
  'BAD_REQUEST label': {
    title: 'CID incompatible with DNS label length limit of 63',
    next: 'Content with so long an id has no host of its own. Open it by its path at a gateway that shows paths.',
  },
  'BAD_REQUEST key': { title: 'The key in this link is not a key', next: ASK_AGAIN },
  'BAD_REQUEST link': { title: 'This link is damaged or cut off', next: ASK_AGAIN },
  'NOT_FOUND link': {
    title: 'This link does not open any more',
    next: 'It has expired, was withdrawn, or was opened as often as it may be. Ask whoever sent it for a new one.',
  },
  'UNREACHABLE link': {
    title: 'The cafe that opens this link is asleep',
    next: `It is open only while its tab is. ${LATER}`,
  },
  'SEALED password': {
    title: 'This link takes a password',
    next: 'Open Popup Cafe and paste the link there: it asks for the password, which whoever sent the link knows.',
  },
  'FORBIDDEN password': { title: 'This is not the password of the link', next: 'Check it, then try again.' },
  'BAD_REQUEST from': { title: 'This link names a cafe that cannot exist', next: ASK_AGAIN },
  'BAD_REQUEST method': { title: 'Content can only be read', next: 'Use GET or HEAD.' },
  BAD_REQUEST: { title: 'This link is not well formed', next: ASK_AGAIN },
  'FORBIDDEN code': {
    title: 'Content may not run as a program here',
    next: 'Anybody can publish content, so the app never takes scripts or styles from it.',
  },
  'BUSY day': {
    title: 'This cafe has given what it gives in a day',
    next: 'Its host set a limit. Come back tomorrow, or ask the host for more.',
  },
  'FORBIDDEN decrypt': {
    title: 'This door does not decrypt',
    next:
      'A key in the address of a server is seen by all who carry it: the relay, the cafe, every log between. Open the link in ' +
      'Popup Cafe with #key= in the place of ?key=, and it is decrypted on your own device. Only the cafe’s host can switch ' +
      'on trusted decryption, by which the relay and the cafe see the content.',
  },
  'NOT_FOUND path': {
    title: 'There is nothing under that name',
    next: 'Check the last part of the address, or open the folder above it.',
  },
  'NOT_FOUND name': {
    title: 'Nobody here knows what this name stands for',
    next: 'Names can be looked up only if their record was brought to this device. Ask for a link that begins with /ipfs/.',
  },
  'NOT_FOUND symlink': {
    title: 'This is a symbolic link',
    next: 'Links of this kind are not followed. Open the file it stands for by its own address.',
  },
  NOT_FOUND: {
    title: 'No cafe we asked has this content',
    next: 'It may have been removed. Ask whoever sent the link, or try again when more cafes are open.',
  },
  'UNREACHABLE node': {
    title: 'Your own node is not running',
    next: 'This content is not on this device. Open Popup Cafe in a tab, then load this page again.',
  },
  UNREACHABLE: { title: 'No cafe that may have this can be reached', next: LATER },
  TIMEOUT: { title: 'It took too long to get an answer', next: LATER },
  SEALED: {
    title: 'This key does not open it',
    next: `The key belongs to another file, or a part of it is missing. ${ASK_AGAIN}`,
  },
  CORRUPT: {
    title: 'This content is damaged',
    next: 'What arrived does not match its fingerprint, so it was thrown away. Try again, or ask for another copy.',
  },
  'BAD_REQUEST name': { title: 'This link has no valid name', next: ASK_AGAIN },
  'BAD_REQUEST entity-bytes': {
    title: 'The file does not have these bytes',
    next: 'Ask for bytes that lie within the file.',
  },
  'BAD_REQUEST record': {
    title: 'Only a name has a record',
    next: 'Ask for the record of the name itself, without a path.',
  },
  'BAD_REQUEST tar': {
    title: 'This is neither a file nor a folder',
    next: 'Only files and folders can be put into a TAR archive.',
  },
  'BAD_REQUEST outside-root': {
    title: 'This folder has entries that would land outside it',
    next: 'It was made to overwrite other files where it is unpacked, so no archive is made of it. Open its files one by one.',
  },
  'NOT_FOUND local': {
    title: 'This content is not on this device',
    next: 'Ask again without only-if-cached to have it fetched.',
  },
  'CORRUPT name': {
    title: 'This name does not prove what it stands for',
    next: 'Its record is not signed as it should be, so it was thrown away. Ask for a link to the content itself.',
  },
  'UNSUPPORTED format': {
    title: 'This content does not have that form',
    next: 'Data is given as it is encoded. Ask for it without a format, or for the raw block, and convert it yourself.',
  },
  'UNSUPPORTED remainder': {
    title: 'This path ends inside a block of data',
    next: 'Only whole blocks can be opened: reading IPLD Kinds other than Links (CBOR Tag 42) is not implemented.',
  },
  'UNSUPPORTED codec': {
    title: 'This is neither a file nor a folder',
    next: 'It is data for programs. Open it with a tool that reads raw blocks.',
  },
}

export const english = {
  language: 'en',
  /** Between the digits of a size. */
  point: '.',
  failures,
  otherwise: 'Load the page again.',
  redirects: {
    title: (why: string, line: number | undefined): string =>
      `could not parse _redirects: ${why}${line === undefined ? '' : ` (line ${line})`}`,
    next: 'Whoever made this website can mend it.',
  },
  tried: 'What was tried',
  relay: 'The relay',
  peer: (end: string): string => `Peer …${end}`,
  /** How asking somebody ended; `failed` stands for all others. */
  ended: {
    NOT_FOUND: (who: string): string => `${who} does not have it`,
    UNREACHABLE: (who: string): string => `${who} could not be reached`,
    TIMEOUT: (who: string): string => `${who} did not answer in time`,
    CORRUPT: (who: string): string => `${who} sent something damaged`,
    BUSY: (who: string): string => `${who} was busy`,
    FORBIDDEN: (who: string): string => `${who} refused`,
    UNSUPPORTED: (who: string): string => `${who} runs another version`,
    failed: (who: string): string => `${who} failed`,
  },
  again: 'Try again',
  app: 'Open Popup Cafe',

  folder: 'Folder',
  entries: (amount: number, more: boolean): string =>
    `${more ? 'More than ' : ''}${amount} ${amount === 1 ? 'entry' : 'entries'}`,
  above: 'Folder above',
  onlyFirst: (amount: number): string => `Only the first ${amount} are shown.`,
  empty: 'This folder is empty.',
  openInApp: 'Open in Popup Cafe',
  download: 'Download:',
  looks: 'Looks',
  sorts: { name: 'By name', size: 'By size', type: 'By type' },
  views: { list: 'List', pictures: 'Pictures' },
  shapes: {
    folder: 'Folder',
    image: 'Picture',
    audio: 'Sound',
    video: 'Video',
    text: 'Text',
    page: 'Web page',
    pdf: 'PDF',
    archive: 'Archive',
    other: 'File',
  },
  noName: '(no name)',

  shared: 'Shared files',
  sharedLine: (amount: number): string => `${amount} ${amount === 1 ? 'file' : 'files'}, decrypted on this device`,
  closed: 'Does not open',

  /** What the door of a relay says, by code and `what`. */
  door: {
    'NOT_FOUND cafe': {
      title: 'No cafe can have this name',
      next: 'The address is damaged or cut off. Copy all of it, or ask whoever sent it for a new one.',
    },
    'UNREACHABLE asleep': {
      title: 'This cafe is asleep',
      next: 'It lives in a browser tab and is open only while its tab is. Ask its host to open it, then try again.',
    },
    'UNREACHABLE closed': {
      title: 'The door of this cafe is closed',
      next: 'The cafe is there, but its host lets nobody in this way. Open the link in Popup Cafe, or ask the host to open the door.',
    },
    'UNREACHABLE lost': {
      title: 'The cafe went away',
      next: 'Its tab was closed, or its network changed. Try again in a moment.',
    },
    'BUSY door': {
      title: 'The door is crowded',
      next: 'Too many people are reading from this cafe. Try again in a moment.',
    },
    'BUSY drain': {
      title: 'This host is starting anew',
      next: 'It finishes what it has begun, and is back in a moment. Try again then.',
    },
    'BUSY host': { title: 'You are asking too often', next: 'Wait a moment, then go on more slowly.' },
    'FORBIDDEN code': {
      title: 'Content may not run as a program here',
      next: 'Anybody can publish content, so browsers get no scripts through the door.',
    },
    'BAD_REQUEST method': { title: 'No cafe answers that', next: 'Use GET, HEAD, POST, PUT, PATCH or DELETE.' },
    'BAD_REQUEST size': { title: 'This is too large to be sent through the door', next: 'Send it in parts.' },
    'CORRUPT away': { title: 'The cafe led away from itself', next: 'What it answered cannot be shown here.' },
  },
  tryAgain: 'Try again.',
  welcome: 'This is the door of a cafe that lives in a browser tab.',
  welcomeLine: 'What it keeps is at ipfs/<cid>; what it offers to programs is described in openapi.json.',

  data: 'Data',
  dataTitle: 'Data for programs',
  saveAs: (format: string): string => `Save as ${format}`,
  saveBlock: 'Save the block',
  onlyBeginning: 'Only the beginning is shown.',
}

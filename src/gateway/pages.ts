/**
 * The gateway's own pages: self-contained, without scripts, light and dark, readable on a phone. Everything that comes
 * from outside is escaped, and nothing of the URL is ever shown on an error page (rule B4).
 */
import { readTried, type Tried } from '../core/about.ts'
import { type CafeError, ERRORS } from '../core/errors.ts'
import type { Form } from './request.ts'

/** Text inside elements and quoted attributes. */
export function escapeHtml(text: string): string {
  const entity: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
  return text.replace(/[&<>"']/g, (character) => entity[character] ?? '')
}

/** The looks all pages share. */
const STYLE = `
:root{color-scheme:light dark;--ink:#22201d;--soft:#6d665d;--line:#e4ddd3;--paper:#fbf8f4;--card:#fff;--link:#8a4b14}
@media(prefers-color-scheme:dark){:root{--ink:#eee8df;--soft:#a89f93;--line:#3a352f;--paper:#1b1916;--card:#25221e;--link:#e6a567}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 system-ui,sans-serif}
main{max-width:46rem;margin:0 auto;padding:clamp(1rem,5vw,3rem)}
h1{font-size:1.5rem;line-height:1.25;margin:.25rem 0 .5rem;overflow-wrap:anywhere}
a{color:var(--link);text-underline-offset:.2em}
a:focus-visible{outline:2px solid var(--link);outline-offset:2px;border-radius:4px}
.soft{color:var(--soft);font-size:.875rem;overflow-wrap:anywhere}
.card{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:0 1rem;margin:1.25rem 0}
.row{display:flex;flex-wrap:wrap;gap:.5rem 1.25rem;align-items:center}
.button{display:inline-block;padding:.5rem 1.1rem;border:1px solid var(--line);border-radius:999px;background:var(--card);text-decoration:none}
summary{padding:.75rem 0;cursor:pointer}
details ul{margin:0 0 1rem;padding-left:1.25rem}
`

/** A whole page: `body` is HTML, `style` whatever it needs beyond the common. */
export function page(title: string, body: string, style = ''): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${escapeHtml(title)}</title>
<style>${STYLE}${style}</style>
</head>
<body><main>${body}</main></body>
</html>
`
}

interface Explanation {
  readonly title: string
  /** What to do next. */
  readonly next: string
}

const ASK_AGAIN = 'Ask whoever sent it for the complete link, and copy all of it, from https to the very end.'
const LATER = 'Ask the owner to open their cafe, check that you are online, then load this page again.'

/** By error code and the `what` of its data where that tells more. */
const EXPLAIN: Readonly<Record<string, Explanation>> = {
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

/** Whose website it is has to know what is wrong with it: the file is theirs, and `why` is ours. */
function redirectsProblem({ data }: CafeError): Explanation | undefined {
  if (data['what'] !== 'redirects') return undefined
  const line = typeof data['line'] === 'number' ? ` (line ${data['line']})` : ''
  return { title: `could not parse _redirects: ${data['why']}${line}`, next: 'Whoever made this website can mend it.' }
}

/** How asking somebody ended, in words. */
const ENDED: Readonly<Record<string, string>> = {
  NOT_FOUND: 'does not have it',
  UNREACHABLE: 'could not be reached',
  TIMEOUT: 'did not answer in time',
  CORRUPT: 'sent something damaged',
  BUSY: 'was busy',
  FORBIDDEN: 'refused',
  UNSUPPORTED: 'runs another version',
}

/** Who was asked, for people: the end of a peer's id is what tells it from others. */
const triedLine = ({ who, how }: Tried): string =>
  `${who === 'relay' ? 'The relay' : `Peer …${who.slice(-8)}`} ${ENDED[how] ?? 'failed'}`

/** A failure in the form asked for: what happened, who was asked and what to do, never where. */
export function errorBody(error: CafeError, form: Form, options: { readonly again?: boolean } = {}): string {
  const { what } = error.data
  const fallback: Explanation = { title: ERRORS[error.code].text, next: 'Load the page again.' }
  const { title, next } = redirectsProblem(error) ?? EXPLAIN[`${error.code} ${what}`] ?? EXPLAIN[error.code] ?? fallback
  const tried = readTried(error.data['tried'])
  if (form === 'json') {
    const more = { ...(typeof what === 'string' && { what }), ...(tried.length > 0 && { tried }) }
    return `${JSON.stringify({ error: error.code, message: title, next, ...more })}\n`
  }
  if (form === 'text') return `${title}. ${next}\n`
  // A link keeps no fragment, so with a key in it only the browser itself can load the page again.
  const again = options.again ? '<a class="button" href="" rel="noreferrer">Try again</a>' : ''
  const asked = tried.map((one) => `<li>${escapeHtml(triedLine(one))}</li>`).join('')
  return page(
    title,
    `<p class="soft">Popup Cafe</p><h1>${escapeHtml(title)}</h1><p>${escapeHtml(next)}</p>` +
      (asked === '' ? '' : `<details class="card"><summary>What was tried</summary><ul>${asked}</ul></details>`) +
      `<p class="row">${again}<a href="/" rel="noreferrer">Open Popup Cafe</a></p>`,
  )
}

/** Decimal units, as disks and other cafes show them: `1.5 MB`. */
export function formatSize(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB']
  let value = bytes
  let unit = 0
  for (; value >= 999.5 && unit < units.length - 1; unit++) value /= 1000
  return `${unit === 0 || value >= 99.5 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`
}

/** What the door itself has to say: pages for people, `{ err, data }` for programs of the HTTP carrier, else a line. */
import { type CafeError, ERRORS } from '../src/core/errors.ts'
import { page } from '../src/gateway/pages.ts'
import { failureFormat, failureResponse } from '../src/wire/http-headers.ts'

interface Words {
  readonly status: number
  readonly title: string
  readonly next: string
  /** Seconds after which it is worth another try. */
  readonly after?: number
}

/** By code and `what`. */
const WORDS: Readonly<Record<string, Words>> = {
  'NOT_FOUND cafe': {
    status: 404,
    title: 'No cafe can have this name',
    next: 'The address is damaged or cut off. Copy all of it, or ask whoever sent it for a new one.',
  },
  'UNREACHABLE asleep': {
    status: 503,
    title: 'This cafe is asleep',
    next: 'It lives in a browser tab and is open only while its tab is. Ask its host to open it, then try again.',
    after: 30,
  },
  'UNREACHABLE closed': {
    status: 503,
    title: 'The door of this cafe is closed',
    next: 'The cafe is there, but its host lets nobody in this way. Open the link in Popup Cafe, or ask the host to open the door.',
    after: 300,
  },
  'UNREACHABLE lost': {
    status: 503,
    title: 'The cafe went away',
    next: 'Its tab was closed, or its network changed. Try again in a moment.',
    after: 5,
  },
  'BUSY door': {
    status: 503,
    title: 'The door is crowded',
    next: 'Too many people are reading from this cafe. Try again in a moment.',
    after: 5,
  },
  'BUSY host': {
    status: 429,
    title: 'You are asking too often',
    next: 'Wait a moment, then go on more slowly.',
    after: 5,
  },
  'FORBIDDEN code': {
    status: 403,
    title: 'Content may not run as a program here',
    next: 'Anybody can publish content, so browsers get no scripts through the door.',
  },
  'BAD_REQUEST method': {
    status: 405,
    title: 'No cafe answers that',
    next: 'Use GET, HEAD, POST, PUT, PATCH or DELETE.',
  },
  'BAD_REQUEST size': {
    status: 413,
    title: 'This is too large to be sent through the door',
    next: 'Send it in parts.',
  },
  'CORRUPT away': {
    status: 502,
    title: 'The cafe led away from itself',
    next: 'What it answered cannot be shown here.',
  },
}

/** The answer to a request that the door refuses, or whose cafe did not answer. */
export function doorFailure(error: CafeError, headers: Headers): Response {
  const { code, data } = error
  const fallback: Words = { status: code === 'BAD_REQUEST' ? 400 : 502, title: ERRORS[code].text, next: 'Try again.' }
  const words = WORDS[`${code} ${data['what']}`] ?? fallback
  const after = typeof data['after'] === 'number' ? Math.ceil(data['after'] / 1000) : words.after
  const retry: Record<string, string> = after === undefined ? {} : { 'retry-after': String(after) }
  const { status } = words
  const wanted = `${headers.get('accept')} ${headers.get('content-type')}`
  if (wanted.includes('application/vnd.ipld.dag-'))
    return failureResponse(error, { format: failureFormat(headers), status, headers: retry })
  const [type, body] = written(wanted, error, words)
  return new Response(body, {
    status,
    headers: { ...retry, 'content-type': type, 'cache-control': 'no-store', vary: 'accept' },
  })
}

function written(wanted: string, { code }: CafeError, { title, next }: Words): [type: string, body: string] {
  if (wanted.includes('text/html')) {
    const html = page(title, `<p class="soft">Popup Cafe</p><h1>${title}</h1><p>${next}</p>`)
    return ['text/html; charset=utf-8', html]
  }
  if (wanted.includes('json'))
    return ['application/json; charset=utf-8', `${JSON.stringify({ error: code, message: title, next })}\n`]
  return ['text/plain; charset=utf-8', `${title}. ${next}\n`]
}

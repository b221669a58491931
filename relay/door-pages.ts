/** What the door itself has to say: pages for people, `{ err, data }` for programs of the HTTP carrier, else a line. */
import { type CafeError, ERRORS } from '../src/core/errors.ts'
import { page } from '../src/gateway/pages.ts'
import { type Explanation, type GatewayWords, wordsFor } from '../src/gateway/words/words.ts'
import { failureFormat, failureResponse } from '../src/wire/http-headers.ts'

/** By code and `what`: the status, and seconds after which it is worth another try. */
const ANSWERS: Readonly<Record<keyof GatewayWords['door'], { readonly status: number; readonly after?: number }>> = {
  'NOT_FOUND cafe': { status: 404 },
  'UNREACHABLE asleep': { status: 503, after: 30 },
  'UNREACHABLE closed': { status: 503, after: 300 },
  'UNREACHABLE lost': { status: 503, after: 5 },
  'BUSY door': { status: 503, after: 5 },
  // A program starts again within seconds; a machine within a minute.
  'BUSY drain': { status: 503, after: 15 },
  'BUSY host': { status: 429, after: 5 },
  'FORBIDDEN code': { status: 403 },
  'BAD_REQUEST method': { status: 405 },
  'BAD_REQUEST size': { status: 413 },
  'CORRUPT away': { status: 502 },
}

/** The answer to a request that the door refuses, or whose cafe did not answer. */
export function doorFailure(error: CafeError, headers: Headers): Response {
  const { code, data } = error
  const words = wordsFor(headers.get('accept-language'))
  const name = `${code} ${data['what']}`
  const known = Object.hasOwn(ANSWERS, name) ? (name as keyof typeof ANSWERS) : undefined
  const { status, after: usual } = known ? ANSWERS[known] : { status: code === 'BAD_REQUEST' ? 400 : 502 }
  const says = known ? words.door[known] : { title: ERRORS[code].text, next: words.tryAgain }
  const after = typeof data['after'] === 'number' ? Math.ceil(data['after'] / 1000) : usual
  const retry: Record<string, string> = after === undefined ? {} : { 'retry-after': String(after) }
  const wanted = `${headers.get('accept')} ${headers.get('content-type')}`
  if (wanted.includes('application/vnd.ipld.dag-'))
    return failureResponse(error, { format: failureFormat(headers), status, headers: retry })
  const [type, body] = written(wanted, error, says, words.language)
  return new Response(body, {
    status,
    headers: { ...retry, 'content-type': type, 'cache-control': 'no-store', vary: 'accept, accept-language' },
  })
}

function written(
  wanted: string,
  { code }: CafeError,
  { title, next }: Explanation,
  language: string,
): [type: string, body: string] {
  if (wanted.includes('text/html')) {
    const html = page(title, `<p class="soft">Popup Cafe</p><h1>${title}</h1><p>${next}</p>`, { language })
    return ['text/html; charset=utf-8', html]
  }
  if (wanted.includes('json'))
    return ['application/json; charset=utf-8', `${JSON.stringify({ error: code, message: title, next })}\n`]
  return ['text/plain; charset=utf-8', `${title}. ${next}\n`]
}

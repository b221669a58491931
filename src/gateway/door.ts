/**
 * What a cafe answers to whoever comes by HTTP, through a relay's door or to a Node cafe itself: content it keeps by the
 * gateway, its services by the HTTP carrier, and what there is to be asked. One function for all hosts.
 *
 * A key in a query is refused unless the cafe's host has switched on *trusted decryption*: whoever carries such a request
 * sees the key, and the cafe and the relay then see what only its owner should. A fragment never comes this far.
 */
import { CafeError } from '../core/errors.ts'
import { errorResponse } from './content.ts'
import type { Gateway } from './gateway.ts'
import { escapeHtml, page } from './pages.ts'
import { answerForm, type Form } from './request.ts'
import { destinationOf, isolation, NO_STORE } from './respond.ts'
import { wordsFor } from './words/words.ts'

/** What is known of a request beside the request itself. */
export interface DoorCaller {
  /** Aborts when whoever asks is gone. */
  readonly signal: AbortSignal
  /** As they came: a browser keeps some of them out of a Request. */
  readonly headers: Headers
}

export interface DoorParts {
  /** Over blocks that are here: nothing is fetched for whoever knocks. */
  readonly gateway: Gateway
  /** Everything that is no content: `Cafe.fetch`. */
  readonly services: (request: Request, context: { readonly signal: AbortSignal }) => Promise<Response>
  /** Trusted decryption is on. */
  readonly decrypts: () => boolean
  /** The description of all operations (OpenAPI), as JSON. */
  readonly describe: () => Promise<string>
  readonly name: () => string
}

/** Never rejects, unless a part does. */
export type AnswerDoor = (request: Request, caller: DoorCaller) => Promise<Response>

export function createDoorAnswer({ gateway, services, decrypts, describe, name }: DoorParts): AnswerDoor {
  return async (request, { signal, headers }) => {
    const { pathname, searchParams } = new URL(request.url)
    const form = answerForm(request, false)
    if (/^\/ip[fn]s(\/|$)/.test(pathname)) {
      if (searchParams.has('key') && !decrypts()) {
        return errorResponse(new CafeError('FORBIDDEN', { what: 'decrypt' }), form, request)
      }
      const destination = destinationOf({ destination: request.destination, headers }) as RequestDestination
      return gateway(request, { signal, destination, fromContent: true })
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') return services(request, { signal })
    if (pathname === '/openapi.json') return text(await describe(), 'application/json; charset=utf-8', request)
    if (pathname === '/') return welcome(name(), form, request)
    return services(request, { signal })
  }
}

/** What stands at the door itself. */
function welcome(name: string, form: Form, request: Request): Response {
  if (form === 'json') {
    const body = { name, content: './ipfs/{cid}', services: './{service}/{operation}', description: './openapi.json' }
    return text(`${JSON.stringify(body)}\n`, 'application/json; charset=utf-8', request)
  }
  const { welcome, welcomeLine, language } = wordsFor(request.headers.get('accept-language'))
  if (form === 'text') return text(`${name}. ${welcome} ${welcomeLine}\n`, 'text/plain; charset=utf-8', request)
  const body =
    `<p class="soft">Popup Cafe</p><h1><bdi>${escapeHtml(name)}</bdi></h1><p>${welcome}</p>` +
    `<p>${linked(welcomeLine)}</p>`
  return text(page(name, body, { language }), 'text/html; charset=utf-8', request)
}

/** Names of what is there, as links and code. */
const linked = (line: string): string =>
  escapeHtml(line)
    .replace('ipfs/&lt;cid&gt;', '<code>$&</code>')
    .replace('openapi.json', '<a href="./openapi.json">$&</a>')

const text = (body: string, type: string, { method }: Request): Response =>
  new Response(method === 'HEAD' ? null : body, {
    headers: { ...isolation('page'), 'Content-Type': type, 'Cache-Control': NO_STORE, Vary: 'Accept, Accept-Language' },
  })

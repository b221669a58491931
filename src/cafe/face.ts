/**
 * A cafe's HTTP face: one function from request to response, whoever carries them (a Node cafe's own server, a relay's door
 * to a tab). It joins the second carrier (`/<service>/<operation>`) and the services that speak a protocol of their own.
 */
import { CafeError } from '../core/errors.ts'
import { HTTP_REQUESTS } from '../core/limits.ts'
import type { HttpAnswer, HttpContext } from '../wire/http.ts'
import { failureFormat, failureResponse, preflight } from '../wire/http-headers.ts'

/** A request for a cafe, without what leads to it (host, `/c/<cafe>`) in its path. Never rejects. */
export type CafeFetch = (request: Request, context?: HttpContext) => Promise<Response>

export interface Face {
  readonly fetch: CafeFetch
  /** From now on `/<service>/<operation>` is answered. */
  addService(service: string, answer: HttpAnswer): void
  /** From now on `/<root>` and what is below it is answered. */
  addRoot(root: string, answer: CafeFetch): void
  /** Answers nothing any more. */
  close(): void
}

/** `onEnd` is called whenever a request has been answered. */
export function createFace({ onEnd }: { onEnd: () => void }): Face {
  const services = new Map<string, HttpAnswer>()
  const roots = new Map<string, CafeFetch>()
  let running = 0
  let closed = false

  const route = async (request: Request, context: HttpContext, ended: () => void): Promise<Response> => {
    const [, first = '', op = '', ...rest] = new URL(request.url).pathname.split('/')
    const root = roots.get(first)
    if (root) return root(request, context).finally(ended)
    const service = rest.length === 0 ? services.get(first) : undefined
    if (service) return service(op, request, context, ended)
    ended()
    const format = failureFormat(request.headers)
    return failureResponse(new CafeError('UNSUPPORTED', { service: first.slice(0, 32) }), { format, status: 404 })
  }

  return {
    async fetch(request, context = {}) {
      if (request.method === 'OPTIONS') return preflight('GET, POST, DELETE')
      if (closed) return failureResponse(new CafeError('UNREACHABLE'))
      if (running >= HTTP_REQUESTS) return failureResponse(new CafeError('BUSY'))
      running += 1
      const ended = (): void => {
        running -= 1
        onEnd()
      }
      return route(request, context, ended)
    },
    addService: (service, answer) => void services.set(service, answer),
    addRoot: (root, answer) => void roots.set(root, answer),
    close() {
      closed = true
    },
  }
}

/**
 * The second carrier, HTTP, for any service: `POST /<service>/<operation>`, without code for a single one of them.
 *
 * | body     | frames, written as its media type has it (`http-frames.ts`)                          |
 * |----------|--------------------------------------------------------------------------------------|
 * | request  | the input, then any number of uploads where the operation has them                   |
 * | response | any number of `{ item }`, then exactly one `{ ok }` or `{ err, data }`, as on libp2p |
 *
 * A failure before the first item has its status and `{ err, data }` as the whole body; after it, it is the last frame. A
 * body without an end was cut off. HTTP proves no peer, so only operations with `auth: 'session'` are answered, and those
 * for a bearer token: a session's own tokens belong to libp2p connections.
 */
import { CafeError, toCafeError } from '../core/errors.ts'
import type { PeerIdText } from '../core/ids.ts'
import type { Log } from '../core/log.ts'
import type { Seats } from '../core/seats.ts'
import { answer, type ServiceHandlers } from './answer.ts'
import { HttpExchange } from './http-exchange.ts'
import { bearerOf, failureFormat, failureResponse, requestFormat, responseFormat } from './http-headers.ts'
import type { Service } from './protocol.ts'

export interface HttpComponents<Session> {
  /** Checks a bearer token for a service. @throws CafeError UNAUTHORIZED or FORBIDDEN. */
  readonly guard: (bearer: string | undefined, service: string) => Promise<Session>
  /** Fires when a session ends: its running calls are then stopped, with the signal's reason. */
  readonly until?: (session: Session) => AbortSignal | undefined
  /** How many requests each client may have running. */
  readonly seats: Seats
  readonly log: Log
}

export interface HttpContext {
  /** Aborts when the caller is gone, where the request's own signal does not tell. */
  readonly signal?: AbortSignal | undefined
}

/** Answers a request for the operation `op`; never throws. `ended` is called when the handler is done. */
export type HttpAnswer = (op: string, request: Request, context: HttpContext, ended?: () => void) => Promise<Response>

/** The HTTP face of one service. */
export function serveHttp<S extends Service, Session extends { readonly peer: PeerIdText }>(
  service: S,
  handlers: ServiceHandlers<S, Session>,
  { guard, until, seats, log }: HttpComponents<Session>,
): HttpAnswer {
  return async (op, request, context, ended = () => {}) => {
    const exchange = begin(service, op, request, context)
    if (exchange instanceof Response) {
      ended()
      return exchange
    }
    let leave = ended
    const task = (): Promise<unknown> =>
      answer<S, Session>(service, handlers, {
        op,
        signal: exchange.signal,
        async caller({ auth }) {
          if (auth !== 'session') throw new CafeError('FORBIDDEN', { why: 'peer' })
          const session = await guard(bearerOf(request.headers), service.name)
          const free = seats.take(session.peer)
          leave = () => {
            free()
            ended()
          }
          return { peer: session.peer, session, ended: until?.(session) }
        },
        input: ({ upload }) => exchange.input({ alone: upload === undefined }),
        upload: (limit, ended) => exchange.read(limit, ended),
        send: (item, ended) => exchange.write({ item }, ended),
      })
    const fault = (error: unknown): CafeError => {
      const failure = toCafeError(error)
      if (failure.code === 'INTERNAL') log('error', `${service.name} failed over HTTP`, { cause: failure.cause })
      return failure
    }
    void exchange.run(task, fault).then(() => leave())
    return exchange.response
  }
}

/** The exchange to come, or what a request gets that is none. */
function begin(service: Service, op: string, request: Request, { signal }: HttpContext): HttpExchange | Response {
  const { headers, method } = request
  const format = failureFormat(headers)
  if (!Object.hasOwn(service.operations, op))
    return failureResponse(new CafeError('UNSUPPORTED', { op: op.slice(0, 32) }), { format, status: 404 })
  const refuse = (at: string, status: number, more: Record<string, string> = {}): Response =>
    failureResponse(new CafeError('BAD_REQUEST', { at }), { format, status, headers: more })
  if (method !== 'POST') return refuse('method', 405, { allow: 'POST' })
  const written = requestFormat(headers)
  if (!written) return refuse('content-type', 415)
  const wanted = responseFormat(headers, written)
  if (!wanted) return refuse('accept', 406)
  return new HttpExchange(request, { written, wanted, signal })
}

/**
 * The IPFS Pinning Service API (https://ipfs.github.io/pinning-services-api-spec/) over the pins of an account, so that
 * tools made for it (`ipfs pin remote`, IPFS Desktop) can pin at a cafe. For bearers with the scope `pin`.
 *
 * | request                  | answer                                                               |
 * |--------------------------|----------------------------------------------------------------------|
 * | GET /pins                | 200, the newest first; filters cid name match status before after limit meta |
 * | POST /pins               | 202, the pin is queued                                               |
 * | GET /pins/<requestid>    | 200                                                                  |
 * | POST /pins/<requestid>   | 202, another pin in its place                                        |
 * | DELETE /pins/<requestid> | 202, without body                                                    |
 *
 * An account has one pin of a root, so the request id is the root's CIDv1: asking for it again describes it anew. Failures
 * are `{ error: { reason, details } }`; no room is 409 INSUFFICIENT_FUNDS, everything else as in `core/errors.ts`.
 */
import { parseCid } from '../../core/block.ts'
import { CafeError, ERRORS, isCafeError, toCafeError } from '../../core/errors.ts'
import { IDLE_TIMEOUT, MAX_PAGE, MAX_REQUEST } from '../../core/limits.ts'
import type { Log } from '../../core/log.ts'
import type { Seats } from '../../core/seats.ts'
import type { HttpContext } from '../../wire/http.ts'
import { type Format, frameReader } from '../../wire/http-frames.ts'
import { answerHeaders, bearerOf, failureHeaders } from '../../wire/http-headers.ts'
import type { Session } from '../guard.ts'
import type { PinJobs, PinStatus } from './pin-status.ts'
import { type PinQuery, type PsaStatus, parsePin, parseQuery } from './psa-query.ts'
import { rootKey } from './store.ts'

export interface PsaComponents {
  readonly jobs: Pick<PinJobs, 'add' | 'get' | 'list' | 'remove'>
  /** Checks a bearer token for a service. @throws CafeError UNAUTHORIZED or FORBIDDEN. */
  readonly guard: (bearer: string | undefined, service: string) => Promise<Session>
  /** Where clients can dial this cafe, to hand over blocks: at least one. */
  readonly delegates: () => readonly string[]
  /** How many requests each client may have running. */
  readonly seats: Seats
  readonly log: Log
}

/** Answers requests for `/pins` and below. Never rejects. */
export function createPsa(components: PsaComponents): (request: Request, context?: HttpContext) => Promise<Response> {
  const { guard, seats, log } = components
  return async (request, { signal } = {}) => {
    let leave = (): void => {}
    try {
      const session = await guard(bearerOf(request.headers), 'pin')
      leave = seats.take(session.peer)
      const stops = [request.signal, signal, session.ended].filter((one) => one !== undefined)
      return await answer(components, session, request, AbortSignal.any(stops))
    } catch (error) {
      const failure = toCafeError(error)
      if (failure.code === 'INTERNAL') log('error', 'psa failed', { cause: failure.cause })
      return failureOf(failure)
    } finally {
      leave()
    }
  }
}

async function answer(
  parts: PsaComponents,
  session: Session,
  request: Request,
  signal: AbortSignal,
): Promise<Response> {
  const { jobs } = parts
  const url = new URL(request.url)
  const [, , id, ...rest] = url.pathname.split('/')
  if (id === '' || rest.length > 0) throw new CafeError('NOT_FOUND')
  const reply = (status: number, pin: PinStatus): Response => json(status, describe(pin, parts.delegates()))
  const add = async (): Promise<PinStatus> => {
    const ask = parsePin(await readJson(request, signal))
    // Reading may have taken long: the bearer may be over, or the caller gone.
    signal.throwIfAborted()
    return jobs.add(session, ask)
  }

  if (id === undefined) {
    if (request.method === 'GET') return json(200, await list(parts, session, parseQuery(url.searchParams)))
    if (request.method === 'POST') return reply(202, await add())
    return notAllowed('GET, POST')
  }
  const pin = await find(jobs, session, id)
  if (request.method === 'GET') return reply(200, pin)
  if (request.method === 'POST') {
    // The new one first: blocks of both are never without a pin.
    const added = await add()
    if (added.id !== pin.id) await jobs.remove(session.account, pin.id)
    return reply(202, added)
  }
  if (request.method !== 'DELETE') return notAllowed('GET, POST, DELETE')
  await jobs.remove(session.account, pin.id)
  return new Response(null, { status: 202, headers: answerHeaders('application/json') })
}

async function find(jobs: PsaComponents['jobs'], { account }: Session, id: string): Promise<PinStatus> {
  const pin = isRequestId(id) ? await jobs.get(account, id) : undefined
  if (!pin) throw new CafeError('NOT_FOUND')
  return pin
}

function isRequestId(id: string): boolean {
  try {
    return rootKey(parseCid(id)) === id
  } catch (error) {
    if (isCafeError(error)) return false
    throw error
  }
}

async function list({ jobs, delegates }: PsaComponents, { account }: Session, query: PinQuery): Promise<unknown> {
  const found: PinStatus[] = []
  for (let after: string | undefined, more = true; more; ) {
    const page = await jobs.list(account, { after, limit: MAX_PAGE })
    found.push(...page.filter((pin) => isWanted(pin, query)))
    after = page.at(-1)?.id
    more = page.length === MAX_PAGE
  }
  found.sort((a, b) => b.created - a.created || (a.id < b.id ? 1 : -1))
  const here = delegates()
  return { count: found.length, results: found.slice(0, query.limit).map((pin) => describe(pin, here)) }
}

function isWanted(pin: PinStatus, { roots, statuses, before, after, matches }: PinQuery): boolean {
  if (roots && !roots.has(rootKey(pin.root))) return false
  if (statuses && !statuses.has(statusOf(pin))) return false
  return pin.created < before && pin.created > after && matches(pin.name, pin.meta)
}

/** The API has no word for a pin that was whole and is not any more: it has failed, and the info says how. */
const statusOf = ({ state }: PinStatus): PsaStatus => (state === 'degraded' ? 'failed' : state)

/** A pin as the API's PinStatus. */
function describe(pin: PinStatus, delegates: readonly string[]): unknown {
  const { root, name, meta, origins, state, reason, blocks, bytes } = pin
  const details = [state === 'degraded' ? state : undefined, reason].filter((part) => part !== undefined)
  return {
    requestid: pin.id,
    status: statusOf(pin),
    created: new Date(pin.created).toISOString(),
    pin: { cid: root.toString(), name, origins: origins.filter((origin) => origin.startsWith('/')), meta },
    delegates: [...new Set(delegates)].slice(0, MAX_DELEGATES),
    info: {
      ...(details.length > 0 ? { status_details: details.join(': ') } : {}),
      dag_size: String(bytes),
      dag_blocks: String(blocks),
    },
  }
}

/** As the API has it. */
const MAX_DELEGATES = 20

const jsonDocument: Format = {
  type: 'application/json',
  encode: (value) => new TextEncoder().encode(JSON.stringify(value)),
  room: (limit) => limit,
  find({ length: size }, limit, ended) {
    if (size > limit) throw new CafeError('BAD_REQUEST', { limit })
    return ended ? { before: 0, size, after: 0 } : undefined
  },
  decode(bytes) {
    try {
      return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
    } catch (cause) {
      throw new CafeError('BAD_REQUEST', { what: 'json' }, { cause })
    }
  },
}

async function readJson(request: Request, gone: AbortSignal): Promise<unknown> {
  const reader = frameReader(request.body as ReadableStream<Uint8Array<ArrayBuffer>> | null, jsonDocument)
  const signal = AbortSignal.any([gone, AbortSignal.timeout(IDLE_TIMEOUT)])
  try {
    return await reader.read({ signal, limit: MAX_REQUEST })
  } finally {
    reader.stop()
  }
}

function json(status: number, value: unknown): Response {
  return new Response(jsonDocument.encode(value), { status, headers: answerHeaders(jsonDocument.type) })
}

const notAllowed = (methods: string): Response =>
  failureOf(new CafeError('BAD_REQUEST', { at: 'method' }), 405, { allow: methods })

/** A failure as the API's Failure. */
function failureOf(
  error: CafeError,
  status: number = error.code === 'QUOTA' ? 409 : ERRORS[error.code].status,
  headers: Record<string, string> = {},
): Response {
  const { code, data } = error
  const reason = code === 'QUOTA' ? 'INSUFFICIENT_FUNDS' : code === 'INTERNAL' ? 'INTERNAL_SERVER_ERROR' : code
  const facts = Object.entries(data).map(([key, value]) => `${key}: ${value}`)
  const details = [ERRORS[code].text, ...(facts.length > 0 ? [`(${facts.join(', ')})`] : [])].join(' ')
  const body = jsonDocument.encode({ error: { reason, details } })
  const all = { ...answerHeaders(jsonDocument.type), ...failureHeaders(error), ...headers }
  return new Response(body, { status, headers: all })
}

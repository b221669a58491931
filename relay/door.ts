/**
 * The door: HTTP for cafes in browser tabs. A request for `/c/<cafe>/…`, or for any path of `<cafe>.<host>`, is carried to
 * the cafe over one libp2p stream and its answer back, both as they come: the relay holds a window of each body and knows
 * nothing of what they say. A body that is cut off ends the client's connection, so that nobody takes a part for the whole;
 * a client that goes away ends the cafe's work. No query is ever written down.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { systemClock } from '../src/core/clock.ts'
import { CafeError, isCafeError, toCafeError } from '../src/core/errors.ts'
import type { PeerIdText } from '../src/core/ids.ts'
import { DOOR_REQUESTS as AT_ONE_CAFE, MAX_DOOR_PATH } from '../src/core/limits.ts'
import type { Log } from '../src/core/log.ts'
import { createRate, type Pace } from '../src/core/rate.ts'
import { createSeats } from '../src/core/seats.ts'
import { refusesDestination } from '../src/gateway/respond.ts'
import { callDoor } from '../src/wire/door.ts'
import { DOOR_METHODS, type DoorMethod } from '../src/wire/door-protocol.ts'
import { type DoorAddress, isDoorPath, readDoorHost, readDoorPath } from './door-address.ts'
import type { DoorCafes } from './door-cafes.ts'
import { DOOR_HEADERS, headersFromCafe, headersToCafe, PREFLIGHT } from './door-headers.ts'
import { bodyOf, headersOf, hostOf, sendBody } from './door-http.ts'
import { doorFailure } from './door-pages.ts'
import type { Route } from './http.ts'
import { DOOR_HOSTS, DOOR_PACE, DOOR_REQUESTS, DOOR_UPLOAD } from './limits.ts'
import type { RelayMetrics } from './metrics.ts'

export interface DoorComponents {
  readonly cafes: DoorCafes
  /** Host below which cafes have hosts of their own. */
  readonly doorHost: string | undefined
  readonly log: Log
  /** Told of every request when it has ended. */
  readonly ended?: RelayMetrics['door']
  /** Does the relay leave, and finish only what it has begun? */
  readonly closed?: () => boolean
  /** How often one address may ask; {@link DOOR_PACE} without it. */
  readonly pace?: Pace
  /** Who asks, for that; undefined for whoever is not counted. */
  readonly askerOf?: (request: IncomingMessage) => string | undefined
}

export function createDoor(components: DoorComponents): Route {
  const { cafes, doorHost, log, ended = () => {}, closed = () => false } = components
  const { pace = DOOR_PACE, askerOf = hostOf } = components
  const rate = createRate({ ...pace, clock: systemClock, parties: DOOR_HOSTS })
  const seats = createSeats(AT_ONE_CAFE)
  const all = createSeats(DOOR_REQUESTS)

  const admit = (request: IncomingMessage, cafe: PeerIdText): (() => void) => {
    const asker = askerOf(request)
    const wait = asker === undefined ? 0 : rate.draw(asker, 1)
    if (wait > 0) throw new CafeError('BUSY', { what: 'host', after: wait })
    try {
      const [one, other] = [seats.take(cafe), all.take('')]
      return () => [one, other].map((free) => free())
    } catch {
      throw new CafeError('BUSY', { what: 'door' })
    }
  }

  const ask = async (request: IncomingMessage, response: ServerResponse, address: DoorAddress): Promise<Response> => {
    const gone = new AbortController()
    response.once('close', () => gone.abort(new CafeError('ABORTED')))
    const { cafe, path } = address
    const stream = await cafes.open(cafe, gone.signal)
    const body = bodyOf(request, DOOR_UPLOAD)
    const call = { method: request.method as DoorMethod, path, headers: headersToCafe(headersOf(request)), body }
    const onContinue = body && request.headers.expect !== undefined ? continueOf(response) : undefined
    try {
      const answer = await callDoor(stream, { ...call, onContinue }, { signal: gone.signal })
      // A cafe that answers while it still reads has the rest, too.
      if (answer.ok) onContinue?.()
      return answer
    } catch (error) {
      const { code } = toCafeError(error)
      throw code === 'UNREACHABLE' || code === 'TIMEOUT' ? new CafeError('UNREACHABLE', { what: 'lost' }) : error
    }
  }

  const carry = async (request: IncomingMessage, response: ServerResponse, address: DoorAddress): Promise<void> => {
    refuse(request, address)
    if (closed()) throw new CafeError('BUSY', { what: 'drain' })
    const leave = admit(request, address.cafe)
    try {
      const answer = await ask(request, response, address)
      const head = headersFromCafe(answer, address)
      if (!head) {
        await answer.body?.cancel()
        throw new CafeError('CORRUPT', { what: 'away' })
      }
      await sendBody(request, response, head, answer.body as ReadableStream<Uint8Array> | null)
    } finally {
      leave()
    }
  }

  return {
    name: 'door',
    // Bodies of any length both ways; one in which nothing moves is ended by `wire/door-flow.ts`.
    patient: true,
    matches({ host, pathname }) {
      const cafe = readDoorHost(host, doorHost)
      return cafe ? cafes.knows(cafe) : !isBelow(host, doorHost) && isDoorPath(pathname)
    },
    async answer(request, response) {
      const { socket } = request
      const before = { in: socket.bytesRead, out: socket.bytesWritten }
      response.once('close', () =>
        ended(response.statusCode, { in: socket.bytesRead - before.in, out: socket.bytesWritten - before.out }),
      )
      if (request.method === 'OPTIONS') return void response.writeHead(204, PREFLIGHT).end()
      try {
        await carry(request, response, addressOf(request, doorHost))
      } catch (error) {
        if (response.headersSent || response.destroyed) return cutOff(request, response)
        const failure = isCafeError(error) ? error : toCafeError(error)
        if (failure.code === 'INTERNAL') log('error', 'the door failed', { cause: failure.cause })
        const told = doorFailure(failure, headersOf(request))
        const headers = { ...Object.fromEntries(told.headers), ...DOOR_HEADERS }
        await sendBody(request, response, { status: told.status, headers }, told.body)
      }
    },
  }
}

const isBelow = (host: string, doorHost: string | undefined): boolean =>
  doorHost !== undefined && host.replace(/:\d+$/, '').endsWith(`.${doorHost}`)

/** @throws CafeError NOT_FOUND {what: 'cafe'}. */
function addressOf(request: IncomingMessage, doorHost: string | undefined): DoorAddress {
  const { url = '/', headers } = request
  const cafe = readDoorHost((headers.host ?? '').toLowerCase(), doorHost)
  const address = cafe ? { cafe, base: '', path: url } : readDoorPath(url)
  if (!address) throw new CafeError('NOT_FOUND', { what: 'cafe' })
  return { ...address, path: address.path || '/' }
}

/** @throws CafeError for what no cafe need be asked. */
function refuse({ method, headers }: IncomingMessage, { path }: DoorAddress): void {
  if (!DOOR_METHODS.includes(method as DoorMethod)) throw new CafeError('BAD_REQUEST', { what: 'method' })
  if (path.length > MAX_DOOR_PATH || path.includes('#')) throw new CafeError('BAD_REQUEST', { what: 'path' })
  // Browsers ask for the script of a service worker past all service workers, and say so to whoever answers (rule A4).
  const worker = headers['service-worker'] !== undefined
  const destination = String(headers['sec-fetch-dest'] ?? '')
  const code = destination !== 'empty' && refusesDestination(destination, { fromContent: true })
  if (worker || code) throw new CafeError('FORBIDDEN', { what: 'code' })
}

/** Asks for the body, once, and not when the answer has begun. */
function continueOf(response: ServerResponse): () => void {
  let asked = false
  return () => {
    if (!asked && !response.headersSent) response.writeContinue()
    asked = true
  }
}

/** Ends the connection, and not only the answer: whoever reads it must see that it is not whole. */
function cutOff({ socket }: IncomingMessage, response: ServerResponse): void {
  if ('encrypted' in socket) response.destroy()
  else socket.resetAndDestroy()
}

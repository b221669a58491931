/**
 * HTTP over a libp2p stream, both ends: a relay calls, a cafe serves (`door-protocol.ts` has the frames). Requests and
 * answers are streamed with a window each way; who goes away ends the other side's work at once; a body that was cut off is
 * an error of its stream and never a short end.
 */
import type { Connection, Stream } from '@libp2p/interface'
import { unlessAborted } from '../core/abort.ts'
import { CafeError, toCafeError } from '../core/errors.ts'
import type { PeerIdText } from '../core/ids.ts'
import { DOOR_WINDOW, IDLE_TIMEOUT, MAX_DOOR_HEAD } from '../core/limits.ts'
import type { Log } from '../core/log.ts'
import { parse } from '../core/schema.ts'
import { type Body, DoorFlow, type DoorFlowInit } from './door-flow.ts'
import {
  endToEnd,
  type HeaderList,
  MAX_DOOR_FRAME,
  type RequestHead,
  type ResponseHead,
  requestHead,
  responseHead,
} from './door-protocol.ts'
import { endStream, type Frames, frames } from './frames.ts'

/** A request as a relay has it. */
export interface DoorCall {
  readonly method: RequestHead['method']
  /** Path and query. */
  readonly path: string
  /** As they came; those of the connection are left out here. */
  readonly headers: HeaderList
  readonly body: Body | null
  /** `body` is read only when the cafe wants it: then this is called. */
  readonly onContinue?: (() => void) | undefined
}

/**
 * Carries a request over `stream`, which is used for nothing else.
 * @throws CafeError UNREACHABLE or TIMEOUT where no answer comes, BAD_REQUEST for what no request or answer can be. What
 * fails later is an error of the answer's body. `signal` ends all of it.
 */
export async function callDoor(stream: Stream, call: DoorCall, { signal }: { signal: AbortSignal }): Promise<Response> {
  const { method, path, body, onContinue } = call
  const wire = frames(stream, MAX_DOOR_FRAME)
  const life = lifeOf(stream, signal)
  const answered = Promise.withResolvers<Response>()
  const wait = body !== null && onContinue !== undefined
  const onEnd = (failure?: CafeError): void => {
    if (failure) answered.reject(failure)
    flow.close()
    life.end()
    if (!failure) void endStream(stream)
  }
  const flow = new DoorFlow({
    ...{ wire, ...life, onEnd },
    ...(wait && { credit: 0, onCredit: once(onContinue) }),
  })
  const head = { method, path, headers: endToEnd(call.headers), body: body !== null, ...(wait && { wait: true }) }
  try {
    await wire.write(parse(requestHead, head), life)
  } catch (error) {
    body?.cancel().catch(() => {})
    life.abort(toCafeError(error, 'UNREACHABLE'))
    onEnd(toCafeError(error, 'UNREACHABLE'))
    return answered.promise
  }
  void flow.run((frame) => answered.resolve(responseOf(method, parse(responseHead, frame), flow)))
  // The cafe is told of a body that fails; whoever sent it knows.
  if (body) flow.send(body).catch(() => {})
  return answered.promise
}

function responseOf(method: string, { status, headers, body }: ResponseHead, flow: DoorFlow): Response {
  const list = endToEnd(headers)
  if (body && (method === 'HEAD' || BODILESS.has(status))) throw new CafeError('BAD_REQUEST', { at: 'body' })
  return new Response(flow.body(body, body ? sizeIn(list) : undefined), {
    status,
    headers: list.map(([...one]) => one),
  })
}

/** Statuses whose answers have no body (Fetch, null body status). */
const BODILESS: ReadonlySet<number> = new Set([204, 205, 304])

/** What is known of a request beside the request itself. */
export interface DoorContext {
  /** Aborts when whoever asks is gone. */
  readonly signal: AbortSignal
  /** As they came: a browser keeps some of them out of a Request. */
  readonly headers: Headers
  /** Who carries it here: a relay. */
  readonly peer: PeerIdText
}

/** Answers a request for a cafe. */
export type DoorAnswer = (request: Request, context: DoorContext) => Promise<Response>

/** Any host: what leads to the cafe is none of its business. */
const ORIGIN = 'http://cafe.invalid'

export interface ServeDoorComponents extends Pick<DoorFlowInit, 'pace'> {
  readonly log: Log
}

/** A libp2p stream handler that has `answer` answer each request. */
export function serveDoor(
  answer: DoorAnswer,
  { log, pace }: ServeDoorComponents,
): (stream: Stream, connection: Connection) => Promise<void> {
  return async (stream, { remotePeer }) => {
    const wire = frames(stream, MAX_DOOR_FRAME)
    const life = lifeOf(stream)
    try {
      const within = AbortSignal.any([life.signal, AbortSignal.timeout(IDLE_TIMEOUT)])
      const head = parse(requestHead, await wire.read({ signal: within, limit: MAX_DOOR_HEAD }))
      const flow = new DoorFlow({ wire, ...life, pace, ...(head.wait && { owed: DOOR_WINDOW }) })
      try {
        await respond(head, { flow, wire, life, peer: remotePeer.toString() as PeerIdText }, answer)
      } finally {
        flow.close()
      }
      life.end()
      await endStream(stream)
    } catch (error) {
      const failure = toCafeError(error)
      if (failure.code === 'INTERNAL') log('error', 'the door failed', { cause: failure.cause })
      // The reset tells the caller, who then tells whoever asks.
      life.abort(failure)
    }
  }
}

interface Exchange {
  readonly flow: DoorFlow
  readonly wire: Frames
  readonly life: Life
  readonly peer: PeerIdText
}

async function respond(head: RequestHead, { flow, wire, life, peer }: Exchange, answer: DoorAnswer): Promise<void> {
  const { method, path, body: hasBody } = head
  const headers = new Headers(endToEnd(head.headers).map(([...one]) => one))
  const gone = new AbortController()
  const body = flow.body(hasBody, hasBody ? sizeIn(head.headers) : undefined)
  void flow.run().then(() => gone.abort(new CafeError('UNREACHABLE')))
  const request = new Request(ORIGIN + path, { method, headers, signal: gone.signal })
  // A body that is given to the constructor would do the same, but for browsers that do not stream requests.
  if (body) Object.defineProperty(request, 'body', { value: body })
  const response = await unlessAborted(answer(request, { signal: gone.signal, headers, peer }), gone.signal)
  const sent = method === 'HEAD' ? null : (response.body as Body | null)
  const { status } = response
  const answered = { status, headers: endToEnd(response.headers), body: sent !== null }
  await wire.write(parse(responseHead, answered), life)
  if (sent) await flow.send(sent)
  else response.body?.cancel().catch(() => {})
}

/** How long a stream matters. */
interface Life {
  readonly signal: AbortSignal
  readonly abort: (reason: CafeError) => void
  /** It is over as it should be: no signal ends it any more. */
  readonly end: () => void
}

function lifeOf(stream: Stream, outer?: AbortSignal): Life {
  const gone = new AbortController()
  const abort = (reason: CafeError): void => {
    gone.abort(reason)
    stream.abort(reason)
  }
  const leave = (): void => abort(toCafeError(outer?.reason, 'ABORTED'))
  if (outer?.aborted) leave()
  outer?.addEventListener('abort', leave, { once: true })
  return { signal: gone.signal, abort, end: () => outer?.removeEventListener('abort', leave) }
}

/** The size a body must have. What is no number says nothing. */
function sizeIn(headers: HeaderList): number | undefined {
  const value = headers.find(([name]) => name === 'content-length')?.[1] ?? ''
  return /^\d{1,15}$/.test(value) ? Number(value) : undefined
}

function once(task: () => void): () => void {
  let done = false
  return () => {
    if (done) return
    done = true
    task()
  }
}

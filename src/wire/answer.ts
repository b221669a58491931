/**
 * What every carrier does with a request, in one place: find the operation, ask who is calling, check the input, run the
 * handler with uploads checked by schema. A carrier brings only the way its frames travel.
 */
import { unlessAborted } from '../core/abort.ts'
import { CafeError } from '../core/errors.ts'
import type { PeerIdText } from '../core/ids.ts'
import { parse } from '../core/schema.ts'
import {
  type ItemOf,
  limitOf,
  type Operation,
  type ReceiptOf,
  type RequestOf,
  type Service,
  type UploadOf,
} from './protocol.ts'

/** What the guard proved about the caller of an operation with `auth: 'session'`. */
export interface Context<Upload, Item, Session> {
  /** The peer proved by the connection's handshake; over HTTP the client that the caller's bearer belongs to. */
  readonly peer: PeerIdText
  /** The caller's session; undefined where the operation needs none. */
  readonly session: Session
  readonly signal: AbortSignal
  /** The next upload. @throws CafeError UNREACHABLE when the caller is gone, BAD_REQUEST for what does not match. */
  upload(): Promise<Upload>
  send(item: Item): Promise<void>
}

export type ServiceHandlers<S extends Service, Session> = {
  readonly [Op in keyof S['operations']]: (
    input: RequestOf<S['operations'][Op]>,
    context: Context<UploadOf<S['operations'][Op]>, ItemOf<S['operations'][Op]>, Session>,
  ) => Promise<ReceiptOf<S['operations'][Op]>>
}

/** One request, as its carrier gives it. */
export interface Incoming<Session> {
  readonly op: string
  readonly signal: AbortSignal
  /** Who is calling. @throws CafeError UNAUTHORIZED or FORBIDDEN. */
  caller(definition: Operation): Promise<Caller<Session>>
  /** The request's input, not yet checked. */
  input(definition: Operation): Promise<unknown>
  /** The next upload of at most `limit` bytes, not yet checked; waits for it no longer than `signal` allows. */
  upload(limit: number, signal: AbortSignal): Promise<unknown>
  send(item: unknown, signal: AbortSignal): Promise<void>
}

export interface Caller<Session> {
  readonly peer: PeerIdText
  readonly session: Session
  /** Fires when the session ends: the call is then stopped, with the signal's reason. */
  readonly ended?: AbortSignal | undefined
}

const never = new AbortController().signal

/** The operation named `op`. @throws CafeError UNSUPPORTED {op}. */
export function operationOf(service: Service, op: string): Operation {
  const definition = Object.hasOwn(service.operations, op) ? service.operations[op] : undefined
  if (!definition) throw new CafeError('UNSUPPORTED', { op: op.slice(0, 32) })
  return definition
}

/**
 * Answers one request with its handler's receipt.
 * @throws CafeError what the checks or the handler refuse it with; anything else is a fault of the handler.
 */
export async function answer<S extends Service, Session>(
  service: S,
  handlers: ServiceHandlers<S, Session>,
  incoming: Incoming<Session>,
): Promise<unknown> {
  const { op } = incoming
  const definition = operationOf(service, op)
  const { peer, session, ended = never } = await incoming.caller(definition)
  const signal = AbortSignal.any([incoming.signal, ended])
  const input = parse(definition.request, await incoming.input(definition))
  // The input may have been long on its way.
  ended.throwIfAborted()
  const { upload: schema, maxUpload } = definition
  const handler = handlers[op] as (input: unknown, context: Context<unknown, unknown, Session>) => Promise<unknown>
  const running = handler(input, {
    peer,
    session,
    signal,
    async upload() {
      if (!schema) throw new CafeError('BAD_REQUEST', { at: 'upload' })
      return parse(schema, await incoming.upload(limitOf(maxUpload), ended))
    },
    send: (item) => incoming.send(item, ended),
  })
  // Also a handler that does not look at its signal: the caller hears at once why it has ended.
  return unlessAborted(running, ended)
}

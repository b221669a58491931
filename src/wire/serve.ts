/**
 * The host's half of the wire: reads one request, checks size, schema and session, runs the handler, writes items and
 * the one end. One of the four edges where errors are caught: only code and data leave.
 */
import type { Connection, Stream } from '@libp2p/interface'
import { unlessAborted } from '../core/abort.ts'
import { CafeError, toCafeError } from '../core/errors.ts'
import type { PeerIdText } from '../core/ids.ts'
import { IDLE_TIMEOUT, MAX_REQUEST } from '../core/limits.ts'
import type { Log } from '../core/log.ts'
import { parse } from '../core/schema.ts'
import { endStream, type Frames, frames } from './frames.ts'
import {
  type ItemOf,
  limitOf,
  type Operation,
  type ReceiptOf,
  type RequestOf,
  requestFrame,
  type Service,
  type UploadOf,
  uploadFrame,
} from './protocol.ts'

/** What the guard proved about the caller of an operation with `auth: 'session'`. */
export interface Context<Upload, Item, Session> {
  /** The peer proved by the connection's handshake. */
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

export interface ServeComponents<Session> {
  /** Checks an access token for the proved peer. @throws CafeError UNAUTHORIZED or FORBIDDEN. */
  readonly guard: (token: string | undefined, peer: PeerIdText) => Promise<Session>
  /** Fires when a session ends: its running calls are then stopped, with the signal's reason. */
  readonly until?: (session: Session) => AbortSignal
  readonly log: Log
}

const never = new AbortController().signal

/** A libp2p stream handler that answers `service` with `handlers`. */
export function serve<S extends Service, Session>(
  service: S,
  handlers: ServiceHandlers<S, Session>,
  components: ServeComponents<Session>,
): (stream: Stream, connection: Connection) => Promise<void> {
  return async (stream, connection) => {
    const peer = connection.remotePeer.toString() as PeerIdText
    const gone = new AbortController()
    stream.addEventListener('close', () => gone.abort(new CafeError('UNREACHABLE')))
    const signal = gone.signal
    const idle = (): AbortSignal => AbortSignal.any([signal, AbortSignal.timeout(IDLE_TIMEOUT)])

    // An upload may be larger than a request; the tighter limit of the request is checked by size once it is read.
    const largest = Math.max(MAX_REQUEST, ...Object.values(service.operations).map((op) => limitOf(op.maxUpload)))
    const wire = frames(stream, largest)

    try {
      const run = await prepare(service, handlers, components, wire, peer, idle)
      const receipt = await run(signal)
      await wire.write({ ok: receipt }, { signal: idle() })
    } catch (error) {
      const { code, data, cause } = toCafeError(error)
      if (code === 'INTERNAL') components.log('error', `${service.name} failed`, { cause })
      // The caller may be gone already: then nobody is left to be told.
      await wire.write({ err: code, data }, { signal: idle() }).catch(() => {})
    }
    await endStream(stream)
  }
}

/** Reads and checks the request; what it returns runs the handler and checks the receipt. */
async function prepare<S extends Service, Session>(
  service: S,
  handlers: ServiceHandlers<S, Session>,
  { guard, until }: ServeComponents<Session>,
  wire: Frames,
  peer: PeerIdText,
  idle: () => AbortSignal,
): Promise<(signal: AbortSignal) => Promise<unknown>> {
  const frame = parse(requestFrame, await wire.read({ signal: idle(), limit: MAX_REQUEST }))
  const definition = Object.hasOwn(service.operations, frame.op) ? service.operations[frame.op] : undefined
  if (!definition) throw new CafeError('UNSUPPORTED', { op: frame.op })
  const session = definition.auth === 'session' ? await guard(frame.auth, peer) : (undefined as Session)
  const ended = (definition.auth === 'session' && until?.(session)) || never
  const input = parse(definition.request, frame.input)
  const { upload: uploadSchema, maxUpload } = definition as Operation
  const handler = handlers[frame.op] as (
    input: unknown,
    context: Context<unknown, unknown, Session>,
  ) => Promise<unknown>

  return (gone) => {
    const signal = AbortSignal.any([gone, ended])
    const patience = (): AbortSignal => AbortSignal.any([idle(), ended])
    const running = handler(input, {
      peer,
      session,
      signal,
      async upload() {
        if (!uploadSchema) throw new CafeError('BAD_REQUEST', { at: 'upload' })
        const { up } = parse(uploadFrame, await wire.read({ signal: patience(), limit: limitOf(maxUpload) }))
        return parse(uploadSchema, up)
      },
      send: (item) => wire.write({ item }, { signal: patience() }),
    })
    // Also a handler that does not look at its signal: the caller hears at once why it has ended.
    return unlessAborted(running, ended)
  }
}

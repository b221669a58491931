/**
 * The host's half of the wire over libp2p: reads one request, answers it, writes items and the one end. One of the four
 * edges where errors are caught: only code and data leave.
 */
import type { Connection, Stream } from '@libp2p/interface'
import { CafeError, toCafeError } from '../core/errors.ts'
import type { PeerIdText } from '../core/ids.ts'
import { IDLE_TIMEOUT, MAX_REQUEST } from '../core/limits.ts'
import type { Log } from '../core/log.ts'
import { parse } from '../core/schema.ts'
import { answer, type ServiceHandlers } from './answer.ts'
import { endStream, frames } from './frames.ts'
import { limitOf, requestFrame, type Service, uploadFrame } from './protocol.ts'

export type { Context, ServiceHandlers } from './answer.ts'

export interface ServeComponents<Session> {
  /** Checks an access token for the proved peer. @throws CafeError UNAUTHORIZED or FORBIDDEN. */
  readonly guard: (token: string | undefined, peer: PeerIdText) => Promise<Session>
  /** Fires when a session ends: its running calls are then stopped, with the signal's reason. */
  readonly until?: (session: Session) => AbortSignal | undefined
  readonly log: Log
}

/** A libp2p stream handler that answers `service` with `handlers`. */
export function serve<S extends Service, Session>(
  service: S,
  handlers: ServiceHandlers<S, Session>,
  { guard, until, log }: ServeComponents<Session>,
): (stream: Stream, connection: Connection) => Promise<void> {
  return async (stream, connection) => {
    const peer = connection.remotePeer.toString() as PeerIdText
    const gone = new AbortController()
    stream.addEventListener('close', () => gone.abort(new CafeError('UNREACHABLE')))
    const signal = gone.signal
    const idle = (...more: AbortSignal[]): AbortSignal =>
      AbortSignal.any([signal, AbortSignal.timeout(IDLE_TIMEOUT), ...more])

    // An upload may be larger than a request; the tighter limit of the request is checked by size once it is read.
    const largest = Math.max(MAX_REQUEST, ...Object.values(service.operations).map((op) => limitOf(op.maxUpload)))
    const wire = frames(stream, largest)

    try {
      const { op, auth, input } = parse(requestFrame, await wire.read({ signal: idle(), limit: MAX_REQUEST }))
      const receipt = await answer<S, Session>(service, handlers, {
        op,
        signal,
        async caller(definition) {
          if (definition.auth === 'none') return { peer, session: undefined as Session }
          const session = await guard(auth, peer)
          return { peer, session, ended: until?.(session) }
        },
        input: async () => input,
        upload: async (limit, ended) => parse(uploadFrame, await wire.read({ signal: idle(ended), limit })).up,
        send: (item, ended) => wire.write({ item }, { signal: idle(ended) }),
      })
      await wire.write({ ok: receipt }, { signal: idle() })
    } catch (error) {
      const { code, data, cause } = toCafeError(error)
      if (code === 'INTERNAL') log('error', `${service.name} failed`, { cause })
      // The caller may be gone already: then nobody is left to be told.
      await wire.write({ err: code, data }, { signal: idle() }).catch(() => {})
    }
    await endStream(stream)
  }
}

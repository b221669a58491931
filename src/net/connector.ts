/**
 * Opens streams to peers by the best path there is: an open direct connection, else a new direct one, else through the
 * relay. Addresses come from invites and answers; this keeps them in memory by peer.
 */
import type { Connection, Stream } from '@libp2p/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import type { Libp2p } from 'libp2p'
import { CafeError, toCafeError } from '../core/errors.ts'
import type { PeerIdText } from '../core/ids.ts'
import { DIRECT_WAIT, MAX_ADDRESSES, OPEN_TIMEOUT } from '../core/limits.ts'
import type { Log } from '../core/log.ts'
import type { Connector } from '../wire/call.ts'
import { bestConnection, isLimited, splitAddresses } from './paths.ts'

export interface PeerConnector extends Connector {
  /** Remembers where a peer may be reached, newest knowledge first. */
  know(peer: PeerIdText, addresses: readonly string[]): void
  /**
   * Makes sure there is a connection, direct if that is possible now.
   * @throws CafeError UNREACHABLE {peer}.
   */
  connect(peer: PeerIdText, options: { signal: AbortSignal }): Promise<Connection>
}

/** Peers whose addresses are kept; the oldest are forgotten. */
const MAX_KNOWN = 512

export interface ConnectorComponents {
  readonly libp2p: Libp2p
  /** Can this node make direct WebRTC connections now (is there a tab that lends)? */
  readonly canDirect: () => boolean
  readonly log: Log
}

export function createConnector({ libp2p, canDirect, log }: ConnectorComponents): PeerConnector {
  const book = new Map<PeerIdText, readonly string[]>()
  const dialling = new Map<PeerIdText, Promise<Connection>>()

  const best = (peer: PeerIdText): Connection | undefined =>
    bestConnection(libp2p.getConnections(peerIdFromString(peer)))

  const dial = async (peer: PeerIdText): Promise<Connection> => {
    const { direct, relayed } = splitAddresses(book.get(peer) ?? [])
    const usable = direct.filter((address) => canDirect() || !address.toString().includes('/webrtc'))
    if (usable.length > 0) {
      try {
        const connection = await libp2p.dial(usable, { signal: AbortSignal.timeout(DIRECT_WAIT) })
        dropRelayed(libp2p, peer)
        return connection
      } catch (cause) {
        log('info', 'no direct path', { peer, cause })
      }
    }
    const open = best(peer)
    if (open) return open
    if (relayed.length === 0) throw new CafeError('UNREACHABLE', { peer })
    return libp2p.dial(relayed, { signal: AbortSignal.timeout(OPEN_TIMEOUT) })
  }

  const connect: PeerConnector['connect'] = async (peer, { signal }) => {
    const open = best(peer)
    if (open && !isLimited(open)) return open
    let attempt = dialling.get(peer)
    if (!attempt) {
      attempt = dial(peer).finally(() => dialling.delete(peer))
      dialling.set(peer, attempt)
    }
    return abortable(attempt, signal).catch((cause) => {
      const { code } = toCafeError(cause, 'UNREACHABLE')
      throw new CafeError(code === 'ABORTED' ? code : 'UNREACHABLE', { peer }, { cause })
    })
  }

  return {
    know(peer, addresses) {
      const merged = [...new Set([...addresses, ...(book.get(peer) ?? [])])].slice(0, MAX_ADDRESSES)
      book.delete(peer)
      book.set(peer, merged)
      const oldest = book.keys().next().value
      if (book.size > MAX_KNOWN && oldest !== undefined) book.delete(oldest)
    },
    connect,
    async open(peer, protocol, { signal, limited }): Promise<Stream> {
      // Twice, because a connection may look open while its other side is gone.
      for (let attempt = 1; ; attempt++) {
        const connection = await connect(peer, { signal })
        try {
          return await connection.newStream(protocol, { signal, runOnLimitedConnection: limited })
        } catch (cause) {
          const name = cause instanceof Error ? cause.name : ''
          if (name === 'UnsupportedProtocolError') throw new CafeError('UNSUPPORTED', { protocol }, { cause })
          if (name === 'TooManyOutboundProtocolStreamsError') throw new CafeError('BUSY', {}, { cause })
          if (attempt === 2 || signal.aborted) throw new CafeError('UNREACHABLE', { peer }, { cause })
          if (connection.status === 'open') connection.abort(new Error('no answer'))
        }
      }
    },
  }
}

/** Milliseconds after which an idle relayed connection beside a direct one is closed: its signalling is over then. */
const RELAYED_LINGER = 2000

/** Closes relayed connections to a peer that is connected directly, once nothing runs on them. */
function dropRelayed(libp2p: Libp2p, peer: PeerIdText): void {
  setTimeout(() => {
    const connections = libp2p.getConnections(peerIdFromString(peer))
    if (!connections.some((connection) => !isLimited(connection))) return
    for (const connection of connections.filter(isLimited)) {
      if (connection.streams.length > 0) dropRelayed(libp2p, peer)
      else connection.close().catch((error) => connection.abort(toCafeError(error)))
    }
  }, RELAYED_LINGER)
}

/** `promise`, or the signal's reason if that comes first; the promise itself goes on for other callers. */
function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) return Promise.reject(signal.reason)
  const aborted = Promise.withResolvers<never>()
  const stop = (): void => aborted.reject(signal.reason)
  signal.addEventListener('abort', stop, { once: true })
  return Promise.race([promise, aborted.promise]).finally(() => signal.removeEventListener('abort', stop))
}

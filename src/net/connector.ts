/**
 * Opens streams to peers by the best path there is. An open direct connection is always used. Bulk waits a bounded time
 * for one; small calls take what works first, and the direct connection follows in the background without touching the
 * streams that run. Addresses come from invites and answers; this keeps them in memory by peer.
 */
import type { Connection, Stream } from '@libp2p/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import type { Libp2p } from 'libp2p'
import { unlessAborted } from '../core/abort.ts'
import { CafeError, toCafeError } from '../core/errors.ts'
import type { PeerIdText } from '../core/ids.ts'
import { MAX_ADDRESSES, OPEN_TIMEOUT } from '../core/limits.ts'
import type { Log } from '../core/log.ts'
import type { Connector } from '../wire/call.ts'
import { createDirectPaths, HEAD_START } from './direct.ts'
import { bestConnection, isLimited, splitAddresses, type WhyRelayed } from './paths.ts'
import { createVouchers } from './vouchers.ts'

export interface PeerConnector extends Connector {
  /** Remembers where a peer may be reached, newest knowledge first. */
  know(peer: PeerIdText, addresses: readonly string[]): void
  /** Peers whose addresses it knows: those this device has to do with. */
  known(): readonly PeerIdText[]
  /** We have this for a cafe, of an invite or an account (`vouchers.ts`): relays that ask are shown so. */
  hold(cafe: PeerIdText, secret: Uint8Array): void
  /** Resolves when no attempt at a direct connection to `peer` is running; at the latest after some seconds. */
  settled(peer: PeerIdText): Promise<void>
  /** Why `peer` was not reached directly when it was last tried. */
  whyRelayed(peer: PeerIdText): WhyRelayed | undefined
  /** Something has changed: direct connections that failed are worth another attempt. */
  retry(): void
  /** Nothing is tried by itself any more. */
  close(): void
}

/** Peers whose addresses are kept; the oldest are forgotten. */
const MAX_KNOWN = 512

export interface ConnectorComponents {
  readonly libp2p: Libp2p
  /** Can this node make direct WebRTC connections now (is there a tab that lends)? */
  readonly canDirect: () => boolean
  readonly log: Log
  /** What `whyRelayed` says has changed. */
  readonly onChange: () => void
}

export function createConnector({ libp2p, canDirect, log, onChange }: ConnectorComponents): PeerConnector {
  const book = new Map<PeerIdText, readonly string[]>()
  const onDirect = (peer: PeerIdText): void => dropRelayed(libp2p, peer)
  const addresses = (peer: PeerIdText): readonly string[] => book.get(peer) ?? []
  const paths = createDirectPaths({ libp2p, addresses, canDirect, log, onDirect, onChange })

  const best = (peer: PeerIdText): Connection | undefined =>
    bestConnection(libp2p.getConnections(peerIdFromString(peer)))

  const relay = (peer: PeerIdText): Promise<Connection> => {
    const { relayed } = splitAddresses(addresses(peer))
    if (relayed.length === 0) throw new CafeError('UNREACHABLE', { peer })
    return libp2p.dial(relayed, { signal: AbortSignal.timeout(OPEN_TIMEOUT) })
  }

  const find = async (peer: PeerIdText, bulk: boolean): Promise<Connection> => {
    const open = best(peer)
    if (open && !isLimited(open)) return open
    if (!open) await vouchers.show(peer)
    const direct = paths.attempt(peer)
    if (bulk) return (await direct) ?? best(peer) ?? relay(peer)
    return open ?? (await firstOf(libp2p, peer, direct)) ?? best(peer) ?? relay(peer)
  }

  const connect = (peer: PeerIdText, bulk: boolean, signal: AbortSignal): Promise<Connection> =>
    unlessAborted(find(peer, bulk), signal).catch(async (cause) => {
      const { code } = toCafeError(cause, 'UNREACHABLE')
      if (code === 'ABORTED') throw new CafeError(code, { peer }, { cause })
      const refused = !signal.aborted && (await vouchers.isRefused(peer))
      throw new CafeError('UNREACHABLE', refused ? { peer, why: 'guests' } : { peer }, { cause })
    })

  const connector: PeerConnector = {
    known: () => [...book.keys()],
    hold: (cafe, secret) => vouchers.hold(cafe, secret),
    know(peer, given) {
      const merged = [...new Set([...given, ...addresses(peer)])].slice(0, MAX_ADDRESSES)
      book.delete(peer)
      book.set(peer, merged)
      const oldest = book.keys().next().value
      if (book.size > MAX_KNOWN && oldest !== undefined) book.delete(oldest)
    },
    settled: async (peer) => void (await paths.running(peer)),
    whyRelayed: paths.why,
    retry: paths.retry,
    close: paths.close,
    async open(peer, protocol, { signal, limited, bulk = false }): Promise<Stream> {
      // Twice, because a connection may look open while its other side is gone.
      for (let attempt = 1; ; attempt++) {
        const connection = await connect(peer, bulk || !limited, signal)
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
  const vouchers = createVouchers({
    self: libp2p.peerId.toString() as PeerIdText,
    connector,
    addresses,
    isOpen: (relay) => best(relay) !== undefined,
  })
  return connector
}

/** The direct connection, or after the head start any that is there or comes first; undefined if none does. */
async function firstOf(
  libp2p: Libp2p,
  peer: PeerIdText,
  direct: Promise<Connection | undefined>,
): Promise<Connection | undefined> {
  const settled = new AbortController()
  const opened = new Promise<undefined>((resolve) => {
    const look = (): void => {
      if (bestConnection(libp2p.getConnections(peerIdFromString(peer)))) resolve(undefined)
    }
    setTimeout(() => {
      if (settled.signal.aborted) return
      look()
      libp2p.addEventListener('connection:open', look, { signal: settled.signal })
    }, HEAD_START)
  })
  try {
    return await Promise.race([direct, opened])
  } finally {
    settled.abort()
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

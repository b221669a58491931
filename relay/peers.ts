/**
 * Who may connect and how often: the relay never dials, one address cannot take every place, and of several
 * connections of one peer those that no longer answer are dropped, since the circuit server always uses the oldest.
 */

import type { Connection, ConnectionGater, Libp2p } from '@libp2p/interface'
import { PING_PROTOCOL } from '@libp2p/ping'
import { CONNECTIONS_PER_PEER, LIVENESS_TIMEOUT } from './limits.ts'
import { placeOf } from './place.ts'
import type { Policy } from './policy.ts'

export interface GateComponents {
  readonly policy: Pick<Policy, 'hostConnections' | 'netConnections'>
  /** The connections open now. */
  readonly connections: () => readonly Connection[]
  /** A connection was refused: its machine or its network has all it can have. */
  readonly refused: (why: 'host' | 'network') => void
}

/** The relay's gate. */
export function createGater({ policy, connections, refused }: GateComponents): ConnectionGater {
  return {
    // Nothing a peer says makes the relay open a connection: no amplification, no probing of its network.
    denyDialPeer: () => true,
    denyDialMultiaddr: () => true,
    denyInboundConnection: ({ remoteAddr }) => {
      const place = placeOf(remoteAddr)
      if (!place) return false
      const others = connections().map((other) => placeOf(other.remoteAddr))
      const hosts = others.filter((other) => other?.host === place.host).length
      const nets = others.filter((other) => other?.net === place.net).length
      const why = hosts >= policy.hostConnections ? 'host' : nets >= policy.netConnections ? 'network' : undefined
      if (why) refused(why)
      return why !== undefined
    },
  }
}

/** On each new connection, looks after the older ones of the same peer, for as long as the node runs. */
export function dropStaleConnections(node: Libp2p): void {
  node.addEventListener('connection:open', ({ detail: opened }) => {
    const older = node.getConnections(opened.remotePeer).filter(({ id }) => id !== opened.id)
    older.sort((a, b) => a.timeline.open - b.timeline.open)
    const excess = Math.max(0, older.length + 1 - CONNECTIONS_PER_PEER)
    for (const connection of older.splice(0, excess)) connection.abort(new Error('too many connections of one peer'))
    for (const connection of older) void dropIfDead(connection)
  })
}

/** Cuts a connection on which nothing answers; a refusal is an answer too. */
async function dropIfDead(connection: Connection): Promise<void> {
  const signal = AbortSignal.timeout(LIVENESS_TIMEOUT)
  try {
    const stream = await connection.newStream(PING_PROTOCOL, { signal })
    stream.abort(new Error('liveness proved'))
  } catch (error) {
    if (signal.aborted) connection.abort(error instanceof Error ? error : new Error('no answer'))
  }
}

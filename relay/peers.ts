/**
 * Who may connect and how often: the relay never dials, one address cannot take every place, and of several
 * connections of one peer those that no longer answer are dropped, since the circuit server always uses the oldest.
 */

import type { Connection, ConnectionGater, Libp2p } from '@libp2p/interface'
import { PING_PROTOCOL } from '@libp2p/ping'
import { getNetConfig, isLoopback } from '@libp2p/utils'
import type { Multiaddr } from '@multiformats/multiaddr'
import { CONNECTIONS_PER_HOST, CONNECTIONS_PER_PEER, LIVENESS_TIMEOUT } from './limits.ts'

/**
 * The relay's gate.
 * @param connections the connections open now.
 */
export function createGater(connections: () => readonly Connection[]): ConnectionGater {
  return {
    // Nothing a peer says makes the relay open a connection: no amplification, no probing of its network.
    denyDialPeer: () => true,
    denyDialMultiaddr: () => true,
    denyInboundConnection: ({ remoteAddr }) => {
      if (isLoopback(remoteAddr)) return false
      const host = hostOf(remoteAddr)
      return connections().filter((other) => hostOf(other.remoteAddr) === host).length >= CONNECTIONS_PER_HOST
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

function hostOf(address: Multiaddr): string {
  return getNetConfig(address).host
}

/** Which way to a peer: reading connections and addresses as direct or relayed, and choosing the best. */
import type { Connection } from '@libp2p/interface'
import { type Multiaddr, multiaddr } from '@multiformats/multiaddr'
import type { PeerIdText } from '../core/ids.ts'

/**
 * Why a peer is not connected directly: no address of its for that, no tab here that lends, an attempt runs, took too
 * long, or was turned down on the way.
 */
export type WhyRelayed = 'no-address' | 'no-tab' | 'pending' | 'timeout' | 'failed'

const CIRCUIT = '/p2p-circuit'
const WEBRTC = '/webrtc'

/** A relayed connection carries our bytes through the relay; a WebRTC one used it only to find the peer. */
export function isRelayed(address: string): boolean {
  return address.includes(CIRCUIT) && !address.includes(WEBRTC)
}

export function transportOf(address: string): 'webrtc' | 'websocket' | 'other' {
  if (address.includes(WEBRTC)) return 'webrtc'
  return /\/wss?(\/|$)/.test(address) ? 'websocket' : 'other'
}

/** The open connection to use: direct before relayed, then the newest. */
export function bestConnection(connections: readonly Connection[]): Connection | undefined {
  return connections
    .filter(({ status }) => status === 'open')
    .sort((a, b) => Number(isLimited(a)) - Number(isLimited(b)) || b.timeline.open - a.timeline.open)[0]
}

export const isLimited = (connection: Connection): boolean =>
  connection.limits !== undefined || isRelayed(connection.remoteAddr.toString())

/** Addresses of a peer split by path, parsed; anything that does not parse is dropped. */
export function splitAddresses(addresses: readonly string[]): { direct: Multiaddr[]; relayed: Multiaddr[] } {
  const split = { direct: [] as Multiaddr[], relayed: [] as Multiaddr[] }
  for (const address of addresses) {
    try {
      split[isRelayed(address) ? 'relayed' : 'direct'].push(multiaddr(address))
    } catch {
      // an address of a newer kind than we know: others may work
    }
  }
  return split
}

/** Where a peer can be reached through a relay it has a reservation at. */
export function throughRelay(relay: string, peer: PeerIdText): string[] {
  return [`${relay}${CIRCUIT}${WEBRTC}/p2p/${peer}`, `${relay}${CIRCUIT}/p2p/${peer}`]
}

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

/** Is the last way of an address a direct one between two browsers? `/webrtc-direct` before the relay is the relay's. */
const isDirectWebRtc = (address: string): boolean => /\/webrtc(\/|$)/.test(address)

/** A relayed connection carries our bytes through the relay; a WebRTC one used it only to find the peer. */
export function isRelayed(address: string): boolean {
  return address.includes(CIRCUIT) && !isDirectWebRtc(address)
}

export function transportOf(address: string): 'webrtc' | 'websocket' | 'other' {
  if (isDirectWebRtc(address) || (/\/webrtc-direct(\/|$)/.test(address) && !isRelayed(address))) return 'webrtc'
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

/** What an address through a relay says of the way to that relay. */
export function relayOf(address: string): string | undefined {
  const at = address.indexOf(CIRCUIT)
  return at < 0 ? undefined : address.slice(0, at)
}

/** Of each kind of way to a relay a few are enough in an invite: every one more makes its code harder to scan. */
const KINDS = [/\/webrtc-direct(\/|$)/, /\/(wss|tls\/.*ws)(\/|$)/, /\/ws(\/|$)/]
const HERE_ONLY = /^\/(ip4\/127\.|ip6\/::1\/|dns[46]?\/([^/]+\.)?localhost\/)/

/** Ways of a kind: a relay may be in two networks, or have an address of each family. */
const MOST_OF_KIND = 2
/** Ways of a relay in all; each is two addresses of a cafe behind it. */
const MOST_WAYS = 4

/** Does an address lead only to the device it is made on? */
export const isHereOnly = (address: string): boolean => HERE_ONLY.test(address)

/**
 * Addresses as an invite should have them: nothing that leads only to the device it is made on, unless there is nothing
 * else; of each relay a few ways, of each kind first one; and those of a kind beside each other, since their ends are alike.
 */
export function inviteWays(addresses: readonly string[]): readonly string[] {
  const far = addresses.filter((address) => !isHereOnly(address))
  const usable = far.length > 0 ? far : addresses
  const kindOf = (way: string): number => KINDS.findIndex((kind) => kind.test(way))
  const kept = new Set<string>()
  for (const ways of Map.groupBy(new Set(usable.flatMap((one) => relayOf(one) ?? [])), lastPeer).values()) {
    const kinds = [...Map.groupBy(ways, kindOf).values()]
    const ranked = Array.from({ length: MOST_OF_KIND }, (_, rank) => kinds.flatMap((kind) => kind[rank] ?? []))
    for (const way of ranked.flat().slice(0, MOST_WAYS)) kept.add(way)
  }
  const chosen = usable.filter((address) => kept.has(relayOf(address) ?? '') || relayOf(address) === undefined)
  return chosen.toSorted((a, b) => kindOf(relayOf(a) ?? '') - kindOf(relayOf(b) ?? ''))
}

const lastPeer = (way: string): string => way.split('/p2p/').at(-1) ?? ''

const PRIVATE =
  /^\/(ip4\/(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|169\.254\.)|ip6\/f([cd]|e[89ab])|dns[46]?\/[^/]+\.(local|lan|home\.arpa)\/)/i

/** Do all addresses lead into a private network? Browsers ask their user before they let a page talk to such. */
export function isNear(addresses: readonly string[]): boolean {
  const far = addresses.filter((address) => !isHereOnly(address))
  return far.length > 0 && far.every((address) => PRIVATE.test(address))
}

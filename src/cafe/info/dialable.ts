/**
 * Which addresses of strangers are worth dialling, and safe to (security.md I6). Only what browsers can dial; and nothing
 * nearer than where we are ourselves: a cafe on the internet never knocks at machines of its own network because a record
 * says so, while cafes of one network or one machine, whose own addresses are like that, find each other.
 */
import { isLoopback, isPrivate } from '@libp2p/utils'
import { type Multiaddr, multiaddr } from '@multiformats/multiaddr'
import type { PeerIdText } from '../../core/ids.ts'

/** How far away an address leads: this machine, this network, anywhere. */
type Reach = 0 | 1 | 2

const KINDS = /\/(ws|wss|webrtc-direct|p2p-circuit)(\/|$)/
const NEVER = /\/(quic|quic-v1|webtransport|http-path|unix|onion|onion3|garlic64|garlic32)(\/|$)/
const THIS_MACHINE = /^\/dns[46]?(addr)?\/([^/]+\.)?localhost\.?\//i
const THIS_NETWORK = /^\/dns[46]?(addr)?\/([^/.]+|[^/]+\.(local|internal|lan|home\.arpa))\.?\//i

function reachOf(address: string): Reach | undefined {
  if (!KINDS.test(address) || NEVER.test(address)) return undefined
  const parsed = read(address)
  if (!parsed || !/^\/(ip[46]|dns[46]?|dnsaddr)\//.test(address)) return undefined
  if (isLoopback(parsed) || THIS_MACHINE.test(address)) return 0
  return isPrivate(parsed) || THIS_NETWORK.test(address) ? 1 : 2
}

function read(address: string): Multiaddr | undefined {
  try {
    return multiaddr(address)
  } catch {
    return undefined
  }
}

/** Does it lead to `cafe`, or say nothing of where it leads? A name at its end is what the handshake will demand. */
const leadsTo = (address: string, cafe: PeerIdText): boolean => {
  const end = /\/p2p\/([^/]+)$/.exec(address)?.[1]
  return end === undefined ? !/\/(p2p-circuit|webrtc)$/.test(address) : end === cafe
}

/**
 * The addresses of `cafe` that may be dialled from somewhere that has the addresses `own`.
 *
 * @example
 * ```ts
 * dialable(cafe, ['/ip4/192.168.1.7/tcp/80/ws', '/dns4/cafe.example/tcp/443/wss'], []) // the second
 * ```
 */
export function dialable(cafe: PeerIdText, addresses: readonly string[], own: readonly string[]): readonly string[] {
  const nearest = Math.min(2, ...own.map((address) => reachOf(address) ?? 2))
  return addresses.filter((address) => {
    const reach = reachOf(address)
    return reach !== undefined && reach >= nearest && leadsTo(address, cafe)
  })
}

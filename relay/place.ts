/** Where a peer connects from, as far as counting goes: its machine and its network, or this machine itself. */
import { getNetConfig, isLoopback } from '@libp2p/utils'
import type { Multiaddr } from '@multiformats/multiaddr'

export interface Place {
  /** An IPv4 address, or the /64 of an IPv6 one: a machine has a whole one, so its addresses are one host. */
  readonly host: string
  /** The /24 of an IPv4 address, the /48 of an IPv6 one: what one customer of a provider has. */
  readonly net: string
}

/** The place of an address; undefined for this machine, since a reverse proxy here speaks for everybody. */
export function placeOf(address: Multiaddr): Place | undefined {
  if (isLoopback(address)) return undefined
  const { host, type } = getNetConfig(address)
  if (type === 'ip4') return ofFour(host)
  if (type !== 'ip6') return { host, net: host }
  const groups = groupsOf(host)
  // An IPv4 address as a socket for both kinds shows it.
  if (/^(0:){5}ffff:/.test(groups.join(':'))) return ofFour(groups.slice(6).flatMap(bytesOf).join('.'))
  return { host: groups.slice(0, 4).join(':'), net: groups.slice(0, 3).join(':') }
}

const ofFour = (host: string): Place => ({ host, net: host.slice(0, host.lastIndexOf('.')) })

const bytesOf = (group: string): number[] => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 255]

/** The eight groups of an IPv6 address, without leading zeros. */
function groupsOf(address: string): string[] {
  const [head = '', tail] = (address.split('%')[0] as string).split('::')
  const split = (part: string): string[] => (part === '' ? [] : part.split(':'))
  const [left, right] = [split(head), split(tail ?? '')]
  const middle = tail === undefined ? [] : new Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0')
  return [...left, ...middle, ...right].map((group) => group.toLowerCase().replace(/^0+(?=.)/, ''))
}

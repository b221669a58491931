/** What the relay is called: the address of the app for a person, and the multiaddrs at which peers dial it. */
import { isIP } from 'node:net'
import { LOOPBACK } from './listen.ts'
import { type Certificates, tlsNames } from './tls.ts'

/** What to type into a browser here: the app's own name wherever this machine can be reached by it. */
export function nameOf(host: string): string {
  return [LOOPBACK, '127.0.0.1', '0.0.0.0', '::', '::1'].includes(host) ? 'cafe.localhost' : host
}

/** `name` as it stands in a URL. */
export const bracketed = (name: string): string => (isIP(name) === 6 ? `[${name}]` : name)

const urlText = (scheme: string, name: string, port: number, usual: number): string =>
  `${scheme}://${bracketed(name)}${port === usual ? '' : `:${port}`}/`

/** Where a browser opens the app: under the first name of the certificate, if there is one. */
export function urlOf(host: string, port: number, secure?: { certificates: Certificates; port: number }): string {
  const name = secure?.certificates.current && tlsNames(secure.certificates.current.cert)[0]
  return secure && name ? urlText('https', name, secure.port, 443) : urlText('http', nameOf(host), port, 80)
}

/**
 * Where libp2p is over TLS: at every name of the certificate.
 * @example
 * ```ts
 * secureAddresses(certificates, 443) // ['/dns/cafe.example/tcp/443/wss']
 * ```
 */
export function secureAddresses({ current }: Pick<Certificates, 'current'>, port: number): string[] {
  if (!current) return []
  return tlsNames(current.cert).map((name) => `/${isIP(name) ? `ip${isIP(name)}` : 'dns'}/${name}/tcp/${port}/wss`)
}

export const withPeer = (address: string, peerId: string): string =>
  address.includes('/p2p/') ? address : `${address}/p2p/${peerId}`

/**
 * At most `most` of these, some of each kind: a page takes no more, and which of them it can dial depends on where it is.
 * What comes first of a kind is kept.
 */
export function someOf(addresses: readonly string[], most: number): string[] {
  const kinds = [...Map.groupBy(addresses, kindOf).values()]
  const turns = Math.max(0, ...kinds.map((kind) => kind.length))
  const mixed = Array.from({ length: turns }, (_, i) => kinds.flatMap((kind) => kind[i] ?? [])).flat()
  const kept = new Set(mixed.slice(0, most))
  return addresses.filter((address) => kept.has(address))
}

const kindOf = (address: string): string =>
  /\/webrtc-direct\//.test(address) ? 'webrtc' : /\/(wss|tls)(\/|$)/.test(address) ? 'wss' : 'ws'

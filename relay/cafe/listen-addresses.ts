/** Where the cafe in Node listens for libp2p. */
import { LOOPBACK } from '../listen.ts'

/** Multiaddrs of WebSocket at an address of this machine. */
export function listenAddresses(host: string, port: number): string[] {
  const hosts = host === LOOPBACK ? ['127.0.0.1'] : host === '::' ? ['0.0.0.0', '::'] : [host]
  return hosts.map((one) => `/${one.includes(':') ? 'ip6' : 'ip4'}/${one}/tcp/${port}/ws`)
}

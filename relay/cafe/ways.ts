/**
 * The ways to a cafe in Node that others dial: WebSocket at a port of its own and at those of its HTTP.
 * Half-open sockets and handshakes are bounded as the relay's are.
 */
import type { Log } from '../../src/core/log.ts'
import { type TransportFactory, withDialErrors } from '../../src/net/transports.ts'
import { LOOPBACK } from '../listen.ts'
import { createSockets } from '../sockets.ts'
import { relayTransport } from '../transport.ts'
import { createUpgrades, type Upgrades } from '../upgrades.ts'

export interface WaysSettings {
  readonly host: string
  /** For WebSocket. */
  readonly port: number
}

/** The part of `NodeCafeInit` that they are. */
export interface Ways {
  readonly listen: readonly string[]
  readonly webSocket: TransportFactory
  /** Takes those that come to a server of HTTP. */
  readonly upgrades: Upgrades
}

export function openWays({ host, port }: WaysSettings, log: Log): Ways {
  const hosts = host === LOOPBACK ? ['127.0.0.1'] : host === '::' ? ['0.0.0.0', '::'] : [host]
  const webSockets = hosts.map((one) => `/${one.includes(':') ? 'ip6' : 'ip4'}/${one}/tcp/${port}/ws`)
  const sockets = createSockets({ refused: (why) => log('debug', 'refused a connection', { why }) })
  const upgrades = createUpgrades()
  return {
    listen: webSockets,
    webSocket: withDialErrors(relayTransport(sockets, upgrades)),
    upgrades,
  }
}

/**
 * The ways to a cafe in Node that others dial: WebSocket at a port of its own and at those of its HTTP, and WebRTC-direct,
 * which pages from https reach with no certificate authority.
 * Half-open sockets and handshakes are bounded as the relay's are.
 */
import type { Log } from '../../src/core/log.ts'
import { type TransportFactory, withDialErrors } from '../../src/net/transports.ts'
import { LOOPBACK } from '../listen.ts'
import { createSockets } from '../sockets.ts'
import { relayTransport } from '../transport.ts'
import { createUpgrades, type Upgrades } from '../upgrades.ts'
import { openWebRtc } from '../webrtc.ts'

export interface WaysSettings {
  readonly host: string
  /** For WebSocket. */
  readonly port: number
  /** For WebRTC-direct, if it is on: its UDP port, and the folder with its certificate. */
  readonly webrtc?: { readonly port: number; readonly data: string } | undefined
}

/** The part of `NodeCafeInit` that they are. */
export interface Ways {
  readonly listen: readonly string[]
  readonly webSocket: TransportFactory
  readonly transports: readonly TransportFactory[]
  /** Takes those that come to a server of HTTP. */
  readonly upgrades: Upgrades
}

/** @throws CafeError as `listen` does, naming `--webrtc-port`. */
export async function openWays({ host, port, webrtc }: WaysSettings, log: Log): Promise<Ways> {
  const hosts = host === LOOPBACK ? ['127.0.0.1'] : host === '::' ? ['0.0.0.0', '::'] : [host]
  const webSockets = hosts.map((one) => `/${one.includes(':') ? 'ip6' : 'ip4'}/${one}/tcp/${port}/ws`)
  const sockets = createSockets({ refused: (why) => log('debug', 'refused a connection', { why }) })
  const upgrades = createUpgrades()
  const rtc = webrtc && (await openWebRtc({ hosts, ...webrtc }, sockets, log))
  return {
    listen: [...webSockets, ...(rtc?.listen ?? [])],
    transports: rtc ? [rtc.transport] : [],
    webSocket: withDialErrors(relayTransport(sockets, upgrades)),
    upgrades,
  }
}

/**
 * The WebSocket transport of the relay: bounded headers, sockets and handshakes, and aborted connections that really end.
 */
import { webSockets } from '@libp2p/websockets'
import { withRealAborts } from '../src/wire/real-aborts.ts'
import { MAX_HEADER } from './limits.ts'
import type { Sockets } from './sockets.ts'

/** A transport factory for `createLibp2p`. */
export function relayTransport(sockets: Pick<Sockets, 'bound' | 'watch'>): ReturnType<typeof webSockets> {
  const create = webSockets({ http: { maxHeaderSize: MAX_HEADER } })
  return (components) => {
    const transport = create(components)
    const createListener = transport.createListener.bind(transport)
    transport.createListener = (options) => {
      const listener = createListener({ ...options, upgrader: sockets.bound(withRealAborts(options.upgrader)) })
      sockets.watch(listener)
      return listener
    }
    return transport
  }
}

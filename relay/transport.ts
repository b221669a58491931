/** The WebSocket transport of the relay: bounded headers, and aborted connections that really end. */
import { webSockets } from '@libp2p/websockets'
import { withRealAborts } from '../src/wire/real-aborts.ts'
import { MAX_HEADER } from './limits.ts'

/** A transport factory for `createLibp2p`. */
export function relayTransport(): ReturnType<typeof webSockets> {
  const create = webSockets({ http: { maxHeaderSize: MAX_HEADER } })
  return (components) => {
    const transport = create(components)
    const createListener = transport.createListener.bind(transport)
    transport.createListener = (options) => createListener({ ...options, upgrader: withRealAborts(options.upgrader) })
    return transport
  }
}

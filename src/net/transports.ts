/** Transports every node has: WebSocket and circuit relay. WebRTC is handed in by the worker, where the shim is. */
import { circuitRelayTransport } from '@libp2p/circuit-relay-v2'
import { webSockets } from '@libp2p/websockets'
import type { Libp2pOptions } from 'libp2p'
import { withRealAborts } from '../wire/real-aborts.ts'

type TransportFactory = NonNullable<Libp2pOptions['transports']>[number]

/**
 * js-libp2p's WebSocket transport rejects a failed dial in browsers with a DOM event, which is no Error; callers up the
 * stack then fail on it. This makes it one. Its aborts are put right too.
 */
export const withDialErrors =
  (create: ReturnType<typeof webSockets>): ReturnType<typeof webSockets> =>
  (components) => {
    const transport = create(components)
    const dial = transport.dial.bind(transport)
    transport.dial = async (address, options) => {
      try {
        return await dial(address, { ...options, upgrader: withRealAborts(options.upgrader) })
      } catch (error) {
        throw error instanceof Error ? error : new Error(`could not open a WebSocket to ${address}`)
      }
    }
    return transport
  }

export const baseTransports = (
  webSocket: TransportFactory = withDialErrors(webSockets()),
): readonly TransportFactory[] => [webSocket, circuitRelayTransport()]

export type { TransportFactory }

/**
 * WebSocket connections whose aborts really end them. The js transport (@libp2p/websockets 10.1.21) aborts with close code
 * 1006, which browsers and `ws` refuse by throwing; the socket would stay open, unseen, until the other side leaves.
 */
import type { MultiaddrConnection, Upgrader } from '@libp2p/interface'

/** The two methods of the transport's connections that carry out an abort and a close. */
interface Resettable {
  sendReset(): void
  sendClose(): Promise<void>
}

/** The upgrader as given, for connections that end when they are aborted. */
export function withRealAborts(upgrader: Upgrader): Upgrader {
  const upgradeInbound: Upgrader['upgradeInbound'] = (connection, options) => {
    closeOnAbort(connection)
    return upgrader.upgradeInbound(connection, options)
  }
  const upgradeOutbound: Upgrader['upgradeOutbound'] = (connection, options) => {
    closeOnAbort(connection)
    return upgrader.upgradeOutbound(connection, options)
  }
  return Object.create(upgrader, {
    upgradeInbound: { value: upgradeInbound },
    upgradeOutbound: { value: upgradeOutbound },
  })
}

/** A normal close instead: the platform sends it and drops the socket itself if no answer comes. */
function closeOnAbort(connection: MultiaddrConnection): void {
  const socket = connection as unknown as Resettable
  if (typeof socket.sendClose !== 'function') return
  socket.sendReset = () => {
    // It throws only when the socket is closed already.
    socket.sendClose().catch(() => {})
  }
}

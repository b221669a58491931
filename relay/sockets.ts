/**
 * Half-open sockets and slow handshakes: how many there may be, of one address and in all, and how long. The listener of
 * `@libp2p/websockets` (10.1.21) waits for the first byte of a socket for ever, and libp2p bounds handshakes in all but not
 * those of one address, so that one of them could take every place.
 */
import type { Server, Socket } from 'node:net'
import type { Listener, MultiaddrConnection, Upgrader } from '@libp2p/interface'
import { getNetConfig } from '@libp2p/utils'
import type { Multiaddr } from '@multiformats/multiaddr'
import * as limits from './limits.ts'
import { placeOf } from './place.ts'

export interface SocketEvents {
  /** A socket was closed that did not become a connection in time, or a handshake refused. */
  refused(why: 'half-open' | 'handshakes'): void
}

export interface Sockets {
  /** Looks after the sockets of a listener, made by the transport. */
  watch(listener: Listener): void
  /** The upgrader as given, for no more handshakes of one address than it may have. */
  bound(upgrader: Upgrader): Upgrader
  /** Sockets that are no connection yet. */
  readonly pending: number
  /** Has a connection bytes that are still to go out? */
  held(): boolean
}

export function createSockets(events: SocketEvents): Sockets {
  /** Sockets that are no connection yet, by the other side's address and port. */
  const young = new Map<string, () => void>()
  const handshakes = new Map<string, number>()
  const open = new Set<Sending>()

  const onSocket = (socket: Socket): void => {
    const key = `${plain(socket.remoteAddress ?? '')} ${socket.remotePort}`
    const timer = setTimeout(() => {
      events.refused('half-open')
      socket.destroy()
    }, limits.HANDSHAKE_TIME)
    timer.unref()
    const grown = (): void => {
      clearTimeout(timer)
      if (young.get(key) === grown) young.delete(key)
    }
    young.set(key, grown)
    socket.once('close', grown)
  }

  const upgrade = async (connection: MultiaddrConnection, run: () => Promise<void>): Promise<void> => {
    const host = placeOf(connection.remoteAddr)?.host
    const now = (host === undefined ? undefined : handshakes.get(host)) ?? 0
    if (host !== undefined && now >= limits.PENDING_PER_HOST) {
      events.refused('handshakes')
      const error = new Error('too many handshakes of one address')
      connection.abort(error)
      throw error
    }
    if (host !== undefined) handshakes.set(host, now + 1)
    try {
      await run()
      young.get(keyOf(connection.remoteAddr))?.()
    } finally {
      if (host !== undefined) {
        const left = (handshakes.get(host) ?? 1) - 1
        if (left > 0) handshakes.set(host, left)
        else handshakes.delete(host)
      }
    }
  }

  return {
    watch(listener) {
      const { server } = listener as Listener & { readonly server?: Server }
      if (!server) return
      server.maxConnections = limits.MAX_RELAY_SOCKETS
      server.on('connection', onSocket)
    },
    bound(upgrader) {
      const upgradeInbound: Upgrader['upgradeInbound'] = (connection, options) => {
        open.add(connection)
        connection.addEventListener('close', () => open.delete(connection))
        return upgrade(connection, () => upgrader.upgradeInbound(connection, options))
      }
      return Object.create(upgrader, { upgradeInbound: { value: upgradeInbound } })
    },
    get pending() {
      return young.size
    },
    held: () => [...open].some(isHeld),
  }
}

/** A connection of libp2p; that of its WebSockets keeps the socket in a field that its types do not show. */
type Sending = MultiaddrConnection & { readonly websocket?: { readonly bufferedAmount: number } }

const isHeld = ({ writeBufferLength, websocket }: Sending): boolean =>
  writeBufferLength > 0 || (websocket?.bufferedAmount ?? 0) > 0

function keyOf(address: Multiaddr): string {
  const { host, port } = getNetConfig(address)
  return `${plain(host)} ${port}`
}

/** One spelling for an IPv4 address, whichever socket it came by. */
const plain = (host: string): string => host.replace(/^::ffff:/i, '')

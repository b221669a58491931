/**
 * libp2p over the app's own port: a request there to become a WebSocket is handed to libp2p's listener. So one port open
 * to the world, one certificate and one rule of a reverse proxy serve the app and the relay alike.
 */
import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Listener } from '@libp2p/interface'
import { pathOf } from './http.ts'
import * as limits from './limits.ts'

type Upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => void

export interface Upgrades {
  /** A listener of `@libp2p/websockets`, which can take requests that came elsewhere. */
  offer(listener: Listener): void
  /** Takes those of this server. */
  serve(server: Server): void
}

export function createUpgrades(): Upgrades {
  let upgrade: Upgrade | undefined
  return {
    offer(listener) {
      const { onUpgrade } = listener as Listener & { readonly onUpgrade?: Upgrade }
      upgrade ??= onUpgrade?.bind(listener)
    },
    serve(server) {
      server.on('upgrade', (request, socket, head) => {
        socket.on('error', () => socket.destroy())
        if (pathOf(request.url) !== '/' || !upgrade) {
          socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
          return
        }
        // The server's limit for silence is for HTTP; libp2p has its own, and a handshake that hangs ends with it.
        request.socket.setTimeout(limits.HANDSHAKE_TIME, () => request.socket.destroy())
        upgrade(request, socket, head)
      })
    },
  }
}

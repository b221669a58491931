/** A TCP proxy that can fall silent: both ends keep an open connection over which nothing comes any more. */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

export interface TcpProxy {
  readonly port: number
  /** Connections made to it so far. */
  readonly accepted: number
  /** While true nothing is forwarded, either way. */
  silent: boolean
  close(): void
}

/** A proxy to `port` on the loopback interface. */
export async function tcpProxy(port: number): Promise<TcpProxy> {
  const sockets = new Set<Socket>()
  let accepted = 0
  const server = createServer((near) => {
    accepted++
    const far = connect(port, '127.0.0.1')
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from)
      from.on('data', (data) => proxy.silent || to.write(data))
      from.on('close', () => proxy.silent || to.destroy())
      from.on('error', () => {})
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const proxy = {
    port: (server.address() as AddressInfo).port,
    get accepted() {
      return accepted
    },
    silent: false,
    close() {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
  return proxy
}

/** The TCP port in a multiaddr, and the multiaddr with another. */
export const portOf = (address: string): number => Number(address.match(/\/tcp\/(\d+)/)?.[1])
export const withPort = (address: string, port: number): string => address.replace(/\/tcp\/\d+/, `/tcp/${port}`)

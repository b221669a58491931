/** Listening with errors a person can act on: every failure names the port and the flag that changes it. */
import { once } from 'node:events'
import type { Server as HttpServer } from 'node:http'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { CafeError } from '../src/core/errors.ts'

/** Name of the host for "this machine only". */
export const LOOPBACK = 'localhost'

/** Tries for one port free on both loopback addresses when any port will do. */
const PAIR_TRIES = 8

/**
 * Listens on `host` and `port`. `localhost` means 127.0.0.1 and, where the machine has it, ::1 on the same port, since
 * browsers resolve `*.localhost` to either.
 *
 * @param create makes one more server of the same kind; called once for each address.
 * @param flag the flag that sets the port, for the error.
 * @returns the servers and their port.
 * @throws CafeError CONFLICT if the port is taken, FORBIDDEN if it may not be used, INTERNAL otherwise; with `port` and `flag`.
 */
export async function listen<S extends HttpServer>(
  create: () => S,
  host: string,
  port: number,
  flag: string,
): Promise<{ servers: S[]; port: number }> {
  if (host !== LOOPBACK) {
    const server = create()
    return { servers: [server], port: await bind(server, host, port, flag) }
  }
  for (let left = PAIR_TRIES; ; left--) {
    const four = create()
    const bound = await bind(four, '127.0.0.1', port, flag)
    const six = create()
    try {
      await bind(six, '::1', bound, flag)
      return { servers: [four, six], port: bound }
    } catch (error) {
      if (error instanceof CafeError && error.data.reason === 'EADDRNOTAVAIL') return { servers: [four], port: bound }
      four.close()
      if (port !== 0 || left === 0) throw error
    }
  }
}

/**
 * Why `port` of `host` cannot be listened on, as {@link listen} would say it; `undefined` if it can.
 * For listeners, such as libp2p's, whose errors carry only text.
 */
export async function whyNot(host: string, port: number, flag: string): Promise<CafeError | undefined> {
  const probe = createServer()
  try {
    await bind(probe, host, port, flag)
    probe.close()
    return undefined
  } catch (error) {
    return error as CafeError
  }
}

async function bind(server: Server, host: string, port: number, flag: string): Promise<number> {
  server.listen({ host, port })
  try {
    await once(server, 'listening')
  } catch (cause) {
    throw toListenError(cause, port, flag)
  }
  return (server.address() as AddressInfo).port
}

function toListenError(cause: unknown, port: number, flag: string): CafeError {
  const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  if (reason === 'EADDRINUSE') return new CafeError('CONFLICT', { port, flag, reason }, { cause })
  if (reason === 'EACCES') return new CafeError('FORBIDDEN', { port, flag, reason }, { cause })
  // No such address here: the machine has no IPv6, or the host is not ours.
  const absent = reason === 'EADDRNOTAVAIL' || reason === 'EAFNOSUPPORT'
  return new CafeError('INTERNAL', { port, flag, reason: absent ? 'EADDRNOTAVAIL' : reason }, { cause })
}

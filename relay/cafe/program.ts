/** A cafe in Node as it is run: the cafe, its HTTP server, and the way to it for the person at the terminal. */
import { once } from 'node:events'
import type { Server } from 'node:http'
import type { OpenCafe } from '../../src/cafe/host-status.ts'
import { CafeError } from '../../src/core/errors.ts'
import type { Log } from '../../src/core/log.ts'
import { STOP_GRACE } from '../limits.ts'
import { LOOPBACK, listen, whyNot } from '../listen.ts'
import { createNodeCafe, type NodeCafe } from './cafe.ts'
import type { CafeConfig } from './config.ts'
import { openControl } from './control.ts'
import { createCafeServer } from './server.ts'

export interface CafeProgram {
  /** Where it answers over HTTP. */
  readonly url: string
  readonly cafe: NodeCafe
  /** What it shows to people: also the invite. */
  readonly card: OpenCafe
  /** Resolves when somebody has had it close by a command. */
  readonly closed: Promise<void>
  /** Closes everything; what is kept stays. Safe to call again. */
  stop(): Promise<void>
}

/** Multiaddrs of WebSocket at an address of this machine. */
export function listenAddresses(host: string, port: number): string[] {
  const hosts = host === LOOPBACK ? ['127.0.0.1'] : host === '::' ? ['0.0.0.0', '::'] : [host]
  return hosts.map((one) => `/${one.includes(':') ? 'ip6' : 'ip4'}/${one}/tcp/${port}/ws`)
}

/**
 * Opens the cafe of `config` and serves it.
 * @throws CafeError as `createNodeCafe`; CONFLICT, FORBIDDEN or INTERNAL with `port` and `flag` if it cannot listen.
 */
export async function runCafe(config: CafeConfig, { log }: { readonly log: Log }): Promise<CafeProgram> {
  const { name, mode, budget, data, store, host, cafePort } = config
  const cafe = await createNodeCafe({
    ...{ name, mode, budget, data, store, log },
    listen: listenAddresses(host, cafePort),
    ...{ announce: config.announce, relays: config.relay, origin: config.app },
  })
  const ends: Array<() => Promise<void>> = [cafe.stop]
  let stopping: Promise<void> | undefined
  const stop = (): Promise<void> => (stopping ??= endAll(ends, log))
  try {
    await checkListening(cafe, config)
    const health = (): unknown => ({ ok: true, peerId: cafe.peer, connections: cafe.connections() })
    const create = (): Server => createCafeServer({ answer: cafe.answer, health, log })
    const bound = await listen(create, host, config.port, '--port')
    ends.push(...bound.servers.map((server) => () => closeServer(server)))
    const closed = Promise.withResolvers<void>()
    const control = await openControl(data, { hosting: cafe.hosting, close: closed.resolve })
    ends.push(control.close)
    const card = await cafe.hosting.status()
    if (!card.open) throw new CafeError('INTERNAL')
    const url = `http://${host.includes(':') ? `[${host}]` : host}:${bound.port}/`
    return { url, cafe, card, closed: closed.promise, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** libp2p goes on without a listener that failed, for the sake of relays that are down; a cafe without one is of no use. */
async function checkListening(cafe: NodeCafe, { host, cafePort, relay }: CafeConfig): Promise<void> {
  const own = cafe.addresses().filter((address) => !address.includes('/p2p-circuit'))
  if (own.length > 0 || relay.length > 0) return
  for (const one of host === LOOPBACK ? ['127.0.0.1'] : [host]) {
    const reason = await whyNot(one, cafePort, '--cafe-port')
    if (reason) throw reason
  }
  throw new CafeError('INTERNAL', { port: cafePort, flag: '--cafe-port', reason: '' })
}

async function closeServer(server: Server): Promise<void> {
  const closed = once(server, 'close')
  server.close()
  server.closeIdleConnections()
  // What is being sent may end; what does not is cut.
  const timer = setTimeout(() => server.closeAllConnections(), STOP_GRACE)
  await closed
  clearTimeout(timer)
}

/** The last first. */
async function endAll(ends: Array<() => Promise<void>>, log: Log): Promise<void> {
  for (const end of ends.splice(0).reverse()) await end().catch((cause) => log('warn', 'closing failed', { cause }))
}

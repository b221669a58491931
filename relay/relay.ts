/** Composition root of the relay: the libp2p node, the app server and what they tell each other. */
import { once } from 'node:events'
import type { Server } from 'node:http'
import type { Log } from '../src/core/log.ts'
import type { RelayConfig } from './config.ts'
import { createDirectory } from './directory.ts'
import { createDoor } from './door.ts'
import { createDoorCafes } from './door-cafes.ts'
import { serveFind } from './find.ts'
import { createHealth } from './health.ts'
import { createHouse } from './house.ts'
import { createAppServer } from './http.ts'
import { STOP_GRACE } from './limits.ts'
import { LOOPBACK, listen } from './listen.ts'
import { startNode } from './node.ts'
import { POLICIES, type Policy } from './policy.ts'
import { loadApp } from './static.ts'

/** A running relay. */
export interface Relay {
  /** Where a browser on this machine opens the app. */
  readonly url: string
  /** Full addresses, ending in `/p2p/<peer id>`; announced ones first. */
  readonly multiaddrs: string[]
  readonly peerId: string
  /** Closes everything within {@link STOP_GRACE}, whoever is connected. Safe to call again. */
  stop(): Promise<void>
}

/**
 * Starts a relay.
 *
 * @throws CafeError NOT_FOUND with `folder` if the app is not built; CONFLICT, FORBIDDEN or INTERNAL with `port` and
 * `flag` if it cannot listen.
 * @example
 * ```ts
 * const relay = await createRelay({ ...config, port: 0, relayPort: 0 }, { log: silentLog })
 * relay.url // "http://cafe.localhost:41234/"
 * await relay.stop()
 * ```
 */
export async function createRelay(
  config: RelayConfig,
  { log, policy = POLICIES.table }: { readonly log: Log; readonly policy?: Policy },
): Promise<Relay> {
  const app = config.noApp ? undefined : await loadApp(config.app)
  const house = createHouse(policy)
  const node = await startNode(config, house, log)
  await serveFind(node, log)
  const peerId = node.peerId.toString()
  const addresses = (): string[] => {
    const announced = config.announce.map((address) =>
      address.includes('/p2p/') ? address : `${address}/p2p/${peerId}`,
    )
    return [...new Set([...announced, ...node.getMultiaddrs().map(String)])]
  }
  const health = createHealth(
    {
      peerId,
      connections: () => node.getConnections().length,
      reservations: () => node.services.relay.reservations.size,
    },
    () => performance.now(),
  )
  const cafes = createDirectory(node, addresses)
  // Every browser takes *.localhost for this machine, so there websites need nobody's leave.
  const contentHost = config.contentHost ?? (nameOf(config.host) === 'cafe.localhost' ? 'cafe.localhost' : undefined)
  const door = createDoor({ cafes: createDoorCafes(node), doorHost: contentHost, log })
  const answers = {
    ...{ app, log, health, cafes, contentHost, routes: [door] },
    config: () => ({ relay: addresses(), iceServers: config.iceServers, contentHost: app?.site && contentHost }),
  }
  const bound = await listen(() => createAppServer(answers), config.host, config.port, '--port').catch(
    async (error) => {
      await node.stop()
      throw error
    },
  )
  let stopping: Promise<void> | undefined
  return {
    url: `http://${nameOf(config.host)}:${bound.port}/`,
    multiaddrs: addresses(),
    peerId,
    stop: () => {
      stopping ??= stopAll([...bound.servers.map(closeServer), async () => node.stop()], log)
      return stopping
    },
  }
}

/** What to type into a browser here: the app's own name wherever this machine can be reached by it. */
function nameOf(host: string): string {
  if ([LOOPBACK, '127.0.0.1', '0.0.0.0', '::', '::1'].includes(host)) return 'cafe.localhost'
  return host.includes(':') ? `[${host}]` : host
}

function closeServer(server: Server): () => Promise<void> {
  return async () => {
    const closed = once(server, 'close')
    server.close()
    server.closeAllConnections()
    await closed
  }
}

async function stopAll(tasks: readonly (() => Promise<void>)[], log: Log): Promise<void> {
  const { promise: timeout, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(() => {
    log('debug', 'some connections did not close in time')
    resolve()
  }, STOP_GRACE)
  const all = Promise.all(tasks.map((task) => task().catch((error) => log('warn', 'closing failed', { error }))))
  await Promise.race([all, timeout])
  clearTimeout(timer)
}

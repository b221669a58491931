/** Composition root of the relay: the libp2p node, the app server and what they tell each other. */
import { once } from 'node:events'
import type { Server } from 'node:http'
import { join } from 'node:path'
import type { Log } from '../src/core/log.ts'
import type { AcmeCertificates } from './acme/acme.ts'
import { nameOf, secureAddresses, someOf, urlOf, withPeer } from './addresses.ts'
import type { OpenCafe } from './cafe/resident.ts'
import type { RelayConfig } from './config.ts'
import { createDirectory } from './directory.ts'
import { createDoor } from './door.ts'
import { createDoorCafes } from './door-cafes.ts'
import { createDrain, createTraffic, type Drain } from './drain.ts'
import { serveFind } from './find.ts'
import { createHealth } from './health.ts'
import { createHouse } from './house.ts'
import { createAppServer, type HttpComponents, type Route } from './http.ts'
import type { Lan } from './lan/lan.ts'
import type { LanShown } from './lan/show.ts'
import { CONFIG_ADDRESSES, STOP_GRACE } from './limits.ts'
import { listen } from './listen.ts'
import { metricsRoute } from './metrics-route.ts'
import { startNode } from './node.ts'
import { openapiRoute } from './openapi-route.ts'
import { POLICIES } from './policy.ts'
import { keepAssets } from './previous.ts'
import { type Earlier, loadApp } from './static.ts'
import { type StunServer, startStun } from './stun.ts'
import { type Certificates, certificatesFromFiles } from './tls.ts'
import { createUpgrades } from './upgrades.ts'

/** A running relay. */
export interface Relay {
  /** Where a browser on this machine opens the app. */
  readonly url: string
  /** Full addresses, ending in `/p2p/<peer id>`; announced ones first. */
  readonly multiaddrs: string[]
  readonly peerId: string
  /** With `lan`: where people on the network find it. */
  readonly lan?: LanShown | undefined
  /** Looks for newer certificates now. */
  refresh(): Promise<void>
  /** Leaves gently; see `drain.ts`. Afterwards it is still to be stopped. */
  drain: Drain['run']
  /** The cafe that is open in this very process, if one was asked for. */
  readonly cafe?: OpenCafe | undefined
  /** Closes everything within {@link STOP_GRACE}, whoever is connected. Safe to call again. */
  stop(): Promise<void>
}

/**
 * Starts a relay.
 *
 * @throws CafeError NOT_FOUND with `folder` if the app is not built; CONFLICT, FORBIDDEN or INTERNAL with `port` and
 * `flag` if it cannot listen; BAD_REQUEST with `file` if a certificate cannot be used, with `what: 'addresses'` if a relay
 * for the network is in none.
 * @example
 * ```ts
 * const relay = await createRelay({ ...config, port: 0, relayPort: 0 }, { log: silentLog })
 * relay.url // "http://cafe.localhost:41234/"
 * await relay.stop()
 * ```
 */
export async function createRelay(config: RelayConfig, { log }: { readonly log: Log }): Promise<Relay> {
  const app = config.noApp ? undefined : await loadApp(config.app, earlierIn(config.data, log))
  const lan = config.lan ? await openNetwork(config, log) : undefined
  const acme = config.acmeDomain.length > 0 ? await openAuthority(config, log) : undefined
  const certificates = lan?.certificates ?? acme ?? (await openCertificates(config, log))
  const house = createHouse(config.policy ?? POLICIES.table)
  const upgrades = createUpgrades()
  const node = await startNode(config, house, log, upgrades)
  await serveFind(node, log)
  const peerId = node.peerId.toString()
  let httpsPort: number | undefined
  const addresses = (): string[] => {
    const secure = certificates && httpsPort !== undefined ? secureAddresses(certificates, httpsPort) : []
    const all = [...config.announce, ...secure, ...node.getMultiaddrs().map(String)]
    return [...new Set(all.map((address) => withPeer(address, peerId)))]
  }
  const traffic = createTraffic()
  const now = (): number => performance.now()
  const drain = createDrain({ close: house.close, moved: house.moved, held: house.held, traffic, now })
  const health = createHealth(
    {
      peerId,
      draining: () => drain.draining,
      connections: () => node.getConnections().length,
      reservations: () => node.services.relay.reservations.size,
    },
    now,
  )
  const cafes = createDirectory(node, addresses)
  // Every browser takes *.localhost for this machine, so there websites need nobody's leave.
  const contentHost = config.contentHost ?? (nameOf(config.host) === 'cafe.localhost' ? 'cafe.localhost' : undefined)
  const { cafe: name, host, cafePort, cafeData } = config
  // Loaded where it is asked for: a relay alone needs neither the cafe nor its stores.
  const settings = name === undefined ? undefined : { name, host, port: cafePort, data: cafeData }
  const resident = settings && (await import('./cafe/resident.ts')).createResident(settings, log)
  const door = { doorHost: contentHost, ended: house.metrics.door, closed: () => drain.draining, log }
  // What else is answered here: one line each.
  const routes: Route[] = [
    ...(resident ? [resident.route] : []),
    ...(config.door ? [createDoor({ cafes: createDoorCafes(node), ...door }), openapiRoute(contentHost)] : []),
    metricsRoute(house.metrics, config.metrics ?? 'local'),
  ]
  const answers: HttpComponents = {
    ...{ app, log, health, cafes, contentHost, routes, traffic },
    config: (at) => ({
      relay: someOf(addresses(), CONFIG_ADDRESSES),
      // By the name that the page itself came by: that leads here.
      iceServers: [
        ...config.iceServers,
        ...(stun && at ? [{ urls: [`stun:${at.replace(/:\d+$/, '')}:${stun.port}`] }] : []),
      ],
      contentHost: app?.site && contentHost,
    }),
  }
  const open: Array<() => Promise<void>> = [async () => node.stop(), ...(resident ? [resident.stop] : [])]
  const serve = async (port: number, flag: string, secure?: Certificates): Promise<number> => {
    const create = (): Server => {
      // Over http the network gets what it takes to trust https; this machine's own names get the app.
      const more = secure ? [] : [...(lan ? [lan.page(() => httpsPort ?? 0)] : []), ...(acme ? [acme.route] : [])]
      const server = createAppServer({ ...answers, routes: [...more, ...routes] }, secure)
      upgrades.serve(server)
      return server
    }
    const bound = await listen(create, config.host, port, flag)
    open.push(...bound.servers.map(closeServer))
    return bound.port
  }
  let stopping: Promise<void> | undefined
  const stop = (): Promise<void> => {
    certificates?.stop()
    stopping ??= stopAll(open, log)
    return stopping
  }
  let stun: StunServer | undefined
  try {
    if (config.stunPort !== undefined) {
      stun = await startStun(config.host, config.stunPort, log)
      open.push(stun.stop)
    }
    const port = await serve(config.port, '--port')
    // Also where a certificate is still to come: until then handshakes fail, but a port that cannot be had is said at once.
    if (certificates) httpsPort = await serve(config.httpsPort, '--https-port', certificates)
    acme?.begin()
    const secure = certificates && !lan && httpsPort !== undefined ? { certificates, port: httpsPort } : undefined
    const url = urlOf(config.host, port, secure)
    const cafe = await resident?.open({ relays: addresses(), origin: new URL(url).origin })
    return {
      ...(lan && { lan: lan.shown({ http: port, https: httpsPort ?? 0 }) }),
      ...{ url, multiaddrs: addresses(), peerId, cafe, stop },
      refresh: async () => certificates?.refresh(),
      drain: drain.run,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Files of earlier builds, kept with the relay's data; a folder that cannot be written costs only these. */
function earlierIn(data: string, log: Log): Earlier {
  return (current) =>
    keepAssets(join(data, 'assets'), current, Date.now()).catch((error) => {
      log('warn', 'files of earlier builds cannot be kept', { error })
      return new Map()
    })
}

/** Loaded only where it is asked for: making certificates takes some code. */
async function openNetwork(config: RelayConfig, log: Log): Promise<Lan> {
  return (await import('./lan/lan.ts')).openLan(config, log)
}

/** Loaded only where it is asked for, too. */
async function openAuthority(config: RelayConfig, log: Log): Promise<AcmeCertificates> {
  return (await import('./acme/acme.ts')).openAcme(config, log)
}

/** The maker of certificates; none if nobody asked for https. */
async function openCertificates({ tlsCert, tlsKey }: RelayConfig, log: Log): Promise<Certificates | undefined> {
  return tlsCert && tlsKey ? certificatesFromFiles(tlsCert, tlsKey, log) : undefined
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

/** The relay's libp2p node: circuit relay v2 over WebSocket, under one identity that outlives restarts. */
import { mkdir } from 'node:fs/promises'
import { type CircuitRelayService, circuitRelayServer } from '@libp2p/circuit-relay-v2'
import { loadOrCreateSelfKey } from '@libp2p/config'
import { type Identify, type IdentifyPush, identify, identifyPush } from '@libp2p/identify'
import type { Libp2p, PrivateKey } from '@libp2p/interface'
import { noise } from '@libp2p/noise'
import { type Ping, ping } from '@libp2p/ping'
import { yamux } from '@libp2p/yamux'
import { FsDatastore } from 'datastore-fs'
import { createLibp2p } from 'libp2p'
import { CafeError } from '../src/core/errors.ts'
import { type Log, silentLog } from '../src/core/log.ts'
import { createHouse, type House } from './house.ts'
import * as limits from './limits.ts'
import { LOOPBACK, whyNot } from './listen.ts'
import { createGater, dropStaleConnections } from './peers.ts'
import { POLICIES } from './policy.ts'
import { relayTransport } from './transport.ts'

export type RelayNode = Libp2p<{
  relay: CircuitRelayService
  identify: Identify
  identifyPush: IdentifyPush
  ping: Ping
}>

/** Where the node listens, what else it says it can be reached at, and where its key is kept. */
export interface NodeConfig {
  readonly host: string
  readonly relayPort: number
  readonly announce: readonly string[]
  readonly data: string
}

/**
 * Starts the node.
 * @throws CafeError CONFLICT, FORBIDDEN or INTERNAL as `listen` does, naming `--relay-port`.
 */
export async function startNode(
  config: NodeConfig,
  house: House = createHouse(POLICIES.table),
  log: Log = silentLog,
): Promise<RelayNode> {
  // Pages dial the address that /config.json gives, so for loopback IPv4 alone is enough here.
  const hosts = config.host === LOOPBACK ? ['127.0.0.1'] : config.host === '::' ? ['0.0.0.0', '::'] : [config.host]
  const listen = hosts.map((host) => `/${host.includes(':') ? 'ip6' : 'ip4'}/${host}/tcp/${config.relayPort}/ws`)
  const node = await createNode(await loadKey(config.data), listen, config.announce, house)
  await house.attach(node, log)
  // The relay never dials, so what it learnt of a peer that left is of no use.
  node.addEventListener('peer:disconnect', ({ detail: peer }) => void node.peerStore.delete(peer))
  dropStaleConnections(node)
  try {
    await node.start()
  } catch (cause) {
    await node.stop()
    for (const host of hosts) {
      const reason = await whyNot(host, config.relayPort, '--relay-port')
      if (reason) throw reason
    }
    throw new CafeError('INTERNAL', { port: config.relayPort, flag: '--relay-port', reason: '' }, { cause })
  }
  return node
}

async function createNode(
  privateKey: PrivateKey,
  listen: string[],
  announce: readonly string[],
  { policy, sockets, metrics }: House,
): Promise<RelayNode> {
  let started: RelayNode | undefined
  const node = await createLibp2p({
    start: false,
    privateKey,
    addresses: { listen, appendAnnounce: [...announce] },
    transports: [relayTransport(sockets)],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux({ streamOptions: { maxStreamWindowSize: limits.STREAM_WINDOW } })],
    connectionGater: createGater({
      policy,
      connections: () => started?.getConnections() ?? [],
      refused: metrics.connection,
    }),
    // A ping that is late because the uplink is full must not cut the transfer that fills it.
    connectionMonitor: { abortConnectionOnPingFailure: false },
    connectionManager: {
      maxConnections: limits.MAX_CONNECTIONS,
      maxIncomingPendingConnections: limits.MAX_PENDING,
      inboundConnectionThreshold: limits.NEW_CONNECTIONS_PER_SECOND,
    },
    services: {
      identify: identify(),
      // A peer says so when it opens a cafe or closes it.
      identifyPush: identifyPush(),
      ping: ping(),
      relay: circuitRelayServer({
        maxInboundHopStreams: limits.CIRCUITS_FROM_PEER,
        maxOutboundStopStreams: limits.CIRCUITS_TO_PEER,
        reservations: {
          maxReservations: policy.seats,
          reservationTtl: limits.RESERVATION_TTL,
          defaultDataLimit: limits.CIRCUIT_BYTES,
          defaultDurationLimit: limits.CIRCUIT_TIME,
        },
      }),
    },
  })
  started = node
  return node
}

/** The relay's key, made at the first start; the folder is for its owner only. */
async function loadKey(folder: string): Promise<PrivateKey> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const store = new FsDatastore(folder)
  await store.open()
  try {
    return await loadOrCreateSelfKey(store)
  } finally {
    await store.close()
  }
}

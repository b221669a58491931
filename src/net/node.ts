/**
 * The libp2p and helia node of this device: the one door to both. It talks to nobody it was not told about: no public
 * bootstrap, router, gateway or STUN server. Its identity is made once and kept in the datastore.
 */
import { withLibp2pLight } from '@helia/libp2p'
import { loadOrCreateSelfKey } from '@libp2p/config'
import { identify, identifyPush } from '@libp2p/identify'
import type { Connection, PrivateKey } from '@libp2p/interface'
import { noise } from '@libp2p/noise'
import { ping } from '@libp2p/ping'
import { yamux } from '@libp2p/yamux'
import { BaseBlockstore } from 'blockstore-core/base'
import { createHeliaLight } from 'helia'
import type { Datastore } from 'interface-datastore'
import type { CID } from 'multiformats/cid'
import { CafeError, toCafeError } from '../core/errors.ts'
import type { PeerIdText } from '../core/ids.ts'
import { BLOCK_TIMEOUT, MAX_ADDRESSES, STREAMS_PER_PEER } from '../core/limits.ts'
import type { Log } from '../core/log.ts'
import type { Blocks } from '../store/blocks.ts'
import { blockProtocol } from '../wire/block.ts'
import { serve } from '../wire/serve.ts'
import { blockService, createFetcher, type Fetcher } from './blocks.ts'
import { createConnector, type PeerConnector } from './connector.ts'
import type { DoorBlocks } from './door-blocks.ts'
import { type Guests, type ToldGuests, tellGuests } from './guests.ts'
import { createPairTransport, type PairTransport } from './pair-transport.ts'
import { isHereOnly, isLimited, transportOf, type WhyRelayed } from './paths.ts'
import { type Places, type PlacesComponents, placesGate } from './places.ts'
import { keepRelays, type Relays, relayPeer } from './relays.ts'
import { baseTransports, type TransportFactory } from './transports.ts'
import { createWake } from './wake.ts'

export interface NodeInit {
  readonly datastore: Datastore
  readonly blocks: Blocks
  /** Multiaddrs of relays, each ending in `/p2p/<id>`. */
  readonly relays: readonly string[]
  /** Transports beside WebSocket and circuit relay, and what to listen on for them. */
  readonly transports?: readonly TransportFactory[]
  /** In the place of the usual WebSocket transport: of whoever takes connections, too. */
  readonly webSocket?: TransportFactory | undefined
  readonly listen?: readonly string[]
  /** Who this node is, where that is not kept in the datastore. */
  readonly privateKey?: PrivateKey | undefined
  /** Addresses to name beside those it listens on: of a router or proxy that leads here. */
  readonly announce?: readonly string[]
  /** Can this node make direct connections now? */
  readonly canDirect?: () => boolean
  /** Peers likely to have this user's blocks. */
  readonly cafes?: () => readonly PeerIdText[]
  /** Peers for whom there is always a place; without it nobody is known, and everybody may take one. */
  readonly known?: PlacesComponents['known'] | undefined
  /** {@link PLACES} without it. */
  readonly places?: Places | undefined
  /** The way to blocks of cafes that do not admit this node. */
  readonly door?: DoorBlocks | undefined
  /** A block was fetched and stored. */
  readonly onFetched?: (cid: CID, size: number) => void
  readonly log: Log
  /** Connections or addresses have changed. */
  readonly onChange?: () => void
  /** Whom relays may let through to this node, beside peers it knows the addresses of; anybody, a few at once, without it. */
  readonly guests?: () => Promise<Guests>
}

export interface NodeConnection {
  readonly peerId: PeerIdText
  readonly path: 'direct' | 'relayed'
  readonly transport: 'webrtc' | 'websocket' | 'other'
  readonly address: string
  readonly since: number
  /** For a relayed one, why it is not direct, as far as this side has tried. */
  readonly whyRelayed?: WhyRelayed | undefined
}

export interface Node {
  readonly peer: PeerIdText
  /** Signs as this peer: for records that others keep. */
  readonly privateKey: PrivateKey
  readonly connector: PeerConnector
  readonly fetcher: Fetcher
  readonly relays: Relays
  /** What relays are told of its guests, and what they say it has used. */
  readonly guests: Pick<ToldGuests, 'changed' | 'admit' | 'usage'>
  /** Where others can dial this node now. */
  addresses(): readonly string[]
  connections(): readonly NodeConnection[]
  /** Milliseconds of a round trip to `peer`, to which it connects first. @throws CafeError UNREACHABLE or TIMEOUT. */
  probe(peer: PeerIdText, options: { signal: AbortSignal }): Promise<number>
  /** Resolves when this node can be dialled through a relay, or when the signal fires. */
  reserved(signal: AbortSignal): Promise<void>
  /** There is reason to doubt the open connections: tests each, drops the dead, tries again what was given up. */
  wake(why: string): void
  /** A block from here or from the network, verified. */
  get(cid: CID, options?: { signal?: AbortSignal }): Promise<Uint8Array<ArrayBuffer>>
  /** Makes a connection of a channel that two people have opened by showing each other codes. */
  readonly pair: PairTransport['upgrade']
  /** Answers `protocol` from now on. */
  handle(
    protocol: string,
    handler: (stream: Parameters<Parameters<HeliaLibp2p['handle']>[1]>[0], connection: Connection) => Promise<void>,
    options: { limited: boolean; maxStreams: number },
  ): Promise<void>
  unhandle(protocol: string): Promise<void>
  stop(): Promise<void>
}

type HeliaLibp2p = ReturnType<typeof withLibp2pLight>['libp2p']

/** Connections of a browser node: a cafe for a hundred people, and as many who are not known yet. */
const PLACES: Places = { all: 200, strangers: 100 }
/** Milliseconds between two looks whether a relay has given us an address. */
const ADDRESS_POLL = 50

/** Streams for tests of liveness: libp2p's monitor may wait on one for long while a wake wants its own. */
const PING = '/ipfs/ping/1.0.0'
const PINGS = { maxInboundStreams: 8, maxOutboundStreams: 8 }

export async function createNode(init: NodeInit): Promise<Node> {
  const { datastore, blocks, log, onChange = () => {}, onFetched = () => {}, canDirect = () => true } = init
  // Filled in below: the broker needs the node's connector, the node needs the broker.
  let fetcher: Fetcher | undefined
  const broker = {
    name: 'popup-cafe',
    retrieve: (cid: CID, { signal }: { signal?: AbortSignal } = {}): Promise<Uint8Array> => {
      if (!fetcher) throw new CafeError('UNREACHABLE')
      return fetcher.fetch(cid, { signal: signal ?? AbortSignal.timeout(BLOCK_TIMEOUT) })
    },
  }
  const privateKey = init.privateKey ?? (await loadOrCreateSelfKey(datastore))
  const pairs = createPairTransport()
  const transports = [pairs.factory, ...(init.transports ?? [])]
  let started: HeliaLibp2p | undefined
  const helia = withLibp2pLight(
    createHeliaLight({ datastore, blockstore: new HeliaBlockstore(blocks, onFetched), blockBrokers: [broker] }),
    { ...libp2pOptions({ ...init, transports }, () => started?.getConnections() ?? []), privateKey },
  )
  await helia.start()
  const { libp2p } = helia
  started = libp2p
  const peer = libp2p.peerId.toString() as PeerIdText

  const connector = createConnector({ libp2p, canDirect, log, onChange })
  const relays = keepRelays(libp2p, init.relays, { log, know: connector.know })
  const relayList = () => relays.addresses.map((address) => ({ address, peer: relayPeer(address) }))
  const told = tellGuests({ libp2p, connector, relays, guests: () => guestsOf(init, connector), log })
  fetcher = createFetcher({ connector, relays: relayList, cafes: init.cafes ?? (() => []), door: init.door })

  const handle: Node['handle'] = (protocol, handler, { limited, maxStreams }) =>
    libp2p.handle(protocol, handler, { runOnLimitedConnection: limited, maxInboundStreams: maxStreams })
  const answerBlocks = serve(blockProtocol, blockService(blocks), { guard: async () => undefined, log })
  await handle(blockProtocol.id, answerBlocks, { limited: true, maxStreams: STREAMS_PER_PEER })

  const onWake = (): void => {
    connector.retry()
    relays.retry()
  }
  const wake = createWake({ libp2p, log, onWake, onChange })

  const addresses = (): readonly string[] =>
    libp2p
      .getMultiaddrs()
      .map(String)
      .filter((address) => !address.startsWith('/webrtc') && !address.startsWith('/p2p-circuit'))
      // Those that only this machine can use go first where there are too many.
      .toSorted((a, b) => Number(isHereOnly(a)) - Number(isHereOnly(b)))
      .slice(0, MAX_ADDRESSES)

  for (const event of ['connection:open', 'connection:close', 'self:peer:update'] as const)
    libp2p.addEventListener(event, onChange)

  return {
    peer,
    privateKey,
    connector,
    fetcher,
    relays,
    guests: told,
    addresses,
    async reserved(signal) {
      // Looked at, not listened for: the event comes a second late, since libp2p gathers changes before it tells.
      while (relays.addresses.length > 0 && addresses().length === 0 && !signal.aborted)
        await new Promise((resolve) => setTimeout(resolve, ADDRESS_POLL))
    },
    connections: () =>
      libp2p
        .getConnections()
        .filter(({ status }) => status === 'open')
        .map((connection) => describe(connection, connector)),
    async probe(peer, { signal }) {
      const trip = async (): Promise<number> => {
        const started = performance.now()
        // Agreeing on a protocol is a question and its answer.
        const stream = await connector.open(peer, PING, { signal, limited: true })
        const ms = performance.now() - started
        stream.abort(new CafeError('ABORTED'))
        return ms
      }
      await trip() // connects
      return Math.round(await trip())
    },
    async get(cid, { signal = AbortSignal.timeout(BLOCK_TIMEOUT) } = {}) {
      try {
        for await (const bytes of helia.blockstore.get(cid, { signal })) return bytes as Uint8Array<ArrayBuffer>
      } catch (error) {
        // Helia gathers what its brokers threw; ours is the one that tells why.
        throw toCafeError(error instanceof AggregateError ? (error.errors[0] ?? error) : error)
      }
      throw new CafeError('NOT_FOUND')
    },
    wake: wake.poke,
    pair: pairs.upgrade,
    handle,
    unhandle: (protocol) => libp2p.unhandle(protocol),
    async stop() {
      wake.stop()
      told.stop()
      connector.close()
      relays.stop()
      fetcher?.close()
      await helia.stop()
    },
  }
}

function libp2pOptions(
  { relays, transports = [], webSocket, listen = [], announce = [], known, places = PLACES }: NodeInit,
  connections: () => readonly Connection[],
): Parameters<typeof withLibp2pLight>[1] {
  return {
    addresses: {
      listen: [...(relays.length > 0 ? ['/p2p-circuit'] : []), ...listen],
      appendAnnounce: [...announce],
    },
    transports: [...baseTransports(webSocket), ...transports],
    // Bounds the relayed path: bytes are encrypted from end to end and once more on each WebSocket, and those two
    // ChaCha20-Poly1305 are more than half of all script that runs then (profiled). WebCrypto has no synchronous form,
    // which Noise wants; as WebAssembly they were no faster.
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    // The browser default refuses ws: and private addresses, which is what a cafe on a LAN has.
    connectionGater: {
      denyDialMultiaddr: () => false,
      ...(known && placesGate({ places, connections, known })),
    },
    // 1 = NO_FATAL: a relay that is down must not keep the node from starting.
    transportManager: { faultTolerance: 1 },
    // The monitor kills connections whose uplink is merely full; calls have limits of their own.
    connectionMonitor: { abortConnectionOnPingFailure: false },
    connectionManager: { maxConnections: places.all, inboundConnectionThreshold: PLACES.all },
    services: { identify: identify(), identifyPush: identifyPush(), ping: ping(PINGS) },
  }
}

/** Guests of this node, and whom it may want to meet itself. */
async function guestsOf({ guests }: NodeInit, connector: PeerConnector): Promise<Guests> {
  const own = (await guests?.()) ?? { strangers: true, peers: [], invites: [], accounts: [] }
  return { ...own, peers: [...own.peers, ...connector.known()] }
}

function describe(connection: Connection, { whyRelayed }: PeerConnector): NodeConnection {
  const address = connection.remoteAddr.toString()
  const peerId = connection.remotePeer.toString() as PeerIdText
  return {
    peerId,
    ...(isLimited(connection) ? { path: 'relayed', whyRelayed: whyRelayed(peerId) } : { path: 'direct' }),
    transport: transportOf(address),
    address,
    since: connection.timeline.open,
  }
}

/** Our block store in helia's contract: helia puts here what a broker brought, after checking its hash. */
class HeliaBlockstore extends BaseBlockstore {
  readonly #blocks: Blocks
  readonly #onFetched: (cid: CID, size: number) => void

  constructor(blocks: Blocks, onFetched: (cid: CID, size: number) => void) {
    super()
    this.#blocks = blocks
    this.#onFetched = onFetched
  }

  override async has(cid: CID): Promise<boolean> {
    return this.#blocks.has(cid)
  }

  override async *get(cid: CID): AsyncGenerator<Uint8Array> {
    const bytes = await this.#blocks.get(cid)
    // The name is what interface-store's callers look at.
    if (!bytes) throw Object.assign(new Error('not here'), { name: 'NotFoundError' })
    yield bytes
  }

  override async put(cid: CID, bytes: Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Promise<CID> {
    if (!(bytes instanceof Uint8Array)) throw new TypeError('blocks are put whole')
    await this.#blocks.put(cid, bytes as Uint8Array<ArrayBuffer>)
    this.#onFetched(cid, bytes.byteLength)
    return cid
  }

  override async delete(cid: CID): Promise<void> {
    await this.#blocks.delete(cid)
  }
}

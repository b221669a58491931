/**
 * Composition root of the browser node: opens the stores, starts the node, wires the cafe, the account peer and the
 * methods a page may call. One host runs per origin: it holds the writer's lock for life.
 */
import { webRTC, webRTCDirect } from '@libp2p/webrtc'
import { createHosting, type Hosting } from '../cafe/hosting.ts'
import { linkClient } from '../cafe/link/client.ts'
import { createKeep } from '../cafe/pin/keep.ts'
import { systemClock, systemRandom } from '../core/clock.ts'
import type { PeerIdText } from '../core/ids.ts'
import { KiB } from '../core/limits.ts'
import { createLog } from '../core/log.ts'
import { onceOnly } from '../core/once.ts'
import { createJwtKey, type JwtKey } from '../crypto/jwt.ts'
import { doorBlocks } from '../net/door-blocks.ts'
import { entranceOf } from '../net/entrance.ts'
import { createNode } from '../net/node.ts'
import { blockSource } from '../net/origins.ts'
import { relayOf } from '../net/paths.ts'
import { type Accounts, createAccounts } from '../peer/accounts.ts'
import type { Handlers } from '../rpc/port.ts'
import { createCollecting } from '../store/collecting.ts'
import { countedRows } from '../store/epoch.ts'
import { createHolds } from '../store/holds.ts'
import { type Keys, openBlocks, openDatastore, openKeys, openRows } from '../store/idb.ts'
import type { Rows } from '../store/rows.ts'
import { stillRows } from '../store/still.ts'
import type { AccountPartApi, GatewayApi } from './api.ts'
import { createCache } from './cache.ts'
import { createChanges } from './changes.ts'
import { loadConfig } from './config.ts'
import { deviceName } from './device-name.ts'
import { createDoor } from './door.ts'
import { createDraw } from './draw.ts'
import { gatewayHandlers } from './gateway.ts'
import { createHandlers, type HostApi } from './handlers.ts'
import { openerLater } from './link-opener.ts'
import { cacheMarks } from './marks.ts'
import { namesLater } from './names.ts'
import { createOwnRelays } from './own-relays.ts'
import type { PairApi } from './pair-api.ts'
import { reachOf } from './reach.ts'
import { PeerConnection } from './rtc/connection.ts'
import type { RtcPool } from './rtc/pool.ts'
import type { SiteApi } from './site-api.ts'
import { siteLater } from './site-later.ts'
import type { TrialApi } from './trial-api.ts'
import { trialRoots } from './trial-row.ts'
import { becomeWriter, type Holder } from './writer.ts'

/**
 * Bytes of one WebRTC message: what every browser takes, being the default of RFC 8841. The 16 KiB of js-libp2p are for
 * other implementations' sake, which this transport never meets, and cost a tenth more processor time (measured).
 *
 * What bounds a transfer (sampling profiles of both workers, 64 MiB one way, two browsers on two cores): over WebRTC
 * nothing here does, this thread is idle nine tenths of the time and SCTP and DTLS of the browser use up the machine;
 * larger messages, fewer copies or other credits change nothing. A round trip costs four port crossings more than in a
 * window. For the relayed path see `net/node.ts`.
 */
const RTC_MESSAGE = 64 * KiB
/** Milliseconds for a page to hear that the node starts anew. */
const RESTART_AFTER = 500

export interface Host {
  readonly handlers: Handlers<HostApi>
  readonly gateway: Handlers<GatewayApi>
  /** The answers for one website. @throws CafeError BAD_REQUEST {what: 'site'}. */
  readonly site: (label: string) => Handlers<SiteApi>
}

/** Starts everything. The pool's shim must be installed before this module is evaluated (see `bridge.ts`). */
export async function startHost(pool: RtcPool, origin: string, writer: Holder): Promise<Host> {
  // biome-ignore lint/suspicious/noConsole: the one place where the worker's log meets the browser's console
  const log = createLog((level, line) => console[level](line))
  await becomeWriter(writer)
  const changes = createChanges()
  const opening = openRows().then(countedRows).then(stillRows)
  const [rows, blocks, datastore, keys, config] = await Promise.all([
    opening,
    openBlocks(),
    openDatastore(),
    openKeys(),
    loadConfig(opening, log, origin),
  ])

  // Before the node, since it may be another peer after it.
  const isMoving = await isCarried(rows)
  if (isMoving) await (await import('./carry-part.ts')).settleCarried({ rows, datastore, clock: systemClock })
  const draw = createDraw()
  const shared = { rows, blocks, holds: createHolds(blocks), clock: systemClock, random: systemRandom, log }
  const cache = createCache(shared)
  const collecting = createCollecting({ ...shared, onChange: () => changes.emit('host') })
  const onGarbage = collecting.soon

  const rtc = { rtcConfiguration: { iceServers: config.iceServers }, dataChannel: { maxMessageSize: RTC_MESSAGE } }
  let cafes: readonly PeerIdText[] = []
  let hosting: Hosting | undefined
  let accounts: Accounts | undefined
  const node = await createNode({
    datastore,
    blocks,
    relays: config.relay,
    transports: [webRTC(rtc), webRTCDirect(rtc)],
    // Also where no relay is configured: an invite may name one later, and that has a seat for this node.
    listen: [...(config.relay.length === 0 ? ['/p2p-circuit'] : []), '/webrtc'],
    canDirect: () => pool.size > 0,
    cafes: () => cafes,
    known: (peer) => cafes.includes(peer) || isKnown(peer),
    door: doorBlocks(origin),
    onFetched: cache.note,
    guests: async () => (await hosting?.guests()) ?? { strangers: true, peers: [], invites: [], accounts: [] },
    log,
    onChange() {
      changes.emit('node')
      accounts?.current()?.connected()
    },
  })
  const isKnown = async (peer: PeerIdText): Promise<boolean> =>
    (await hosting?.knows(peer)) === true || (await accounts?.current()?.people.hasDevice(peer)) === true
  let tabs = pool.size
  pool.onchange = () => {
    if (pool.size > tabs) node.connector.retry()
    tabs = pool.size
    changes.emit('node')
  }
  const source = blockSource(node.connector)
  const device = deviceName(navigator.userAgent)
  const reach = reachOf(node, origin)
  accounts = await createAccounts({
    ...{ ...shared, keys, onGarbage },
    open: async (account, rows) => {
      // A chunk of its own: a tab that only hosts never loads it, and no start waits for it.
      const { createPeer } = await import('./account-part.ts')
      return createPeer({
        ...{ ...shared, account, device, rows, source, reach, onGarbage, draw },
        ...{ peer: node.peer, connector: node.connector, onChange: changes.emit },
        onMail: () => changes.emit('mail'),
      })
    },
    onChange() {
      changes.emit('account')
      changes.emit('pins')
    },
    onFailure: (what, cause) => log('warn', what, { cause }),
  })
  const wake = (why: string): void => {
    node.wake(why)
    accounts.wake()
  }
  pool.onnews = wake
  addEventListener('online', () => wake('online'))
  const refreshCafes = async (): Promise<void> => {
    const joined = (await accounts.current()?.cafes.list()) ?? []
    cafes = joined.map(({ cafe }) => cafe)
    // The relays their invites named stay the ways to them, whatever the host of the app says.
    const invited = joined.flatMap(({ addresses }) => addresses.flatMap((address) => relayOf(address) ?? []))
    node.relays.also([...ownRelays.addresses, ...invited])
  }
  const ownRelays = await createOwnRelays({
    ...{ rows, relays: node.relays },
    onChange: () => refreshCafes().then(() => changes.emit('node')),
  })
  await refreshCafes()
  void changes.watch((what) => what === 'account' && void refreshCafes(), new AbortController().signal)

  const keep = await createKeep({ ...shared, onGarbage, reclaim: collecting.reclaim })
  // Everything that puts blocks into the store has a source here, or loses them.
  for (const source of [keep.roots, accounts.roots, cache.roots, trialRoots(shared)]) collecting.add(source)
  if (isMoving) collecting.add((await import('./carry-part.ts')).arrivingRoots(rows))
  collecting.start()
  const [jwt, epoch] = await Promise.all([
    jwtKey(keys),
    rows.epoch({ marks: cacheMarks(caches), peer: node.peer, log }),
  ])
  const identity = { peer: node.peer, peerKey: node.privateKey, registrar: node, jwtKey: jwt, epoch }
  const names = namesLater(shared)
  const door = await createDoor({ ...shared, registrar: node, names, peer: node.peer, origin })
  const opened = await createHosting({
    ...shared,
    keep,
    ...{ collecting, door },
    source,
    ...identity,
    addresses: () => node.addresses(),
    connector: node.connector,
    directory: reach.directory,
    onChange() {
      changes.emit('host')
      node.guests.changed()
    },
    entrance: entranceOf(node, origin),
  })
  hosting = opened
  const openCarry = onceOnly(async () => {
    const { carryHandlers, openCarrying } = await import('./carry-part.ts')
    return carryHandlers(
      await openCarrying({
        ...{ ...shared, ...identity, hosting: opened, collecting, connector: node.connector },
        addresses: async ({ signal }) => {
          await node.reserved(signal)
          return node.addresses()
        },
        relayed: reach.relayed,
        // Its pages hear the answer first; then they find that it has gone, and ask for it again.
        onRestart: () => setTimeout(writer.leave, RESTART_AFTER),
        onChange: () => changes.emit('host'),
      }),
    )
  })
  if (isMoving) void openCarry().catch((cause) => log('warn', 'the move cannot go on', { cause }))
  const locate = (cafe: PeerIdText): void => node.connector.know(cafe, reach.relayed(cafe))
  const opener = openerLater({ ...shared, client: linkClient(node), locate })
  accounts.attend()
  const part = async (): Promise<Handlers<AccountPartApi>> => {
    const { accountPart } = await import('./account-part.ts')
    return accountPart({ ...shared, node, accounts, changes, name: device, origin })
  }
  const pair = async (): Promise<Handlers<PairApi>> => {
    const { pairPart } = await import('./pair-part.ts')
    const rtc = { iceServers: config.iceServers }
    return pairPart({ ...shared, node, hosting, connect: () => new PeerConnection(pool, rtc) })
  }
  const trial = async (): Promise<Handlers<TrialApi>> => {
    const { trialPart } = await import('./trial-part.ts')
    return trialPart({ ...shared, collecting })
  }
  return {
    handlers: createHandlers({
      carry: openCarry,
      node,
      ownRelays,
      accounts,
      part,
      pair,
      trial,
      hosting,
      names,
      changes,
      opener,
      tabs: () => pool.size,
    }),
    gateway: gatewayHandlers(node, names, opener),
    site: (label) => siteLater(label, { get: node.get, names, clock: systemClock }),
  }
}

/** Has a cafe come to this browser or left it, or been about to? */
async function isCarried(rows: Rows): Promise<boolean> {
  const found = await Promise.all(['/cafe/carry/', '/scope/arriving/'].map((prefix) => rows.keys(prefix, { limit: 1 })))
  return found.some(({ length }) => length > 0)
}

/** The cafe's own key for session tokens: made once, never extractable. */
async function jwtKey(keys: Keys): Promise<JwtKey> {
  const stored = await keys.get<JwtKey>('jwt')
  if (stored) return stored
  const created = await createJwtKey()
  await keys.put('jwt', created)
  return created
}

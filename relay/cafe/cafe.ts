/**
 * Composition root of the cafe in Node: the services of the tab's cafe, over stores on the file system, on a node that
 * others dial directly, and through relays if it is told some. Where a tab's cafe ends with its tab, this one goes on.
 */
import { mkdir } from 'node:fs/promises'
import { arrivingRoots } from '../../src/cafe/carry/arriving-roots.ts'
import { type Carrying, createCarrying } from '../../src/cafe/carry/carrying.ts'
import { settle } from '../../src/cafe/carry/land.ts'
import { createHosting, type Hosting } from '../../src/cafe/hosting.ts'
import type { MailRates } from '../../src/cafe/inbox/rates.ts'
import { createKeep } from '../../src/cafe/pin/keep.ts'
import type { SessionRates } from '../../src/cafe/session/rates.ts'
import type { Mode } from '../../src/cafe/session/terms.ts'
import { systemClock, systemRandom } from '../../src/core/clock.ts'
import { CafeError } from '../../src/core/errors.ts'
import type { PeerIdText } from '../../src/core/ids.ts'
import type { Log } from '../../src/core/log.ts'
import { fetchCafes } from '../../src/net/cafe-list.ts'
import { entranceOf } from '../../src/net/entrance.ts'
import { formatMoveCode, parseMoveCode } from '../../src/net/move-code.ts'
import { createNames } from '../../src/net/names.ts'
import { createNode } from '../../src/net/node.ts'
import { blockSource } from '../../src/net/origins.ts'
import { throughRelay } from '../../src/net/paths.ts'
import type { Places } from '../../src/net/places.ts'
import { relayPeer } from '../../src/net/relays.ts'
import type { TransportFactory } from '../../src/net/transports.ts'
import { createCollecting } from '../../src/store/collecting.ts'
import { countedRows } from '../../src/store/epoch.ts'
import { createHolds } from '../../src/store/holds.ts'
import { openStores } from '../../src/store/open.ts'
import { stillRows } from '../../src/store/still.ts'
import { type Answer, createAnswer } from './answer.ts'
import { fileIdentity, fileMarks, loadJwtKey, loadNodeKey } from './secrets.ts'

export interface NodeCafeInit {
  /** As before without it. */
  readonly name?: string | undefined
  /** Whom it admits; as before without it, and `invite` at first. */
  readonly mode?: Mode | undefined
  /** Bytes to keep for clients in all; as before without it. */
  readonly budget?: number | undefined
  /** The folder with its keys, and with its stores unless those are elsewhere. */
  readonly data: string
  /** URL of its stores (`store/open.ts`). */
  readonly store?: string | undefined
  /** Multiaddrs to listen on, to name to others, and of relays to hold a seat at. */
  readonly listen: readonly string[]
  readonly announce: readonly string[]
  readonly relays: readonly string[]
  /** As `NodeInit.webSocket`. */
  readonly webSocket?: TransportFactory | undefined
  /** Where the app is served, without a slash at the end: where invites lead. */
  readonly origin: string
  readonly log: Log
  /** How often who may knock and write; as everywhere without them. */
  readonly rates?: SessionRates
  readonly mailRates?: MailRates | undefined
  /** False where a cafe is to come: then none is opened here, and those that were are left as they are. */
  readonly hosts?: boolean | undefined
}

export interface NodeCafe {
  readonly peer: PeerIdText
  readonly hosting: Hosting
  /** Takes the whole of it elsewhere, or brings one here. */
  readonly carrying: Carrying
  /** Resolves when another cafe has come, or this one has gone: what is here now is to be stopped, and started anew. */
  readonly over: Promise<void>
  /** What it answers over HTTP. */
  readonly answer: Answer
  addresses(): readonly string[]
  /** Connections now. */
  connections(): number
  /** Stops answering, writes what waits and lets go of the folder. */
  stop(): Promise<void>
}

const NAME = 'Popup Cafe'
/** Connections of an always-on cafe, and of these for people it does not know; a tab keeps 200 and 100. */
const PLACES: Places = { all: 2000, strangers: 500 }

/**
 * Opens the cafe; from the return on it answers.
 * @throws CafeError CONFLICT {what: 'data folder'} if another process has it open; CORRUPT for a folder that cannot be read.
 */
export async function createNodeCafe(init: NodeCafeInit): Promise<NodeCafe> {
  const { data, origin, log } = init
  await mkdir(data, { recursive: true, mode: 0o700 })
  // First of all: they keep every other process out.
  const stores = await openStores(init.store ?? data, { folder: data, env: process.env })
  const ends: Array<() => Promise<void>> = [stores.close]
  const stop = async (): Promise<void> => {
    for (const end of ends.splice(0).reverse()) await end().catch((cause) => log('warn', 'closing failed', { cause }))
  }
  try {
    const rows = stillRows(await countedRows(stores.rows))
    const { blocks, datastore } = stores
    const shared = { rows, blocks, holds: createHolds(blocks), clock: systemClock, random: systemRandom, log }
    const { epochAt } = rows
    await settle({ ...shared, epochAt, identity: fileIdentity(data), onNewPeer: async () => {} })
    let hosting: Hosting | undefined
    const node = await createNode({
      ...{ datastore, blocks, log, relays: init.relays, listen: init.listen, announce: init.announce },
      ...{ webSocket: init.webSocket, privateKey: await loadNodeKey(data) },
      places: PLACES,
      known: async (peer) =>
        init.relays.some((relay) => relayPeer(relay) === peer) || ((await hosting?.knows(peer)) ?? false),
      guests: async () => (await hosting?.guests()) ?? { strangers: true, peers: [], invites: [], accounts: [] },
      // It is dialled directly or through a relay; WebRTC between two tabs takes a tab.
      canDirect: () => false,
    })
    ends.push(node.stop)
    const collecting = createCollecting({ ...shared, onChange: () => {} })
    const keep = await createKeep({ ...shared, onGarbage: collecting.soon, reclaim: collecting.reclaim })
    for (const source of [keep.roots, arrivingRoots(rows)]) collecting.add(source)
    collecting.start()
    ends.push(async () => collecting.close())
    const [jwtKey, epoch] = await Promise.all([
      loadJwtKey(data),
      rows.epoch({ marks: fileMarks(data), peer: node.peer, log }),
    ])
    const opened = await createHosting({
      ...{ ...shared, keep, collecting, source: blockSource(node.connector), connector: node.connector },
      ...{ peer: node.peer, peerKey: node.privateKey, registrar: node, jwtKey, epoch },
      addresses: node.addresses,
      async directory({ signal }) {
        const listed = await fetchCafes(origin, { signal })
        return listed.map(({ peer, addresses }) => ({ cafe: peer, addresses }))
      },
      onChange: node.guests.changed,
      ...{ ...(init.rates && { rates: init.rates }), mailRates: init.mailRates },
      entrance: entranceOf(node, origin),
    })
    hosting = opened
    ends.push(opened.stop)
    const over = Promise.withResolvers<void>()
    const carrying = await createCarrying({
      ...{ ...shared, hosting: opened, collecting, connector: node.connector, jwtKey, epoch },
      ...{ peer: node.peer, peerKey: node.privateKey, registrar: node },
      addresses: async ({ signal }) => {
        await node.reserved(signal)
        return node.addresses()
      },
      relayed: (peer) => init.relays.flatMap((relay) => throughRelay(relay, peer)),
      codes: { format: formatMoveCode, parse: parseMoveCode },
      onRestart: over.resolve,
      onChange: () => {},
    })
    ends.push(carrying.close)
    const called = init.hosts === false ? NAME : await openCafe(opened, carrying, over.promise, init)
    return {
      ...{ peer: node.peer, hosting: opened, carrying, over: over.promise, addresses: node.addresses, stop },
      answer: createAnswer({ blocks, names: createNames(shared), name: () => called, cafe: opened.cafe }),
      connections: () => node.connections().length,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Opens the cafe of this folder, and says what it is called. One that has left is not opened anew by itself: people would take another for it. */
async function openCafe(
  hosting: Hosting,
  carrying: Carrying,
  over: Promise<void>,
  { name, mode, budget }: NodeCafeInit,
): Promise<string> {
  const before = await hosting.status()
  const { departure } = await carrying.status()
  // Its new place is still to be told, which goes on by itself.
  if (departure && !departure.told) await over
  if (departure && !before.open && name === undefined)
    throw new CafeError('CONFLICT', { what: 'moved', name: departure.name, to: departure.to })
  const called = name ?? (before.open ? before.name : NAME)
  await hosting.open({ name: called, mode, budget })
  return called
}

/**
 * Keeps the threads of this device level with the devices of other members that can be reached: greets them, pulls what
 * they have, tells them what is new, and compares heads now and then in case something was lost on the way.
 */
import type { Random } from '../core/clock.ts'
import { type PeerIdText, unhex } from '../core/ids.ts'
import type { SealedBlock } from '../thread/block.ts'
import { createSyncClient, type SyncClient } from '../thread/sync-client.ts'
import { createLinks, type Links } from '../thread/sync-links.ts'
import { createProver, type Prover } from '../thread/sync-proof.ts'
import { MAX_SHARED, type threadProtocol } from '../thread/sync-protocol.ts'
import type { SyncRates } from '../thread/sync-rates.ts'
import { type SyncNews, type SyncThreads, threadService } from '../thread/sync-serve.ts'
import type { Thread, ThreadIdText, Threads } from '../thread/thread.ts'
import type { Connector } from '../wire/call.ts'
import type { ServiceHandlers } from '../wire/serve.ts'
import type { DeviceBook } from './device-book.ts'
import type { Intake } from './thread-intake.ts'
import { createPulls } from './thread-pulls.ts'
import { createPushes, sameHeads } from './thread-pushes.ts'
import { createReach } from './thread-reach.ts'
import type { Roster } from './thread-roster.ts'

export interface LiveComponents {
  readonly self: PeerIdText
  readonly threads: Threads
  readonly roster: Roster
  readonly book: DeviceBook
  readonly intake: Pick<Intake, 'take' | 'level'>
  readonly connector: Connector
  readonly rates: SyncRates
  /** Peers with an open connection. */
  readonly online: () => readonly PeerIdText[]
  /** Other devices of the account, and whoever else may be in a thread and has said nothing there yet. */
  readonly others: () => Promise<readonly PeerIdText[]>
  readonly addresses: () => readonly string[]
  readonly onInvite: (sealed: Uint8Array, from: PeerIdText) => Promise<void>
  readonly onKeys: (thread: Thread, peer: PeerIdText) => Promise<Uint8Array<ArrayBuffer> | null>
  /** All that another device has of a thread is here, and the other way round. */
  readonly onLevel: (id: ThreadIdText) => Promise<void>
  /** Something is not here though who has it has sent all. */
  readonly onBehind: (id: ThreadIdText) => void
  /** Who has a link has changed. */
  readonly onOnline: () => void
  /** A peer has blocks that this device has made. */
  readonly onTaken: (peer: PeerIdText, id: ThreadIdText, blocks: readonly SealedBlock[]) => void
  readonly random: Random
  readonly chance: () => number
}

export interface ThreadLive {
  readonly links: Links
  readonly client: SyncClient
  readonly service: ServiceHandlers<typeof threadProtocol, undefined>
  /** Threads, or devices in them, have come or gone: looks for those that are not here. `more`: there is another thread. */
  refresh(options?: { readonly more?: boolean }): Promise<void>
  /** This device has said something. Resolves when all who are connected have heard of it, or cannot. */
  posted(id: ThreadIdText, blocks: readonly SealedBlock[]): Promise<void>
  /** Compares heads with the peer. Resolves when that is done, however it ended. */
  compare(peer: PeerIdText, id: ThreadIdText): Promise<void>
  /** Blocks of others have come. */
  arrived(id: ThreadIdText): void
  connected(): void
  wake(): void
  /** Asks all that can be reached, now. Resolves when they have answered, and all they have is here. */
  sync(id: ThreadIdText | undefined, signal: AbortSignal): Promise<void>
  /** This device has the thread no more. */
  forget(id: ThreadIdText): void
  close(): void
}

/** Milliseconds between two rounds in which heads are compared, with one device for each of some threads. */
const COMPARE = 45_000
const COMPARED = 16
/** Milliseconds for which the list of threads is good enough to say hello by. */
const LISTED = 5000

export function createThreadLive(components: LiveComponents): ThreadLive {
  const { self, threads, roster, book, intake, connector, random, chance, addresses, online } = components
  const links = createLinks()
  const proverOf = proverCache()

  const shared: SyncThreads = {
    async provers() {
      const ids = (await recent()).slice(0, MAX_SHARED)
      return new Map(await Promise.all(ids.map(async (id) => [id, await proverOf(id)] as const)))
    },
    get: threads.get,
    allows: roster.allows,
    take: intake.take,
  }
  const level = (id: ThreadIdText): void => void intake.level(id).catch(() => {}) // the next comparison does it again
  const news: SyncNews = {
    met(peer, ids, where) {
      if (ids.length === 0) return
      void book.note(peer, where).catch(() => {}) // found again by its relay, or by what it leaves
      components.onOnline()
    },
    told(peer, id, heads) {
      const look = async (): Promise<void> => {
        const thread = await threads.get(id)
        if (!thread) return
        if (sameHeads(heads, await thread.heads())) {
          level(id)
          await components.onLevel(id)
        } else pulls.consider(peer, id)
      }
      void look().catch(() => {}) // what it told is asked for again when heads are compared
    },
  }
  const parts = { self, threads: shared, links, news, addresses, random }
  const client = createSyncClient({ ...parts, connector })
  const onLost = (peer: PeerIdText, hopeless: boolean): void => reach.lost(peer, hopeless)
  const pulls = createPulls({ links, client, get: threads.get, onLevel: level, onBehind: components.onBehind, onLost })
  const pushes = createPushes({ links, client, get: threads.get, onLost, onTaken: components.onTaken, chance })
  const reach = createReach({ self, links, client, book, online, onChange: components.onOnline, chance })

  const devices = async (ids: readonly ThreadIdText[]): Promise<PeerIdText[]> => {
    const found = await Promise.all(ids.map(roster.devices))
    return [...new Set([...(await components.others()), ...found.flat()])].filter((peer) => peer !== self)
  }
  /** Ids of all threads, last changed first; read anew when some have come or gone, and now and then. */
  let listed: { readonly at: number; readonly ids: Promise<ThreadIdText[]> } | undefined
  const recent = (): Promise<ThreadIdText[]> => {
    if (listed && performance.now() - listed.at < LISTED) return listed.ids
    const ids = threads.list().then((all) => all.toSorted((a, b) => b.updated - a.updated).map(({ id }) => id))
    ids.catch(() => {
      listed = undefined
    })
    listed = { at: performance.now(), ids }
    return ids
  }

  const compare = async (): Promise<void> => {
    const ids = (await recent()).filter((id) => links.peersOf(id).length > 0)
    const start = Math.floor(chance() * ids.length)
    for (const id of [...ids.slice(start), ...ids.slice(0, start)].slice(0, COMPARED)) {
      const peers = links.peersOf(id)
      const peer = peers[Math.floor(chance() * peers.length)]
      if (peer) await pushes.compare(peer, id)
    }
  }
  let timer: ReturnType<typeof setTimeout> | undefined
  const plan = (): void => {
    clearTimeout(timer)
    const again = (): void => void compare().then(plan, plan)
    timer = setTimeout(again, COMPARE * (0.5 + chance()))
  }
  plan()

  return {
    links,
    client,
    service: threadService({
      ...parts,
      rates: components.rates,
      onInvite: components.onInvite,
      onKeys: components.onKeys,
    }),
    async refresh({ more = false } = {}) {
      listed = undefined
      const ids = await recent()
      reach.want(await devices(ids))
      if (more) return reach.again()
      for (const id of ids) {
        for (const peer of links.peersOf(id)) if (!(await roster.allows(id, peer))) links.part(peer, id)
        const known = links.peersOf(id)
        const lacking = (await roster.devices(id)).filter((peer) => !known.includes(peer))
        for (const peer of lacking) if (links.threadsOf(peer).length > 0) reach.lacking(peer)
      }
    },
    posted: pushes.posted,
    compare: pushes.compare,
    arrived: pushes.arrived,
    connected: reach.connected,
    wake: reach.wake,
    async sync(id, signal) {
      const ids = id ? [id] : await recent()
      await reach.all(await devices(ids), signal)
      await pulls.settled(signal)
    },
    forget(id) {
      listed = undefined
      links.forget(id)
    },
    close() {
      clearTimeout(timer)
      pulls.close()
      pushes.close()
      reach.close()
    },
  }
}

/** Keeps what proves a thread: the import of a key is the greater part of a proof. */
function proverCache(): (id: ThreadIdText) => Promise<Prover> {
  const provers = new Map<ThreadIdText, Promise<Prover>>()
  return (id) => {
    const known = provers.get(id) ?? createProver(unhex(id))
    provers.delete(id)
    provers.set(id, known)
    const oldest = provers.keys().next().value
    if (provers.size > 2 * MAX_SHARED && oldest !== undefined) provers.delete(oldest)
    return known
  }
}

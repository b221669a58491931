/** The parts of {@link createPeerThreads}, wired: what each does is said in its own file. */
import type { CID } from 'multiformats/cid'
import type { Registrar } from '../cafe/cafe.ts'
import type { BlockSource } from '../cafe/pin/fetch.ts'
import { snapshotClient } from '../cafe/snapshot/client.ts'
import type { Clock, Random } from '../core/clock.ts'
import type { Address, PeerIdText } from '../core/ids.ts'
import { MAX_CAFES } from '../core/limits.ts'
import type { Log } from '../core/log.ts'
import type { Account } from '../crypto/account.ts'
import type { Signer } from '../crypto/certificate.ts'
import type { Blocks } from '../store/blocks.ts'
import type { Holds } from '../store/holds.ts'
import type { Rows } from '../store/rows.ts'
import type { Announce, ThreadCafes } from '../thread/kinds.ts'
import { threadProtocol } from '../thread/sync-protocol.ts'
import { createSyncRates, type SyncPaces } from '../thread/sync-rates.ts'
import type { Entry, Thread, ThreadIdText, Threads } from '../thread/thread.ts'
import { createThreads } from '../thread/threads.ts'
import type { Connector } from '../wire/call.ts'
import { serve } from '../wire/serve.ts'
import type { Cafes } from './cafes.ts'
import { createDeviceBook, type DeviceBook } from './device-book.ts'
import { createDropLeaving } from './thread-drop-leave.ts'
import { createDrops, type Drops } from './thread-drops.ts'
import { createFeeds, type Feeds } from './thread-feed.ts'
import { createThreadFetch, type ThreadFetch } from './thread-fetch.ts'
import { createIntake, type Intake } from './thread-intake.ts'
import { createInviteBook, type InviteBook } from './thread-invites.ts'
import { createThreadLive, type ThreadLive } from './thread-live.ts'
import { createNews, type News } from './thread-news.ts'
import { createNotes, type Notes } from './thread-notes.ts'
import { createRoster } from './thread-roster.ts'
import { createShape, type Shape } from './thread-shape.ts'
import { atPlace, type CafePlace } from './thread-targets.ts'

export interface PeerThreadComponents {
  readonly account: Account
  /** The account, or this device with its certificate. */
  readonly signer: Signer
  readonly peer: PeerIdText
  readonly connector: Connector & { know(peer: PeerIdText, addresses: readonly string[]): void }
  /** Answers the protocol of threads. */
  readonly registrar: Registrar
  /** Blocks of named cafes. */
  readonly source: BlockSource
  readonly cafes: Pick<Cafes, 'list' | 'access'>
  readonly rows: Rows
  readonly blocks: Blocks
  readonly holds: Holds
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  /** Origin of the app, for links. */
  readonly origin: string
  /** Peers with an open connection. */
  readonly online: () => readonly PeerIdText[]
  /** Where this device can be dialled. */
  readonly addresses: () => readonly string[]
  /** Where a peer may be found through the relays of this device. */
  readonly relayed: (peer: PeerIdText) => readonly string[]
  /** How the person is called; nobody in particular without it. */
  readonly profile?: () => Promise<{ readonly name: string | null; readonly avatar: CID | null }>
  /** Other devices of this account; those of some other account, as far as known. */
  readonly siblings?: () => Promise<readonly PeerIdText[]>
  readonly devicesOf?: (address: Address) => Promise<readonly PeerIdText[]>
  /** Roots of the packs that hold a thread's blocks at the account's cafes. */
  readonly packs?: (id: ThreadIdText) => Promise<readonly CID[]>
  /** There is something new in a thread: its snapshot is due. */
  readonly onChange?: (id: ThreadIdText) => void
  /** These blocks are here, maybe since before the last start: the account's cafes are to keep them. */
  readonly onBlocks?: (id: ThreadIdText, blocks: readonly CID[]) => Promise<void>
  /** The person has left it for good. */
  readonly onLeft?: (id: ThreadIdText) => Promise<void>
  readonly onGarbage?: () => void
  readonly paces?: SyncPaces
  readonly chance?: () => number
}

export interface ThreadParts {
  readonly components: PeerThreadComponents
  readonly threads: Threads
  readonly news: News
  readonly notes: Notes
  readonly shape: Shape
  readonly feeds: Feeds
  readonly invites: InviteBook
  readonly book: DeviceBook
  readonly intake: Intake
  readonly live: ThreadLive
  readonly fetching: ThreadFetch
  readonly drops: Drops
  /** What this account announces. */
  profile(): Promise<Announce>
  announce(): Promise<void>
  /** Where a guest can have the blocks: the account's cafes, and this device. */
  places(): Promise<ThreadCafes>
  originsAt(place: CafePlace): string[]
  /** This device has said something; `wait`: until who is connected has heard it. */
  said(thread: Thread, entry: Entry, options?: { readonly wait?: boolean }): Promise<void>
  /** A thread is here. */
  came(thread: Thread): Promise<void>
  /** Leaves at the cafes where this device is, now. */
  leaveWord(thread: Thread): Promise<void>
  /** Resolves when this account is in the thread, or the signal fires. */
  settled(id: ThreadIdText, signal: AbortSignal): Promise<void>
  forget(id: ThreadIdText): Promise<void>
  close(): Promise<void>
}

/** Streams that one peer may have open at once: a run for each of some threads, and news. */
const STREAMS = 32
/** Milliseconds between two looks whether a join is through. */
const JOIN_LOOK = 50
/** Blocks of each thread that are told of at a start: more than come between two commits. */
const TOLD_AGAIN = 256
const FAREWELL = 4000
/** Milliseconds after which who is in a thread is looked at again, at most so often. */
const SETTLE = 2000

export async function composeThreads(components: PeerThreadComponents): Promise<ThreadParts> {
  const { account, peer, connector, registrar, rows, clock, random, log, cafes } = components
  const { chance = Math.random, onGarbage = () => {}, onChange = () => {}, onBlocks = async () => {} } = components
  const { packs = async () => [], siblings = async () => [], profile: person } = components
  const self = (): Address => account.address

  const news = createNews()
  const threads = createThreads({
    ...components,
    onGarbage,
    onChange(id) {
      news.emit('feed', id)
      onChange(id)
      settle(id)
    },
  })
  const notes = await createNotes({ rows, clock, self, onChange: (id) => news.emit('notifications', id) })
  const roster = createRoster(threads)
  const book = await createDeviceBook({ rows, clock, know: connector.know, relayed: components.relayed })
  const invites = createInviteBook(components)
  const shape = createShape({ self, seen: notes.seen, online: (id) => live.links.peersOf(id) })

  const places = async (): Promise<CafePlace[]> =>
    (await cafes.list()).filter(({ state }) => state === 'active').map(({ cafe, addresses }) => ({ cafe, addresses }))
  const profile = async (): Promise<Announce> => ({
    name: null,
    avatar: null,
    ...(await person?.()),
    cafes: (await places()).slice(0, MAX_CAFES),
  })

  /** Blocks may come by other ways than `intake`, such as a recovery: who is in is looked at when they have settled. */
  const unsettled = new Set<ThreadIdText>()
  let settling: ReturnType<typeof setTimeout> | undefined
  const settle = (id: ThreadIdText): void => {
    unsettled.add(id)
    settling ??= setTimeout(() => {
      settling = undefined
      for (const one of unsettled) roster.forget(one)
      unsettled.clear()
      void live.refresh().catch((cause) => log('warn', 'members not read', { cause }))
    }, SETTLE)
  }

  const membersChanged = async (id: ThreadIdText, entries: readonly Entry[]): Promise<void> => {
    if (!(await roster.changed(id, entries))) return
    news.emit('members', id)
    await live.refresh()
  }
  const said = async (thread: Thread, entry: Entry, { wait = false } = {}): Promise<void> => {
    const bytes = await components.blocks.get(entry.cid)
    // A key that was due may have been made before it.
    await onBlocks(thread.id, [entry.cid, ...entry.parents])
    const told = bytes ? live.posted(thread.id, [{ cid: entry.cid, bytes }]) : Promise.resolve()
    drops.changed(thread.id, true)
    await notes.blocks(thread, [entry], true)
    await membersChanged(thread.id, [entry])
    if (wait) await told
  }
  const announceIn = async (thread: Thread): Promise<void> => {
    const { standing } = await thread.info()
    if (standing !== 'in') return
    const [wanted, members] = await Promise.all([profile(), thread.members()])
    const mine = members.find(({ address }) => address === account.address)
    const same =
      mine &&
      mine.name === wanted.name &&
      mine.avatar?.toString() === wanted.avatar?.toString() &&
      JSON.stringify(mine.cafes) === JSON.stringify(wanted.cafes)
    if (!same) await said(thread, await thread.append({ type: 'announce', body: wanted }))
  }

  const intake = createIntake({
    ...{ threads, notes, log, chance, onBlocks },
    onArrived(id, entries) {
      live.arrived(id)
      drops.changed(id, false)
      void membersChanged(id, entries).catch((cause) => log('warn', 'members not read', { cause }))
    },
    async onSaid(thread, entry) {
      await said(thread, entry)
      if (entry.content.type === 'join') await announceIn(thread)
      news.emit('threads', thread.id)
    },
  })
  const live = createThreadLive({
    ...{ self: peer, threads, roster, book, intake, connector, random, chance },
    rates: createSyncRates(clock, components.paces),
    // Whoever is level with us has heard that we have come.
    async onLevel(id) {
      if ((await (await threads.get(id))?.info())?.standing === 'in') await invites.forgetOrigin(id)
    },
    online: components.online,
    addresses: components.addresses,
    async others() {
      const joining = (await threads.list()).filter(({ standing }) => standing === null)
      const inviters = await Promise.all(joining.map(async ({ id }) => (await invites.origin(id))?.dev))
      return [...inviters.filter((dev) => dev !== undefined), ...(await siblings())]
    },
    async onInvite(sealed) {
      const received = await invites.receive(sealed)
      if (!received) return
      await notes.invited(received)
      news.emit('invites', null)
    },
    onOnline: () => news.emit('online', null),
  })
  const client = snapshotClient({ connector })
  const fetching = createThreadFetch({ source: components.source, take: intake.take })
  const leaving = createDropLeaving({
    ...components,
    self,
    client,
    access: cafes.access,
    packs,
    invited: invites.origin,
  })
  const drops = createDrops({
    ...{ peer, self, threads, client, leaving, fetching, intake, clock, chance, log, cafes: places },
    know: connector.know,
    hint: book.hint,
    isHere: (id, devices) => devices.some((device) => live.links.tagOf(device, id) !== undefined),
    invited: invites.origin,
    given: invites.given,
  })

  /** A crash may have come between a block and the word of it: the newest of each thread are told again. */
  const again = async (): Promise<void> => {
    for (const { id } of await threads.list()) {
      const page = await (await threads.get(id))?.page({ limit: TOLD_AGAIN })
      if (page)
        await onBlocks(
          id,
          page.entries.map(({ cid }) => cid),
        )
    }
  }

  const came = async (thread: Thread): Promise<void> => {
    roster.forget(thread.id)
    news.emit('threads', thread.id)
    drops.changed(thread.id, true)
    await live.refresh({ more: true })
  }

  const handler = serve(threadProtocol, live.service, { guard: async () => undefined, log })
  await registrar.handle(threadProtocol.id, handler, { limited: true, maxStreams: STREAMS })
  await live.refresh()
  live.connected()
  drops.start()
  void again().catch((cause) => log('warn', 'blocks not told', { cause }))

  return {
    ...{ components, threads, news, notes, shape, invites, book, intake, live, fetching, drops },
    feeds: createFeeds({ threads, shape }),
    profile,
    async announce() {
      for (const { id } of await threads.list()) {
        const thread = await threads.get(id)
        if (thread) await announceIn(thread)
      }
    },
    places: async () => {
      const own = { cafe: peer, addresses: [...components.addresses()] }
      return [own, ...(await places())].slice(0, MAX_CAFES)
    },
    originsAt: atPlace,
    said,
    came,
    async leaveWord(thread) {
      await leaving.leave(thread, await places(), AbortSignal.timeout(FAREWELL))
    },
    async settled(id, signal) {
      while (!signal.aborted) {
        const info = await (await threads.get(id))?.info()
        if (!info || info.standing !== null) return
        await new Promise((resolve) => setTimeout(resolve, JOIN_LOOK))
      }
    },
    async forget(id) {
      live.forget(id)
      roster.forget(id)
      await notes.forget({ thread: id })
      await invites.forgetThread(id)
      await leaving.forget(id)
      await threads.forget(id)
      await live.refresh()
      news.emit('threads', id)
    },
    async close() {
      clearTimeout(settling)
      await registrar.unhandle(threadProtocol.id)
      live.close()
      drops.close()
      intake.close()
    },
  }
}

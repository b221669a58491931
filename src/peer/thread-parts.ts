/** The parts of {@link createPeerThreads}, wired: what each does is said in its own file. */
import { snapshotClient } from '../cafe/snapshot/client.ts'
import type { Address } from '../core/ids.ts'
import { threadProtocol } from '../thread/sync-protocol.ts'
import { createSyncRates } from '../thread/sync-rates.ts'
import type { Thread, ThreadIdText, Threads } from '../thread/thread.ts'
import { createThreads } from '../thread/threads.ts'
import { serve } from '../wire/serve.ts'
import { createDeviceBook, type DeviceBook } from './device-book.ts'
import type { PeerThreadComponents } from './thread-components.ts'
import { createDropLeaving, type DropLeaving } from './thread-drop-leave.ts'
import { createDrops, type Drops } from './thread-drops.ts'
import { createFeeds, type Feeds } from './thread-feed.ts'
import { createThreadFetch, type ThreadFetch } from './thread-fetch.ts'
import { createIntake, type Intake } from './thread-intake.ts'
import { createInviteBook, type InviteBook } from './thread-invites.ts'
import { createKeySharing } from './thread-keys.ts'
import { createThreadLetters, type ThreadLetters } from './thread-letters.ts'
import { createThreadLive, type ThreadLive } from './thread-live.ts'
import { createThreadMail, type ThreadMail } from './thread-mail.ts'
import type { Carrier } from './thread-mail-letter.ts'
import { createMembership, type Membership } from './thread-membership.ts'
import { createNews, type News } from './thread-news.ts'
import { createNotes, type Notes } from './thread-notes.ts'
import { createRoster, type Roster } from './thread-roster.ts'
import { createSent, type Sent } from './thread-sent.ts'
import { createShape, type Shape } from './thread-shape.ts'
import { createVoice, type Voice } from './thread-voice.ts'

/** What only reads and writes what is on this device. */
interface Local {
  readonly threads: Threads
  readonly news: News
  readonly notes: Notes
  readonly roster: Roster
  readonly book: DeviceBook
  readonly invites: InviteBook
  readonly membership: Membership
  readonly self: () => Address
}

/** What reaches others. */
interface Far {
  readonly voice: Voice
  readonly intake: Intake
  readonly live: ThreadLive
  readonly fetching: ThreadFetch
  readonly leaving: DropLeaving
  readonly drops: Drops
  readonly mailing: ThreadMail
  readonly letters: ThreadLetters
  readonly sent: Sent
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
  readonly voice: Voice
  readonly mailing: ThreadMail
  readonly sent: Sent
  /** From now on letters come and go. */
  carry(carrier: Carrier): void
  /** It stands differently with letters, about this block if that is known. */
  mailChanged(about: string | undefined): void
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
/** Milliseconds for a last word at the cafes. */
const FAREWELL = 4000

export async function composeThreads(components: PeerThreadComponents): Promise<ThreadParts> {
  const { registrar, log } = components
  const local = await composeLocal(components, () => far.live.refresh())
  const far = composeFar(components, local)
  const { threads, news, notes, roster, invites, membership, self } = local
  const { voice, live, leaving, drops, intake, mailing, letters } = far
  const shape = createShape({ self, seen: notes.seen, online: (id) => live.links.peersOf(id) })

  const handler = serve(threadProtocol, live.service, { guard: async () => undefined, log })
  await registrar.handle(threadProtocol.id, handler, { limited: true, maxStreams: STREAMS })
  await live.refresh()
  live.connected()
  drops.start()
  void voice.repeat().catch((cause) => log('warn', 'blocks not told', { cause }))

  return {
    ...{ components, shape, feeds: createFeeds({ threads, shape, sent: far.sent }) },
    ...local,
    ...far,
    ...carried(local, far),
    async came(thread) {
      roster.forget(thread.id)
      await mailing.came(thread)
      letters.came()
      news.emit('threads', thread.id)
      drops.changed(thread.id, true)
      await live.refresh({ more: true })
    },
    async leaveWord(thread) {
      await leaving.leave(thread, await voice.cafes(), AbortSignal.timeout(FAREWELL))
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
      await mailing.forget(id)
      await threads.forget(id)
      await live.refresh()
      news.emit('threads', id)
    },
    async close() {
      await registrar.unhandle(threadProtocol.id)
      membership.close()
      letters.close()
      mailing.close()
      live.close()
      drops.close()
      intake.close()
    },
  }
}

async function composeLocal(components: PeerThreadComponents, refresh: () => Promise<void>): Promise<Local> {
  const { account, connector, rows, clock, log, onChange, onGarbage = () => {}, relayed } = components
  const self = (): Address => account.address
  const news = createNews()
  const threads = createThreads({
    ...components,
    onGarbage,
    onChange(id) {
      news.emit('feed', id)
      onChange?.(id)
      // Blocks may come by other ways than `intake`, such as a recovery.
      membership.settle(id)
    },
  })
  const roster = createRoster(threads)
  const membership = createMembership({ roster, news, log, refresh })
  const notes = await createNotes({ rows, clock, self, onChange: (id) => news.emit('notifications', id) })
  const book = await createDeviceBook({ rows, clock, know: connector.know, relayed })
  return { threads, news, notes, roster, book, invites: createInviteBook(components), membership, self }
}

function composeFar(components: PeerThreadComponents, local: Local): Far {
  const { peer, connector, cafes, log, random, clock, chance = Math.random, onBlocks = async () => {} } = components
  const { packs = async () => [], siblings = async () => [] } = components
  const { threads, news, notes, roster, book, invites, membership, self } = local

  const mails = {
    mailing: () => mailing,
    door: async (id: ThreadIdText) => mailing.carrier()?.mail.doorFor(`thread/${id}`),
  }
  const voice = createVoice({ ...components, ...local, live: () => live, drops: () => drops, ...mails })
  const intake = createIntake({
    ...{ threads, notes, log, chance, onBlocks },
    onArrived(id, entries) {
      void mailing.announced(entries).catch((cause) => log('warn', 'doors not learned', { cause }))
      live.arrived(id)
      drops.changed(id, false)
      void membership.blocks(id, entries).catch((cause) => log('warn', 'members not read', { cause }))
    },
    async onSaid(thread, entry) {
      await voice.said(thread, entry)
      if (entry.content.type === 'join') await voice.announceIn(thread)
      news.emit('threads', thread.id)
    },
  })
  const keys = createKeySharing({ ...components, threads, live: () => live, onLearned: intake.taken })
  const live: ThreadLive = createThreadLive({
    ...{ self: peer, threads, roster, book, intake, connector, random, chance },
    ...{ online: components.online, addresses: components.addresses },
    rates: createSyncRates(clock, components.paces),
    // Whoever is level with us has heard that we have come.
    async onLevel(id) {
      if ((await (await threads.get(id))?.info())?.standing === 'in') await invites.forgetOrigin(id)
    },
    onBehind: (id) => void keys.seek(id).catch((cause) => log('warn', 'keys not asked for', { cause })),
    onKeys: keys.answer,
    async others() {
      const joining = (await threads.list()).filter(({ standing }) => standing === null)
      const inviters = await Promise.all(joining.map(async ({ id }) => (await invites.origin(id))?.dev))
      return [...inviters.filter((dev) => dev !== undefined), ...(await siblings())]
    },
    async onInvite(sealed) {
      const received = await invites.receive(sealed, 'device')
      if (!received) return
      await notes.invited(received)
      news.emit('invites', null)
    },
    onOnline: () => news.emit('online', null),
    onTaken: (device, id, blocks) => mailing.took(device, id, blocks),
  })
  const client = snapshotClient({ connector })
  const fetching = createThreadFetch({ source: components.source, take: intake.take })
  const leaving = createDropLeaving({
    ...{ ...components, self, client, packs },
    ...{ access: cafes.access, invited: invites.origin },
  })
  const drops = createDrops({
    ...{ peer, self, threads, client, leaving, fetching, intake, clock, chance, log, cafes: voice.cafes },
    ...{ know: connector.know, hint: book.hint, invited: invites.origin, given: invites.given },
    isHere: (id, devices) => devices.some((device) => live.links.tagOf(device, id) !== undefined),
  })
  const mailing: ThreadMail = createThreadMail({
    ...{ ...components, threads, self: self(), links: () => live.links, compare: (peer, id) => live.compare(peer, id) },
  })
  const letters = createThreadLetters({
    ...{ threads, intake, invites, notes, news, log, look: drops.look },
    wasLeft: components.wasLeft ?? (async () => false),
  })
  const sent = createSent({ ...components, self: self(), mailing, mail: () => mailing.carrier()?.mail })
  return { voice, intake, live, fetching, leaving, drops, mailing, letters, sent }
}

/** What links the threads to the mail, which is made after them. */
function carried({ news }: Local, { mailing, letters }: Far): Pick<ThreadParts, 'carry' | 'mailChanged'> {
  return {
    carry(carrier) {
      mailing.open(carrier)
      letters.open(carrier.mail)
    },
    mailChanged(about) {
      mailing.roomMade()
      if (about !== undefined) news.emit('sent', null)
    },
  }
}

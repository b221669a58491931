/**
 * The threads of an account on this device, as its person uses them, and everything that keeps them level with the devices
 * of other members: over connections while somebody is here, through cafes while nobody is. What is said is on this
 * device's disk before a call resolves; that it gets to the others is seen to from then on.
 */
import type { CID } from 'multiformats/cid'
import { CafeError } from '../core/errors.ts'
import type { Address } from '../core/ids.ts'
import type { RootSource } from '../store/collect.ts'
import type { SealedBlock } from '../thread/block.ts'
import type { ThreadSharing, ThreadType } from '../thread/charter.ts'
import type { Taken } from '../thread/sync-serve.ts'
import type { Entry, Say, Thread, ThreadIdText, Threads } from '../thread/thread.ts'
import type { PeerThreadComponents } from './thread-components.ts'
import type { FeedOptions } from './thread-feed.ts'
import type { FetchPlan } from './thread-fetch.ts'
import { deliverInvite } from './thread-invite-out.ts'
import type { Opened, Received } from './thread-invites.ts'
import type { Carrier } from './thread-mail-letter.ts'
import type { NotePage } from './thread-notes.ts'
import { composeThreads, type ThreadParts } from './thread-parts.ts'
import { atPlace } from './thread-targets.ts'
import type {
  AnnotatedPost,
  Feed,
  MadeInvite,
  MemberInfo,
  Post,
  PostState,
  ThreadInfo,
  ThreadNews,
} from './thread-view.ts'

export type { PeerThreadComponents } from './thread-components.ts'

export interface ThreadTerms {
  readonly name: string
  readonly type?: ThreadType | undefined
  readonly sharing?: ThreadSharing | undefined
  readonly members?: readonly Address[] | undefined
}

interface Options {
  readonly signal?: AbortSignal | undefined
}

/** Calls about a thread throw CafeError NOT_FOUND {what: 'thread'} if it is not here. */
export interface PeerThreads {
  create(terms: ThreadTerms): Promise<ThreadInfo>
  list(): Promise<readonly ThreadInfo[]>
  get(id: ThreadIdText): Promise<ThreadInfo>
  /** The thread itself, for those parts of the account that need more of it. */
  thread(id: ThreadIdText): Promise<Thread>
  /** @throws CafeError as `InviteBook.open`. */
  preview(invite: string): Promise<Opened & { readonly known: boolean }>
  /**
   * Opens the thread of an invite and asks for its blocks; joins as soon as some are here, now or later.
   * @throws CafeError CONFLICT {what: 'thread'} if this account is in it.
   */
  join(invite: string, options: Options): Promise<ThreadInfo>
  /** `delivered`: a device of `to` has taken it, or it is on its way by mail. @throws CafeError FORBIDDEN {why}. */
  invite(
    id: ThreadIdText,
    to: Address | null,
    options: Options,
  ): Promise<Pick<MadeInvite, 'link' | 'delivered' | 'expires'>>
  invites(): Promise<readonly Received[]>
  /** Invites of strangers. */
  requests(): Promise<readonly Received[]>
  decline(invite: string): Promise<void>
  /** Tells the others and removes it here. */
  leave(id: ThreadIdText): Promise<void>
  /** @throws CafeError FORBIDDEN {why} by the thread's rules. */
  say(id: ThreadIdText, say: Say): Promise<Post>
  members(id: ThreadIdText): Promise<readonly MemberInfo[]>
  feed(options: FeedOptions): Promise<Feed>
  entry(id: ThreadIdText, target: CID): Promise<AnnotatedPost>
  /** How far something that this device has said has come; @throws CafeError NOT_FOUND {what: 'target'}. */
  states(id: ThreadIdText, target: CID): Promise<readonly PostState[]>
  /** The person has looked at these: who wrote them hears of it, if the person wants that. */
  seen(id: ThreadIdText, targets: readonly CID[]): Promise<void>
  notifications(options: { after?: string | undefined; limit: number }): NotePage
  read(what: { note?: string | undefined; thread?: ThreadIdText | undefined }): Promise<void>
  /** Asks members and cafes now. Resolves when all that could be reached were asked. */
  sync(id: ThreadIdText | undefined, options: Options): Promise<void>
  /** Name, picture or cafes of the account may have changed: says so in each thread where it is news. */
  announce(): Promise<void>
  /** Takes blocks that somebody brings, such as a recovery. */
  take(id: ThreadIdText, blocks: readonly SealedBlock[]): Promise<Taken>
  /** Brings blocks by CID from where they are kept. @returns whether all of the heads are here now. */
  fetch(id: ThreadIdText, plan: FetchPlan, options: { signal: AbortSignal }): Promise<boolean>
  /** This device has the thread no more, and the others are not told: another device of the account has left it. */
  forget(id: ThreadIdText): Promise<void>
  watch(listener: (news: ThreadNews) => void, signal: AbortSignal): Promise<void>
  readonly roots: RootSource
  /** The threads themselves, for what keeps them: what is opened or forgotten through them is shown. */
  readonly store: Threads
  /** What carries letters, which is made after the threads. */
  carry(carrier: Carrier): void
  /** It stands differently with letters, about this if that is known. */
  mailChanged(about: string | undefined): void
  /** Goes on with what was not done when this device stopped. */
  attend(): Promise<void>
  /** Connections may have come or gone. */
  connected(): void
  /** The blocks of a thread are at the account's cafes now, in other packs than before. */
  packed(id: ThreadIdText): void
  wake(): void
  close(): Promise<void>
}

/** Milliseconds a join waits for the first blocks: after it the thread is shown as `joining`. */
const JOIN_PATIENCE = 10_000
/** Milliseconds for what a person asked for without giving a limit. */
const SYNC_PATIENCE = 60_000
/** Milliseconds to wait for members to hear that we leave, and for a cafe to take the word. */
const FAREWELL = 4000

/**
 * @example
 * ```ts
 * const threads = await createPeerThreads({ ...shared, account, signer, node, … })
 * collecting.add(threads.roots)
 * const { id } = await threads.create({ name: 'Holidays' })
 * await threads.say(id, { type: 'text', body: { text: 'hello' } })
 * ```
 */
export async function createPeerThreads(components: PeerThreadComponents): Promise<PeerThreads> {
  const parts = await composeThreads(components)
  const { threads, shape, notes, invites, live, drops, news, feeds } = parts
  const within = (signal: AbortSignal | undefined, ms: number): AbortSignal =>
    AbortSignal.any([AbortSignal.timeout(ms), ...(signal ? [signal] : [])])

  const thread = async (id: ThreadIdText): Promise<Thread> => {
    const found = await threads.get(id)
    if (!found) throw new CafeError('NOT_FOUND', { what: 'thread' })
    return found
  }
  const info = async (id: ThreadIdText): Promise<ThreadInfo> => shape.info(await thread(id))
  const shaped = async (from: Thread, entry: Entry): Promise<Post> => ({
    ...(await shape.posts(from))(entry),
    sent: await parts.sent.summary(from, entry),
  })
  const entryOf = async (from: Thread, target: CID): Promise<Entry> => {
    const entry = await from.entry(target)
    if (!entry) throw new CafeError('NOT_FOUND', { what: 'target' })
    return entry
  }
  const say = async (id: ThreadIdText, what: Say): Promise<Post> => {
    const to = await thread(id)
    // Who was put out has no key either; this is why.
    const { standing } = await to.info()
    if (standing !== 'in') throw new CafeError('FORBIDDEN', { why: 'member' })
    const entry = await to.append(what)
    await parts.voice.said(to, entry)
    return shaped(to, entry)
  }

  return {
    async create({ name, type = 'open', sharing = 'shared', members }) {
      const made = await threads.create({ name, type, sharing, ...(members ? { members } : {}) })
      await notes.level(made.id)
      await parts.came(made)
      await parts.voice.announceIn(made)
      await parts.voice.tell(made)
      return info(made.id)
    },
    async list() {
      const all = (await threads.list()).toSorted((a, b) => b.updated - a.updated)
      return Promise.all(all.map(({ id }) => info(id)))
    },
    get: info,
    thread,
    async preview(text) {
      const opened = await invites.open(text)
      const known = await threads.get(opened.thread)
      return { ...opened, known: (await known?.info())?.standing === 'in' }
    },
    async join(text, { signal }) {
      const opened = await invites.open(text)
      const known = await threads.get(opened.thread)
      if ((await known?.info())?.standing === 'in') throw new CafeError('CONFLICT', { what: 'thread' })
      return joinThread(parts, opened, within(signal, JOIN_PATIENCE)).then(info)
    },
    async invite(id, to, { signal }) {
      const made = await (await thread(id)).invite(to, { cafes: await parts.voice.places() })
      const { link, sealed } = await invites.make(made)
      const expires = made.grant.exp
      const isDirect = sealed !== null && to !== null
      const delivered = isDirect && (await deliverInvite(parts, to, sealed, { expires, signal }))
      return { link, delivered, expires }
    },
    invites: async () => (await invites.list()).filter(({ door }) => door !== 'stranger'),
    requests: async () => (await invites.list()).filter(({ door }) => door === 'stranger'),
    async decline(id) {
      await invites.forget(id)
      await notes.forget({ note: id })
      news.emit('invites', null)
    },
    async leave(id) {
      const from = await thread(id)
      if ((await from.info()).standing === 'in') {
        const entry = await from.append({ type: 'leave', body: {} })
        const said = parts.voice.said(from, entry, { wait: true })
        const told = Promise.allSettled([said.then(() => parts.mailing.flush(from)), parts.leaveWord(from)])
        await Promise.race([told, new Promise((resolve) => setTimeout(resolve, FAREWELL))])
      }
      await parts.forget(id)
      await components.onLeft?.(id)
    },
    say,
    members: async (id) => shape.members(await thread(id)),
    feed: feeds.page,
    async entry(id, target) {
      const from = await thread(id)
      const entry = await entryOf(from, target)
      const whole = await shape.annotated(from, entry, await shape.posts(from))
      return { ...whole, sent: await parts.sent.summary(from, entry) }
    },
    async states(id, target) {
      const from = await thread(id)
      return parts.sent.states(from, await entryOf(from, target))
    },
    seen: async (id, targets) => parts.sent.seen(await thread(id), targets),
    notifications: notes.page,
    read: notes.read,
    async sync(id, { signal }) {
      if (id) await thread(id)
      const limited = within(signal, SYNC_PATIENCE)
      await Promise.allSettled([live.sync(id, limited), drops.look(limited)])
      signal?.throwIfAborted()
    },
    announce: parts.voice.announce,
    take: (id, blocks) => parts.intake.take(id, blocks),
    async fetch(id, plan, options) {
      const whole = await parts.fetching.fetch(await thread(id), plan, options)
      if (whole) await parts.intake.level(id)
      return whole
    },
    forget: parts.forget,
    watch: news.watch,
    roots: threads.roots,
    store: {
      ...threads,
      async open(known) {
        const opened = await threads.open(known)
        await parts.came(opened)
        return opened
      },
      forget: parts.forget,
    },
    carry: parts.carry,
    mailChanged: parts.mailChanged,
    attend: parts.mailing.start,
    connected: live.connected,
    packed: (id) => drops.changed(id, true),
    wake() {
      live.wake()
      drops.wake()
    },
    close: parts.close,
  }
}

/** Opens the thread and gets its first blocks, from whoever made the invite or from the cafes it names. */
async function joinThread(parts: ThreadParts, opened: Opened, signal: AbortSignal): Promise<ThreadIdText> {
  const { threads, invites, notes, live, fetching, intake, book } = parts
  const { invite, thread: id } = opened
  await invites.begin(opened)
  for (const { cafe, addresses } of invite.cafes) book.hint(cafe, addresses)
  const thread = await threads.open(invite)
  for (const note of await invites.joined(id)) await notes.forget({ note })
  await parts.came(thread)
  const origins = invite.cafes.flatMap(atPlace)
  const plan = { heads: invite.heads, packs: [], origins }
  const fetched = origins.length > 0 ? fetching.fetch(thread, plan, { signal }) : Promise.resolve(false)
  const some = [
    live.sync(id, signal),
    fetched.then((whole) => (whole ? intake.level(id) : Promise.reject(new CafeError('NOT_FOUND')))),
  ]
  // Whoever brings it first; if nobody does now, it is asked for again whenever somebody is there.
  await Promise.any(some).catch(() => {})
  await parts.settled(id, signal)
  return id
}

/** What follows from a block of this device's own, and what the account says about itself in its threads. */
import { type PeerIdText, sameBytes } from '../core/ids.ts'
import { MAX_CAFES } from '../core/limits.ts'
import type { Announce, ThreadCafes } from '../thread/kinds.ts'
import type { Entry, Member, Thread, ThreadIdText, Threads } from '../thread/thread.ts'
import type { PeerThreadComponents } from './thread-components.ts'
import type { Drops } from './thread-drops.ts'
import type { ThreadLive } from './thread-live.ts'
import type { ThreadMail } from './thread-mail.ts'
import type { Membership } from './thread-membership.ts'
import type { Notes } from './thread-notes.ts'
import type { CafePlace } from './thread-targets.ts'

export interface VoiceComponents
  extends Pick<PeerThreadComponents, 'account' | 'addresses' | 'blocks' | 'cafes' | 'log' | 'onBlocks' | 'profile'> {
  readonly peer: PeerIdText
  readonly threads: Threads
  readonly notes: Notes
  readonly membership: Membership
  /** Made later: they need the voice, too. */
  readonly live: () => Pick<ThreadLive, 'posted'>
  readonly drops: () => Pick<Drops, 'changed'>
  readonly mailing: () => Pick<ThreadMail, 'said'>
  /** With this key members of the thread may write to the account; none where there is no mail. */
  readonly door: (id: ThreadIdText) => Promise<Uint8Array<ArrayBuffer> | undefined>
}

export interface Voice {
  /** This device has said something; `wait`: until who is connected has heard it. */
  said(thread: Thread, entry: Entry, options?: { readonly wait?: boolean }): Promise<void>
  announce(): Promise<void>
  announceIn(thread: Thread): Promise<void>
  /** The account's cafes. */
  cafes(): Promise<CafePlace[]>
  /** Where a guest can have the blocks: the account's cafes, and this device. */
  places(): Promise<ThreadCafes>
  /** Whoever keeps blocks is told of the newest of a thread: of all where it has just been made. */
  tell(thread: Thread): Promise<void>
  /** The same for each thread, again: a crash may have come between the blocks and the word. */
  repeat(): Promise<void>
}

/** Blocks of each thread that are told of at a start: more than come between two commits. */
const AGAIN = 256

export function createVoice(components: VoiceComponents): Voice {
  const { account, peer, threads, notes, membership, live, drops, mailing, door, log } = components
  const { onBlocks = async () => {} } = components

  const cafes = async (): Promise<CafePlace[]> => {
    const active = (await components.cafes.list()).filter(({ state }) => state === 'active')
    return active.map(({ cafe, addresses }) => ({ cafe, addresses }))
  }
  const profile = async (id: ThreadIdText): Promise<Announce> => {
    const person = (await components.profile?.()) ?? { name: null, avatar: null }
    const [at, key] = await Promise.all([cafes(), door(id)])
    return { ...person, cafes: at.slice(0, MAX_CAFES), ...(key ? { door: key } : {}) }
  }

  const said = async (thread: Thread, entry: Entry, { wait = false } = {}): Promise<void> => {
    const { id } = thread
    const bytes = await components.blocks.get(entry.cid)
    const told = bytes ? live().posted(id, [{ cid: entry.cid, bytes }]) : Promise.resolve()
    drops().changed(id, true)
    mailing().said(id)
    // It is said, whatever fails now; a key that was due may have been made before it.
    await onBlocks(id, [entry.cid, ...entry.parents]).catch((cause) => log('warn', 'block not told', { cause }))
    await notes.blocks(thread, [entry], true)
    await membership.blocks(id, [entry])
    if (wait) await told
  }

  const announceIn = async (thread: Thread): Promise<void> => {
    if ((await thread.info()).standing !== 'in') return
    const [wanted, members] = await Promise.all([profile(thread.id), thread.members()])
    const mine = members.find(({ address }) => address === account.address)
    if (!mine || !isSame(mine, wanted)) await said(thread, await thread.append({ type: 'announce', body: wanted }))
  }

  const tell = async (thread: Thread): Promise<void> => {
    const { entries } = await thread.page({ limit: AGAIN })
    await onBlocks(
      thread.id,
      entries.map(({ cid }) => cid),
    )
  }

  const each = async (task: (thread: Thread, id: ThreadIdText) => Promise<void>): Promise<void> => {
    for (const { id } of await threads.list()) {
      const thread = await threads.get(id)
      if (thread) await task(thread, id)
    }
  }

  return {
    ...{ said, announceIn, cafes },
    announce: () => each(announceIn),
    async places() {
      const own = { cafe: peer, addresses: [...components.addresses()] }
      return [own, ...(await cafes())].slice(0, MAX_CAFES)
    },
    tell,
    repeat: () => each(tell),
  }
}

function isSame(a: Pick<Member, keyof Announce>, b: Announce): boolean {
  const picture = a.avatar?.toString() === b.avatar?.toString()
  const door = !b.door || (a.door !== undefined && sameBytes(a.door, b.door))
  return a.name === b.name && picture && door && JSON.stringify(a.cafes) === JSON.stringify(b.cafes)
}

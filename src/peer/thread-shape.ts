/** Threads, members and blocks as people are shown them: plain data, with the names that members have announced. */
import type { CID } from 'multiformats/cid'
import type { Address, PeerIdText } from '../core/ids.ts'
import type { ThreadFile } from '../thread/kinds.ts'
import type { Entry, Member, Thread, ThreadIdText } from '../thread/thread.ts'
import { entryLink, fileLink } from './backup-row.ts'
import { lastWords, otherOf } from './conversation.ts'
import type { Seen } from './thread-notes.ts'
import type { AnnotatedPost, LastWords, MemberInfo, Person, Post, PostFile, ThreadInfo } from './thread-view.ts'

export interface ShapeComponents {
  readonly self: () => Address
  readonly seen: (id: ThreadIdText) => Promise<Seen>
  /** Devices that have a link for the thread now. */
  readonly online: (id: ThreadIdText) => readonly PeerIdText[]
}

export interface Shape {
  info(thread: Thread): Promise<ThreadInfo>
  members(thread: Thread): Promise<readonly MemberInfo[]>
  /** Gives a shape to many entries of a thread, looking at its members once. */
  posts(thread: Thread): Promise<(entry: Entry) => Post>
  annotated(thread: Thread, entry: Entry, post: (entry: Entry) => Post): Promise<AnnotatedPost>
}

export function createShape({ self, seen, online }: ShapeComponents): Shape {
  const people = async (thread: Thread): Promise<Map<Address, Member>> =>
    new Map((await thread.members()).map((member) => [member.address, member]))

  /** Read again only when something was said. */
  const known = new Map<ThreadIdText, { readonly blocks: number; readonly last: ReturnType<typeof lastWords> }>()
  const last = (thread: Thread, blocks: number): ReturnType<typeof lastWords> => {
    const before = known.get(thread.id)
    if (before?.blocks === blocks) return before.last
    const reading = lastWords(thread)
    known.set(thread.id, { blocks, last: reading })
    // What failed is read again.
    reading.catch(() => known.delete(thread.id))
    return reading
  }

  return {
    async info(thread) {
      const [info, members, { unread, synced }, alarms] = await Promise.all([
        thread.info(),
        people(thread),
        seen(thread.id),
        thread.alarms(),
      ])
      const rights = ['write', 'annotate', 'invite', 'rename', 'remove'] as const
      const can = await Promise.all(rights.map((right) => thread.can(right)))
      const words = await last(thread, info.blocks)
      const other = otherOf(thread, info.name, self(), members)
      const standing = info.standing === 'in' ? 'in' : info.standing === null ? 'joining' : 'removed'
      return {
        id: thread.id,
        name: info.name,
        type: info.type,
        sharing: info.sharing,
        initiator: person(members, info.initiator),
        mine: info.initiator === self(),
        with: other && person(members, other),
        last: words && asLast(words.entry.content, words.text, members, self()),
        standing,
        members: [...members.values()].filter((member) => member.standing === 'in').length,
        online: online(thread.id).length,
        blocks: info.blocks,
        unread,
        updated: info.updated,
        synced,
        can: Object.fromEntries(rights.map((right, i) => [right, can[i] === true])) as Record<
          (typeof rights)[number],
          boolean
        >,
        alarms: alarms.map(({ kind, author, dev, seq }) => ({ kind, author, peer: dev, seq })),
      }
    },
    async members(thread) {
      const here = new Set(online(thread.id))
      return (await thread.members()).map((member) => ({
        ...personOf(member),
        standing: member.standing,
        since: member.since,
        self: member.address === self(),
        initiator: member.address === thread.charter.initiator,
        online: member.address === self() || member.devices.some((peer) => here.has(peer)),
      }))
    },
    async posts(thread) {
      const members = await people(thread)
      return (entry) => asPost(thread.id, entry, members, self())
    },
    async annotated(thread, entry, post) {
      const about = (await thread.about(entry.cid)).filter(({ hidden }) => !hidden)
      const of = (type: Entry['content']['type']): Post[] =>
        about.filter(({ content }) => content.type === type).map(post)
      return { ...post(entry), comments: of('comment'), likes: of('like'), flags: of('flag') }
    },
  }
}

const personOf = ({ address, name, avatar }: Member): Person => ({
  address,
  name,
  avatar: avatar?.toString() ?? null,
})

export const person = (members: ReadonlyMap<Address, Member>, address: Address): Person => {
  const member = members.get(address)
  return member ? personOf(member) : { address, name: null, avatar: null }
}

function asLast(
  content: Entry['content'],
  text: string,
  members: Map<Address, Member>,
  self: Address,
): LastWords | null {
  const { type: kind, author, ts: time } = content
  if (kind !== 'text' && kind !== 'files' && kind !== 'comment') return null
  return { author: person(members, author), self: author === self, kind, text, time }
}

function asPost(thread: ThreadIdText, { cid, content }: Entry, members: Map<Address, Member>, self: Address): Post {
  const from = members.get(content.author)?.cafes.map(({ cafe }) => cafe) ?? []
  return {
    thread,
    cid: cid.toString(),
    author: person(members, content.author),
    peer: content.dev,
    self: content.author === self,
    time: content.ts,
    kind: content.type,
    text: textOf(content),
    files: content.files.map((file) => asFile(file, from)),
    link: content.type === 'files' && content.body.data ? entryLink(content.body.data, content.files, from) : null,
    target: targetOf(content)?.toString() ?? null,
    who: content.type === 'remove' ? person(members, content.body.who) : null,
    sent: null,
  }
}

/** The block that a block is about, if it is. */
export function targetOf(content: Entry['content']): CID | undefined {
  return 'target' in content.body ? content.body.target : undefined
}

function textOf(content: Entry['content']): string {
  switch (content.type) {
    case 'text':
    case 'comment':
      return content.body.text
    case 'files':
      return content.body.caption
    case 'rename':
      return content.body.name
    case 'announce':
      return content.body.name ?? ''
    default:
      return ''
  }
}

function asFile(file: ThreadFile, from: readonly PeerIdText[]): PostFile {
  const { cid, key, name, size, mime, thumb } = file
  const link = (root: CID, key: Uint8Array | null, name: string): string => fileLink(root, { key, name, from })
  const thumbnail = thumb && {
    link: link(thumb.cid, thumb.key, `small ${name}`),
    width: thumb.width,
    height: thumb.height,
  }
  return { link: link(cid, key, name), cid: cid.toString(), name, size, mime, thumbnail: thumbnail ?? null }
}

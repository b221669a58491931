/**
 * What a person is told of: invites, who came and went, posts, and what is said about their own posts (textile.md §5.7).
 * Kept on disk with whether it was read, bounded, and taken back when the post is ignored, its author leaves or the thread
 * is left. What was there when this device came to a thread is history, and no news.
 */
import type { CID } from 'multiformats/cid'
import type { Clock } from '../core/clock.ts'
import type { Address } from '../core/ids.ts'
import { address, count, text, v } from '../core/schema.ts'
import { createSerial } from '../core/serial.ts'
import type { Change, Rows } from '../store/rows.ts'
import { table } from '../store/table.ts'
import type { Entry, Thread, ThreadIdText } from '../thread/thread.ts'

const noteRow = v.strictObject({
  kind: v.picklist(['invite', 'join', 'leave', 'text', 'files', 'comment', 'like']),
  actor: address,
  /** As actor and thread were called then. */
  actorName: v.nullable(text(256)),
  thread: text(64),
  name: text(256),
  block: v.nullable(text(128)),
  target: v.nullable(text(128)),
  text: text(200),
  time: count(),
  read: v.boolean(),
})
type NoteRow = v.InferOutput<typeof noteRow>
export type Note = NoteRow & { readonly id: string }

const seenRow = v.strictObject({
  /** This device has once been level with others: what comes from then on is news. */
  level: v.boolean(),
  /** When that was last so. */
  synced: v.nullable(count()),
  /** Posts of others that were not read. */
  unread: count(),
})
export type Seen = v.InferOutput<typeof seenRow>

export interface NotePage {
  readonly notes: readonly Note[]
  /** Of all; and those of them that are posts. */
  readonly unread: number
  readonly posts: number
  readonly next: string | null
}

export interface Notes {
  /** Blocks of a thread have come; not `news` if this device had not been level before them. */
  blocks(thread: Thread, entries: readonly Entry[], news: boolean): Promise<void>
  invited(invite: { readonly id: string; thread: string; name: string; from: Address }): Promise<void>
  /** Newest first. */
  page(options: { after?: string | undefined; limit: number }): NotePage
  /** One, those of a thread, or all. */
  read(what: { note?: string | undefined; thread?: ThreadIdText | undefined }): Promise<void>
  seen(id: ThreadIdText): Promise<Seen>
  /** The thread is level with some other device or cafe; `history`: all that is here was there before us. */
  level(id: ThreadIdText): Promise<void>
  /** Nothing of a thread, or of an invite, is news any more. */
  forget(what: { thread?: ThreadIdText | undefined; note?: string | undefined }): Promise<void>
}

export interface NoteComponents {
  readonly rows: Rows
  readonly clock: Clock
  readonly self: () => Address
  readonly onChange: (thread: ThreadIdText | null) => void
}

/** Notes kept: the oldest are forgotten. */
const MAX_NOTES = 1000
/** Characters of what was said that a note repeats. */
const EXCERPT = 140
/** Milliseconds before the time of the last sync is written again. */
const REWRITE = 60_000

type Names = ReadonlyMap<Address, string | null>

const NEVER: Seen = { level: false, synced: null, unread: 0 }

export async function createNotes({ rows, clock, self, onChange }: NoteComponents): Promise<Notes> {
  const notes = table(rows, 'thread-note', noteRow)
  const seen = table(rows, 'thread-seen', seenRow)
  const serial = createSerial()
  /** All of them, newest first: a thousand small rows. */
  let all: Note[] = (await notes.list([]))
    .map(({ key, row }) => ({ ...row, id: key[0] as string }))
    .sort((a, b) => b.time - a.time)

  const seenOf = async (id: ThreadIdText): Promise<Seen> => (await seen.get(id)) ?? NEVER

  const add = (fresh: readonly Note[]): Change[] => {
    const known = new Set(all.map(({ id }) => id))
    const added = fresh.filter(({ id }) => !known.has(id))
    all = [...added.toReversed(), ...all]
    const dropped = all.splice(MAX_NOTES)
    return [...added.map(({ id, ...row }) => notes.put([id], row)), ...dropped.map(({ id }) => notes.remove(id))]
  }
  const drop = (gone: (note: Note) => boolean): Change[] => {
    const dropped = all.filter(gone)
    all = all.filter((note) => !gone(note))
    return dropped.map(({ id }) => notes.remove(id))
  }

  const noteOf = async (thread: Thread, entry: Entry, name: string, names: Names): Promise<Note | undefined> => {
    const { content } = entry
    const about = await saying(thread, entry, self())
    if (!about) return undefined
    return {
      ...about,
      id: entry.cid.toString(),
      actor: content.author,
      actorName: names.get(content.author) ?? null,
      thread: thread.id,
      name,
      block: entry.cid.toString(),
      time: clock(),
      read: false,
    }
  }

  const noteAll = async (thread: Thread, entries: readonly Entry[]): Promise<void> => {
    const before = await seenOf(thread.id)
    const others = entries.filter(({ content }) => content.author !== self())
    const { name } = await thread.info()
    const members = others.length > 0 ? await thread.members() : []
    const names: Names = new Map(members.map((member) => [member.address, member.name]))
    const noted = await Promise.all(others.map((entry) => noteOf(thread, entry, name, names)))
    const fresh = noted.filter((note) => !!note)
    const taken = (await Promise.all(entries.map((entry) => takenBack(thread, entry)))).flat()
    const gone = new Set(entries.filter(({ content }) => isGone(content)).map(({ content }) => goneOf(content)))
    const posts = others.filter(({ content, hidden }) => !hidden && isPost(content.type)).length
    const changes = [
      ...add(fresh),
      ...drop(({ block }) => block !== null && taken.includes(block)),
      ...drop(({ thread: id, actor, kind }) => id === thread.id && gone.has(actor) && kind !== 'leave'),
      ...(posts > 0 ? [seen.put([thread.id], { ...before, unread: before.unread + posts })] : []),
    ]
    if (changes.length === 0) return
    await rows.commit(changes)
    onChange(thread.id)
  }

  return {
    blocks: async (thread, entries, news) => {
      if (news) await serial('notes', () => noteAll(thread, entries))
    },
    invited: ({ id, thread, name, from }) =>
      serial('notes', async () => {
        const about = { kind: 'invite', block: null, target: null, text: '' } as const
        await rows.commit(
          add([{ ...about, id, thread, name, actor: from, actorName: null, time: clock(), read: false }]),
        )
        onChange(null)
      }),
    page({ after, limit }) {
      const start = after === undefined ? 0 : all.findIndex(({ id }) => id === after) + 1
      const found = all.slice(start, start + limit)
      const unread = all.filter(({ read }) => !read)
      return {
        notes: found,
        unread: unread.length,
        posts: unread.filter(({ kind }) => isPost(kind)).length,
        next: start + limit < all.length ? (found.at(-1)?.id ?? null) : null,
      }
    },
    read: ({ note, thread }) =>
      serial('notes', async () => {
        const isMeant = ({ id, thread: of }: Note): boolean => (note ?? id) === id && (thread ?? of) === of
        const changed = all.filter((one) => !one.read && isMeant(one))
        all = all.map((one) => (isMeant(one) ? { ...one, read: true } : one))
        const counts = note === undefined ? await seen.list([]) : []
        const changes = [
          ...changed.map(({ id, ...row }) => notes.put([id], { ...row, read: true })),
          ...counts
            .filter(({ key, row }) => row.unread > 0 && (thread ?? key[0]) === key[0])
            .map(({ key, row }) => seen.put(key, { ...row, unread: 0 })),
        ]
        if (changes.length === 0) return
        await rows.commit(changes)
        onChange(thread ?? null)
      }),
    seen: seenOf,
    level: (id) =>
      serial('notes', async () => {
        const before = await seenOf(id)
        const now = clock()
        if (before.level && before.synced !== null && now - before.synced < REWRITE) return
        await rows.commit([seen.put([id], { ...before, level: true, synced: now })])
        onChange(id)
      }),
    forget: ({ thread, note }) =>
      serial('notes', async () => {
        const changes = drop((one) => one.id === note || one.thread === thread)
        if (thread) changes.push(seen.remove(thread))
        await rows.commit(changes)
        onChange(null)
      }),
  }
}

const isPost = (kind: string): boolean => kind === 'text' || kind === 'files'
const isGone = ({ type }: Entry['content']): boolean => type === 'leave' || type === 'remove'
const goneOf = (content: Entry['content']): Address => (content.type === 'remove' ? content.body.who : content.author)

/** The block that this one takes back, if its author may. */
async function takenBack(thread: Thread, { content }: Entry): Promise<string[]> {
  if (content.type !== 'ignore') return []
  const { target } = content.body
  return (await thread.entry(target))?.hidden ? [target.toString()] : []
}

const excerpt = (said: string): string => [...said].slice(0, EXCERPT).join('')

/** What a note says of this block, if it is news for `self`. */
async function saying(
  thread: Thread,
  { content, hidden }: Entry,
  self: Address,
): Promise<Pick<NoteRow, 'kind' | 'target' | 'text'> | undefined> {
  if (hidden) return undefined
  const isMine = async (target: CID): Promise<boolean> => (await thread.entry(target))?.content.author === self
  switch (content.type) {
    case 'join':
    case 'leave':
      return { kind: content.type, target: null, text: '' }
    case 'text':
      return { kind: 'text', target: null, text: excerpt(content.body.text) }
    case 'files':
      return { kind: 'files', target: null, text: excerpt(content.body.caption) }
    case 'comment':
    case 'like': {
      if (!(await isMine(content.body.target))) return undefined
      const said = content.type === 'comment' ? excerpt(content.body.text) : ''
      return { kind: content.type, target: content.body.target.toString(), text: said }
    }
    default:
      return undefined
  }
}

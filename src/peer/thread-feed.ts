/**
 * The feed: a page of what was said, newest first, of one thread or of all, in three shapes (textile.md §5.7). Every page
 * is read by ranges from where the last one ended, so it costs the same however much there is.
 */
import { CafeError } from '../core/errors.ts'
import { parse, text, v } from '../core/schema.ts'
import type { Cursor, Entry, Member, Page, Thread, ThreadIdText, Threads } from '../thread/thread.ts'
import type { Sent } from './thread-sent.ts'
import { type Shape, targetOf } from './thread-shape.ts'
import type { AnnotatedPost, Feed, FeedItem, FeedMode, Post, PostSent } from './thread-view.ts'

export interface FeedOptions {
  readonly id?: ThreadIdText | undefined
  readonly mode?: FeedMode | undefined
  readonly after?: string | undefined
  readonly limit?: number | undefined
}

export interface Feeds {
  /** @throws CafeError BAD_REQUEST {what: 'after'}; NOT_FOUND {what: 'thread'}. */
  page(options: FeedOptions): Promise<Feed>
}

export const MAX_FEED = 100
/** Bytes of a cursor: a place in each of some hundred threads. */
export const MAX_AFTER = 64 * 1024
const DEFAULT = 20
/** Reads for one page: where nearly all is of another kind the page ends early, and the next goes on. */
const MAX_READS = 8

/** Where a page of all threads ended: in each thread of which something was shown, and the time of the last. */
const placeSchema = v.strictObject({ before: v.number(), at: v.record(text(64), v.nullable(text(256))) })
type Place = v.InferOutput<typeof placeSchema>

interface Found {
  readonly thread: Thread
  readonly entry: Entry
}

export interface FeedComponents {
  readonly threads: Threads
  readonly shape: Shape
  readonly sent: Pick<Sent, 'summary'>
}

export function createFeeds({ threads, shape, sent }: FeedComponents): Feeds {
  return {
    async page({ id, mode = 'chronological', after, limit = DEFAULT }) {
      const source = id === undefined ? allThreads(threads) : oneThread(await get(threads, id))
      const shaped = shaper(shape, sent)
      const items: FeedItem[] = []
      let next: string | null = after ?? null
      for (let read = 0; read < MAX_READS && items.length < limit; read++) {
        const page = await source(next ?? undefined, limit - items.length)
        next = page.next
        for (const found of page.found) if (isShown(found.entry, mode)) await add(items, found, mode, shaped)
        if (next === null) break
      }
      return { items, next }
    },
  }
}

async function get(threads: Threads, id: ThreadIdText): Promise<Thread> {
  const thread = await threads.get(id)
  if (!thread) throw new CafeError('NOT_FOUND', { what: 'thread' })
  return thread
}

/** What people want to know the way of. */
const POSTS: ReadonlySet<string> = new Set(['text', 'files', 'comment'])
const ANNOTATIONS: ReadonlySet<string> = new Set(['comment', 'like', 'flag', 'ignore'])

/** Ignores only hide, and what they hide is not shown. New keys are nobody's news. */
function isShown({ content, hidden }: Entry, mode: FeedMode): boolean {
  if (hidden || content.type === 'ignore' || content.type === 'rekey') return false
  return mode !== 'annotated' || !ANNOTATIONS.has(content.type)
}

interface Shaper {
  post(found: Found): Promise<Post>
  annotated(found: Found): Promise<AnnotatedPost>
}

/** Looks at the members of each thread once. */
function shaper(shape: Shape, sent: Pick<Sent, 'summary'>): Shaper {
  const shapes = new Map<ThreadIdText, Promise<(entry: Entry) => Post>>()
  const of = (thread: Thread): Promise<(entry: Entry) => Post> => {
    const known = shapes.get(thread.id) ?? shape.posts(thread)
    shapes.set(thread.id, known)
    return known
  }
  const people = new Map<ThreadIdText, Promise<readonly Member[]>>()
  const sentOf = async ({ thread, entry }: Found): Promise<PostSent | null> => {
    if (!POSTS.has(entry.content.type)) return null
    const members = people.get(thread.id) ?? thread.members()
    people.set(thread.id, members)
    return sent.summary(thread, entry, await members)
  }
  return {
    async post(found) {
      const [post, how] = await Promise.all([of(found.thread), sentOf(found)])
      return { ...post(found.entry), sent: how }
    },
    async annotated(found) {
      const { thread, entry } = found
      const [post, how] = await Promise.all([of(thread), sentOf(found)])
      return { ...(await shape.annotated(thread, entry, post)), sent: how }
    },
  }
}

async function add(items: FeedItem[], found: Found, mode: FeedMode, shaped: Shaper): Promise<void> {
  if (mode === 'chronological') items.push({ post: await shaped.post(found), stack: [], initial: true })
  else if (mode === 'annotated') items.push({ post: await shaped.annotated(found), stack: [], initial: true })
  else await pile(items, found, shaped)
}

/** Puts an entry on the last stack if it is about the same post, else begins another. */
async function pile(items: FeedItem[], found: Found, shaped: Shaper): Promise<void> {
  const { thread, entry } = found
  const post = await shaped.post(found)
  const last = items.at(-1)
  const target = targetOf(entry.content)
  if (last && last.post.thread === thread.id && last.post.cid === (target ?? entry.cid).toString()) {
    const stack = target ? [...last.stack, post] : last.stack
    items[items.length - 1] = { post: last.post, stack, initial: last.initial || !target }
    return
  }
  const about = target && (await thread.entry(target))
  // What is said about something hidden, or about what is not here, is not shown either.
  if (target && (!about || about.hidden)) return
  if (about) items.push({ post: await shaped.post({ thread, entry: about }), stack: [post], initial: false })
  else items.push({ post, stack: [], initial: true })
}

type Source = (
  after: string | undefined,
  limit: number,
) => Promise<{ readonly found: readonly Found[]; readonly next: string | null }>

const oneThread =
  (thread: Thread): Source =>
  async (after, limit) => {
    const page = await thread.page({ after: after as Cursor | undefined, limit })
    return { found: page.entries.map((entry) => ({ thread, entry })), next: page.next ?? null }
  }

/** The newest of all threads: looks only into those that have something as new as what is shown. */
const allThreads =
  (threads: Threads): Source =>
  async (after, limit) => {
    const place = after === undefined ? { before: Number.MAX_SAFE_INTEGER, at: {} } : parsePlace(after)
    const infos = (await threads.list()).toSorted((a, b) => b.updated - a.updated)
    let chosen: Candidate[] = []
    for (const { id, updated } of infos) {
      const least = chosen.length >= limit ? (chosen[limit - 1]?.time ?? 0) : 0
      if (updated < least) break
      chosen = [...chosen, ...(await candidates(threads, id, place, limit))].sort((a, b) => b.time - a.time)
    }
    const shown = chosen.slice(0, limit)
    const at: Place['at'] = { ...place.at }
    for (const [thread, taken] of Map.groupBy(shown, (one) => one.thread)) {
      at[thread.id] = await cursorAfter(thread, at[thread.id], taken.length)
    }
    const next = chosen.length > 0 ? JSON.stringify({ before: shown.at(-1)?.time ?? 0, at } satisfies Place) : null
    return { found: shown, next }
  }

interface Candidate extends Found {
  /** Falls along the pages of a thread, whatever clocks say. */
  readonly time: number
}

async function candidates(threads: Threads, id: ThreadIdText, place: Place, limit: number): Promise<Candidate[]> {
  const thread = await threads.get(id)
  const from = place.at[id]
  if (!thread || from === null) return []
  const { entries } = await thread.page({ after: from as Cursor | undefined, limit })
  let time = place.before
  return entries.map((entry) => {
    time = Math.min(time, entry.content.ts)
    return { thread, entry, time }
  })
}

/** Where the page after the first `taken` entries begins; null at the end. */
async function cursorAfter(thread: Thread, from: string | null | undefined, taken: number): Promise<string | null> {
  const page: Page = await thread.page({ after: (from ?? undefined) as Cursor | undefined, limit: taken })
  return page.next ?? null
}

function parsePlace(after: string): Place {
  try {
    return parse(placeSchema, JSON.parse(after))
  } catch (cause) {
    throw new CafeError('BAD_REQUEST', { what: 'after' }, { cause })
  }
}

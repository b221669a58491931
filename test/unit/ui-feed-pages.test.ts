/** A feed in pages, against a thread that is a plain list: whatever happens in it, what is shown is its beginning. */
import fc from 'fast-check'
import type { ReactiveController, ReactiveControllerHost } from 'lit'
import { describe, expect, it } from 'vitest'
import { FeedPages } from '../../src/ui/controllers/feed-pages.ts'
import { Heights } from '../../src/ui/controllers/heights.ts'
import type { CafeConsole } from '../../src/worker/console-api.ts'
import type { FeedInput, FeedItem } from '../../src/worker/thread-api.ts'

class Host implements ReactiveControllerHost {
  readonly controllers: ReactiveController[] = []
  readonly updateComplete = Promise.resolve(true)
  addController(controller: ReactiveController): void {
    this.controllers.push(controller)
  }
  removeController(): void {}
  requestUpdate(): void {
    for (const controller of this.controllers) controller.hostUpdate?.()
  }
}

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1))

/** A thread of numbers, newest first; a page begins below a number, as a cursor of a thread does. */
function model(count: number) {
  let posts = Array.from({ length: count }, (_, index) => (count - index) * 1000)
  let changed = (): void => {}
  let calls = 0
  const feed = async ({ after, limit = 20 }: FeedInput) => {
    calls++
    const below = posts.filter((post) => after === undefined || post < Number(after))
    const page = below.slice(0, limit)
    const items = page.map((post) => ({ post: { thread: 't', cid: String(post) }, stack: [], initial: true }))
    return { items: items as unknown as FeedItem[], next: below.length > limit ? String(page.at(-1)) : null }
  }
  const watch = (news: (news: unknown) => void, { signal }: { signal: AbortSignal }): Promise<void> => {
    changed = () => news({ what: 'feed', thread: null })
    return new Promise((resolve) => signal.addEventListener('abort', () => resolve()))
  }
  const host = new Host()
  const cafe = { thread: { feed, watch } } as unknown as CafeConsole
  const pages = new FeedPages(
    host,
    () => cafe,
    () => ({ mode: 'annotated' }),
  )
  host.requestUpdate()
  return {
    pages,
    get posts() {
      return posts.map(String)
    },
    get calls() {
      return calls
    },
    edit(change: (posts: readonly number[]) => number[]) {
      posts = change(posts).sort((a, b) => b - a)
      changed()
    },
    shown: () => pages.items?.map(({ post }) => post.cid),
  }
}

describe('a feed in pages', () => {
  it('reads each older page once', async () => {
    const thread = model(1000)
    await settled()
    expect(thread.shown()).toEqual(thread.posts.slice(0, 20))
    while (thread.pages.more) {
      thread.pages.next()
      await settled()
    }
    expect(thread.shown()).toEqual(thread.posts)
    expect(thread.calls).toBeLessThan(15)
  })

  it('reads but the first page and what is on screen when something happens', async () => {
    const thread = model(1000)
    await settled()
    thread.pages.restart('1000')
    await settled()
    expect(thread.shown()).toHaveLength(1000)
    thread.pages.show(500, 520)
    await settled()
    const before = thread.calls
    thread.edit((posts) => [...posts, 2_000_000])
    await settled()
    expect(thread.shown()).toEqual(thread.posts)
    expect(thread.calls - before).toBeLessThan(5)
  })

  it('hears what happens while it reads', async () => {
    const thread = model(50)
    await settled()
    for (let more = 1; more <= 5; more++) {
      thread.edit((posts) => [...posts, 1_000_000 + more])
      // Somewhere in the reading of the one before.
      for (let turn = 0; turn < more; turn++) await Promise.resolve()
    }
    await settled()
    expect(thread.shown()?.slice(0, 20)).toEqual(thread.posts.slice(0, 20))
  })

  it('begins again after more news than anybody looks through', async () => {
    const thread = model(200)
    await settled()
    thread.edit((posts) => [...posts, ...Array.from({ length: 3000 }, (_, index) => 1_000_000 + index)])
    await settled()
    const shown = thread.shown() ?? []
    expect(shown).toEqual(thread.posts.slice(0, shown.length))
    expect(thread.pages.more).toBe(true)
  })

  it('is the beginning of the thread, whatever comes, goes and is looked at', { timeout: 60_000 }, async () => {
    const step = fc.oneof(
      fc.record({ do: fc.constant('come' as const), at: fc.integer({ min: 1, max: 600_000 }) }),
      fc.record({ do: fc.constant('new' as const), at: fc.integer({ min: 1, max: 40 }) }),
      fc.record({ do: fc.constant('go' as const), at: fc.nat(400) }),
      fc.record({ do: fc.constant('next' as const), at: fc.constant(0) }),
      fc.record({ do: fc.constant('show' as const), at: fc.nat(400) }),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 15 }), async (steps) => {
        const thread = model(300)
        await settled()
        let newest = 1_000_000
        for (const { do: what, at } of steps) {
          if (what === 'come') thread.edit((posts) => [...new Set([...posts, at])])
          if (what === 'new') thread.edit((posts) => [...posts, ...Array.from({ length: at }, () => ++newest)])
          if (what === 'go') thread.edit((posts) => posts.filter((_, index) => index !== at))
          if (what === 'next') thread.pages.next()
          if (what === 'show') thread.pages.show(at, at + 20)
          await settled()
        }
        thread.pages.show(0, 10_000)
        await settled()
        const shown = thread.shown() ?? []
        expect(shown).toEqual(thread.posts.slice(0, shown.length))
        expect(thread.pages.more).toBe(shown.length < thread.posts.length)
      }),
      { numRuns: 60 },
    )
  })
})

describe('heights of a long list', () => {
  it('knows where each line is, measured or guessed', () => {
    const heights = new Heights()
    heights.keys = ['a', 'b', 'c', 'd']
    expect(heights.learn('b', 50)).toBe(true)
    expect(heights.learn('b', 50.2)).toBe(false)
    expect(heights.learn('a', 100)).toBe(true)
    // The guess is the mean of the two.
    expect([0, 1, 2, 3, 4].map((index) => heights.top(index))).toEqual([0, 100, 150, 225, 300])
    expect([-5, 0, 99, 100, 149, 150, 1000].map((y) => heights.at(y))).toEqual([0, 0, 0, 1, 1, 2, 3])
    heights.keys = ['new', 'a', 'b']
    expect(heights.top(2)).toBe(175)
    heights.forget()
    expect(heights.total).toBe(225)
  })
})

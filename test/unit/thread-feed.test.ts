/** The feed in its three shapes: every page by a range, nothing twice, nothing left out. */
import { describe, expect, it } from 'vitest'
import { createFeeds, type Feeds } from '../../src/peer/thread-feed.ts'
import { createShape } from '../../src/peer/thread-shape.ts'
import type { FeedItem, FeedMode } from '../../src/peer/thread-view.ts'
import type { Thread } from '../../src/thread/thread.ts'
import { exchange, type Person, personOf, threadOf } from './thread-world.ts'

const seen = async () => ({ level: true, synced: null, unread: 0 })

function feedsOf({ account, threads }: Person): Feeds {
  return createFeeds({
    ...{ threads, shape: createShape({ self: () => account.address, seen, online: () => [] }) },
    sent: { summary: async () => null },
  })
}

/** All pages, `limit` at a time. */
async function all(feeds: Feeds, mode: FeedMode, limit: number, id?: Thread['id']): Promise<FeedItem[]> {
  const items: FeedItem[] = []
  let after: string | undefined
  for (let page = 0; page < 100; page++) {
    const found = await feeds.page({ id, mode, limit, after })
    expect(found.items.length).toBeLessThanOrEqual(limit)
    items.push(...found.items)
    if (found.next === null) return items
    after = found.next
  }
  throw new Error('the feed has no end')
}

const textsOf = (items: readonly FeedItem[]): string[] =>
  items.filter(({ post }) => post.kind === 'text').map(({ post }) => post.text)

async function written() {
  const people = [await personOf(1), await personOf(2)] as const
  const [host, guest] = people
  const [own, other] = (await threadOf(people)) as [Thread, Thread]
  const say = async (who: Person, thread: Thread, text: string) => {
    for (const person of people) person.now += 1000
    const entry = await thread.append({ type: 'text', body: { text } })
    await exchange(own, other)
    expect(who.account.address).toBe(entry.content.author)
    return entry.cid
  }
  return { host, guest, own, other, say }
}

describe('the feed', () => {
  it('gives everything once, newest first, whatever the size of the pages', async () => {
    const { host, own, say } = await written()
    for (let n = 0; n < 25; n++) await say(host, own, `post ${n}`)
    const feeds = feedsOf(host)
    const expected = Array.from({ length: 25 }, (_, n) => `post ${24 - n}`)
    for (const limit of [1, 7, 100]) {
      expect(textsOf(await all(feeds, 'chronological', limit, own.id))).toEqual(expected)
      expect(textsOf(await all(feeds, 'chronological', limit))).toEqual(expected)
      expect(textsOf(await all(feeds, 'annotated', limit, own.id))).toEqual(expected)
    }
  })

  it('shows a post with what was said about it, without what was taken back', async () => {
    const { host, guest, own, other, say } = await written()
    const first = await say(host, own, 'first')
    const bad = await say(guest, other, 'sorry')
    await other.append({ type: 'comment', body: { target: first, text: 'well said' } })
    const slip = await other.append({ type: 'comment', body: { target: first, text: 'oops' } })
    await other.append({ type: 'like', body: { target: first } })
    await other.append({ type: 'ignore', body: { target: slip.cid } })
    await other.append({ type: 'ignore', body: { target: bad } })
    await exchange(own, other)
    const feeds = feedsOf(host)
    const [top] = (await feeds.page({ id: own.id, mode: 'annotated' })).items
    expect(top?.post).toMatchObject({
      text: 'first',
      self: true,
      comments: [{ text: 'well said' }],
      likes: [{ author: { address: guest.account.address } }],
      flags: [],
    })
    for (const mode of ['chronological', 'annotated', 'stacks'] as const) {
      const shown = JSON.stringify(await all(feeds, mode, 5, own.id))
      expect(shown).not.toContain('sorry')
      expect(shown).not.toContain('oops')
    }
  })

  it('stacks what was said in a row about one post, on the post if it is of the same run', async () => {
    const { host, guest, own, other, say } = await written()
    const old = await say(host, own, 'old')
    const young = await say(guest, other, 'young')
    await own.append({ type: 'like', body: { target: young } })
    await own.append({ type: 'comment', body: { target: young, text: 'nice' } })
    await own.append({ type: 'comment', body: { target: old, text: 'still true' } })
    await exchange(own, other)
    const items = await all(feedsOf(host), 'stacks', 50, own.id)
    const stacks = items.filter(({ post }) => post.kind === 'text')
    expect(stacks.map(({ post, initial, stack }) => [post.text, initial, stack.map(({ kind }) => kind)])).toEqual([
      ['old', false, ['comment']],
      ['young', true, ['comment', 'like']],
      ['old', true, []],
    ])
  })

  it('puts the posts of all threads into one order, and looks only where there is something', async () => {
    const host = await personOf(1)
    const threads = [
      await host.threads.create({ name: 'One', type: 'open', sharing: 'shared' }),
      await host.threads.create({ name: 'Two', type: 'open', sharing: 'shared' }),
      await host.threads.create({ name: 'Three', type: 'open', sharing: 'shared' }),
    ] as const
    for (let n = 0; n < 30; n++) {
      host.now += 1000
      await threads[n % 3 === 2 ? 2 : 0]?.append({ type: 'text', body: { text: `${n}` } })
    }
    const feeds = feedsOf(host)
    const expected = Array.from({ length: 30 }, (_, n) => `${29 - n}`)
    for (const limit of [1, 4, 50]) expect(textsOf(await all(feeds, 'chronological', limit))).toEqual(expected)
  })

  it('refuses what is no place of a feed', async () => {
    const host = await personOf(1)
    await expect(feedsOf(host).page({ after: '{"before":1}' })).rejects.toMatchObject({ code: 'BAD_REQUEST' })
    await expect(feedsOf(host).page({ id: 'ab'.repeat(32) as Thread['id'] })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    })
  })
})

/**
 * A thousand posts to somebody whose browser is closed: through two cafes, one of which is killed and opened again in the
 * middle, while the relay restarts. None is lost, none is there twice, and they are in their author's order.
 *
 * It takes four profiles: two cafes, the writer, the reader. A cafe in the writer's own profile would be no cafe on the way: a
 * node does not dial itself, so letters would go past it, straight to the reader that comes to fetch its mail there. In the
 * reader's it would sleep with it; and two profiles are no less than two cafes need, of which one dies alone.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Browser } from '../fixtures/chromium.ts'
import { visit } from '../fixtures/profiles.ts'
import { type RelayProcess, startRelay } from '../fixtures/relay.ts'

const WAIT = { timeout: 240_000, interval: 3000 }
const POSTS = 1000
const AT_ONCE = 50

let relay: RelayProcess
const open = new Set<Browser>()
const folders: string[] = []

beforeAll(async () => {
  relay = await startRelay()
})
afterAll(async () => {
  await Promise.all([...open].map((one) => one.close()))
  await relay?.close()
  await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true, maxRetries: 3 })))
})

interface Tab {
  readonly page: Page
  readonly browser: Browser
}

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'popup-cafe-mail-'))
  folders.push(folder)
  return folder
}

async function device(profile: string): Promise<Tab> {
  const { browser, page } = await visit(relay.url, { profile })
  open.add(browser)
  return { browser, page }
}

async function close({ browser }: Tab): Promise<void> {
  open.delete(browser)
  await browser.close()
}

/** Says the posts with these numbers, in order. */
const say = (page: Page, id: string, from: number, to: number) =>
  page.evaluate(
    async ([id, from, to]) => {
      for (let n = from; n < to; n++) await cafe.thread.post(id, `post ${n}`)
    },
    [id, from, to] as const,
  )

/** Numbers of the posts, oldest first. */
const numbers = (page: Page, id: string): Promise<readonly number[]> =>
  page.evaluate(async (id) => {
    const texts: string[] = []
    for (let after: string | undefined; ; ) {
      const { items, next } = await cafe.thread.feed({ id, limit: 100, ...(after && { after }) })
      for (const { post } of items) if (post.kind === 'text') texts.push(post.text)
      if (next === null) break
      after = next
    }
    return texts.reverse().map((text) => Number(text.slice('post '.length)))
  }, id)

/** How many of the own posts are how far, by the summary of each. */
const summary = (page: Page, id: string) =>
  page.evaluate(async (id) => {
    const sum = { waiting: 0, stored: 0, fetched: 0 }
    for (let after: string | undefined; ; ) {
      const { items, next } = await cafe.thread.feed({ id, limit: 100, ...(after && { after }) })
      for (const { sent } of items.flatMap(({ post }) => (post.kind === 'text' ? [post] : []))) {
        sum.waiting += sent?.waiting ?? 0
        sum.stored += sent?.stored ?? 0
        sum.fetched += sent?.fetched ?? 0
      }
      if (next === null) return sum
      after = next
    }
  }, id)

const letters = (page: Page) => page.evaluate(async () => (await cafe.mail.outgoing()).total)

test('a thousand posts reach a browser that is closed, once and in order', async () => {
  const [oneFolder, twoFolder] = [await newFolder(), await newFolder()]
  const [adaFolder, benFolder] = [await newFolder(), await newFolder()]
  let one = await device(oneFolder)
  const two = await device(twoFolder)
  const ada = await device(adaFolder)
  let ben = await device(benFolder)
  const first = await one.page.evaluate(() => cafe.host.open({ name: 'One', mode: 'open' }))
  const second = await two.page.evaluate(() => cafe.host.open({ name: 'Two', mode: 'open' }))
  const { id, link } = await ada.page.evaluate(async (invite) => {
    await cafe.account.create()
    await cafe.account.register(invite)
    const { id } = await cafe.thread.create({ name: 'Garden' })
    return { id, link: (await cafe.thread.invite(id)).link }
  }, first.invite)
  const address = await ben.page.evaluate(
    async ([invites, link]) => {
      const { address } = await cafe.account.create()
      for (const invite of invites) await cafe.account.register(invite)
      await cafe.thread.join(link)
      return address
    },
    [[first.invite, second.invite], link] as const,
  )
  // Each has heard of the other, and no letter of the beginning is on its way any more.
  for (const { page } of [ada, ben])
    await expect.poll(() => page.evaluate(async (id) => (await cafe.thread.get(id)).members, id), WAIT).toBe(2)
  await expect.poll(async () => (await letters(ada.page)) + (await letters(ben.page)), WAIT).toBe(0)
  await close(ben)

  await say(ada.page, id, 0, 300)
  await close(one)
  await say(ada.page, id, 300, 600)
  await relay.stop()
  await say(ada.page, id, 600, 700)
  await relay.restart()
  one = await device(oneFolder)
  await one.page.evaluate(() => cafe.host.open({ name: 'One', mode: 'open' }))
  for (let n = 700; n < POSTS; n += AT_ONCE) await say(ada.page, id, n, n + AT_ONCE)

  await expect.poll(() => summary(ada.page, id), WAIT).toEqual({ waiting: 0, stored: POSTS, fetched: 0 })
  // It is stored with the first cafe that has it; the other may be busy still with those before.
  const last = () =>
    ada.page.evaluate(async (id) => {
      const { items } = await cafe.thread.feed({ id, limit: 1 })
      const states = await cafe.mail.states(id, items[0]?.post.cid ?? '')
      return states.map(({ address, state, why, cafes }) => ({ address, state, why, cafes: cafes.toSorted() }))
    }, id)
  const cafes = [first.peerId, second.peerId].toSorted()
  await expect.poll(last, WAIT).toEqual([{ address, state: 'stored', why: null, cafes }])

  ben = await device(benFolder)
  const all = Array.from({ length: POSTS }, (_, n) => n)
  await expect.poll(async () => (await numbers(ben.page, id)).length, WAIT).toBe(POSTS)
  expect(await numbers(ben.page, id)).toEqual(all)
  await expect.poll(() => summary(ada.page, id), WAIT).toEqual({ waiting: 0, stored: 0, fetched: POSTS })
  expect(await ben.page.evaluate(() => cafe.mail.quarantine.list())).toEqual([])
  expect(await numbers(ben.page, id)).toEqual(all)
}, 900_000)

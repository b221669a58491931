/**
 * What another person says in a thread (rule J1): five hundred posts, comments, captions and names of files, and names of
 * the thread, in every view that shows them. All of it stays text.
 */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Meeting, meet } from '../fixtures/hostile-people.ts'

const WAIT = { timeout: 60_000 }

let meeting: Meeting
let { watch, reader, writer, nameOf, go, reads } = {} as Meeting
let thread: string

beforeAll(async () => {
  meeting = await meet()
  ;({ watch, reader, writer, nameOf, go, reads } = meeting)
}, 90_000)
afterAll(() => meeting?.close())

/** As it is written down: without the mark that no text begins with. */
const written = (text: string): string => text.replace(/^\ufeff/, '')

/** Texts of all posts that have come to the reader. */
const arrived = (): Promise<readonly string[]> =>
  reader.page.evaluate(async (id) => {
    const texts: string[] = []
    for (let after: string | undefined; ; ) {
      const { items, next } = await cafe.thread.feed({ id, limit: 100, ...(after && { after }) })
      for (const { post } of items) texts.push(post.text)
      if (next === null) return texts
      after = next
    }
  }, thread)

/** Goes from post to post until each of `wanted` was read as the text of one, or of a comment. */
async function readsAll(page: Page, wanted: readonly string[]): Promise<void> {
  const missing = new Set(wanted)
  const active = page.locator('cafe-feed .feed > article[tabindex="0"]')
  const look = async (): Promise<number> => {
    for (const text of await page.locator('cafe-post .prose').allTextContents()) missing.delete(text)
    await active.press('PageDown')
    return missing.size
  }
  await expect.poll(look, { timeout: 280_000, interval: 0 }).toBe(0)
  await watch.nothing(page)
}

describe('what another person says', () => {
  test('would be heard of if it became HTML', async () => {
    expect(new Set(watch.payloads).size).toBe(500)
    await watch.control(reader.page)
  })

  test('comes to whoever joined by a link', async () => {
    thread = await meeting.share(nameOf(1))
    for (let i = 0; i < watch.payloads.length; i += 50)
      await writer.page.evaluate(
        async ([id, texts]) => {
          const posts = await Promise.all(texts.map((text) => cafe.thread.post(id, text)))
          const first = posts.filter((_, i) => i % 5 === 0)
          await Promise.all(first.map(({ cid, text }) => cafe.thread.comment(id, cid, `${text} comment`)))
        },
        [thread, watch.payloads.slice(i, i + 50)] as const,
      )
    await expect.poll(async () => (await arrived()).length, WAIT).toBeGreaterThanOrEqual(600)
    expect(await arrived()).toEqual(expect.arrayContaining(watch.payloads.map(written)))
  }, 300_000)

  test('comes as an answer to what one has said', async () => {
    const entry = (page: Page, cid: string) =>
      page.evaluate(([id, cid]) => cafe.thread.entry(id, cid).catch(() => null), [thread, cid] as const)
    const { cid } = await reader.page.evaluate((id) => cafe.thread.post(id, 'Is anybody there?'), thread)
    await expect.poll(async () => (await entry(writer.page, cid))?.text, WAIT).toBe('Is anybody there?')
    const answers = watch.payloads.filter((_, i) => i % 20 === 9)
    await writer.page.evaluate(
      async ([id, cid, texts]) => {
        for (const text of texts) await cafe.thread.comment(id, cid, text)
        await cafe.thread.like(id, cid)
      },
      [thread, cid, answers] as const,
    )
    await expect.poll(async () => (await entry(reader.page, cid))?.comments.length, WAIT).toBe(answers.length)
  })

  test('stays text in the news', async () => {
    const page = await go('#news')
    const rows = page.getByRole('list', { name: 'News' }).getByRole('listitem')
    const older = page.getByRole('button', { name: 'Show older' })
    await rows.first().waitFor(WAIT)
    while (await older.isVisible()) {
      const before = await rows.count()
      await older.click()
      await expect.poll(() => rows.count(), WAIT).toBeGreaterThan(before)
    }
    expect(await rows.count()).toBeGreaterThanOrEqual(500)
    await watch.nothing(page)
  })

  test('stays text in its thread, and in the list of threads', async () => {
    await go('#threads')
    await reads(nameOf(1))
    const page = await go(`#thread=${thread}`)
    await reads(nameOf(1))
    await page.getByRole('button', { name: /earlier comments/ }).click()
    const comments = watch.payloads.filter((_, i) => i % 5 === 0).map((text) => `${written(text)} comment`)
    await readsAll(page, [...watch.payloads.map(written), ...comments])
  }, 300_000)

  test('stays text in the feed of all threads, in each of its ways', async () => {
    const page = await go('#feed')
    for (const way of ['Everything', 'Latest activity', 'Posts']) {
      await page.getByText(way, { exact: true }).click()
      await page.mouse.move(640, 500)
      for (let i = 0; i < 20; i++) {
        await page.mouse.wheel(0, 5000)
        await page.waitForTimeout(50)
      }
      await watch.nothing(page)
    }
  })
})

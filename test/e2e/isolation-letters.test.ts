/**
 * What another person writes in letters (rule J1), while one of the two is away: their texts, and their name where letters
 * are listed. And what the host of a cafe sees of somebody who comes with hostile names only. All of it stays text.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Meeting, meet } from '../fixtures/hostile-people.ts'

const WAIT = { timeout: 60_000 }

let meeting: Meeting
let { watch, reader, writer, nameOf, go, reads } = {} as Meeting
/** Of the conversation between the two. */
let thread: string

beforeAll(async () => {
  meeting = await meet()
  ;({ watch, reader, writer, nameOf, go, reads } = meeting)
}, 90_000)
afterAll(() => meeting?.close())

describe('what somebody writes in letters', () => {
  test('stays text as the name of a conversation', async () => {
    await watch.control(reader.page)
    const talk = () => writer.page.evaluate((who) => cafe.contact.talk(who), reader.address)
    // Until the reader's card is at the cafe, nobody knows where letters to it go.
    await expect.poll(async () => (await talk()).invite?.delivered, WAIT).not.toBe(false)
    thread = (await talk()).thread
    const page = await go('#threads')
    await reads(nameOf(0))
    await page
      .getByRole('button', { name: /^(Join|Accept) “/ })
      .first()
      .click(WAIT)
    await expect.poll(() => page.url(), WAIT).toContain(`#thread=${thread}`)
    await reads(nameOf(0))
  })

  test('stays text when it was kept for one who was away', async () => {
    const texts = watch.payloads.filter((_, i) => i % 5 === 2)
    const members = () => writer.page.evaluate((id) => cafe.thread.get(id).then(({ members }) => members), thread)
    await expect.poll(members, WAIT).toBe(2)
    await meeting.leave('reader')
    await writer.page.evaluate(
      async ([id, texts]) => {
        for (const text of texts) await cafe.thread.post(id, text)
      },
      [thread, texts] as const,
    )
    const kept = () =>
      writer.page.evaluate(async (id) => {
        const { items } = await cafe.thread.feed({ id, limit: 100 })
        return items.filter(({ post }) => post.kind === 'text' && post.sent?.stored === 1).length
      }, thread)
    await expect.poll(kept, WAIT).toBe(100)
    await meeting.leave('writer')
    await meeting.comeBack('reader')
    const { page } = reader
    const come = () =>
      page.evaluate(async (id) => {
        const { items } = await cafe.thread.feed({ id, limit: 100 })
        return items.flatMap(({ post }) => (post.kind === 'text' ? [post.text] : []))
      }, thread)
    await expect.poll(async () => (await come()).toSorted(), WAIT).toEqual(texts.toSorted())
    for (const view of ['#', '#threads', '#feed', '#news', '#mail']) {
      await go(view)
      await watch.nothing(page)
    }
    await go(`#thread=${thread}`)
    await reads(texts.at(-1) as string)
    await page
      .locator('cafe-feed-find')
      .getByRole('searchbox')
      .fill(texts[0] as string)
    await watch.nothing(page)
  }, 240_000)

  test('stays text as the name of one to whom letters are on their way', async () => {
    const { page } = reader
    await page.evaluate((id) => cafe.thread.post(id, 'Are you there?'), thread)
    await go('#mail')
    await reads(nameOf(0))
    await go(`#thread=${thread}`)
    await page.locator('cafe-post-state summary').first().click(WAIT)
    await reads(nameOf(0))
    await meeting.comeBack('writer')
  })
})

describe('somebody who comes to a cafe', () => {
  test('stays text in what its host sees of them and of what they do', async () => {
    await reader.page.evaluate(() => cafe.host.open({ name: 'Reader', mode: 'ask' }))
    const greeting = nameOf(10)
    await writer.page.evaluate(([invite, greeting]) => cafe.account.register(invite, { greeting }), [
      reader.invite,
      greeting,
    ] as const)
    const page = await go('#host')
    await reads(greeting)
    await page.getByRole('button', { name: /^Yes/ }).click()
    await page.locator('cafe-clients li').waitFor(WAIT)
    const names = watch.names(20)
    await writer.page.evaluate(async (names) => {
      const [session] = (await cafe.account.cafes()).filter(({ name }) => name === 'Reader')
      if (session === undefined) throw new Error('not at the cafe')
      for (const name of names) {
        await cafe.profile.set({ name })
        await cafe.pins.add(new File([name], name))
        await cafe.account.bearer(session.cafe, { label: name, scopes: ['pin'] })
      }
    }, names)
    await page
      .locator('cafe-clients')
      .getByRole('button', { name: /^Remove/ })
      .click(WAIT)
    await watch.nothing(page)
    await page.keyboard.press('Escape')
    const activity = page.locator('cafe-activity li')
    await activity
      .filter({ hasText: /files? of .* kept/ })
      .first()
      .waitFor(WAIT)
    expect(await activity.count()).toBeGreaterThanOrEqual(3)
    await watch.nothing(page)
  }, 180_000)
})

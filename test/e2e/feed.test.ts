/** A long thread in a real browser: little of it is drawn, what is read stays in its place, and all of it can be reached. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Person, visit } from '../fixtures/profiles.ts'
import { type RelayProcess, startRelay } from '../fixtures/relay.ts'

const POSTS = 160
const SLOW = { timeout: 30_000 }

let relay: RelayProcess
let ada: Person
let thread: string

beforeAll(async () => {
  relay = await startRelay()
  ada = await visit(relay.url)
  thread = await ada.page.evaluate(async (count) => {
    await cafe.account.create()
    const { id } = await cafe.thread.create({ name: 'Long talk', type: 'open', sharing: 'shared' })
    for (let number = 1; number <= count; number++) {
      await cafe.thread.post(id, `Post ${number}. ${'A line of it.\n'.repeat(number % 7)}`)
    }
    return id
  }, POSTS)
}, 120_000)

afterAll(async () => {
  await ada?.browser.close()
  await relay?.close()
})

const articles = () => ada.page.locator('.feed > article')
const post = (number: number) => articles().filter({ hasText: new RegExp(`Post ${number}\\.`) })
/** Pixels from the top of the window; what is not drawn is nowhere. */
const topOf = (number: number): Promise<number | undefined> =>
  ada.page.evaluate((number) => {
    const found = [...document.querySelectorAll('.feed > article')].find((line) =>
      line.textContent?.includes(`Post ${number}.`),
    )
    return found?.getBoundingClientRect().top
  }, number)
const open = (hash: string): Promise<void> =>
  ada.page.evaluate((hash) => {
    location.hash = hash
  }, hash)
/** Number of the first post on screen. */
const first = (): Promise<number> =>
  ada.page.evaluate(() => {
    const lines = [...document.querySelectorAll('.feed > article')]
    const line = lines.find((line) => line.getBoundingClientRect().bottom > 0)
    return Number(/Post (\d+)\./.exec(line?.textContent ?? '')?.[1])
  })

async function scrollDown(): Promise<void> {
  await expect
    .poll(
      async () => {
        await ada.page.evaluate(() => scrollBy({ top: 3000, behavior: 'instant' }))
        return (await post(1).count()) > 0
      },
      { ...SLOW, interval: 50 },
    )
    .toBe(true)
}

test('older posts come as one scrolls, and little of the thread is drawn at any time', async () => {
  await open(`#thread=${thread}`)
  await post(POSTS).waitFor(SLOW)
  await scrollDown()
  expect(await articles().count()).toBeLessThan(60)
  expect(await post(POSTS).count()).toBe(0)
})

test('reading programs hear which of how many it is', async () => {
  const line = post(1)
  await expect.poll(() => line.getAttribute('aria-posinset')).not.toBeNull()
  const [place, of] = [await line.getAttribute('aria-posinset'), await line.getAttribute('aria-setsize')]
  expect(place).toBe(String(POSTS))
  expect(Number(of)).toBeGreaterThanOrEqual(POSTS)
  expect(await ada.page.getByRole('feed', { name: 'Posts' }).getAttribute('aria-busy')).toBe('false')
  expect(await line.getAttribute('aria-label')).toMatch(/^Post of /)
})

test('what is read stays where it is when new posts come', async () => {
  const { page } = ada
  await page.evaluate(() => document.querySelector('.feed')?.scrollIntoView({ behavior: 'instant' }))
  await post(POSTS).waitFor(SLOW)
  await page.evaluate(() => scrollBy({ top: 2500, behavior: 'instant' }))
  await expect.poll(async () => Number.isFinite(await first())).toBe(true)
  await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 500)))
  const reading = await first()
  const before = (await topOf(reading)) as number
  const size = Number(await post(reading).getAttribute('aria-posinset'))
  await page.evaluate(async (id) => {
    for (let more = 0; more < 3; more++) await cafe.thread.post(id, `Later ${'and longer\n'.repeat(9)}`)
  }, thread)
  // It has come: the post is three further down the list.
  await expect.poll(() => post(reading).getAttribute('aria-posinset'), SLOW).toBe(String(size + 3))
  expect(Math.abs(((await topOf(reading)) as number) - before)).toBeLessThan(2)
})

test('going back leads to where one was; opening it anew, to its top', async () => {
  const { page } = ada
  const reading = await first()
  const before = (await topOf(reading)) as number
  await expect.poll(() => page.evaluate(() => JSON.stringify(history.state)), SLOW).toContain('feed')
  await open('#people')
  await page.getByRole('heading', { name: 'People', level: 1 }).waitFor(SLOW)
  await page.goBack()
  await expect.poll(async () => Math.abs(((await topOf(reading)) ?? 9999) - before), SLOW).toBeLessThan(3)
  await open('#threads')
  await page.getByRole('link', { name: /Long talk/ }).click(SLOW)
  await page.getByRole('heading', { name: 'Long talk' }).waitFor(SLOW)
  await expect.poll(() => page.evaluate(() => scrollY)).toBe(0)
})

test('Page Down and Page Up go from post to post', async () => {
  const { page } = ada
  await articles().first().waitFor(SLOW)
  const focused = (): Promise<string | undefined> =>
    page.evaluate(() => document.activeElement?.getAttribute('aria-posinset') ?? undefined)
  await articles().first().focus()
  for (const place of ['2', '3', '4']) {
    await page.keyboard.press('PageDown')
    await expect.poll(focused).toBe(place)
  }
  await page.keyboard.press('PageUp')
  await expect.poll(focused).toBe('3')
  // One of them is reached by the Tab key: the one that had the focus.
  expect(await page.locator('.feed > article[tabindex="0"]').getAttribute('aria-posinset')).toBe('3')
})

test('a comment that is being written is there after scrolling away and back', async () => {
  const { page } = ada
  const written = articles().first()
  await page.evaluate(() => scrollTo({ top: 0, behavior: 'instant' }))
  await page.locator('.feed > article[aria-posinset="1"]').getByRole('button', { name: 'Comment' }).click(SLOW)
  await page.getByRole('textbox', { name: /Your comment/ }).fill('half a sentence')
  await page.getByRole('searchbox', { name: 'Find in posts' }).focus()
  await page.evaluate(() => scrollBy({ top: 9000, behavior: 'instant' }))
  await expect.poll(first).toBeLessThan(POSTS - 10)
  await page.evaluate(() => scrollTo({ top: 0, behavior: 'instant' }))
  await expect.poll(() => written.getAttribute('aria-posinset')).toBe('1')
  expect(await page.getByRole('textbox', { name: /Your comment/ }).inputValue()).toBe('half a sentence')
})
test('a post far down is found by its words, with the keyboard alone', async () => {
  const { page } = ada
  const field = page.getByRole('searchbox', { name: 'Find in posts' })
  await field.focus()
  await page.keyboard.type('post 7.')
  await page.keyboard.press('Enter')
  await expect.poll(() => page.evaluate(() => document.activeElement?.textContent ?? ''), SLOW).toMatch(/Post 7\./)
  const top = (await topOf(7)) as number
  expect(top >= 0 && top < (page.viewportSize()?.height ?? 0)).toBe(true)
  await field.fill('nobody wrote this')
  await field.press('Enter')
  await page.getByText('No more posts with that.').waitFor(SLOW)
})

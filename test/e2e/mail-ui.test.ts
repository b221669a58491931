/** Mail as two people see it: one writes while the other is away, and each learns what became of it. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Person, visit } from '../fixtures/profiles.ts'
import { type RelayProcess, startRelay } from '../fixtures/relay.ts'

const SLOW = { timeout: 60_000 }

let relay: RelayProcess
let host: Person
let ada: Person
let ben: Person
let profile: string

beforeAll(async () => {
  relay = await startRelay()
  profile = await mkdtemp(join(tmpdir(), 'popup-cafe-ben-'))
  ;[host, ada, ben] = await Promise.all([visit(relay.url), visit(relay.url), visit(relay.url, { profile })])
  const { invite } = await host.page.evaluate(() => cafe.host.open({ name: 'Corner Cafe' }))
  await Promise.all([settle(ada.page, 'Ada', invite), settle(ben.page, 'Ben', invite)])
})

afterAll(async () => {
  await Promise.all([host, ada, ben].map((person) => person?.browser.close()))
  await relay?.close()
  await rm(profile, { recursive: true, force: true, maxRetries: 3 })
})

/** An account with a name that is registered with the cafe. */
const settle = (page: Page, name: string, invite: string): Promise<void> =>
  page.evaluate(
    async ({ name, invite }) => {
      await cafe.account.create()
      await cafe.profile.set({ name })
      await cafe.account.register(invite)
    },
    { name, invite },
  )

const open = ({ page }: Person, hash: string): Promise<void> =>
  page.evaluate((hash) => {
    location.hash = hash
  }, hash)

/** What the page does when the person turns to another tab, or back. */
const turn = ({ page }: Person, to: DocumentVisibilityState): Promise<void> =>
  page.evaluate((to) => {
    Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => to })
    document.dispatchEvent(new Event('visibilitychange'))
  }, to)

/** How far an own post is. */
const stateOf = (page: Page, text: string) => post(page, text).locator('cafe-post-state summary')

const post = (page: Page, text: string) => page.locator('cafe-post').filter({ hasText: text })

const write = async ({ page }: Person, text: string): Promise<void> => {
  await page.getByRole('textbox', { name: 'Write a post' }).fill(text)
  await page.getByRole('button', { name: 'Post', exact: true }).click()
}

test('a conversation is shown by who the other is', async () => {
  const address = await ben.page.evaluate(async () => (await cafe.profile.get()).address)
  // Until Ben’s card is at the cafe, nobody knows where his mail goes.
  const talk = () => ada.page.evaluate((address) => cafe.contact.talk(address), address)
  await expect.poll(async () => (await talk()).invite?.delivered, SLOW).not.toBe(false)
  const { thread } = await talk()
  // As Ada does not know Ben’s card yet, or Ben Ada: it comes as an invite or as a request.
  await open(ben, '#threads')
  await ben.page
    .getByRole('button', { name: /^(Join|Accept) “/ })
    .first()
    .click(SLOW)
  await ben.page.getByRole('heading', { name: 'Ada', exact: true }).waitFor(SLOW)
  await open(ada, `#thread=${thread}`)
  await ada.page.getByRole('heading', { name: 'Ben', exact: true }).waitFor(SLOW)
})

test('what is written to somebody who is away says where it is kept', async () => {
  await ben.browser.close()
  await write(ada, 'Are you back on Sunday?')
  const state = post(ada.page, 'Are you back').locator('cafe-post-state')
  await state.getByText('Kept for Ben at 1 cafe').click(SLOW)
  await state.getByText('kept for them at 1 cafe of theirs').waitFor()
})

test('whoever comes back sees that something waits, reads it, and the writer learns that it is there', async () => {
  ben = await visit(relay.url, { profile })
  const { page } = ben
  await expect.poll(() => page.title(), SLOW).toMatch(/^\(1\) /)
  const threads = page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: /Threads/ })
  await expect.poll(() => threads.textContent(), SLOW).toMatch(/1 not read/)
  await threads.click()
  const row = page.getByRole('list', { name: 'Your threads' }).getByRole('link', { name: /Ada/ })
  await row.getByText('Are you back on Sunday?').waitFor(SLOW)
  await row.click()
  await post(page, 'Are you back').waitFor()
  await expect.poll(() => page.title(), SLOW).toMatch(/^Popup Cafe/)
  await stateOf(ada.page, 'Are you back').getByText('Ben has it').waitFor(SLOW)
})

test('that it was read is told once its reader wants that', async () => {
  await open(ben, '#mail')
  await ben.page.getByRole('checkbox', { name: /Let others know/ }).check()
  await ben.page.getByText('Saved.').waitFor({ state: 'attached' })
  const thread = await ben.page.evaluate(async () => (await cafe.thread.list())[0]?.id)
  await open(ben, `#thread=${thread}`)
  await stateOf(ada.page, 'Are you back').getByText('Read by Ben').waitFor(SLOW)
})

test('a notification comes for what is written while nobody looks, without its words, and leads there', async () => {
  const { page } = ben
  await ben.browser.context.grantPermissions(['notifications'], { origin: new URL(relay.url).origin })
  await open(ben, '#you')
  await page.getByRole('checkbox', { name: /Tell me when something comes/ }).check()
  await turn(ben, 'hidden')
  await write(ada, 'The key is under the mat')
  const shown = () =>
    page.evaluate(async () => {
      const found = await (await navigator.serviceWorker.ready).getNotifications()
      return found.map(({ title, body }) => `${title}: ${body}`)
    })
  await expect.poll(shown, SLOW).toEqual(['Ada: wrote to you'])
  await turn(ben, 'visible')
  await expect.poll(shown, SLOW).toEqual([])
})

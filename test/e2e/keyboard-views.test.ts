/**
 * By the keyboard alone, with an account that is at a cafe: the settings, a thread and what is said in it, and an invite to
 * it. The focus is where a person goes on after each step.
 */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { button } from '../fixtures/hands.ts'
import { atHeading, isFocused, onlyFocus, tabAndPress, tabAndType, tabTo, WAIT } from '../fixtures/keyboard.ts'
import { type Person, visit } from '../fixtures/profiles.ts'
import { type RelayProcess, startRelay } from '../fixtures/relay.ts'

let relay: RelayProcess
let host: Person
let ada: Person

beforeAll(async () => {
  relay = await startRelay()
  ;[host, ada] = await Promise.all([visit(relay.url), visit(relay.url)])
  const { invite } = await host.page.evaluate(() => cafe.host.open({ name: 'Corner Cafe' }))
  await ada.page.evaluate(async (link) => {
    await cafe.account.create()
    await cafe.account.register(link)
  }, invite)
}, 120_000)

afterAll(async () => {
  await Promise.all([host, ada].map((person) => person?.browser.close()))
  await relay?.close()
})

const go = (page: Page, line: string | RegExp): Promise<void> =>
  tabAndPress(page, page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: line }))

test('settings are come to from the account, and the shortcuts switched by the space bar', async () => {
  const { page } = ada
  await go(page, 'You')
  await atHeading(page, 'You')
  await page.locator('main:not([data-settling])').waitFor(WAIT)
  await tabAndPress(page, page.locator('cafe-you a[href="#settings"]'))
  await atHeading(page, /Settings|This device/)
  const box = page.locator('cafe-settings input[name=shortcuts]')
  const before = await box.isChecked()
  await tabAndPress(page, box, 'Space')
  expect(await box.isChecked()).toBe(!before)
  await page.keyboard.press('Space')
  await tabTo(page, page.locator('cafe-settings nav a').last())
})

test('a thread is begun, posted to, liked and commented', async () => {
  const { page } = ada
  await go(page, /Threads/)
  await atHeading(page, 'Threads')
  const opener = button(page, 'New thread')
  await tabAndPress(page, opener)
  const name = page.getByRole('textbox', { name: 'Name' })
  await expect.poll(() => isFocused(name), WAIT).toBe(true)
  await page.keyboard.press('Escape')
  await expect.poll(() => isFocused(opener), WAIT).toBe(true)
  await page.keyboard.press('Enter')
  await expect.poll(() => isFocused(name), WAIT).toBe(true)
  await page.keyboard.insertText('Summer in Rome')
  await page.keyboard.press('Enter')
  await atHeading(page, 'Summer in Rome')
  const area = page.getByRole('textbox', { name: 'Write a post' })
  await tabAndType(page, area, 'The house is booked')
  await tabAndPress(page, button(page, 'Post'))
  const post = page.locator('cafe-post').filter({ hasText: 'The house is booked' })
  await post.waitFor(WAIT)
  await expect.poll(() => isFocused(area), WAIT).toBe(true)
  const like = post.getByRole('button', { name: /like/i }).first()
  await tabAndPress(page, like, 'Space')
  await expect.poll(() => like.getAttribute('aria-pressed'), WAIT).toBe('true')
  expect(await isFocused(like)).toBe(true)
  const comment = post.getByRole('button', { name: 'Comment', exact: true })
  await tabAndPress(page, comment)
  await expect.poll(() => isFocused(post.getByRole('textbox')), WAIT).toBe(true)
  await page.keyboard.insertText('Wonderful!')
  await tabAndPress(page, button(page, 'Send'))
  await post.getByText('Wonderful!').waitFor(WAIT)
  await expect.poll(() => isFocused(comment), WAIT).toBe(true)
})

test('a dialog of a thread gives the focus back, and keeps it when it has made a link', async () => {
  const { page } = ada
  const opener = button(page, 'Invite')
  await tabTo(page, opener)
  await page.keyboard.press('Enter')
  await tabAndPress(page, button(page, 'Make a link'))
  await page.getByRole('textbox', { name: 'Invite link' }).waitFor(WAIT)
  await onlyFocus(page)
  await page.keyboard.press('Escape')
  await expect.poll(() => isFocused(opener), WAIT).toBe(true)
})

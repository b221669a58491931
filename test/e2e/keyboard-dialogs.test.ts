/**
 * By the keyboard alone: what cannot be taken back asks first. Escape gives the focus back to what asked; once it is done, and
 * what asked has gone with it, the focus is somewhere a person can go on from.
 */
import type { Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { button } from '../fixtures/hands.ts'
import { atHeading, isFocused, onlyFocus, tabAndPress, WAIT } from '../fixtures/keyboard.ts'
import { type Person, visit } from '../fixtures/profiles.ts'
import { type RelayProcess, startRelay } from '../fixtures/relay.ts'

let relay: RelayProcess
/** Ada has two devices; Ben has the cafe, and writes in her thread. */
let ada: Person
let tablet: Person
let ben: Person

beforeAll(async () => {
  relay = await startRelay()
  ;[ada, ben] = await Promise.all([visit(relay.url), visit(relay.url)])
  const { invite } = await ben.page.evaluate(() => cafe.host.open({ name: 'Corner Cafe' }))
  const { words, link, id } = await ada.page.evaluate(async (invite) => {
    const { words } = await cafe.account.create()
    await cafe.account.register(invite)
    await cafe.profile.set({ name: 'Ada' })
    const { id } = await cafe.thread.create({ name: 'Summer in Rome', type: 'open', sharing: 'shared' })
    return { words, id, link: (await cafe.thread.invite(id)).link }
  }, invite)
  await ben.page.evaluate(
    async ({ link, id }) => {
      await cafe.account.create()
      await cafe.profile.set({ name: 'Ben' })
      await cafe.thread.join(link)
      await cafe.thread.post(id, 'An advertisement')
      await cafe.thread.post(id, 'A second one')
    },
    { link, id },
  )
  tablet = await visit(relay.url)
  await tablet.page.evaluate(
    async ({ words, invite }) => {
      await cafe.account.restore(words)
      await cafe.account.register(invite).catch(() => {})
    },
    { words, invite },
  )
}, 180_000)

afterAll(async () => {
  await Promise.all([ada, tablet, ben].map((person) => person?.browser.close()))
  await relay?.close()
})

/** Opens the dialog of `opener`, leaves it, opens it again and agrees by `verb`. */
async function agree(page: Page, opener: Locator, heading: RegExp, verb: string): Promise<void> {
  const dialog = page.getByRole('dialog', { name: heading })
  await tabAndPress(page, opener)
  await dialog.waitFor(WAIT)
  await onlyFocus(page)
  await page.keyboard.press('Escape')
  await dialog.waitFor({ ...WAIT, state: 'hidden' })
  await expect.poll(() => isFocused(opener), WAIT).toBe(true)
  await page.keyboard.press('Enter')
  await dialog.waitFor(WAIT)
  await tabAndPress(page, page.locator('cafe-confirm').getByRole('button', { name: verb }).filter({ visible: true }))
  await dialog.waitFor({ ...WAIT, state: 'hidden' })
}

test('a post of somebody else is reported, and another hidden', async () => {
  const { page } = ada
  await tabAndPress(page, page.getByRole('link', { name: /^Threads/ }).first())
  await tabAndPress(
    page,
    page
      .getByRole('main')
      .getByRole('link', { name: /Summer in Rome/ })
      .first(),
  )
  await atHeading(page, 'Summer in Rome')
  const post = (text: string) => page.locator('cafe-post', { hasText: text })
  await post('An advertisement').waitFor(WAIT)
  const report = post('An advertisement').getByRole('button', { name: /^Report/ })
  await agree(page, report, /^Report this post/, 'Report it')
  await page.getByText('Reported by you').first().waitFor(WAIT)
  await onlyFocus(page)
  const second = post('A second one')
  await agree(page, second.getByRole('button', { name: /^Hide the post/ }), /^Hide this post/, 'Hide it for everybody')
  await second.waitFor({ ...WAIT, state: 'detached' })
  await onlyFocus(page)
})

test('a member is removed from the thread', async () => {
  const { page } = ada
  await agree(page, button(page, 'Remove Ben'), /^Remove Ben/, 'Remove them')
  await button(page, 'Remove Ben').waitFor({ ...WAIT, state: 'detached' })
  await onlyFocus(page)
})

test('the thread is left', async () => {
  const { page } = ada
  await agree(page, button(page, 'Leave'), /^Leave “Summer in Rome”/, 'Leave the thread')
  await atHeading(page, 'Threads')
  await onlyFocus(page)
})

test('another device is removed', async () => {
  const { page } = ada
  await tabAndPress(page, page.getByRole('link', { name: 'You', exact: true }).first())
  await atHeading(page, 'You')
  await page.locator('main:not([data-settling])').waitFor(WAIT)
  await tabAndPress(page, page.getByRole('link', { name: 'Passphrase, devices and accounts' }))
  await page.locator('main:not([data-settling])').waitFor(WAIT)
  const devices = page.locator('cafe-devices')
  await agree(page, devices.getByRole('button', { name: /^Remove / }).first(), /^Remove /, 'Remove the device')
  await page.getByText('The device is removed.').first().waitFor(WAIT)
  await onlyFocus(page)
})

test('the account is forgotten on this device', async () => {
  const { page } = ada
  await agree(page, button(page, /^Forget /), /^Forget this account/, 'Forget the account')
  await expect.poll(() => page.evaluate(() => cafe.account.status()), WAIT).toBeNull()
  await onlyFocus(page)
})

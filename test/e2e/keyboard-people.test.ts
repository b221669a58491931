/** By the keyboard alone: somebody is found, kept under a name of one's own, written to, blocked and removed. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { button } from '../fixtures/hands.ts'
import { atHeading, isFocused, onlyFocus, tabAndPress, tabAndType, tabTo, WAIT } from '../fixtures/keyboard.ts'
import { type Person, visit } from '../fixtures/profiles.ts'
import { type RelayProcess, startRelay } from '../fixtures/relay.ts'

let relay: RelayProcess
let host: Person
let ada: Person
let ben: Person

beforeAll(async () => {
  relay = await startRelay()
  ;[host, ada] = await Promise.all([visit(relay.url), visit(relay.url)])
  ben = await visit(relay.url)
  const { invite } = await host.page.evaluate(() => cafe.host.open({ name: 'Corner Cafe', mode: 'open' }))
  for (const [{ page }, name] of [
    [ada, 'Ada Lovelace'],
    [ben, 'Ben Nevis'],
  ] as const) {
    await page.evaluate(
      async ({ invite, name }) => {
        await cafe.account.create()
        await cafe.account.register(invite)
        await cafe.profile.set({ name })
      },
      { invite, name },
    )
  }
  await ben.page.evaluate(() => cafe.contact.show({ visibility: 'listed' }))
}, 120_000)

afterAll(async () => {
  await Promise.all([host, ada, ben].map((person) => person?.browser.close()))
  await relay?.close()
})

test('somebody is found as one types, and their page opened', async () => {
  const { page } = ada
  await tabAndPress(page, page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'People' }))
  await atHeading(page, 'People')
  const field = page.getByRole('searchbox', { name: 'Find people' })
  const result = page.locator('cafe-find').getByRole('link', { name: /Ben Nevis/ })
  // The card may still have to arrive at the cafe.
  const found = async (): Promise<boolean> => {
    await tabAndType(page, field, 'nevis b')
    await page.keyboard.press('Enter')
    return result.waitFor({ timeout: 4000 }).then(
      () => true,
      () => false,
    )
  }
  await expect.poll(found, WAIT).toBe(true)
  await page.getByRole('status').getByText('1 person.').waitFor(WAIT)
  expect(await isFocused(field)).toBe(true)
  await tabAndPress(page, result)
  await atHeading(page, 'Ben Nevis')
})

test('they are kept, renamed, blocked, let in again and removed, and the focus is never lost', async () => {
  const { page } = ada
  await tabAndPress(page, button(page, 'Add to contacts'))
  const rename = button(page, 'Rename')
  await rename.waitFor(WAIT)
  await onlyFocus(page)
  await tabAndPress(page, rename)
  const name = page.getByRole('textbox', { name: /What you call them/ })
  await expect.poll(() => isFocused(name), WAIT).toBe(true)
  await page.keyboard.insertText('Ben from work')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { level: 1, name: 'Ben from work' }).waitFor(WAIT)
  await expect.poll(() => isFocused(rename), WAIT).toBe(true)
  await tabAndPress(page, button(page, 'Block'))
  await page.getByRole('dialog', { name: /^Block Ben from work/ }).waitFor(WAIT)
  await tabAndPress(page, page.locator('cafe-confirm').getByRole('button', { name: 'Block' }))
  const unblock = button(page, 'Unblock')
  await unblock.waitFor(WAIT)
  await onlyFocus(page)
  await tabAndPress(page, unblock)
  await button(page, 'Block').waitFor(WAIT)
  await onlyFocus(page)
  await tabAndPress(page, button(page, 'Remove'))
  await tabAndPress(page, page.locator('cafe-confirm').getByRole('button', { name: 'Remove' }))
  await button(page, 'Add to contacts').waitFor(WAIT)
  await onlyFocus(page)
})

test('a thread with them is begun, and its name has the focus', async () => {
  const { page } = ada
  await tabAndPress(page, button(page, 'Start a thread'))
  await page.waitForURL(/#thread=[0-9a-f]{64}$/)
  await atHeading(page, /Ben Nevis/)
  await tabTo(page, page.getByRole('textbox', { name: 'Write a post' }))
})

/**
 * By the keyboard alone: a link with a password is made of a kept file, and opened by somebody else: in the app, and in a
 * page of its own.
 */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { button } from '../fixtures/hands.ts'
import { atHeading, isFocused, onlyFocus, tabAndPress, tabAndType, WAIT } from '../fixtures/keyboard.ts'
import { type Person, visit } from '../fixtures/profiles.ts'
import { type RelayProcess, startRelay } from '../fixtures/relay.ts'

let relay: RelayProcess
let host: Person
let ada: Person
let ben: Person
let carl: Person
let link: string

beforeAll(async () => {
  relay = await startRelay()
  ;[host, ada] = await Promise.all([visit(relay.url), visit(relay.url)])
  ;[ben, carl] = await Promise.all([visit(relay.url), visit(relay.url)])
  const { invite } = await host.page.evaluate(() => cafe.host.open({ name: 'Corner Cafe' }))
  await ada.page.evaluate(async (link) => {
    await cafe.account.create()
    await cafe.account.register(link)
    await cafe.pins.add(new File(['A letter for Ben.'], 'letter.txt', { type: 'text/plain' }))
  }, invite)
}, 120_000)

afterAll(async () => {
  await Promise.all([host, ada, ben, carl].map((person) => person?.browser.close()))
  await relay?.close()
})

test('a link with a password is made in the dialog of a file, which gives the focus back', async () => {
  const { page } = ada
  await tabAndPress(page, page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Files' }))
  await atHeading(page, 'Files')
  await page.locator('main:not([data-settling])').waitFor(WAIT)
  const share = button(page, 'Share letter.txt')
  await tabAndPress(page, share)
  await page.getByRole('dialog', { name: 'Share letter.txt' }).waitFor(WAIT)
  await onlyFocus(page)
  const dialog = page.locator('cafe-share-link')
  await tabAndPress(page, dialog.locator('summary'))
  await tabAndType(page, dialog.getByRole('textbox', { name: 'Who is it for?' }), 'Ben')
  await tabAndType(page, dialog.getByLabel('Password'), 'correct horse')
  await page.keyboard.press('Enter')
  const field = dialog.getByRole('textbox', { name: 'Link that you can take back' })
  link = await field.inputValue(WAIT)
  await onlyFocus(page)
  await tabAndPress(page, button(page, 'Make another'))
  await onlyFocus(page)
  await page.keyboard.press('Escape')
  await expect.poll(() => isFocused(share), WAIT).toBe(true)
})

/** Gives a wrong password where it is asked for, and then the right one. */
async function giveThem(page: Page): Promise<void> {
  const field = page.getByLabel('Password of this link')
  await tabAndType(page, field, 'wrong horse')
  await page.keyboard.press('Enter')
  await page.getByRole('alert').getByText('This is not the password of the link').waitFor(WAIT)
  await expect.poll(() => isFocused(field), WAIT).toBe(true)
  await onlyFocus(page)
  // What was wrong is selected: typing takes its place.
  await page.keyboard.insertText('correct horse')
  await page.keyboard.press('Enter')
}

test('it is pasted in the app, opens with its password, and the focus is at what is shown', async () => {
  const { page } = ben
  await tabAndType(page, page.locator('cafe-link input'), link)
  await page.keyboard.press('Enter')
  await atHeading(page, 'This link takes a password')
  await giveThem(page)
  await page.getByText('A letter for Ben.').waitFor(WAIT)
  await atHeading(page, 'letter.txt')
  await onlyFocus(page)
})

test('it opens in a page of its own', async () => {
  const { page } = carl
  await page.goto(link)
  const field = page.getByLabel('Password of this link')
  await expect.poll(() => isFocused(field).catch(() => false), WAIT).toBe(true)
  await giveThem(page)
  await page.getByText('A letter for Ben.').waitFor(WAIT)
})

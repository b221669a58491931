/**
 * By the keyboard alone: each step is come to by Tab, everything on the way can be seen to have the focus, and the focus is
 * where a person goes on after a view has changed or a dialog has closed.
 */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { focus, isFocused, tabAndPress, tabAndType, tabTo } from '../fixtures/keyboard.ts'
import { type Person, visit } from '../fixtures/profiles.ts'
import { type RelayProcess, startRelay } from '../fixtures/relay.ts'
import { askedPlaces, readWords } from '../fixtures/words.ts'

const WAIT = { timeout: 30_000 }

let relay: RelayProcess
let host: Person
let ada: Person

beforeAll(async () => {
  relay = await startRelay()
  ;[host, ada] = await Promise.all([visit(relay.url), visit(relay.url)])
}, 120_000)

afterAll(async () => {
  await Promise.all([host, ada].map((person) => person?.browser.close()))
  await relay?.close()
})

const button = (page: Page, name: string | RegExp) =>
  page
    .getByRole('button', { name, exact: typeof name === 'string' })
    .filter({ visible: true })
    .first()

/** The view's heading has the focus. */
const atHeading = (page: Page, name: string | RegExp): Promise<void> =>
  expect
    .poll(() => isFocused(page.getByRole('heading', { level: 1, name }).first()).catch(() => false), WAIT)
    .toBe(true)

const onlyFocus = (page: Page): Promise<void> => expect.poll(async () => (await focus(page)).wrong, WAIT).toEqual([])

test('a cafe is opened, and its dialogs are opened and left', async () => {
  const { page } = host
  await tabAndPress(page, page.getByRole('link', { name: 'My cafe' }).first())
  await atHeading(page, 'Open a cafe')
  await tabAndType(page, page.getByRole('textbox', { name: 'Name of your cafe' }), 'Corner Cafe')
  await tabAndPress(page, button(page, 'Open the cafe'))
  await atHeading(page, 'Corner Cafe')
  for (const [opener, dialog] of [
    ['Close the cafe', /^Close Corner Cafe/],
    ['New invite…', 'New invite'],
    ['Change…', 'Room for your cafe'],
  ] as const) {
    await tabAndPress(page, button(page, opener))
    await page.getByRole('dialog', { name: dialog }).waitFor(WAIT)
    await onlyFocus(page)
    await page.keyboard.press('Escape')
    await page.getByRole('dialog', { name: dialog }).waitFor({ ...WAIT, state: 'hidden' })
    await expect.poll(() => isFocused(button(page, opener)), WAIT).toBe(true)
  }
})

test('an account is made and its words confirmed', async () => {
  const { page } = ada
  await tabAndPress(page, page.getByRole('link', { name: 'You', exact: true }).first())
  await atHeading(page, 'You')
  const ask = page.getByRole('radio', { name: /Ask for a passphrase/ })
  await tabTo(page, page.locator('cafe-account').getByRole('radio').first())
  for (let i = 0; i < 4 && !(await isFocused(ask)); i++) await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Space')
  await tabAndType(page, page.getByRole('textbox', { name: /New passphrase/ }), 'a cup of tea')
  await tabAndPress(page, button(page, 'Make my account'))
  const words = await readWords(page)
  await onlyFocus(page)
  await tabAndPress(page, button(page, 'I wrote them down'))
  for (const place of await askedPlaces(page)) {
    const group = page.getByRole('group', { name: `Word ${place + 1}`, exact: true })
    await tabAndPress(page, group.getByRole('button', { name: words[place] as string, exact: true }), 'Space')
  }
  await page.locator('cafe-words').waitFor({ ...WAIT, state: 'detached' })
  await onlyFocus(page)
})

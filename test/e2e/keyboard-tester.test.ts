/** By the keyboard alone: trying links: one that somebody gave, a file that is encrypted to be tried, and a sample. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { button } from '../fixtures/hands.ts'
import { atHeading, isFocused, onlyFocus, tabAndPress, tabAndType, WAIT } from '../fixtures/keyboard.ts'
import { type Person, visit } from '../fixtures/profiles.ts'
import { type RelayProcess, startRelay } from '../fixtures/relay.ts'

let relay: RelayProcess
let host: Person
let ada: Person
let ben: Person
/** Of a file of Ada's, with its key. */
let link: string

beforeAll(async () => {
  relay = await startRelay()
  ;[host, ada] = await Promise.all([visit(relay.url), visit(relay.url)])
  ben = await visit(relay.url)
  const { invite } = await host.page.evaluate(() => cafe.host.open({ name: 'Corner Cafe' }))
  link = await ada.page.evaluate(async (link) => {
    await cafe.account.create()
    await cafe.account.register(link)
    return (await cafe.pins.add(new File(['A letter for Ben.'], 'letter.txt', { type: 'text/plain' }))).link
  }, invite)
}, 120_000)

afterAll(async () => {
  await Promise.all([host, ada, ben].map((person) => person?.browser.close()))
  await relay?.close()
})

test('the tester is come to from the first screen; what is no link is said, and a link is opened', async () => {
  const { page } = ben
  await tabAndPress(page, page.getByRole('link', { name: 'See what happens with a link' }))
  await atHeading(page, 'See what happens with a link')
  await page.locator('main:not([data-settling])').waitFor(WAIT)
  const field = page.locator('cafe-link input')
  await tabAndType(page, field, 'nonsense')
  await page.keyboard.press('Enter')
  await page.locator('cafe-link').getByRole('alert').waitFor(WAIT)
  expect(await isFocused(field)).toBe(true)
  await tabAndType(page, field, link)
  await page.keyboard.press('Enter')
  await page.getByText('A letter for Ben.').waitFor(WAIT)
  await atHeading(page, 'letter.txt')
  const happened = page.locator('cafe-happened')
  await tabAndPress(page, happened.getByText('What happened'))
  await tabAndPress(page, happened.getByRole('button', { name: 'Fetch all of it' }))
  await happened.getByText(/ came\./).waitFor(WAIT)
  await onlyFocus(page)
})

test('a file is encrypted and tried, and removed, and the focus is at the heading again', async () => {
  const { page } = ben
  await page.goBack()
  await atHeading(page, 'See what happens with a link')
  await page.locator('main:not([data-settling])').waitFor(WAIT)
  const opener = button(page, 'Encrypt a file and try it')
  const chooser = page.waitForEvent('filechooser')
  await tabAndPress(page, opener)
  await (await chooser).setFiles({
    name: 'My note.txt',
    mimeType: 'text/plain',
    buffer: Buffer.from('Nobody gets this.'),
  })
  const trial = page.locator('cafe-trial')
  await trial.getByText('Nobody gets this.').waitFor(WAIT)
  expect(await isFocused(opener)).toBe(true)
  await tabAndPress(page, trial.getByText('What happened'))
  await tabAndPress(page, button(page, 'Remove it now'))
  await page.getByRole('status').getByText('It is gone from this device.').waitFor(WAIT)
  await atHeading(page, 'See what happens with a link')
})

test('a sample in the old form is made and removed', async () => {
  const { page } = ben
  const make = button(page, 'Make a sample')
  await tabAndPress(page, make)
  await page.locator('cafe-trial img.look').waitFor(WAIT)
  expect(await isFocused(make)).toBe(true)
  await tabAndPress(page, button(page, 'Remove it now'))
  await page.getByRole('status').getByText('It is gone from this device.').waitFor(WAIT)
  await atHeading(page, 'See what happens with a link')
})

/**
 * By the keyboard alone: a cafe that has ended is forgotten, and another left. What had the focus goes with its row, and the
 * focus is then at a heading.
 */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { button } from '../fixtures/hands.ts'
import { atHeading, isFocused, onlyFocus, tabAndPress, WAIT } from '../fixtures/keyboard.ts'
import { type Person, visit } from '../fixtures/profiles.ts'
import { type RelayProcess, startRelay } from '../fixtures/relay.ts'

let relay: RelayProcess
let host: Person
let ada: Person
let address: string

beforeAll(async () => {
  relay = await startRelay()
  ;[host, ada] = await Promise.all([visit(relay.url), visit(relay.url)])
  const { invite } = await host.page.evaluate(() => cafe.host.open({ name: 'Corner Cafe' }))
  address = await ada.page.evaluate(async (link) => {
    await cafe.account.create()
    await cafe.account.register(link)
    return (await cafe.account.status())?.address as string
  }, invite)
}, 120_000)

afterAll(async () => {
  await Promise.all([host, ada].map((person) => person?.browser.close()))
  await relay?.close()
})

test('a cafe that has removed its guest is forgotten, and the focus is at the heading of the view', async () => {
  const { page } = ada
  await tabAndPress(page, page.getByRole('link', { name: 'You', exact: true }).first())
  await atHeading(page, 'You')
  await page.locator('main:not([data-settling])').waitFor(WAIT)
  await host.page.evaluate((address) => cafe.host.evict({ address, notice: '' }), address)
  const forget = button(page, 'Forget Corner Cafe')
  await tabAndPress(page, forget)
  await page.locator('#cafes-heading').waitFor({ ...WAIT, state: 'detached' })
  await atHeading(page, 'You')
  await onlyFocus(page)
})

test('a cafe is left by its dialog, opened again after Escape, and the focus is at the heading above', async () => {
  const { page } = ada
  const invite = await host.page.evaluate(async () => (await cafe.host.createToken({ label: 'again', uses: 1 })).invite)
  await page.evaluate(async (link) => void (await cafe.account.register(link)), invite)
  const leave = button(page, 'Leave Corner Cafe')
  const dialog = page.getByRole('dialog', { name: /^Leave Corner Cafe/ })
  await tabAndPress(page, leave)
  for (let times = 0; times < 3; times++) {
    await dialog.waitFor(WAIT)
    await onlyFocus(page)
    await page.keyboard.press('Escape')
    await expect.poll(() => isFocused(leave), WAIT).toBe(true)
    await page.keyboard.press('Enter')
  }
  await tabAndPress(page, button(page, 'Leave the cafe'))
  await leave.waitFor({ ...WAIT, state: 'detached' })
  await dialog.waitFor({ ...WAIT, state: 'hidden' })
  const heading = page.getByRole('heading', { level: 2, name: 'Your cafes' })
  await expect.poll(() => isFocused(heading), WAIT).toBe(true)
  await onlyFocus(page)
})

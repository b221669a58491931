/** Shortcuts of the keyboard in a real browser: they lead to views, never while somebody types, and can be switched off. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Person, visit } from '../fixtures/profiles.ts'
import { type RelayProcess, startRelay } from '../fixtures/relay.ts'

const SLOW = { timeout: 30_000 }

let relay: RelayProcess
let ada: Person

beforeAll(async () => {
  relay = await startRelay()
  ada = await visit(relay.url)
  await ada.page.waitForFunction(() => customElements.get('cafe-shortcuts') !== undefined)
}, 60_000)

afterAll(async () => {
  await ada?.browser.close()
  await relay?.close()
})

const hash = (): Promise<string> => ada.page.evaluate(() => location.hash)

test('g and a letter lead to a view, whose heading has the focus', async () => {
  const { page } = ada
  await page.keyboard.press('g')
  await page.keyboard.press('s')
  await expect.poll(hash, SLOW).toBe('#settings')
  await expect.poll(() => page.evaluate(() => document.activeElement?.textContent), SLOW).toBe('Settings')
})

test('? shows them, and in the dialog they do nothing', async () => {
  const { page } = ada
  await page.keyboard.press('?')
  const dialog = page.getByRole('dialog', { name: 'Keyboard shortcuts' })
  await dialog.waitFor(SLOW)
  await page.keyboard.press('g')
  await page.keyboard.press('h')
  expect(await hash()).toBe('#settings')
  await page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'hidden', ...SLOW })
})

test('while somebody types they are letters', async () => {
  const { page } = ada
  await page.evaluate(() => {
    location.hash = '#join'
  })
  const field = page.locator('main').getByRole('textbox').first()
  await field.click(SLOW)
  await page.keyboard.type('g?gh')
  expect(await field.inputValue()).toBe('g?gh')
  expect(await hash()).toBe('#join')
  expect(await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).isVisible()).toBe(false)
})

test('who switches them off has none, also after a reload', async () => {
  const { page } = ada
  await page.evaluate(() => {
    location.hash = '#settings'
  })
  await page.getByRole('checkbox', { name: /Keyboard shortcuts/ }).uncheck(SLOW)
  await page.reload()
  await page.waitForFunction(() => customElements.get('cafe-shortcuts') !== undefined)
  await page.getByRole('heading', { name: 'Settings', level: 1 }).focus(SLOW)
  await page.keyboard.press('?')
  await page.keyboard.press('g')
  await page.keyboard.press('h')
  expect(await hash()).toBe('#settings')
  expect(await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).isVisible()).toBe(false)
  await page.getByRole('checkbox', { name: /Keyboard shortcuts/ }).check()
  await page.getByRole('heading', { name: 'Settings', level: 1 }).focus()
  await page.keyboard.press('g')
  await page.keyboard.press('h')
  await expect.poll(hash, SLOW).toBe('#host')
})

/**
 * By the keyboard alone: each step is come to by Tab, everything on the way can be seen to have the focus, and the focus is
 * where a person goes on after a view has changed or a dialog has closed.
 */
import type { Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { button } from '../fixtures/hands.ts'
import { atHeading, isFocused, onlyFocus, tabAndPress, tabAndType, tabTo, WAIT } from '../fixtures/keyboard.ts'
import { type Person, visit } from '../fixtures/profiles.ts'
import { type RelayProcess, startRelay } from '../fixtures/relay.ts'
import { askedPlaces, readWords } from '../fixtures/words.ts'

let relay: RelayProcess
let host: Person
let ada: Person
/** Of the cafe, and of Ada's account. */
let invite: string
let words: string[]

beforeAll(async () => {
  relay = await startRelay()
  ;[host, ada] = await Promise.all([visit(relay.url), visit(relay.url)])
}, 120_000)

afterAll(async () => {
  await Promise.all([host, ada].map((person) => person?.browser.close()))
  await relay?.close()
})

/** The view stands still, and its focus is on something that can be seen. */
const settled = async (page: Page): Promise<void> => {
  await page.locator('main:not([data-settling])').waitFor(WAIT)
  await onlyFocus(page)
}

/** Chooses `radio`, which is one stop together with those beside it. */
async function choose(page: Page, radio: Locator): Promise<void> {
  await tabTo(page, page.locator('cafe-account').getByRole('radio').first())
  for (let i = 0; i < 4 && !(await isFocused(radio)); i++) await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Space')
}

test('a cafe is opened, and its dialogs are opened and left', async () => {
  const { page } = host
  await tabAndPress(page, page.getByRole('link', { name: 'My cafe' }).first())
  await atHeading(page, 'Open a cafe')
  await tabAndType(page, page.getByRole('textbox', { name: 'Name of your cafe' }), 'Corner Cafe')
  await tabAndPress(page, button(page, 'Open the cafe'))
  await atHeading(page, 'Corner Cafe')
  invite = await page.getByRole('textbox', { name: 'Invite link' }).inputValue(WAIT)
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

test('an invite is made, and the person goes on at the button that copies it', async () => {
  const { page } = host
  await tabAndPress(page, button(page, 'New invite…'))
  const dialog = page.locator('cafe-token')
  const label = dialog.getByRole('textbox', { name: /Who is it for/ })
  await expect.poll(() => isFocused(label), WAIT).toBe(true)
  await page.keyboard.insertText('Ada')
  await page.keyboard.press('Enter')
  const copy = dialog.locator('cafe-invite').getByText('Copy the link').and(page.locator('button'))
  await copy.waitFor(WAIT)
  await expect.poll(() => isFocused(copy), WAIT).toBe(true)
  await onlyFocus(page)
  await page.keyboard.press('Escape')
  await expect.poll(() => isFocused(button(page, 'New invite…')), WAIT).toBe(true)
})

test('an account is made and its words confirmed', async () => {
  const { page } = ada
  await tabAndPress(page, page.getByRole('link', { name: 'You', exact: true }).first())
  await atHeading(page, 'You')
  await choose(page, page.getByRole('radio', { name: /Ask for a passphrase/ }))
  await tabAndType(page, page.getByRole('textbox', { name: /New passphrase/ }), 'a cup of tea')
  await tabAndPress(page, button(page, 'Make my account'))
  words = await readWords(page)
  await onlyFocus(page)
  await tabAndPress(page, button(page, 'I wrote them down'))
  for (const place of await askedPlaces(page)) {
    const group = page.getByRole('group', { name: `Word ${place + 1}`, exact: true })
    await tabAndPress(page, group.getByRole('button', { name: words[place] as string, exact: true }), 'Space')
  }
  await page.locator('cafe-words').waitFor({ ...WAIT, state: 'detached' })
  await onlyFocus(page)
})

test('the account is locked, a wrong passphrase is said, and the right one opens it', async () => {
  const { page } = ada
  await tabAndPress(page, page.getByRole('link', { name: 'Passphrase, devices and accounts' }))
  await atHeading(page, 'Account')
  await settled(page)
  await tabAndPress(page, button(page, 'Lock now'))
  const field = page.getByRole('textbox', { name: 'Passphrase', exact: true })
  await expect.poll(() => isFocused(field), WAIT).toBe(true)
  await page.keyboard.insertText('a cup of coffee')
  await page.keyboard.press('Enter')
  await page.locator('cafe-unlock').getByRole('alert').first().waitFor(WAIT)
  await expect.poll(() => isFocused(field), WAIT).toBe(true)
  await tabAndType(page, field, 'a cup of tea')
  await page.keyboard.press('Enter')
  await field.waitFor({ ...WAIT, state: 'detached' })
  await settled(page)
})

test('an invite is pasted after something that is none, and the cafe joined', async () => {
  const { page } = ada
  await tabAndPress(page, page.getByRole('link', { name: 'Home' }).first())
  await tabAndPress(page, page.getByRole('link', { name: 'Join a cafe' }))
  await atHeading(page, 'Join a cafe')
  const field = page.getByRole('textbox', { name: 'Invite link' })
  await tabAndType(page, field, 'nonsense')
  await page.keyboard.press('Enter')
  await page.getByRole('alert').getByText('This is not an invite.').waitFor(WAIT)
  await expect.poll(() => isFocused(field), WAIT).toBe(true)
  await tabAndType(page, field, invite)
  await page.keyboard.press('Enter')
  await page.getByText('Corner Cafe').first().waitFor(WAIT)
  await settled(page)
  await tabAndPress(page, button(page, 'Join'))
  await atHeading(page, 'Files')
  await tabAndPress(page, page.getByRole('link', { name: 'You', exact: true }).first())
  await atHeading(page, 'You')
  const leave = button(page, /^Leave Corner Cafe/)
  await tabAndPress(page, leave)
  const dialog = page.getByRole('dialog', { name: /^Leave Corner Cafe/ })
  await dialog.waitFor(WAIT)
  await page.keyboard.press('Escape')
  await dialog.waitFor({ ...WAIT, state: 'hidden' })
  await expect.poll(() => isFocused(leave), WAIT).toBe(true)
})

test('an account comes back from its words on another device', async () => {
  const other = await visit(relay.url)
  try {
    const { page } = other
    await tabAndPress(page, page.getByRole('link', { name: 'You', exact: true }).first())
    await atHeading(page, 'You')
    await choose(page, page.getByRole('radio', { name: /Stay unlocked/ }))
    await tabAndType(page, page.getByRole('textbox', { name: /words/ }), words.join(' '))
    await tabAndPress(page, button(page, 'Bring my account back'))
    await page.locator('cafe-profile').waitFor(WAIT)
    await settled(page)
  } finally {
    await other.browser.close()
  }
})

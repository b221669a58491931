/**
 * The card of a host, by gestures on a phone and on a laptop: room at the opening, how people reach it, a pause that guests
 * see and that ends by itself for them, what happened, and a closing that says what it means.
 */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Person, ready, visit } from '../fixtures/profiles.ts'
import { type RelayProcess, startRelay } from '../fixtures/relay.ts'

let relay: RelayProcess
let host: Person
let guest: Person
const PATIENCE = { timeout: 60_000 }

beforeAll(async () => {
  relay = await startRelay()
  ;[host, guest] = await Promise.all([visit(relay.url), visit(relay.url)])
  await host.page.setViewportSize({ width: 390, height: 844 })
  await guest.page.setViewportSize({ width: 1280, height: 800 })
  await guest.page.evaluate(() => cafe.account.create())
})

afterAll(async () => {
  await Promise.all([host, guest].map((person) => person?.browser.close()))
  await relay?.close()
})

const session = () => guest.page.evaluate(async () => (await cafe.account.cafes())[0])
const happened = () => host.page.evaluate(async () => (await cafe.host.activity()).map(({ what }) => what))
/** Nothing is wider than the page. */
const overflow = ({ page }: Person) =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)

test('room is asked for at the opening, with a choice that this browser has', async () => {
  const { page } = host
  await page.goto(`${relay.url}#host`)
  await page.getByText(/This browser offers about/).waitFor(PATIENCE)
  await page.getByRole('textbox', { name: /name/i }).fill('Corner Cafe')
  const room = page.getByRole('combobox', { name: 'Room for your guests' })
  const sizes = (await room.locator('option').allTextContents()).map((size) => size.trim())
  expect(sizes.length).toBeGreaterThan(1)
  await room.selectOption({ index: 0 })
  const chosen = Number(await room.inputValue())
  await page.getByRole('button', { name: 'Open the cafe' }).click()
  await page.getByRole('heading', { name: 'Corner Cafe' }).waitFor(PATIENCE)
  expect(await page.evaluate(() => cafe.host.status())).toMatchObject({ paused: null, room: { budget: chosen } })
  await page.getByText(`of ${sizes[0]}`).first().waitFor()
  expect(await overflow(host)).toBeLessThanOrEqual(0)
})

test('the card says how people reach it, and since when', async () => {
  const ways = host.page.getByRole('list', { name: 'How people reach you' })
  await ways.getByText('on this network').waitFor(PATIENCE)
  await ways.getByText('through 1 relay').waitFor(PATIENCE)
  await host.page.getByText(/without a break since/).waitFor()
})

test('who waits before a paused cafe sees why, and is in as soon as guests go on, without a tap', async () => {
  const { page } = host
  await page.getByRole('button', { name: 'Pause guests' }).click()
  await page.getByText(/Guests are paused, since/).waitFor(PATIENCE)
  await page.getByRole('list', { name: 'How people reach you' }).getByText('guests paused').waitFor()
  expect(await overflow(host)).toBeLessThanOrEqual(0)
  const invite = await page.getByRole('textbox', { name: 'Invite link' }).inputValue()
  await guest.page.goto(invite)
  await guest.page.getByRole('button', { name: 'Join' }).click(PATIENCE)
  await guest.page.getByText(/The host has paused this cafe/).waitFor(PATIENCE)
  await guest.page.getByText(/This page tries again by itself/).waitFor()
  await page.reload()
  await ready(page)
  await page.getByRole('button', { name: 'Let guests go on' }).click(PATIENCE)
  await page.getByRole('button', { name: 'Pause guests' }).waitFor(PATIENCE)
  await expect.poll(async () => (await session())?.state, PATIENCE).toBe('active')
})

test('a client of a paused cafe reads on, sees it on its card, and what waits follows by itself', async () => {
  const { page } = guest
  const first = await page.evaluate(() => cafe.pins.add(new File(['a letter'], 'letter.txt')))
  expect(first.cafes).toMatchObject([{ state: 'pinned' }])
  await host.page.getByRole('button', { name: 'Pause guests' }).click()
  await page.goto(`${relay.url}#join`)
  await page.getByText(/Its host has paused guests/).waitFor(PATIENCE)
  const late = await page.evaluate(() => cafe.pins.add(new File(['a later letter'], 'later.txt')))
  expect(late.cafes).toMatchObject([{ state: 'queued' }])
  const states = () => page.evaluate(async () => (await cafe.pins.list()).map(({ cafes }) => cafes[0]?.state).sort())
  expect(await states()).toEqual(['pinned', 'queued'])
  await host.page.getByRole('button', { name: 'Let guests go on' }).click()
  await expect.poll(states, PATIENCE).toEqual(['pinned', 'pinned'])
  await expect.poll(() => page.getByText(/Its host has paused guests/).count(), PATIENCE).toBe(0)
})

test('the host sees what happened and who is here, over a reload', async () => {
  const { page } = host
  const expected = ['kept', 'resumed', 'paused', 'joined', 'opened']
  await expect.poll(happened, PATIENCE).toEqual(expected)
  await page.reload()
  await ready(page)
  expect(await happened()).toEqual(expected)
  const log = page.locator('cafe-activity')
  await log.getByText(/joined/).waitFor(PATIENCE)
  await log.getByText('You paused guests').first().waitFor()
  await log.getByText(/files of .* kept/).waitFor()
  await page.locator('cafe-clients').getByText('here now').waitFor(PATIENCE)
  const account = await guest.page.evaluate(async () => (await cafe.account.status())?.address as string)
  expect(await log.innerHTML()).not.toContain(account)
})

test('closing says what guests would miss, and they are told the host’s words until it opens again', async () => {
  const { page } = host
  await page.getByRole('button', { name: 'Close the cafe' }).first().click()
  const dialog = page.locator('cafe-closing')
  await dialog.getByText(/1 person keeps \d+ files? here/).waitFor(PATIENCE)
  await dialog.getByText('1 connected device sees this').waitFor()
  await dialog.getByRole('button', { name: 'Save it to one file' }).click()
  await page.getByRole('button', { name: 'Save to a file' }).waitFor(PATIENCE)
  await page.getByRole('button', { name: 'Close the cafe' }).first().click()
  await dialog.getByRole('textbox', { name: /What should your guests be told/ }).fill('Back on Monday!')
  await dialog.getByRole('button', { name: 'Close the cafe' }).click()
  await page.getByRole('heading', { name: 'Open a cafe' }).waitFor(PATIENCE)
  expect(await page.getByRole('textbox', { name: /name/i }).inputValue()).toBe('Corner Cafe')
  await guest.page.getByText('“Back on Monday!”').waitFor(PATIENCE)
  expect(await session()).toMatchObject({ state: 'active', farewell: { words: 'Back on Monday!' } })
  await page.getByRole('button', { name: 'Open the cafe' }).click()
  await page.getByRole('heading', { name: 'Corner Cafe' }).waitFor(PATIENCE)
  await guest.page.getByRole('link', { name: 'Home' }).first().click()
  await expect.poll(async () => (await session())?.farewell, { timeout: 150_000 }).toBe(null)
  expect((await happened()).slice(0, 2)).toEqual(['opened', 'closed'])
}, 240_000)

/** Links that can be taken back, by gestures: made in the share dialog, opened by others, counted, withdrawn, asked a password for. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Person, visit } from '../fixtures/profiles.ts'
import { type RelayProcess, startRelay } from '../fixtures/relay.ts'

const WAIT = { timeout: 60_000 }
/** One pixel, red. */
const PICTURE = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==',
  'base64',
)

let relay: RelayProcess
let host: Person
let owner: Person
let people: Person[] = []

beforeAll(async () => {
  relay = await startRelay()
  // Two at a time: four browsers that start together take each other's time.
  ;[host, owner] = await Promise.all([visit(relay.url), visit(relay.url)])
  people = await Promise.all([visit(relay.url), visit(relay.url)])
  const { invite } = await host.page.evaluate(() => cafe.host.open({ name: 'Corner Cafe' }))
  await owner.page.evaluate(async (link) => {
    await cafe.account.create()
    await cafe.account.register(link)
  }, invite)
  await owner.page.goto(`${relay.url}#files`)
  const files = [{ name: 'red dot.png', mimeType: 'image/png', buffer: PICTURE }]
  await owner.page.locator('cafe-drop input[type=file]').setInputFiles(files)
  await owner.page.locator('cafe-pin').getByText('red dot.png', { exact: true }).waitFor(WAIT)
})

afterAll(async () => {
  await Promise.all([host, owner, ...people].map((person) => person?.browser.close()))
  await relay?.close()
})

interface Wish {
  readonly label: string
  readonly times?: string
  readonly password?: string
}

/** Makes a link in the share dialog and gives its address. */
async function make({ label, times, password }: Wish): Promise<string> {
  const { page } = owner
  await page.getByRole('button', { name: 'Share red dot.png' }).click(WAIT)
  const dialog = page.locator('cafe-share-link')
  await dialog.getByText('Rather a link that ends').click(WAIT)
  await dialog.getByLabel('Who is it for?').fill(label)
  if (times !== undefined) await dialog.getByLabel('How often').selectOption({ label: times })
  if (password !== undefined) await dialog.getByLabel('Password').fill(password)
  await dialog.getByRole('button', { name: 'Make the link' }).click()
  const link = await dialog.getByRole('textbox', { name: 'Link that you can take back' }).inputValue(WAIT)
  await page.keyboard.press('Escape')
  await dialog.waitFor({ ...WAIT, state: 'detached' })
  expect(new URL(link).hash).toMatch(/^#link=[\w-]{46}&from=12D3/)
  expect(link).not.toMatch(/key=|red/)
  return link
}

const row = (label: string) => owner.page.locator('cafe-sealed-links li', { hasText: label })

test('a picture opens for whoever has the link, until its owner takes it back', async () => {
  const link = await make({ label: 'For the club' })
  const [first, second] = people as [Person, Person]
  // In a page of its own, from the address bar.
  await first.page.goto(link)
  await first.page.waitForFunction(() => document.images[0]?.naturalWidth === 1, undefined, WAIT)
  await row('For the club').getByText('opened 1 time').waitFor(WAIT)
  await row('For the club').getByRole('button', { name: 'Take back the link' }).click()
  await owner.page.getByRole('button', { name: 'Take the link back' }).click()
  await row('For the club').getByText('Taken back').waitFor(WAIT)
  await second.page.goto(link)
  await second.page.getByText('This link does not open any more').waitFor(WAIT)
  expect(await second.page.locator('img').count()).toBe(0)
})

test('a link for one opening opens once: pasted in the app, shown there, and read again without another', async () => {
  const link = await make({ label: 'Once', times: 'once' })
  const [first, second] = people as [Person, Person]
  await first.page.goto(relay.url)
  await first.page.locator('cafe-link input').fill(link)
  await first.page.getByRole('button', { name: 'Open the link' }).click()
  await first.page.locator('cafe-look img').waitFor(WAIT)
  await first.page.getByRole('heading', { name: 'red dot.png' }).waitFor(WAIT)
  expect(first.page.url()).not.toContain('link=')
  const again = await first.page.evaluate(async (path) => (await fetch(path)).status, link)
  expect(again).toBe(200)
  await row('Once').getByText('Used up').waitFor(WAIT)
  await second.page.goto(relay.url)
  await second.page.locator('cafe-link input').fill(link)
  await second.page.getByRole('button', { name: 'Open the link' }).click()
  await second.page.getByText('This link does not open any more').waitFor(WAIT)
})

test('a password is asked for on a page, and a wrong one said to be so', async () => {
  const link = await make({ label: 'Locked', password: 'correct horse' })
  const [, second] = people as [Person, Person]
  const { page } = second
  await page.goto(link)
  const field = page.getByLabel('Password of this link')
  await field.fill('wrong horse', WAIT)
  await page.getByRole('button', { name: 'Open', exact: true }).click()
  await page.getByText('This is not the password of the link').waitFor(WAIT)
  await field.fill('correct horse')
  await page.getByRole('button', { name: 'Open', exact: true }).click()
  await page.waitForFunction(() => document.images[0]?.naturalWidth === 1, undefined, WAIT)
})

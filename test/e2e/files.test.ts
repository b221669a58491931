/** What a person does with files beside dropping them: sharing from another app, pasting, making one public; and how safe it is. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Person, visit } from '../fixtures/profiles.ts'
import { type RelayProcess, startRelay } from '../fixtures/relay.ts'

const WAIT = { timeout: 60_000 }

let relay: RelayProcess
let host: Person
let guest: Person

beforeAll(async () => {
  relay = await startRelay()
  ;[host, guest] = await Promise.all([visit(relay.url), visit(relay.url)])
  const { invite } = await host.page.evaluate(() => cafe.host.open({ name: 'Corner Cafe' }))
  await guest.page.evaluate(async (link) => {
    await cafe.account.create()
    await cafe.account.register(link)
  }, invite)
  await guest.page.goto(`${relay.url}#files`)
})

afterAll(async () => {
  await Promise.all([host, guest].map((person) => person?.browser.close()))
  await relay?.close()
})

test('what another app shares is asked about, and kept if the person says so', async () => {
  const { page } = guest
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))
  const tab = await page.context().newPage()
  await tab.goto('about:blank')
  // As any site could, too: nothing is kept before somebody has said yes.
  await tab.setContent(
    `<form method="post" enctype="multipart/form-data" action="${relay.url}share"><input type="file" name="files" multiple></form>`,
  )
  const photo = { name: 'photo.txt', mimeType: 'text/plain', buffer: Buffer.from('from another app') }
  await tab.setInputFiles('input', [photo])
  await tab.evaluate(() => document.querySelector('form')?.submit())
  await tab.waitForURL(`${relay.url}#files`, WAIT)
  const shared = tab.locator('cafe-shared')
  await shared.getByText('photo.txt', { exact: true }).waitFor(WAIT)
  expect(await tab.evaluate(async () => (await cafe.pins.list()).length)).toBe(0)
  await shared.getByRole('button', { name: 'Keep' }).click()
  await tab.locator('cafe-pin').getByText('photo.txt', { exact: true }).waitFor(WAIT)
  await shared.getByText('photo.txt', { exact: true }).waitFor({ ...WAIT, state: 'detached' })
  await tab.reload()
  await tab.locator('cafe-pin').getByText('photo.txt', { exact: true }).waitFor(WAIT)
  expect(await tab.locator('cafe-shared').getByText('photo.txt', { exact: true }).count()).toBe(0)
  await tab.close()
})

test('it says at how many cafes all of it is safe', async () => {
  await guest.page.locator('cafe-safety').getByText('Safe at 1 of 1 cafe').waitFor(WAIT)
  const safety = await guest.page.evaluate(() => cafe.account.safety())
  expect(safety).toMatchObject({ safe: 1, of: 1, items: 1, pending: 0, failed: [] })
  expect(safety.since).toBeGreaterThan(0)
})

test('a picture that is pasted is kept; the same one again is the one there is', async () => {
  const paste = () =>
    guest.page.evaluate(() => {
      const clipboardData = new DataTransfer()
      clipboardData.items.add(new File(['a screenshot'], 'image.png', { type: 'image/png' }))
      document.dispatchEvent(new ClipboardEvent('paste', { clipboardData, cancelable: true }))
    })
  const pins = () => guest.page.evaluate(async () => (await cafe.pins.list()).map(({ name }) => name).sort())
  await paste()
  await guest.page.locator('cafe-pin').getByText('image.png', { exact: true }).waitFor(WAIT)
  await paste()
  await expect.poll(() => guest.page.locator('cafe-upload').count(), WAIT).toBe(0)
  expect(await pins()).toEqual(['image.png', 'photo.txt'])
})

test('a file is public only after a warning, and the next one is not', async () => {
  const { page } = guest
  const drop = page.locator('cafe-drop')
  const give = (name: string) =>
    drop
      .locator('input[type=file]')
      .setInputFiles([{ name, mimeType: 'text/plain', buffer: Buffer.from(`hello ${name}`) }])
  await drop.getByLabel('Public: do not encrypt').check()
  await drop.getByRole('alert').getByText('cannot be taken back').waitFor(WAIT)
  await give('open.txt')
  await page.locator('cafe-pin').getByText('open.txt', { exact: true }).waitFor(WAIT)
  await give('closed.txt')
  await page.locator('cafe-pin').getByText('closed.txt', { exact: true }).waitFor(WAIT)
  const pins = await page.evaluate(async () =>
    Object.fromEntries((await cafe.pins.list()).map((pin) => [pin.name, pin])),
  )
  const [open, closed] = [pins['open.txt'], pins['closed.txt']]
  expect([open?.key, closed?.key === '']).toEqual(['', false])
  expect(await page.locator('cafe-pin', { hasText: 'open.txt' }).getByText('public: not encrypted').count()).toBe(1)
  expect(open?.link).toContain('?filename=open.txt#from=')
  expect(await page.evaluate(async (link) => (await fetch(link)).text(), open?.link ?? '')).toBe('hello open.txt')
  const lies = await host.page.evaluate(async (cid) => (await fetch(`/ipfs/${cid}`)).text(), open?.cid ?? '')
  expect(lies).toBe('hello open.txt')
})

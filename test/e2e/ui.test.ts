/** What a person does with mouse and keyboard, from the first screen to an opened link. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Person, sampleBytes, visit } from '../fixtures/profiles.ts'
import { type RelayProcess, startRelay } from '../fixtures/relay.ts'
import { pickWords, readWords } from '../fixtures/words.ts'

let relay: RelayProcess
let host: Person
let guest: Person
let invite: string
let link: string

beforeAll(async () => {
  relay = await startRelay()
  ;[host, guest] = await Promise.all([visit(relay.url), visit(relay.url)])
})

afterAll(async () => {
  await Promise.all([host, guest].map((person) => person?.browser.close()))
  await relay?.close()
})

test('opening a cafe shows its card: name, peer id, invite, QR code, reach', async () => {
  const { page } = host
  await page.getByRole('link', { name: 'Open a cafe' }).click()
  await page.getByRole('textbox', { name: /name/i }).fill('Corner Cafe')
  await page.getByRole('button', { name: /open/i }).click()
  await page.getByRole('heading', { name: 'Corner Cafe' }).waitFor()
  invite = await page.getByRole('textbox', { name: 'Invite link' }).inputValue()
  expect(invite).toContain('#join=')
  expect(invite.length).toBeLessThan(400)
  await page.locator('wa-qr-code').waitFor()
  await expect
    .poll(() =>
      page
        .getByText(/can join/)
        .first()
        .textContent(),
    )
    .toMatch(/through the relay/)
})

test('joining by the invite link: an account, its words once, then registered', async () => {
  const { page } = guest
  await page.goto(invite)
  await page.getByText('Corner Cafe').waitFor()
  await page.getByRole('radio', { name: /Stay unlocked/ }).check()
  await page.getByRole('button', { name: 'Make my account' }).click()
  const phrase = await readWords(page)
  expect(phrase).toHaveLength(12)
  await page.getByRole('button', { name: 'I wrote them down' }).click()
  await pickWords(page, (place) => phrase[place] as string)
  await page.getByRole('heading', { name: 'Files' }).waitFor()
  expect(page.url()).not.toContain('join=')
  const html = (await page.content()).toLowerCase()
  expect(phrase.filter((word) => new RegExp(`>\\s*${word}\\s*<`).test(html))).toEqual([])
})

test('a chosen file is kept, and opens here without its key in any address', async () => {
  const { page } = guest
  const content = 'A letter from the corner table.\n'.repeat(40_000)
  await page.locator('input[type=file]').setInputFiles({
    name: 'letter <b>.txt',
    mimeType: 'text/plain',
    buffer: Buffer.from(content),
  })
  const open = page.getByRole('link', { name: /^Open letter/ })
  await open.waitFor()
  link = await page.evaluate(async () => (await cafe.pins.list())[0]?.link ?? '')
  expect(link).toMatch(/^\/ipfs\/b[a-z2-7]+\/letter/)
  expect(link).toContain('#key=u')
  expect(await open.getAttribute('href')).toBe(`#open=${link.split('#')[0]}`)
  await open.click()
  await page.locator('cafe-text pre').getByText('A letter from the corner table.').waitFor()
  expect(page.url()).not.toContain('key=')
  await page.goBack()
  await open.waitFor()
})

test('the host opens the same link by pasting it on the first screen', async () => {
  const { page } = host
  await page.goto(relay.url)
  await page.getByRole('textbox', { name: /link/i }).fill(relay.url.slice(0, -1) + link)
  await page.getByRole('button', { name: 'Open the link' }).click()
  await page.locator('cafe-text pre').getByText('A letter from the corner table.').waitFor()
  expect(page.url()).not.toContain('key=')
})

test('a wrong key, an unknown file and a bad address each say what is wrong', async () => {
  const { page } = guest
  const cid = link.split('/')[2]
  // Where the node is needed and no other page is open, the app's page starts it and reloads before the answer comes.
  const show = async (path: string) => {
    await page.goto(relay.url.slice(0, -1) + path)
    await page.getByRole('link', { name: 'Open Popup Cafe' }).waitFor()
    return page.locator('body').innerText()
  }
  expect(await show(`/ipfs/${cid}/letter.txt#key=uAg${'B'.repeat(42)}`)).toMatch(/key does not open/i)
  expect(await show(`/ipfs/${cid}/letter.txt#key=short`)).toMatch(/key/i)
  expect(await show('/ipfs/nonsense')).toMatch(/no valid content id/i)
  expect(await show('/ipfs/bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy')).toMatch(
    /no cafe we asked has this content/i,
  )
})

test('the host sets how much the cafe may keep, and cleans up what a guest removed', async () => {
  await host.page.goto(`${relay.url}#host`)
  const room = host.page.getByRole('region', { name: 'Room' })
  const status = () => host.page.evaluate(() => cafe.host.status())
  await room.getByRole('button', { name: 'Change' }).click()
  const amount = host.page.getByRole('textbox', { name: /gigabytes/ })
  await amount.fill('1,000')
  await host.page.getByRole('button', { name: 'Save' }).click()
  await host.page.getByText('Enter a number of gigabytes').waitFor()
  // Nothing reaches out of a dialog: bringing the focus back must not scroll it sideways.
  const dialog = host.page.locator('cafe-budget wa-dialog')
  expect(await dialog.evaluate((element) => element.shadowRoot?.querySelector('dialog')?.scrollLeft)).toBe(0)
  await amount.fill('2.5')
  await host.page.getByRole('button', { name: 'Save' }).click()
  await room.getByText('kept of 2.5 GB').waitFor()
  expect(await status()).toMatchObject({ room: { budget: 2.5e9 } })
  const { page } = guest
  await page.goto(`${relay.url}#files`)
  await page.locator('input[type=file]').setInputFiles({
    name: 'draft.bin',
    mimeType: 'application/octet-stream',
    buffer: Buffer.from(sampleBytes(3_000_000)),
  })
  await page.getByRole('link', { name: 'Open draft.bin' }).waitFor({ timeout: 60_000 })
  await page.getByRole('button', { name: 'Remove draft.bin' }).click()
  await page.getByRole('link', { name: 'Open draft.bin' }).waitFor({ state: 'detached' })
  await page.keyboard.press('Control+z')
  await page.getByRole('link', { name: 'Open draft.bin' }).waitFor()
  await page.getByRole('button', { name: 'Remove draft.bin' }).click()
  await page.locator('cafe-undo').getByRole('button', { name: 'Close' }).click()
  await room.getByText(/About 3.* MB of it can be freed/).waitFor({ timeout: 60_000 })
  await room.getByRole('button', { name: 'Clean up' }).click()
  await room.getByText(/Freed \d.* MB/).waitFor({ timeout: 60_000 })
  expect(await status()).toMatchObject({ room: { collectable: 0 } })
})

test('leaving a cafe that is gone for good is possible', async () => {
  await host.browser.close()
  const { page } = guest
  await page.goto(`${relay.url}#files`)
  await page.getByRole('button', { name: 'Leave Corner Cafe' }).click()
  await page.getByRole('button', { name: 'Leave the cafe' }).click()
  await page.getByRole('button', { name: 'Leave anyway' }).click({ timeout: 60_000 })
  await expect.poll(() => page.evaluate(async () => (await cafe.account.cafes()).length), { timeout: 60_000 }).toBe(0)
})

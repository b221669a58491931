/** Trying links: what happened when one was opened, with every block and whom it came from, and who may not know. */
import { setTimeout } from 'node:timers/promises'
import type { Frame, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { putBlocks } from '../fixtures/local-blocks.ts'
import { type Person, visit } from '../fixtures/profiles.ts'
import { type RelayProcess, startRelay } from '../fixtures/relay.ts'
import { importTree, MemorySource, utf8 } from '../unit/gateway-help.ts'

const WAIT = { timeout: 60_000 }

let relay: RelayProcess
let host: Person
let guest: Person
let reader: Person

beforeAll(async () => {
  relay = await startRelay()
  ;[host, guest] = await Promise.all([visit(relay.url), visit(relay.url)])
  reader = await visit(relay.url)
  const invite = await host.page.evaluate(
    async () => (await cafe.host.open({ name: 'Corner Cafe', mode: 'open' })).invite,
  )
  for (const { page } of [guest, reader]) {
    await page.evaluate(async (link) => {
      await cafe.account.create()
      await cafe.account.register(link)
    }, invite)
  }
})

afterAll(async () => {
  await Promise.all([host, guest, reader].map((person) => person?.browser.close()))
  await relay?.close()
})

const fits = (page: Page): Promise<boolean> => page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)

describe.each([
  ['a phone', { width: 390, height: 844 }],
  ['a desktop', { width: 1280, height: 800 }],
])('on %s', (device, size) => {
  beforeAll(() => reader.page.setViewportSize(size))

  test('a link says how it was answered, and from whom each block came', async () => {
    const { page } = reader
    const link = await guest.page.evaluate(async (name) => {
      const file = new File([`A letter on ${name}.\n`.repeat(40_000)], 'letter.txt')
      return (await cafe.pins.add(file)).link
    }, device)
    const key = /key=(u[^&]+)/.exec(link)?.[1] as string
    await page.goto(relay.url)
    await page.getByRole('textbox', { name: /link/i }).fill(relay.url.slice(0, -1) + link)
    await page.getByRole('button', { name: 'Open the link' }).click()
    await page.locator('cafe-text').getByText(`A letter on ${device}.`).first().waitFor(WAIT)
    const happened = page.locator('cafe-happened')
    await happened.getByText('What happened').click()
    const requests = happened.locator('.requests > li')
    await requests.filter({ hasText: 'What is it?' }).getByText('200', { exact: true }).waitFor(WAIT)
    await requests.filter({ hasText: 'A part of it' }).getByText('206', { exact: true }).waitFor(WAIT)
    expect(await requests.first().locator('code').innerText()).toBe(`GET ${link.split('#', 1)[0]}`)
    await requests
      .first()
      .getByText(/first byte after [\d,]+ ms/)
      .waitFor(WAIT)
    await happened.locator('td', { hasText: 'the cafe Corner Cafe, ' }).first().waitFor(WAIT)
    await requests
      .first()
      .getByText(/headers of the answer/)
      .click()
    await requests.first().locator('dt', { hasText: 'content-security-policy' }).waitFor(WAIT)
    await happened.getByRole('button', { name: 'Fetch all of it' }).click()
    await happened.getByText(/ came\./).waitFor(WAIT)
    await requests
      .filter({ hasText: 'All of it' })
      .getByText(/all after [\d,]+ ms/)
      .waitFor(WAIT)
    expect(await fits(page)).toBe(true)
    // Nowhere on the page, not even in an address of what it shows as text.
    expect(await page.locator('main').innerText()).not.toContain(key.slice(1, 20))
    expect(await happened.innerHTML()).not.toContain(key.slice(1, 20))
  })

  test('a file is encrypted and tried without anybody, and is gone when it is removed', async () => {
    const { page } = reader
    const buffer = Buffer.from(`Nobody gets this on ${device}.\n`.repeat(30_000))
    await page.goto(relay.url)
    await page.getByRole('link', { name: 'See what happens with a link' }).click()
    await page
      .locator('cafe-try input[type=file]')
      .setInputFiles({ name: 'My note.txt', mimeType: 'text/plain', buffer })
    const trial = page.locator('cafe-trial')
    await trial.locator('cafe-text').getByText(`Nobody gets this on ${device}.`).first().waitFor(WAIT)
    await trial.getByText('only on this device').waitFor(WAIT)
    const link = await trial.getByRole('textbox', { name: 'Its link' }).inputValue()
    const [, cid, key] = /^\/ipfs\/(\w+)\/My%20note\.txt#key=(u.{44})$/.exec(link) as unknown as [
      string,
      string,
      string,
    ]
    // What a cafe would see: other bytes, and somewhat more of them.
    const head = (await trial.locator('.cipher').innerText()).replaceAll(' ', '')
    expect(head).toMatch(/^[0-9a-f]{128}$/)
    expect(head).not.toBe(buffer.subarray(0, 64).toString('hex'))
    await trial.getByText('What happened').click()
    const happened = trial.locator('cafe-happened')
    await happened.locator('td', { hasText: 'this device' }).first().waitFor(WAIT)
    expect(await happened.innerHTML()).not.toContain(key.slice(1, 20))
    expect(await fits(page)).toBe(true)
    // No cafe was told, and no cafe has it.
    expect(await page.evaluate(async () => (await cafe.pins.list()).length)).toBe(0)
    const status = () =>
      page.evaluate(
        async (path) => (await fetch(path, { headers: { 'Cache-Control': 'only-if-cached' } })).status,
        `/ipfs/${cid}`,
      )
    expect(await status()).toBe(200)
    const has = await host.page.evaluate(
      async (path) => (await fetch(path, { headers: { 'Cache-Control': 'only-if-cached' } })).status,
      `/ipfs/${cid}`,
    )
    expect(has).toBe(412)
    await trial.getByRole('button', { name: 'Remove it now' }).click()
    await page.getByText('It is gone from this device.').waitFor(WAIT)
    expect(await trial.count()).toBe(0)
    expect(await status()).toBe(412)
  })

  test('a sample in the old form opens by the key in its query', async () => {
    const { page } = reader
    await page.goto(`${relay.url}#open`)
    await page.getByRole('button', { name: 'Make a sample' }).click()
    const trial = page.locator('cafe-trial')
    const picture = trial.locator('img.look')
    await expect.poll(() => picture.evaluate((img: HTMLImageElement) => img.naturalWidth), WAIT).toBeGreaterThan(0)
    const link = await trial.getByRole('textbox', { name: 'Its link' }).inputValue()
    expect(link).toMatch(/^\/ipfs\/\w+\/cup\.svg\?key=[1-9A-HJ-NP-Za-km-z]{59,61}$/)
    await trial.getByText('What happened').click()
    const line = trial.locator('.request code').first()
    await line.waitFor(WAIT)
    expect(await line.innerText()).toBe(`GET ${link.split('=', 1)[0]}=…`)
    expect(await fits(page)).toBe(true)
    await trial.getByRole('button', { name: 'Remove it now' }).click()
    await page.getByText('It is gone from this device.').waitFor(WAIT)
  })

  test('a link that does not open says so there, too', async () => {
    const { page } = reader
    await page.goto(`${relay.url}#open=/ipfs/nonsense`)
    await page.locator('cafe-why h2').waitFor(WAIT)
    await page.getByText('What happened').click()
    await page.locator('cafe-happened .requests').getByText('400', { exact: true }).waitFor(WAIT)
    expect(await fits(page)).toBe(true)
  })
})

/** What a document would do that wants to know what is fetched here, as if it could run scripts; what it was told. */
const spyIn = (frame: Frame, name: string, path: string): Promise<unknown[]> =>
  // Where no script may run at all, none ever answers.
  Promise.race([setTimeout(10_000, []), spying(frame, name, path)])

const spying = (frame: Frame, name: string, path: string): Promise<unknown[]> =>
  frame.evaluate(
    async ({ name, path }) => {
      const heard: unknown[] = []
      try {
        const { port1, port2 } = new MessageChannel()
        port1.onmessage = ({ data }) => heard.push(data)
        const registration = await navigator.serviceWorker.getRegistration('/')
        registration?.active?.postMessage({ type: 'cafe:watch', name }, [port2])
        const response = await fetch(`${path}#watch=${name}`)
        heard.push(...[...response.headers].filter(([, value]) => value.includes(name)))
      } catch {
        // It got nowhere at all.
      }
      await new Promise((resolve) => globalThis.setTimeout(resolve, 1500))
      return heard
    },
    { name, path },
  )

test('what was fetched is told to the app’s own page, and to no document that it shows', async () => {
  const { page } = reader
  const source = new MemorySource()
  const root = await importTree(source, {
    'index.html': utf8('<!doctype html><title>Somebody’s page</title><h1>Somebody’s page</h1>'),
    'secret.txt': utf8('what somebody else reads'),
  })
  await page.goto(relay.url)
  await putBlocks(page, source.blocks)
  await page.goto(`${relay.url}#open=/ipfs/${root}/index.html`)
  await page.locator('cafe-framed iframe').waitFor(WAIT)
  const frame = await (await page.locator('cafe-framed iframe').elementHandle())?.contentFrame()
  await frame?.getByRole('heading').waitFor(WAIT)
  const name = 'ab'.repeat(16)
  const own = /watch=([0-9a-f]{32})/.exec(frame?.url() ?? '')?.[1]
  expect(own).toBeDefined()
  // A document in a frame of the app, one in a tab of its own, and, so that this can fail, the app's page.
  expect(await spyIn(frame as Frame, name, `/ipfs/${root}/secret.txt`)).toEqual([])
  expect(await spyIn(frame as Frame, own as string, `/ipfs/${root}/secret.txt`)).toEqual([])
  const tab = await page.context().newPage()
  await tab.goto(`${relay.url}ipfs/${root}/index.html`)
  expect(await spyIn(tab.mainFrame(), 'cd'.repeat(16), `/ipfs/${root}/secret.txt`)).toEqual([])
  // A page of this origin that may run scripts, and is not the app.
  await tab.goto(`${relay.url}reset.html`)
  expect(await spyIn(tab.mainFrame(), '01'.repeat(16), `/ipfs/${root}/secret.txt`)).toEqual([])
  await tab.close()
  const heard = await spyIn(page.mainFrame(), 'ef'.repeat(16), `/ipfs/${root}/secret.txt`)
  expect(heard).not.toEqual([])
})

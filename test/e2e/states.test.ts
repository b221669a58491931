/**
 * Six bad days of the app, each with what the person reads and a picture (in SCREENSHOTS, if that names a folder): no network, a
 * slow one, stores that the browser threw away, a full disk, two tabs, and a newer version while something is on its way.
 * None is silent, and each says what to do.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type ChangingHost, changingHost } from '../fixtures/changing-host.ts'
import { type Person, ready, sampleBytes, visit } from '../fixtures/profiles.ts'
import { type RelayProcess, startRelay } from '../fixtures/relay.ts'

const WAIT = { timeout: 60_000 }
const MiB = 1024 * 1024
const PICTURES = process.env['SCREENSHOTS']
const SIZES = { phone: { width: 390, height: 844 }, desktop: { width: 1280, height: 800 } }

let relay: RelayProcess
let host: Person
let invite: string
/** The app's host, as slow as a test says and with the version it says. */
let changing: ChangingHost
let delay = 0
let version = 0
let here: Person | undefined

beforeAll(async () => {
  if (PICTURES !== undefined) await mkdir(PICTURES, { recursive: true })
  relay = await startRelay()
  changing = await changingHost(relay.url, async ({ url }, answer) => {
    if (delay > 0 && url.startsWith('/assets/worker-')) await new Promise((resolve) => setTimeout(resolve, delay))
    if (url !== '/sw.js') return
    answer.body = Buffer.concat([answer.body, Buffer.from(`\n// ${version}\n`)])
    answer.headers.etag = `W/"${version}"`
  })
  host = await visit(relay.url)
  invite = (await host.page.evaluate(() => cafe.host.open({ name: 'Corner Cafe' }))).invite
}, 120_000)
afterEach(async () => {
  await here?.browser.close()
  here = undefined
})
afterAll(async () => {
  await host?.browser.close()
  await changing?.close()
  await relay?.close()
})

async function picture(page: Page, name: string): Promise<void> {
  if (PICTURES === undefined) return
  for (const [size, viewport] of Object.entries(SIZES)) {
    await page.setViewportSize(viewport)
    await page.screenshot({ path: join(PICTURES, `state-${name}-${size}.png`) })
  }
}

/** Somebody with an account at the cafe. */
async function member(url: string, at = invite, profile?: string): Promise<Person> {
  here = await visit(url, profile === undefined ? {} : { profile })
  await here.page.evaluate(async (invite) => {
    await cafe.account.create()
    await cafe.account.register(invite)
  }, at)
  return here
}

/** Each file is another (seeds are odd): the same one again would be the one there is. */
let files = 0
const choose = (page: Page, name: string, size: number): Promise<void> =>
  page
    .locator('cafe-files input[type=file]')
    .first()
    .setInputFiles({
      name,
      mimeType: 'application/octet-stream',
      buffer: Buffer.from(sampleBytes(size, 2 * ++files + 1)),
    })

test('offline: what is new is kept on the device, waits, and goes to the cafe when that is there', async () => {
  // A cafe of its own, which goes too: two browsers of one machine need no network to stay connected.
  const profile = mkdtempSync(join(tmpdir(), 'cafe-offline-'))
  let other = await visit(relay.url, { profile })
  try {
    const { invite } = await other.page.evaluate(() => cafe.host.open({ name: 'Harbour Cafe' }))
    const { page, browser } = await member(relay.url, invite)
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))
    await page.goto(`${relay.url}#files`)
    await page
      .locator('cafe-files input[type=file]')
      .first()
      .waitFor({ ...WAIT, state: 'attached' })
    await other.browser.close()
    await browser.context.setOffline(true)
    await relay.stop()
    await page.locator('cafe-status summary', { hasText: 'Offline' }).waitFor(WAIT)
    await choose(page, 'written at sea.bin', 1000)
    await page.locator('cafe-pin', { hasText: 'written at sea.bin' }).waitFor(WAIT)
    await page.getByText('Safe at 0 of 1 cafe').first().waitFor(WAIT)
    await picture(page, 'offline')
    await browser.context.setOffline(false)
    await relay.restart()
    other = await visit(relay.url, { profile })
    await page.getByText('Safe at 1 of 1 cafe').first().waitFor(WAIT)
  } finally {
    await other.browser.close()
    rmSync(profile, { recursive: true, force: true, maxRetries: 3 })
  }
})

test('slow: the frame is there at once and says that it starts, and the rest follows', async () => {
  delay = 4000
  try {
    here = await visit(`${changing.url}#account`, { ready: false })
    const { page } = here
    await page.getByText('Starting…').filter({ visible: true }).first().waitFor(WAIT)
    await page.locator('cafe-status summary', { hasText: 'Starting' }).waitFor(WAIT)
    await picture(page, 'slow')
    await page.getByRole('heading', { level: 1 }).waitFor(WAIT)
    await expect.poll(() => page.getByText('Starting…').filter({ visible: true }).count(), WAIT).toBe(0)
  } finally {
    delay = 0
  }
})

test('evicted: stores that are gone are told of, and where the words go', async () => {
  const profile = mkdtempSync(join(tmpdir(), 'cafe-evicted-'))
  try {
    const first = await member(relay.url, invite, profile)
    const cafes = await first.page.evaluate(async () => (await cafe.account.cafes()).length)
    expect(cafes).toBe(1)
    await expect.poll(() => first.page.evaluate(() => localStorage.getItem('cafe-account-here'))).toBe('yes')
    // The browser writes it to the disk in its own time.
    await first.page.waitForTimeout(6000)
    await first.browser.close()
    rmSync(join(profile, 'Default', 'IndexedDB'), { recursive: true })
    here = await visit(relay.url, { profile })
    const { page } = here
    const bar = page.getByRole('alert').filter({ hasText: 'thrown away' })
    await bar.waitFor(WAIT)
    await picture(page, 'evicted')
    await bar.getByRole('link', { name: 'Use my words' }).click()
    await page.getByRole('heading', { level: 1 }).waitFor(WAIT)
    await bar.getByRole('button', { name: 'Later' }).click()
    await page.reload()
    await ready(page)
    await page.waitForTimeout(500)
    expect(await bar.count()).toBe(0)
    // Who forgets an account has not lost it.
    const address = await page.evaluate(async () => (await cafe.account.create()).address)
    await expect.poll(() => page.evaluate(() => localStorage.getItem('cafe-account-here'))).toBe('yes')
    await page.evaluate((address) => cafe.account.forget(address), address)
    await expect.poll(() => page.evaluate(() => localStorage.getItem('cafe-account-here'))).toBeNull()
    expect(await bar.count()).toBe(0)
  } finally {
    await here?.browser.close()
    here = undefined
    rmSync(profile, { recursive: true, force: true, maxRetries: 3 })
  }
})

test('full: a disk without room is named, nothing is lost, and it goes on once there is some', async () => {
  here = await visit('about:blank', { ready: false })
  const { page, browser } = here
  const devtools = await browser.context.newCDPSession(page)
  const { origin } = new URL(relay.url)
  // From the start: how much room there was is remembered by IndexedDB for a while.
  await devtools.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 24 * MiB })
  await page.goto(relay.url)
  await ready(page)
  await page.evaluate(async (invite) => {
    await cafe.account.create()
    await cafe.account.register(invite)
  }, invite)
  await page.goto(`${relay.url}#files`)
  await page
    .locator('cafe-files input[type=file]')
    .first()
    .waitFor({ ...WAIT, state: 'attached' })
  await choose(page, 'fits.bin', 1 * MiB)
  await page.locator('cafe-pin', { hasText: 'fits.bin' }).waitFor(WAIT)
  await choose(page, 'too large.bin', 28 * MiB)
  const upload = page.locator('cafe-upload', { hasText: 'too large.bin' })
  await upload.getByText('This device is out of room. Free some space, then try again.').waitFor(WAIT)
  await picture(page, 'full')
  expect(await page.evaluate(async () => (await cafe.pins.list()).map(({ name }) => name))).toEqual(['fits.bin'])
  await devtools.send('Storage.overrideQuotaForOrigin', { origin })
  await upload.getByRole('button', { name: /again/i }).click()
  await page.locator('cafe-pin', { hasText: 'too large.bin' }).waitFor(WAIT)
})

test('two tabs: both show the same at any time', async () => {
  const { page, browser } = await member(relay.url)
  const other = await browser.context.newPage()
  for (const tab of [page, other]) {
    await tab.goto(`${relay.url}#files`)
    await tab
      .locator('cafe-files input[type=file]')
      .first()
      .waitFor({ ...WAIT, state: 'attached' })
  }
  await choose(page, 'from the first.bin', 1000)
  await other.locator('cafe-pin', { hasText: 'from the first.bin' }).waitFor(WAIT)
  await choose(other, 'from the second.bin', 1000)
  await page.locator('cafe-pin', { hasText: 'from the second.bin' }).waitFor(WAIT)
  await picture(page, 'two-tabs')
  await page.close()
  await choose(other, 'from who stayed.bin', 1000)
  await other.locator('cafe-pin', { hasText: 'from who stayed.bin' }).waitFor(WAIT)
})

test('a newer version waits for a file that is being kept', async () => {
  const { page } = await member(changing.url)
  await page.goto(`${changing.url}#files`)
  await ready(page)
  await page
    .locator('cafe-files input[type=file]')
    .first()
    .waitFor({ ...WAIT, state: 'attached' })
  version++
  await page.evaluate(async () => {
    Object.assign(globalThis, { same: true })
    const registration = await navigator.serviceWorker.ready
    await registration.update()
    while (!registration.waiting) await new Promise((resolve) => setTimeout(resolve, 10))
  })
  await page.getByText('A new version of Popup Cafe is ready').waitFor(WAIT)
  await choose(page, 'on its way.bin', 40 * MiB)
  await page.locator('cafe-upload', { hasText: 'on its way.bin' }).waitFor(WAIT)
  await page.getByRole('button', { name: 'Update now' }).click()
  await page.getByText('The update follows when what you are sending has arrived.').waitFor(WAIT)
  await picture(page, 'update')
  expect(await page.evaluate(() => 'same' in globalThis)).toBe(true)
  await page.waitForFunction(() => !('same' in globalThis), undefined, WAIT)
  await page.locator('cafe-pin', { hasText: 'on its way.bin' }).waitFor(WAIT)
  expect(await page.evaluate(async () => (await cafe.pins.list())[0]?.cafes.map(({ state }) => state))).toEqual([
    'pinned',
  ])
})

/**
 * Tabs that the browser itself freezes, as it does with hidden ones to save power: their scripts and workers stand still,
 * while SharedWorker and Web Locks go on. Nothing of the cafe stands still with them.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type BareBrowser, launchBare, type Page } from '../fixtures/bare-chromium.ts'
import { type RelayProcess, startRelay } from '../fixtures/relay.ts'

const WAIT = { timeout: 30_000 }
let relay: RelayProcess

beforeAll(async () => {
  relay = await startRelay()
})
afterAll(() => relay?.close())

const open = async (browser: BareBrowser): Promise<Page> => {
  const page = await browser.open(relay.url)
  await page.waitForFunction(() => 'cafe' in globalThis && navigator.serviceWorker.controller !== null, { polling: 50 })
  return page
}

const tabsOf = (page: Page) => page.evaluate(async () => (await cafe.node.status()).tabs)

/** Begins to count in the page as long as its scripts run, and notes the count when it is frozen and when it wakes. */
const watchTime = (page: Page) =>
  page.evaluate(() => {
    const watch = { ticks: 0, seen: [] as (string | number)[] }
    setInterval(() => watch.ticks++, 20)
    for (const type of ['freeze', 'resume']) {
      document.addEventListener(type, () => watch.seen.push(type, watch.ticks))
    }
    Object.assign(globalThis, { watch })
  })
const timeSeen = (page: Page) =>
  page.evaluate(() => (globalThis as unknown as { watch: { seen: (string | number)[] } }).watch.seen)

describe.each([
  ['with SharedWorker', []],
  ['without SharedWorker', ['delete globalThis.SharedWorker']],
] as const)('a frozen tab, %s', (_, before) => {
  let guest: BareBrowser
  let host: BareBrowser

  beforeAll(async () => {
    ;[guest, host] = await Promise.all([launchBare({ before }), launchBare()])
  })
  afterAll(() => Promise.all([guest, host].map((browser) => browser?.close())))

  test('lends nothing and runs nothing; another does, and it comes back when it wakes', async () => {
    const hosting = await open(host)
    const { invite, peerId } = await hosting.evaluate(() => cafe.host.open({ name: 'Cold Cafe' }))
    const first = await open(guest)
    await first.evaluate(async (link) => {
      await cafe.account.create()
      await cafe.account.register(link)
    }, invite)
    const direct = (page: Page) =>
      page.evaluate(async (peer) => {
        const { connections } = await cafe.node.status()
        return connections.find(({ peerId, path }) => peerId === peer && path === 'direct')?.since ?? 0
      }, peerId)
    const before = await direct(first)
    expect(before).toBeGreaterThan(0)
    const second = await open(guest) // in front from now on
    await expect.poll(() => tabsOf(second), WAIT).toBe(2)
    expect(await direct(second)).toBe(before)
    await watchTime(first)

    await guest.freeze(first)
    await expect.poll(() => tabsOf(second).catch(String), WAIT).toBe(1)
    const { cafes } = await second.evaluate(() => cafe.pins.add(new File([new Uint8Array(400_000)], 'snow')))
    expect(cafes).toMatchObject([{ cafe: peerId, state: 'pinned' }])
    await expect.poll(() => direct(second), WAIT).toBeGreaterThan(before)

    await guest.thaw(first)
    await expect.poll(() => tabsOf(first).catch(String), WAIT).toBe(2)
    const [frozen, at, woken, then] = await timeSeen(first)
    expect([frozen, woken]).toEqual(['freeze', 'resume'])
    expect(then).toBe(at) // it has really stood still
    const pins = await first.evaluate(() => cafe.pins.list())
    expect(pins).toHaveLength(1)
  })
})

test('a frozen tab does not keep others from noticing that the worker died', async () => {
  const browser = await launchBare()
  try {
    const creator = await open(browser)
    const { peerId } = await creator.evaluate(() => cafe.host.open({ name: 'Ice Cafe' }))
    const frozen = await open(browser) // waits for the worker's end before the next one does
    const awake = await open(browser)
    for (const page of [frozen, awake]) await page.evaluate(() => cafe.host.status())
    await browser.freeze(frozen)
    await browser.crash(creator)
    const seen = () => Promise.race([awake.evaluate(() => cafe.host.status()).catch(String), later(2000)])
    await expect.poll(seen, WAIT).toMatchObject({ open: true, peerId })
    await browser.thaw(frozen)
    await expect.poll(() => frozen.evaluate(() => cafe.host.status()).catch(String), WAIT).toMatchObject({ peerId })
  } finally {
    await browser.close()
  }
})

const later = (ms: number) => new Promise<string>((resolve) => setTimeout(resolve, ms, 'no answer'))

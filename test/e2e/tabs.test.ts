/**
 * Several tabs of one guest lend connections to the same worker: whatever becomes of a tab, only the connections it lent
 * are lost, and new direct ones follow through another tab.
 */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Person, ready, visit } from '../fixtures/profiles.ts'
import { type RelayProcess, startRelay } from '../fixtures/relay.ts'

const WAIT = { timeout: 20_000 }

let relay: RelayProcess
let hosts: Person[]
let guest: Person
/** The page the test looks through. It made the worker, which therefore survives all others, and lends nothing. */
let watcher: Page
let cafes: string[]
let invites: string[]

beforeAll(async () => {
  relay = await startRelay()
  ;[guest, ...hosts] = await Promise.all([visit(relay.url), visit(relay.url), visit(relay.url)])
  const opened = await Promise.all(hosts.map(({ page }) => page.evaluate(() => cafe.host.open({ name: 'Corner' }))))
  cafes = opened.map(({ peerId }) => peerId)
  invites = opened.map(({ invite }) => invite)
  watcher = guest.page
  await watcher.addInitScript({ content: 'delete globalThis.RTCPeerConnection' })
  await watcher.reload()
  await ready(watcher)
})
afterAll(async () => {
  await Promise.all([guest, ...hosts].map((person) => person?.browser.close()))
  await relay?.close()
})

const status = () => watcher.evaluate(() => cafe.node.status())
const tabs = async () => (await status()).tabs

/** When the direct connection to each cafe was made; null without one. */
async function direct(): Promise<(number | null)[]> {
  const { connections } = await status()
  return cafes.map(
    (cafe) => connections.find(({ peerId, path }) => peerId === cafe && path === 'direct')?.since ?? null,
  )
}

/** Pins a note at both cafes; what became of it at each. */
const pin = () =>
  watcher.evaluate(async () => {
    const note = new File([crypto.randomUUID()], 'note.txt')
    return (await cafe.pins.add(note)).cafes.map(({ state }) => state)
  })

/** The second cafe's tab loads anew and with it ends what it lent: the next connection is made through another tab. */
async function loseSecond(): Promise<void> {
  const [, since] = await direct()
  const page = hosts[1]?.page as Page
  await page.reload()
  await ready(page)
  await expect.poll(async () => (await direct())[1] === since, WAIT).toBe(false)
}

async function openTab(): Promise<Page> {
  const before = await tabs()
  const page = await guest.browser.context.newPage()
  await page.goto(relay.url)
  await ready(page)
  await expect.poll(tabs, WAIT).toBe(before + 1)
  return page
}

async function crash(page: Page): Promise<void> {
  const session = await guest.browser.context.newCDPSession(page)
  // The answer never comes: who should give it is gone.
  session.send('Page.crash').catch(() => {})
  await page.waitForEvent('crash')
}

/** Longer than a tab may owe an answer, with time for the rest of the test. */
const HANG = 15_000

/** The page does nothing else for a while, as in an endless loop; not waited for. */
async function hang(page: Page): Promise<void> {
  const busy = (ms: number) => {
    for (const end = Date.now() + ms; Date.now() < end; );
  }
  page.evaluate(busy, HANG).catch(() => {})
}

/** Tells the page what a browser that freezes it would: Chromium freezes none that the test's debugger keeps visible. */
const lifecycle = (page: Page, event: 'freeze' | 'resume') =>
  page.evaluate((type) => void document.dispatchEvent(new Event(type)), event)

test('without a tab that lends, cafes are reached through the relay, and the reason is told', async () => {
  expect(await tabs()).toBe(0)
  await watcher.evaluate(async (links) => {
    await cafe.account.create()
    for (const link of links) await cafe.account.register(link)
  }, invites)
  const { connections } = await status()
  for (const peerId of cafes)
    expect(connections).toContainEqual(expect.objectContaining({ peerId, path: 'relayed', whyRelayed: 'no-tab' }))
})

test.each([
  ['closed', 1, (page: Page) => page.close()],
  ['reloaded', 2, (page: Page) => page.reload()],
  ['crashed', 1, crash],
  ['hung', 1, hang],
  ['frozen', 1, (page: Page) => lifecycle(page, 'freeze')],
] as const)('a tab that is %s loses what it lent and nothing else', async (what, left, happen) => {
  const one = await openTab()
  // The relayed connections become direct by themselves, as soon as there is a tab that lends.
  await expect.poll(direct, WAIT).not.toContain(null)
  const two = await openTab()
  await loseSecond()
  expect(await pin()).toEqual(['pinned', 'pinned'])
  await expect.poll(direct, WAIT).not.toContain(null)
  const before = await direct()

  await happen(one)
  // One connection of each tab: the least used is chosen.
  await expect.poll(async () => (await direct()).filter((since, i) => since === before[i]).length, WAIT).toBe(1)
  const kept = (await direct()).findIndex((since, i) => since === before[i])
  await expect.poll(tabs, WAIT).toBe(left)
  expect(await pin()).toEqual(['pinned', 'pinned'])
  await expect.poll(direct, WAIT).not.toContain(null)
  expect((await direct())[kept]).toBe(before[kept])

  if (what === 'frozen') await lifecycle(one, 'resume')
  // Alive again, it lends again.
  if (what === 'hung' || what === 'frozen') await expect.poll(tabs, WAIT).toBe(2)
  await Promise.all([one.close(), two.close()])
  await expect.poll(tabs, WAIT).toBe(0)
})

/** The life of the node: it outlives reloads and short absences of its pages, and comes back, once, after a crash. */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Person, ready, SHORT_LIVES, visit } from '../fixtures/profiles.ts'
import { type RelayProcess, startRelay } from '../fixtures/relay.ts'

let relay: RelayProcess
let host: Person
let guest: Person
let invite: string

/** Workers of this origin that hold the writer's lock or wait for it. */
const writers = (page: Page) =>
  page.evaluate(async () => {
    const { held = [], pending = [] } = await navigator.locks.query()
    const count = (locks: LockInfo[]) => locks.filter(({ name }) => name === 'popup-cafe:writer').length
    return { held: count(held), pending: count(pending) }
  })

const status = (page: Page) => page.evaluate(() => cafe.host.status())

beforeAll(async () => {
  relay = await startRelay()
  ;[host, guest] = await Promise.all([visit(relay.url), visit(relay.url)])
  invite = await host.page.evaluate(async () => (await cafe.host.open({ name: 'Corner Cafe' })).invite)
  await guest.page.evaluate(async (link) => {
    await cafe.account.create()
    await cafe.account.register(link)
  }, invite)
})

afterAll(async () => {
  await Promise.all([host, guest].map((person) => person?.browser.close()))
  await relay?.close()
})

/** Adds a file and waits until every cafe of the guest has answered; one that was away gets it when it is back. */
const pinSome = async () => {
  const { cid } = await guest.page.evaluate(() => cafe.pins.add(new Blob([new Uint8Array(300_000)])))
  const states = () =>
    guest.page.evaluate(async (root) => {
      const pins = await cafe.pins.list()
      return pins.find((pin) => pin.cid === root)?.cafes.map(({ state }) => state)
    }, cid)
  await expect.poll(async () => (await states())?.includes('queued'), { timeout: 90_000 }).toBe(false)
  return states()
}

/** Names of the locks that workers of this origin hold for life. */
const workers = (page: Page) =>
  page.evaluate(async () => {
    const { held = [] } = await navigator.locks.query()
    return held.map(({ name = '' }) => name).filter((name) => name.startsWith('popup-cafe:worker:'))
  })

const later = (ms: number) => new Promise<string>((resolve) => setTimeout(resolve, ms, 'no answer'))

test('ten reloads of the only tab keep the cafe, its identity and its clients', async () => {
  const before = await status(host.page)
  for (let i = 0; i < 10; i++) {
    await host.page.reload()
    await ready(host.page)
  }
  const after = await status(host.page)
  expect(after).toMatchObject({ open: true, name: 'Corner Cafe', clients: 1 })
  expect(after.open && before.open && after.peerId === before.peerId).toBe(true)
  expect(await writers(host.page)).toEqual({ held: 1, pending: 0 })
  expect(await pinSome()).toEqual(['pinned'])
})

describe.each([
  ['with extended lifetime', []],
  ['without extended lifetime', [SHORT_LIVES]],
] as const)('a last tab that is closed for 20 s, %s', (what, before) => {
  test('finds the same cafe again, with its clients, and their work done or waiting', async () => {
    const lives = what.startsWith('with ')
    const person = await visit(relay.url, { before })
    const client = await visit(relay.url)
    try {
      const { context } = person.browser
      const opened = await person.page.evaluate(() => cafe.host.open({ name: 'Noon Cafe' }))
      await client.page.evaluate(async (link) => {
        await cafe.account.create()
        await cafe.account.register(link)
      }, opened.invite)
      const blank = await context.newPage() // keeps the browser open; another origin, so no page of ours is
      await person.page.close()
      // Begun while nobody has the cafe open.
      const adding = client.page.evaluate(() => cafe.pins.add(new Blob([new Uint8Array(300_000)])))
      adding.catch(() => {}) // looked at below
      const [early] = await Promise.all([Promise.race([adding.then(() => 'done'), later(19_000)]), later(20_000)])
      expect(early).toBe(lives ? 'done' : 'no answer')
      const page = await context.newPage()
      await page.goto(relay.url)
      await ready(page)
      await blank.close()
      expect((await adding).cafes).toMatchObject([{ state: 'pinned' }])
      expect(await status(page)).toMatchObject({ open: true, peerId: opened.peerId, clients: 1, roots: 1 })
      // The invite of before, and the session of before, still hold.
      expect(await client.page.evaluate(() => cafe.account.cafes())).toMatchObject([{ cafe: opened.peerId }])
      await client.page.evaluate((link) => cafe.account.register(link), opened.invite)
    } finally {
      await Promise.all([person.browser.close(), client.browser.close()])
    }
  })
})

test('without extended lifetime a reload brings the same cafe back, soon', async () => {
  const person = await visit(relay.url, { before: [SHORT_LIVES] })
  try {
    const { peerId } = await person.page.evaluate(() => cafe.host.open({ name: 'Brief Cafe' }))
    const [first] = await workers(person.page)
    const times: number[] = []
    for (let i = 0; i < 5; i++) {
      await person.page.reload()
      times.push(
        await person.page.evaluate(async () => {
          for (;;) {
            if ('cafe' in globalThis) {
              const [node, host] = await Promise.all([cafe.node.status(), cafe.host.status()])
              if (host.open && node.relay === 'connected' && node.addresses.length > 0) return performance.now()
            }
            await new Promise((resolve) => setTimeout(resolve, 5))
          }
        }),
      )
      expect(await status(person.page)).toMatchObject({ open: true, peerId })
    }
    expect(await workers(person.page)).not.toContain(first)
    console.log(`reload without extended lifetime: reachable again after ${times.map(Math.round).join(', ')} ms`)
  } finally {
    await person.browser.close()
  }
})

test('a crash of the tab that made the worker is mended by the others, with exactly one new worker', async () => {
  const person = await visit(relay.url)
  try {
    const { invite: link, peerId } = await person.page.evaluate(() => cafe.host.open({ name: 'Night Cafe' }))
    await guest.page.evaluate((text) => cafe.account.register(text), link)
    const tabs = await Promise.all([1, 2, 3].map(() => person.browser.context.newPage()))
    for (const tab of tabs) {
      await tab.goto(relay.url)
      await ready(tab)
    }
    const [first] = await workers(tabs[0] as Page)
    const cdp = await person.browser.context.newCDPSession(person.page)
    cdp.send('Page.crash').catch(() => {}) // it never answers: the page is gone
    for (const tab of tabs) {
      await expect
        .poll(() => tab.evaluate(async () => (await cafe.node.status()).relay).catch(String), { timeout: 20_000 })
        .toBe('connected')
      expect(await status(tab)).toMatchObject({ open: true, name: 'Night Cafe', peerId, clients: 1 })
    }
    const now = await workers(tabs[0] as Page)
    expect(now).toHaveLength(1)
    expect(now).not.toContain(first)
    expect(await writers(tabs[0] as Page)).toEqual({ held: 1, pending: 0 })
    expect(await pinSome()).toEqual(['pinned', 'pinned'])
  } finally {
    await person.browser.close()
  }
})

/** Tells when the page has asked for the worker: its own scripts are there then. */
const ASKED = `globalThis.SharedWorker = class extends SharedWorker {
  constructor(url, options) { super(url, options); globalThis.asked = true }
}`

test.each([0, 20, 200])('a tab that was just connecting when the worker died makes a new one (%i ms)', async (ms) => {
  const person = await visit(relay.url)
  try {
    const { peerId } = await person.page.evaluate(() => cafe.host.open({ name: 'Dawn Cafe' }))
    const late = await person.browser.context.newPage()
    await late.addInitScript({ content: ASKED })
    const cdp = await person.browser.context.newCDPSession(person.page)
    await late.goto(relay.url, { waitUntil: 'commit' })
    await late.waitForFunction(() => 'asked' in globalThis, undefined, { polling: 5 })
    await later(ms)
    cdp.send('Page.crash').catch(() => {}) // it never answers: the page is gone
    await ready(late)
    await expect
      .poll(() => Promise.race([status(late).catch(String), later(2000)]), { timeout: 20_000 })
      .toMatchObject({ open: true, peerId })
    expect(await writers(late)).toEqual({ held: 1, pending: 0 })
  } finally {
    await person.browser.close()
  }
})

test('another version that holds the stores is told of, and once it is gone the cafe opens by itself', async () => {
  // What another build's worker would do, from a page of the same origin that is not the app: no worker of it runs yet.
  const person = await visit(new URL('favicon.svg', relay.url).href, { ready: false })
  try {
    const { context } = person.browser
    await person.page.evaluate(
      () =>
        new Promise<void>((held) => {
          void navigator.locks.request('popup-cafe:writer', { steal: true }, () => {
            held()
            return new Promise<never>(() => {})
          })
        }),
    )
    const page = await context.newPage()
    await page.goto(relay.url)
    await ready(page)
    expect(await page.evaluate(() => cafe.host.status().catch((error) => [error.code, error.data]))).toEqual([
      'CONFLICT',
      { what: 'version' },
    ])
    await person.page.close()
    await expect.poll(() => status(page).catch(String), { timeout: 30_000 }).toEqual({ open: false })
  } finally {
    await person.browser.close()
  }
})

/** The first workers of each page do not load, as when the service worker dies while it fetches their script. */
const BAD_STARTS = `let workers = 0
globalThis.SharedWorker = class extends SharedWorker {
  constructor(url, options) { super(workers++ < 3 ? '/assets/missing.js' : url, options) }
}`

test('a worker that does not load is asked for again, though nobody asks the page', async () => {
  const person = await visit(relay.url, { before: [BAD_STARTS] })
  try {
    await expect.poll(() => workers(person.page), { timeout: 30_000 }).toHaveLength(1)
    expect(await status(person.page)).toEqual({ open: false })
  } finally {
    await person.browser.close()
  }
})

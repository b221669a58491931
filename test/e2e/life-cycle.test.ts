/**
 * The life of the service worker: a newer version never cuts a stream and says that it is there, the app starts without
 * its host, content opens without any other worker, a link reloads once, and a broken app can be repaired.
 */
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type ChangingHost, changingHost } from '../fixtures/changing-host.ts'
import { often } from '../fixtures/long.ts'
import { plant } from '../fixtures/plant.ts'
import { installed, type Person, ready, visit } from '../fixtures/profiles.ts'
import { type RelayProcess, startRelay } from '../fixtures/relay.ts'
import { importFile, importSealed, MemorySource, noise, utf8 } from '../unit/gateway-help.ts'

const SIZE = 3 * 1024 * 1024
const UPDATES = often(50, 10)
/** Milliseconds for one of them on a machine that has other things to do: each is a service worker that starts. */
const PATIENCE = 10_000
/** Bytes of a file of which most is still to come while the version changes. */
const HELD = 1024 * 1024

let relay: RelayProcess
let host: ChangingHost
/** What is added to the service worker's script, so that it is another version; or what it is replaced by. */
let version = 0
let broken: string | undefined

const source = new MemorySource()
let plain: string
let keyed: string

beforeAll(async () => {
  const bytes = noise(SIZE)
  plain = `/ipfs/${await importFile(source, bytes)}?filename=a.bin`
  const sealed = await importSealed(source, bytes)
  keyed = `/ipfs/${sealed.cid}/a.bin#key=${sealed.key}`
  relay = await startRelay()
  host = await changingHost(relay.url, ({ url }, answer) => {
    if (url !== '/sw.js') return
    answer.body =
      broken === undefined ? Buffer.concat([answer.body, Buffer.from(`\n// ${version}\n`)]) : Buffer.from(broken)
    // Another script has another tag.
    answer.headers.etag = `W/"${version}"`
  })
})
afterAll(async () => {
  await host?.close()
  await relay?.close()
})

/** A newer version is installed and waits. */
const newVersion = async (page: Page): Promise<void> => {
  version++
  await page.evaluate(async () => {
    const registration = await navigator.serviceWorker.ready
    await registration.update()
    while (!registration.waiting) await new Promise((resolve) => setTimeout(resolve, 10))
  })
}

describe('a newer version', () => {
  let person: Person
  beforeEach(async () => {
    person = await visit(host.url)
    await plant(person.page, source.blocks)
    // What a page loads in the background would start an old worker again between its end and the next one's beginning,
    // and Chromium with a debugger attached never replaces one that was (measured).
    await installed(person.page)
  })
  afterEach(async () => {
    await person?.browser.close()
  })

  test(`never ends a stream early: ${UPDATES} of them, four streams each`, {
    timeout: UPDATES * PATIENCE,
  }, async () => {
    const { page } = person
    const held = new MemorySource()
    const bytes = noise(HELD)
    const sealed = await importSealed(held, bytes)
    const links = [`/ipfs/${await importFile(held, bytes)}`, `/ipfs/${sealed.cid}/a.bin#key=${sealed.key}`]
    const seen: Record<string, number> = { whole: 0, failed: 0, truncated: 0 }
    for (let i = 0; i < UPDATES; i++) {
      // Begun, and held up in the middle.
      const begin = ([links, size]: readonly [readonly string[], number]) =>
        page.evaluate(
          async ([links, size]) => {
            const go = Promise.withResolvers<void>()
            const responses = await Promise.all(links.map((link) => fetch(link)))
            if (responses.some(({ status }) => status === 404)) {
              // What nobody reads would be on its way for ever, and browsers let a worker go only after its last body.
              await Promise.all(responses.map(({ body }) => body?.cancel()))
              return false
            }
            const read = async (response: Response) => {
              if (response.status !== 200) return `${response.status} ${await response.text()}`
              const reader = (response.body as ReadableStream<Uint8Array>).getReader()
              let bytes = (await reader.read()).value?.byteLength ?? 0
              await go.promise
              try {
                for (let next = await reader.read(); !next.done; next = await reader.read())
                  bytes += next.value.byteLength
              } catch {
                return 'failed'
              }
              return bytes === size ? 'whole' : 'truncated'
            }
            const reading = Promise.all(responses.map(read))
            Object.assign(globalThis, { go, reading })
            return true
          },
          [links, size] as const,
        )
      // Anew each time, since what nobody needs is cleaned up after a while: seldom, but it may be just now.
      await plant(page, held.blocks)
      const begun = [[...links, ...links], HELD] as const
      if (!(await begin(begun))) {
        await plant(page, held.blocks)
        expect(await begin(begun)).toBe(true)
      }
      await newVersion(page)
      // It takes over at once, which the app itself would not have it do.
      const results = await page.evaluate(async () => {
        const { go, reading } = globalThis as unknown as {
          go: { resolve(): void }
          reading: Promise<string[]>
        }
        const registration = await navigator.serviceWorker.ready
        const next = registration.waiting as ServiceWorker
        next.postMessage({ type: 'cafe:skip-waiting' })
        go.resolve()
        const results = await reading
        while (next.state !== 'activated') await new Promise((resolve) => setTimeout(resolve, 5))
        return results
      })
      for (const result of results) seen[result] = (seen[result] ?? 0) + 1
    }
    expect(seen).toEqual({ whole: 4 * UPDATES, failed: 0, truncated: 0 })
  })

  test('is offered in a bar, waits for what runs, and reloads the page; other tabs are told', async () => {
    const { page } = person
    const other = await person.browser.context.newPage()
    await other.goto(host.url)
    await ready(other)
    expect(await page.locator('.update').count()).toBe(0)
    await page.evaluate(async (link) => {
      const reader = ((await fetch(link)).body as ReadableStream<Uint8Array>).getReader()
      await reader.read()
      Object.assign(globalThis, { reader })
    }, keyed)
    await newVersion(page)
    await page.getByText('A new version of Popup Cafe is ready').waitFor()
    await page.getByRole('button', { name: 'Update now' }).click()
    await page.getByText('when 1 transfer').waitFor()
    // The old one is still there, and so is the page.
    expect(await page.evaluate(async () => (await navigator.serviceWorker.ready).waiting?.state)).toBe('installed')
    const reloaded = page.waitForEvent('framenavigated')
    await page.evaluate(() => (globalThis as unknown as { reader: ReadableStreamDefaultReader }).reader.cancel())
    await reloaded
    await ready(page)
    expect(await page.evaluate(async () => (await navigator.serviceWorker.ready).waiting)).toBeNull()
    expect(await page.locator('.update').count()).toBe(0)
    await other.getByText('was updated in another tab').waitFor()
    await other.getByRole('button', { name: 'Later' }).click()
    expect(await other.locator('.update').count()).toBe(0)
  })
})

describe('the script of the service worker', () => {
  test('is asked for anew each time, by its own address only', async () => {
    const answer = await fetch(`${relay.url.replace('cafe.localhost', '127.0.0.1')}sw.js`)
    expect(answer.headers.get('cache-control')).toBe('no-cache')
    expect(answer.headers.get('service-worker-allowed')).toBeNull()
    const person = await visit(host.url)
    const how = await person.page.evaluate(async () => {
      const registration = await navigator.serviceWorker.ready
      return [registration.updateViaCache, new URL(registration.scope).pathname]
    })
    expect(how).toEqual(['none', '/'])
    await person.browser.close()
  })
})

describe('content of this device', () => {
  test('opens in a browser that has just started, with no other worker, and one visit to the host', async () => {
    const first = await visit(host.url)
    await plant(first.page, new Map([...source.blocks, ...(await page('here without a node')).blocks]))
    const { path } = await page('here without a node')
    await first.browser.context.close()
    const again = await visit(host.url.slice(0, -1) + path, { ready: false, profile: first.browser.profile })
    try {
      await again.page.waitForFunction(() => document.body.innerText.includes('here without a node'))
      const session = await again.browser.context.newCDPSession(again.page)
      const { targetInfos } = await session.send('Target.getTargets', { filter: [{ type: 'shared_worker' }] })
      expect(targetInfos).toEqual([])
    } finally {
      await again.browser.close()
      await first.browser.close()
    }
  })

  const page = async (text: string) => {
    const blocks = new MemorySource()
    const path = `/ipfs/${await importFile(blocks, utf8(text))}?filename=a.txt`
    return { blocks: blocks.blocks, path }
  }
})

describe('the first visit to a link', () => {
  afterEach(() => {
    broken = undefined
  })

  /** Opens a link in a new profile; how often its address was loaded. */
  const open = async (path: string, until: (page: Page) => Promise<unknown>) => {
    const person = await visit('about:blank', { ready: false })
    let loads = 0
    person.page.on('request', (request) => {
      if (request.isNavigationRequest() && request.frame() === person.page.mainFrame()) loads++
    })
    try {
      await person.page.goto(host.url.slice(0, -1) + path).catch(() => null)
      await until(person.page)
      // One more would have come by now.
      await new Promise((resolve) => setTimeout(resolve, 2500))
      return loads
    } finally {
      await person.browser.close()
    }
  }

  test('reloads once', async () => {
    const cid = 'bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy'
    const loads = await open(`/ipfs/${cid}`, (page) =>
      page.getByText('No cafe we asked has this content').waitFor({ timeout: 60_000 }),
    )
    expect(loads).toBe(2)
  })

  test('reloads no more than once where the service worker answers nothing, and says so', async () => {
    broken = "addEventListener('activate', (event) => event.waitUntil(clients.claim()))"
    const loads = await open(plain, (page) =>
      page.frameLocator('iframe.opened').getByRole('button', { name: 'Try again' }).waitFor({ timeout: 60_000 }),
    )
    expect(loads).toBe(2)
  })
})

describe('without its host', () => {
  test('the app starts from what was kept, and content opens', async () => {
    const own = await startRelay()
    const person = await visit(own.url)
    try {
      const { page } = person
      await plant(page, source.blocks)
      await installed(page)
      await own.stop()
      await page.reload()
      await page.getByRole('heading', { name: 'A cafe in a browser tab' }).waitFor()
      await ready(page)
      await page.goto(`${own.url}#host`)
      await page.getByRole('textbox', { name: /name/i }).waitFor()
      const size = await page.evaluate(async (link) => (await (await fetch(link)).arrayBuffer()).byteLength, keyed)
      expect(size).toBe(SIZE)
      // What is kept are the app's own files.
      const urls = await page.evaluate(async () => {
        const caches_ = await Promise.all((await caches.keys()).map((name) => caches.open(name)))
        const requests = await Promise.all(caches_.map((cache) => cache.keys()))
        return requests.flat().map(({ url }) => new URL(url).pathname)
      })
      expect(
        urls.filter(
          (path) => !/^\/(assets\/[\w.-]+|index\.html|favicon\.svg|manifest\.webmanifest|popup-cafe-mark)$/.test(path),
        ),
      ).toEqual([])
    } finally {
      await person.browser.close()
      await own.close()
    }
  })
})

describe('an app that does not start', () => {
  afterEach(() => {
    broken = undefined
  })

  test('is repaired by hand: workers and program files go, data stays, and it says so', async () => {
    const person = await visit(host.url)
    try {
      const { page } = person
      const address = await page.evaluate(async () => (await cafe.account.create()).address)
      const data = async (): Promise<string[]> =>
        (await page.evaluate(() => caches.keys())).filter((name) => !name.startsWith('popup-cafe/shell/'))
      // The mark by which a loss is noticed is written beside the work.
      await expect.poll(data, { timeout: 10_000 }).not.toEqual([])
      const before = await data()
      broken =
        "addEventListener('install', () => skipWaiting()); addEventListener('activate', (e) => e.waitUntil(clients.claim())); addEventListener('fetch', (e) => { if (new URL(e.request.url).pathname.startsWith('/assets/')) e.respondWith(new Response('broken')) })"
      version++
      await installed(page)
      await page.evaluate(async () => {
        const registration = await navigator.serviceWorker.ready
        const change = new Promise((resolve) => navigator.serviceWorker.addEventListener('controllerchange', resolve))
        await registration.update()
        await change
      })
      broken = undefined
      await page.goto(`${host.url}reset.html`)
      await page.getByRole('button', { name: 'Repair now' }).click()
      await page.getByText('Done. Your data is untouched.').waitFor()
      const left = await page.evaluate(async () => ({
        workers: (await navigator.serviceWorker.getRegistrations()).length,
        caches: await caches.keys(),
      }))
      // What else lies in caches is data: the mark by which the cafe notices a loss (store/epoch.ts).
      expect(left.workers).toBe(0)
      expect(left.caches.filter((name) => name.startsWith('popup-cafe/shell/'))).toEqual([])
      expect(left.caches).toEqual(before)
      await page.getByRole('link', { name: 'Start Popup Cafe' }).click()
      await ready(page)
      expect(await page.evaluate(async () => (await cafe.account.list()).map(({ address }) => address))).toContain(
        address,
      )
      // The address that people are told leads there too.
      await page.goto(`${host.url}?sw-unregister`)
      await page.waitForURL(`${host.url}reset.html`)
      await page.getByRole('button', { name: 'Repair now' }).waitFor()
    } finally {
      await person.browser.close()
    }
  })
})

/**
 * Hostile documents against the app (security rule A1): more than 25 of them, each opened in five ways, each trying nine
 * things. None may succeed, nothing may be asked of another server, nothing may be left behind; and the same documents
 * without the fence show that the test would see it.
 */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { lookup } from 'mrmime'
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createSerial, type Serial } from '../../src/core/serial.ts'
import { CHANNEL, hostileDocuments, MARK, PROBES } from '../fixtures/hostile.ts'
import { plant } from '../fixtures/plant.ts'
import { type Person, visit } from '../fixtures/profiles.ts'
import { type RelayProcess, startRelay } from '../fixtures/relay.ts'
import { importFile, importSealed, importTree, MemorySource } from '../unit/gateway-help.ts'

const CONTEXTS = ['navigation', 'reload', 'frame', 'window', 'noopener'] as const
/** Documents opened at the same time. */
const LANES = 6
/** Milliseconds that whatever a document has started may take to show. */
const SETTLE = 250

/** Serves at a free port, in every name of this machine. */
async function serveAt(answer: Parameters<typeof createServer>[1] & object): Promise<{ server: Server; port: number }> {
  const server = createServer(answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { server, port: (server.address() as AddressInfo).port }
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** All that got through: what documents said, and what the app's page heard of them. */
function listen(context: BrowserContext): string[] {
  const heard: string[] = []
  context.on('console', (message) => {
    const text = message.text()
    if (text.startsWith(MARK)) heard.push(text.slice(MARK.length))
  })
  return heard
}

/** Has the app's page say what it hears on the channel. */
const tapChannel = (app: Page) =>
  app.evaluate(
    ([channel, mark]) => {
      new BroadcastChannel(channel).onmessage = ({ data }) => console.log(`${mark}BroadcastChannel ${data}`)
    },
    [CHANNEL, MARK] as const,
  )

/** The window that the app's page opens for it. */
async function openWindow(app: Page, url: string, features: string): Promise<Page | undefined> {
  // A download opens no window that stays.
  const opening = app
    .context()
    .waitForEvent('page', { timeout: 3000 })
    .catch(() => undefined)
  await app.evaluate(([url, features]) => void window.open(url, '_blank', features), [url, features] as const)
  return opening
}

/** Opens `url` in all ways there are; `page` is a tab for navigations, `app` a page of the app. What answered, by way. */
async function openEverywhere(
  page: Page,
  app: Page,
  url: string,
  inTurn: Serial,
): Promise<Record<string, number | undefined>> {
  // What is saved in place of being shown fails as a navigation; that is an answer too.
  const go = async (act: () => ReturnType<Page['goto']>) => (await act().catch(() => null))?.status()
  const navigation = await go(() => page.goto(url))
  await pause(SETTLE)
  const reload = await go(() => page.reload())
  await app.evaluate(async (url) => {
    const frame = document.createElement('iframe')
    frame.src = url
    const loaded = new Promise((resolve) => frame.addEventListener('load', resolve))
    document.body.append(frame)
    await Promise.race([loaded, new Promise((resolve) => setTimeout(resolve, 3000))])
  }, url)
  for (const features of ['', 'noopener']) {
    // Two that open at once would be taken for each other, and closed before their time.
    const opened = await inTurn('window', () => openWindow(app, url, features))
    await opened?.waitForURL(url, { waitUntil: 'commit', timeout: 3000 }).catch(() => undefined)
    await opened?.waitForLoadState('load', { timeout: 3000 }).catch(() => undefined)
    await pause(SETTLE)
    await opened?.close().catch(() => undefined)
  }
  await pause(SETTLE)
  return { navigation, reload }
}

/** Every address in `urls` in every way, some at a time. */
async function openAll(context: BrowserContext, app: Page, urls: readonly string[]) {
  const left = [...urls]
  const answers = new Map<string, Record<string, number | undefined>>()
  const inTurn = createSerial()
  const lane = async () => {
    const page = await context.newPage()
    for (let url = left.shift(); url !== undefined; url = left.shift())
      answers.set(url, await openEverywhere(page, app, url, inTurn))
    await page.close()
  }
  await Promise.all(Array.from({ length: LANES }, lane))
  return answers
}

describe('hostile documents', () => {
  let relay: RelayProcess
  let person: Person
  let trap: { server: Server; port: number }
  const trapped: string[] = []

  beforeAll(async () => {
    trap = await serveAt((request, response) => {
      trapped.push(request.url ?? '')
      response.end('trapped')
    })
    relay = await startRelay()
    person = await visit(relay.url)
  })
  afterAll(async () => {
    trap?.server.close()
    await person?.browser.close()
    await relay?.close()
  })

  const documents = () => hostileDocuments({ origin: `http://127.0.0.1:${trap.port}` })

  test('reach nothing of the app, by whatever way they are opened', async () => {
    const source = new MemorySource()
    const root = await importTree(source, documents())
    const lone = documents()['page.html'] as Uint8Array<ArrayBuffer>
    const plain = await importFile(source, lone)
    const sealed = await importSealed(source, lone)
    const svg = await importSealed(source, documents()['drawing.svg'] as Uint8Array<ArrayBuffer>)
    const paths = [
      ...Object.keys(documents()).map((name) => `/ipfs/${root}/${name}`),
      `/ipfs/${root}/`,
      `/ipfs/${plain}`,
      `/ipfs/${plain}?filename=lone.html`,
      `/ipfs/${plain}?filename=lone.svg`,
      `/ipfs/${plain}?filename=lone.unknown`,
      `/ipfs/${sealed.cid}/page.html#key=${sealed.key}`,
      `/ipfs/${svg.cid}/drawing.svg#key=${svg.key}`,
    ]
    await plant(person.page, source.blocks)
    const heard = listen(person.browser.context)
    await tapChannel(person.page)
    const urls = paths.map((path) => relay.url.slice(0, -1) + path)
    const answers = await openAll(person.browser.context, person.page, urls)
    await pause(1000)

    expect(urls.length * CONTEXTS.length * PROBES.length).toBeGreaterThanOrEqual(1125)
    expect(heard).toEqual([])
    expect(trapped).toEqual([])
    // They were shown, not refused: a document that never loaded proves nothing.
    const shown = [...answers.values()].filter(({ navigation, reload }) => navigation === 200 && reload === 200)
    expect(shown.length).toBeGreaterThanOrEqual(25)
    const left = await person.page.evaluate(async () => ({
      databases: (await indexedDB.databases()).map(({ name }) => name).filter((name) => name === 'canary'),
      stored: localStorage.getItem('canary'),
      caches: (await caches.keys()).filter((name) => name === 'canary'),
      cookie: document.cookie,
      workers: (await navigator.serviceWorker.getRegistrations()).map(({ scope }) => new URL(scope).pathname),
    }))
    expect(left).toEqual({ databases: [], stored: null, caches: [], cookie: '', workers: ['/'] })
    // No sub-resource of content went past the service worker to the static host, which would learn what is read.
    expect(
      relay
        .output()
        .split('\n')
        .filter((line) => line.includes(`${root}`)),
    ).toEqual([])
  })

  test('reach all of it where there is no fence: the test can fail', async () => {
    const served = documents()
    const bare = await serveAt((request, response) => {
      const name = decodeURIComponent((request.url ?? '').slice(1))
      const bytes = served[name]
      response.setHeader('Content-Type', bytes ? (lookup(name) ?? 'text/html') : 'text/html')
      response.end(bytes ?? '<!doctype html><title>app</title><body></body>')
    })
    try {
      const { context } = person.browser
      const origin = `http://cafe.localhost:${bare.port}`
      const app = await context.newPage()
      await app.goto(`${origin}/app`)
      await tapChannel(app)
      const heard = listen(context)
      const names = ['page.html', 'page.xhtml', 'drawing.svg', 'handlers.html', 'data.xml', 'base.html', 'style.html']
      await openAll(
        context,
        app,
        names.map((name) => `${origin}/${name}`),
      )
      await expect
        .poll(() => new Set(heard.map((line) => line.split(' ')[0])), { timeout: 10_000 })
        .toEqual(new Set(PROBES))
      // Each way of opening was a way in: five times, for each probe that needs no window around it.
      const ways = heard.filter((line) => line === 'localStorage page.html').length
      expect(ways, heard.join('\n')).toBeGreaterThanOrEqual(CONTEXTS.length)
      expect(new Set(heard.map((line) => line.split(' ')[1]))).toEqual(
        new Set(names.filter((name) => name !== 'style.html')),
      )
      expect(trapped).toContain('/x.js')
      expect(trapped).toContain('/bg.png')
    } finally {
      bare.server.close()
    }
  })
})

/** Websites on origins of their own: they work whole, and see neither each other nor the app, whatever they try. */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { plant } from '../fixtures/plant.ts'
import { type Person, ready, visit } from '../fixtures/profiles.ts'
import { type RelayProcess, startRelay } from '../fixtures/relay.ts'
import { importTree, MemorySource, utf8 } from '../unit/gateway-help.ts'

const ONE: Record<string, string> = {
  'index.html': `<!doctype html><link rel="stylesheet" href="./style.css"><h1 id="title">One</h1>
    <script src="./classic.js"></script><script type="module" src="./main.js"></script>`,
  'style.css': '#title { color: rgb(1, 2, 3) }',
  'classic.js': 'globalThis.classic = true',
  'main.js': `import { answer } from './lib/answer.js'
    const data = await (await fetch('./data.json')).json()
    const worker = new Worker('./worker.js')
    const told = await new Promise((resolve) => { worker.onmessage = ({ data }) => resolve(data); worker.postMessage(20) })
    localStorage.setItem('who', 'one')
    globalThis.done = { answer, data, told, path: location.pathname + location.search }`,
  'lib/answer.js': 'export const answer = 42',
  'data.json': '{"from":"file"}',
  'worker.js': 'onmessage = ({ data }) => postMessage(data * 2)',
  'docs/index.html': '<p id="docs">Docs</p>',
  'own-sw.js': 'onfetch = () => {}',
  _redirects: '/old /docs/ 302\n/missing/* /404.html 404\n/* /index.html 200',
  '404.html': '<p id="lost">Nothing here</p>',
}
const TWO = {
  'index.html': '<h1 id="title">Two</h1><script type="module" src="/x.js"></script>',
  'x.js': 'globalThis.done = {}',
}

const WAIT = { timeout: 60_000 }

describe('websites', () => {
  let relay: RelayProcess
  let person: Person
  let page: Page
  const source = new MemorySource()
  const roots = { one: '', two: '', secret: '' }
  const at = (label: string, path = '/') => relay.url.replace('//', `//${label}.`).slice(0, -1) + path
  const done = (which = page) => which.waitForFunction(() => (globalThis as { done?: unknown }).done)
  const app = () => relay.url.slice(0, -1)

  beforeAll(async () => {
    relay = await startRelay()
    person = await visit(relay.url)
    const tree = async (files: Record<string, string>) =>
      `${await importTree(source, Object.fromEntries(Object.entries(files).map(([k, text]) => [k, utf8(text)])))}`
    Object.assign(roots, { one: await tree(ONE), two: await tree(TWO), secret: await tree({ 'secret.txt': 'mine' }) })
    await plant(person.page, source.blocks)
    await person.page.evaluate(() => localStorage.setItem('of-the-app', 'keys'))
    // Nothing of the app is open when the first website is.
    page = await person.browser.context.newPage()
    await person.page.close()
  })
  afterAll(async () => {
    await person?.browser.close()
    await relay?.close()
  })

  test('open whole with no page of the app: style, scripts, module, worker, own files', async () => {
    await page.goto(at(roots.one, '/?tab=1'))
    await done()
    const seen = await page.evaluate(() => ({
      ...(globalThis as unknown as { done: object }).done,
      classic: (globalThis as unknown as { classic: boolean }).classic,
      color: getComputedStyle(document.querySelector('#title') as Element).color,
    }))
    expect(seen).toEqual({
      ...{ answer: 42, data: { from: 'file' }, told: 40, path: '/?tab=1' },
      ...{ classic: true, color: 'rgb(1, 2, 3)' },
    })
  })

  test('follow their own rules for what is not there', async () => {
    const rewritten = await page.goto(at(roots.one, '/app/deep/link?x=1'))
    expect(rewritten?.status()).toBe(200)
    expect(await page.textContent('#title')).toBe('One')
    await page.goto(at(roots.one, '/old?q=1'))
    expect(new URL(page.url()).pathname + new URL(page.url()).search).toBe('/docs/?q=1')
    expect(await page.textContent('#docs')).toBe('Docs')
    const lost = await page.goto(at(roots.one, '/missing/x'))
    expect([lost?.status(), await page.textContent('#lost')]).toEqual([404, 'Nothing here'])
  })

  test('have one host each: the other forms lead there', async () => {
    await page.goto(relay.url.replace('//', `//${roots.two}.ipfs.`))
    await done()
    expect(page.url()).toBe(at(roots.two))
    expect(await page.textContent('#title')).toBe('Two')
  })

  test('see nothing of each other or the app', async () => {
    const probe = async ([appOrigin, otherOrigin, cid]: readonly string[]) => {
      const tried = async (attempt: () => unknown) => {
        try {
          return (await attempt()) ?? 'nothing'
        } catch {
          return 'refused'
        }
      }
      const frame = (src: string, look: (frame: HTMLIFrameElement) => unknown) =>
        tried(async () => {
          const frame = document.createElement('iframe')
          frame.src = src
          document.body.append(frame)
          await new Promise((resolve) => {
            frame.onload = resolve
            setTimeout(resolve, 1500)
          })
          return look(frame)
        })
      const body = (frame: HTMLIFrameElement) => frame.contentWindow?.document.body.innerHTML
      return {
        storage: { ...localStorage },
        databases: (await indexedDB.databases()).map(({ name }) => name),
        cookie: document.cookie,
        fetchApp: await tried(() => fetch(`${appOrigin}/index.html`).then(({ status }) => status)),
        fetchOther: await tried(() => fetch(`${otherOrigin}/`).then(({ status }) => status)),
        fetchOpaque: await tried(() => fetch(`${appOrigin}/config.json`, { mode: 'no-cors' }).then(({ type }) => type)),
        script: await tried(() => import(`${appOrigin}/sw.js`).then(() => 'ran')),
        shared: await tried(() => new SharedWorker(`${appOrigin}/assets/x.js`) && 'made'),
        frameApp: await frame(`${appOrigin}/`, body),
        frameOther: await frame(`${otherOrigin}/`, body),
        frameContent: await frame(`${appOrigin}/ipfs/${cid}/`, body),
        worker: await tried(() => navigator.serviceWorker.register('/own-sw.js').then(() => 'registered')),
        opener: await tried(() => (globalThis.opener ? 'there' : 'nothing')),
      }
    }
    await page.goto(at(roots.one))
    await done()
    const one = await page.evaluate(probe, [app(), at(roots.two).slice(0, -1), roots.secret])
    expect(one).toMatchObject({
      storage: { who: 'one' },
      databases: [],
      cookie: '',
      worker: 'refused',
      opener: 'nothing',
    })
    for (const [what, result] of Object.entries(one)) {
      if (/^(fetch|script|shared|frame)/.test(what)) expect(result, what).toMatch(/^(refused|nothing|)$/)
    }
    await page.goto(at(roots.two))
    await done()
    const two = await page.evaluate(probe, [app(), at(roots.one).slice(0, -1), roots.secret])
    expect(two).toMatchObject({ storage: {}, databases: [], cookie: '' })
  })

  test('cannot lock people out of the app with cookies for all hosts below it', async () => {
    await page.goto(at(roots.one))
    await done()
    await page.evaluate(() => {
      // biome-ignore lint/suspicious/noDocumentCookie: what an attacker would use
      for (let i = 0; i < 40; i++) document.cookie = `c${i}=${'x'.repeat(3900)}; Domain=cafe.localhost; Path=/`
    })
    const tab = await person.browser.context.newPage()
    // With the app's service worker, and past it: there the first answer clears them.
    await tab.goto(relay.url)
    await ready(tab)
    for (let i = 0; i < 2; i++) await tab.goto(`${relay.url}health`).catch(() => undefined)
    expect(await tab.textContent('body')).toContain('"ok":true')
    expect(await person.browser.context.cookies(relay.url)).toEqual([])
    await tab.close()
  })

  test('are opened from the app’s view of a folder, where the folder has a page', async () => {
    const tab = await person.browser.context.newPage()
    await tab.goto(`${relay.url}#open=/ipfs/${roots.one}`)
    const [site] = await Promise.all([
      tab.waitForEvent('popup'),
      tab.getByRole('link', { name: 'Open as website' }).click(WAIT),
    ])
    await done(site)
    expect(site.url()).toBe(at(roots.one))
    expect(await site.textContent('#title')).toBe('One')
    expect(await site.evaluate(() => [globalThis.opener, document.referrer])).toEqual([null, ''])
    // Not of a folder without a page: that one is only looked at.
    await tab.goto(`${relay.url}#open=/ipfs/${roots.secret}`)
    await tab.getByText('secret.txt').waitFor(WAIT)
    expect(await tab.locator('cafe-site-link').count()).toBe(0)
    await Promise.all([tab.close(), site.close()])
  })

  test('are offered also while a website has filled the app’s host with cookies', async () => {
    const tab = await person.browser.context.newPage()
    await tab.goto(relay.url)
    await ready(tab)
    await page.goto(at(roots.one))
    await done()
    await page.evaluate(() => {
      // biome-ignore lint/suspicious/noDocumentCookie: what an attacker would use
      for (let i = 0; i < 40; i++) document.cookie = `c${i}=${'x'.repeat(3900)}; Domain=cafe.localhost; Path=/`
    })
    await tab.goto(`${relay.url}#open=/ipfs/${roots.one}`)
    const link = tab.getByRole('link', { name: 'Open as website' })
    await link.waitFor()
    expect(await link.getAttribute('href')).toBe(at(roots.one))
    await person.browser.context.clearCookies()
    await tab.close()
  })

  test('open again with the relay and the node away', async () => {
    await page.goto(at(roots.one))
    await done()
    await relay.stop()
    try {
      for (const one of person.browser.context.pages()) if (one !== page) await one.close()
      await page.goto(at(roots.one, '/?again=1'))
      await done()
      expect(await page.evaluate(() => (globalThis as unknown as { done: { path: string } }).done.path)).toBe(
        '/?again=1',
      )
    } finally {
      await relay.restart()
    }
  })
})

test('where the app’s host has no hosts for websites, a folder says so, and can be saved or looked at', async () => {
  // By a bare address there is no name below which others could be.
  const relay = await startRelay(['--host', '127.0.0.2'])
  const person = await visit(relay.url, { ready: false })
  try {
    const { page } = person
    const source = new MemorySource()
    const root = await importTree(source, {
      'index.html': utf8('<h1>Our page</h1><script>document.write(`Written by a script`)</script>'),
    })
    await plant(page, source.blocks)
    expect(await page.evaluate(async () => (await fetch('/config.json')).json())).not.toHaveProperty('contentHost')
    await page.goto(`${relay.url}#open=/ipfs/${root}`)
    await page.getByText('Scripts of a website may not run at this address').waitFor(WAIT)
    expect(await page.getByRole('link', { name: 'Open as website' }).count()).toBe(0)
    // Where the page may write files it asks for a place, which no test can answer.
    await page.evaluate(() => Reflect.deleteProperty(globalThis, 'showSaveFilePicker'))
    const [download] = await Promise.all([
      page.waitForEvent('download', WAIT),
      page.getByRole('button', { name: 'Save all' }).click(),
    ])
    expect(download.suggestedFilename()).toMatch(/\.tar$/)
    const [view] = await Promise.all([
      page.waitForEvent('popup'),
      page.getByRole('link', { name: 'Show its web page' }).click(),
    ])
    await view.getByRole('heading', { name: 'Our page' }).waitFor(WAIT)
    expect(view.url()).toBe(`${relay.url}ipfs/${root}/`)
    // It is looked at: its script has not run.
    expect(await view.getByText('Written by a script').count()).toBe(0)
  } finally {
    await person.browser.close()
    await relay.close()
  }
})

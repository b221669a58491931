/** Websites on origins of their own: they work whole, and see neither each other nor the app, whatever they try. */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { plant } from '../fixtures/plant.ts'
import { type Person, visit } from '../fixtures/profiles.ts'
import { type RelayProcess, startRelay } from '../fixtures/relay.ts'
import { importTree, MemorySource, utf8 } from '../unit/gateway-help.ts'

const PAGE = `<!doctype html><link rel="stylesheet" href="./style.css"><h1 id="title">One</h1>
<script src="./classic.js"></script><script type="module" src="./main.js"></script>`

const ONE: Record<string, string> = {
  'index.html': PAGE,
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
const SECRET = { 'secret.txt': 'nobody’s business' }

describe('websites', () => {
  let relay: RelayProcess
  let person: Person
  let page: Page
  const source = new MemorySource()
  const roots = { one: '', two: '', secret: '' }
  const at = (label: string, path = '/') => relay.url.replace('//', `//${label}.`).slice(0, -1) + path
  const done = (which = page) => which.waitForFunction(() => (globalThis as { done?: unknown }).done)

  beforeAll(async () => {
    relay = await startRelay()
    person = await visit(relay.url)
    const tree = async (files: Record<string, string>) =>
      `${await importTree(source, Object.fromEntries(Object.entries(files).map(([k, text]) => [k, utf8(text)])))}`
    Object.assign(roots, { one: await tree(ONE), two: await tree(TWO), secret: await tree(SECRET) })
    await plant(person.page, source.blocks)
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
    await page.goto(at(roots.one, '/old'))
    expect(new URL(page.url()).pathname).toBe('/docs/')
    expect(await page.textContent('#docs')).toBe('Docs')
    const lost = await page.goto(at(roots.one, '/missing/x'))
    expect([lost?.status(), await page.textContent('#lost')]).toEqual([404, 'Nothing here'])
  })
})

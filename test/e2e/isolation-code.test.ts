/**
 * Content never becomes code of the app (security rules A3, A4): two fences stand in the way, the service worker's refusal
 * and the page's policy, and each is enough when the other is taken away. With neither, all of it runs: the test can fail.
 */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ChangingHost, changingHost, type HostAnswer } from '../fixtures/changing-host.ts'
import { launch } from '../fixtures/chromium.ts'
import { plant } from '../fixtures/plant.ts'
import { ready } from '../fixtures/profiles.ts'
import { type RelayProcess, startRelay } from '../fixtures/relay.ts'
import { importTree, MemorySource, utf8 } from '../unit/gateway-help.ts'

/** Answers for content as a service worker without any guard would. */
const UNGUARDED = `
addEventListener('install', () => skipWaiting())
addEventListener('activate', (event) => event.waitUntil(clients.claim()))
addEventListener('fetch', (event) => {
  const { pathname } = new URL(event.request.url)
  if (!pathname.startsWith('/ipfs/')) return
  const type = { js: 'text/javascript', css: 'text/css', json: 'application/json', html: 'text/html' }[pathname.split('.').at(-1)]
  const files = FILES
  event.respondWith(new Response(files[pathname.split('/').at(-1)], { headers: { 'Content-Type': type } }))
})`

const FILES: Record<string, string> = {
  'script.js': "globalThis.ran = 'script'",
  'module.js': "globalThis.ran = 'module'; export const ran = true",
  'worker.js': 'postMessage(1)',
  'shared.js': 'onconnect = ({ ports }) => ports[0].postMessage(1)',
  'sw.js': '',
  'style.css': 'body { outline: 7px solid red }',
  'data.json': '{"ran":true}',
  'page.html': '<!doctype html>page',
  'worklet.js': 'registerProcessor',
}

const stripPolicy = ({ headers }: HostAnswer): void => {
  delete headers['content-security-policy']
}
const isPage = ({ headers }: HostAnswer): boolean => String(headers['content-type']).includes('text/html')

/** What `page` manages to run of the files below `base`. */
const runAll = async (page: Page, base: string): Promise<string[]> => [
  ...(await runElements(page, base)),
  ...(await runImports(page, base)),
]

/** As text: the test runner would take an `import()` in a function for its own. */
const runImports = async (page: Page, base: string): Promise<string[]> => {
  const imports = {
    import: `import('${base}/module.js?again').then(({ ran }) => ran)`,
    json: `import('${base}/data.json', { with: { type: 'json' } }).then((json) => json.default.ran)`,
  }
  const ran = await Promise.all(
    Object.entries(imports).map(async ([name, code]) =>
      (await page.evaluate(`${code}.catch(() => false)`)) === true ? name : '',
    ),
  )
  return ran.filter(Boolean)
}

const runElements = (page: Page, base: string): Promise<string[]> =>
  page.evaluate(async (base) => {
    const ran: string[] = []
    const within = async (name: string, attempt: () => Promise<unknown>) => {
      try {
        const limit = new Promise((_, reject) => setTimeout(reject, 4000, new Error('nothing came')))
        if (await Promise.race([attempt(), limit])) ran.push(name)
      } catch {
        // Refused.
      }
    }
    const globals = globalThis as { ran?: string }
    const element = (name: string, attributes: Record<string, string>) =>
      new Promise<boolean>((resolve, reject) => {
        const made = document.createElement(name)
        made.onload = () => resolve(true)
        made.onerror = () => reject(new Error('refused'))
        for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value)
        document.head.append(made)
      })
    const answers = (target: Worker | MessagePort, worker: Worker | SharedWorker) =>
      new Promise<boolean>((resolve, reject) => {
        target.onmessage = () => resolve(true)
        worker.onerror = () => reject(new Error('refused'))
      })
    await within(
      'script',
      async () => (await element('script', { src: `${base}/script.js` })) && globals.ran === 'script',
    )
    await within(
      'module',
      async () => (await element('script', { type: 'module', src: `${base}/module.js` })) && globals.ran === 'module',
    )
    for (const type of ['classic', 'module'] as const) {
      await within(`${type} worker`, async () => {
        const worker = new Worker(`${base}/worker.js`, { type })
        return answers(worker, worker)
      })
      await within(`${type} shared worker`, async () => {
        const worker = new SharedWorker(`${base}/shared.js`, { type, name: type })
        return answers(worker.port, worker)
      })
    }
    await within('style', async () => {
      await element('link', { rel: 'stylesheet', href: `${base}/style.css` })
      return getComputedStyle(document.body).outlineWidth === '7px'
    })
    await within('audio worklet', async () => {
      const audio = new OfflineAudioContext(1, 128, 44_100)
      await audio.audioWorklet.addModule(`${base}/worklet.js`)
      return true
    })
    await within('object', () => {
      const object = document.createElement('object')
      object.type = 'text/html'
      object.data = `${base}/page.html`
      const loaded = new Promise<boolean>((resolve, reject) => {
        object.onload = () => resolve(object.contentDocument?.body.textContent === 'page')
        object.onerror = () => reject(new Error('refused'))
      })
      document.body.append(object)
      return loaded
    })
    await within('service worker', () =>
      navigator.serviceWorker.register(`${base}/sw.js`, { scope: `${base}/` }).then(() => true),
    )
    return ran
  }, base)

describe('content as code', () => {
  let relay: RelayProcess
  let source: MemorySource
  let base: string
  const hosts: ChangingHost[] = []

  beforeAll(async () => {
    relay = await startRelay()
    source = new MemorySource()
    base = `/ipfs/${await importTree(source, Object.fromEntries(Object.entries(FILES).map(([name, text]) => [name, utf8(text)])))}`
  })
  afterAll(async () => {
    await Promise.all(hosts.map((host) => host.close()))
    await relay?.close()
  })

  /** A new profile on the app, with one or both of the fences taken away. */
  const attempt = async ({ policy, guard }: { policy: boolean; guard: boolean }): Promise<string[]> => {
    const host = await changingHost(relay.url, ({ url }, answer) => {
      if (!policy && isPage(answer)) stripPolicy(answer)
      if (!guard && url === '/sw.js') answer.body = Buffer.from(UNGUARDED.replace('FILES', () => JSON.stringify(FILES)))
    })
    hosts.push(host)
    const browser = await launch()
    try {
      const page = await browser.context.newPage()
      await page.goto(host.url)
      await ready(page)
      await plant(page, source.blocks)
      const here = await page.evaluate(async (url) => (await fetch(url)).text(), `${base}/script.js`)
      expect(here).toBe(FILES['script.js'])
      return await runAll(page, base)
    } finally {
      await browser.close()
    }
  }

  test('is refused by the service worker alone', async () => {
    expect(await attempt({ policy: false, guard: true })).toEqual([])
  })

  test('is refused by the policy of the page alone', async () => {
    const ran = await attempt({ policy: true, guard: false })
    // JSON is data, which the policy lets a page ask for; a service worker's script is the static host's to refuse.
    expect(ran.filter((name) => name !== 'json')).toEqual([])
  })

  test('would run with neither', async () => {
    expect(await attempt({ policy: false, guard: false })).toEqual(
      expect.arrayContaining([
        'script',
        'module',
        'import',
        'json',
        'classic worker',
        'module worker',
        'classic shared worker',
        'module shared worker',
        'style',
      ]),
    )
  })

  test('gets 404 and the shell from the static host, and nothing at all as a service worker', async () => {
    for (const path of [`${base}/sw.js`, '/ipfs/', '/ipns/name/sw.js', '/ipfs']) {
      const shell = await fetch(relay.url.slice(0, -1).replace('cafe.localhost', '127.0.0.1') + path)
      expect([shell.status, shell.headers.get('content-type')]).toEqual([404, 'text/html; charset=utf-8'])
      expect(await shell.text()).toContain('<div id="app">')
      const script = await fetch(shell.url, { headers: { 'Service-Worker': 'script' } })
      expect([script.status, script.headers.get('content-type')]).toEqual([403, 'text/plain; charset=utf-8'])
      expect(script.headers.get('service-worker-allowed')).toBeNull()
    }
  })
})

/** The bridge against hostile pages: a website gets blocks below its own root and nothing else, and anybody else nothing. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { base36 } from 'multiformats/bases/base36'
import { CID } from 'multiformats/cid'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { attackBridge, type Heard } from '../fixtures/bridge-attack.ts'
import { plant } from '../fixtures/plant.ts'
import { type Person, ready, visit } from '../fixtures/profiles.ts'
import { type RelayProcess, startRelay } from '../fixtures/relay.ts'
import { importTree, MemorySource, utf8 } from '../unit/gateway-help.ts'

const EVIL = {
  'index.html': '<!doctype html><h1>Evil</h1><script src="evil.js"></script>',
  'evil.js': 'globalThis.ran = true',
  'deep/er/file.txt': 'mine',
}

describe('the bridge', () => {
  let relay: RelayProcess
  let person: Person
  let foreign: Server
  const evil = new MemorySource()
  const rest = new MemorySource()
  let root: CID
  /** From the root down. */
  let own: string[]
  /** Other people's blocks, which the app has too, and other ways to write them. */
  let others: string[]

  beforeAll(async () => {
    relay = await startRelay()
    person = await visit(relay.url)
    root = await importTree(evil, Object.fromEntries(Object.entries(EVIL).map(([name, text]) => [name, utf8(text)])))
    const secret = await importTree(rest, { 'secret.txt': utf8('nobody’s business') })
    others = [...rest.blocks.keys(), secret.toString(base36), `${CID.createV1(0x55, secret.multihash)}`]
    // The importer stores what is below first.
    own = [...evil.blocks.keys()].reverse()
    expect(own[0]).toBe(`${root}`)
    await plant(person.page, evil.blocks)
    await plant(person.page, rest.blocks)
    foreign = createServer((_, response) => {
      response.setHeader('Content-Type', 'text/html').end('<!doctype html><h1>Elsewhere</h1>')
    })
    await new Promise<void>((resolve) => foreign.listen(0, '127.0.0.1', resolve))
  })
  afterAll(async () => {
    await person?.browser.close()
    foreign?.close()
    await relay?.close()
  })

  const site = () => relay.url.replace('//', `//${root}.`)
  const ran = (page: Page) => page.waitForFunction(() => (globalThis as { ran?: unknown }).ran)

  const attack = async (address: string, prepare = async (_: Page): Promise<void> => {}): Promise<Heard> => {
    const page = await person.browser.context.newPage()
    await page.goto(address)
    await prepare(page)
    const heard = await page.evaluate(attackBridge, { bridge: `${relay.url}site-bridge.html`, others, own })
    await page.close()
    return heard
  }
  const fetched = () => relay.output().split('path=/site-bridge.html').length - 1

  /**
   * The page that the relay serves at the website's host may frame the bridge. A website cannot do worse than act as that
   * page, which is of its own origin: it takes its service worker out and keeps the page from bringing it back.
   */
  const asShell = async (page: Page): Promise<void> => {
    await ran(page)
    await page.addInitScript(() => {
      ServiceWorkerContainer.prototype.register = () => new Promise(() => {})
    })
    await page.evaluate(async () => {
      for (const one of await navigator.serviceWorker.getRegistrations()) await one.unregister()
    })
    await page.goto('about:blank')
    expect((await page.goto(site()))?.status()).toBe(404)
  }

  test('gives a website what is below its own root, whatever it says and however often', async () => {
    const { said, answers, flood, spoke, inside } = await attack(site(), asShell)
    // The right words fill what one page may ask for; the rest of them is not even answered.
    expect(said.filter((type) => type === 'cafe:site-given').length).toBeLessThanOrEqual(4)
    expect(new Set(said)).toEqual(new Set(['cafe:bridge-ready', 'cafe:site-given']))
    expect([spoke, inside]).toEqual([[], 'refused'])
    for (const cid of own) expect(answers[cid], cid).toBe(Buffer.from(evil.blocks.get(cid) ?? []).toString('base64'))
    for (const cid of others) {
      expect([answers[cid], answers[`${cid} again`]], cid).toEqual(Array(2).fill('err FORBIDDEN unlinked'))
    }
    for (const [what, answer] of Object.entries(answers)) {
      if (what.startsWith('method ')) expect(answer, what).toMatch(/^err UNSUPPORTED/)
    }
    for (const what of ['root', 'also', 'long']) expect(answers[what], what).toMatch(/^err BAD_REQUEST/)
    // Of very many at once: all are answered, those that are its own with a block or asked to wait.
    expect(Object.values(flood).reduce((sum, n) => sum + n)).toBe(3000)
    for (const end of Object.keys(flood)) {
      expect(end).toMatch(/^(own: ok|own: err BUSY|other: err BUSY|other: err FORBIDDEN unlinked)$/)
    }
  })

  test('is there for the app and for websites after that', async () => {
    const page = await person.browser.context.newPage()
    await page.goto(relay.url)
    await ready(page)
    expect(await page.evaluate(() => cafe.account.status())).toBeNull()
    await page.goto(site())
    await ran(page)
    await page.close()
  })

  test('is not even reached by a website’s own pages', async () => {
    const before = fetched()
    const { said, spoke, answers } = await attack(site(), async (page) => void (await ran(page)))
    // By the bootstrap page, if the worker of this website had to be connected again; the page that follows it may not.
    expect(fetched()).toBeLessThanOrEqual(before + 1)
    expect([said, spoke, new Set(Object.values(answers))]).toEqual([[], [], new Set(['silence'])])
  })

  test.each([
    ['another name', () => 'evil.localhost'],
    ['an address', () => '127.0.0.1'],
    ['a website’s name at another port', () => `${root}.cafe.localhost`],
  ])('gives a page of %s nothing', async (_, host) => {
    const before = fetched()
    const { port } = foreign.address() as AddressInfo
    const { said, answers, flood, spoke, inside } = await attack(`http://${host()}:${port}/`)
    expect(fetched()).toBe(before + 1)
    expect([said, spoke, inside]).toEqual([[], [], 'refused'])
    expect(new Set(Object.values(answers))).toEqual(new Set(['silence']))
    expect(Object.keys(flood).sort()).toEqual(['other: silence', 'own: silence'])
  })

  test('does nothing in a window of its own', async () => {
    const page = await person.browser.context.newPage()
    await page.goto(site())
    await ran(page)
    const heard = await page.evaluate(async (bridge) => {
      const heard: unknown[] = []
      addEventListener('message', ({ data }) => heard.push(data))
      const other = open(bridge)
      const { port1, port2 } = new MessageChannel()
      port2.onmessage = ({ data }) => heard.push(data)
      // A port that was not taken comes back to nobody, so each time another.
      for (let i = 0; i < 30; i++) {
        await new Promise((resolve) => setTimeout(resolve, 100))
        other?.postMessage({ type: 'cafe:site-port' }, '*', i === 29 ? [port1] : [new MessageChannel().port1])
      }
      port2.postMessage({ t: 'call', id: 1, method: 'site.root', input: {} })
      await new Promise((resolve) => setTimeout(resolve, 1000))
      return [other !== null, heard]
    }, `${relay.url}site-bridge.html`)
    expect(heard).toEqual([true, []])
    await page.close()
  })
})

/**
 * Names and texts that try to be HTML or code (rule J1): five hundred of them, wherever a name or a text of somebody else
 * is shown. None may run, open a dialog, ask another server for anything, or even try to become HTML.
 */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { MARK } from '../fixtures/hostile.ts'
import { plant } from '../fixtures/plant.ts'
import { type Person, visit } from '../fixtures/profiles.ts'
import { type RelayProcess, startRelay } from '../fixtures/relay.ts'
import { importFile, importTree, MemorySource, utf8 } from '../unit/gateway-help.ts'

/** Ways to run something, where `#` is the code. */
const VECTORS = [
  '<script>#</script>',
  '<img src=x onerror=#>',
  '<svg onload=#>',
  '<body onload=#>',
  '<iframe srcdoc="<script>#</script>">',
  '<a href=javascript:#>x</a>',
  'javascript:#',
  '<details open ontoggle=#>',
  '<input autofocus onfocus=#>',
  '<video><source onerror=#>',
  '<math href=javascript:#>',
  '<style>@import "TRAP"</style>',
  '<link rel=stylesheet href=TRAP>',
  '<img src=TRAP>',
  '<base href=TRAP>',
  '<meta http-equiv=refresh content="0;url=TRAP">',
  '<object data=TRAP>',
  '<form action=TRAP><button autofocus>',
  `\${#}`,
  '{{constructor.constructor("#")()}}',
]
/** What it could be inside of, to be left first. */
const AROUND = [
  ['', ''],
  ['"', ''],
  ["'", ''],
  ['">', ''],
  ["'>", ''],
  ['`', '`'],
  ['</title>', ''],
  ['</style>', ''],
  ['</textarea>', ''],
  ['</bdi></a>', ''],
  ['-->', '<!--'],
  [']]>', ''],
  ['&quot;&gt;', ''],
  ['%22%3E', ''],
  ['\u202e', ''],
  ['\\u003e', ''],
  ['\ufeff', ''],
  ['x" onfocus=', ' y="'],
  ['?key=x#', ''],
  ['#key=', ''],
  ['../', ''],
  ['<!--?lit$1$-->', ''],
  ['=<', ''],
  ['+ADw-', ''],
  ['\r\n\r\n', ''],
] as const

/** Says on the console what the page's policy has refused: a text that was about to be more than text. */
const TELL_VIOLATIONS = `addEventListener('securitypolicyviolation', (event) =>
  console.log('${MARK}refused ' + event.effectiveDirective + ' ' + event.sample), true)`

let relay: RelayProcess
let person: Person
let trap: Server
const trapped: string[] = []
const heard: string[] = []
let payloads: string[]

beforeAll(async () => {
  trap = createServer((request, response) => {
    trapped.push(request.url ?? '')
    response.end()
  })
  await new Promise<void>((resolve) => trap.listen(0, '127.0.0.1', resolve))
  const { port } = trap.address() as AddressInfo
  payloads = VECTORS.flatMap((vector, i) =>
    AROUND.map(([before, after], j) => {
      const filled = vector.replaceAll('#', () => `console.log('${MARK}${i}.${j}')`)
      return before + filled.replaceAll('TRAP', () => `http://127.0.0.1:${port}/${i}.${j}`) + after
    }),
  )
  relay = await startRelay()
  person = await visit(relay.url, { before: [TELL_VIOLATIONS] })
  for (const page of person.browser.context.pages()) watch(page)
  person.browser.context.on('page', watch)
})
afterAll(async () => {
  await person?.browser.close()
  await relay?.close()
  trap?.close()
})

function watch(page: Page): void {
  page.on('dialog', (dialog) => {
    heard.push(`dialog ${dialog.message()}`)
    void dialog.dismiss()
  })
  page.on('console', (message) => {
    const text = message.text()
    // A text that became HTML is refused by the browser, and says so.
    if (text.startsWith(MARK) || /Trusted(?:HTML|Script)|inline (?:script|event handler)/.test(text)) heard.push(text)
  })
}

const nothing = async (page: Page): Promise<void> => {
  await page.waitForTimeout(600)
  expect(heard).toEqual([])
  expect(trapped).toEqual([])
}

describe('hostile names and texts', () => {
  test('are five hundred, all different', () => {
    expect(new Set(payloads).size).toBe(500)
  })

  test('would be heard of if one became HTML', async () => {
    const { page } = person
    const name = await page.evaluate((payload) => {
      try {
        document.createElement('p').innerHTML = payload
        return 'taken'
      } catch (error) {
        return (error as Error).name
      }
    }, payloads[AROUND.length] as string)
    expect(name).toBe('TypeError')
    await expect
      .poll(() => heard.some((line) => line.startsWith(`${MARK}refused require-trusted-types-for`)))
      .toBe(true)
    heard.length = 0
  })

  test('stay text in the gateway’s list of a folder, and in its addresses', async () => {
    const { page } = person
    const source = new MemorySource()
    // A name of UnixFS has no slash.
    const names = payloads.map((text, i) => `${text.replaceAll('/', '∕').slice(0, 200)} ${i}`)
    const root = await importTree(source, Object.fromEntries(names.map((name) => [name, utf8('x')])))
    await plant(page, source.blocks)
    const tab = await person.browser.context.newPage()
    await tab.goto(`${relay.url}ipfs/${root}/`)
    expect(await tab.getByRole('link').count()).toBeGreaterThanOrEqual(500)
    await nothing(tab)
    // Each is shown as it is when it is opened, too: as a name in headers, in an error, and as a title.
    for (const name of names.filter((_, i) => i % 10 === 0)) {
      await tab.goto(`${relay.url}ipfs/${root}/${encodeURIComponent(name)}`).catch(() => null)
      await tab.goto(`${relay.url}ipfs/${root}/${encodeURIComponent(`${name} gone`)}`)
    }
    const lone = await importFile(source, utf8('lone'))
    await plant(page, source.blocks)
    for (const text of payloads.filter((_, i) => i % 10 === 5)) {
      await tab.goto(`${relay.url}ipfs/${lone}?filename=${encodeURIComponent(text)}`).catch(() => null)
    }
    await nothing(tab)
    await tab.close()
    // In the viewer of the app.
    await page.evaluate((hash) => {
      location.hash = hash
    }, `#open=/ipfs/${root}`)
    await page.locator('cafe-folder').getByText('500 entries').or(page.getByText('500 entries')).first().waitFor()
    await nothing(page)
    for (const name of names.filter((_, i) => i % 25 === 3)) {
      await page.evaluate(
        (hash) => {
          location.hash = hash
        },
        `#open=/ipfs/${root}/${encodeURIComponent(name)}`,
      )
      await page.getByRole('heading', { level: 1 }).waitFor()
    }
    await nothing(page)
  })

  test('stay text in threads, posts, comments, notices and names of people', async () => {
    const { page } = person
    const thread = await page.evaluate(async (texts) => {
      await cafe.account.create()
      await cafe.profile.set({ name: (texts[26] as string).slice(0, 60) })
      const { id } = await cafe.thread.create({
        name: (texts[1] as string).slice(0, 60),
        type: 'open',
        sharing: 'shared',
      })
      for (const text of texts) {
        const post = await cafe.thread.post(id, text)
        if (texts.indexOf(text) % 10 === 0) await cafe.thread.comment(id, post.cid, text)
      }
      return id
    }, payloads)
    for (const hash of [
      `#thread=${thread}`,
      '#threads',
      '#feed',
      '#news',
      '#you',
      '#people',
      '#mail',
      '#files',
      '#account',
    ]) {
      await page.goto(relay.url + hash)
      await page.locator('main h1').first().waitFor()
      await nothing(page)
    }
    await page.goto(`${relay.url}#thread=${thread}`)
    await page.locator('cafe-post').first().waitFor()
    // Older posts come as one goes down, and what is out of sight is taken out.
    const shown = new Set<string>()
    for (let i = 0; i < 12; i++) {
      for (const text of await page.locator('cafe-post').allInnerTexts()) shown.add(text)
      await page.mouse.wheel(0, 20_000)
      await page.waitForTimeout(200)
    }
    expect(shown.size).toBeGreaterThan(19)
    await nothing(page)
  })

  test('stay text in a cafe’s name, its invites, and any address of the app', async () => {
    const { page } = person
    const labels = await page.evaluate(
      async ([name, texts]) => {
        await cafe.host.open({ name })
        // Some are no labels: with a line break, or nothing that can be seen.
        const made = texts.map((text) => cafe.host.createToken({ label: text.slice(0, 60) }).catch(() => undefined))
        return (await Promise.all(made)).filter(Boolean).length
      },
      [VECTORS[13] as string, payloads.filter((_, i) => i % 12 === 0)] as const,
    )
    expect(labels).toBeGreaterThan(20)
    await page.goto(`${relay.url}#host`)
    await page.locator('main h1').first().waitFor()
    await nothing(page)
    for (const name of ['join', 'thread', 'contact', 'link', 'open']) {
      for (const text of payloads.filter((_, i) => i % 50 === 7)) {
        await page.evaluate((hash) => {
          location.hash = hash
        }, `#${name}=${text}`)
        await page.waitForTimeout(30)
      }
    }
    await nothing(page)
  })
})

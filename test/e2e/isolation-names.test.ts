/**
 * Names and texts that try to be HTML or code (rule J1): five hundred of them, wherever a name or a text of somebody else
 * is shown. None may run, open a dialog, ask another server for anything, or even try to become HTML.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startWatch, TELL_VIOLATIONS, type Watch } from '../fixtures/payloads.ts'
import { plant } from '../fixtures/plant.ts'
import { type Person, visit } from '../fixtures/profiles.ts'
import { type RelayProcess, startRelay } from '../fixtures/relay.ts'
import { importFile, importTree, MemorySource, utf8 } from '../unit/gateway-help.ts'

let relay: RelayProcess
let person: Person
let watch: Watch
let payloads: readonly string[]

beforeAll(async () => {
  watch = await startWatch()
  payloads = watch.payloads
  relay = await startRelay()
  person = await visit(relay.url, { before: [TELL_VIOLATIONS] })
  watch.over(person.browser.context)
})
afterAll(async () => {
  await person?.browser.close()
  await relay?.close()
  watch?.close()
})

describe('hostile names and texts', () => {
  test('are five hundred, all different', () => {
    expect(new Set(payloads).size).toBe(500)
  })

  test('would be heard of if one became HTML', async () => {
    await watch.control(person.page)
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
    await watch.nothing(tab)
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
    await watch.nothing(tab)
    await tab.close()
    // In the viewer of the app.
    await page.evaluate((hash) => {
      location.hash = hash
    }, `#open=/ipfs/${root}`)
    await page.locator('cafe-folder').getByText('500 entries').or(page.getByText('500 entries')).first().waitFor()
    await watch.nothing(page)
    for (const name of names.filter((_, i) => i % 25 === 3)) {
      await page.evaluate(
        (hash) => {
          location.hash = hash
        },
        `#open=/ipfs/${root}/${encodeURIComponent(name)}`,
      )
      await page.getByRole('heading', { level: 1 }).waitFor()
    }
    await watch.nothing(page)
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
      await watch.nothing(page)
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
    await watch.nothing(page)
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
      [payloads[13 * 25] as string, payloads.filter((_, i) => i % 12 === 0)] as const,
    )
    expect(labels).toBeGreaterThan(20)
    await page.goto(`${relay.url}#host`)
    await page.locator('main h1').first().waitFor()
    await watch.nothing(page)
    for (const name of ['join', 'thread', 'contact', 'link', 'open']) {
      for (const text of payloads.filter((_, i) => i % 50 === 7)) {
        await page.evaluate((hash) => {
          location.hash = hash
        }, `#${name}=${text}`)
        await page.waitForTimeout(30)
      }
    }
    await watch.nothing(page)
  })
})

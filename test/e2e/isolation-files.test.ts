/**
 * Files that another person posts (rule J1): five hundred names of files, with captions, and a thread that is called
 * something else again and again, wherever they are shown or opened. All of it stays text.
 */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { plainName } from '../../src/ui/format.ts'
import { drawPhoto } from '../fixtures/hands.ts'
import { type Meeting, meet } from '../fixtures/hostile-people.ts'

const WAIT = { timeout: 60_000 }
/** Files in one post. */
const TOGETHER = 25

let meeting: Meeting
let { watch, reader, writer, nameOf, go, reads, relay } = {} as Meeting
let thread: string
/** As they have come to the reader. */
let files: readonly { readonly name: string; readonly link: string }[]

beforeAll(async () => {
  meeting = await meet()
  ;({ watch, reader, writer, nameOf, go, reads, relay } = meeting)
}, 90_000)
afterAll(() => meeting?.close())

const captions = (): readonly string[] => watch.payloads.filter((_, i) => i % TOGETHER === 7)

/** The post of the feed where the person is. */
const here = (page: Page) => page.locator('cafe-feed .feed > article[tabindex="0"]')

/** Goes down the feed from post to post, and looks at each until there is no more to see. */
async function walk(page: Page, look: () => Promise<number>): Promise<void> {
  const active = here(page)
  const step = async (): Promise<number> => {
    const more = active.getByRole('button', { name: /^Show .* more/ })
    if (await more.isVisible()) await more.click()
    const left = await look()
    if (left > 0) await active.press('PageDown')
    return left
  }
  await expect.poll(step, { timeout: 110_000, interval: 0 }).toBe(0)
  await watch.nothing(page)
}

/** The reader opens a file in the view of the app. */
async function opens({ link, name }: { readonly link: string; readonly name: string }): Promise<void> {
  const page = await go(`#open=${link}`)
  const beginning = plainName(name, 255).slice(0, 10)
  await expect.poll(() => page.locator('main h1').innerText(), WAIT).toContain(beginning)
}

describe('files that another person posts', () => {
  test('come with their names', async () => {
    await watch.control(reader.page)
    thread = await meeting.share(nameOf(1))
    for (const [i, caption] of captions().entries())
      await writer.page.evaluate(
        async ([id, caption, names]) => {
          const files = names.map((name) => new File([`<script>${name}</script>`], name, { type: 'text/html' }))
          await cafe.thread.addFiles(id, files, { caption })
        },
        [thread, caption, watch.payloads.slice(i * TOGETHER, (i + 1) * TOGETHER)] as const,
      )
    const come = () =>
      reader.page.evaluate(async (id) => {
        const { items } = await cafe.thread.feed({ id, limit: 100 })
        return items.flatMap(({ post }) => post.files.map(({ name, link }) => ({ name, link })))
      }, thread)
    await expect.poll(async () => (await come()).length, WAIT).toBe(500)
    files = await come()
  }, 240_000)

  test('stay text in the thread', async () => {
    const page = await go(`#thread=${thread}`)
    await reads(nameOf(1))
    const names = new Set(files.map(({ name }) => plainName(name, 255)))
    const said = new Set(captions())
    await walk(page, async () => {
      for (const name of await page.locator('.attached-file bdi').allTextContents()) names.delete(name)
      for (const text of await page.locator('cafe-post .prose').allTextContents()) said.delete(text)
      return names.size + said.size
    })
    await here(page)
      .getByRole('button', { name: /^Look at all/ })
      .click()
    const gallery = page.locator('wa-dialog.gallery cafe-folder')
    await gallery
      .getByRole('listitem')
      .nth(TOGETHER - 1)
      .waitFor(WAIT)
    await watch.nothing(page)
    await page.keyboard.press('Escape')
  }, 180_000)

  test('stay text where one is opened: by itself, and in the view of the app', async () => {
    const some = files.filter((_, i) => i % 25 === 11)
    const tab = await reader.page.context().newPage()
    for (const { link } of some) await tab.goto(new URL(link, relay.url).href).catch(() => null) // some are saved
    await watch.nothing(tab)
    await tab.close()
    for (const file of some) await opens(file)
    await watch.nothing(reader.page)
  }, 180_000)

  test('stay text as pictures', async () => {
    const { buffer } = await drawPhoto(writer.page, 'photo.png')
    await writer.page.evaluate(
      async ([id, names, bytes]) => {
        const photo = (name: string) => new File([new Uint8Array(bytes)], name, { type: 'image/png' })
        await cafe.thread.addFiles(id, names.map(photo), { caption: names.join(' ') })
      },
      [thread, watch.names(40), [...buffer]] as const,
    )
    const page = await go(`#thread=${thread}`)
    await page.locator('cafe-post .pictures img').first().waitFor(WAIT)
    await watch.nothing(page)
  })

  test('are in a thread whose names stay text', async () => {
    const names = watch.names(12)
    for (const name of names)
      await writer.page.evaluate(([id, name]) => cafe.thread.rename(id, name), [thread, name] as const)
    await go('#threads')
    await reads(names.at(-1) as string)
    const page = await go(`#thread=${thread}`)
    await reads(names.at(-1) as string)
    await page.getByText('Everything', { exact: true }).click()
    const lines = page.locator('cafe-feed .event')
    await expect.poll(() => lines.count(), WAIT).toBeGreaterThanOrEqual(3)
    await watch.nothing(page)
    await go('#feed')
    await reads(names.at(-1) as string)
  })
})

describe('files that one keeps', () => {
  test('stay text in the list of them, and where one is opened', async () => {
    const { page } = reader
    for (let i = 0; i < watch.payloads.length; i += 50)
      await page.evaluate(
        async ([names, from]) => {
          await Promise.all(names.map((name, i) => cafe.pins.add(new File([`${from + i}`], name))))
        },
        [watch.payloads.slice(i, i + 50), i] as const,
      )
    const pins = await page.evaluate(() => cafe.pins.list())
    expect(pins.length).toBe(500)
    const missing = new Set(pins.map(({ name }) => plainName(name, 255)))
    await go('#files')
    const rows = page.locator('.kept-list > li')
    const look = async (): Promise<number> => {
      for (const name of await rows.locator('p.title bdi').allTextContents()) missing.delete(name)
      await rows.last().scrollIntoViewIfNeeded()
      return missing.size
    }
    await expect.poll(look, { timeout: 110_000, interval: 20 }).toBe(0)
    await watch.nothing(page)
    for (const { link, name } of pins.filter((_, i) => i % 25 === 3)) await opens({ link, name })
    await watch.nothing(page)
  }, 240_000)
})

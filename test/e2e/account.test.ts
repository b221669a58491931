/**
 * The promise of the whole: an account on two devices and a friend share a thread over two cafes; all its devices are
 * lost, the words are typed on a new one, and everything is back to the last byte. Also with a cafe down, and with one that
 * shows an old state, which is named.
 */
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Browser } from '../fixtures/chromium.ts'
import { SAMPLE_BYTES, sampleBytes, visit } from '../fixtures/profiles.ts'
import { type RelayProcess, startRelay } from '../fixtures/relay.ts'

const WAIT = { timeout: 120_000, interval: 500 }
const POSTS = 60
const FILES = 20
const FILE_SIZE = 40_000

let relay: RelayProcess
const open = new Set<{ close(): Promise<void> }>()
const folders: string[] = []

beforeAll(async () => {
  relay = await startRelay()
})
afterAll(async () => {
  await Promise.all([...open].map((one) => one.close()))
  await relay?.close()
  await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true, maxRetries: 3 })))
})

const kept = <T extends { close(): Promise<void> }>(one: T): T => {
  open.add(one)
  return one
}
const close = async (one: { close(): Promise<void> }): Promise<void> => {
  open.delete(one)
  await one.close()
}

interface Tab {
  readonly page: Page
  readonly browser: Browser
}

/** A device with nothing on it, or with what the profile has. */
async function device(profile?: string): Promise<Tab> {
  const { browser, page } = await visit(relay.url, profile === undefined ? {} : { profile })
  return { browser: kept(browser), page }
}

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'popup-cafe-host-'))
  folders.push(folder)
  return folder
}

/** All that an account has of its threads, in an order that does not depend on the device. */
const everything = (page: Page) =>
  page.evaluate(async () => {
    const threads = []
    for (const { id, name, blocks } of await cafe.thread.list()) {
      const posts = []
      for (let after: string | undefined; ; ) {
        const { items, next } = await cafe.thread.feed({ id, limit: 100, ...(after && { after }) })
        for (const { post } of items)
          posts.push({
            cid: post.cid,
            kind: post.kind,
            text: post.text,
            files: post.files.map(({ cid, name }) => [cid, name]),
          })
        if (next === null) break
        after = next
      }
      threads.push({ id, name, blocks, posts: posts.sort((a, b) => (a.cid < b.cid ? -1 : 1)) })
    }
    return threads.sort((a, b) => (a.id < b.id ? -1 : 1))
  })

/** SHA-256 of every file of every thread, read by its link as anybody would. */
const fileHashes = (page: Page) =>
  page.evaluate(async () => {
    const hashes: Record<string, string> = {}
    for (const { id } of await cafe.thread.list()) {
      for (let after: string | undefined; ; ) {
        const { items, next } = await cafe.thread.feed({ id, limit: 100, ...(after && { after }) })
        for (const { link, name } of items.flatMap(({ post }) => post.files)) {
          const response = await fetch(link)
          if (!response.ok) throw new Error(`${name}: ${response.status} ${await response.text()}`)
          const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', await response.arrayBuffer()))
          hashes[name] = [...hash].map((byte) => byte.toString(16).padStart(2, '0')).join('')
        }
        if (next === null) break
        after = next
      }
    }
    return hashes
  })

const blocksOf = (page: Page) =>
  page.evaluate(async () => (await cafe.thread.list()).reduce((sum, { blocks }) => sum + blocks, 0))

/** Have all of them the same? Also what a device says by itself, such as its cafes, which may come at any time. */
async function areSame(...pages: readonly Page[]): Promise<boolean> {
  const all = await Promise.all(pages.map(everything))
  return new Set(all.map((one) => JSON.stringify(one))).size === 1
}

const say = (page: Page, id: string, who: string, count: number) =>
  page.evaluate(
    async ([id, who, count]) => {
      for (let i = 0; i < count; i++) await cafe.thread.post(id, `${who} says ${i}`)
    },
    [id, who, count] as const,
  )

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return Buffer.from(await crypto.subtle.digest('SHA-256', bytes)).toString('hex')
}

describe('words alone', () => {
  let north: Tab
  let south: Tab
  let northFolder: string
  let southFolder: string
  let oldSouth: string
  let southPeer: string
  let words: string
  let before: Awaited<ReturnType<typeof everything>>
  let invites: string[]

  beforeAll(async () => {
    ;[northFolder, southFolder, oldSouth] = await Promise.all([newFolder(), newFolder(), newFolder()])
    ;[north, south] = await Promise.all([device(northFolder), device(southFolder)])
    const opened = await Promise.all([
      north.page.evaluate(() => cafe.host.open({ name: 'North', mode: 'open' })),
      south.page.evaluate(() => cafe.host.open({ name: 'South', mode: 'open' })),
    ])
    invites = opened.map(({ invite }) => invite)
    southPeer = opened[1].peerId
  })

  test('an account on two devices and a friend fill a thread', async () => {
    const [first, second, friend] = await Promise.all([device(), device(), device()])
    words = await first.page.evaluate(async (links) => {
      const { words } = await cafe.account.create()
      for (const link of links) await cafe.account.register(link)
      return words
    }, invites)
    const { id, link } = await first.page.evaluate(async () => {
      const { id } = await cafe.thread.create({ name: 'Garden' })
      return { id, link: (await cafe.thread.invite(id)).link }
    })
    await friend.page.evaluate(
      async ([links, thread]) => {
        await cafe.account.create()
        for (const one of links) await cafe.account.register(one)
        await cafe.thread.join(thread)
      },
      [invites, link] as const,
    )
    // The second device types the words, and asks the cafes.
    const progress = await second.page.evaluate(
      async ([words, cafes]) => {
        await cafe.account.restore(words)
        return (await cafe.recover.start({ cafes })).threads.map(({ name, state }) => [name, state])
      },
      [words, invites] as const,
    )
    expect(progress).toEqual([['Garden', 'done']])

    await say(first.page, id, 'first', POSTS / 2)
    // What South keeps so far, to be shown again later.
    await expect.poll(() => first.page.evaluate(async () => (await cafe.account.safety()).safe), WAIT).toBe(2)
    await close(south.browser)
    await cp(southFolder, oldSouth, { recursive: true })
    south = await device(southFolder)
    await south.page.evaluate(() => cafe.host.open({ name: 'South', mode: 'open' }))

    await Promise.all([
      say(first.page, id, 'first', POSTS),
      say(second.page, id, 'second', POSTS),
      say(friend.page, id, 'friend', POSTS),
      first.page.evaluate(
        async ([id, source, count, size]) => {
          const bytes = new Function(`return ${source}`)() as (size: number, seed: number) => Uint8Array<ArrayBuffer>
          for (let i = 0; i < count; i += 5) {
            const files = Array.from({ length: 5 }, (_, k) => new File([bytes(size, i + k + 1)], `file-${i + k}.bin`))
            await cafe.thread.addFiles(id, files, { caption: `five from ${i}` })
          }
        },
        [id, SAMPLE_BYTES, FILES, FILE_SIZE] as const,
      ),
    ])
    const devices = [first, second, friend].map(({ page }) => page)
    await expect.poll(async () => Math.min(...(await Promise.all(devices.map(blocksOf)))), WAIT).toBeGreaterThan(200)
    await expect.poll(() => areSame(...devices), WAIT).toBe(true)
    for (const page of devices.slice(0, 2))
      await expect.poll(() => page.evaluate(async () => (await cafe.account.safety()).safe), WAIT).toBe(2)
    before = await everything(first.page)
    // Both devices are lost, and the friend is away.
    await Promise.all([first, second, friend].map(({ browser }) => close(browser)))
  }, 600_000)

  const recovered = async (cafes?: readonly string[]) => {
    const { page, browser } = await device()
    const status = await page.evaluate(
      async ([words, cafes]) => {
        await cafe.account.restore(words)
        return cafe.recover.start(cafes ? { cafes } : {})
      },
      [words, cafes] as const,
    )
    return { page, browser, status }
  }

  const expectAll = async (page: Page) => {
    expect(await everything(page)).toEqual(before)
    const hashes = await fileHashes(page)
    for (let i = 0; i < FILES; i++) expect(hashes[`file-${i}.bin`]).toBe(await sha256(sampleBytes(FILE_SIZE, i + 1)))
    expect(Object.keys(hashes)).toHaveLength(FILES)
  }

  test('bring everything back on a third device, without the name of a cafe', async () => {
    const { page, browser, status } = await recovered()
    expect(status.threads).toMatchObject([{ name: 'Garden', state: 'done' }])
    await expectAll(page)
    await close(browser)
  }, 300_000)

  test('bring everything back with one cafe down', async () => {
    await close(south.browser)
    const { page, browser, status } = await recovered([invites[0] as string])
    expect(status.cafes.map(({ outcome }) => outcome).sort()).toEqual(['kept', 'unreachable'])
    await expectAll(page)
    await close(browser)
  }, 300_000)

  test('bring everything back with a cafe that shows an old state, and name it', async () => {
    south = await device(oldSouth)
    await south.page.evaluate(() => cafe.host.open({ name: 'South', mode: 'open' }))
    const { page, browser, status } = await recovered(invites)
    expect(status.cafes).toContainEqual(expect.objectContaining({ cafe: southPeer, behind: 'told' }))
    await expectAll(page)
    await close(browser)
  }, 300_000)

  test('are told apart from the wrong words and from words of nobody', async () => {
    const { page } = await device()
    const wrong = await page.evaluate(() =>
      cafe.account.restore('abandon abandon abandon').catch(({ code, data }) => [code, data.what]),
    )
    expect(wrong).toEqual(['BAD_REQUEST', 'words'])
    const nothing = await page.evaluate(async (cafes) => {
      await cafe.account.create()
      return cafe.recover.start({ cafes }).catch(({ code, data }) => [code, data.what])
    }, invites)
    expect(nothing).toEqual(['NOT_FOUND', 'backup'])
  })
})

test('a cafe that was away gets everything, and two devices that wrote meanwhile, each by itself, converge', async () => {
  const [hostFolder, oneFolder, otherFolder] = await Promise.all([newFolder(), newFolder(), newFolder()])
  let host = await device(hostFolder)
  const { invite } = await host.page.evaluate(() => cafe.host.open({ name: 'Away', mode: 'open' }))
  let one = await device(oneFolder)
  const { id, words } = await one.page.evaluate(async (link) => {
    const { words } = await cafe.account.create()
    await cafe.account.register(link)
    return { words, id: (await cafe.thread.create({ name: 'Diary' })).id }
  }, invite)
  let other = await device(otherFolder)
  await other.page.evaluate(
    async ([words, link]) => {
      await cafe.account.restore(words)
      await cafe.recover.start({ cafes: [link] })
    },
    [words, invite] as const,
  )
  await Promise.all([close(host.browser), close(other.browser)])
  await say(one.page, id, 'one', 10)
  expect(await one.page.evaluate(async () => (await cafe.account.safety()).safe)).toBe(0)
  await close(one.browser)
  other = await device(otherFolder)
  await say(other.page, id, 'other', 10)

  host = await device(hostFolder)
  await host.page.evaluate(() => cafe.host.open({ name: 'Away', mode: 'open' }))
  one = await device(oneFolder)
  const said = ['one', 'other'].flatMap((who) => Array.from({ length: 10 }, (_, i) => `${who} says ${i}`))
  const texts = async (page: Page) =>
    (await everything(page))
      .flatMap(({ posts }) => posts.flatMap(({ text }) => (text.includes(' says ') ? [text] : [])))
      .sort()
  for (const { page } of [one, other]) await expect.poll(() => texts(page), WAIT).toEqual(said)
  await expect.poll(() => areSame(one.page, other.page), WAIT).toBe(true)
  for (const { page } of [one, other])
    await expect.poll(() => page.evaluate(async () => (await cafe.account.safety()).safe), WAIT).toBe(1)
}, 300_000)

/**
 * The same cafe where the browser has no SharedWorker, or runs no modules in workers: the host runs in a dedicated worker
 * of one tab, the others reach it through the service worker, and the next tab takes over when that one goes.
 */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { withoutModules } from '../fixtures/old-workers.ts'
import { type Person, ready, visit } from '../fixtures/profiles.ts'
import { type RelayProcess, startRelay } from '../fixtures/relay.ts'

const SIZE = 4 * 1024 * 1024

/** What is taken away before any script of the page runs, and the entry of the host that must then be found. */
const BROWSERS = [
  { lacking: 'SharedWorker', before: ['delete globalThis.SharedWorker'], entry: 'main' },
  { lacking: 'module workers', before: [withoutModules('Worker', 'SharedWorker')], entry: 'classic' },
]

/** Pins random bytes as a person would; their digest, and how to get them back. */
const pin = (page: Page) =>
  page.evaluate(async (size) => {
    const bytes = new Uint8Array(size)
    for (let at = 0; at < size; at += 65536) crypto.getRandomValues(bytes.subarray(at, at + 65536))
    const { cid, key, link, cafes } = await cafe.pins.add(new File([bytes], 'clip.bin'))
    return { cid, key, link, cafes, digest: [...new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))] }
  }, SIZE)

const read = (page: Page, { cid, key }: { cid: string; key: string }) =>
  page.evaluate(
    async ([cid, key]) => {
      for (let tries = 1; ; tries++) {
        const response = await fetch(`/ipfs/${cid}#key=${key}`)
        const bytes = await response.arrayBuffer()
        if (response.ok) return [...new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))]
        // On a slow machine the way to whoever has it may not be there yet; then the page says so, and a person tries again.
        if (tries === 5) throw new Error(`${response.status} ${new TextDecoder().decode(bytes)}`)
      }
    },
    [cid, key],
  )

/** Tabs that hold, and tabs that wait for, the right to run the host; and workers that hold the stores. */
const locks = (page: Page) =>
  page.evaluate(async () => {
    const { held = [], pending = [] } = await navigator.locks.query()
    const count = (list: LockInfo[], name: string) => list.filter((lock) => lock.name === name).length
    return {
      hosts: count(held, 'popup-cafe:host'),
      next: count(pending, 'popup-cafe:host'),
      writers: count(held, 'popup-cafe:writer'),
    }
  })

const status = (page: Page) => page.evaluate(() => cafe.host.status())

/** The scripts that this tab's own dedicated workers run. */
const entries = (page: Page) => page.workers().map((worker) => /worker-([\w-]+?)-[\w-]{8}\.js$/.exec(worker.url())?.[1])

describe.each(BROWSERS)('without $lacking', ({ before, entry }) => {
  let relay: RelayProcess
  let host: Person
  let guest: Person
  let invite: string
  let peerId: string

  const open = (url = relay.url, wait = true) => visit(url, { ready: wait, before })
  /** The cafe answers in this tab. A call that was on its way to a host that has just gone fails, and is made again. */
  const answers = (page: Page) =>
    expect
      .poll(() => status(page).catch(() => undefined), { timeout: 20_000 })
      .toMatchObject({ open: true, peerId, name: 'Corner Cafe', clients: 1 })

  beforeAll(async () => {
    relay = await startRelay()
    ;[host, guest] = await Promise.all([open(), open()])
  })
  afterAll(async () => {
    await Promise.all([host?.browser.close(), guest?.browser.close()])
    await relay?.close()
  })

  test('a cafe opens and admits a guest over direct WebRTC', async () => {
    await expect.poll(() => entries(host.page), { timeout: 20_000 }).toContain(entry)
    ;({ invite, peerId } = await host.page.evaluate(() => cafe.host.open({ name: 'Corner Cafe' })))
    const session = await guest.page.evaluate(async (link) => {
      await cafe.account.create()
      return cafe.account.register(link)
    }, invite)
    expect(session).toMatchObject({ name: 'Corner Cafe', cafe: peerId })
    const { connections } = await guest.page.evaluate(() => cafe.node.status())
    expect(connections).toContainEqual(expect.objectContaining({ peerId, path: 'direct', transport: 'webrtc' }))
  })

  test('what is pinned is read back in another profile', async () => {
    const pinned = await pin(guest.page)
    expect(pinned.cafes).toMatchObject([{ cafe: peerId, state: 'pinned' }])
    const third = await open()
    try {
      expect(await read(third.page, pinned)).toEqual(pinned.digest)
    } finally {
      await third.browser.close()
    }
  })

  test('a link opens as the very first page of a profile', async () => {
    const { link } = await pin(guest.page)
    const fourth = await open(relay.url.slice(0, -1) + link, false)
    try {
      const download = await fourth.page.waitForEvent('download')
      expect(download.suggestedFilename()).toBe('clip.bin')
      await download.failure().then((why) => expect(why).toBeNull())
    } finally {
      await fourth.browser.close()
    }
  })

  test('a second tab uses the host of the first and lends its WebRTC too', async () => {
    const second = await host.browser.context.newPage()
    await second.goto(relay.url)
    await ready(second)
    await answers(second)
    expect(await second.evaluate(async () => (await cafe.node.status()).tabs)).toBe(2)
    expect(await locks(second)).toEqual({ hosts: 1, next: 1, writers: 1 })
  })

  test('when the tab that hosts closes, the other takes over and a guest can pin again', async () => {
    const second = host.browser.context.pages().find((page) => page !== host.page) as Page
    const topics = second.evaluate(() => {
      const stop = new AbortController()
      return new Promise((resolve) => {
        void cafe.watch(
          (what) => {
            if (what !== 'host') return
            resolve(what)
            stop.abort()
          },
          { signal: stop.signal },
        )
      })
    })
    await host.page.close()
    // The watch goes on with the new host, and says that everything may differ.
    expect(await topics).toBe('host')
    await answers(second)
    expect(await locks(second)).toEqual({ hosts: 1, next: 0, writers: 1 })
    const again = await pin(guest.page)
    expect(again.cafes).toMatchObject([{ cafe: peerId, state: 'pinned' }])
    await expect.poll(() => entries(second), { timeout: 20_000 }).toContain(entry)
    host = { ...host, page: second }
  })

  test('a tab that is frozen hands the host on, and uses the new one when it wakes', async () => {
    const fourth = await host.browser.context.newPage()
    await fourth.goto(relay.url)
    await ready(fourth)
    // Chromium freezes no visible page, and under Playwright every page is visible: the page is only told.
    const tell = (what: 'freeze' | 'resume') =>
      host.page.evaluate((name) => document.dispatchEvent(new Event(name)), what)
    await tell('freeze')
    await expect.poll(() => locks(fourth), { timeout: 10_000 }).toEqual({ hosts: 1, next: 0, writers: 1 })
    await answers(fourth)
    await tell('resume')
    await answers(host.page)
    expect(await locks(fourth)).toEqual({ hosts: 1, next: 1, writers: 1 })
    await host.page.close()
    host = { ...host, page: fourth }
  })

  test('a reload of the only tab brings the same cafe and the same sessions', async () => {
    await host.page.reload()
    await ready(host.page)
    await answers(host.page)
    await guest.page.reload()
    await ready(guest.page)
    expect(await guest.page.evaluate(() => cafe.account.cafes())).toMatchObject([{ cafe: peerId }])
    const again = await pin(guest.page)
    expect(again.cafes).toMatchObject([{ cafe: peerId, state: 'pinned' }])
  })

  test('tabs come and go, and there is never more than one host', async () => {
    const counts: Awaited<ReturnType<typeof locks>>[] = []
    for (let round = 0; round < 4; round++) {
      const next = await host.browser.context.newPage()
      await next.goto(relay.url)
      await ready(next)
      counts.push(await locks(next))
      await host.page.close()
      counts.push(await locks(next))
      await answers(next)
      counts.push(await locks(next))
      host = { ...host, page: next }
    }
    expect(counts.filter(({ hosts, writers }) => hosts > 1 || writers > 1)).toEqual([])
  })

  test('a crash of the tab that hosts is noticed as well', async () => {
    const third = await host.browser.context.newPage()
    await third.goto(relay.url)
    await ready(third)
    const session = await host.browser.context.newCDPSession(host.page)
    // The answer never comes: who should give it is gone.
    session.send('Page.crash').catch(() => {})
    await host.page.waitForEvent('crash')
    await expect.poll(() => locks(third), { timeout: 10_000 }).toEqual({ hosts: 1, next: 0, writers: 1 })
    await answers(third)
  })
})

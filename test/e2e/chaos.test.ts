/**
 * What people do to tabs, all at once: five tabs of the host are closed, reloaded, crashed and frozen at random every two
 * seconds for three minutes, while a guest uploads and downloads 512 MiB in files of 4 MiB. Everything arrives, identical,
 * without anybody trying again by hand, and there is never more than one node.
 */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Person, ready, visit } from '../fixtures/profiles.ts'
import { type RelayProcess, startRelay } from '../fixtures/relay.ts'

const MiB = 1024 * 1024
const TABS = 5
const FILE = 4 * MiB
const FILES = 128
const CHAOS = 180_000
const PAUSE = 2000
/** The order of mishaps is random but the same in every run with the same seed. */
const SEED = Number(process.env['CHAOS_SEED'] ?? 1)

let relay: RelayProcess
let host: Person
let guest: Person

beforeAll(async () => {
  relay = await startRelay()
  ;[host, guest] = await Promise.all([visit(relay.url), visit(relay.url)])
  const invite = await host.page.evaluate(async () => (await cafe.host.open({ name: 'Busy Cafe' })).invite)
  await guest.page.evaluate(async (link) => {
    await cafe.account.create()
    await cafe.account.register(link)
  }, invite)
})

afterAll(async () => {
  await Promise.all([host, guest].map((person) => person?.browser.close()))
  await relay?.close()
})

/** Numbers from 0 to 1, seeded (mulberry32). */
function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

const open = async (): Promise<Page> => {
  const page = await host.browser.context.newPage()
  await page.goto(relay.url)
  await ready(page)
  return page
}

type Mishap = (tab: Page) => Promise<Page>

const MISHAPS: Readonly<Record<string, Mishap>> = {
  async close(tab) {
    await tab.close()
    return open()
  },
  async reload(tab) {
    await tab.reload()
    return tab
  },
  async crash(tab) {
    const cdp = await host.browser.context.newCDPSession(tab)
    cdp.send('Page.crash').catch(() => {}) // it never answers: the page is gone
    await new Promise((resolve) => setTimeout(resolve, 200))
    await tab.close()
    return open()
  },
  async freeze(tab) {
    const cdp = await host.browser.context.newCDPSession(tab)
    await cdp.send('Page.setWebLifecycleState', { state: 'frozen' })
    await new Promise((resolve) => setTimeout(resolve, 4000))
    await cdp.send('Page.setWebLifecycleState', { state: 'active' })
    return tab
  },
}

/** Workers that hold the writer's lock: more than one would be two nodes over one store. */
const hosts = async (tab: Page): Promise<number> =>
  tab.evaluate(async () => {
    const { held = [] } = await navigator.locks.query()
    return held.filter(({ name }) => name === 'popup-cafe:writer').length
  })

/** Uploads one random file, forgets its blocks, downloads it again; true if it came back identical. */
const roundTrip = (size: number) =>
  guest.page.evaluate(async (bytes) => {
    const content = new Uint8Array(bytes)
    for (let at = 0; at < bytes; at += 65_536) crypto.getRandomValues(content.subarray(at, at + 65_536))
    const { cid, key, cafes } = await cafe.pins.add(new Blob([content]))
    if (cafes[0]?.state !== 'pinned') return `not pinned: ${cafes[0]?.reason}`
    await new Promise<void>((resolve, reject) => {
      indexedDB.open('popup-cafe/blocks').onsuccess = ({ target }) => {
        const db = (target as IDBOpenDBRequest).result
        const tx = db.transaction('popup-cafe/blocks', 'readwrite')
        tx.objectStore('popup-cafe/blocks').clear()
        tx.oncomplete = () => resolve(db.close())
        tx.onabort = () => reject(tx.error)
      }
    })
    const response = await fetch(`/ipfs/${cid}#key=${key}`)
    if (!response.ok) return `read: ${response.status}`
    const back = new Uint8Array(await response.arrayBuffer())
    return back.length === bytes && back.every((byte, i) => byte === content[i])
  }, size)

test(
  'nothing is lost or doubled while tabs come and go',
  async () => {
    const next = random(SEED)
    const tabs = [host.page, ...(await Promise.all(Array.from({ length: TABS - 1 }, open)))]
    const happened: string[] = []
    const most = { hosts: 0 }
    const over = Date.now() + CHAOS
    const mischief = (async () => {
      const names = Object.keys(MISHAPS)
      while (Date.now() < over) {
        const began = Date.now()
        const at = Math.floor(next() * tabs.length)
        const name = names[Math.floor(next() * names.length)] as string
        happened.push(name)
        tabs[at] = await (MISHAPS[name] as Mishap)(tabs[at] as Page)
        most.hosts = Math.max(most.hosts, await hosts(tabs[at] as Page).catch(() => 0))
        await new Promise((resolve) => setTimeout(resolve, Math.max(0, PAUSE - (Date.now() - began))))
      }
    })()
    const results: unknown[] = []
    for (let i = 0; i < FILES; i++) results.push(await roundTrip(FILE))
    await mischief
    expect(results.filter((result) => result !== true)).toEqual([])
    expect(new Set(happened)).toEqual(new Set(Object.keys(MISHAPS)))
    expect(most.hosts).toBe(1)
  },
  15 * 60_000,
)

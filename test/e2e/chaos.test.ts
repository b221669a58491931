/**
 * What people do to tabs, all at once: five tabs of the host are closed, reloaded, crashed and frozen at random every two
 * seconds for three minutes, while a guest uploads and downloads 512 MiB in files of 4 MiB. Everything arrives, identical,
 * without anybody trying again by hand, and there is never more than one node.
 */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type BareBrowser, launchBare, type Page } from '../fixtures/bare-chromium.ts'
import { type RelayProcess, startRelay } from '../fixtures/relay.ts'

const MiB = 1024 * 1024
const TABS = 5
const FILE = 4 * MiB
const FILES = 128
const CHAOS = 180_000
const PAUSE = 2000
/** Milliseconds a tab stays frozen: longer than the bridge waits for a sign of life. */
const FROZEN = 5000
/** The order of mishaps is random but the same in every run with the same seed. */
const SEED = Number(process.env['CHAOS_SEED'] ?? 1)
/** What the memory of a worker may grow by over the whole run, after a warm-up. */
const FLAT = 32 * MiB
/** Files after which caches are full and code is compiled. */
const WARM = 8

let relay: RelayProcess
let host: BareBrowser
let guest: BareBrowser
/** The host's tabs, and the guest's one. */
let tabs: Page[]
let reader: Page

const ready = async (page: Page): Promise<Page> => {
  await page.waitForFunction(() => 'cafe' in globalThis && navigator.serviceWorker.controller !== null, {
    polling: 100, // not by frames: a hidden page draws none
  })
  return page
}

const open = async (browser: BareBrowser): Promise<Page> => ready(await browser.open(relay.url))

beforeAll(async () => {
  relay = await startRelay()
  ;[host, guest] = await Promise.all([launchBare(), launchBare()])
  const [first, only] = await Promise.all([open(host), open(guest)])
  const invite = await first.evaluate(async () => (await cafe.host.open({ name: 'Busy Cafe' })).invite)
  await only.evaluate(async (link) => {
    await cafe.account.create()
    await cafe.account.register(link)
  }, invite)
  tabs = [first]
  while (tabs.length < TABS) tabs.push(await open(host))
  reader = only
})

afterAll(async () => {
  await Promise.all([host, guest].map((browser) => browser?.close()))
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

type Mishap = (tab: Page) => Promise<Page>

const MISHAPS: Readonly<Record<string, Mishap>> = {
  async close(tab) {
    await tab.close()
    return open(host)
  },
  async reload(tab) {
    // A hidden page draws nothing, so what it would draw is not loaded, and its `load` does not come.
    await tab.reload({ waitUntil: 'domcontentloaded' })
    return ready(tab)
  },
  async crash(tab) {
    await host.crash(tab)
    return open(host)
  },
  async freeze(tab) {
    // Only what is hidden can be frozen, as in a browser that saves power.
    await (tabs.find((other) => other !== tab) as Page).bringToFront()
    await host.freeze(tab)
    await new Promise((resolve) => setTimeout(resolve, FROZEN))
    await host.thaw(tab)
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
  reader.evaluate(async (bytes) => {
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

/** Bytes that live objects of a worker take now; undefined if it ends meanwhile. */
const memory = (browser: BareBrowser) => browser.workerMemory('popup-cafe').catch(() => undefined)

test(
  'nothing is lost or doubled while tabs come and go, and memory stays flat',
  async () => {
    const next = random(SEED)
    const happened: string[] = []
    const most = { hosts: 0 }
    const hosted: number[] = []
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
        const bytes = await memory(host)
        if (bytes !== undefined) hosted.push(bytes)
        await new Promise((resolve) => setTimeout(resolve, Math.max(0, PAUSE - (Date.now() - began))))
      }
    })()
    const results: unknown[] = []
    const used: number[] = []
    for (let i = 0; i < FILES; i++) {
      results.push(await roundTrip(FILE))
      const bytes = await memory(guest)
      if (i >= WARM && bytes !== undefined) used.push(bytes)
    }
    await mischief
    const counts = Object.entries(Object.groupBy(happened, (name) => name)).map(([name, all]) => [name, all?.length])
    const inMiB = (bytes: number): string => (bytes / MiB).toFixed(1)
    console.log(
      `chaos: ${counts.flat().join(' ')}; guest's worker ${inMiB(Math.min(...used))} to ${inMiB(Math.max(...used))} MiB, ` +
        `host's ${inMiB(Math.min(...hosted))} to ${inMiB(Math.max(...hosted))} MiB`,
    )
    expect(results.filter((result) => result !== true)).toEqual([])
    expect(new Set(happened)).toEqual(new Set(Object.keys(MISHAPS)))
    expect(most.hosts).toBe(1)
    expect(used.length).toBeGreaterThan(FILES / 2)
    for (const bytes of [used, hosted]) expect(Math.max(...bytes) - Math.min(...bytes)).toBeLessThan(FLAT)
  },
  15 * 60_000,
)

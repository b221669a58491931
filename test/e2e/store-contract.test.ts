/** The browser's stores in real Chromium: the contracts of the stores, and a disk that is full. */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BLOCKS_CASES } from '../contract/blocks.ts'
import type { StorePage } from '../contract/pages/store.ts'
import { ROWS_CASES } from '../contract/rows.ts'
import { type Browser, launch } from '../fixtures/chromium.ts'
import { type Pages, servePages } from '../fixtures/pages.ts'

const MiB = 1024 * 1024

let browser: Browser
let pages: Pages
let results: Record<'rows' | 'scopedRows' | 'blocks', Record<string, string>>

type Scope = { contract: StorePage }

async function openPage({ context }: Browser): Promise<Page> {
  const page = await context.newPage()
  await page.goto(`${pages.origin}/store.html`)
  await page.waitForFunction(() => 'contract' in globalThis)
  return page
}

beforeAll(async () => {
  pages = await servePages(new URL('../contract/pages/', import.meta.url), ['store.html'])
  browser = await launch()
  const page = await openPage(browser)
  results = {
    rows: await page.evaluate(() => (globalThis as unknown as Scope).contract.rows()),
    scopedRows: await page.evaluate(() => (globalThis as unknown as Scope).contract.scopedRows()),
    blocks: await page.evaluate(() => (globalThis as unknown as Scope).contract.blocks()),
  }
}, 180_000)
afterAll(async () => {
  await browser?.close()
  await pages?.close()
})

describe('rows on IndexedDB', () => {
  for (const { name } of ROWS_CASES) it(name, () => expect(results.rows[name]).toBe('kept'))
})

describe('rows in a scope on IndexedDB', () => {
  for (const { name } of ROWS_CASES) it(name, () => expect(results.scopedRows[name]).toBe('kept'))
})

describe('blocks on IndexedDB', () => {
  for (const { name } of BLOCKS_CASES) it(name, () => expect(results.blocks[name]).toBe('kept'))
})

describe('a full disk', () => {
  let small: Browser
  let there: Page
  beforeAll(async () => {
    // A profile of its own: what others wrote and removed counts for a while.
    small = await launch()
    there = await openPage(small)
  })
  afterAll(() => small?.close())

  /** Runs `run` while the origin may use no more than `bytes`. */
  async function within<T>(bytes: number, run: () => Promise<T>): Promise<T> {
    const cdp = await small.context.newCDPSession(there)
    await cdp.send('Storage.overrideQuotaForOrigin', { origin: pages.origin, quotaSize: bytes })
    try {
      return await run()
    } finally {
      await cdp.send('Storage.overrideQuotaForOrigin', { origin: pages.origin })
    }
  }
  const full = { code: 'QUOTA', data: { disk: true } }

  it('refuses a commit whole', async () => {
    const fill = () => there.evaluate((size) => (globalThis as unknown as Scope).contract.fillRows(size), 16 * MiB)
    expect(await within(4 * MiB, fill)).toEqual({ failure: full, keys: [] })
  })

  it('refuses blocks one transaction at a time: what was confirmed is there, what was refused is not', async () => {
    const fill = () => there.evaluate(() => (globalThis as unknown as Scope).contract.fillBlocks(40))
    const { failures, seen } = await within(20 * MiB, fill)
    expect(failures.filter((failure) => failure !== 'stored')).not.toEqual([])
    for (const [i, failure] of failures.entries()) {
      if (failure !== 'stored') expect(failure).toEqual(full)
      expect(seen[i]).toBe(failure === 'stored')
    }
  })

  it('takes blocks again when there is room', async () => {
    const { failures, seen } = await there.evaluate(() => (globalThis as unknown as Scope).contract.fillBlocks(4))
    expect(failures).toEqual(Array(4).fill('stored'))
    expect(seen).toEqual(Array(4).fill(true))
  })
})

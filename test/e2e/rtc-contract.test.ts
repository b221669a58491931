/** The bridge against the real thing: the same contract in a window and, on the shim, in a SharedWorker. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { RTC_CASES, type runRtcCases } from '../contract/rtc.ts'
import { type Browser, launch } from '../fixtures/chromium.ts'
import { withoutModules } from '../fixtures/old-workers.ts'
import { type Pages, servePages } from '../fixtures/pages.ts'

type Results = Awaited<ReturnType<typeof runRtcCases>>

interface Scope {
  readonly contract: Record<'window' | 'worker', () => Promise<Results>>
}

/**
 * How the tab moves bytes: in its dedicated worker, or on its main thread where there can be none, or none loads; and in
 * either where the browser runs no module workers.
 */
const PUMPS = ['', 'none', 'broken', 'old'] as const

describe('WebRTC contract', () => {
  let browser: Browser
  let pages: Pages
  let real: Results
  const shim: Record<string, Results> = {}

  async function run(where: 'window' | 'worker', pump = ''): Promise<Results> {
    const page = await browser.context.newPage()
    if (pump === 'old') await page.addInitScript(withoutModules('Worker'))
    await page.goto(`${pages.origin}/rtc.html?pump=${pump}`)
    await page.waitForFunction(() => 'contract' in globalThis)
    const results = await page.evaluate((name) => (globalThis as unknown as Scope).contract[name](), where)
    await page.close()
    return results
  }

  beforeAll(async () => {
    pages = await servePages(new URL('../contract/pages/', import.meta.url), ['rtc.html'])
    browser = await launch()
    real = await run('window')
    for (const pump of PUMPS) shim[pump] = await run('worker', pump)
  }, 300_000)

  afterAll(async () => {
    await browser?.close()
    await pages?.close()
  })

  for (const { name } of RTC_CASES) {
    test(name, () => {
      expect(real[name], 'in a window').not.toHaveProperty('error')
      expect(real[name], 'in a window').toHaveProperty('value')
      for (const pump of PUMPS)
        expect(shim[pump]?.[name], `on the shim, pump: ${pump || 'as built'}`).toEqual(real[name])
    })
  }
})

/**
 * A browser that was closed is opened again on the profile of a cafe: from the first navigation until the cafe answers,
 * reachable and open, with nothing left in memory. The limit is a bare libp2p node in the SharedWorker of a page, started
 * in the same way until it has a seat at the relay.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { launch } from '../fixtures/chromium.ts'
import { ready } from '../fixtures/profiles.ts'
import { compare, type Figure } from './figure.ts'
import { measureReady, readyTime } from './ready.ts'

export const figure: Figure = {
  name: 'cold_ready_ms',
  unit: 'ms',
  async run(context) {
    const [{ origin }, { url, relay }] = [await context.pages(), await context.relay()]
    const profile = await mkdtemp(join(tmpdir(), 'popup-cafe-cold-'))
    try {
      await inBrowser(profile, async (page) => {
        await page.goto(url)
        await ready(page)
        await page.evaluate(() => cafe.host.open({ name: 'Bench Cafe' }))
      })
      const start = (address: string): Promise<number> =>
        inBrowser(profile, async (page) => {
          await measureReady(page, relay[0] as string)
          await page.goto(address)
          return readyTime(page)
        })
      return await compare(
        5,
        () => start(url),
        () => start(`${origin}/peer.html`),
      )
    } finally {
      await rm(profile, { recursive: true, force: true, maxRetries: 3 })
    }
  },
}

async function inBrowser<T>(profile: string, act: (page: Page) => Promise<T>): Promise<T> {
  const browser = await launch({ profile })
  try {
    return await act(browser.context.pages()[0] ?? (await browser.context.newPage()))
  } finally {
    await browser.close()
  }
}

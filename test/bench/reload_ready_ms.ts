/**
 * Reload of the only tab of a cafe until it answers again, reachable and open. The limit is the same reload of a page
 * whose SharedWorker does nothing but start a bare libp2p node and get a seat at the relay; that worker ends with its
 * last page, ours need not, so a ratio below 1 is within reach. `reload_restart_ms` is the same where the browser does not
 * know extended lifetimes, so that everything comes back from disk.
 */
import { type Person, SHORT_LIVES } from '../fixtures/profiles.ts'
import type { Context } from './context.ts'
import { compare, type Figure, type Measured } from './figure.ts'
import { measureReady, readyTime } from './ready.ts'

export const figure: Figure = {
  name: 'reload_ready_ms',
  unit: 'ms',
  run: async (context) => measure(context, await context.newcomer()),
}

export const restart: Figure = {
  name: 'reload_restart_ms',
  unit: 'ms',
  run: async (context) => measure(context, await context.newcomer({ before: [SHORT_LIVES] })),
}

async function measure(context: Context, { browser, page }: Person): Promise<Measured> {
  const [{ origin }, relay] = [await context.pages(), (await context.relay()).relay[0] as string]
  try {
    await page.evaluate(() => cafe.host.open({ name: 'Bench Cafe' }))
    const bare = await browser.context.newPage()
    await bare.goto(`${origin}/peer.html`)
    const reload = async (tab: typeof page): Promise<number> => {
      await tab.reload()
      return readyTime(tab)
    }
    for (const tab of [page, bare]) await measureReady(tab, relay)
    return await compare(
      5,
      () => reload(page),
      () => reload(bare),
    )
  } finally {
    await browser.close()
  }
}

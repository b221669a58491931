/**
 * Somebody opens the app for the first time, on a processor slowed to a quarter: from the navigation until the main screen
 * answers, which is when its first link takes a click and the page has had a moment to itself. The limit is the goal.
 */
import { visit } from '../fixtures/profiles.ts'
import { type Figure, median } from './figure.ts'

const GOAL = 1500
const SLOWED = 4
const RUNS = 5

export const figure: Figure = {
  name: 'interactive_ms',
  unit: 'ms',
  async run(context) {
    const { url } = await context.relay()
    const values: number[] = []
    for (let run = 0; run <= RUNS; run++) {
      // A profile each: nothing is kept from the run before.
      const { browser, page } = await visit('about:blank', { ready: false })
      try {
        const devtools = await browser.context.newCDPSession(page)
        await devtools.send('Emulation.setCPUThrottlingRate', { rate: SLOWED })
        await page.goto(url, { waitUntil: 'commit' })
        values.push(await page.evaluate(interactive))
      } finally {
        await browser.close()
      }
    }
    return { value: median(values.slice(1)), limit: GOAL, runs: RUNS }
  },
}

/** Milliseconds of this document until its first link is there, and the browser is idle after that. */
async function interactive(): Promise<number> {
  const tick = (): Promise<number> => new Promise(requestAnimationFrame)
  while (document.querySelector('cafe-home .choice a.button') === null) await tick()
  await tick()
  await new Promise((resolve) => requestIdleCallback(resolve))
  return performance.now()
}

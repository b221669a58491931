/** A tab that lends is closed: the time from its `pagehide` until the worker's connection of that tab is `closed`. */
import { lostFigure } from './lost.ts'

export const figure = lostFigure('bridge_lost_ms', async (page) => {
  await page.close()
  return undefined // the page itself says when
})

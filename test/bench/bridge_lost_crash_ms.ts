/** A tab that lends crashes: the time from the order to crash until the worker's connection of that tab is `closed`. */
import { lostFigure } from './lost.ts'

export const figure = lostFigure('bridge_lost_crash_ms', async (page, { context }) => {
  const session = await context.newCDPSession(page)
  const began = Date.now()
  session.send('Page.crash').catch(() => {}) // the answer never comes: who should give it is gone
  return began
})

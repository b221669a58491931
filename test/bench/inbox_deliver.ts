/**
 * Letters a second that a cafe takes in its worker, each checked, committed and receipted, against bare strict transactions
 * over the same bytes in the best group size.
 */
import type { Figure } from './figure.ts'
import { againstBest } from './lab.ts'

/** A usual letter: the size of a short post. */
const SIZE = 4096
const COUNT = 2000

export const figure: Figure = {
  name: 'inbox_deliver',
  unit: 'letters/s',
  async run(context) {
    const lab = await context.lab()
    return againstBest(
      [16, 64, 256, 1000],
      async () => (COUNT * 1000) / (await lab.call('inboxDeliver', SIZE, COUNT)),
      async (group) => (COUNT * 1000) / (await lab.call('inboxDeliverRaw', SIZE, COUNT, group)),
    )
  },
}

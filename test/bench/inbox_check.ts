/**
 * Letters a second that a device gets from a cafe and acknowledges, against reading the same bytes from bare IndexedDB and
 * removing them by strict transactions, in the best group size.
 */
import type { Figure } from './figure.ts'
import { againstBest } from './lab.ts'

/** A usual letter: the size of a short post. */
const SIZE = 4096
const COUNT = 2000

export const figure: Figure = {
  name: 'inbox_check',
  unit: 'letters/s',
  async run(context) {
    const lab = await context.lab()
    return againstBest(
      [16, 64, 256, 1000],
      async () => (COUNT * 1000) / (await lab.call('inboxCheck', SIZE, COUNT)),
      async (group) => (COUNT * 1000) / (await lab.call('inboxCheckRaw', SIZE, COUNT, group)),
    )
  },
}

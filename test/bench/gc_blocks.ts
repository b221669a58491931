/** Blocks a second that a collection removes, from the mark to the last forgotten list, against bare strict deletes. */
import type { Figure } from './figure.ts'
import { againstBest } from './lab.ts'

const SIZE = 4096
const COUNT = 8192

export const figure: Figure = {
  name: 'gc_blocks',
  unit: 'blocks/s',
  async run(context) {
    const lab = await context.lab()
    return againstBest(
      [512, 2048, 8192],
      async () => (COUNT * 1000) / (await lab.call('collect', SIZE, COUNT)),
      async (batch) => (COUNT * 1000) / (await lab.call('removeRaw', SIZE, COUNT, batch)),
    )
  },
}

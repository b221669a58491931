/** What pinning and unpinning 64 small blocks costs at a million stored blocks, by its cost at a thousand. */
import type { Figure } from './figure.ts'
import { growthOf } from './lab.ts'

export const figure: Figure = {
  name: 'pin_growth',
  unit: 'x',
  async run(context) {
    const { pin, pinRaw } = await context.growth()
    return growthOf(pin, pinRaw)
  },
}

/** What looking up a block costs at a million stored blocks, by its cost at a thousand. */
import type { Figure } from './figure.ts'
import { growthOf } from './lab.ts'

export const figure: Figure = {
  name: 'has_growth',
  unit: 'x',
  async run(context) {
    const { has, hasRaw } = await context.growth()
    return growthOf(has, hasRaw)
  },
}

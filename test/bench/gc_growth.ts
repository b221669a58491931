/** What a whole collection costs for each stored block at a million stored blocks, by its cost at a thousand. */
import type { Figure } from './figure.ts'
import { growthOf } from './lab.ts'

export const figure: Figure = {
  name: 'gc_growth',
  unit: 'x',
  run: async (context) => growthOf((await context.growth()).collect),
}

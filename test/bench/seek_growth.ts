/**
 * What a place in an encrypted file of 1 GiB costs by what one of 16 MiB does, in the middle: 1 would be no growth. The limit
 * is how much more a leaf of it costs raw.
 */
import { MiB } from '../../src/core/limits.ts'
import { type Figure, median } from './figure.ts'
import { rawSeeks, seeks } from './gateway.ts'

const ROUNDS = 5
const SEEKS = 40

export const figure: Figure = {
  name: 'seek_growth',
  unit: 'x',
  async run(context) {
    const world = await context.gateway()
    const [small, large, smallRaw, largeRaw]: number[][] = [[], [], [], []]
    // In turn, so that what else the machine does falls on both.
    for (let round = 0; round < ROUNDS; round++) {
      small?.push(...(await seeks(world, 16 * MiB, SEEKS)))
      large?.push(...(await seeks(world, 1024 * MiB, SEEKS)))
      smallRaw?.push(...(await rawSeeks(world, 16 * MiB, SEEKS)))
      largeRaw?.push(...(await rawSeeks(world, 1024 * MiB, SEEKS)))
    }
    const growth = (a: number[] = [], b: number[] = []): number => median(b) / median(a)
    return { value: growth(small, large), limit: growth(smallRaw, largeRaw), runs: ROUNDS * SEEKS }
  },
}

/** A place in an open encrypted file of 1 GiB, to its first bytes; the limit is one of its leaves raw. */
import { MiB } from '../../src/core/limits.ts'
import type { Figure } from './figure.ts'
import { p95, rawSeeks, seeks } from './gateway.ts'

const SEEKS = 200

export const figure: Figure = {
  name: 'seek_1gib_p95',
  unit: 'ms',
  inverse: true,
  async run(context) {
    const world = await context.gateway()
    const times = await seeks(world, 1024 * MiB, SEEKS)
    return { value: p95(times), limit: p95(await rawSeeks(world, 1024 * MiB, SEEKS)), runs: SEEKS }
  },
}

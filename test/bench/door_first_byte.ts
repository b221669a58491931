/** From the request to the first byte of a file at a cafe in a tab; the limit is the same file without tab and relay. */
import { LEAF } from '../../src/core/limits.ts'
import { openDoor } from './door.ts'
import { compare, type Figure } from './figure.ts'

const RUNS = 25

export const figure: Figure = {
  name: 'door_first_byte',
  unit: 'ms',
  inverse: true,
  async run(context) {
    const { through, directly, close } = await openDoor(context, 4 * LEAF)
    try {
      return await compare(
        RUNS,
        async () => (await through()).first,
        async () => (await directly()).first,
      )
    } finally {
      await close()
    }
  },
}

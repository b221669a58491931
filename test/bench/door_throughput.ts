/** 64 MiB from a cafe in a tab through the relay's door; the limit is the same handler and file without tab and relay. */
import { FILE_SIZE } from './context.ts'
import { openDoor } from './door.ts'
import { compare, type Figure, rate } from './figure.ts'

export const figure: Figure = {
  name: 'door_throughput',
  unit: 'MiB/s',
  async run(context) {
    const { through, directly, close } = await openDoor(context, FILE_SIZE)
    try {
      return await compare(
        3,
        async () => rate(FILE_SIZE, (await through()).all),
        async () => rate(FILE_SIZE, (await directly()).all),
      )
    } finally {
      await close()
    }
  },
}

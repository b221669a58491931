/**
 * Processor seconds of the relay's process for each GiB that passes through it. The limit is those of a process that echoes
 * the same bytes on a bare WebSocket, without encryption or streams.
 */
import { compare, type Figure } from './figure.ts'
import { CARRIED, openCircuit, openEcho } from './relay-process.ts'

const perGiB = (cpu: number): number => cpu / ((2 * CARRIED) / 1024 ** 3)

export const figure: Figure = {
  name: 'relay_cpu_per_gib',
  unit: 's/GiB',
  inverse: true,
  async run(context) {
    const { relay, pid } = await context.relay()
    const [circuit, echo] = [await openCircuit(relay[0] as string, pid()), await openEcho()]
    try {
      return await compare(
        3,
        async () => perGiB((await circuit.carry()).cpu),
        async () => perGiB((await echo.carry()).cpu),
      )
    } finally {
      await Promise.all([circuit.close(), echo.close()])
    }
  },
}

/**
 * 64 MiB there and back through a circuit of the relay's process, between two libp2p nodes in one Node process: encrypted
 * from end to end, and once more on each way to the relay. The limit is a process that echoes bare WebSocket messages.
 */
import { compare, type Figure, rate } from './figure.ts'
import { CARRIED, openCircuit, openEcho } from './relay-process.ts'

export const figure: Figure = {
  name: 'relay_throughput',
  unit: 'MiB/s',
  async run(context) {
    const { relay, pid } = await context.relay()
    const [circuit, echo] = [await openCircuit(relay[0] as string, pid()), await openEcho()]
    try {
      return await compare(
        3,
        async () => rate(2 * CARRIED, (await circuit.carry()).ms),
        async () => rate(2 * CARRIED, (await echo.carry()).ms),
      )
    } finally {
      await Promise.all([circuit.close(), echo.close()])
    }
  },
}

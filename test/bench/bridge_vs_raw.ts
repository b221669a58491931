/**
 * One libp2p stream between two SharedWorkers over WebRTC that their tabs lend, 64 MiB one way. The limit is a raw data
 * channel between the same tabs: no bridge, no libp2p.
 */
import { FILE_SIZE } from './context.ts'
import { compare, type Figure, rate } from './figure.ts'
import { openRawChannel } from './raw-channel.ts'

export const figure: Figure = {
  name: 'bridge_vs_raw',
  unit: 'MiB/s',
  async run(context) {
    const { near, far, throughput } = await context.peers()
    const raw = await openRawChannel(near, far)
    try {
      return await compare(
        5,
        () => throughput('worker', 'direct', FILE_SIZE),
        async () => rate(FILE_SIZE, await raw.send(FILE_SIZE)),
      )
    } finally {
      await raw.close()
    }
  },
}

/**
 * One libp2p stream between two SharedWorkers over WebRTC that their tabs lend, 64 MiB one way. The limit is the same
 * libp2p in the windows of the same tabs, which have WebRTC themselves.
 */
import { FILE_SIZE } from './context.ts'
import { compare, type Figure } from './figure.ts'

export const figure: Figure = {
  name: 'bridge_throughput',
  unit: 'MiB/s',
  async run(context) {
    const { throughput } = await context.peers()
    return compare(
      5,
      () => throughput('worker', 'direct', FILE_SIZE),
      () => throughput('window', 'direct', FILE_SIZE),
    )
  },
}

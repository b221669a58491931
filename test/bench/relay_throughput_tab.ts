/**
 * One libp2p stream between two SharedWorkers on a circuit through the relay, 64 MiB one way: encrypted from end to end
 * and once more on each of the two WebSockets. The limit is the same libp2p in the windows of the same tabs, through the
 * same relay.
 */
import { FILE_SIZE } from './context.ts'
import { compare, type Figure } from './figure.ts'

export const figure: Figure = {
  name: 'relay_throughput_tab',
  unit: 'MiB/s',
  async run(context) {
    const { throughput } = await context.peers()
    return compare(
      3,
      () => throughput('worker', 'relayed', FILE_SIZE),
      () => throughput('window', 'relayed', FILE_SIZE),
    )
  },
}

/**
 * A byte there and back on a libp2p stream between two SharedWorkers over WebRTC that their tabs lend: the median of 600
 * in each run. The limit is the same libp2p in the windows of the same tabs. The ratio is limit by value, so that 1 or
 * more means as good as a window, as it does for throughput.
 */
import { compare, type Figure, median } from './figure.ts'
import type { Place } from './peers.ts'

const ECHOES = 600

export const figure: Figure = {
  name: 'bridge_rtt',
  unit: 'ms',
  inverse: true,
  async run(context) {
    const peers = await context.peers()
    const echo = async (place: Place): Promise<number> => median(await peers.echo(place, 'direct', ECHOES))
    return compare(
      5,
      () => echo('worker'),
      () => echo('window'),
    )
  },
}

/**
 * Letters of 4 KiB a second that a cafe in Node takes over real sockets, each committed and receipted; against synced puts of
 * LevelDB of as many bytes on the same disk.
 */
import { compare, type Figure } from './figure.ts'
import { openNodeCafe } from './node-cafe.ts'

export const figure: Figure = {
  name: 'node_deliver',
  unit: 'operations/s',
  async run() {
    const cafe = await openNodeCafe()
    try {
      return await compare(
        3,
        () => cafe.deliver(300, 4096),
        () => cafe.commits(300, 4096),
      )
    } finally {
      await cafe.close()
    }
  },
}

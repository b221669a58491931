/**
 * Pins a second of a block of 64 KiB that a cafe in Node takes over real sockets, each verified, stored and receipted; against files
 * of as many bytes, written and synced on the same disk.
 */
import { compare, type Figure } from './figure.ts'
import { openNodeCafe } from './node-cafe.ts'

export const figure: Figure = {
  name: 'node_pin',
  unit: 'operations/s',
  async run() {
    const cafe = await openNodeCafe()
    try {
      return await compare(
        3,
        () => cafe.pin(200, 65_536),
        () => cafe.files(200, 65_536),
      )
    } finally {
      await cafe.close()
    }
  },
}

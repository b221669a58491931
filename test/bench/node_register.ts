/**
 * Registrations a second that a cafe in Node takes over real sockets, each with a challenge, a signature to check, a commit and two
 * signed tokens; against synced puts of LevelDB on the same disk.
 */
import { compare, type Figure } from './figure.ts'
import { openNodeCafe } from './node-cafe.ts'

export const figure: Figure = {
  name: 'node_register',
  unit: 'operations/s',
  async run() {
    const cafe = await openNodeCafe()
    try {
      return await compare(
        3,
        () => cafe.register(200),
        () => cafe.commits(200, 512),
      )
    } finally {
      await cafe.close()
    }
  },
}

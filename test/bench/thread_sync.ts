/**
 * Bytes a second of a thread of a thousand posts that come to a member who has none of them, each block checked, opened and
 * committed, against the same bytes over one libp2p stream between the same nodes (in one process, over WebSockets).
 */
import { compare, type Figure, rate } from './figure.ts'
import { openMembers } from './members.ts'

const COUNT = 1000
const SIZE = 200

export const figure: Figure = {
  name: 'thread_sync',
  unit: 'MiB/s',
  async run() {
    const members = await openMembers(COUNT, SIZE)
    try {
      const { bytes } = members
      return await compare(
        5,
        async () => rate(bytes, await members.sync()),
        async () => rate(bytes, await members.raw()),
      )
    } finally {
      await members.close()
    }
  },
}

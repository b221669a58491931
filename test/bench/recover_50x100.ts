/**
 * Milliseconds to recover 50 threads of 100 blocks by words from one cafe: registered, opened, every block fetched, checked and
 * put in its place. The limit is the same bytes, fetched over one bare libp2p stream between the same nodes and thrown away.
 */
import { compare, type Figure } from './figure.ts'
import { openRecovery } from './recovery.ts'

export const figure: Figure = {
  name: 'recover_50x100',
  unit: 'ms',
  inverse: true,
  async run() {
    const recovery = await openRecovery(50, 100)
    try {
      return await compare(3, recovery.recover, recovery.raw)
    } finally {
      await recovery.close()
    }
  },
}

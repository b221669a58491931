/**
 * How much of small records (snapshots, drops, cards) each may write and read (security.md D7, F3). Writing is an
 * account's, however many devices it has; reading needs no session, so it is a peer's, and strangers share one allowance
 * more: peers cost nothing to make.
 */
import type { Clock } from '../core/clock.ts'
import { CafeError } from '../core/errors.ts'
import type { Address, PeerIdText } from '../core/ids.ts'
import {
  LOOK_BURST,
  LOOK_BURST_STRANGERS,
  LOOK_COST,
  LOOK_RATE,
  LOOK_RATE_STRANGERS,
  MAX_RATE_KEYS,
  RECORDS_BURST,
  RECORDS_RATE,
} from '../core/limits.ts'
import { createRate } from '../core/rate.ts'

/** Each is called before the work, and counts LOOK_COST more for each record. @throws CafeError BUSY {after}. */
export interface Paces {
  write(account: Address, bytes: number): void
  read(peer: PeerIdText, records: number, bytes: number): Promise<void>
}

export interface PaceComponents {
  readonly clock: Clock
  /** Is this peer a client? */
  readonly knows: (peer: PeerIdText) => Promise<boolean>
}

export function createPaces({ clock, knows }: PaceComponents): Paces {
  const bytes = (burst: number, rate: number) =>
    createRate({ burst, every: 1000 / rate, clock, parties: MAX_RATE_KEYS })
  const writing = bytes(RECORDS_BURST, RECORDS_RATE)
  // Two, so that no crowd of strangers takes the places of clients.
  const reading = { known: bytes(LOOK_BURST, LOOK_RATE), strange: bytes(LOOK_BURST, LOOK_RATE) }
  const strangers = bytes(LOOK_BURST_STRANGERS, LOOK_RATE_STRANGERS)
  const pass = (after: number): void => {
    if (after > 0) throw new CafeError('BUSY', { after })
  }
  return {
    write: (account, size) => pass(writing.draw(account, LOOK_COST + size)),
    async read(peer, records, size) {
      const cost = records * LOOK_COST + size
      const known = await knows(peer)
      pass((known ? reading.known : reading.strange).draw(peer, cost))
      if (!known) pass(strangers.draw('all', cost))
    },
  }
}

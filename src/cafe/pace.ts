/**
 * How much of small records (snapshots, drops, cards) each may write and read (security.md D7, F3). What is asked in a
 * session is counted for the account, however many devices it has. Looking at drops and cards needs none, so it is counted
 * for the peer, and strangers share one allowance more: peers cost nothing to make.
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
  READ_BURST,
  READ_RATE,
  RECORDS_BURST,
  RECORDS_RATE,
} from '../core/limits.ts'
import { createRate } from '../core/rate.ts'

/** Each is called before the work, and counts LOOK_COST more for each record. @throws CafeError BUSY {after}. */
export interface Paces {
  /** Writes a record of so many bytes, or finds that it cannot or need not. */
  write(account: Address, bytes: number): void
  /** Reads what is the account's own. */
  read(account: Address, records: number, bytes: number): void
  /** Looks at what is there for all. */
  look(peer: PeerIdText, records: number, bytes: number): Promise<void>
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
  const reading = bytes(READ_BURST, READ_RATE)
  // Two, so that no crowd of strangers takes the places of clients.
  const looking = { known: bytes(LOOK_BURST, LOOK_RATE), strange: bytes(LOOK_BURST, LOOK_RATE) }
  const strangers = bytes(LOOK_BURST_STRANGERS, LOOK_RATE_STRANGERS)
  const pass = (after: number): void => {
    if (after > 0) throw new CafeError('BUSY', { after })
  }
  return {
    write: (account, size) => pass(writing.draw(account, LOOK_COST + size)),
    read: (account, records, size) => pass(reading.draw(account, records * LOOK_COST + size)),
    async look(peer, records, size) {
      const cost = records * LOOK_COST + size
      const known = await knows(peer)
      pass((known ? looking.known : looking.strange).draw(peer, cost))
      if (!known) pass(strangers.draw('all', cost))
    },
  }
}

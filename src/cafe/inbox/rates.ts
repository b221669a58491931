/**
 * How often letters may come (security.md D5): by one key, from one peer, and by all strangers together. Who has a key
 * never waits for strangers, however many they are: they have buckets of their own.
 */
import type { Clock } from '../../core/clock.ts'
import { CafeError } from '../../core/errors.ts'
import type { Address, PeerIdText } from '../../core/ids.ts'
import { LETTERS_OF_STRANGERS, LETTERS_PER_KEY, LETTERS_PER_PEER, MAX_RATE_KEYS } from '../../core/limits.ts'
import { createRate, type Pace } from '../../core/rate.ts'
import type { OpenDoor } from './doors.ts'

export interface MailRates {
  readonly key: Pace
  readonly peer: Pace
  readonly strangers: Pace
}

export const MAIL_RATES: MailRates = { key: LETTERS_PER_KEY, peer: LETTERS_PER_PEER, strangers: LETTERS_OF_STRANGERS }

/** Takes a turn for one letter. @throws CafeError BUSY {after} where there is none. */
export type LetterTurn = (peer: PeerIdText, to: Address, by: OpenDoor) => void

export function createLetterTurns(rates: MailRates, clock: Clock): LetterTurn {
  const buckets = (pace: Pace) => createRate({ ...pace, clock, parties: MAX_RATE_KEYS })
  const peers = { known: buckets(rates.peer), strange: buckets(rates.peer) }
  const keys = buckets(rates.key)
  const strangers = buckets(rates.strangers)
  const pass = (after: number): void => {
    if (after > 0) throw new CafeError('BUSY', { after })
  }
  return (peer, to, { key }) => {
    pass((key === undefined ? peers.strange : peers.known).draw(peer, 1))
    pass(key === undefined ? strangers.draw('all', 1) : keys.draw(`${to}/${key}`, 1))
  }
}

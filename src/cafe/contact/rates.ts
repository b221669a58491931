/**
 * How often who may search, and how many cards that may bring (security.md F3): what an account or a cafe learns in an hour
 * is bounded, whatever it asks. Cafes that this one does not know share one allowance more: peers cost nothing to make.
 */
import type { Clock } from '../../core/clock.ts'
import { CafeError } from '../../core/errors.ts'
import type { Address, PeerIdText } from '../../core/ids.ts'
import {
  ANSWER_PACE,
  ANSWER_PACE_STRANGERS,
  ASK_PACE,
  ASK_PACE_STRANGERS,
  FIND_PACE,
  FOUND_PACE,
  MAX_RATE_KEYS,
} from '../../core/limits.ts'
import { createRate, type Pace } from '../../core/rate.ts'

/** Counts one card that is given; 0, or the milliseconds after which it may be. */
export type Meter = () => number

export interface FindRates {
  /** A client searches. @throws CafeError BUSY {after}. */
  search(account: Address): Meter
  /** A peer asks for its clients. @throws CafeError BUSY {after}. */
  ask(peer: PeerIdText): Meter
}

export interface FindRatesComponents {
  readonly clock: Clock
  /** Is this peer a cafe that has answered? */
  readonly isCafe: (peer: PeerIdText) => boolean
}

export function createFindRates({ clock, isCafe }: FindRatesComponents): FindRates {
  const rate = (pace: Pace) => createRate({ ...pace, clock, parties: MAX_RATE_KEYS })
  const [searches, found] = [rate(FIND_PACE), rate(FOUND_PACE)]
  // Two of each, so that no crowd of strangers takes the places of cafes.
  const known = { asks: rate(ASK_PACE), answers: rate(ANSWER_PACE) }
  const strange = { asks: rate(ASK_PACE), answers: rate(ANSWER_PACE) }
  const strangers = { asks: rate(ASK_PACE_STRANGERS), answers: rate(ANSWER_PACE_STRANGERS) }
  const pass = (after: number): void => {
    if (after > 0) throw new CafeError('BUSY', { after })
  }
  return {
    search(account) {
      pass(searches.draw(account, 1))
      return () => found.draw(account, 1)
    },
    ask(peer) {
      if (isCafe(peer)) {
        pass(known.asks.draw(peer, 1))
        return () => known.answers.draw(peer, 1)
      }
      pass(strange.asks.draw(peer, 1))
      pass(strangers.asks.draw('all', 1))
      return () => strange.answers.draw(peer, 1) || strangers.answers.draw('all', 1)
    },
  }
}

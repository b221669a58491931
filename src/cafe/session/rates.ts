/** How often who may ask for a challenge, try to register, or come to an open cafe (security.md D6). */
import type { Clock } from '../../core/clock.ts'
import { CafeError } from '../../core/errors.ts'
import type { PeerIdText } from '../../core/ids.ts'
import {
  CHALLENGES_OF_STRANGERS,
  CHALLENGES_PER_PEER,
  MAX_RATE_KEYS,
  OPEN_ADMISSIONS,
  REGISTRATIONS_OF_CLIENT,
  REGISTRATIONS_OF_STRANGER,
} from '../../core/limits.ts'
import { createRate, type Pace } from '../../core/rate.ts'

export interface SessionRates {
  readonly challenges: Pace
  readonly strangers: Pace
  readonly registrations: Pace
  readonly clients: Pace
  readonly admissions: Pace
}

export const SESSION_RATES: SessionRates = {
  challenges: CHALLENGES_PER_PEER,
  strangers: CHALLENGES_OF_STRANGERS,
  registrations: REGISTRATIONS_OF_STRANGER,
  clients: REGISTRATIONS_OF_CLIENT,
  admissions: OPEN_ADMISSIONS,
}

/** Each takes a turn. @throws CafeError BUSY {after} where there is none. `known` peers never wait for strangers. */
export interface Turns {
  challenge(peer: PeerIdText, known: boolean): void
  register(peer: PeerIdText, known: boolean): void
  /** A registration was refused for nothing that the peer could help: it takes no turn. */
  unregister(peer: PeerIdText, known: boolean): void
  admit(): void
}

export function createTurns(rates: SessionRates, clock: Clock): Turns {
  const buckets = (pace: Pace) => createRate({ ...pace, clock, parties: MAX_RATE_KEYS })
  // Two of each, so that no crowd of strangers takes the places of clients.
  const challenges = { known: buckets(rates.challenges), strange: buckets(rates.challenges) }
  const registrations = { known: buckets(rates.clients), strange: buckets(rates.registrations) }
  const strangers = buckets(rates.strangers)
  const admissions = buckets(rates.admissions)
  const pass = (after: number): void => {
    if (after > 0) throw new CafeError('BUSY', { after })
  }
  return {
    challenge(peer, known) {
      pass((known ? challenges.known : challenges.strange).draw(peer, 1))
      if (!known) pass(strangers.draw('all', 1))
    },
    register: (peer, known) => pass((known ? registrations.known : registrations.strange).draw(peer, 1)),
    unregister: (peer, known) => (known ? registrations.known : registrations.strange).giveBack(peer, 1),
    admit: () => pass(admissions.draw('all', 1)),
  }
}

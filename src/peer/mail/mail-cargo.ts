/** Mail in a move: what lies unread at the cafes of the account is fetched before one of them is left. */
import type { PeerIdText } from '../../core/ids.ts'
import type { Cafes } from '../cafes.ts'
import type { Cargo } from '../move.ts'

export interface MailCargoComponents {
  readonly cafes: Pick<Cafes, 'list'>
  /** All that is there now has been taken. */
  readonly drain: (cafe: PeerIdText, signal: AbortSignal) => Promise<void>
}

/** Milliseconds for one cafe. */
const TIME = 60_000
/** Rounds in which a cafe is not reached that are waited for: then what it has cannot be had, and nobody moves without it. */
const ROUNDS = 5

export function createMailCargo({ cafes, drain }: MailCargoComponents): Cargo {
  const failures = new Map<PeerIdText, number>()
  return {
    name: 'mail',
    async bring(to, { signal }) {
      const others = (await cafes.list()).filter(({ cafe, state }) => cafe !== to && state === 'active')
      let left = 0
      for (const { cafe } of others) {
        try {
          await drain(cafe, AbortSignal.any([signal, AbortSignal.timeout(TIME)]))
          failures.delete(cafe)
        } catch {
          signal.throwIfAborted()
          const rounds = (failures.get(cafe) ?? 0) + 1
          failures.set(cafe, rounds)
          if (rounds <= ROUNDS) left++
        }
      }
      return left
    },
  }
}

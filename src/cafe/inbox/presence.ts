/**
 * Whether an account has an inbox here, asked for each letter and so remembered: only that it has, and until somebody says that
 * this may have changed.
 */
import type { Address } from '../../core/ids.ts'
import type { Devices } from '../guard.ts'

export interface Presence {
  /** Bytes that the account may keep here; undefined if none of its devices is a client. */
  quotaOf(account: Address): Promise<number | undefined>
  /** Ask anew: devices of it have gone, or the account. */
  forget(account: Address): void
}

export function createPresence(devices: Devices): Presence {
  const known = new Map<Address, Promise<number | undefined>>()

  const ask = async (account: Address): Promise<number | undefined> => {
    const { peers, quota } = await devices(account)
    return peers.length > 0 ? quota : undefined
  }

  return {
    quotaOf(account) {
      const before = known.get(account)
      if (before) return before
      const asked = ask(account)
      // Kept before the answer is there: whoever says meanwhile that it has changed takes it away with that.
      known.set(account, asked)
      const drop = (): void => {
        if (known.get(account) === asked) known.delete(account)
      }
      asked.then((quota) => quota === undefined && drop(), drop)
      return asked
    },
    forget: (account) => void known.delete(account),
  }
}

/**
 * What a cafe can know of what its guests would miss while it is closed. It cannot see what they keep elsewhere: what it
 * knows of other copies is what it has forwarded itself.
 */

import type { Who } from './live.ts'
import type { Forwarding } from './pin/forward.ts'
import type { Keep } from './pin/keep.ts'
import type { SessionStore } from './session/store.ts'

export interface Leaving {
  /** Accounts that keep files here, and of all of them: roots and ciphertext bytes. */
  readonly accounts: number
  readonly roots: number
  readonly bytes: number
  /** Roots of these that a pinning service has too. */
  readonly elsewhere: number
  /** Bytes of uploads that are not finished: only a part of them is here, and no receipt was given. */
  readonly unfinished: number
  /** Letters that lie here for somebody. */
  readonly letters: number
  /** Devices that hear a farewell at once. */
  readonly listening: number
}

interface LeavingComponents {
  readonly store: Pick<SessionStore, 'clients'>
  readonly keep: Pick<Keep, 'usage' | 'status'>
  readonly forwarding: Pick<Forwarding, 'status'>
  readonly letters: () => number
  readonly hears: (client: Who) => boolean
}

export async function leavingOf({ store, keep, forwarding, letters, hears }: LeavingComponents): Promise<Leaving> {
  const clients = (await store.clients.list([])).map(({ row }) => row)
  const accounts = [...new Set(clients.map(({ account }) => account))]
  const [usages, forwarded] = await Promise.all([Promise.all(accounts.map(keep.usage)), forwarding.status()])
  const keeping = usages.filter(({ roots }) => roots > 0)
  const roots = keeping.reduce((sum, usage) => sum + usage.roots, 0)
  return {
    accounts: keeping.length,
    roots,
    bytes: keeping.reduce((sum, usage) => sum + usage.bytes, 0),
    // A root of several accounts is forwarded once.
    elsewhere: Math.min(roots, forwarded?.counts.pinned ?? 0),
    unfinished: keep.status().leased,
    letters: letters(),
    listening: clients.filter(hears).length,
  }
}

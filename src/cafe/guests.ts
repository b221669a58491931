/** Whom a cafe wants to be reached by, for relays that ask: its clients, those who wait for an answer, holders of invites. */
import type { PeerIdText } from '../core/ids.ts'
import { modeOf } from './session/admit.ts'
import type { SessionStore } from './session/store.ts'
import type { CafeTime } from './session/time.ts'

export interface CafeGuests {
  /** The cafe is open, or its host wants to be asked: then anybody may knock. */
  readonly strangers: boolean
  readonly peers: readonly PeerIdText[]
  /** Hashes of the tokens that still admit, newest first; milliseconds until they end and how many they still let in. */
  readonly invites: ReadonlyArray<{
    readonly hash: Uint8Array
    readonly left?: number | undefined
    readonly guests?: number | undefined
  }>
}

/** A token for one may be tried by a few: somebody opens the link on the phone first and joins with the laptop. */
const TRIES = 3
/** More than this is as good as any number. */
const MANY = 200

export function createGuests(store: SessionStore, time: Pick<CafeTime, 'now'>): () => Promise<CafeGuests> {
  return async () => {
    const now = time.now()
    const [clients, requests, tokens, mode] = await Promise.all([
      store.clients.list([]),
      store.requests.list([]),
      store.tokens.list([]),
      modeOf(store),
    ])
    const admitted = clients.filter(({ row }) => row.revoked === null).map(({ row }) => row.peer)
    const asked = requests.filter(({ row }) => row.expires > now && row.state !== 'refused').map(({ row }) => row.peer)
    const good = tokens
      .map(({ row }) => row)
      .filter(({ revoked, uses, expires }) => revoked === null && uses !== 0 && (expires === null || expires > now))
      .sort((a, b) => b.created - a.created)
    return {
      strangers: mode !== 'invite',
      peers: [...admitted, ...asked],
      invites: good.map(({ hash, expires, uses }) => ({
        hash,
        left: expires === null ? undefined : expires - now,
        guests: uses === null || uses > MANY ? undefined : uses + TRIES,
      })),
    }
  }
}

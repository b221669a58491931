/**
 * Whom a cafe wants to be reached by, for relays that ask: its clients, those who wait for an answer, holders of invites, and
 * whoever has nothing but the words of a client's account.
 */
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
  /** What clients' accounts have told it for that (`session`, `putVoucher`), those that were here last first. */
  readonly accounts: readonly Uint8Array[]
}

/** A token for one may be tried by a few: somebody opens the link on the phone first and joins with the laptop. */
const TRIES = 3
/** More than this is as good as any number. */
const MANY = 200

export function createGuests(store: SessionStore, time: Pick<CafeTime, 'now'>): () => Promise<CafeGuests> {
  return async () => {
    const now = time.now()
    const [clients, sessions, vouchers, requests, tokens, mode] = await Promise.all([
      store.clients.list([]),
      store.sessions.list([]),
      store.vouchers.list([]),
      store.requests.list([]),
      store.tokens.list([]),
      modeOf(store),
    ])
    const admitted = clients.filter(({ row }) => row.revoked === null).map(({ row }) => row.peer)
    const standing = new Set(clients.filter(({ row }) => row.revoked === null).map(({ row }) => row.account))
    const last = new Map<string, number>()
    for (const { row } of sessions) last.set(row.account, Math.max(row.issued, last.get(row.account) ?? 0))
    const lastOf = (account: string): number => last.get(account) ?? 0
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
      accounts: vouchers
        .map(({ row }) => row)
        .filter(({ account }) => standing.has(account))
        .sort((a, b) => lastOf(b.account) - lastOf(a.account))
        .map(({ secret }) => secret),
    }
  }
}

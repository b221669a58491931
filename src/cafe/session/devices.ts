/**
 * Devices of one account at a cafe. Whoever proves the account's key is as much the client as the device that came first:
 * it needs no token, has the same terms, and ends with the same token. Only so does somebody who has nothing left but the
 * words reach what is kept here. There is an end to the number; then the one that was silent longest gives its place,
 * since a person who has lost many devices must not be kept out by them.
 */
import type { Address, PeerIdText } from '../../core/ids.ts'
import { MAX_DEVICES } from '../../core/limits.ts'
import type { Change } from '../../store/rows.ts'
import type { Who } from '../live.ts'
import type { Bearers } from './bearers.ts'
import type { ClientRow, SessionStore } from './store.ts'

/** On what terms a client is here. */
export type Terms = Pick<ClientRow, 'token' | 'quota' | 'services'>

/**
 * The terms for one more device of an account that is a client here: those of the device that may keep most, and of the
 * first of these. Undefined where none is, or all came with a token that was revoked.
 */
export async function termsOf(store: Pick<SessionStore, 'clients'>, account: Address): Promise<Terms | undefined> {
  const all = (await store.clients.list([account])).map(({ row }) => row)
  const standing = all.filter(({ revoked }) => revoked === null)
  const [best] = standing.sort((a, b) => b.quota - a.quota || a.since - b.since)
  return best && { token: best.token, quota: best.quota, services: best.services }
}

export interface Place {
  /** Part of the commit that admits the new device. */
  readonly changes: readonly Change[]
  /** To be told after it. */
  readonly gone: readonly Who[]
}

/** A place for the device `peer`, if need be that of another one of the account. */
export async function placeFor(
  { store, bearers }: { readonly store: SessionStore; readonly bearers: Pick<Bearers, 'erase'> },
  { account, peer }: Who,
): Promise<Place> {
  const others = (await store.clients.list([account])).filter(({ row }) => row.peer !== peer)
  if (others.length < MAX_DEVICES) return { changes: [], gone: [] }
  const heard = await Promise.all(
    // One whose token was revoked is as good as gone.
    others.map(async ({ row }) => ({ row, at: row.revoked === null ? await lastHeard(store, row) : 0 })),
  )
  const over = heard.sort((a, b) => a.at - b.at).slice(0, others.length - MAX_DEVICES + 1)
  const changes = await Promise.all(over.map(({ row }) => removal(store, bearers, account, row.peer)))
  return { changes: changes.flat(), gone: over.map(({ row }) => ({ account, peer: row.peer })) }
}

/** When a device last began or went on with a session. */
export async function lastHeard(
  store: Pick<SessionStore, 'sessions'>,
  { account, peer, since }: ClientRow,
): Promise<number> {
  const sessions = (await store.sessions.list([peer])).filter(({ row }) => row.account === account)
  return Math.max(since, ...sessions.map(({ row }) => row.issued))
}

async function removal(
  store: SessionStore,
  bearers: Pick<Bearers, 'erase'>,
  account: Address,
  peer: PeerIdText,
): Promise<Change[]> {
  // The peer may be another account's device too, with a session of that one.
  const sessions = (await store.sessions.list([peer])).filter(({ row }) => row.account === account)
  const spent = await bearers.erase(account, peer)
  return [
    store.clients.remove(account, peer),
    ...sessions.map(({ key }) => store.sessions.remove(...key)),
    ...spent.changes,
  ]
}

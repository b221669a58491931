/** Says who is calling: an access token, the peer proved by the handshake, and rows that still stand. */
import type { Clock } from '../core/clock.ts'
import { CafeError } from '../core/errors.ts'
import type { Address, PeerIdText } from '../core/ids.ts'
import type { Issuer } from './session/issue.ts'
import type { SessionStore } from './session/store.ts'

/** A live session of a client, as services see it. */
export interface Session {
  readonly peer: PeerIdText
  readonly account: Address
  readonly sid: string
  /** Bytes this client's account may pin. */
  readonly quota: number
  /** Id of the bearer it came by, over HTTP. */
  readonly bearer?: string
  /** Fires when what it rests on ends, with the reason; its running calls end with it. */
  readonly ended?: AbortSignal
}

/** Is the client of this session still admitted? For work that goes on long after the guard let it in. */
export type Stands = (session: Pick<Session, 'account' | 'peer' | 'bearer'>) => Promise<boolean>

export const createStands =
  (store: SessionStore): Stands =>
  async ({ account, peer }) =>
    (await store.clients.get(account, peer)) !== undefined

export type Guard = (token: string | undefined, peer: PeerIdText) => Promise<Session>

/**
 * The guard of a cafe. A token works only for the peer it was issued to, only while its session and client rows stand,
 * and only in its session's current generation or the one before (an overlapping refresh).
 */
export function createGuard(components: { store: SessionStore; issuer: Issuer; clock: Clock }): Guard {
  const { store, issuer, clock } = components
  return async (token, peer) => {
    if (token === undefined) throw new CafeError('UNAUTHORIZED')
    const claims = await issuer.verify(token, 'access', clock())
    if (claims.sub !== peer || claims.cnf.peer !== peer) throw new CafeError('FORBIDDEN', { why: 'peer' })
    const [row, client] = await Promise.all([
      store.sessions.get(peer, claims.sid),
      store.clients.get(claims.acct, peer),
    ])
    if (!row || !client || row.account !== claims.acct || row.gen - claims.gen > 1) throw new CafeError('UNAUTHORIZED')
    return { peer, account: claims.acct, sid: claims.sid, quota: client.quota }
  }
}

/** Says who is calling: an access token, the peer proved by the handshake, and rows that still stand. */
import type { Clock } from '../core/clock.ts'
import { CafeError } from '../core/errors.ts'
import type { Address, PeerIdText } from '../core/ids.ts'
import type { Live } from './live.ts'
import type { Issuer } from './session/issue.ts'
import { sessionProtocol } from './session/protocol.ts'
import type { SessionStore } from './session/store.ts'

/** A live session of a client, as services see it. */
export interface Session {
  readonly peer: PeerIdText
  readonly account: Address
  readonly sid: string
  /** Bytes this client's account may pin. */
  readonly quota: number
  /** Fires when the client's right to be here ends, with the reason; its running calls end with it. */
  readonly ended: AbortSignal
  /** Id of the bearer it came by, over HTTP. */
  readonly bearer?: string
}

/** Is the client of this session still admitted? For work that goes on long after the guard let it in. */
export type Stands = (session: Pick<Session, 'account' | 'peer' | 'bearer'>) => Promise<boolean>

export const createStands =
  (store: SessionStore): Stands =>
  async ({ account, peer }) => {
    const client = await store.clients.get(account, peer)
    return client !== undefined && client.revoked === null
  }

/** The devices of an account that are admitted and may use a service, and the bytes it may pin: 0 where there is none. */
export type Devices = (account: Address) => Promise<{ readonly peers: readonly PeerIdText[]; readonly quota: number }>

export const createDevices =
  (store: SessionStore, service: string): Devices =>
  async (account) => {
    const all = (await store.clients.list([account])).map(({ row }) => row)
    const admitted = all.filter(({ revoked, services }) => revoked === null && (services?.includes(service) ?? true))
    return { peers: admitted.map(({ peer }) => peer), quota: Math.max(0, ...admitted.map(({ quota }) => quota)) }
  }

/** @throws CafeError UNAUTHORIZED, or FORBIDDEN for a token that is not the caller's or does not include the service. */
export type Guard = (token: string | undefined, peer: PeerIdText, service: string) => Promise<Session>

export interface GuardComponents {
  readonly store: SessionStore
  readonly issuer: Issuer
  /** The cafe's time. */
  readonly now: Clock
  readonly live: Pick<Live, 'until'>
  /** A token of `account` was shown by `peer`, which is not the one it was issued to. */
  readonly onStolen: (account: Address, peer: PeerIdText) => void
}

/**
 * The guard of a cafe. A token works only for the peer it was issued to, only while its session and client rows stand,
 * only for the services that client may use (always for `session`, which is about itself), and only in its session's
 * current generation or the one before (an overlapping refresh).
 */
export function createGuard({ store, issuer, now, live, onStolen }: GuardComponents): Guard {
  return async (token, peer, service) => {
    if (token === undefined) throw new CafeError('UNAUTHORIZED')
    const { sub, cnf, acct: account, sid, gen } = await issuer.verify(token, 'access', now())
    if (sub !== peer || cnf.peer !== peer) {
      onStolen(account, peer)
      throw new CafeError('FORBIDDEN', { why: 'peer' })
    }
    // Before the rows are read: what ends meanwhile fires it.
    const ended = live.until({ account, peer })
    const [row, client] = await Promise.all([store.sessions.get(peer, sid), store.clients.get(account, peer)])
    if (!client) throw await whyGone(store, account)
    if (client.revoked !== null) throw new CafeError('UNAUTHORIZED', { why: 'revoked' })
    if (row?.reused) throw new CafeError('UNAUTHORIZED', { reused: true })
    if (!row || row.account !== account || row.gen - gen > 1) throw new CafeError('UNAUTHORIZED')
    if (client.services && service !== sessionProtocol.name && !client.services.includes(service)) {
      throw new CafeError('FORBIDDEN', { why: 'service', service })
    }
    ended.throwIfAborted()
    return { peer, account, sid, quota: client.quota, ended }
  }
}

/** Why an account that was here is not any more, as an error to throw. */
export async function whyGone(store: SessionStore, account: Address): Promise<CafeError> {
  const evicted = await store.evicted.get(account)
  return new CafeError('UNAUTHORIZED', evicted ? { why: 'evicted', notice: evicted.notice } : {})
}

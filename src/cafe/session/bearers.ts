/**
 * Bearer tokens: what an account's programs send over HTTP, where no handshake proves a peer. A bearer acts for the client
 * that made it, in the services it was made for, until it expires, is revoked, or that client leaves. Only the hash of
 * its secret is kept; its form is that of access tokens (`crypto/token.ts`).
 */
import type { Clock, Random } from '../../core/clock.ts'
import { CafeError } from '../../core/errors.ts'
import { type Address, type PeerIdText, sameBytes } from '../../core/ids.ts'
import { BEARER_TTL, CLOCK_SKEW, MAX_BEARERS } from '../../core/limits.ts'
import { address, bytes, count, peerId, v } from '../../core/schema.ts'
import type { Serial } from '../../core/serial.ts'
import { createToken, parseToken, tokenHash } from '../../crypto/token.ts'
import type { Change, Rows } from '../../store/rows.ts'
import { table } from '../../store/table.ts'
import type { ServiceHandlers } from '../../wire/answer.ts'
import type { Session, Stands } from '../guard.ts'
import type { Live } from '../live.ts'
import { type BearerInfo, bearerInfo, type Scope, type sessionProtocol } from './protocol.ts'
import { SESSION_QUEUE, type SessionStore } from './store.ts'

export interface Bearers {
  /**
   * The session a bearer stands for, if it is good for that service.
   * @throws CafeError UNAUTHORIZED for one that is missing, unknown, over or without its client; FORBIDDEN {why: 'scope'}.
   */
  check(text: string | undefined, service: string): Promise<Session>
  /** As the cafe's own question, and for sessions of bearers: does the bearer stand too? */
  readonly stands: Stands
  grant(
    session: Session,
    wanted: { label: string; scopes: readonly Scope[]; expires?: number | undefined },
  ): Promise<NewBearer>
  list(account: Address): Promise<readonly BearerInfo[]>
  revoke(account: Address, id: string): Promise<boolean>
  /** Changes that end all bearers of a client, or of an account, and how many: part of the commit that ends those. */
  erase(account: Address, peer?: PeerIdText): Promise<{ readonly changes: readonly Change[]; readonly count: number }>
}

export interface NewBearer {
  readonly id: string
  readonly text: string
  readonly expires: number
}

export interface BearerComponents {
  readonly store: SessionStore
  /** Is the client still admitted? */
  readonly stands: Stands
  readonly serial: Serial
  /** Ends running calls with the client they act for. */
  readonly live: Pick<Live, 'until'>
  readonly clock: Clock
  readonly random: Random
}

export function createBearers({ store, stands, serial, live, clock, random }: BearerComponents): Bearers {
  const { infos, keys } = bearerStore(store.rows)
  /** What ends the running calls of a bearer, by its id: of those that were used since the cafe opened. */
  const running = new Map<string, AbortController>()

  const ended = (id: string): AbortSignal => {
    const stop = running.get(id) ?? new AbortController()
    running.set(id, stop)
    return stop.signal
  }

  /** Ends its running calls and gives the changes that end it. */
  const end = (account: Address, { peer, id }: BearerRow): Change[] => {
    running.get(id)?.abort(new CafeError('UNAUTHORIZED'))
    running.delete(id)
    return [infos.remove(account, peer, id), keys.remove(id)]
  }

  const rowsOf = async (...owner: [Address] | [Address, PeerIdText]): Promise<BearerRow[]> =>
    (await infos.list(owner)).map(({ row }) => row)

  /** The bearer's row and its client's. A client that came again is another one: its old bearers stay over. */
  const find = async (who: Pick<Session, 'account' | 'peer'>, id: string) => {
    const [row, client] = await Promise.all([
      infos.get(who.account, who.peer, id),
      store.clients.get(who.account, who.peer),
    ])
    return row && client && row.since === client.since && (await stands(who)) ? { row, client } : undefined
  }

  return {
    async check(text, service) {
      const { id, secret } = parseBearer(text)
      const key = await keys.get(id)
      // Compare with something also when there is no row: the time taken must not tell which ids exist.
      const known = sameBytes(await tokenHash(secret), key?.hash ?? new Uint8Array(32))
      if (!key || !known) throw new CafeError('UNAUTHORIZED')
      const { account, peer } = key
      // Before the rows are read: what ends meanwhile fires it.
      const signal = AbortSignal.any([ended(id), live.until(key)])
      const found = await find(key, id)
      if (!found) throw new CafeError('UNAUTHORIZED')
      if (found.row.expires <= clock()) throw new CafeError('UNAUTHORIZED', { expired: true })
      if (!found.row.scopes.some((scope) => scope === service)) throw new CafeError('FORBIDDEN', { why: 'scope' })
      const { services, quota } = found.client
      if (services && !services.includes(service)) throw new CafeError('FORBIDDEN', { why: 'service', service })
      signal.throwIfAborted()
      return { account, peer, sid: id, quota, bearer: id, ended: signal }
    },

    async stands(session) {
      if (session.bearer === undefined) return stands(session)
      const found = await find(session, session.bearer)
      return found !== undefined && found.row.expires > clock()
    },

    async grant({ account, peer }, { label, scopes, expires = clock() + BEARER_TTL }) {
      const { id, text, hash } = await createToken(random)
      return serial(SESSION_QUEUE, async () => {
        const now = clock()
        // The caller's clock may be a little ahead of ours.
        if (expires <= now || expires > now + BEARER_TTL + CLOCK_SKEW)
          throw new CafeError('BAD_REQUEST', { at: 'expires' })
        const client = await store.clients.get(account, peer)
        if (!client) throw new CafeError('UNAUTHORIZED')
        const all = await rowsOf(account, peer)
        const over = all.filter((row) => row.expires <= now || row.since !== client.since)
        if (all.length - over.length >= MAX_BEARERS) throw new CafeError('QUOTA', { bearers: MAX_BEARERS })
        const ends = Math.min(expires, now + BEARER_TTL)
        await store.rows.commit([
          ...over.flatMap((row) => end(account, row)),
          infos.put([account, peer, id], { id, peer, label, scopes, created: now, expires: ends, since: client.since }),
          keys.put([id], { account, peer, hash }),
        ])
        return { id, text, expires: ends }
      })
    },

    async list(account) {
      const all = await rowsOf(account)
      const found = await Promise.all(all.map(({ peer, id }) => find({ account, peer }, id)))
      return found.flatMap((one) => (one && one.row.expires > clock() ? [infoOf(one.row)] : []))
    },

    revoke: (account, id) =>
      serial(SESSION_QUEUE, async () => {
        const row = (await rowsOf(account)).find((one) => one.id === id)
        if (row) await store.rows.commit(end(account, row))
        return row !== undefined
      }),

    async erase(account, peer) {
      const rows = await (peer === undefined ? rowsOf(account) : rowsOf(account, peer))
      return { changes: rows.flatMap((row) => end(account, row)), count: rows.length }
    },
  }
}

/** `since`: when its client was admitted. */
const bearerRow = v.strictObject({ ...bearerInfo.entries, since: count() })
type BearerRow = v.InferOutput<typeof bearerRow>

const infoOf = ({ since: _, ...info }: BearerRow): BearerInfo => info

export function bearerStore(rows: Rows) {
  return {
    /** By account, peer, then bearer id. */
    infos: table(rows, 'bearer', bearerRow),
    /** By bearer id: what a text that comes in is checked against. */
    keys: table(rows, 'bearer-key', v.strictObject({ account: address, peer: peerId, hash: bytes(32, 32) })),
  }
}

/** Whatever is not a bearer at all, a session's JWT among it, is as good as an unknown one. */
function parseBearer(text: string | undefined): ReturnType<typeof parseToken> {
  try {
    return parseToken(text ?? '')
  } catch (cause) {
    throw new CafeError('UNAUTHORIZED', {}, { cause })
  }
}

type Handlers = ServiceHandlers<typeof sessionProtocol, Session>

/** The part of the session service that is about bearers. */
export function bearerHandlers({
  bearers,
}: {
  bearers: Bearers
}): Pick<Handlers, 'grantBearer' | 'listBearers' | 'revokeBearer'> {
  return {
    grantBearer: (wanted, { session }) => bearers.grant(session, wanted),
    async listBearers(_input, { session, send }) {
      for (const bearer of await bearers.list(session.account)) await send(bearer)
      return {}
    },
    revokeBearer: async ({ id }, { session }) => ({ revoked: await bearers.revoke(session.account, id) }),
  }
}

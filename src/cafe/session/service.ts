/**
 * The session service of a cafe: admits clients by token, gives and rotates their sessions, ends them. Every decision
 * and its commit are one step, so parallel requests cannot use a token twice, fork a session or outlive its end.
 */
import type { Clock, Random } from '../../core/clock.ts'
import { CafeError } from '../../core/errors.ts'
import { type Address, hex, type PeerIdText, sameBytes } from '../../core/ids.ts'
import { CHALLENGE_TTL, MAX_NONCES, REFRESH_GRACE } from '../../core/limits.ts'
import type { Serial } from '../../core/serial.ts'
import { checkChallenge, createChallenge, verifyStatement } from '../../crypto/challenge.ts'
import { parseToken, tokenHash } from '../../crypto/token.ts'
import type { Change } from '../../store/rows.ts'
import type { ServiceHandlers } from '../../wire/serve.ts'
import type { Session } from '../guard.ts'
import { type Bearers, bearerHandlers } from './bearers.ts'
import type { Issuer } from './issue.ts'
import { STATEMENT_PROTOCOL, type sessionProtocol } from './protocol.ts'
import { type ClientRow, SESSION_QUEUE, type SessionRow, type SessionStore, type TokenRow } from './store.ts'

export interface SessionComponents {
  readonly cafe: PeerIdText
  readonly store: SessionStore
  readonly bearers: Bearers
  readonly issuer: Issuer
  /** HMAC key of challenges: new with every start, since a challenge lives two minutes. */
  readonly challengeKey: CryptoKey
  readonly serial: Serial
  readonly clock: Clock
  readonly random: Random
  /**
   * Calls `commit` with the changes that erase what other services keep for an account, while nothing can be added to
   * it; gives how many roots that releases.
   */
  readonly erase: (account: Address, commit: (changes: readonly Change[]) => Promise<void>) => Promise<number>
}

type Handlers = ServiceHandlers<typeof sessionProtocol, Session>

export function sessionService(components: SessionComponents): Handlers {
  const { cafe, store, issuer, challengeKey, serial, clock, random } = components
  const id = (): string => hex(random(16))

  const challenge: Handlers['challenge'] = async ({ address, purpose }, { peer }) => {
    const exp = clock() + CHALLENGE_TTL
    return {
      challenge: await createChallenge(challengeKey, { cafe, client: peer, address, purpose, exp }, random),
      exp,
    }
  }

  const register: Handlers['register'] = async ({ statement, signature, token }, { peer }) => {
    const { address, purpose, challenge, exp } = statement
    const names = statement.cafe === cafe && statement.client === peer && statement.proto === STATEMENT_PROTOCOL
    if (!names || purpose !== 'register') throw new CafeError('FORBIDDEN', { why: 'statement' })
    if (exp < clock()) throw new CafeError('UNAUTHORIZED', { expired: true })
    const about = { cafe, client: peer, address, purpose, exp }
    if (!(await checkChallenge(challengeKey, about, challenge))) throw new CafeError('FORBIDDEN', { why: 'challenge' })
    if (!(await verifyStatement(statement, signature))) throw new CafeError('FORBIDDEN', { why: 'signature' })
    return serial(SESSION_QUEUE, () => admit(components, { statement, peer, token, sid: id(), jti: [id(), id()] }))
  }

  const refresh: Handlers['refresh'] = async ({ refresh }, { peer }) => {
    const claims = await issuer.verify(refresh, 'refresh', clock())
    if (claims.sub !== peer || claims.cnf.peer !== peer) throw new CafeError('FORBIDDEN', { why: 'peer' })
    return serial(SESSION_QUEUE, async () => {
      const row = await store.sessions.get(peer, claims.sid)
      const client = row && (await store.clients.get(row.account, peer))
      if (!row || !client) throw new CafeError('UNAUTHORIZED')
      const now = clock()
      if (claims.jti === row.previous && now - row.issued <= REFRESH_GRACE) return issuer.grant(client, claims.sid, row)
      if (claims.jti !== row.refresh) {
        // An old refresh token that comes back was stolen, or the client's was: nobody goes on with this session.
        await store.rows.commit([store.sessions.remove(peer, claims.sid)])
        throw new CafeError('UNAUTHORIZED', { reused: true })
      }
      const next: SessionRow = {
        ...row,
        gen: row.gen + 1,
        issued: now,
        access: id(),
        refresh: id(),
        previous: row.refresh,
      }
      const reply = await issuer.grant(client, claims.sid, next)
      await store.rows.commit([store.sessions.put([peer, claims.sid], next)])
      return reply
    })
  }

  const deregister: Handlers['deregister'] = (_input, { session: { account, peer } }) =>
    serial(SESSION_QUEUE, async () => {
      const sessions = await store.sessions.list([peer])
      const bearers = await components.bearers.erase(account, peer)
      const others = (await store.clients.list([account])).filter(({ row }) => row.peer !== peer)
      const leave = (erased: readonly Change[]): Promise<void> =>
        store.rows.commit([
          store.clients.remove(account, peer),
          ...sessions.map(({ key }) => store.sessions.remove(...key)),
          ...bearers,
          ...erased,
        ])
      // What an account keeps here belongs to all its devices: it is erased when the last one leaves.
      if (others.length === 0) return { roots: await components.erase(account, leave) }
      await leave([])
      return { roots: 0 }
    })

  return { challenge, register, refresh, deregister, ...bearerHandlers(components) }
}

interface Applicant {
  readonly statement: Parameters<Handlers['register']>[0]['statement']
  readonly peer: PeerIdText
  readonly token: string | undefined
  readonly sid: string
  readonly jti: readonly [access: string, refresh: string]
}

/** Consumes the nonce and the token, writes client and session, all in one commit. */
async function admit(
  { store, issuer, clock }: SessionComponents,
  applicant: Applicant,
): ReturnType<Handlers['register']> {
  const { statement, peer, sid, jti } = applicant
  const account = statement.address
  const now = clock()
  const changes: Change[] = await consumeNonce(store, statement.challenge, statement.exp, now)

  let client = await store.clients.get(account, peer)
  if (!client) {
    const { id, row } = await findToken(store, applicant, now)
    client = { account, peer, token: id, quota: row.quota, since: now } satisfies ClientRow
    changes.push(store.clients.put([account, peer], client))
    if (row.uses !== null) changes.push(store.tokens.put([id], { ...row, uses: row.uses - 1 }))
  }
  const session: SessionRow = {
    account,
    created: now,
    gen: 0,
    issued: now,
    access: jti[0],
    refresh: jti[1],
    previous: null,
  }
  // One session a device: a new registration replaces what this peer had.
  for (const { key } of await store.sessions.list([peer])) changes.push(store.sessions.remove(...key))
  changes.push(store.sessions.put([peer, sid], session))
  const reply = await issuer.grant(client, sid, session)
  await store.rows.commit(changes)
  return reply
}

/** A changeset that marks the nonce used and forgets those whose challenge has expired anyway. */
async function consumeNonce(store: SessionStore, challenge: Uint8Array, exp: number, now: number): Promise<Change[]> {
  const nonce = hex(challenge.subarray(0, 16))
  if (await store.nonces.get(nonce)) throw new CafeError('FORBIDDEN', { why: 'replay' })
  const used = await store.nonces.list([], { limit: MAX_NONCES })
  const over = used.filter(({ row }) => row.exp < now)
  if (used.length - over.length >= MAX_NONCES) throw new CafeError('BUSY', { after: CHALLENGE_TTL })
  return [...over.map(({ key }) => store.nonces.remove(...key)), store.nonces.put([nonce], { exp })]
}

/** The token's row, if it admits this applicant now. The same answer for an unknown id and a wrong secret. */
async function findToken(
  store: SessionStore,
  { token, statement }: Applicant,
  now: number,
): Promise<{ id: string; row: TokenRow }> {
  if (token === undefined) throw new CafeError('FORBIDDEN', { why: 'token' })
  const { id, secret } = parseToken(token)
  const hash = await tokenHash(secret)
  const row = await store.tokens.get(id)
  // Compare with something also when there is no row: the time taken must not tell which ids exist.
  const known = sameBytes(hash, row?.hash ?? new Uint8Array(32))
  if (!row || !known || !statement.token || !sameBytes(hash, statement.token))
    throw new CafeError('FORBIDDEN', { why: 'token' })
  if (row.expires !== null && row.expires < now) throw new CafeError('FORBIDDEN', { why: 'token-expired' })
  if (row.uses === 0) throw new CafeError('FORBIDDEN', { why: 'token-used' })
  return { id, row }
}

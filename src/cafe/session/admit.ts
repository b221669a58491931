/**
 * Who comes in: the one decision about a registration whose statement is proved. It consumes the nonce and the token,
 * writes client and session, all in one commit; or notes a request for the host; or says why not.
 */
import { CafeError } from '../../core/errors.ts'
import { type Address, hex, type PeerIdText, sameBytes } from '../../core/ids.ts'
import {
  CHALLENGE_TTL,
  CLIENT_QUOTA,
  EVICTION_TTL,
  MAX_NONCES,
  MAX_REQUESTS,
  OPEN_CLIENTS,
  OPEN_QUOTA,
  REQUEST_TTL,
} from '../../core/limits.ts'
import { parseToken, tokenHash } from '../../crypto/token.ts'
import type { Change } from '../../store/rows.ts'
import type { RequestOf } from '../../wire/protocol.ts'
import type { ActivityLog } from '../activity.ts'
import type { Live } from '../live.ts'
import type { Pause } from '../pause.ts'
import type { Bearers } from './bearers.ts'
import { placeFor, type Terms, termsOf } from './devices.ts'
import type { Issuer } from './issue.ts'
import type { Grant, sessionProtocol, Waiting } from './protocol.ts'
import type { Turns } from './rates.ts'
import {
  type ClientRow,
  endSessions,
  type RequestRow,
  type SessionRow,
  type SessionStore,
  type TokenRow,
} from './store.ts'
import type { Mode } from './terms.ts'
import type { CafeTime } from './time.ts'

export interface AdmitComponents {
  readonly store: SessionStore
  readonly issuer: Issuer
  readonly time: CafeTime
  readonly turns: Turns
  readonly live: Pick<Live, 'end' | 'tell'>
  readonly bearers: Pick<Bearers, 'erase'>
  readonly name: () => string
  /** While guests are paused nobody new comes in; devices of clients are not new. */
  readonly pause: Pick<Pause, 'since' | 'assertTaking'>
  readonly activity: Pick<ActivityLog, 'note'>
}

export interface Applicant extends RequestOf<(typeof sessionProtocol)['operations']['register']> {
  readonly peer: PeerIdText
  readonly sid: string
  readonly jti: readonly [access: string, refresh: string]
}

/** How an applicant comes in: its client row, and what else that changes. */
interface Admission {
  readonly client: ClientRow
  readonly changes: readonly Change[]
}

/** @throws CafeError FORBIDDEN {why} as the protocol lists it; BUSY. Nothing is stored then. */
export async function admit(components: AdmitComponents, applicant: Applicant): Promise<Grant | Waiting> {
  const { store, issuer, time, live, activity } = components
  const { statement, peer, sid, jti } = applicant
  const account = statement.address
  const now = time.issue()
  const nonce = await consumeNonce(store, statement.challenge, statement.exp, now)
  const before = await store.clients.get(account, peer)
  const others = (await store.clients.list([account])).filter(({ row }) => row.peer !== peer)
  const admission = await decide(components, applicant, before, now)
  if ('request' in admission) {
    const { request } = admission
    if (admission.isNew) {
      await store.rows.commit([...nonce, ...admission.changes, time.stamp()])
      activity.note('asked', account)
    }
    return { waiting: request.expires, name: components.name() }
  }
  const { client, changes } = admission
  const session: SessionRow = {
    account,
    created: now,
    gen: 0,
    issued: now,
    access: jti[0],
    refresh: jti[1],
    previous: null,
    reused: false,
  }
  const reply = await issuer.grant(client, sid, session)
  const place = await placeFor(components, { account, peer })
  await store.rows.commit([
    ...nonce,
    ...changes,
    ...place.changes,
    // One session a device: a new registration replaces what this peer had.
    ...(await endSessions(store, peer)),
    store.sessions.put([peer, sid], session),
    time.stamp(),
  ])
  if (!before || before.revoked !== null) activity.note(others.length > 0 ? 'device' : 'joined', account)
  for (const who of place.gone) {
    live.end(who, new CafeError('UNAUTHORIZED'))
    live.tell(who, 'unknown')
  }
  return reply
}

type Asked = { readonly request: RequestRow; readonly isNew: boolean; readonly changes: readonly Change[] }

async function decide(
  components: AdmitComponents,
  applicant: Applicant,
  before: ClientRow | undefined,
  now: number,
): Promise<Admission | Asked> {
  const { store, turns, pause } = components
  const { statement, peer, token } = applicant
  const account = statement.address
  if (before && before.revoked === null) return { client: before, changes: [] }
  const found = await store.evicted.get(account)
  const evicted = found && found.at + EVICTION_TTL > now ? found : undefined
  const dropped = await store.dropped.get(account, peer)
  const refuse = (why: string): never => {
    throw new CafeError('FORBIDDEN', evicted ? { why: 'evicted', notice: evicted.notice } : { why })
  }
  /** The row of a client that comes in, and the end of what it was here before. */
  const enter = (given: Terms): Admission => {
    const client: ClientRow = { account, peer, since: before?.since ?? now, revoked: null, ...given }
    const changes = [store.clients.put([account, peer], client), store.requests.remove(account, peer)]
    if (dropped) changes.push(store.dropped.remove(account, peer))
    return { client, changes: evicted ? [...changes, store.evicted.remove(account)] : changes }
  }

  // One more device of a client. Not one whose own token was revoked.
  const terms = before ? undefined : await termsOf(store, account)
  if (token !== undefined) {
    const { id, row } = await findToken(store, applicant, now)
    if (evicted && row.created < evicted.at) refuse('evicted')
    if (dropped && row.created <= dropped.at) refuse('dropped')
    if (!terms) pause.assertTaking()
    const { client, changes } = enter({ token: id, quota: row.quota, services: row.services })
    const used = row.uses === null ? [] : [store.tokens.put([id], { ...row, uses: row.uses - 1 })]
    return { client, changes: [...changes, ...used] }
  }
  if (evicted) refuse('evicted')
  if (dropped) refuse('dropped')
  if (terms) return enter(terms)
  const request = await requestOf(store, account, peer, now)
  if (request?.state === 'refused') refuse('refused')
  const mode = await modeOf(store)
  if (request?.state === 'admitted') {
    pause.assertTaking()
    return enter({ token: null, quota: request.quota, services: request.services })
  }
  if (mode === 'open' && !before) {
    pause.assertTaking()
    if ((await strangers(store)).size >= OPEN_CLIENTS) throw new CafeError('QUOTA', { clients: OPEN_CLIENTS })
    turns.admit()
    return enter({ token: null, quota: OPEN_QUOTA, services: null })
  }
  if (request) return applicant.ask ? { request, isNew: false, changes: [] } : refuse('waiting')
  if (mode === 'ask' && applicant.ask) {
    pause.assertTaking()
    return ask(store, applicant, now)
  }
  return refuse(before ? 'revoked' : mode === 'ask' ? 'ask' : 'token')
}

/** Accounts that are here without token, with however many devices. */
async function strangers(store: Pick<SessionStore, 'clients'>): Promise<ReadonlySet<Address>> {
  const clients = await store.clients.list([])
  return new Set(clients.flatMap(({ row }) => (row.token === null ? [row.account] : [])))
}

/** Notes a request, forgets those that are over, and keeps the queue short. */
async function ask(store: SessionStore, { statement, peer, ask }: Applicant, now: number): Promise<Asked> {
  const all = await store.requests.list([])
  const over = all.filter(({ row }) => row.expires <= now)
  const open = all.filter(({ row }) => row.state === 'waiting' && row.expires > now)
  if (open.length >= MAX_REQUESTS) throw new CafeError('BUSY', { why: 'requests', after: 3_600_000 })
  const account = statement.address
  const request: RequestRow = {
    account,
    peer,
    greeting: ask?.greeting ?? '',
    since: now,
    expires: now + REQUEST_TTL,
    state: 'waiting',
    quota: CLIENT_QUOTA,
    services: null,
  }
  const changes = over.map(({ key }) => store.requests.remove(...key))
  return { request, isNew: true, changes: [...changes, store.requests.put([account, peer], request)] }
}

/** Who may come; by token where the host has not said. */
export async function modeOf(store: Pick<SessionStore, 'policy'>): Promise<Mode> {
  return (await store.policy.get('admission'))?.mode ?? 'invite'
}

/** A request that still means something. */
export async function requestOf(
  store: Pick<SessionStore, 'requests'>,
  account: string,
  peer: string,
  now: number,
): Promise<RequestRow | undefined> {
  const row = await store.requests.get(account, peer)
  return row && row.expires > now ? row : undefined
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
  { token = '', statement }: Applicant,
  now: number,
): Promise<{ id: string; row: TokenRow }> {
  const { id, secret } = parseToken(token)
  const hash = await tokenHash(secret)
  const row = await store.tokens.get(id)
  // Compare with something also when there is no row: the time taken must not tell which ids exist.
  const known = sameBytes(hash, row?.hash ?? new Uint8Array(32))
  if (!row || !known || !statement.token || !sameBytes(hash, statement.token))
    throw new CafeError('FORBIDDEN', { why: 'token' })
  if (row.revoked !== null) throw new CafeError('FORBIDDEN', { why: 'token-revoked' })
  if (row.expires !== null && row.expires < now) throw new CafeError('FORBIDDEN', { why: 'token-expired' })
  if (row.uses === 0) throw new CafeError('FORBIDDEN', { why: 'token-used' })
  return { id, row }
}

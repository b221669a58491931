/**
 * The session service of a cafe: admits clients, gives and rotates their sessions, ends them, and keeps a channel open on
 * which each hears how it stands. Every decision and its commit are one step, so parallel requests cannot use a token
 * twice, fork a session or outlive its end.
 */
import type { PrivateKey } from '@libp2p/interface'
import type { Random } from '../../core/clock.ts'
import { CafeError, isCafeError } from '../../core/errors.ts'
import { type Address, hex, type PeerIdText, sameBytes } from '../../core/ids.ts'
import { CHALLENGE_TTL, DEPARTURE_TTL, REFRESH_GRACE, WATCH_PULSE } from '../../core/limits.ts'
import type { Serial } from '../../core/serial.ts'
import { checkChallenge, createChallenge, verifyStatement } from '../../crypto/challenge.ts'
import { sealRecord } from '../../crypto/envelope.ts'
import type { Change } from '../../store/rows.ts'
import type { ServiceHandlers } from '../../wire/serve.ts'
import type { Counts, Erase } from '../erase.ts'
import { type Session, whyGone } from '../guard.ts'
import type { Live, News, Who } from '../live.ts'
import { type AdmitComponents, admit, requestOf } from './admit.ts'
import type { Alarms } from './alarms.ts'
import { type Bearers, bearerHandlers } from './bearers.ts'
import { dropHandler, forgetAccount } from './drop.ts'
import { receiptRecord, STATEMENT_PROTOCOL, type Standing, type sessionProtocol } from './protocol.ts'
import { endSessions, SESSION_QUEUE, type SessionRow } from './store.ts'

export interface SessionComponents extends AdmitComponents {
  readonly cafe: PeerIdText
  /** Signs receipts as the cafe. */
  readonly peerKey: PrivateKey
  readonly epoch: number
  readonly bearers: Bearers
  /** HMAC key of challenges: new with every start, since a challenge lives two minutes. */
  readonly challengeKey: CryptoKey
  readonly serial: Serial
  readonly random: Random
  readonly live: Live
  readonly alarms: Alarms
  readonly erase: Erase
}

type Handlers = ServiceHandlers<typeof sessionProtocol, Session>

export function sessionService(components: SessionComponents): Handlers {
  const { cafe, epoch, store, challengeKey, serial, time, turns, random, live, pause } = components
  const id = (): string => hex(random(16))

  /** Is this peer a client, or was it told that it may become one? */
  const isKnown = async (account: Address, peer: PeerIdText): Promise<boolean> =>
    (await store.clients.get(account, peer)) !== undefined ||
    (await requestOf(store, account, peer, time.now()))?.state === 'admitted'

  const challenge: Handlers['challenge'] = async ({ address, purpose }, { peer }) => {
    turns.challenge(peer, await isKnown(address, peer))
    const exp = time.issue() + CHALLENGE_TTL
    return {
      challenge: await createChallenge(challengeKey, { cafe, client: peer, address, purpose, exp }, random),
      exp,
    }
  }

  const register: Handlers['register'] = async (input, { peer }) => {
    const { statement, signature } = input
    const { address, purpose, challenge, exp } = statement
    const names = statement.cafe === cafe && statement.client === peer && statement.proto === STATEMENT_PROTOCOL
    if (!names || purpose !== 'register') throw new CafeError('FORBIDDEN', { why: 'statement' })
    if (exp < time.now()) throw new CafeError('UNAUTHORIZED', { expired: true })
    const known = await isKnown(address, peer)
    turns.register(peer, known)
    const about = { cafe, client: peer, address, purpose, exp }
    if (!(await checkChallenge(challengeKey, about, challenge))) throw new CafeError('FORBIDDEN', { why: 'challenge' })
    if (!(await verifyStatement(statement, signature))) throw new CafeError('FORBIDDEN', { why: 'signature' })
    const jti = [id(), id()] as const
    return serial(SESSION_QUEUE, () => admit(components, { ...input, peer, sid: id(), jti })).catch(
      (error: unknown) => {
        // Whoever waits before a paused cafe is not worse off for having asked.
        if (pause.since !== null && isCafeError(error) && error.data['why'] === 'paused') turns.unregister(peer, known)
        throw error
      },
    )
  }

  const withdraw: Handlers['withdraw'] = ({ address }, { peer }) =>
    serial(SESSION_QUEUE, async () => {
      if (await store.requests.get(address, peer)) await store.rows.commit([store.requests.remove(address, peer)])
      return {}
    })

  const watch: Handlers['watch'] = async ({ address: account }, { peer, signal, send }) => {
    const who = { account, peer }
    // Opened before the first look, so that no news falls in between.
    const channel = live.open(who, signal)
    try {
      for (let news: News | undefined = 'look'; ; news = await channel.next(WATCH_PULSE)) {
        if (typeof news === 'object') await send(news)
        else if (news === undefined) await send({ pulse: true })
        else {
          const you = news === 'look' ? await standing(components, who) : news
          if (you === 'unknown') throw new CafeError('UNAUTHORIZED')
          await send({ you, epoch, ...(pause.since === null ? {} : { paused: true as const }) })
        }
      }
    } finally {
      channel.close()
    }
  }

  return {
    challenge,
    register,
    refresh: (input, context) => refreshSession(components, id, input.refresh, context.peer),
    deregister: (input, { peer }) => serial(SESSION_QUEUE, () => leave(components, input.access, peer)),
    withdraw,
    watch,
    drop: dropHandler(components),
    putVoucher: ({ secret }, { session }) => keepVoucher(components, session, secret),
    ...bearerHandlers(components),
  }
}

function keepVoucher({ store, serial, time }: SessionComponents, { account, peer }: Session, given: Uint8Array) {
  const secret = new Uint8Array(given)
  return serial(SESSION_QUEUE, async () => {
    // It may have left meanwhile: then nothing of it is kept.
    if (!(await store.clients.get(account, peer))) throw new CafeError('UNAUTHORIZED')
    const before = await store.vouchers.get(account)
    if (!before || !sameBytes(before.secret, secret))
      await store.rows.commit([store.vouchers.put([account], { account, secret }), time.stamp()])
    return {}
  })
}

async function refreshSession(
  { store, issuer, time, serial, live, alarms }: SessionComponents,
  id: () => string,
  refresh: string,
  peer: PeerIdText,
): ReturnType<Handlers['refresh']> {
  const claims = await issuer.verify(refresh, 'refresh', time.now())
  const { acct: account, sid } = claims
  if (claims.sub !== peer || claims.cnf.peer !== peer) {
    await serial(SESSION_QUEUE, async () =>
      store.rows.commit(await alarms.raise({ kind: 'stolen', account, peer }, time.now())),
    )
    throw new CafeError('FORBIDDEN', { why: 'peer' })
  }
  return serial(SESSION_QUEUE, async () => {
    const row = await store.sessions.get(peer, sid)
    const client = await store.clients.get(account, peer)
    if (!client) throw await whyGone(store, account)
    if (client.revoked !== null) throw new CafeError('UNAUTHORIZED', { why: 'revoked' })
    if (!row || row.account !== account) throw new CafeError('UNAUTHORIZED')
    if (row.reused) throw new CafeError('UNAUTHORIZED', { reused: true })
    if (claims.jti === row.previous && time.now() - row.issued <= REFRESH_GRACE) return issuer.grant(client, sid, row)
    if (claims.jti !== row.refresh) {
      // An old refresh token that comes back was stolen, or the client's was: nobody goes on with this session. The row
      // stays, so that its owner learns why.
      const raised = await alarms.raise({ kind: 'reused', account, peer }, time.now())
      await store.rows.commit([store.sessions.put([peer, sid], { ...row, reused: true }), ...raised, time.stamp()])
      const why = new CafeError('UNAUTHORIZED', { reused: true })
      live.end({ account, peer }, why)
      live.tell({ account, peer }, 'alarm')
      throw why
    }
    const next: SessionRow = {
      ...row,
      gen: row.gen + 1,
      issued: time.issue(),
      access: id(),
      refresh: id(),
      previous: row.refresh,
    }
    const reply = await issuer.grant(client, sid, next)
    await store.rows.commit([store.sessions.put([peer, sid], next), time.stamp()])
    return reply
  })
}

/** Ends a client and gives the signed receipt; gives the same one again where it has left already. */
async function leave(
  components: SessionComponents,
  access: string,
  peer: PeerIdText,
): ReturnType<Handlers['deregister']> {
  const { cafe, store, issuer, time, peerKey, epoch, live } = components
  const { sub, acct: account, sid } = await issuer.verify(access, 'access', time.now())
  if (sub !== peer) throw new CafeError('FORBIDDEN', { why: 'peer' })
  const departed = await store.departed.get(sid)
  if (departed) return { receipt: departed.receipt }
  const client = await store.clients.get(account, peer)
  const session = await store.sessions.get(peer, sid)
  if (!client || !session || session.reused) throw new CafeError('UNAUTHORIZED')

  const ended = await endSessions(store, peer)
  const bearers = await components.bearers.erase(account, peer)
  const commit = async (changes: readonly Change[], parts: Counts): Promise<Uint8Array<ArrayBuffer>> => {
    const now = time.now()
    const erased = { clients: 1, sessions: ended.length, bearers: bearers.count, ...parts }
    const receipt = await sealRecord(receiptRecord, peerKey, { v: 1, cafe, epoch, account, peer, time: now, erased })
    const over = (await store.departed.list([])).filter(({ row }) => row.expires < now)
    await store.rows.commit([
      store.clients.remove(account, peer),
      ...ended,
      ...bearers.changes,
      ...changes,
      ...forgotten,
      ...over.map(({ key }) => store.departed.remove(...key)),
      store.departed.put([sid], { receipt, expires: now + DEPARTURE_TTL }),
      time.stamp(),
    ])
    return receipt
  }
  // What an account keeps here belongs to all its devices: it is erased when the last one leaves.
  const others = (await store.clients.list([account])).filter(({ row }) => row.peer !== peer)
  const forgotten = others.length > 0 ? [] : await forgetAccount(store, account)
  const receipt = others.length > 0 ? await commit([], {}) : await components.erase(account, commit)
  if (others.length === 0) components.activity.note('left', account)
  live.end({ account, peer }, new CafeError('UNAUTHORIZED'))
  live.tell({ account, peer }, 'unknown')
  return { receipt }
}

/** How a peer stands here with an account. */
export async function standing(
  { store, time }: Pick<SessionComponents, 'store' | 'time'>,
  { account, peer }: Who,
): Promise<Standing> {
  const client = await store.clients.get(account, peer)
  if (client && client.revoked === null) {
    const sessions = await store.sessions.list([peer])
    return sessions.some(({ row }) => row.reused) ? 'alarm' : 'client'
  }
  const request = await requestOf(store, account, peer, time.now())
  if (request) return request.state
  if (client) return 'revoked'
  const evicted = await store.evicted.get(account)
  return evicted?.peers.includes(peer) ? 'evicted' : 'unknown'
}

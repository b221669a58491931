/** The session service of a cafe without a network: its handlers called as the wire would, on rows and a clock of the test. */
import { generateKeyPair } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { type Activity, createActivity } from '../../src/cafe/activity.ts'
import { createErase, type Part } from '../../src/cafe/erase.ts'
import { createGuard, createStands, type Guard } from '../../src/cafe/guard.ts'
import { createLive, type Live } from '../../src/cafe/live.ts'
import { createPause, type Pause } from '../../src/cafe/pause.ts'
import { createAlarms } from '../../src/cafe/session/alarms.ts'
import { createBearers } from '../../src/cafe/session/bearers.ts'
import { createDesk, type Desk } from '../../src/cafe/session/desk.ts'
import { createIssuer } from '../../src/cafe/session/issue.ts'
import { type Grant, STATEMENT_PROTOCOL, type sessionProtocol, type Waiting } from '../../src/cafe/session/protocol.ts'
import { createTurns, type SessionRates } from '../../src/cafe/session/rates.ts'
import { sessionService } from '../../src/cafe/session/service.ts'
import { type SessionStore, sessionStore } from '../../src/cafe/session/store.ts'
import { type CafeTime, createCafeTime } from '../../src/cafe/session/time.ts'
import { issueToken, type TokenOptions } from '../../src/cafe/tokens.ts'
import { systemRandom } from '../../src/core/clock.ts'
import type { PeerIdText } from '../../src/core/ids.ts'
import { silentLog } from '../../src/core/log.ts'
import { Secret } from '../../src/core/secret.ts'
import { createSerial } from '../../src/core/serial.ts'
import { type Account, openAccount } from '../../src/crypto/account.ts'
import { createChallengeKey, type Statement, signStatement } from '../../src/crypto/challenge.ts'
import { createJwtKey } from '../../src/crypto/jwt.ts'
import { parseToken, tokenHash } from '../../src/crypto/token.ts'
import { memoryRows } from '../../src/store/memory.ts'
import type { Rows } from '../../src/store/rows.ts'
import type { RequestOf } from '../../src/wire/protocol.ts'

export const START = Date.UTC(2030, 0, 1)
const any = { burst: 1e9, every: 1 }
export const FREELY: SessionRates = {
  ...{ challenges: any, strangers: any, registrations: any, clients: any, admissions: any },
}

type Operations = (typeof sessionProtocol)['operations']
type Register = RequestOf<Operations['register']>

export interface TestCafe {
  readonly peer: PeerIdText
  readonly store: SessionStore
  readonly rows: Rows
  readonly desk: Desk
  readonly live: Live
  readonly guard: Guard
  readonly time: CafeTime
  readonly alarms: ReturnType<typeof createAlarms>
  readonly pause: Pause
  /** What the host is told has happened, newest first. */
  activity(): readonly Activity[]
  readonly handlers: ReturnType<typeof sessionService>
  /** What the clock of the cafe's device says. */
  clock: { now: number }
  token(options?: TokenOptions): Promise<string>
  /** Everything the cafe keeps, by key. */
  keys(): Promise<string[]>
}

export interface TestPeer {
  readonly peer: PeerIdText
  readonly account: Account
}

export async function newPeerId(): Promise<PeerIdText> {
  return peerIdFromPrivateKey(await generateKeyPair('Ed25519')).toString() as PeerIdText
}

/** An account without words: deriving a seed from words is slow on purpose. */
export const newAccount = (): Promise<Account> => openAccount(new Secret(systemRandom(32)))

export const newPeer = async (account?: Account): Promise<TestPeer> => ({
  peer: await newPeerId(),
  account: account ?? (await newAccount()),
})

/** A cafe; given the rows and clock of another, it is that one after a restart. */
export async function newCafe(
  parts: { rows?: Rows; clock?: { now: number }; rates?: SessionRates; erasable?: readonly Part[] } = {},
): Promise<TestCafe> {
  const { rows = memoryRows(), clock = { now: START }, rates = FREELY, erasable = [] } = parts
  const peerKey = await generateKeyPair('Ed25519')
  const peer = peerIdFromPrivateKey(peerKey).toString() as PeerIdText
  const store = sessionStore(rows)
  const serial = createSerial()
  const live = createLive()
  const alarms = createAlarms(store)
  const time = await createCafeTime(
    rows,
    () => clock.now,
    () => {},
  )
  const name = () => 'Test cafe'
  const pause = await createPause(store, time.now)
  const activity = await createActivity({ rows: memoryRows(), now: time.now, log: silentLog, onChange: () => {} })
  const issuer = createIssuer({ cafe: peer, name, key: await createJwtKey(), epoch: 1 })
  const erase = createErase(erasable)
  const clocked = { serial, live, clock: time.now, random: systemRandom }
  const bearers = createBearers({ store, stands: createStands(store), ...clocked })
  const handlers = sessionService({
    ...{ cafe: peer, peerKey, epoch: 1, challengeKey: await createChallengeKey(), name, random: systemRandom },
    ...{ store, issuer, serial, time, live, alarms, bearers, erase, pause, activity },
    turns: createTurns(rates, () => clock.now),
  })
  return {
    ...{ peer, store, rows, live, time, alarms, handlers, clock, pause, activity: activity.list },
    desk: createDesk({ store, serial, time, live, bearers, erase, activity }),
    guard: createGuard({ store, issuer, now: time.now, live, onStolen: () => {} }),
    token: async (options = {}) => (await issueToken({ store, time, random: systemRandom }, options)).token,
    keys: async () => (await rows.range('')).map(([key]) => key),
  }
}

/** What the wire says about a call: who calls. */
export const from = (peer: PeerIdText, signal = new AbortController().signal) => ({
  peer,
  session: undefined as never,
  signal,
  upload: () => Promise.reject(new Error('no uploads')) as Promise<never>,
  send: () => Promise.resolve(),
})

/** A signed registration of `who`, by a challenge of its own; `edit` changes the statement before it is signed. */
export async function application(
  cafe: TestCafe,
  who: TestPeer,
  how: { token?: string; greeting?: string; edit?: (statement: Statement) => Statement } = {},
): Promise<Register> {
  const { token, greeting, edit = (statement) => statement } = how
  const { address } = who.account
  const { challenge, exp } = await cafe.handlers.challenge({ address, purpose: 'register' }, from(who.peer))
  const statement = edit({
    ...{ v: 1, purpose: 'register', cafe: cafe.peer, client: who.peer, address, proto: STATEMENT_PROTOCOL },
    ...{ challenge, cnonce: systemRandom(16), exp },
    token: token === undefined ? null : await tokenHash(parseToken(token).secret),
  })
  const signature = await signStatement(who.account, statement)
  return {
    ...{ statement: statement as Register['statement'], signature, token },
    ask: greeting === undefined ? undefined : { greeting },
  }
}

/** Registers, as a client would. */
export async function knock(
  cafe: TestCafe,
  who: TestPeer,
  how: Parameters<typeof application>[2] = {},
): Promise<Grant | Waiting> {
  return cafe.handlers.register(await application(cafe, who, how), from(who.peer))
}

/** As {@link knock}, for where the answer is a session. */
export async function enter(cafe: TestCafe, who: TestPeer, token?: string): Promise<Grant> {
  const answer = await knock(cafe, who, token === undefined ? {} : { token })
  if ('waiting' in answer) throw new Error('it has to wait')
  return answer
}

/**
 * A cafe: the services it offers, on one node, over one store. A new service is a folder of its own and one line in
 * {@link createCafe}.
 */
import type { Connection, PrivateKey, Stream } from '@libp2p/interface'
import type { Clock, Random } from '../core/clock.ts'
import type { PeerIdText } from '../core/ids.ts'
import { STREAMS_PER_PEER } from '../core/limits.ts'
import type { Log } from '../core/log.ts'
import { createSeats } from '../core/seats.ts'
import { createSerial } from '../core/serial.ts'
import { createChallengeKey } from '../crypto/challenge.ts'
import type { JwtKey } from '../crypto/jwt.ts'
import type { Blocks } from '../store/blocks.ts'
import type { Holds } from '../store/holds.ts'
import type { Rows } from '../store/rows.ts'
import { serveHttp } from '../wire/http.ts'
import type { Service } from '../wire/protocol.ts'
import { type ServiceHandlers, serve } from '../wire/serve.ts'
import { contactProtocol } from './contact/protocol.ts'
import { createContacts } from './contact/service.ts'
import { createErase } from './erase.ts'
import { type CafeFetch, createFace } from './face.ts'
import { createDevices, createGuard, createStands, type Session } from './guard.ts'
import { type CafeGuests, createGuests } from './guests.ts'
import { inboxProtocol } from './inbox/protocol.ts'
import type { MailRates } from './inbox/rates.ts'
import { createInbox } from './inbox/service.ts'
import type { Dialler, Place } from './info/gossip.ts'
import type { KnownCafe } from './info/known.ts'
import { infoProtocol } from './info/protocol.ts'
import { createInfo } from './info/service.ts'
import { linkProtocol } from './link/protocol.ts'
import { createLinks } from './link/service.ts'
import { createLive } from './live.ts'
import { createPaces } from './pace.ts'
import type { BlockSource } from './pin/fetch.ts'
import { createJobs } from './pin/jobs.ts'
import type { Keep } from './pin/keep.ts'
import type { PinJobs } from './pin/pin-status.ts'
import { pinProtocol } from './pin/protocol.ts'
import { createPsa } from './pin/psa.ts'
import { pinService } from './pin/service.ts'
import type { UsageRow } from './pin/store.ts'
import { type Alarms, createAlarms } from './session/alarms.ts'
import { createBearers } from './session/bearers.ts'
import { createDesk, type Desk } from './session/desk.ts'
import { formerKeys } from './session/former-keys.ts'
import { createIssuer } from './session/issue.ts'
import { sessionProtocol } from './session/protocol.ts'
import { createTurns, SESSION_RATES, type SessionRates } from './session/rates.ts'
import { sessionService } from './session/service.ts'
import { type AlarmRow, type ClientRow, SESSION_QUEUE, sessionStore } from './session/store.ts'
import { createCafeTime } from './session/time.ts'
import { snapshotProtocol } from './snapshot/protocol.ts'
import { createSnapshots } from './snapshot/service.ts'
import { issueToken, listTokens, type Token, type TokenOptions } from './tokens.ts'
import { createVouch } from './vouch.ts'

/** Where protocols are answered: given by `net`. */
export interface Registrar {
  handle(
    protocol: string,
    handler: (stream: Stream, connection: Connection) => Promise<void>,
    options: { limited: boolean; maxStreams: number },
  ): Promise<void>
  unhandle(protocol: string): Promise<void>
}

export interface CafeComponents {
  readonly peer: PeerIdText
  /** Signs what the cafe vouches for. */
  readonly peerKey: PrivateKey
  readonly registrar: Registrar
  readonly rows: Rows
  /** What this device keeps for clients: it is there whether or not the cafe is open. */
  readonly keep: Keep
  readonly blocks: Blocks
  readonly holds: Holds
  /** Blocks of the peers that clients name. */
  readonly source: BlockSource
  readonly jwtKey: JwtKey
  /** Storage epoch: grows when the cafe has lost data. */
  readonly epoch: number
  /** Where it can be dialled now. */
  readonly addresses: () => readonly string[]
  /** Reaches other cafes. */
  readonly connector: Dialler
  /** Cafes that the relay names. */
  readonly directory: (options: { signal: AbortSignal }) => Promise<readonly Place[]>
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  /** Called after a client came or went or its pins changed, and after the host decided something. */
  readonly onChange: () => void
  /** How often who may knock; {@link SESSION_RATES} without it. */
  readonly rates?: SessionRates
  /** How often letters may come; `MAIL_RATES` without it. */
  readonly mailRates?: MailRates | undefined
  /** Bits of work for a stranger's letter; `WORK_BITS` without it. */
  readonly mailWork?: number | undefined
  /** What all inboxes may hold; `CAFE_LETTERS` and `CAFE_MAIL` without it. */
  readonly mailMost?: { readonly letters: number; readonly bytes: number } | undefined
}

export interface Client extends ClientRow {
  readonly usage: UsageRow
}

export interface Cafe extends Omit<Desk, 'revoke'> {
  /** What clients asked to be pinned, for other carriers. */
  readonly jobs: PinJobs
  /** Stops answering, also calls that run; everything kept stays. */
  close(): Promise<void>
  /** Its HTTP face: the same services, for bearer tokens (`face.ts`). */
  readonly fetch: CafeFetch
  createToken(options: TokenOptions): Promise<{ id: string; token: string }>
  /** All tokens that admit somebody or that somebody came with, newest first; never their text. */
  tokens(): Promise<readonly Token[]>
  /** @throws CafeError NOT_FOUND {what: 'token'}. See {@link Desk.revoke}. */
  revoke: Desk['revoke']
  clients(): Promise<readonly Client[]>
  readonly alarms: Pick<Alarms, 'list' | 'dismiss'>
  /** Is that peer a client's device, or was it one lately? */
  readonly knows: (peer: PeerIdText) => Promise<boolean>
  /** Whom relays may let through to it. */
  guests(): Promise<CafeGuests>
  /** The cafes it knows, and which of them lied. */
  neighbours(): readonly KnownCafe[]
  /** Meets other cafes now; it does so by itself too. */
  meet(options: { signal: AbortSignal }): Promise<void>
}

/** Opens the cafe: from the return on it answers. `name` is what its host called it. */
export async function createCafe(components: CafeComponents, name: string): Promise<Cafe> {
  const { peer, peerKey, epoch, registrar, rows, keep, blocks, holds, source, jwtKey, clock, random, log, onChange } =
    components
  const serial = createSerial()
  const store = sessionStore(rows)
  const alarms = createAlarms(store)
  const raise = (alarm: Pick<AlarmRow, 'kind' | 'account' | 'peer'>): void => {
    const raised = serial(SESSION_QUEUE, async () => rows.commit(await alarms.raise(alarm, time.now())))
    // The refusal stands whether or not it can be written down.
    raised.then(onChange, (cause) => log('warn', 'an alarm could not be kept', { cause }))
  }
  const time = await createCafeTime(rows, clock, () => raise({ kind: 'clock', account: null, peer: null }))
  const former = await formerKeys(store, time.now())
  const issuer = createIssuer({ cafe: peer, name: () => name, key: jwtKey, former, epoch })
  const live = createLive()
  const onStolen = (account: ClientRow['account'], by: PeerIdText): void => raise({ kind: 'stolen', account, peer: by })
  const guard = createGuard({ store, issuer, now: time.now, live, onStolen })
  const stands = createStands(store)
  const bearers = createBearers({ store, stands, serial, live, clock: time.now, random })
  const jobs = await createJobs({ rows, keep, blocks, source, clock, stands, onChange })
  const knows = async (peer: PeerIdText): Promise<boolean> =>
    (await store.sessions.list([peer], { limit: 1 })).length > 0
  const records = {
    ...{ rows, serial, clock: time.now, stands: bearers.stands, log },
    vouch: createVouch({ cafe: peer, peerKey, epoch }),
    paces: createPaces({ clock, knows }),
  }
  const snapshots = await createSnapshots(records)
  const links = await createLinks({ ...records, knows })
  const info = await createInfo({ ...components, ...records, name: () => name })
  const { connector } = components
  const contacts = createContacts({ ...records, connector, neighbours: info.neighbours })
  const inbox = await createInbox({
    ...{ ...records, cafe: peer, epoch, rates: components.mailRates },
    ...{ bits: components.mailWork, most: components.mailMost },
    devices: createDevices(store, inboxProtocol.name),
  })
  live.onEnd(({ account }) => inbox.left(account))
  // What is erased with an account, a line for each service.
  const erase = createErase([
    { name: 'pins', erase: jobs.erase },
    ...snapshots.parts,
    ...contacts.parts,
    ...inbox.parts,
    ...links.parts,
  ])
  const desk = createDesk({ store, serial, time, live, bearers, erase })

  const until = ({ ended }: Session): AbortSignal => ended
  const seats = createSeats(STREAMS_PER_PEER)
  const face = createFace({ onEnd: onChange })
  const open: string[] = []
  const add = async <S extends Service>(service: S, handlers: ServiceHandlers<S, Session>): Promise<void> => {
    const answer = serve(service, handlers, { guard: (token, by) => guard(token, by, service.name), until, log })
    const handler = (stream: Stream, connection: Connection): Promise<void> =>
      answer(stream, connection).finally(onChange)
    await registrar.handle(service.id, handler, { limited: service.limited, maxStreams: STREAMS_PER_PEER })
    open.push(service.id)
    face.addService(service.name, serveHttp(service, handlers, { guard: bearers.check, until, seats, log }))
  }

  await add(
    sessionProtocol,
    sessionService({
      ...{ cafe: peer, peerKey, epoch, challengeKey: await createChallengeKey(), name: () => name },
      ...{ store, issuer, serial, time, random, live, alarms, bearers, erase },
      turns: createTurns(components.rates ?? SESSION_RATES, clock),
    }),
  )
  await add(pinProtocol, pinService({ keep, jobs, blocks, holds, clock, stands: bearers.stands }))
  await add(snapshotProtocol, snapshots.handlers)
  await add(contactProtocol, contacts.handlers)
  await add(infoProtocol, info.handlers)
  await add(inboxProtocol, inbox.handlers)
  await add(linkProtocol, links.handlers)
  face.addRoot('pins', createPsa({ jobs, guard: bearers.check, delegates: () => delegatesOf(components), seats, log }))

  info.start()

  /** Tells the host's pages after a decision of the host. */
  const told = <A extends unknown[], T>(decide: (...args: A) => Promise<T>) => {
    return (...args: A): Promise<T> => decide(...args).finally(onChange)
  }
  return {
    ...desk,
    setMode: told(desk.setMode),
    decide: told(desk.decide),
    evict: told(desk.evict),
    revoke: told(desk.revoke),
    alarms: { list: alarms.list, dismiss: told(alarms.dismiss) },
    jobs,
    fetch: face.fetch,
    knows,
    guests: createGuests(store, time),
    neighbours: info.list,
    meet: info.meet,
    async close() {
      face.close()
      info.close()
      contacts.close()
      await Promise.all(open.map((id) => registrar.unhandle(id)))
      live.close()
      inbox.close()
      await jobs.close()
    },
    createToken: told((options: TokenOptions) => issueToken({ store, time, random }, options)),
    tokens: () => listTokens({ store }),
    async clients() {
      const found = await store.clients.list([])
      return Promise.all(found.map(async ({ row }) => ({ ...row, usage: await usageOf(keep, row.account) })))
    },
  }
}

/** Where clients of the Pinning Service API connect to hand over blocks: also a cafe that nobody can dial is somebody. */
function delegatesOf({ addresses, peer }: CafeComponents): readonly string[] {
  const now = addresses()
  return now.length > 0 ? now : [`/p2p/${peer}`]
}

/** What an account pays for its pins. */
async function usageOf(keep: Keep, account: ClientRow['account']): Promise<UsageRow> {
  const { roots, bytes } = await keep.usage(account)
  return { roots, bytes }
}

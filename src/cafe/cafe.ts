/**
 * A cafe: the services it offers, on one node, over one store. A new service is a folder of its own and one line in
 * {@link createCafe}.
 */
import type { Connection, Stream } from '@libp2p/interface'
import type { PeerIdText } from '../core/ids.ts'
import { STREAMS_PER_PEER } from '../core/limits.ts'
import { createSeats } from '../core/seats.ts'
import { createSerial } from '../core/serial.ts'
import { createChallengeKey } from '../crypto/challenge.ts'
import { serveHttp } from '../wire/http.ts'
import type { Service } from '../wire/protocol.ts'
import { type ServiceHandlers, serve } from '../wire/serve.ts'
import { createActivity } from './activity.ts'
import { listClients } from './clients.ts'
import { contactProtocol } from './contact/protocol.ts'
import { createContacts } from './contact/service.ts'
import { createErase, type Erase } from './erase.ts'
import { createFace } from './face.ts'
import { createDevices, createGuard, createStands, type Session } from './guard.ts'
import { createGuests } from './guests.ts'
import { inboxProtocol } from './inbox/protocol.ts'
import { createInbox } from './inbox/service.ts'
import { infoProtocol } from './info/protocol.ts'
import { createInfo } from './info/service.ts'
import { leavingOf } from './leaving.ts'
import { linkProtocol } from './link/protocol.ts'
import { createLinks } from './link/service.ts'
import { createLive } from './live.ts'
import { createPaces } from './pace.ts'
import { createPause } from './pause.ts'
import { createForwarding } from './pin/forward.ts'
import { createJobs } from './pin/jobs.ts'
import type { PinJobs } from './pin/pin-status.ts'
import { pinProtocol } from './pin/protocol.ts'
import { createPsa } from './pin/psa.ts'
import { pinService } from './pin/service.ts'
import { createAlarms } from './session/alarms.ts'
import { createBearers } from './session/bearers.ts'
import { createDesk } from './session/desk.ts'
import { formerKeys } from './session/former-keys.ts'
import { createIssuer } from './session/issue.ts'
import { sessionProtocol } from './session/protocol.ts'
import { createTurns, SESSION_RATES } from './session/rates.ts'
import { sessionService } from './session/service.ts'
import { type AlarmRow, type ClientRow, SESSION_QUEUE, sessionStore } from './session/store.ts'
import { createCafeTime } from './session/time.ts'
import type { Cafe, CafeComponents } from './shape.ts'
import { snapshotProtocol } from './snapshot/protocol.ts'
import { createSnapshots } from './snapshot/service.ts'
import { issueToken, listTokens, type TokenOptions } from './tokens.ts'
import { createVouch } from './vouch.ts'

export type { Cafe, CafeComponents, Client, Registrar } from './shape.ts'

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
  const pause = await createPause(store, time.now)
  const activity = await createActivity({ rows, now: time.now, log, onChange })
  const onStolen = (account: ClientRow['account'], by: PeerIdText): void => raise({ kind: 'stolen', account, peer: by })
  const guard = createGuard({ store, issuer, now: time.now, live, onStolen })
  const stands = createStands(store)
  const bearers = createBearers({ store, stands, serial, live, clock: time.now, random })
  const forwarding = createForwarding({ ...components, cafe: peer, pauses: components.forwardPauses })
  const onPins = (): void => {
    forwarding.poke()
    onChange()
  }
  const jobs = await createJobs({
    ...{ rows, keep, blocks, source, clock, stands, onChange: onPins, rests: pause.since !== null },
    onKept: (account, bytes) => activity.note('kept', account, bytes),
  })
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
  const eraseParts = createErase([
    { name: 'pins', erase: jobs.erase },
    ...snapshots.parts,
    ...contacts.parts,
    ...inbox.parts,
    ...links.parts,
  ])
  const erase: Erase = (account, commit) =>
    eraseParts(account, (changes, erased) => commit([...changes, ...activity.forget(account)], erased))
  const desk = createDesk({ store, serial, time, live, bearers, erase, activity })

  const until = ({ ended }: Session): AbortSignal => ended
  const seats = createSeats(STREAMS_PER_PEER)
  const face = createFace({ onEnd: onChange })
  const open: string[] = []
  const add = async <S extends Service>(service: S, given: ServiceHandlers<S, Session>): Promise<void> => {
    const handlers = pause.gate(service, given)
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
      ...{ store, issuer, serial, time, random, live, alarms, bearers, erase, pause, activity },
      turns: createTurns(components.rates ?? SESSION_RATES, clock),
    }),
  )
  const pins = pinService({ keep, jobs, blocks, holds, clock, stands: bearers.stands })
  await add(pinProtocol, {
    ...pins,
    pin: (input, context) => activity.noteFull(context.session.account, pins.pin(input, context)),
    car: (input, context) => activity.noteFull(context.session.account, pins.car(input, context)),
  })
  await add(snapshotProtocol, snapshots.handlers)
  await add(contactProtocol, contacts.handlers)
  await add(infoProtocol, info.handlers)
  await add(inboxProtocol, inbox.handlers)
  await add(linkProtocol, links.handlers)
  const asked: PinJobs = {
    ...jobs,
    async add(owner, ask) {
      pause.assertTaking()
      return jobs.add(owner, ask)
    },
  }
  face.addRoot(
    'pins',
    createPsa({ jobs: asked, guard: bearers.check, delegates: () => delegatesOf(components), seats, log }),
  )

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
    forwarding,
    jobs,
    fetch: face.fetch,
    knows,
    guests: createGuests(store, time),
    neighbours: info.list,
    meet: info.meet,
    activity,
    paused: () => pause.since,
    setPaused: told(async (paused: boolean) => {
      if (!(await pause.set(paused))) return
      activity.note(paused ? 'paused' : 'resumed')
      await (paused ? jobs.close() : jobs.goOn())
      live.look()
    }),
    leaving: () => leavingOf({ store, keep, forwarding, letters: inbox.letters, hears: live.hears }),
    async close({ farewell } = {}) {
      if (farewell !== undefined) await live.farewell(farewell)
      face.close()
      info.close()
      contacts.close()
      await Promise.all(open.map((id) => registrar.unhandle(id)))
      live.close()
      inbox.close()
      await forwarding.close()
      await jobs.close()
      await activity.close()
    },
    createToken: told((options: TokenOptions) => issueToken({ store, time, random }, options)),
    tokens: () => listTokens({ store }),
    clients: () => listClients({ store, keep, live }),
  }
}

/** Where clients of the Pinning Service API connect to hand over blocks: also a cafe that nobody can dial is somebody. */
function delegatesOf({ addresses, peer }: CafeComponents): readonly string[] {
  const now = addresses()
  return now.length > 0 ? now : [`/p2p/${peer}`]
}

/**
 * A cafe: the services it offers, on one node, over one store. A new service is a folder of its own and one line in
 * {@link createCafe}.
 */
import type { Connection, Stream } from '@libp2p/interface'
import type { Clock, Random } from '../core/clock.ts'
import type { Address, PeerIdText } from '../core/ids.ts'
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
import { type CafeFetch, createFace } from './face.ts'
import { createGuard, createStands, type Session } from './guard.ts'
import type { BlockSource } from './pin/fetch.ts'
import { createJobs, type PinJobs } from './pin/jobs.ts'
import type { Keep } from './pin/keep.ts'
import { pinProtocol } from './pin/protocol.ts'
import { createPsa } from './pin/psa.ts'
import { pinService } from './pin/service.ts'
import type { UsageRow } from './pin/store.ts'
import { createBearers } from './session/bearers.ts'
import { createIssuer } from './session/issue.ts'
import { sessionProtocol } from './session/protocol.ts'
import { sessionService } from './session/service.ts'
import { type ClientRow, sessionStore } from './session/store.ts'
import { issueToken, type TokenOptions } from './tokens.ts'

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
  readonly registrar: Registrar
  readonly rows: Rows
  /** What this device keeps for clients: it is there whether or not the cafe is open. */
  readonly keep: Keep
  readonly blocks: Blocks
  readonly holds: Holds
  /** Blocks of the peers that clients name. */
  readonly source: BlockSource
  readonly jwtKey: JwtKey
  /** Where it can be dialled now. */
  readonly addresses: () => readonly string[]
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  /** Called after a client came or went or its pins changed. */
  readonly onChange: () => void
}

export interface Client extends ClientRow {
  readonly usage: UsageRow
}

export interface Cafe {
  /** What clients asked to be pinned, for other carriers. */
  readonly jobs: PinJobs
  /** Stops answering; everything kept stays. */
  close(): Promise<void>
  /** Its HTTP face: the same services, for bearer tokens (`face.ts`). */
  readonly fetch: CafeFetch
  createToken(options: TokenOptions): Promise<{ id: string; token: string }>
  clients(): Promise<readonly Client[]>
}

/** Opens the cafe: from the return on it answers. `name` is what its host called it. */
export async function createCafe(components: CafeComponents, name: string): Promise<Cafe> {
  const { peer, registrar, rows, keep, blocks, holds, source, jwtKey, clock, random, log, onChange } = components
  const serial = createSerial()
  const sessions = sessionStore(rows)
  const issuer = createIssuer({ cafe: peer, name: () => name, key: jwtKey, epoch: 1 })
  const guard = createGuard({ store: sessions, issuer, clock })
  const challengeKey = await createChallengeKey()
  const stands = createStands(sessions)
  const bearers = createBearers({ store: sessions, stands, serial, clock, random })
  const jobs = await createJobs({ rows, keep, blocks, source, clock, stands, onChange })
  const { erase } = jobs

  const until = ({ ended }: Session): AbortSignal | undefined => ended
  const seats = createSeats(STREAMS_PER_PEER)
  const face = createFace({ onEnd: onChange })
  const open: string[] = []
  const add = async <S extends Service>(service: S, handlers: ServiceHandlers<S, Session>): Promise<void> => {
    const answer = serve(service, handlers, { guard, until, log })
    const handler = (stream: Stream, connection: Connection): Promise<void> =>
      answer(stream, connection).finally(onChange)
    await registrar.handle(service.id, handler, { limited: service.limited, maxStreams: STREAMS_PER_PEER })
    open.push(service.id)
    face.addService(service.name, serveHttp(service, handlers, { guard: bearers.check, until, seats, log }))
  }

  await add(
    sessionProtocol,
    sessionService({ cafe: peer, store: sessions, bearers, issuer, challengeKey, serial, clock, random, erase }),
  )
  await add(pinProtocol, pinService({ keep, jobs, blocks, holds, clock, stands: bearers.stands }))
  face.addRoot('pins', createPsa({ jobs, guard: bearers.check, delegates: () => delegatesOf(components), seats, log }))

  return {
    jobs,
    fetch: face.fetch,
    async close() {
      face.close()
      await Promise.all(open.map((id) => registrar.unhandle(id)))
      await jobs.close()
    },
    createToken: (options) => issueToken({ store: sessions, clock, random }, options),
    async clients() {
      const found = await sessions.clients.list([])
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
async function usageOf(keep: Keep, account: Address): Promise<UsageRow> {
  const { roots, bytes } = await keep.usage(account)
  return { roots, bytes }
}

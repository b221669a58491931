/**
 * Every operation of the cafe's services over both carriers: the same script on two cafes that are alike must be told the
 * same, whether its frames are on a libp2p stream or in HTTP bodies of either form.
 */
import { describe, expect, it } from 'vitest'
import type { Relay } from '../../relay/relay.ts'
import { pinProtocol } from '../../src/cafe/pin/protocol.ts'
import { sessionProtocol } from '../../src/cafe/session/protocol.ts'
import { start as startLibp2p } from '../../src/wire/call.ts'
import { cborFormat, type Format, jsonFormat } from '../../src/wire/http-frames.ts'
import type { Service } from '../../src/wire/protocol.ts'
import { type Fetch, serveOnLoopback, startHttp } from '../fixtures/http-call.ts'
import { leadThrough, startRelay } from './door-fixture.ts'
import { type CafeNode, createTestNode, failure, keep } from './fixture.ts'
import { newCafe, newClient } from './pin-fixture.ts'
import { type AnyExchange, content, SCRIPTS, type Script, type World } from './pin-scripts.ts'

type Auth = (world: Omit<World, 'start'>) => Promise<string>
type Start = (
  world: Omit<World, 'start'>,
  service: Service,
  op: string,
  input: unknown,
  auth?: string,
) => Promise<AnyExchange>

interface Carrier {
  readonly name: string
  readonly auth: Auth
  readonly start: Start
}

const bearer: Auth = async ({ cafe, guest }) => {
  const wish = { label: 'a program', scopes: ['pin'] } as const
  return (await guest.peer.bearers.grant(cafe.at.cafe, wish, { signal: AbortSignal.timeout(30_000) })).text
}

const libp2p: Carrier = {
  name: 'libp2p',
  auth: ({ cafe, guest }) => guest.access(cafe),
  start: async ({ cafe, guest }, service, op, input, auth) =>
    (await startLibp2p(guest.node.connector, cafe.at.cafe, service, op, input as never, { auth })) as AnyExchange,
}

const overHttp = (name: string, format: Format, via: (cafe: CafeNode) => Promise<[Fetch, string]>): Carrier => ({
  name,
  auth: bearer,
  async start({ cafe }, service, op, input, auth) {
    const [fetch, origin] = await via(cafe)
    return startHttp(fetch, service, op, input, { auth, format, origin })
  },
})

const directly = async (cafe: CafeNode): Promise<[Fetch, string]> => [
  (request) => cafe.cafe.fetch(request),
  'http://cafe.test',
]
const onLoopback = async (cafe: CafeNode): Promise<[Fetch, string]> => {
  const server = await serveOnLoopback((request) => cafe.cafe.fetch(request))
  keep({ stop: server.close })
  return [(request) => fetch(request), server.origin]
}

/** Through a relay to a cafe that is only connected to it. */
let relay: Promise<Relay> | undefined
const doors = new WeakMap<CafeNode, Promise<string>>()
const throughDoor = async (cafe: CafeNode): Promise<[Fetch, string]> => {
  relay ??= startRelay()
  const door = doors.get(cafe) ?? leadThrough(await relay, cafe)
  doors.set(cafe, door)
  return [(request) => fetch(request), await door]
}

const HTTP = [
  overHttp('HTTP with dag-json', jsonFormat, directly),
  overHttp('HTTP with dag-cbor', cborFormat, directly),
  overHttp('real HTTP with dag-json', jsonFormat, onLoopback),
  overHttp('a relay’s door with dag-json', jsonFormat, throughDoor),
  overHttp('a relay’s door with dag-cbor', cborFormat, throughDoor),
]

async function play(carrier: Carrier, script: Script): Promise<unknown> {
  const cafe = await newCafe()
  const guest = await newClient(cafe)
  const auth = await carrier.auth({ cafe, guest })
  const start: World['start'] = (op, input) => carrier.start({ cafe, guest }, pinProtocol, op, input, auth)
  return script({ cafe, guest, start })
}

describe('the pin service', () => {
  it.each(Object.keys(pinProtocol.operations))('answers %s the same over both carriers', async (op) => {
    const script = SCRIPTS[op as keyof typeof SCRIPTS]
    const expected = await play(libp2p, script)
    expect(JSON.stringify(expected)).toMatch(/\w/)
    for (const carrier of HTTP) expect([carrier.name, await play(carrier, script)]).toEqual([carrier.name, expected])
  })

  it.each(Object.keys(pinProtocol.operations))(
    'refuses %s alike to whoever may not, and an input that is none',
    async (op) => {
      const cafe = await newCafe()
      const guest = await newClient(cafe)
      const world = { cafe, guest }
      const session = await guest.access(cafe)
      for (const carrier of [libp2p, ...HTTP]) {
        const refused = async (input: unknown, auth?: string) =>
          failure((await carrier.start(world, pinProtocol, op, input, auth)).receipt())
        expect(await refused({ nonsense: 1 })).toEqual({ code: 'UNAUTHORIZED' })
        if (carrier !== libp2p) expect(await refused({}, session)).toEqual({ code: 'UNAUTHORIZED' })
        const good = await carrier.auth(world)
        expect(await refused(null, good)).toEqual({ code: 'BAD_REQUEST', at: '' })
        const nonsense = (await refused({ nonsense: 1 }, good)) as { code: string; at: string }
        expect(nonsense.code).toBe('BAD_REQUEST')
        expect(nonsense).toEqual(
          await failure((await libp2p.start(world, pinProtocol, op, { nonsense: 1 }, session)).receipt()),
        )
      }
    },
  )
})

describe('the session service over HTTP', () => {
  it.each(Object.keys(sessionProtocol.operations))(
    'never answers %s: it rests on the peer that a handshake proves',
    async (op) => {
      const cafe = await newCafe()
      const guest = await newClient(cafe)
      const world = { cafe, guest }
      const auth = await bearer(world)
      const session = await guest.access(cafe)
      const before = await cafe.dump()
      const { auth: needs } = sessionProtocol.operations[op as 'challenge']
      for (const carrier of HTTP) {
        const refused = async (token?: string) =>
          failure((await carrier.start(world, sessionProtocol, op, {}, token)).receipt())
        const peer = { code: 'FORBIDDEN', why: 'peer' }
        const over = { code: 'UNAUTHORIZED' }
        expect(await refused()).toEqual(needs === 'none' ? peer : over)
        expect(await refused(session)).toEqual(needs === 'none' ? peer : over)
        expect(await refused(auth)).toEqual(needs === 'none' ? peer : { code: 'FORBIDDEN', why: 'scope' })
      }
      expect(await cafe.dump()).toEqual(before)
    },
  )
})

describe('the HTTP face', () => {
  it('fetches from a peer that a program names over HTTP', async () => {
    const cafe = await newCafe()
    const guest = await newClient(cafe)
    const origin = await createTestNode()
    keep({ stop: () => origin.node.stop() })
    const block = await content(1000, 30)
    await origin.blocks.put(block.cid, block.bytes)
    const auth = await bearer({ cafe, guest })
    const fetch: Fetch = (request) => cafe.cafe.fetch(request)
    const start = (op: string, input: unknown) => startHttp(fetch, pinProtocol, op, input, { auth, format: jsonFormat })
    const watching = start('watch', {})
    await start('fetch', { root: block.cid, origins: [...origin.node.addresses()] }).receipt()
    for (let item = await watching.next(); item; item = await watching.next()) {
      const { status } = item as { status?: { state: string; bytes: number } }
      if (status?.state === 'pinned') break
    }
    watching.close()
    expect(await cafe.blocks.has(block.cid)).toBe(true)
  })
})

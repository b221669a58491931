/** Small records over both carriers: the same script on two cafes that are alike is told the same. */
import { describe, expect, it } from 'vitest'
import { createCard } from '../../src/cafe/contact/card.ts'
import { contactProtocol } from '../../src/cafe/contact/protocol.ts'
import { slotReceiptRecord, snapshotProtocol } from '../../src/cafe/snapshot/protocol.ts'
import { isCafeError } from '../../src/core/errors.ts'
import { KiB, MAX_CARD_TTL, MAX_DROP_BODY, MAX_SLOT_BODY } from '../../src/core/limits.ts'
import { sha256 } from '../../src/crypto/bytes.ts'
import { openRecord } from '../../src/crypto/envelope.ts'
import { type Exchange, start as startLibp2p } from '../../src/wire/call.ts'
import { cborFormat, type Format, jsonFormat } from '../../src/wire/http-frames.ts'
import type { Service } from '../../src/wire/protocol.ts'
import { startHttp } from '../fixtures/http-call.ts'
import { leadThrough, startRelay } from './door-fixture.ts'
import { type CafeNode, createCafeNode, createClient, failure, type GuestNode, keep } from './fixture.ts'

type AnyExchange = Exchange<unknown, unknown, unknown>
type Start = (service: Service, op: string, input: unknown, auth?: string) => Promise<AnyExchange>

interface World {
  readonly cafe: CafeNode
  readonly guest: GuestNode
  readonly auth: string
  readonly start: Start
}

type Carrier = (world: Pick<World, 'cafe' | 'guest'>) => Promise<Pick<World, 'auth' | 'start'>>

const libp2p: Carrier = async ({ cafe, guest }) => ({
  auth: await guest.access(cafe),
  start: async (service, op, input, auth) =>
    (await startLibp2p(guest.node.connector, cafe.at.cafe, service, op, input as never, { auth })) as AnyExchange,
})

const bearerOf = async ({ cafe, guest }: Pick<World, 'cafe' | 'guest'>, scopes: readonly ('snapshot' | 'contact')[]) =>
  (await guest.peer.bearers.grant(cafe.at.cafe, { label: 'x', scopes }, { signal: AbortSignal.timeout(30_000) })).text

const http =
  (format: Format): Carrier =>
  async (world) => ({
    auth: await bearerOf(world, ['snapshot', 'contact']),
    start: async (service, op, input, auth) =>
      startHttp((request) => world.cafe.cafe.fetch(request), service, op, input, { auth, format }),
  })

/** Through a relay's door. */
const door: Carrier = async (world) => {
  const origin = await leadThrough(await startRelay(), world.cafe)
  return {
    auth: await bearerOf(world, ['snapshot', 'contact']),
    start: async (service, op, input, auth) =>
      startHttp((request) => fetch(request), service, op, input, { auth, format: jsonFormat, origin }),
  }
}

const CARRIERS = [
  ['libp2p', libp2p],
  ['dag-json', http(jsonFormat)],
  ['dag-cbor', http(cborFormat)],
  ['door', door],
] as const

async function newWorld(carrier: Carrier): Promise<World> {
  const cafe = keep(await createCafeNode())
  const guest = keep(await createClient(cafe))
  return { cafe, guest, ...(await carrier({ cafe, guest })) }
}

/** What a call says, item by item, up to its receipt or its failure; receipts of puts as what is signed in them. */
async function told({ cafe, start, auth }: World, op: string, input: unknown, upload?: unknown): Promise<unknown[]> {
  const all: unknown[] = []
  try {
    const exchange = await start(snapshotProtocol, op, input, auth)
    // As the client does: what the cafe says counts, also where it says it before the body is out.
    if (upload) exchange.send(upload).catch(() => {})
    for (let item = await exchange.next(); item !== undefined; item = await exchange.next()) all.push(item)
    const receipt = (await exchange.receipt()) as { receipt?: Uint8Array }
    if (!receipt.receipt) return [...all, receipt]
    const { slot, seq, hash } = await openRecord(slotReceiptRecord, cafe.at.cafe, receipt.receipt)
    return [...all, { slot, seq, hash }]
  } catch (error) {
    if (!isCafeError(error)) throw error
    return [...all, { code: error.code, ...error.data }]
  }
}

const slot = new Uint8Array(16).fill(5)
const bodies = [256, 16 * KiB, MAX_SLOT_BODY].map((size, i) => new Uint8Array(size).fill(i + 1))

async function script(world: World): Promise<unknown[]> {
  const said: unknown[] = []
  const say = async (op: string, input: unknown, upload?: unknown) => said.push(await told(world, op, input, upload))
  for (const [i, body] of bodies.entries()) {
    const wish = { slot, expect: i, seq: i + 1, hash: await sha256(body), size: body.byteLength }
    await say('put', wish, { body })
    await say('put', { ...wish, expect: 9, seq: 10 }, { body })
    await say('get', { slot })
  }
  await say('get', { slot, seq: 2 })
  await say('list', {})
  await say('remove', { slot, expect: 1 })
  await say('remove', { slot, expect: 3 })
  await say('get', { slot })
  await say('leave', { drop: slot, size: MAX_DROP_BODY }, { body: new Uint8Array(MAX_DROP_BODY) })
  await say('withdraw', { drop: slot })
  return said
}

describe('the snapshot service', () => {
  it('says the same over both carriers', async () => {
    const all: unknown[][] = []
    for (const [name, carrier] of CARRIERS) {
      const said = await script(await newWorld(carrier))
      expect(said[0], name).toMatchObject([{ slot, seq: 1 }])
      all.push(said)
    }
    expect(all[1]).toEqual(all[0])
    expect(all[2]).toEqual(all[0])
    expect(all[3]).toEqual(all[0])
  })

  it('does not answer over HTTP what rests on a peer, nor a bearer for another service', async () => {
    for (const format of [jsonFormat, cborFormat]) {
      const world = await newWorld(http(format))
      const refused = async (service: Service, op: string, input: unknown, auth?: string) =>
        failure((await world.start(service, op, input, auth)).receipt())
      const peer = { code: 'FORBIDDEN', why: 'peer' }
      expect(await refused(snapshotProtocol, 'look', { drops: [slot] }, world.auth)).toEqual(peer)
      expect(await refused(contactProtocol, 'get', { address: world.guest.account().address })).toEqual(peer)
      const narrow = await bearerOf(world, ['contact'])
      const scope = { code: 'FORBIDDEN', why: 'scope' }
      expect(await refused(snapshotProtocol, 'list', {}, narrow)).toEqual(scope)
      expect(await refused(snapshotProtocol, 'list', {})).toEqual({ code: 'UNAUTHORIZED' })
    }
  })
})

describe('the contact service', () => {
  it('takes a card over both carriers', async () => {
    for (const [name, carrier] of CARRIERS) {
      const world = await newWorld(carrier)
      const { guest, cafe, start, auth } = world
      const said = { name: 'Ada', avatar: null, devices: [], inboxes: [], seq: 1, ts: cafe.clock(), ttl: MAX_CARD_TTL }
      const envelope = await createCard(guest.account(), said)
      const exchange = await start(contactProtocol, 'publish', { envelope }, auth)
      expect(await exchange.receipt(), name).toHaveProperty('receipt')
      expect(await guest.contacts.get(cafe.at.cafe, guest.account().address)).toEqual(envelope)
    }
  })
})

/** The cafes a cafe knows: whose records it takes, whom it keeps when there is no room, and where it will dial. */
import { generateKeyPair } from '@libp2p/crypto/keys'
import type { PrivateKey } from '@libp2p/interface'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { beforeEach, describe, expect, it } from 'vitest'
import { dialable } from '../../src/cafe/info/dialable.ts'
import { type Known, loadKnown } from '../../src/cafe/info/known.ts'
import { createOwnInfo } from '../../src/cafe/info/own.ts'
import { type CafeInfo, cafeInfoRecord } from '../../src/cafe/info/protocol.ts'
import type { PeerIdText } from '../../src/core/ids.ts'
import {
  INFO_TTL,
  KNOWN_GOOD,
  MARK_TTL,
  MAX_HEARD_FROM_ONE,
  MAX_INFO,
  MAX_KNOWN_CAFES,
  RECORD_SKEW,
} from '../../src/core/limits.ts'
import { openRecord, sealRecord } from '../../src/crypto/envelope.ts'
import { memoryRows } from '../../src/store/memory.ts'
import type { Rows } from '../../src/store/rows.ts'
import { failure, flipBit } from './crypto-help.ts'

const START = Date.UTC(2030, 0, 1)
const AT = '/dns4/cafe.example/tcp/443/wss'

interface TestCafe {
  readonly key: PrivateKey
  readonly peer: PeerIdText
}

async function newCafe(): Promise<TestCafe> {
  const key = await generateKeyPair('Ed25519')
  return { key, peer: peerIdFromPrivateKey(key).toString() as PeerIdText }
}

let now: number
let rows: Rows
let self: TestCafe
let known: Known
const load = () => loadKnown({ rows, self: self.peer, clock: () => now, addresses: () => [AT] })
beforeEach(async () => {
  now = START
  rows = memoryRows()
  self = await newCafe()
  known = await load()
})

const recordOf = ({ key, peer }: TestCafe, more: Partial<CafeInfo> = {}) =>
  sealRecord(cafeInfoRecord, key, {
    ...{ v: 1 as const, cafe: peer, name: 'Corner', epoch: 1, addresses: [AT], seq: now, ts: now, ttl: INFO_TTL },
    ...more,
  })
const names = () => known.list().map(({ name }) => name)
const isKnown = ({ peer }: TestCafe) => known.list().some(({ cafe }) => cafe === peer)

describe('a record of a cafe', () => {
  it('is taken in if it is signed by that cafe, holds and says where it can be dialled', async () => {
    const cafe = await newCafe()
    const envelope = await recordOf(cafe)
    expect(await known.learn(envelope, cafe.peer)).toMatchObject({ cafe: cafe.peer })
    expect(known.list()).toEqual([{ cafe: cafe.peer, name: 'Corner', addresses: [AT], answered: null, marked: null }])
    known = await load()
    expect(names()).toEqual(['Corner'])
  })

  it('is thrown away with any bit changed, and when another has signed it', async () => {
    const [cafe, other] = [await newCafe(), await newCafe()]
    const envelope = await recordOf(cafe)
    const corrupt = { code: 'CORRUPT', data: { what: 'envelope' } }
    for (let bit = 0; bit < 8 * envelope.byteLength; bit += 7)
      expect(await failure(() => known.learn(flipBit(envelope, bit), cafe.peer))).toEqual(corrupt)
    const forged = await recordOf({ key: other.key, peer: cafe.peer })
    expect(await failure(() => known.learn(forged, cafe.peer))).toEqual(corrupt)
    expect(await failure(() => known.demandOwn(envelope, other.peer))).toEqual(corrupt)
    expect(await failure(() => known.demandOwn(undefined, cafe.peer))).toEqual(corrupt)
    expect(names()).toEqual([])
  })

  it('gives way to a newer one, and to no older one', async () => {
    const cafe = await newCafe()
    const old = await recordOf(cafe, { name: 'Old', seq: 5 })
    await known.learn(await recordOf(cafe, { name: 'New', seq: 6 }), cafe.peer)
    await known.learn(old, cafe.peer)
    expect(names()).toEqual(['New'])
  })

  it('is no news when it is over, from the future, of nowhere to be dialled, or of this cafe itself', async () => {
    const cafe = await newCafe()
    for (const more of [
      { ts: now - INFO_TTL - 1 },
      { ts: now + RECORD_SKEW + 1 },
      { addresses: [] },
      { addresses: ['/ip4/10.0.0.1/tcp/80/ws', '/ip4/1.2.3.4/tcp/4001'] },
    ])
      await known.learn(await recordOf(cafe, more), cafe.peer)
    await known.learn(await recordOf(self), cafe.peer)
    expect(names()).toEqual([])
  })

  it('is forgotten when it ends', async () => {
    const cafe = await newCafe()
    await known.learn(await recordOf(cafe), cafe.peer, { answered: now })
    now += INFO_TTL + 1
    expect([names(), known.usable(true), known.usable(false)]).toEqual([[], [], []])
  })
})

describe('a cafe that', () => {
  it('has answered or is named by the relay is good, for a week', async () => {
    const [answered, named, heard] = [await newCafe(), await newCafe(), await newCafe()]
    await known.learn(await recordOf(answered), answered.peer)
    await known.answered(answered.peer)
    await known.learn(await recordOf(named), named.peer, { named: now, answered: now })
    await known.learn(await recordOf(heard), named.peer)
    const good = () => [answered, named, heard].map(({ peer }) => known.isGood(peer))
    expect(good()).toEqual([true, true, false])
    expect(known.usable(false).map(({ cafe }) => cafe)).toEqual([heard.peer])
    now += KNOWN_GOOD
    expect(good()).toEqual([false, false, false])
  })

  it('lied is marked for a day, over restarts, and not used', async () => {
    const liar = await newCafe()
    await known.learn(await recordOf(liar), liar.peer, { answered: now })
    await known.mark(liar.peer)
    known = await load()
    expect([known.isMarked(liar.peer), known.isGood(liar.peer), known.usable(true)]).toEqual([true, false, []])
    expect(known.list()).toMatchObject([{ cafe: liar.peer, marked: now + MARK_TTL }])
    // Coming again does not wash it off.
    await known.learn(await recordOf(liar, { seq: now + 1 }), liar.peer, { answered: now })
    expect(known.isMarked(liar.peer)).toBe(true)
    now += MARK_TTL
    expect(known.isMarked(liar.peer)).toBe(false)
  })
})

describe('room', { timeout: 60_000 }, () => {
  it('goes to so many from one teller, the latest of them', async () => {
    const teller = (await newCafe()).peer
    for (let n = 0; n < MAX_HEARD_FROM_ONE + 5; n++) {
      now += 1
      await known.learn(await recordOf(await newCafe(), { name: `N${n}` }), teller)
    }
    expect(known.list()).toHaveLength(MAX_HEARD_FROM_ONE)
    expect(names()).not.toContain('N4')
    expect(names()).toContain(`N${MAX_HEARD_FROM_ONE + 4}`)
  })

  it('is never taken from cafes that answered, by however many made-up ones', async () => {
    const good = await Promise.all(Array.from({ length: 20 }, newCafe))
    for (const cafe of good) await known.learn(await recordOf(cafe, { name: 'good' }), cafe.peer, { answered: now })
    const honest = await newCafe()
    await known.learn(await recordOf(honest), (good[0] as TestCafe).peer)
    for (let n = 0; n < MAX_KNOWN_CAFES + 100; n++) {
      now += 1
      const made = await newCafe()
      // Each comes itself, so each is its own teller.
      await known.learn(await recordOf(made, { name: 'made up' }), made.peer)
    }
    expect(known.list()).toHaveLength(MAX_KNOWN_CAFES)
    for (const cafe of [...good, honest]) expect(isKnown(cafe)).toBe(true)
    // And a good one that comes then finds room.
    const late = await newCafe()
    await known.learn(await recordOf(late), late.peer, { answered: now })
    expect([isKnown(late), known.list().length]).toEqual([true, MAX_KNOWN_CAFES])
    expect(await rows.range('/cafe/known-cafe/')).toHaveLength(MAX_KNOWN_CAFES)
  })

  it('is not found for one more when all have answered', async () => {
    for (let n = 0; n < MAX_KNOWN_CAFES; n++) {
      const cafe = await newCafe()
      await known.learn(await recordOf(cafe), cafe.peer, { answered: now })
    }
    const late = await newCafe()
    await known.learn(await recordOf(late), late.peer, { answered: now })
    expect([isKnown(late), known.list().length]).toEqual([false, MAX_KNOWN_CAFES])
  })
})

describe('what a cafe says about itself', () => {
  const own = (says: { name?: string; addresses?: string[] } = {}) => {
    const { name = 'Corner', addresses = [AT] } = says
    const at = { rows, peer: self.peer, peerKey: self.key, epoch: 3, clock: () => now }
    return createOwnInfo({ ...at, name: () => name, addresses: () => addresses })()
  }
  const open = (envelope: Uint8Array) => openRecord(cafeInfoRecord, self.peer, envelope)

  it('is signed once, and anew when it changes or grows old, with a greater number each time', async () => {
    const first = await own()
    expect(await open(first)).toMatchObject({ cafe: self.peer, name: 'Corner', epoch: 3, addresses: [AT], seq: START })
    now += 1000
    expect(await own()).toEqual(first)
    expect(await open(await own({ name: 'Other' }))).toMatchObject({ name: 'Other', seq: START + 1000 })
    // Its clock goes back.
    now = START - 5000
    expect(await open(await own())).toMatchObject({ seq: START + 1001, ts: START - 5000 })
    now += INFO_TTL / 3
    expect((await open(await own())).seq).toBeGreaterThan(START + 1001)
  })

  it('names as many addresses as there is room for', async () => {
    const long = Array.from({ length: 12 }, (_, n) => `/dns4/${'x'.repeat(300)}${n}.example/tcp/443/wss`)
    const envelope = await own({ name: '𝒳'.repeat(64), addresses: [...long, AT] })
    expect(envelope.byteLength).toBeLessThanOrEqual(MAX_INFO)
    expect((await open(envelope)).addresses.length).toBeGreaterThanOrEqual(4)
  })
})

describe('an address is dialled', () => {
  const cafe = '12D3KooWPjceQrSwdWXPyLLeABRXmuqt69Rg3sBYbU1Nft9HyQ6X' as PeerIdText
  const relay = '12D3KooWRBy97UB99e3J6hiPesre1MZeuNQvfan4gBziswrRJsNK'
  const internet = [AT, '/ip4/8.8.8.8/tcp/443/wss', '/ip6/2a00:1450:4001::1/tcp/443/tls/ws']
  const network = [
    '/ip4/192.168.1.7/tcp/80/ws',
    '/ip4/10.1.2.3/tcp/80/ws',
    '/dns4/nas.local/tcp/80/ws',
    '/dns4/router/tcp/80/ws',
  ]
  const machine = ['/ip4/127.0.0.1/tcp/80/ws', '/ip6/::1/tcp/80/ws', '/dns4/cafe.localhost/tcp/80/ws']
  const dials = (addresses: readonly string[], own: readonly string[]) => dialable(cafe, addresses, own)

  it('if it leads no nearer than where this cafe is itself', () => {
    const all = [...internet, ...network, ...machine]
    expect(dials(all, internet)).toEqual(internet)
    expect(dials(all, [])).toEqual(internet)
    expect(dials(all, [network[0] as string])).toEqual([...internet, ...network])
    expect(dials(all, [machine[0] as string])).toEqual(all)
  })

  it('through a relay as well, judged by where the relay is', () => {
    const ends = (at: string) => [
      `${at}/p2p/${relay}/p2p-circuit/p2p/${cafe}`,
      `${at}/p2p/${relay}/p2p-circuit/webrtc/p2p/${cafe}`,
    ]
    expect(dials(ends(AT), internet)).toEqual(ends(AT))
    expect(dials(ends('/ip4/192.168.1.7/tcp/80/ws'), internet)).toEqual([])
    expect(dials(ends('/ip4/192.168.1.7/tcp/80/ws'), network)).toHaveLength(2)
  })

  it('only if browsers can, and if it leads to this cafe', () => {
    for (const address of [
      ...[
        '/ip4/8.8.8.8/tcp/4001',
        '/ip4/8.8.8.8/udp/4001/quic-v1',
        '/unix/%2Ftmp%2Fx/ws',
        '/memory/1/ws',
        'nonsense',
        '/ws',
      ],
      ...[`${AT}/p2p/${relay}`, `${AT}/p2p/${relay}/p2p-circuit`, '/dns4/x.example/tcp/99999999/ws'],
    ])
      expect(dials([address], machine), address).toEqual([])
    expect(dials([`${AT}/p2p/${cafe}`], internet)).toHaveLength(1)
    expect(
      dials(['/ip4/8.8.8.8/udp/4001/webrtc-direct/certhash/uEiDDq4_xNyDorZBH3TlGazyJdOWSwvo4PUo5YHFMrvDE8g'], internet),
    ).toHaveLength(1)
  })
})

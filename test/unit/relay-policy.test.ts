/** Who gets a seat, and whom seats admit. */
import { createHash, createHmac, randomBytes } from 'node:crypto'
import { multiaddr } from '@multiformats/multiaddr'
import { describe, expect, it } from 'vitest'
import { KNOWN_AFTER, KNOWN_FOR, MAX_KNOWN } from '../../relay/limits.ts'
import { placeOf } from '../../relay/place.ts'
import { POLICIES, type Policy } from '../../relay/policy.ts'
import { createSeats, type Seats } from '../../relay/seats.ts'
import { createVouchers } from '../../relay/vouchers.ts'
import type { PeerIdText } from '../../src/core/ids.ts'
import { proveVoucher, voucherKey } from '../../src/crypto/voucher.ts'
import { ADMIT_TTL, MAX_ADMITTED } from '../../src/wire/seat.ts'

describe('the place of an address', () => {
  it.each([
    ['/ip4/192.0.2.7/tcp/4001/ws', '192.0.2.7', '192.0.2'],
    ['/ip6/::ffff:192.0.2.7/tcp/1', '192.0.2.7', '192.0.2'],
    ['/ip6/2001:db8:1:2:3:4:5:6/tcp/1', '2001:db8:1:2', '2001:db8:1'],
    ['/ip6/2001:db8:1:2::9/tcp/1', '2001:db8:1:2', '2001:db8:1'],
    ['/ip6/2001:db8::9/tcp/1', '2001:db8:0:0', '2001:db8:0'],
  ])('%s is %s in %s', (address, host, net) => {
    expect(placeOf(multiaddr(address))).toEqual({ host, net })
  })

  it('is none for this machine, which may be a proxy for everybody', () => {
    for (const address of ['/ip4/127.0.0.1/tcp/1', '/ip6/::1/tcp/1'])
      expect(placeOf(multiaddr(address))).toBeUndefined()
  })
})

const seatsOf = (more: Partial<Policy>) => {
  let now = 1e12
  const policy = { ...POLICIES.public, seats: 100, knownSeats: 50, ...more }
  return {
    seats: createSeats(policy, () => now),
    wait: (ms: number): void => {
      now += ms
    },
  }
}
/** The i-th machine, each in a network of its own. */
const at = (i: number) => ({ host: `10.${i >> 8}.${i & 255}.1`, net: `10.${i >> 8}.${i & 255}` })
const crowd = (seats: Seats, size: number): number =>
  Array.from({ length: size }, (_, i) => seats.take(`fake ${i}`, at(i))).filter((answer) => typeof answer === 'object')
    .length

describe('seats', () => {
  it('are kept by renewing, and free for others when their peer has gone', () => {
    const { seats } = seatsOf({ seats: 1, knownSeats: 0 })
    expect(seats.take('a', at(1))).toEqual({ ok: true, renewed: false })
    expect(seats.take('a', at(2))).toEqual({ ok: true, renewed: true })
    expect(seats.take('b', at(2))).toBe('full')
    seats.free('a')
    expect(seats.has('a')).toBe(false)
    expect(seats.take('b', at(2))).toMatchObject({ ok: true })
  })

  it('of one machine and one network are bounded, and this machine’s are not', () => {
    const { seats } = seatsOf({ hostSeats: 2, netSeats: 3 })
    const take = (peer: string, host: string, net = 'n') => seats.take(peer, { host, net })
    expect(take('a', '1')).toMatchObject({ ok: true })
    expect(take('b', '1')).toMatchObject({ ok: true })
    expect(take('c', '1')).toBe('host')
    expect(take('d', '2')).toMatchObject({ ok: true })
    expect(take('e', '3')).toBe('network')
    expect(take('f', '4', 'other')).toMatchObject({ ok: true })
    for (let i = 0; i < 10; i++) expect(seats.take(`here ${i}`, undefined)).toMatchObject({ ok: true })
  })

  it('go to no more new peers than leave room for known ones; 1 000 fakes displace nobody', () => {
    const { seats, wait } = seatsOf({})
    const cafes = ['cafe 1', 'cafe 2', 'cafe 3']
    for (const [i, cafe] of cafes.entries()) seats.take(cafe, at(60_000 + i))
    wait(KNOWN_AFTER)
    expect(crowd(seats, 1000)).toBe(50)
    for (const cafe of cafes) expect(seats.has(cafe)).toBe(true)
    expect(seats.taken()).toEqual({ 0: 50, 1: 3, 2: 0 })
  })

  it('are there for a known cafe that slept an hour, though 1 000 fakes want all, and have stayed as long as it takes', () => {
    const { seats, wait } = seatsOf({ knownSeats: 0 })
    seats.take('cafe', at(60_000))
    wait(KNOWN_AFTER)
    seats.free('cafe')
    wait(3_600_000 - KNOWN_AFTER / 2)
    expect(crowd(seats, 1000)).toBe(100)
    wait(KNOWN_AFTER / 2)
    expect(seats.take('cafe', at(60_001))).toEqual({ ok: true, renewed: false, displaced: 'fake 99' })
    expect(seats.take('fake 99', at(99))).toBe('full')
    // A new cafe can be kept out by a crowd, until a seat is free.
    expect(seats.take('new', at(60_002))).toBe('full')
  })

  it('count the time of several short stays, for some weeks', () => {
    expect(seatsOf({ seats: 1, knownSeats: 1 }).seats.take('phone', at(1))).toBe('full')
    const all = seatsOf({ seats: 2, knownSeats: 1 })
    for (let i = 0; i < 5; i++) {
      expect(all.seats.take('phone', at(1))).toMatchObject({ ok: true })
      all.wait(KNOWN_AFTER / 5)
      all.seats.free('phone')
    }
    all.seats.take('other', at(2))
    expect(all.seats.take('phone', at(1))).toMatchObject({ ok: true })
    all.seats.free('phone')
    all.wait(KNOWN_FOR)
    all.seats.free('other')
    expect(all.seats.take('third', at(3))).toMatchObject({ ok: true })
    expect(all.seats.take('phone', at(1))).toBe('full')
  })

  it('are always there for a ticket, also in a crowd of known peers and beyond the caps, but not for a second of it', () => {
    const { seats, wait } = seatsOf({ seats: 3, knownSeats: 0, hostSeats: 3, tickets: ['mine', 'yours'] })
    for (const peer of ['a', 'b', 'c']) seats.take(peer, { host: '1', net: '1' })
    wait(KNOWN_AFTER)
    expect(seats.take('mine', { host: '1', net: '1' })).toEqual({ ok: true, renewed: false, displaced: 'c' })
    expect(seats.take('yours', { host: '1', net: '1' })).toEqual({ ok: true, renewed: false, displaced: 'b' })
    expect(seats.take('b', { host: '2', net: '1' })).toBe('full')
    expect(seats.taken()).toEqual({ 0: 0, 1: 1, 2: 2 })
  })

  it('make the relay remember no more than it can, and not forget a cafe for a crowd', () => {
    const { seats, wait } = seatsOf({ seats: 10_000, knownSeats: 0 })
    seats.take('cafe', at(65_000))
    wait(KNOWN_AFTER)
    seats.free('cafe')
    for (let round = 0; round < 2; round++) {
      for (let i = 0; i < MAX_KNOWN; i++) seats.take(`fake ${round} ${i}`, at(i))
      wait(KNOWN_AFTER / 2)
      for (let i = 0; i < MAX_KNOWN; i++) seats.free(`fake ${round} ${i}`)
    }
    expect(seats.known).toBeLessThanOrEqual(MAX_KNOWN)
    const near = seatsOf({ seats: 1000, netSeats: 5, hostSeats: 5 })
    for (let i = 0; i < 50; i++) {
      near.seats.take(`one ${i}`, { host: '1', net: '1' })
      near.wait(KNOWN_AFTER)
      near.seats.free(`one ${i}`)
    }
    expect(near.seats.known).toBe(5)
  })
})

const RELAY = 'relay' as PeerIdText
const CAFE = 'cafe' as PeerIdText
const GUEST = 'guest' as PeerIdText

describe('vouchers', () => {
  const setup = () => {
    let now = 1e12
    const vouchers = createVouchers(() => now)
    return {
      vouchers,
      wait: (ms: number): void => {
        now += ms
      },
    }
  }
  const said = (more: object = {}) => ({
    ...{ anew: true, more: false, strangers: false, peers: [], keys: [] },
    ...more,
  })
  const token = new Uint8Array(randomBytes(32))
  const subject = { token, relay: RELAY, cafe: CAFE }

  it('are made as the protocol says', async () => {
    const key = await voucherKey(subject)
    const { hkdfSync } = await import('node:crypto')
    const info = Buffer.from(`popup-cafe/voucher/1\0${RELAY}\0${CAFE}`)
    expect(Buffer.from(key)).toEqual(Buffer.from(hkdfSync('sha256', token, new Uint8Array(0), info, 32)))
    const { id, proof } = await proveVoucher(subject, GUEST)
    expect(Buffer.from(id)).toEqual(createHash('sha256').update(key).digest().subarray(0, 16))
    expect(Buffer.from(proof)).toEqual(createHmac('sha256', key).update(GUEST).digest())
    expect(Buffer.from(await voucherKey({ ...subject, relay: 'other' as PeerIdText }))).not.toEqual(Buffer.from(key))
  })

  it('admit nobody to a seat that has said nothing, and then whom it names', () => {
    const { vouchers, wait } = setup()
    expect(vouchers.right(GUEST, CAFE)).toBeUndefined()
    vouchers.admit(CAFE, said({ peers: [GUEST] }))
    expect(vouchers.right(GUEST, CAFE)).toBe('named')
    expect(vouchers.right('other', CAFE)).toBeUndefined()
    expect(vouchers.right(GUEST, 'other')).toBeUndefined()
    wait(ADMIT_TTL)
    expect(vouchers.right(GUEST, CAFE)).toBeUndefined()
  })

  it('take a long list in parts, which holds when it is whole and not before', () => {
    const { vouchers } = setup()
    vouchers.admit(CAFE, said({ peers: ['before' as PeerIdText] }))
    expect(vouchers.admit(CAFE, said({ more: true, peers: [GUEST] }))).toEqual({ peers: 1, keys: 0 })
    expect([vouchers.right(GUEST, CAFE), vouchers.right('before', CAFE)]).toEqual([undefined, 'named'])
    const second = said({ anew: false, peers: ['second' as PeerIdText], strangers: true })
    expect(vouchers.admit(CAFE, second)).toEqual({ peers: 2, keys: 0 })
    expect(['before', GUEST, 'second'].map((peer) => vouchers.right(peer, CAFE))).toEqual([
      'stranger',
      'named',
      'named',
    ])
    const many = Array.from({ length: MAX_ADMITTED + 1 }, (_, i) => `${i}` as PeerIdText)
    expect(() => vouchers.admit(CAFE, said({ peers: many }))).toThrow(expect.objectContaining({ code: 'QUOTA' }))
    expect(vouchers.right(GUEST, CAFE)).toBe('named')
  })

  it('admit the guest who holds an invite, and nobody who copies what it showed', async () => {
    const { vouchers } = setup()
    vouchers.admit(CAFE, said({ keys: [{ key: await voucherKey(subject) }] }))
    const voucher = await proveVoucher(subject, GUEST)
    expect(vouchers.right(GUEST, CAFE)).toBeUndefined()
    expect(vouchers.show(GUEST, CAFE, voucher)).toBe('admitted')
    expect(vouchers.right(GUEST, CAFE)).toBe('invited')
    expect(vouchers.show(GUEST, CAFE, voucher)).toBe('again')
    expect(vouchers.show('thief', CAFE, voucher)).toBe('forged')
    expect(vouchers.right('thief', CAFE)).toBeUndefined()
    const elsewhere = await proveVoucher({ ...subject, cafe: 'other' as PeerIdText }, GUEST)
    expect(vouchers.show(GUEST, CAFE, elsewhere)).toBe('unknown')
    expect(vouchers.show(GUEST, CAFE, { ...voucher, proof: new Uint8Array(32) })).toBe('forged')
  })

  it('end with their time, with their number, and when the cafe says so; who came by one stays counted', async () => {
    const { vouchers, wait } = setup()
    const key = await voucherKey(subject)
    vouchers.admit(CAFE, said({ keys: [{ key, left: 1000, guests: 1 }] }))
    expect(vouchers.show(GUEST, CAFE, await proveVoucher(subject, GUEST))).toBe('admitted')
    const second = 'second' as PeerIdText
    expect(vouchers.show(second, CAFE, await proveVoucher(subject, second))).toBe('used')
    vouchers.admit(CAFE, said({ keys: [{ key, left: 1000, guests: 1 }] }))
    expect(vouchers.show(second, CAFE, await proveVoucher(subject, second))).toBe('used')
    expect(vouchers.right(GUEST, CAFE)).toBe('invited')
    wait(1000)
    expect(vouchers.show(GUEST, CAFE, await proveVoucher(subject, GUEST))).toBe('expired')
    expect(vouchers.right(GUEST, CAFE)).toBeUndefined()
    vouchers.admit(CAFE, said())
    expect(vouchers.show(GUEST, CAFE, await proveVoucher(subject, GUEST))).toBe('unknown')
  })

  it('are waited for, and no longer than one likes', async () => {
    const { vouchers } = setup()
    const waiting = vouchers.said(CAFE, AbortSignal.timeout(60_000))
    vouchers.admit(CAFE, said())
    await waiting
    await vouchers.said('silent', AbortSignal.timeout(5))
    await vouchers.said('silent', AbortSignal.abort())
  })
})

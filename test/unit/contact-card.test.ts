/** Contact cards: what one may say, who may sign it, and which of two a cafe keeps. */
import { CID } from 'multiformats/cid'
import { beforeEach, describe, expect, it } from 'vitest'
import { type CardTerms, cardRecord, createCard, nextSeq, openCard } from '../../src/cafe/contact/card.ts'
import { cardReceiptRecord, contactProtocol } from '../../src/cafe/contact/protocol.ts'
import { isCafeError } from '../../src/core/errors.ts'
import type { Address, PeerIdText } from '../../src/core/ids.ts'
import {
  LOOK_BURST,
  LOOK_COST,
  MAX_CARD,
  MAX_CARD_TTL,
  MAX_DEVICES,
  MAX_INBOXES,
  RECORD_SKEW,
} from '../../src/core/limits.ts'
import type { Account } from '../../src/crypto/account.ts'
import { sha256 } from '../../src/crypto/bytes.ts'
import { createCertificate } from '../../src/crypto/certificate.ts'
import { accountKey, accountSignerId, openRecord, sealRecord } from '../../src/crypto/envelope.ts'
import { memoryRows } from '../../src/store/memory.ts'
import type { Rows } from '../../src/store/rows.ts'
import { failure, flipBit } from './crypto-help.ts'
import { accountOf, deviceOf } from './seal-help.ts'
import { calling, newRecords, type Records, START, sessionOf } from './snapshot-help.ts'

const DAY = 86_400_000
const NOW = START
let ada: Account
let bob: Account
let rows: Rows
let at: Records
beforeEach(async () => {
  ;[ada, bob] = [await accountOf(1), await accountOf(2)]
  rows = memoryRows()
  at = await newRecords({ rows })
})

const code = (error: unknown) => (isCafeError(error) ? error.code : Promise.reject(error))
const certOf = (account: Account, n: number) =>
  createCertificate(account, {
    peer: deviceOf(n).peer,
    notBefore: 0,
    notAfter: NOW + DAY,
    caps: ['thread', 'invite', 'mail'],
    seq: n,
  })
const terms = (more: Partial<CardTerms> = {}): CardTerms =>
  ({
    ...{ name: 'Ada', avatar: null, devices: [], inboxes: [], seq: 1, ts: NOW, ttl: MAX_CARD_TTL },
    ...more,
  }) as CardTerms
const tomb = (seq: number): CardTerms => ({ seq, ts: NOW, tomb: true })

const publish = async (account: Account, envelope: Uint8Array, as: Address = account.address) =>
  (await calling(contactProtocol, at.contacts.handlers, 'publish', { envelope }, { session: sessionOf(as) })).receipt
    .receipt as Uint8Array<ArrayBuffer>
const get = async (address: Address, peer = 'reader') =>
  (await calling(contactProtocol, at.contacts.handlers, 'get', { address }, { peer: peer as PeerIdText })).receipt
    .envelope

describe('a contact card', () => {
  it('says name, picture, devices, cafes and prekey, and anybody can check it', async () => {
    const avatar = CID.parse('bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy')
    const devices = [{ peer: deviceOf(1).peer, cert: await certOf(ada, 1) }]
    const inboxes = [{ cafe: deviceOf(2).peer, addrs: ['/dns4/x.example/tcp/443/wss'] }]
    const said = terms({
      avatar,
      devices,
      inboxes,
      prekey: { x25519: new Uint8Array(32).fill(7), notAfter: NOW + DAY },
    })
    const envelope = await createCard(ada, said)
    expect(await openCard(ada.address, envelope, NOW)).toEqual({ ...said, v: 1, address: ada.address })
  })

  it('fits in what a card may have when it names all that it may', async () => {
    const devices = await Promise.all(
      Array.from({ length: MAX_DEVICES }, async (_, n) => ({ peer: deviceOf(n).peer, cert: await certOf(ada, n) })),
    )
    const address = `/dns4/${'x'.repeat(60)}.example/tcp/443/wss/p2p/${deviceOf(1).peer}/p2p-circuit`
    const inboxes = Array.from({ length: MAX_INBOXES }, (_, n) => ({
      cafe: deviceOf(n).peer,
      addrs: [address, address],
    }))
    const envelope = await createCard(ada, terms({ name: '𝒳'.repeat(64), devices, inboxes }))
    expect(envelope.byteLength).toBeLessThanOrEqual(MAX_CARD)
    const long = inboxes.map(({ cafe }) => ({ cafe, addrs: Array<string>(8).fill(`/dns4/${'x'.repeat(500)}`) }))
    expect(await failure(() => createCard(ada, terms({ devices, inboxes: long })))).toMatchObject({
      code: 'BAD_REQUEST',
      data: { limit: MAX_CARD },
    })
  })

  it('names no device that is another account’s, or another peer than its certificate', async () => {
    for (const device of [
      { peer: deviceOf(1).peer, cert: await certOf(bob, 1) },
      { peer: deviceOf(2).peer, cert: await certOf(ada, 1) },
    ])
      expect(await createCard(ada, terms({ devices: [device] })).catch(code)).toBe('BAD_REQUEST')
  })

  it('is refused with any bit changed, signed by another, for another, or of another kind', async () => {
    const corrupt = { code: 'CORRUPT', data: { what: 'envelope' } }
    const envelope = await createCard(ada, terms())
    for (let bit = 0; bit < 8 * envelope.byteLength; bit += 5)
      expect(await failure(() => openCard(ada.address, flipBit(envelope, bit), NOW))).toEqual(corrupt)
    expect(await failure(() => openCard(bob.address, envelope, NOW))).toEqual(corrupt)
    // Bob signs what says that it is Ada's.
    const card = { ...terms(), v: 1, address: ada.address } as never
    expect(
      await failure(async () => openCard(ada.address, await sealRecord(cardRecord, accountKey(bob), card), NOW)),
    ).toEqual(corrupt)
    expect(
      await failure(async () => openCard(bob.address, await sealRecord(cardRecord, accountKey(bob), card), NOW)),
    ).toEqual(corrupt)
    const other = { ...cardRecord, domain: 'textile-cafe-manifest' }
    expect(
      await failure(async () => openCard(ada.address, await sealRecord(other, accountKey(ada), card), NOW)),
    ).toEqual(corrupt)
    const type = { ...cardRecord, type: '/cafe/other/1' }
    expect(
      await failure(async () => openCard(ada.address, await sealRecord(type, accountKey(ada), card), NOW)),
    ).toEqual(corrupt)
  })

  it('is refused when it comes from the future or holds no more; one that was taken back always holds', async () => {
    const envelope = await createCard(ada, terms({ ttl: DAY } as never))
    await openCard(ada.address, envelope, NOW - RECORD_SKEW)
    await openCard(ada.address, envelope, NOW + DAY)
    const clock = { code: 'BAD_REQUEST', data: { what: 'clock' } }
    expect(await failure(() => openCard(ada.address, envelope, NOW - RECORD_SKEW - 1))).toEqual(clock)
    const expired = { code: 'BAD_REQUEST', data: { what: 'expired' } }
    expect(await failure(() => openCard(ada.address, envelope, NOW + DAY + 1))).toEqual(expired)
    await openCard(ada.address, await createCard(ada, tomb(2)), NOW + 1000 * DAY)
  })

  it('is counted so that a later one is always greater', () => {
    expect(nextSeq(5, 3)).toBe(6)
    expect(nextSeq(5, 100)).toBe(100)
    expect(nextSeq(0, 0)).toBe(1)
  })

  it('is signed in the form of a peer that has the account’s key', async () => {
    const kind = { ...cardRecord, type: '/test/1' }
    const sealed = await sealRecord(kind, accountKey(ada), { ...terms(), v: 1, address: ada.address } as never)
    expect(await openRecord(kind, accountSignerId(ada.address), sealed)).toMatchObject({ name: 'Ada' })
    expect(await failure(() => accountSignerId('P1' as Address))).toMatchObject({ code: 'BAD_REQUEST' })
  })
})

describe('a cafe', () => {
  it('keeps the newest card of a client and signs for it, the same again for the same', async () => {
    const first = await createCard(ada, terms())
    const receipt = await publish(ada, first)
    expect(await openRecord(cardReceiptRecord, at.peer, receipt)).toEqual({
      ...{ v: 1, cafe: at.peer, epoch: 1, account: ada.address, seq: 1 },
      ...{ hash: await sha256(first), time: NOW },
    })
    expect(await get(ada.address)).toEqual(first)
    at.clock.now += 5
    expect(await publish(ada, first)).toEqual(receipt)
    const second = await createCard(ada, terms({ seq: 7, name: 'Ada L.' } as never))
    await publish(ada, second)
    expect(await get(ada.address)).toEqual(second)
    for (const seq of [1, 6, 7]) {
      const old = await createCard(ada, terms({ seq, name: 'Old' } as never))
      expect(await failure(() => publish(ada, old))).toEqual({ code: 'CONFLICT', data: { seq: 7 } })
    }
  })

  it('takes a card of the client itself only', async () => {
    const card = await createCard(ada, terms())
    expect(await publish(ada, card, bob.address).catch(code)).toBe('CORRUPT')
    expect(await rows.range('/cafe/card/')).toEqual([])
  })

  it('keeps one that was taken back, so that the one before does not come back', async () => {
    const card = await createCard(ada, terms())
    await publish(ada, card)
    const gone = await createCard(ada, tomb(2))
    await publish(ada, gone)
    expect(await failure(() => publish(ada, card))).toEqual({ code: 'CONFLICT', data: { seq: 2 } })
    at.clock.now += 1000 * DAY
    expect(await get(ada.address)).toEqual(gone)
  })

  it('gives none that holds no more, and the same nothing for who never had one', async () => {
    await publish(ada, await createCard(ada, terms({ ttl: DAY } as never)))
    at.clock.now += DAY + 1
    expect(await get(ada.address)).toBe(null)
    expect(await get(bob.address)).toBe(null)
    const late = await createCard(ada, terms({ seq: 2, ttl: DAY } as never))
    expect(await publish(ada, late).catch(code)).toBe('BAD_REQUEST')
  })

  it('erases it with the account', async () => {
    await publish(ada, await createCard(ada, terms()))
    expect(await at.erase(ada.address)).toEqual({ slots: 0, drops: 0, cards: 1 })
    expect(await rows.range('/cafe/card/')).toEqual([])
    expect(await publish(ada, await createCard(ada, terms({ seq: 2 } as never))).catch(code)).toBe('UNAUTHORIZED')
    expect(await at.erase(bob.address)).toEqual({ slots: 0, drops: 0, cards: 0 })
  })

  it('is asked only so often by one peer', async () => {
    for (let i = 0; i < LOOK_BURST / LOOK_COST; i++) await get(bob.address)
    expect(await get(bob.address).catch(code)).toBe('BUSY')
    expect(await get(bob.address, 'another')).toBe(null)
  })
})

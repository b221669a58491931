/** Giving an account to another device, over real sockets: the way it should go, and everybody who is in the way. */
import { beforeAll, describe, expect, it } from 'vitest'
import { systemRandom } from '../../src/core/clock.ts'
import { encode } from '../../src/core/codec.ts'
import { hex } from '../../src/core/ids.ts'
import { LINK_TTL } from '../../src/core/limits.ts'
import { silentLog } from '../../src/core/log.ts'
import { Secret } from '../../src/core/secret.ts'
import { openAccount } from '../../src/crypto/account.ts'
import { linkCommitment, linkId, sealLink } from '../../src/crypto/link-seal.ts'
import { type DeviceLink, followLink } from '../../src/peer/link/give.ts'
import { createOffers, type Gift, type OfferStep, type Offers } from '../../src/peer/link/offer.ts'
import { deviceProtocol, type LinkGift } from '../../src/peer/link/protocol.ts'
import { call } from '../../src/wire/call.ts'
import { createTestNode, failure, keep, type TestNode, testClock } from './fixture.ts'

const clock = testClock()
const soon = { signal: AbortSignal.timeout(600_000) }
const ENDED = { code: 'NOT_FOUND', what: 'link' }

interface Device extends TestNode {
  readonly offers: Offers
}

async function newDevice(): Promise<Device> {
  const base = await createTestNode({ clock })
  keep(base.node)
  const offers = createOffers({
    ...{ peer: base.node.peer, registrar: base.node, clock, random: systemRandom, log: silentLog },
  })
  return { ...base, offers }
}

interface Receiving {
  readonly link: DeviceLink
  readonly gift: Promise<Gift>
  /** The code on the receiver's screen. */
  readonly code: Promise<string>
  readonly cancel: () => void
}

/** Opens an offer, as a person would. */
async function receive(device: Device): Promise<Receiving> {
  const key = Promise.withResolvers<Uint8Array>()
  const code = Promise.withResolvers<string>()
  const stop = new AbortController()
  const onStep = (step: OfferStep) => ('key' in step ? key.resolve(step.key) : code.resolve(step.code))
  const gift = device.offers.open({ signal: stop.signal, onStep })
  gift.catch(() => {})
  const { peer } = device.node
  const link = { peer, name: 'New phone', addresses: device.at.addresses, key: await key.promise }
  return { link, gift, code: code.promise, cancel: () => stop.abort() }
}

const follow = ({ node }: TestNode, link: DeviceLink) =>
  followLink({ peer: node.peer, name: 'Old laptop', connector: node.connector, random: systemRandom }, link, soon)

async function newGift(): Promise<LinkGift> {
  const seed = systemRandom(32)
  const { address } = await openAccount(new Secret(seed))
  return { v: 1, address, seed, index: 2, cafes: [], entries: [] }
}

let [phone, laptop, mallory] = [] as unknown as [Device, Device, Device]
beforeAll(async () => {
  ;[phone, laptop, mallory] = await Promise.all([newDevice(), newDevice(), newDevice()])
})

describe('an account', () => {
  it('is given when both have said that the codes are the same', async () => {
    const receiving = await receive(phone)
    const giving = await follow(laptop, receiving.link)
    expect(giving.code).toMatch(/^\d{4} \d{4}$/)
    expect(await receiving.code).toBe(giving.code)
    const cafes = [{ cafe: mallory.node.peer, name: 'Corner Cafe', addresses: [...mallory.at.addresses] }]
    const gift = { ...(await newGift()), cafes }
    let done = false
    const given = giving.give(gift, soon).then(() => {
      done = true
    })
    await new Promise((resolve) => setTimeout(resolve, 200))
    expect(done).toBe(false)
    phone.offers.match(true)
    const got = await receiving.gift
    await given
    expect(hex(got.seed.reveal())).toBe(hex(gift.seed))
    expect(got).toMatchObject({ address: gift.address, index: 2, cafes })
    // Used is used.
    expect(await failure(follow(laptop, receiving.link))).toEqual(ENDED)
    expect(await failure(giving.give(gift, soon))).toEqual(ENDED)
  })

  it('has another code each time', async () => {
    const codes = new Set<string>()
    for (let i = 0; i < 5; i++) codes.add((await follow(laptop, (await receive(phone)).link)).code)
    expect(codes.size).toBe(5)
  })
})

describe('somebody in the middle', () => {
  it('who puts a key of its own into the link is seen by the codes, and gets nothing', async () => {
    const real = await receive(phone)
    const false_ = await receive(mallory)
    const toMallory = await follow(laptop, { ...false_.link, name: real.link.name })
    const fromMallory = await follow(mallory, real.link)
    const [shown, atMallory] = [await real.code, await false_.code]
    expect(toMallory.code).not.toBe(shown)
    expect([fromMallory.code, toMallory.code]).toEqual([shown, atMallory])
    // The person at the phone says so, whatever is sent to it.
    const fake = fromMallory.give(await newGift(), soon)
    phone.offers.match(false)
    expect(await failure(fake)).toEqual({ code: 'FORBIDDEN', why: 'differs' })
    expect(await failure(real.gift)).toEqual({ code: 'FORBIDDEN', why: 'differs' })
    // And the person at the laptop gives nothing.
    await toMallory.cancel()
    expect(await failure(false_.gift)).toEqual({ code: 'ABORTED', why: 'giver' })
  })

  it('who passes everything on is refused: the connection says who it is', async () => {
    const real = await receive(phone)
    const nonce = systemRandom(32)
    const ends = { giver: laptop.node.peer, receiver: phone.node.peer, key: real.link.key }
    const commit = await linkCommitment(ends, nonce)
    const say = { link: await linkId(real.link.key), commit, name: 'Old laptop' }
    mallory.node.connector.know(phone.node.peer, phone.at.addresses)
    await call(mallory.node.connector, phone.node.peer, deviceProtocol, 'hello', say, soon)
    const reveal = call(mallory.node.connector, phone.node.peer, deviceProtocol, 'reveal', { nonce }, soon)
    expect(await failure(reveal)).toEqual({ code: 'FORBIDDEN', why: 'commit' })
    expect(await failure(real.gift)).toEqual({ code: 'FORBIDDEN', why: 'commit' })
  })

  it('cannot look at the other nonce and choose its own by it, nor begin again', async () => {
    const real = await receive(phone)
    const ask = <Op extends 'hello' | 'reveal'>(op: Op, input: Parameters<typeof call<typeof deviceProtocol, Op>>[4]) =>
      call(mallory.node.connector, phone.node.peer, deviceProtocol, op, input, soon)
    const ends = { giver: mallory.node.peer, receiver: phone.node.peer, key: real.link.key }
    const hello = async () => ({
      ...{ link: await linkId(real.link.key), name: 'x', commit: await linkCommitment(ends, systemRandom(32)) },
    })
    await ask('hello', await hello())
    expect(await failure(ask('hello', await hello()))).toEqual({ code: 'BUSY' })
    expect(await failure(ask('reveal', { nonce: systemRandom(32) }))).toEqual({ code: 'FORBIDDEN', why: 'commit' })
    expect(await failure(ask('hello', await hello()))).toEqual(ENDED)
  })

  it('cannot replay what was sealed for another offer', async () => {
    const first = await receive(phone)
    const giving = await follow(laptop, first.link)
    const gift = await newGift()
    const transcript = {
      ...{ giver: laptop.node.peer, receiver: phone.node.peer, key: first.link.key },
      ...{ giverNonce: systemRandom(32), receiverNonce: systemRandom(32) },
    }
    // Sealed to the right key, but with other nonces than this exchange had.
    const sealed = await sealLink(transcript, encode(gift))
    await first.code
    phone.offers.match(true)
    const replayed = call(laptop.node.connector, phone.node.peer, deviceProtocol, 'give', { sealed }, soon)
    expect(await failure(replayed)).toEqual({ code: 'SEALED' })
    expect(await failure(first.gift)).toEqual({ code: 'SEALED' })
    expect(await failure(giving.give(gift, soon))).toEqual(ENDED)
  })

  it('who has the account’s link but not its person cannot give a seed of another address', async () => {
    const real = await receive(phone)
    const giving = await follow(laptop, real.link)
    await real.code
    phone.offers.match(true)
    const { address } = await newGift()
    expect(await failure(giving.give({ ...(await newGift()), address }, soon))).toEqual({ code: 'SEALED' })
    expect(await failure(real.gift)).toEqual({ code: 'SEALED' })
  })
})

describe('an offer', () => {
  it('ends after five minutes, also for who has begun', async () => {
    const real = await receive(phone)
    const giving = await follow(laptop, real.link)
    clock.advance(LINK_TTL)
    expect(await failure(giving.give(await newGift(), soon))).toEqual(ENDED)
    const other = await receive(phone)
    clock.advance(LINK_TTL)
    expect(await failure(follow(laptop, other.link))).toEqual(ENDED)
    other.cancel()
    expect(await failure(other.gift)).toMatchObject({ code: 'ABORTED' })
  })

  it('ends when the person there cancels, and another replaces it', async () => {
    const first = await receive(phone)
    const second = await receive(phone)
    expect(await failure(first.gift)).toEqual({ code: 'ABORTED', why: 'another' })
    expect(await failure(follow(laptop, first.link))).toEqual(ENDED)
    const giving = await follow(laptop, second.link)
    second.cancel()
    expect(await failure(second.gift)).toMatchObject({ code: 'ABORTED' })
    expect(await failure(giving.give(await newGift(), soon))).toEqual(ENDED)
  })

  it('while one follows it is not for another', async () => {
    const real = await receive(phone)
    const giving = await follow(laptop, real.link)
    expect(await failure(follow(mallory, real.link))).toEqual({ code: 'BUSY' })
    await giving.cancel()
    expect(await failure(real.gift)).toEqual({ code: 'ABORTED', why: 'giver' })
    expect(await failure(follow(mallory, real.link))).toEqual(ENDED)
  })

  it('is not cancelled or given to by who never began, and waits for its person', async () => {
    const real = await receive(phone)
    const { connector } = mallory.node
    await call(connector, phone.node.peer, deviceProtocol, 'cancel', {}, soon)
    const give = call(connector, phone.node.peer, deviceProtocol, 'give', { sealed: systemRandom(100) }, soon)
    expect(await failure(give)).toEqual(ENDED)
    expect(() => phone.offers.match(true)).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }))
    const giving = await follow(laptop, real.link)
    expect(giving.code).toBe(await real.code)
    real.cancel()
  })

  it('is not followed by the device that shows it', async () => {
    const real = await receive(phone)
    expect(await failure(follow(phone, real.link))).toEqual({ code: 'CONFLICT', what: 'own link' })
    real.cancel()
  })
})

/** The devices of an account between real nodes: certified, listed, put out; and cafes that hear of it sooner or later. */
import { beforeAll, describe, expect, it } from 'vitest'
import { DEVICE_CERT_RENEW, DEVICE_CERT_TTL } from '../../src/core/limits.ts'
import { checkCertificate } from '../../src/crypto/certificate.ts'
import { createWords } from '../../src/crypto/wallet.ts'
import { type CafeNode, createCafeNode, createGuestNode, DAY, failure, type GuestNode, keep } from './fixture.ts'

const soon = () => ({ signal: AbortSignal.timeout(60_000) })

let cafe: CafeNode
beforeAll(async () => {
  cafe = keep(await createCafeNode())
})

/** Two devices of one account, both at the cafe. */
async function two(): Promise<[GuestNode, GuestNode]> {
  const words = createWords()
  const make = async () => {
    const guest = keep(await createGuestNode({ clock: cafe.clock, words }))
    guest.know(cafe)
    await guest.peer.cafes.register(cafe.at, await cafe.token(), {})
    return guest
  }
  return [await make(), await make()]
}

/** Certifies and lists another device. */
const certify = async (by: GuestNode, other: GuestNode) =>
  by.peer.devices.learn((await by.peer.devices.introduce(other.node.peer, 'Old laptop')).slice(0, 1))

describe('a device', () => {
  it('is certified for its account, and certified anew in time', async () => {
    const guest = keep(await createGuestNode({ clock: cafe.clock }))
    const { devices } = guest.peer
    const first = await devices.certificate()
    const claim = { account: guest.account().address, peer: guest.node.peer, cap: 'thread', at: cafe.clock() } as const
    if (!first) throw new Error('no certificate')
    expect(await checkCertificate(first, claim)).toBe(true)
    expect(first.notAfter - first.notBefore).toBe(DEVICE_CERT_TTL)
    expect(DEVICE_CERT_TTL).toBeLessThanOrEqual(400 * DAY)
    cafe.clock.advance(DEVICE_CERT_TTL - DEVICE_CERT_RENEW - DAY)
    expect(await devices.certificate()).toEqual(first)
    cafe.clock.advance(DAY)
    const second = await devices.certificate()
    expect(second?.seq).toBe(first.seq + 1)
    expect(second?.notAfter).toBeGreaterThan(first.notAfter)
    expect(await devices.list()).toMatchObject([{ peer: guest.node.peer, here: true, revoked: null, cert: second }])
  })

  it('is listed with the others, this one first, and taken over from them', async () => {
    const [phone, laptop] = await two()
    await phone.peer.devices.certificate()
    await certify(phone, laptop)
    const list = await phone.peer.devices.list()
    expect(list).toMatchObject([
      { peer: phone.node.peer, name: 'A device', here: true },
      { peer: laptop.node.peer, name: 'Old laptop', here: false },
    ])
    await laptop.peer.devices.learn(await phone.peer.record.all())
    expect((await laptop.peer.devices.list()).map(({ peer, here }) => [peer, here])).toEqual([
      [laptop.node.peer, true],
      [phone.node.peer, false],
    ])
    // The certificate it was given is good: none is made in its place.
    expect(await laptop.peer.devices.certificate()).toEqual(list[1]?.cert)
  })
})

describe('a device that is put out', () => {
  it('is refused by the cafe from then on, and knows why', async () => {
    const [phone, laptop] = await two()
    await certify(phone, laptop)
    expect(await phone.peer.devices.revoke(laptop.node.peer, soon())).toEqual({ told: 1, waiting: 0 })
    const row = (await phone.peer.devices.list()).find(({ peer }) => peer === laptop.node.peer)
    expect(row?.revoked).toBeGreaterThanOrEqual(cafe.clock())
    expect(await failure(laptop.peer.cafes.access(cafe.at.cafe, { refused: await laptop.access(cafe) }))).toMatchObject(
      {
        code: 'UNAUTHORIZED',
        why: 'dropped',
      },
    )
    expect(await laptop.peer.cafes.list()).toMatchObject([{ state: 'ended', why: 'dropped' }])
    const again = laptop.session.register(cafe.at.cafe, laptop.account(), undefined)
    expect(await failure(again)).toEqual({ code: 'FORBIDDEN', why: 'dropped' })
    await phone.access(cafe)
    expect((await cafe.cafe.clients()).filter(({ account }) => account === phone.account().address)).toHaveLength(1)
  })

  it('is named to a cafe that was not reached as soon as it is, and once', async () => {
    const [phone, laptop] = await two()
    await certify(phone, laptop)
    await cafe.cafe.close()
    expect(await phone.peer.devices.revoke(laptop.node.peer, soon())).toEqual({ told: 0, waiting: 1 })
    const cafe2 = await cafe.reopen()
    expect((await cafe2.clients()).filter(({ account }) => account === phone.account().address)).toHaveLength(2)
    await phone.peer.devices.attend(soon().signal)
    expect((await cafe2.clients()).filter(({ account }) => account === phone.account().address)).toHaveLength(1)
    // A new token lets the same device in again; the old news does not put it out once more.
    cafe.clock.advance(1)
    await laptop.peer.cafes.register(cafe.at, (await cafe2.createToken({})).token, {})
    await phone.peer.devices.attend(soon().signal)
    await laptop.peer.cafes.check(cafe.at.cafe, {})
    expect(await laptop.peer.cafes.list()).toMatchObject([{ state: 'active' }])
  })

  it('must be known, and be another', async () => {
    const [phone, laptop] = await two()
    const { devices } = phone.peer
    await devices.certificate()
    expect(await failure(devices.revoke(laptop.node.peer, soon()))).toEqual({ code: 'NOT_FOUND', what: 'device' })
    expect(await failure(devices.revoke(phone.node.peer, soon()))).toEqual({ code: 'BAD_REQUEST', at: 'peer' })
  })

  it('certifies itself no more once it has heard of it', async () => {
    const [phone, laptop] = await two()
    await phone.peer.devices.certificate()
    await certify(phone, laptop)
    await phone.peer.devices.revoke(laptop.node.peer, soon())
    await laptop.peer.devices.learn(await phone.peer.record.all())
    expect(await laptop.peer.devices.certificate()).toBeUndefined()
    expect(await laptop.peer.devices.list()).toMatchObject([
      { here: true, revoked: expect.any(Number) },
      { here: false },
    ])
  })
})

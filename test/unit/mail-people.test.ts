/** Who may write, who hears what, and what becomes of what nobody can use. */
import { afterEach, describe, expect, it, vi } from 'vitest'
import { systemRandom } from '../../src/core/clock.ts'
import { CafeError } from '../../src/core/errors.ts'
import type { Address } from '../../src/core/ids.ts'
import { MAX_QUARANTINE } from '../../src/core/limits.ts'
import { accountSigner } from '../../src/crypto/certificate.ts'
import { sealTo } from '../../src/crypto/seal.ts'
import { sealParcel } from '../../src/peer/mail/parcel.ts'
import { acquaint, mailWorld, type Person, type World } from './mail-world.ts'
import { accountOf, deviceOf, NOW } from './seal-help.ts'

const SLOW = { timeout: 120_000 }
const until = <T>(check: () => T | Promise<T>): Promise<T> => vi.waitFor(check, { timeout: 20_000, interval: 20 })

let world: World
afterEach(() => world.close())

const addressOf = async (n: number): Promise<Address> => (await accountOf(n)).address
const post = (from: Person, to: Person, body: unknown, about?: string): Promise<string> =>
  from.mail.send(to.address, { kind: 'post', body, about })
const allFetched = (from: Person) => until(async () => expect(await from.mail.outgoing()).toEqual([]))
const firstCafe = () => {
  const [cafe] = world.cafes
  if (!cafe) throw new Error('no cafe')
  return cafe
}

/** A parcel as somebody who does not mean well may write it. */
async function parcelOf(
  n: number,
  to: Address,
  letters: Array<{ n: number; kind?: string; body: unknown }>,
  line = '00000000000000aa',
) {
  const account = await accountOf(n)
  const options = {
    signer: accountSigner(account, deviceOf(n).peer),
    to,
    prekey: undefined,
    ts: NOW,
    random: systemRandom,
  }
  return sealParcel(options, {
    line,
    low: 1,
    letters: letters.map(({ kind = 'post', ...rest }) => ({ kind, ts: NOW, ...rest })),
  })
}

describe('what nobody can use', () => {
  it('goes out of the way: a thousand of them between a thousand that are good', SLOW, async () => {
    world = mailWorld(1)
    const bob = await world.person(2, { contacts: [await addressOf(1)] })
    const cafe = firstCafe()
    bob.onLetter = async ({ body }) => {
      if (body === 'poison') throw new CafeError('BAD_REQUEST')
    }
    for (let i = 0; i < 1000; i++) {
      const hostile = [
        async () => systemRandom(1024),
        () => parcelOf(3, bob.address, [{ n: i + 1, body: 'poison' }], '00000000000000bb'),
        () => parcelOf(3, bob.address, [{ n: i + 1, kind: 'news', body: 1 }], '00000000000000cc'),
        async () =>
          sealTo(
            accountSigner(await accountOf(3), deviceOf(3).peer),
            { no: 'parcel' },
            { to: bob.address, purpose: 'mail', ts: NOW },
          ),
      ]
      const make = hostile[i % 4]
      if (make) await cafe.put(bob.address, await make(), 'stranger')
      await cafe.put(bob.address, await parcelOf(1, bob.address, [{ n: i + 1, body: i }]))
    }
    await until(() => expect(bob.got.length).toBe(1000))
    expect(bob.said()).toEqual(Array.from({ length: 1000 }, (_, i) => i))
    await until(() => expect(cafe.kept.every(({ acked }) => acked.size === 1)).toBe(true))
    await until(async () => {
      const all = await bob.mail.quarantine.list()
      expect(all.length).toBe(MAX_QUARANTINE)
      expect(new Set(all.map(({ why }) => why))).toEqual(new Set(['SEALED', 'BAD_REQUEST', 'UNSUPPORTED']))
    })
  })

  it('is tried again when the person says so, or taken away', SLOW, async () => {
    world = mailWorld(1)
    const bob = await world.person(2, { contacts: [await addressOf(1)] })
    bob.onLetter = async () => {
      throw new CafeError('CORRUPT')
    }
    await firstCafe().put(
      bob.address,
      await parcelOf(1, bob.address, [
        { n: 1, body: 'a' },
        { n: 2, body: 'b' },
      ]),
    )
    await until(async () =>
      expect(await bob.mail.quarantine.list()).toMatchObject([{ kind: 'post' }, { kind: 'post' }]),
    )
    const [first, second] = await bob.mail.quarantine.list()
    await expect(bob.mail.quarantine.retry(first?.id ?? '')).rejects.toMatchObject({ code: 'CORRUPT' })
    bob.onLetter = async () => {}
    await bob.mail.quarantine.retry(first?.id ?? '')
    await bob.mail.quarantine.remove(second?.id ?? '')
    expect(bob.said()).toEqual(['a'])
    expect(await bob.mail.quarantine.list()).toEqual([])
  })

  it('waits where it may go well later, and holds up nobody else', SLOW, async () => {
    world = mailWorld(1)
    const bob = await world.person(2, { contacts: [await addressOf(1)] })
    let tries = 0
    bob.onLetter = async ({ body }) => {
      if (body === 'later' && ++tries < 3) throw new CafeError('BUSY')
    }
    await firstCafe().put(
      bob.address,
      await parcelOf(1, bob.address, [
        { n: 1, body: 'later' },
        { n: 2, body: 'after it' },
      ]),
    )
    await firstCafe().put(bob.address, await parcelOf(3, bob.address, [{ n: 1, body: 'another' }]))
    await until(() => expect(bob.said()).toEqual(['another', 'later', 'after it']))
  })
})

describe('people', () => {
  it('who are strange are not told that somebody is there', SLOW, async () => {
    world = mailWorld(1)
    const [ada, bob] = [await world.person(1), await world.person(2)]
    await until(() => expect(firstCafe().doors.size).toBe(2))
    await post(ada, bob, 'hello', 'it')
    await until(() => expect(bob.got).toMatchObject([{ body: 'hello', door: 'stranger' }]))
    await new Promise((resolve) => setTimeout(resolve, 1500))
    expect(await ada.mail.states('it')).toMatchObject([{ state: 'stored' }])
    await post(bob, ada, 'hello too')
    await until(async () => expect(await ada.mail.states('it')).toMatchObject([{ state: 'fetched' }]))
    await allFetched(bob)
    expect(ada.got).toMatchObject([{ body: 'hello too', door: 'contact' }])
  })

  it('who were blocked are not let in, nor heard', SLOW, async () => {
    world = mailWorld(1)
    const bob = await world.person(2, { blocked: [await addressOf(1)] })
    const ada = await world.person(1)
    await acquaint(ada, bob)
    await until(() => expect(firstCafe().doors.size).toBe(2))
    await post(ada, bob, 'let me in', 'it')
    // Her key opens nothing, so it comes by the strangers' door, where nobody can tell her from others.
    await until(() =>
      expect(firstCafe().kept.filter(({ to }) => to === bob.address)).toMatchObject([{ door: 'stranger' }]),
    )
    await until(() => expect(firstCafe().kept[0]?.acked.size).toBe(1))
    await new Promise((resolve) => setTimeout(resolve, 500))
    expect(bob.got).toEqual([])
    expect(await ada.mail.states('it')).toMatchObject([{ state: 'stored' }])
  })

  for (const when of ['after it was refused', 'while it is being refused'])
    it(`are written to at once where a key to their door is learned ${when}`, SLOW, async () => {
      world = mailWorld(1)
      const a = await addressOf(1)
      const bob = await world.person(2, { contacts: [a] })
      await bob.mail.set({ strangers: false })
      const cafe = firstCafe()
      await until(() => expect(cafe.doors.get(bob.address)).toMatchObject({ strangers: false }))
      const ada = await world.person(1)
      const learn = async () => ada.cards.learnDoor(bob.address, await bob.mail.doorFor(`contact/${a}`), 'contact')
      // By itself it would come again in an hour.
      const refusal = new CafeError('FORBIDDEN', { what: 'door', after: 3_600_000 })
      let refusals = 0
      const { client } = cafe
      cafe.client = (device, account) => ({
        ...client(device, account),
        async deliver(at, letter, options) {
          if ('key' in letter.door) return client(device, account).deliver(at, letter, options)
          refusals += 1
          if (when.startsWith('while')) await learn()
          throw refusal
        },
      })
      await post(ada, bob, 'let me in', 'it')
      await until(() => expect(refusals).toBe(1))
      if (when.startsWith('after')) {
        await until(async () => expect(await ada.mail.states('it')).toMatchObject([{ why: 'FORBIDDEN' }]))
        await learn()
      }
      await until(() => expect(bob.said()).toEqual(['let me in']))
      expect(refusals).toBe(1)
    })

  it('hear that somebody has looked only where that one wants it', SLOW, async () => {
    world = mailWorld(1)
    const [a, b] = [await addressOf(1), await addressOf(2)]
    const [ada, bob] = [await world.person(1, { contacts: [b] }), await world.person(2, { contacts: [a] })]
    await acquaint(ada, bob)
    for (const about of ['one', 'two']) await post(ada, bob, about, about)
    await allFetched(ada)
    await bob.mail.read(a, ['one'])
    await bob.mail.set({ receipts: true })
    await bob.mail.read(a, ['two'])
    await until(async () => expect(await ada.mail.states('two')).toMatchObject([{ state: 'read' }]))
    expect(await ada.mail.states('one')).toMatchObject([{ state: 'fetched' }])
  })

  it('who have two devices get each letter once on each', SLOW, async () => {
    world = mailWorld(2)
    const [a, b] = [await addressOf(1), await addressOf(2)]
    const ada = await world.person(1, { contacts: [b] })
    const phone = await world.person(2, { contacts: [a], devices: [2, 12] })
    const laptop = await world.person(2, { device: 12, contacts: [a], devices: [2, 12] })
    await acquaint(ada, phone)
    for (let i = 0; i < 20; i++) await post(ada, phone, i)
    for (const one of [phone, laptop]) await until(() => expect(one.got.length).toBe(20))
    await allFetched(ada)
    await laptop.mail.close()
    for (let i = 20; i < 40; i++) await post(ada, phone, i)
    await allFetched(ada)
    const again = await laptop.restart()
    const expected = Array.from({ length: 40 }, (_, i) => i)
    await until(() => expect(again.got.length).toBe(20))
    expect([...laptop.said(), ...again.said()]).toEqual(expected)
    expect(phone.said()).toEqual(expected)
  })

  it('whose device has forgotten all begins another line, and is not taken to repeat itself', SLOW, async () => {
    world = mailWorld(1)
    const [a, b] = [await addressOf(1), await addressOf(2)]
    const [ada, bob] = [await world.person(1, { contacts: [b] }), await world.person(2, { contacts: [a] })]
    await acquaint(ada, bob)
    await post(ada, bob, 'before')
    await allFetched(ada)
    await ada.mail.close()
    const anew = await world.person(1, { contacts: [b] })
    await acquaint(anew, bob)
    await post(anew, bob, 'after')
    await until(() => expect(bob.said()).toEqual(['before', 'after']))
    await allFetched(anew)
  })
})

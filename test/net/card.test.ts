/** The account's own contact card at real cafes: what it says, when it is renewed, and that two devices agree on it. */
import { expect, it, vi } from 'vitest'
import { type LiveCard, openCard } from '../../src/cafe/contact/card.ts'
import { createWords } from '../../src/crypto/wallet.ts'
import { type AccountGuest, createAccountDevice } from './account-fixture.ts'
import { type CafeNode, DAY, testClock } from './fixture.ts'
import { newCafe } from './pin-fixture.ts'

const SOON = { timeout: 40_000, interval: 100 }

const cardAt = async (cafe: CafeNode, { guest }: AccountGuest): Promise<LiveCard> => {
  const { address } = guest.account()
  const envelope = await guest.contacts.get(cafe.at.cafe, address)
  return (await openCard(address, envelope ?? new Uint8Array(), guest.clock())) as LiveCard
}
const name = (device: AccountGuest, name: string) =>
  device.guest.peer.record.set('profile', 'me', { name, avatar: null })

it('is at every cafe by itself, names them and the devices, and follows what changes', async () => {
  const clock = testClock()
  const [first, second] = [await newCafe({ clock }), await newCafe({ clock })]
  const device = await createAccountDevice({ clock })
  await device.guest.peer.attend()
  await device.join(first)
  await name(device, 'Ada')
  await vi.waitFor(async () => expect(await cardAt(first, device)).toMatchObject({ name: 'Ada' }), SOON)
  await device.join(second)
  const both = [first.at.cafe, second.at.cafe].sort()
  for (const cafe of [first, second]) {
    await vi.waitFor(async () => {
      const { inboxes, devices } = await cardAt(cafe, device)
      expect(inboxes.map(({ cafe }) => cafe)).toEqual(both)
      expect(devices.map(({ peer }) => peer)).toEqual([device.guest.node.peer])
    }, SOON)
  }
  const { seq } = await cardAt(first, device)
  clock.advance(200 * DAY)
  await name(device, 'Ada Lovelace')
  await vi.waitFor(async () => expect((await cardAt(second, device)).name).toBe('Ada Lovelace'), SOON)
  expect((await cardAt(second, device)).seq).toBeGreaterThan(seq)
})

it('is one card of two devices: whoever comes later writes after the other, and says what both know', async () => {
  const clock = testClock()
  const cafe = await newCafe({ clock })
  const words = createWords()
  const [one, other] = [await createAccountDevice({ clock, words }), await createAccountDevice({ clock, words })]
  for (const device of [one, other]) {
    await device.guest.peer.attend()
    await device.join(cafe)
  }
  await name(one, 'One')
  await vi.waitFor(async () => {
    for (const { safe } of [one, other]) {
      safe.slots.wake()
      await safe.slots.run()
    }
    const { name, devices } = await cardAt(cafe, one)
    expect(name).toBe('One')
    expect(devices.map(({ peer }) => peer)).toEqual([one.guest.node.peer, other.guest.node.peer].sort())
  }, SOON)
})

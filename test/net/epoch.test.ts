/** A cafe that has lost what it signed for says so by its epoch, and its clients bring all of it again by themselves. */
import { CID } from 'multiformats/cid'
import { expect, it, vi } from 'vitest'
import { createAccountDevice } from './account-fixture.ts'
import { testClock } from './fixture.ts'
import { newCafe } from './pin-fixture.ts'

vi.setConfig({ testTimeout: 120_000 })
const SOON = { timeout: 60_000, interval: 100 }
/** What a cafe keeps for clients, but not who they are. */
const KEPT = ['/cafe/card/', '/cafe/slot/', '/cafe/slot-body/', '/cafe/slot-usage/', '/cafe/pin/']

it('gets snapshots, pins and the card back from a client that had them confirmed', async () => {
  const clock = testClock()
  const cafe = await newCafe({ clock })
  const device = await createAccountDevice({ clock })
  const { peer } = device.guest
  const { address } = device.guest.account()
  await peer.attend()
  await device.join(cafe)
  const thread = await device.create('thread', 5)
  const isWhole = () =>
    vi.waitFor(async () => {
      await device.safe.slots.run()
      expect(await device.safe.slots.status()).toMatchObject({ safe: 1, of: 1, problems: [] })
      const rows = await peer.backups.all()
      expect(rows.length).toBeGreaterThan(0)
      expect(rows.flatMap(({ cafes }) => cafes.map(({ state }) => state))).toEqual(rows.map(() => 'pinned'))
      for (const { root } of rows) expect(await cafe.keep.find(address, CID.parse(root))).toBeDefined()
      expect(await device.guest.contacts.get(cafe.at.cafe, address)).toBeDefined()
    }, SOON)
  await isWhole()
  expect((await peer.cafes.list()).map(({ epoch }) => epoch)).toEqual([1])

  const names = Object.keys(await cafe.dump())
  const lost = names.filter((key) => KEPT.some((prefix) => key.startsWith(prefix)))
  expect(lost.length).toBeGreaterThan(4)
  await cafe.rows.commit(lost.map((key) => ({ key })))
  await cafe.reopen(2)
  peer.wake()
  await vi.waitFor(async () => expect((await peer.cafes.list()).map(({ epoch }) => epoch)).toEqual([2]), SOON)
  await isWhole()
  expect(await device.texts(thread.id)).toHaveLength(5)
})

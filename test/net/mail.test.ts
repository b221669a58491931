/** Letters between accounts: straight while both are here, through cafes while one is away, each once and in order. */
import { describe, expect, it, vi } from 'vitest'
import { createCafeNode, keep, testClock } from './fixture.ts'
import { createWriter, type Writer } from './mail-fixture.ts'

const SLOW = { timeout: 180_000 }
const until = <T>(check: () => T | Promise<T>): Promise<T> => vi.waitFor(check, { timeout: 60_000, interval: 50 })

/** Two who have written to each other, so that each is let in by a door of its own. */
async function acquainted(ada: Writer, bob: Writer): Promise<void> {
  await ada.send(bob, 'I am Ada')
  await until(() => expect(bob.said()).toEqual(['I am Ada']))
  await bob.send(ada, 'I am Bob')
  await until(() => expect(ada.said()).toEqual(['I am Bob']))
  await until(async () => {
    expect(await ada.guest.peer.mail.outgoing()).toEqual([])
    expect(await bob.guest.peer.mail.outgoing()).toEqual([])
  })
  ada.got.length = 0
  bob.got.length = 0
}

async function pair() {
  const clock = testClock()
  const cafes = [keep(await createCafeNode({ clock })), keep(await createCafeNode({ clock }))] as const
  const [ada, bob] = await Promise.all([createWriter({ clock }), createWriter({ clock })])
  await ada.join(cafes[0])
  await bob.join(...cafes)
  await ada.meet(bob, ...cafes)
  return { clock, cafes, ada, bob }
}

describe('letters', () => {
  it('go through cafes to somebody new; what is answered is known to have come', SLOW, async () => {
    const { ada, bob } = await pair()
    await ada.send(bob, { text: 'hello' }, 'first')
    await until(() => expect(bob.got).toMatchObject([{ body: { text: 'hello' }, door: 'stranger' }]))
    await until(async () => expect(await ada.guest.peer.mail.states('first')).toMatchObject([{ state: 'stored' }]))
    // A stranger is not told that somebody is there, until that one says so.
    await bob.send(ada, 'who is it?')
    await until(() => expect(ada.got).toMatchObject([{ body: 'who is it?', door: 'contact' }]))
    await until(async () => expect(await ada.guest.peer.mail.states('first')).toMatchObject([{ state: 'fetched' }]))
    await until(async () => expect(await bob.guest.peer.mail.outgoing()).toEqual([]))
    await ada.send(bob, 'me')
    await until(() => expect(bob.got.at(-1)).toMatchObject({ body: 'me', door: 'contact' }))
  })
})

describe('a thousand letters', () => {
  it(
    'reach who was away through two cafes of which one is closed meanwhile: none lost, twice or out of order',
    SLOW,
    async () => {
      const { ada, bob, cafes, clock } = await pair()
      await acquainted(ada, bob)
      await bob.stop()
      const said = Array.from({ length: 1000 }, (_, i) => ({ i, text: `letter ${i}` }))
      for (const body of said.slice(0, 400)) await ada.send(bob, body)
      await cafes[1].cafe.close()
      for (const body of said.slice(400, 700)) await ada.send(bob, body)
      await cafes[1].reopen()
      for (const body of said.slice(700)) await ada.send(bob, body)
      const letters = () => ada.guest.peer.mail.outgoing()
      await until(async () => {
        clock.advance(1000)
        const all = await letters()
        expect(all.length).toBe(1000)
        expect(all.every(({ state, cafes }) => state === 'stored' && cafes.length === 2)).toBe(true)
      })
      const again = await createWriter(bob.parts)
      await again.guest.peer.attend()
      await until(() => expect(again.got.length).toBe(1000))
      expect(again.said()).toEqual(said)
      await until(async () => expect(await letters()).toEqual([]))
    },
  )
})

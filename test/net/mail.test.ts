/** Letters between accounts: straight while both are here, through cafes while one is away, each once and in order. */
import { describe, expect, it, vi } from 'vitest'
import { createCafeNode, keep, testClock } from './fixture.ts'
import { createWriter, type Writer } from './mail-fixture.ts'

const SLOW = { timeout: 180_000 }
const until = <T>(check: () => T | Promise<T>): Promise<T> => vi.waitFor(check, { timeout: 60_000, interval: 50 })

/** Two who have written to each other, so that each is let in by a door of its own. */
async function acquainted(ada: Writer, bob: Writer): Promise<void> {
  await Promise.all([ada.trust(bob), bob.trust(ada)])
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

/** Ada, who is at one cafe and knows where to find Bob, who is at two. */
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

describe('a letter to somebody who is here', () => {
  it('goes straight to the device, and no cafe sees it', SLOW, async () => {
    const { ada, bob, cafes } = await pair()
    await acquainted(ada, bob)
    for (const cafe of cafes) await cafe.cafe.close()
    const letters = async () => Promise.all(cafes.map(async ({ rows }) => (await rows.keys('/cafe/inbox')).length))
    const before = await letters()
    ada.guest.know(bob.guest)
    for (let i = 0; i < 20; i++) await ada.send(bob, i, String(i))
    ada.guest.peer.mail.retry()
    await until(() => expect(bob.said()).toEqual(Array.from({ length: 20 }, (_, i) => i)))
    await until(async () =>
      expect(await ada.guest.peer.mail.states('19')).toMatchObject([{ state: 'fetched', cafes: [] }]),
    )
    expect(await ada.guest.peer.mail.outgoing()).toEqual([])
    expect(await letters()).toEqual(before)
  })

  it('is refused there as at a cafe, if its writer was not to write', SLOW, async () => {
    const { ada, bob, cafes } = await pair()
    await acquainted(ada, bob)
    const eve = await createWriter({ clock: ada.parts.clock })
    await bob.guest.peer.mail.set({ strangers: false })
    await eve.join(cafes[0])
    await eve.meet(bob, ...cafes)
    eve.guest.know(bob.guest, ...cafes)
    await eve.send(bob, 'let me in', 'it')
    await until(async () =>
      expect(await eve.guest.peer.mail.states('it')).toMatchObject([{ state: 'queued', why: 'FORBIDDEN' }]),
    )
    expect(bob.got).toEqual([])
  })
})

describe('letters at a cafe', () => {
  it('that is full wait at their sender until there is room', SLOW, async () => {
    const clock = testClock()
    const cafe = keep(await createCafeNode({ clock }))
    const [ada, bob] = await Promise.all([createWriter({ clock }), createWriter({ clock })])
    await ada.join(cafe)
    bob.guest.know(cafe)
    await bob.guest.peer.cafes.register(cafe.at, await cafe.token({ quota: 4_000_000 }), {})
    await bob.guest.peer.attend()
    await ada.meet(bob, cafe)
    await acquainted(ada, bob)
    await bob.stop()
    const said = Array.from({ length: 10 }, (_, i) => `${i}`.padEnd(30_000, '.'))
    for (const body of said) await ada.send(bob, body)
    const outgoing = () => ada.guest.peer.mail.outgoing()
    await until(async () => expect((await outgoing()).at(-1)).toMatchObject({ state: 'queued', why: 'QUOTA' }))
    expect((await outgoing())[0]).toMatchObject({ state: 'stored' })
    const again = await createWriter(bob.parts)
    await again.guest.peer.attend()
    await until(() => {
      ada.guest.peer.mail.retry()
      expect(again.got.length).toBe(10)
    })
    expect(again.said()).toEqual(said)
    await until(async () => expect(await outgoing()).toEqual([]))
  })

  it('that has lost its store are brought again', SLOW, async () => {
    const { ada, bob, cafes } = await pair()
    await acquainted(ada, bob)
    await bob.stop()
    for (let i = 0; i < 5; i++) await ada.send(bob, i)
    const outgoing = () => ada.guest.peer.mail.outgoing()
    const stored = () =>
      until(async () => expect((await outgoing()).every(({ cafes }) => cafes.length === 2)).toBe(true))
    await stored()
    for (const { rows, reopen } of cafes) {
      const gone = await rows.keys('/cafe/inbox')
      expect(gone.length).toBeGreaterThan(1)
      await rows.commit(gone.map((key) => ({ key })))
      await reopen(2)
    }
    // The receipts for the next tell of it.
    await ada.send(bob, 5)
    await stored()
    const again = await createWriter(bob.parts)
    await again.guest.peer.attend()
    await until(() => expect(again.said()).toEqual([0, 1, 2, 3, 4, 5]))
    await until(async () => expect(await outgoing()).toEqual([]))
  })

  it('that is left are fetched before', SLOW, async () => {
    const { ada, bob, cafes, clock } = await pair()
    const other = keep(await createCafeNode({ clock }))
    await acquainted(ada, bob)
    await bob.stop()
    for (let i = 0; i < 5; i++) await ada.send(bob, i)
    await until(async () =>
      expect((await ada.guest.peer.mail.outgoing()).every(({ cafes }) => cafes.length === 2)).toBe(true),
    )
    const again = await createWriter(bob.parts)
    again.guest.know(...cafes, other)
    const { safekeeping } = again.guest.peer
    await safekeeping.open()
    const move = { from: cafes[0].at.cafe, to: other.at, token: await other.token() }
    await safekeeping.move.begin(move, { signal: AbortSignal.timeout(60_000) })
    await until(() => expect(again.said()).toEqual([0, 1, 2, 3, 4]))
  })
})

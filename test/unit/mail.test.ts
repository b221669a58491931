/** What a device does with its mail: nothing lost, twice, or out of order, whatever cafes do and whenever it stops. */
import { afterEach, describe, expect, it, vi } from 'vitest'
import { CafeError } from '../../src/core/errors.ts'
import { memoryRows } from '../../src/store/memory.ts'
import type { Rows } from '../../src/store/rows.ts'
import { acquaint, mailWorld, type Person, type World } from './mail-world.ts'
import { accountOf, DAY } from './seal-help.ts'

const SLOW = { timeout: 180_000 }
const until = <T>(check: () => T | Promise<T>): Promise<T> => vi.waitFor(check, { timeout: 15_000, interval: 20 })

let world: World
afterEach(() => world.close())

const post = (from: Person, to: Person, body: unknown, about?: string): Promise<string> =>
  from.mail.send(to.address, { kind: 'post', body, about })

async function two(cafes = 2) {
  world = mailWorld(cafes)
  const [a, b] = [(await accountOf(1)).address, (await accountOf(2)).address]
  const [ada, bob] = [await world.person(1, { contacts: [b] }), await world.person(2, { contacts: [a] })]
  await acquaint(ada, bob)
  return { ada, bob, cafes: world.cafes }
}

const allFetched = (from: Person) => until(async () => expect(await from.mail.outgoing()).toEqual([]))

/** Rows of which the commit after `left` more fails, and every one after it. */
function failing(rows: Rows) {
  const state = { left: Number.POSITIVE_INFINITY }
  const commit: Rows['commit'] = async (changes) => {
    if (state.left-- <= 0) throw new CafeError('QUOTA', { disk: true })
    await rows.commit(changes)
  }
  return { state, rows: { ...rows, commit } }
}

describe('a device that stops', () => {
  /** Sends ten letters; `stops` decides whose disk fails at which commit. @returns whether any failed. */
  const run = async (k: number, whose: 'sender' | 'recipient'): Promise<boolean> => {
    const world = mailWorld(2)
    try {
      const [a, b] = [(await accountOf(1)).address, (await accountOf(2)).address]
      const disk = memoryRows()
      const { state, rows } = failing(disk)
      let ada = await world.person(1, { contacts: [b], ...(whose === 'sender' && { rows }) })
      let bob = await world.person(2, { contacts: [a], ...(whose === 'recipient' && { rows }) })
      await acquaint(ada, bob)
      const first = bob.got
      state.left = k
      const sent: number[] = []
      for (let i = 0; i < 10; i++) {
        await post(ada, bob, i).then(
          () => sent.push(i),
          () => {},
        )
        if (i % 3 === 0) await new Promise((resolve) => setTimeout(resolve, 30))
      }
      // As far as it gets: till all is said and done, or the disk has failed.
      await vi.waitFor(
        async () => {
          const isDone = (await ada.mail.outgoing()).length === 0
          if (!isDone && state.left > 0) throw new Error('not yet')
        },
        { timeout: 30_000, interval: 20 },
      )
      const failed = state.left <= 0
      state.left = Number.POSITIVE_INFINITY
      if (whose === 'sender') ada = await ada.restart(disk)
      else bob = await bob.restart(disk)
      const again = bob.got === first ? [] : bob.got
      await allFetched(ada)
      await until(() => expect(new Set([...first, ...again].map(({ body }) => body)).size).toBe(sent.length))
      const all = [...first, ...again].map(({ body }) => body as number)
      // A letter may come again where the device stopped before it could note that it was given: no other, and none is out of order.
      expect([...new Set(all)]).toEqual(sent)
      if (whose === 'sender') expect(all).toEqual(sent)
      for (const some of [first, again])
        expect(some.map(({ body }) => body)).toEqual([...new Set(some.map(({ body }) => body))])
      return failed
    } finally {
      await world.close()
    }
  }

  it.each(['sender', 'recipient'] as const)('loses nothing, whichever commit it was: the %s', SLOW, async (whose) => {
    world = mailWorld(0)
    let failed = 0
    for (let k = 0, more = true; more; k += 8) {
      const runs = await Promise.all(Array.from({ length: 8 }, (_, i) => run(k + i, whose)))
      failed += runs.filter(Boolean).length
      more = runs.some(Boolean)
    }
    expect(failed).toBeGreaterThan(10)
  })
})

describe('letters through cafes', () => {
  it('that lie: what one withholds comes by the other', SLOW, async () => {
    const { ada, bob, cafes } = await two()
    if (cafes[0]) cafes[0].withholds = (n) => n % 3 === 0
    for (let i = 0; i < 60; i++) {
      await post(ada, bob, i)
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
    await until(() => expect(bob.got.length).toBe(60))
    expect(bob.said()).toEqual(Array.from({ length: 60 }, (_, i) => i))
    await allFetched(ada)
  })

  it('that lie, and no other: what is missing is asked for and comes again', SLOW, async () => {
    const { ada, bob, cafes } = await two(1)
    const cafe = cafes[0] as (typeof cafes)[number]
    cafe.withholds = (n) => n % 3 === 0
    for (let i = 0; i < 30; i++) {
      await post(ada, bob, i)
      await until(async () => expect((await ada.mail.outgoing()).every(({ state }) => state === 'stored')).toBe(true))
    }
    cafe.withholds = () => false
    await post(ada, bob, 'end')
    await until(() => expect(new Set(bob.said()).size).toBe(31))
    expect(bob.got.length).toBe(31)
    await allFetched(ada)
  })

  it('that have lost all: they are brought again', SLOW, async () => {
    const { ada, bob, cafes } = await two(1)
    const cafe = cafes[0] as (typeof cafes)[number]
    await post(ada, bob, 'hello')
    await allFetched(ada)
    const away = bob.rows
    await bob.mail.close()
    for (let i = 0; i < 5; i++) await post(ada, bob, i)
    const isStored = () =>
      until(async () => expect((await ada.mail.outgoing()).every(({ state }) => state === 'stored')).toBe(true))
    await isStored()
    const doors = new Map(cafe.doors)
    cafe.lose()
    for (const [address, list] of doors) cafe.doors.set(address, list)
    // The next receipt says so.
    await post(ada, bob, 5)
    await isStored()
    const again = await bob.restart(away)
    await until(() => expect(again.said()).toEqual([0, 1, 2, 3, 4, 5]))
    await allFetched(ada)
  })

  it('that were out of reach: they are tried again when somebody else is in reach anew', SLOW, async () => {
    const { ada, bob, cafes } = await two(1)
    const cafe = cafes[0] as (typeof cafes)[number]
    cafe.refuses = new CafeError('UNREACHABLE')
    const begun = performance.now()
    await post(ada, bob, 'hello', 'it')
    await until(async () =>
      expect(await ada.mail.states('it')).toMatchObject([{ state: 'queued', why: 'UNREACHABLE' }]),
    )
    // Tried at once, after two seconds and after four more: the next time would be eight seconds later.
    await until(() => expect(performance.now() - begun).toBeGreaterThan(7500))
    cafe.refuses = undefined
    world.online.push(cafe.peer)
    ada.mail.connected()
    // What says that it has come may be there at once, too.
    await vi.waitFor(() => expect(cafe.delivered).toBeGreaterThan(0), { timeout: 5000 })
    await until(() => expect(bob.said()).toEqual(['hello']))
  })

  it('that are full or busy: they wait as long as they are told, and are told why', SLOW, async () => {
    const { ada, bob, cafes } = await two(1)
    const cafe = cafes[0] as (typeof cafes)[number]
    cafe.refuses = new CafeError('QUOTA', { what: 'contact', after: 3000 })
    const begun = performance.now()
    await post(ada, bob, 'hello', 'it')
    await until(async () => expect(await ada.mail.states('it')).toMatchObject([{ state: 'queued', why: 'QUOTA' }]))
    cafe.refuses = undefined
    await until(() => expect(bob.said()).toEqual(['hello']))
    expect(performance.now() - begun).toBeGreaterThan(2900)
    await until(async () => expect(await ada.mail.states('it')).toMatchObject([{ state: 'fetched' }]))
  })

  it('are given up when their time is over', SLOW, async () => {
    const { ada, bob, cafes } = await two(1)
    await bob.mail.close()
    if (cafes[0]) cafes[0].closed = true
    await ada.mail.send(bob.address, { kind: 'post', body: 1, about: 'it', ttl: DAY })
    world.now += 2 * DAY
    ada.mail.wake()
    await until(async () => expect(await ada.mail.states('it')).toMatchObject([{ state: 'undelivered' }]))
    expect(await ada.mail.outgoing()).toEqual([])
  })

  it('are replaced by a later one of the same key, unless they are on their way', SLOW, async () => {
    const { ada, bob, cafes } = await two(1)
    if (cafes[0]) cafes[0].closed = true
    await post(ada, bob, 'on its way')
    await until(async () => expect(await ada.mail.outgoing()).toMatchObject([{ why: 'UNREACHABLE' }]))
    for (const body of [1, 2, 3]) await ada.mail.send(bob.address, { kind: 'post', body, replaces: 'key' })
    expect(await ada.mail.outgoing()).toHaveLength(2)
    if (cafes[0]) cafes[0].closed = false
    for (const { mail } of [ada, bob]) mail.wake()
    await until(() => expect(bob.said()).toEqual(['on its way', 3]))
  })
})

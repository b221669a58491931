/** What is known of other people's cards: the newest valid one, wherever it comes from; whoever lies is marked. */
import { describe, expect, it } from 'vitest'
import { createCard } from '../../src/cafe/contact/card.ts'
import type { Address, PeerIdText } from '../../src/core/ids.ts'
import { createCardBook } from '../../src/peer/cards.ts'
import { memoryRows } from '../../src/store/memory.ts'
import { failure, flipBit } from './crypto-help.ts'
import { accountOf, DAY, deviceOf, NOW } from './seal-help.ts'

const CAFES = [1, 2, 3].map((n) => deviceOf(100 + n).peer)
const place = (cafe: PeerIdText) => ({ cafe, addresses: ['/ip4/127.0.0.1/tcp/1/ws'] })
const signal = AbortSignal.timeout(60_000)

const cardOf = async (n: number, seq: number, more: { ts?: number; ttl?: number; inboxes?: PeerIdText[] } = {}) => {
  const { ts = NOW, ttl = DAY, inboxes = [] } = more
  const places = inboxes.map((cafe) => ({ cafe, addrs: ['/ip4/127.0.0.1/tcp/1/ws'] }))
  return createCard(await accountOf(n), {
    name: `P${n} ${seq}`,
    avatar: null,
    devices: [],
    inboxes: places,
    seq,
    ts,
    ttl,
  })
}

async function book(given: Partial<Record<PeerIdText, Uint8Array | 'dead'>> = {}, own: readonly PeerIdText[] = []) {
  const state = { now: NOW, asked: [] as PeerIdText[], changed: 0 }
  const rows = memoryRows()
  const open = () =>
    createCardBook({
      ...{ rows, know: () => {}, clock: () => state.now, onChange: () => void state.changed++ },
      cafes: async () => own.map(place),
      client: {
        async get(cafe) {
          state.asked.push(cafe)
          if (given[cafe] === 'dead') throw new Error('not there')
          return given[cafe] as Uint8Array | undefined
        },
      },
    })
  return { state, open, cards: open(), address: (await accountOf(1)).address }
}

describe('a card of somebody', () => {
  it('is replaced by a newer one and by no other, and is there after a restart', async () => {
    const { cards, open, address, state } = await book()
    for (const seq of [5, 3, 5]) await cards.learn(address, await cardOf(1, seq))
    expect((await cards.get(address))?.card.seq).toBe(5)
    expect((await cards.learn(address, await cardOf(1, 4))).seq).toBe(5)
    expect(state.changed).toBe(1)
    await cards.learn(address, await cardOf(1, 6))
    expect((await open().get(address))?.card).toMatchObject({ seq: 6, name: 'P1 6' })
  })

  it('is refused if it is forged, and who gave it is marked and asked last', async () => {
    const forged = flipBit(await cardOf(1, 9), 300)
    const own = CAFES as PeerIdText[]
    const { cards, address, state } = await book(
      { [own[0] as string]: forged, [own[1] as string]: await cardOf(1, 2) },
      own,
    )
    expect(await failure(() => cards.learn(address, forged))).toMatchObject({ code: 'CORRUPT' })
    expect(await cards.liars()).toEqual([])
    expect(await failure(async () => cards.learn(address, await cardOf(2, 1), own[2]))).toMatchObject({
      code: 'CORRUPT',
    })
    expect(await cards.liars()).toEqual([own[2]])
    expect(await cards.refresh(address, { signal })).toMatchObject({ seq: 2 })
    expect([...(await cards.liars())].sort()).toEqual([own[0], own[2]].sort())
    state.asked = []
    await cards.refresh(address, { signal })
    expect(state.asked[0]).toBe(own[1])
  })

  it('counts no more when its time is over', async () => {
    const { cards, address, state } = await book()
    await cards.learn(address, await cardOf(1, 1, { inboxes: [CAFES[0] as PeerIdText] }))
    expect(await cards.inboxesOf(address)).toHaveLength(1)
    state.now += 2 * DAY
    expect(await cards.get(address)).toBeUndefined()
    expect(await failure(async () => cards.learn(address, await cardOf(1, 2)))).toMatchObject({
      code: 'BAD_REQUEST',
      data: { what: 'expired' },
    })
  })

  it('is asked for at its inboxes, where it was hinted to be, and at own cafes, and what some say is enough', async () => {
    const [one, two, three] = CAFES as [PeerIdText, PeerIdText, PeerIdText]
    const { cards, address, state } = await book(
      { [one]: 'dead', [two]: await cardOf(1, 7), [three]: await cardOf(1, 8) },
      [three],
    )
    await cards.learn(address, await cardOf(1, 1, { inboxes: [one] }))
    await cards.hint(address, [place(two)])
    expect(await cards.refresh(address, { signal })).toMatchObject({ seq: 8 })
    expect([...state.asked].sort()).toEqual([one, two, three].sort())
  })

  it('that nobody could be asked for is no answer', async () => {
    const [one] = CAFES as [PeerIdText]
    const { cards, address } = await book({ [one]: 'dead' }, [one])
    expect(await failure(() => cards.refresh(address, { signal }))).toMatchObject({ code: 'UNREACHABLE' })
    expect(await book().then((other) => other.cards.refresh(address as Address, { signal }))).toBeUndefined()
  })
})

describe('a door of somebody', () => {
  it('of a contact is not replaced by one that only introduces, and is forgotten by its key', async () => {
    const { cards, address } = await book()
    const key = (n: number) => new Uint8Array(16).fill(n)
    await cards.learnDoor(address, key(1), 'introduced')
    await cards.learnDoor(address, key(2), 'contact')
    await cards.learnDoor(address, key(3), 'introduced')
    expect(await cards.door(address)).toEqual({ key: key(2), cls: 'contact' })
    await cards.forgetDoor(address, key(3))
    expect(await cards.door(address)).toBeDefined()
    await cards.forgetDoor(address, key(2))
    expect(await cards.door(address)).toBeUndefined()
  })
})

/** What a search makes of many answers: the same in whatever order they come, each person once, and nothing that was forged. */
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { type Card, createCard, type LiveCard, openAnyCard, type Visibility } from '../../src/cafe/contact/card.ts'
import type { Found } from '../../src/cafe/contact/client.ts'
import { CafeError } from '../../src/core/errors.ts'
import type { Address, PeerIdText } from '../../src/core/ids.ts'
import { MAX_CARD_TTL } from '../../src/core/limits.ts'
import type { Account } from '../../src/crypto/account.ts'
import type { KnownCard } from '../../src/peer/cards.ts'
import { type BookPerson, likenessIn } from '../../src/peer/contact-shape.ts'
import type { FindState } from '../../src/peer/contact-view.ts'
import { createFinder, type FindWhat } from '../../src/peer/find.ts'
import { createGathered, type FoundAt, wantedBy } from '../../src/peer/found.ts'
import { createSightings } from '../../src/peer/sightings.ts'
import { failure, flipBit } from './crypto-help.ts'
import { accountOf, DAY, deviceOf, NOW } from './seal-help.ts'

const CAFES = [21, 22, 23].map((n) => deviceOf(n).peer) as [PeerIdText, PeerIdText, PeerIdText]
const [CORNER, BLUE, FAR] = CAFES

let accounts: Account[]
let addresses: Address[]
beforeAll(async () => {
  accounts = await Promise.all([1, 2, 3, 4, 5].map(accountOf))
  addresses = accounts.map(({ address }) => address)
})

interface Says {
  readonly name?: string
  readonly seq?: number
  readonly ts?: number
  readonly visibility?: Visibility
  readonly handle?: string
}

const terms = ({ name = 'Ada', seq = 1, ts = NOW, visibility = 'listed', handle }: Says) => ({
  ...{ name, seq, ts, visibility, avatar: null, devices: [], inboxes: [], ttl: MAX_CARD_TTL },
  ...(handle && { handle }),
})
const cardOf = (n: number, says: Says): LiveCard => ({ ...terms(says), v: 1, address: addresses[n] as Address })
const signed = (n: number, says: Says): Promise<Uint8Array<ArrayBuffer>> =>
  createCard(accounts[n] as Account, terms(says))

const inBook = (n: number, name: string, more: Partial<BookPerson> = {}): BookPerson => ({
  ...{ address: addresses[n] as Address, name, avatar: null, handle: null, names: [name], made: null },
  ...{ added: NOW, blocked: false, ...more },
})

const gather = (query: string, book: readonly BookPerson[] = []) =>
  createGathered({
    ...{ wanted: wantedBy(query), book, exclude: new Set<Address>(), cafeName: () => 'Corner' },
    alike: likenessIn(book.map(({ address, names }) => ({ address, names, self: false }))),
  })

describe('what is gathered', () => {
  const answer = fc.record({
    n: fc.nat(4),
    seq: fc.integer({ min: 1, max: 4 }),
    name: fc.constantFrom('Ada', 'Ada Lovelace', 'Adam', 'Ben'),
    visibility: fc.constantFrom<Visibility>('listed', 'listed', 'exact', 'hidden'),
    cafe: fc.constantFrom(...CAFES),
    by: fc.constantFrom(null, FAR),
  })

  /** Of one account and number there is one card. */
  const distinct = <T extends { n: number; seq: number; name: string; visibility: Visibility }>(all: readonly T[]) => {
    const first = new Map<string, T>()
    return all.map((one) => {
      const known = first.get(`${one.n} ${one.seq}`) ?? one
      first.set(`${one.n} ${one.seq}`, known)
      return { ...one, name: known.name, visibility: known.visibility }
    })
  }

  it('is the same in every order, each person once, by their newest card', () => {
    fc.assert(
      fc.property(fc.array(answer, { maxLength: 30 }), fc.nat(), (raw, seed) => {
        const answers = distinct(raw)
        const run = (order: readonly (typeof answers)[number][]) => {
          const gathered = gather('ada', [inBook(0, 'Ada')])
          for (const { n, cafe, by, ...says } of order) gathered.take(cardOf(n, says), { cafe, by })
          return gathered.people(50)
        }
        const people = run(answers)
        const shuffled = answers.map((one, i) => [(i * 7919 + seed) % 101, one] as const).sort(([a], [b]) => a - b)
        expect(run(shuffled.map(([, one]) => one))).toEqual(people)
        expect(run([...answers, ...answers])).toEqual(people)
        expect(new Set(people.map(({ address }) => address)).size).toBe(people.length)
        for (const { address, name, source } of people) {
          if (source === 'contact') continue
          const newest = answers
            .filter(({ n }) => addresses[n] === address)
            .reduce((best, one) => (one.seq > best.seq ? one : best))
          expect(name).toBe(newest.name)
          expect(newest.visibility).toBe('listed')
        }
      }),
      { numRuns: 300 },
    )
  })

  it('has contacts first, then who was named exactly, then the rest by how well they fit', () => {
    const gathered = gather('ada', [inBook(0, 'Zoe Ada')])
    const at: FoundAt = { cafe: CORNER, by: null }
    gathered.take(cardOf(1, { name: 'Adam' }), at)
    gathered.take(cardOf(2, { name: 'Ada' }), { cafe: CORNER, by: FAR })
    gathered.take(cardOf(3, { name: 'Bob', handle: 'ada', visibility: 'exact' }), at)
    const people = gathered.people(10)
    expect(people.map(({ name }) => name)).toEqual(['Zoe Ada', 'Bob', 'Ada', 'Adam'])
    expect(people.map(({ source }) => source)).toEqual(['contact', 'cafe', 'beyond', 'cafe'])
    expect(people.map(({ exact }) => exact)).toEqual([false, true, false, false])
    expect(gathered.people(2)).toEqual(people.slice(0, 2))
  })

  it('drops who has hidden, renamed or taken back their card meanwhile, whoever still has the old one', () => {
    const at: FoundAt = { cafe: CORNER, by: null }
    const newer: readonly Card[] = [
      cardOf(1, { seq: 2, visibility: 'hidden' }),
      cardOf(1, { seq: 2, visibility: 'exact' }),
      cardOf(1, { seq: 2, name: 'Grace' }),
      { v: 1, address: addresses[1] as Address, seq: 2, ts: NOW, tomb: true },
    ]
    for (const card of newer) {
      const gathered = gather('ada')
      gathered.take(cardOf(1, {}), at)
      expect(gathered.people(10)).toHaveLength(1)
      gathered.take(card)
      expect(gathered.people(10)).toEqual([])
    }
  })

  it('warns of who is called like a contact, or written like one', () => {
    const gathered = gather('ada', [inBook(0, 'Ada')])
    const at: FoundAt = { cafe: CORNER, by: null }
    gathered.take(cardOf(1, { name: 'ada' }), at)
    gathered.take(cardOf(2, { name: 'Аda' }), at) // a Cyrillic first letter
    gathered.take(cardOf(3, { name: 'Ada Lovelace' }), at)
    const hows = Object.fromEntries(
      gathered.people(10).map(({ address, alike }) => [address, alike.map(({ how }) => how)]),
    )
    expect(hows).toEqual({
      [addresses[0] as string]: [],
      [addresses[1] as string]: ['same'],
      [addresses[2] as string]: ['alike'],
      [addresses[3] as string]: [],
    })
  })

  it('finds contacts without case and marks, by the beginning of any of their words', () => {
    const book = [inBook(0, 'Zoë Ångström'), inBook(1, 'Ben', { names: ['Ben', 'Benedikt Öz'] })]
    for (const query of ['zoe', 'ANG', 'angstrom zoe', 'z']) expect(gather(query, book).people(9)).toHaveLength(1)
    expect(
      gather('oz', book)
        .people(9)
        .map(({ name }) => name),
    ).toEqual(['Ben'])
    expect(gather('gst', book).people(9)).toEqual([])
  })
})

type Script = (what: { query: string; limit?: number | undefined }, signal: AbortSignal) => AsyncIterable<Found>

/** A finder whose cafes answer as scripted. */
function world(scripts: Partial<Record<PeerIdText, Script>>, book: readonly BookPerson[] = []) {
  const marked: PeerIdText[] = []
  const learned: Address[] = []
  const kept = new Map<Address, KnownCard>()
  const asked: PeerIdText[] = []
  const finder = createFinder({
    self: addresses[4] as Address,
    contacts: {
      book: async () => book,
      likeness: async (book) => likenessIn(book.map(({ address, names }) => ({ address, names, self: false }))),
    },
    cards: {
      get: async (address) => kept.get(address),
      learn: async (address, envelope) => {
        learned.push(address)
        return openAnyCard(envelope, NOW)
      },
      mark: async (cafe) => void marked.push(cafe),
    },
    sightings: createSightings(),
    cafes: {
      list: async () =>
        Object.keys(scripts).map((cafe) => ({ cafe, name: `Cafe ${cafe.slice(-2)}`, state: 'active' })) as never,
      access: async () => 'token',
    },
    client: {
      find(cafe, what, { signal }) {
        asked.push(cafe)
        return (scripts[cafe] as Script)(what, signal as AbortSignal)
      },
    },
    clock: () => NOW,
  })
  return { finder, marked, learned, kept, asked }
}

async function* says(...items: readonly Found[]): AsyncIterable<Found> {
  yield* items
  yield { end: { complete: true } }
}
const given = (envelope: Uint8Array<ArrayBuffer>, via: PeerIdText | null = null): Found => ({
  card: { envelope, time: NOW, via },
})
const forever = async (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    const stop = (): void => reject(new CafeError('ABORTED'))
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop)
  })
const search = (w: ReturnType<typeof world>, what: Partial<FindWhat> = {}): Promise<FindState> =>
  w.finder.find({ query: 'ada', wait: 5000, ...what })

describe('a search', () => {
  it('asks all cafes, verifies what each gives, and says where and how complete it is', async () => {
    const ada = await signed(0, {})
    const w = world({
      [CORNER]: () => says(given(ada), { asked: { cafe: FAR, outcome: 'answered' } }),
      [BLUE]: () => says(given(ada, FAR)),
    })
    const states: FindState[] = []
    const state = await w.finder.find({ query: 'ada', wait: 5000 }, { onProgress: (one) => states.push(one) })
    expect(state.complete).toBe(true)
    expect(state.people).toMatchObject([{ address: addresses[0], source: 'cafe', cafe: { id: CORNER }, made: NOW }])
    expect(state.cafes).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ cafe: CORNER, by: null, outcome: 'answered' }),
        expect.objectContaining({ cafe: BLUE, by: null, outcome: 'answered' }),
        { cafe: FAR, name: null, by: CORNER, outcome: 'answered' },
      ]),
    )
    expect(w.asked.sort()).toEqual([CORNER, BLUE].sort())
    // What was found was told before all had ended.
    expect(states.some(({ people, complete }) => people.length === 1 && !complete)).toBe(true)
    expect(w.marked).toEqual([])
  })

  it('drops forged cards and those it must not be given, marks the cafe, and keeps what others say', async () => {
    const ada = await signed(0, {})
    const lies: readonly Uint8Array<ArrayBuffer>[] = [
      flipBit(await signed(1, {}), 777),
      new Uint8Array(100),
      await signed(1, { visibility: 'hidden' }),
      await signed(1, { visibility: 'exact', handle: 'someone' }),
    ]
    for (const lie of lies) {
      const w = world({ [CORNER]: () => says(given(lie)), [BLUE]: () => says(given(ada)) })
      const state = await search(w)
      expect(state.people.map(({ address }) => address)).toEqual([addresses[0]])
      expect(state.cafes.find(({ cafe }) => cafe === CORNER)?.outcome).toBe('lied')
      expect(state.complete).toBe(false)
      expect(w.marked).toEqual([CORNER])
    }
  })

  it('takes a card that is over, or from a clock that is ahead, for no lie', async () => {
    const over = await signed(1, { ts: NOW - MAX_CARD_TTL - DAY })
    const ahead = await signed(2, { ts: NOW + DAY })
    const good = await signed(3, {})
    const w = world({ [CORNER]: () => says(given(over), given(ahead), given(good)) })
    const state = await search(w)
    expect(state.people.map(({ address }) => address)).toEqual([addresses[3]])
    expect(w.marked).toEqual([])
  })

  it('gives up a cafe that does not stop', async () => {
    const ada = await signed(0, {})
    let sent = 0
    async function* endless(): AsyncIterable<Found> {
      for (;;) {
        sent++
        yield given(ada)
      }
    }
    const w = world({ [CORNER]: endless })
    expect((await search(w, { limit: 5 })).cafes[0]?.outcome).toBe('lied')
    expect(sent).toBeLessThan(1000)
  })

  it('ends in time with what there is, and says who was late, busy or away', async () => {
    const ada = await signed(0, {})
    async function* slow(_: unknown, signal: AbortSignal): AsyncIterable<Found> {
      yield given(ada)
      await forever(signal)
    }
    // biome-ignore lint/correctness/useYield: it fails before it says anything
    async function* busy(): AsyncIterable<Found> {
      throw new CafeError('BUSY', { after: 1000 })
    }
    // biome-ignore lint/correctness/useYield: it fails before it says anything
    async function* away(): AsyncIterable<Found> {
      throw new CafeError('UNREACHABLE')
    }
    const w = world({ [CORNER]: slow, [BLUE]: busy, [FAR]: away })
    const state = await search(w, { wait: 300 })
    expect(state.people).toHaveLength(1)
    const outcomes = Object.fromEntries(state.cafes.map(({ cafe, outcome }) => [cafe, outcome]))
    expect(outcomes).toEqual({ [CORNER]: 'late', [BLUE]: 'busy', [FAR]: 'unreachable' })
    expect(state.complete).toBe(false)
    expect(w.marked).toEqual([])
  })

  it('is stopped everywhere by its caller', async () => {
    const stopped: PeerIdText[] = []
    const hanging = (cafe: PeerIdText): Script =>
      async function* (_, signal) {
        signal.addEventListener('abort', () => stopped.push(cafe))
        yield { asked: { cafe: FAR, outcome: 'busy' } }
        await forever(signal)
      }
    const w = world({ [CORNER]: hanging(CORNER), [BLUE]: hanging(BLUE) })
    const caller = new AbortController()
    const running = w.finder.find(
      { query: 'ada', wait: 60_000 },
      { signal: caller.signal, onProgress: ({ cafes }) => cafes.length === 4 && caller.abort() },
    )
    expect(await failure(() => running)).toMatchObject({ code: 'ABORTED' })
    expect(stopped.sort()).toEqual([CORNER, BLUE].sort())
  })

  it('leaves out this account and whom the caller knows', async () => {
    const [one, self] = [await signed(0, {}), await signed(4, {})]
    const w = world({ [CORNER]: () => says(given(one), given(self)) })
    expect((await search(w, { exclude: [addresses[0] as Address] })).people).toEqual([])
  })

  it('brings a newer card of a contact to the address book, and knows one that is newer than any cafe has', async () => {
    const [newer, older] = [await signed(0, { seq: 5 }), await signed(1, { seq: 1 })]
    const w = world({ [CORNER]: () => says(given(newer), given(older)) }, [inBook(0, 'Ada')])
    const old = { card: cardOf(0, { seq: 4 }), envelope: newer, checked: NOW }
    const hidden = { card: cardOf(1, { seq: 2, visibility: 'hidden' }), envelope: older, checked: NOW }
    w.kept.set(addresses[0] as Address, old)
    w.kept.set(addresses[1] as Address, hidden)
    const { people } = await search(w)
    expect(people.map(({ address }) => address)).toEqual([addresses[0]])
    expect(w.learned).toEqual([addresses[0]])
  })

  it('asks no cafe about too little, and refuses nothing at all', async () => {
    const w = world({ [CORNER]: () => says() }, [inBook(0, 'Ada')])
    expect(await search(w, { query: 'ad' })).toMatchObject({ short: true, people: [{ name: 'Ada' }], cafes: [] })
    expect(w.asked).toEqual([])
    expect(await failure(() => search(w, { query: '  ' }))).toEqual({ code: 'BAD_REQUEST', data: { what: 'query' } })
    expect(await failure(() => search(w, { query: 'a'.repeat(257) }))).toMatchObject({ code: 'BAD_REQUEST' })
  })
})

/** Searching over several cafes, between real nodes: rings, stars, liars and the dead; what is asked of whom, and no more. */
import { describe, expect, it, vi } from 'vitest'
import type { PeerIdText } from '../../src/core/ids.ts'
import { FOUND_PACE, MARK_TTL, MAX_FIND } from '../../src/core/limits.ts'
import { cardOf, createListed, createTown, type Listed, newAccount, search } from './find-fixture.ts'
import { type CafeNode, createClient, failure, type TestNode, testClock } from './fixture.ts'

const stop = { signal: AbortSignal.timeout(290_000) }
const idsOf = (nodes: readonly TestNode[]): PeerIdText[] => nodes.map(({ at }) => at.cafe)
const knownBy = ({ cafe }: CafeNode): PeerIdText[] => cafe.neighbours().map(({ cafe }) => cafe)

describe('five cafes in a ring', { timeout: 120_000 }, () => {
  it('find what is one hop away, each account once, its newest card, and ask nobody twice', async () => {
    const town = createTown(testClock())
    const { clock } = town
    const cafes: CafeNode[] = []
    // Each is told of the next one only.
    for (let n = 0; n < 5; n++) cafes.push(await town.cafe(() => [cafes[(n + 1) % 5] as CafeNode]))
    const [a, b, c, d, e] = cafes as [CafeNode, CafeNode, CafeNode, CafeNode, CafeNode]
    await a.cafe.meet(stop)
    // The one before has told of itself when it opened.
    await vi.waitFor(() => expect(knownBy(a).toSorted()).toEqual(idsOf([b, e]).toSorted()), 20_000)

    const [ada, both] = [await createListed([a], clock), await createListed([a, b], clock)]
    const [far, distant] = [await createListed([b, e], clock), await createListed([c], clock)]
    await ada.publish({ name: 'Marta Here' })
    await both.publish({ name: 'Marta Old' })
    await both.publish({ name: 'Marta New', seq: 2 }, [b])
    await far.publish({ name: 'Marta There' })
    await distant.publish({ name: 'Marta Distant' })
    town.asks()

    const here = await search(ada, a, { query: 'marta' })
    expect([here.names.toSorted(), here.complete]).toEqual([['Marta Here', 'Marta Old'], true])
    expect(town.asks()).toEqual([])

    const one = await search(ada, a, { query: 'marta', hops: 1 })
    expect(one.names.toSorted()).toEqual(['Marta Here', 'Marta New', 'Marta Old', 'Marta There'])
    // What was given already comes again as it is newer, and after it.
    const order = one.cards.filter(({ address }) => address === both.account().address).map(({ name }) => name)
    expect(order).toEqual(['Marta Old', 'Marta New'])
    expect(one.cards.find(({ name }) => name === 'Marta New')).toMatchObject({ via: b.at.cafe })
    expect([one.asked, one.complete]).toEqual([{ [b.at.cafe]: 'answered', [e.at.cafe]: 'answered' }, true])
    // The loop is not gone round: two questions, and those who are asked never ask on.
    const two = town.asks()
    expect(two.map(({ by }) => by)).toEqual([a.at.cafe, a.at.cafe])
    expect(two.map(({ of }) => of).toSorted()).toEqual(idsOf([b, e]).toSorted())

    // When they have heard of each other, one hop leads to all.
    for (let round = 0; round < 3; round++) for (const { cafe } of cafes) await cafe.meet(stop)
    expect(knownBy(a).toSorted()).toEqual(idsOf([b, c, d, e]).toSorted())
    town.asks()
    const all = await search(ada, a, { query: 'marta', hops: 1, limit: MAX_FIND })
    expect(all.names).toContain('Marta Distant')
    expect(all.cards.filter(({ address }) => address === far.account().address)).toHaveLength(1)
    expect(
      town
        .asks()
        .map(({ by, of }) => [by, of])
        .toSorted(),
    ).toEqual(
      idsOf([b, c, d, e])
        .map((of) => [a.at.cafe, of])
        .toSorted(),
    )
  })
})

describe('a star of five cafes', { timeout: 120_000 }, () => {
  it('finds at all of them, drops and marks what lies, and is not held up by one that is dead', async () => {
    const town = createTown(testClock())
    const { clock } = town
    const [good, other] = [await town.cafe(), await town.cafe()]
    const victim = await newAccount()
    const shy = await newAccount()
    // A real card that its account does not want found by name, and one that somebody else has signed.
    const forged = await cardOf(victim, clock, { name: 'Marta Real' })
    forged[forged.byteLength - 1] = (forged[forged.byteLength - 1] as number) ^ 1
    const liar = await town.impostor(async (_, { send }) => {
      await send({ card: { envelope: forged, time: clock() } })
      return { complete: true }
    })
    const blab = await town.impostor(async (_, { send }) => {
      await send({
        card: { envelope: await cardOf(shy, clock, { name: 'Marta Shy', visibility: 'exact' }), time: clock() },
      })
      return { complete: true }
    })
    const dead = await town.cafe()
    const hub = await town.cafe(() => [good, other, liar, blab, dead])
    await hub.cafe.meet(stop)
    expect(knownBy(hub).toSorted()).toEqual(idsOf([good, other, liar, blab, dead]).toSorted())
    await dead.cafe.close()
    await dead.stop()

    const ada = await createListed([hub], clock)
    const [one, two] = [await createListed([good], clock), await createListed([other, good], clock)]
    await one.publish({ name: 'Marta One' })
    await two.publish({ name: 'Marta Two' })
    town.asks()

    const first = await search(ada, hub, { query: 'marta', hops: 1 })
    expect(first.names.toSorted()).toEqual(['Marta One', 'Marta Two'])
    expect(first.asked).toEqual({
      ...{ [good.at.cafe]: 'answered', [other.at.cafe]: 'answered', [dead.at.cafe]: 'unreachable' },
      ...{ [liar.at.cafe]: 'lied', [blab.at.cafe]: 'lied' },
    })
    expect(first.complete).toBe(false)
    expect(town.asks()).toHaveLength(5)

    // The host sees who lied; neither they nor who was away are asked for a while.
    const marks = () =>
      hub.cafe
        .neighbours()
        .filter(({ marked }) => marked !== null)
        .map(({ cafe }) => cafe)
        .toSorted()
    await vi.waitFor(() => expect(marks()).toEqual(idsOf([liar, blab]).toSorted()))
    const second = await search(ada, hub, { query: 'marta', hops: 1 })
    expect(second).toMatchObject({ complete: true, asked: { [good.at.cafe]: 'answered' } })
    expect(
      town
        .asks()
        .map(({ of }) => of)
        .toSorted(),
    ).toEqual(idsOf([good, other]).toSorted())
    await hub.cafe.meet(stop)
    expect(town.log.slice(-2).map(({ of }) => of)).not.toContain(liar.at.cafe)
    clock.advance(MARK_TTL + 1)
    expect(marks()).toEqual([])
  })

  it('tells them nothing of the client: neither who it is, nor whom it knows', async () => {
    const town = createTown(testClock())
    const heard: unknown[] = []
    const curious = await town.impostor(async (input, { peer }) => {
      heard.push({ ...input, peer })
      return { complete: true }
    })
    const hub = await town.cafe(() => [curious])
    await hub.cafe.meet(stop)
    const ada = await createListed([hub], town.clock)
    const exclude = [(await newAccount()).address]
    await search(ada, hub, { query: 'Marta', hops: 1, exclude })
    expect(heard).toEqual([{ query: 'Marta', limit: MAX_FIND, peer: hub.at.cafe }])
  })

  it('stops asking when the client does', async () => {
    const town = createTown(testClock())
    const running = new Set<PeerIdText>()
    let started = 0
    const slow = () =>
      town.impostor(async (_, { peer, signal }) => {
        running.add(peer)
        started += 1
        await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
        running.delete(peer)
        return { complete: true }
      })
    const cafes = [await slow(), await slow(), await slow()]
    const hub = await town.cafe(() => cafes)
    await hub.cafe.meet(stop)
    const ada = await createListed([hub], town.clock)
    const gone = new AbortController()
    const searching = search(ada, hub, { query: 'marta', hops: 1, wait: 30_000 }, gone.signal)
    const failed = failure(searching)
    await vi.waitFor(() => expect(started).toBe(3), 20_000)
    gone.abort()
    expect(await failed).toMatchObject({ code: expect.stringMatching(/ABORTED|UNREACHABLE/) })
    await vi.waitFor(() => expect(running.size).toBe(0), 20_000)
    expect(town.asks()).toHaveLength(3)
  })

  it('waits no longer than it is told to, and says who was too late', async () => {
    const town = createTown(testClock())
    const never = await town.impostor(() => new Promise(() => {}))
    const hub = await town.cafe(() => [never])
    await hub.cafe.meet(stop)
    const ada = await createListed([hub], town.clock)
    await ada.publish({ name: 'Marta Here' })
    const found = await search(ada, hub, { query: 'marta', hops: 1, wait: 500 })
    expect(found).toMatchObject({ names: ['Marta Here'], asked: { [never.at.cafe]: 'late' }, complete: false })
  })
})

describe('a search', { timeout: 120_000 }, () => {
  it('brings more than 65 kB of results whole', async () => {
    const town = createTown(testClock())
    const { clock } = town
    const many = await town.cafe()
    const hub = await town.cafe(() => [many])
    await hub.cafe.meet(stop)
    const ada = await createListed([hub], clock)
    const addrs = Array.from({ length: 8 }, (_, n) => `/dns4/${'x'.repeat(200)}${n}.example/tcp/443/wss`)
    const inboxes = [many.at.cafe, hub.at.cafe].map((cafe) => ({ cafe, addrs }))
    const names = Array.from({ length: 30 }, (_, n) => `Marta ${n}`)
    const guest = await createClient(many)
    // One device of thirty accounts would do as well; what counts is that each card is its own account's.
    for (const name of names) {
      const listed = await createListed([many], clock)
      await listed.publish({ name, inboxes })
      await listed.stop()
    }
    const far = await search(ada, hub, { query: 'marta', limit: MAX_FIND, hops: 1 })
    const near = await search(guest, many, { query: 'marta', limit: MAX_FIND })
    for (const { names: found, bytes, complete } of [far, near]) {
      expect([found.toSorted(), complete]).toEqual([names.toSorted(), true])
      expect(bytes).toBeGreaterThan(100_000)
    }
  })

  it('finds the same after a restart', async () => {
    const town = createTown(testClock())
    const cafe = await town.cafe()
    const ada = await createListed([cafe], town.clock)
    await ada.publish({ name: 'Ada Lovelace', handle: 'ada.l' })
    await cafe.reopen()
    for (const query of ['lovelase', '@ada.l', 'ada lov'])
      expect((await search(ada, cafe, { query })).names, query).toEqual(['Ada Lovelace'])
  })

  it('takes names for what they are, whatever they would mean elsewhere', async () => {
    const town = createTown(testClock())
    const cafe = await town.cafe()
    const names = ["Robert'); DROP TABLE contacts; --", '100% Marta_', 'C:\\new\\table', '{Marta} {{x}} <b>bold</b>']
    const listed = await Promise.all(names.map(() => createListed([cafe], town.clock)))
    for (const [n, guest] of listed.entries()) await guest.publish({ name: names[n] as string })
    const [asker] = listed as [Listed]
    for (const name of names) expect((await search(asker, cafe, { query: name })).names, name).toEqual([name])
    expect((await search(asker, cafe, { query: 'marta' })).names.toSorted()).toEqual([
      '100% Marta_',
      '{Marta} {{x}} <b>bold</b>',
    ])
    for (const query of ['%', '_', "'", '\\', '*', '.*', '%%%'])
      expect(await failure(search(asker, cafe, { query }))).toEqual({ code: 'BAD_REQUEST', what: 'query' })
  })

  it('needs a session, and a hidden card is for its own devices', async () => {
    const town = createTown(testClock())
    const cafe = await town.cafe()
    const [ada, bob] = [await createListed([cafe], town.clock), await createListed([cafe], town.clock)]
    const envelope = await ada.publish({ name: 'Ada Hidden', visibility: 'hidden' })
    const { address } = ada.account()
    expect(await ada.contacts.get(cafe.at.cafe, address)).toEqual(envelope)
    expect(await bob.contacts.get(cafe.at.cafe, address)).toBeUndefined()
    expect((await search(bob, cafe, { query: address })).names).toEqual([])
    const asking = (async () => {
      for await (const _ of bob.contacts.find(cafe.at.cafe, { query: 'ada' }, {})) expect.unreachable()
    })()
    expect(await failure(asking)).toMatchObject({ code: 'UNAUTHORIZED' })
  })

  it('by a scraper brings no more than the limit, whatever other cafes have', async () => {
    const town = createTown(testClock())
    const { clock } = town
    const accounts = await Promise.all(Array.from({ length: MAX_FIND }, newAccount))
    const cards = await Promise.all(accounts.map((account, n) => cardOf(account, clock, { name: `Marta ${n}` })))
    const rich = await town.impostor(async (_, { send }) => {
      for (const envelope of cards) await send({ card: { envelope, time: clock() } })
      return { complete: false }
    })
    const hub = await town.cafe(() => [rich])
    await hub.cafe.meet(stop)
    const scraper = await createListed([hub], clock)
    let got = 0
    let refused = 0
    for (let n = 0; n < 29; n++) {
      const what = { query: 'marta', hops: 1, limit: MAX_FIND } as const
      const found = await search(scraper, hub, what).catch(async (error) => {
        expect(error).toMatchObject({ code: 'BUSY' })
        refused += 1
      })
      got += found?.cards.length ?? 0
    }
    expect(got).toBe(FOUND_PACE.burst)
    expect(refused).toBeGreaterThan(10)
  })
})

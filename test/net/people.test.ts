/** People at real cafes: found in the address book, at own cafes and one hop on; kept, written down, and on other devices too. */
import { describe, expect, it, vi } from 'vitest'
import { contactProtocol } from '../../src/cafe/contact/protocol.ts'
import { silentLog } from '../../src/core/log.ts'
import { createWords } from '../../src/crypto/wallet.ts'
import type { FindState } from '../../src/peer/contact-view.ts'
import { type ServiceHandlers, serve } from '../../src/wire/serve.ts'
import { createAccountDevice } from './account-fixture.ts'
import { cardOf, createListed, createTown, newAccount } from './find-fixture.ts'
import { type CafeNode, createClient, failure, type GuestNode, testClock } from './fixture.ts'
import { createMember } from './thread-fixture.ts'

const LONG = { timeout: 120_000 }
const SOON = { timeout: 40_000, interval: 100 }
type Handlers = ServiceHandlers<typeof contactProtocol, undefined>

const contactsOf = ({ peer }: GuestNode) => peer.people.contacts
const find = (guest: GuestNode, query: string, signal?: AbortSignal, onProgress?: (state: FindState) => void) =>
  guest.peer.people.find({ query, limit: 20 }, { signal, onProgress })

/** The cafe answers searches as given from now on; all else it does as before. */
async function corrupt({ node }: CafeNode, find: Handlers['find']): Promise<void> {
  const refuse = async (): Promise<never> => Promise.reject(new Error('nobody is to ask this'))
  const handlers: Handlers = { find, ask: refuse, publish: refuse, get: async () => ({ envelope: null }) }
  await node.unhandle(contactProtocol.id)
  const served = serve(contactProtocol, handlers, { guard: async () => undefined, log: silentLog })
  await node.handle(contactProtocol.id, served, { limited: true, maxStreams: 16 })
}

describe('somebody who looks for people', LONG, () => {
  it('finds contacts, people at both of their cafes and at one those know, each once, and keeps whom they like', async () => {
    const town = createTown(testClock())
    const { clock } = town
    const far = await town.cafe()
    const [one, two] = [await town.cafe(), await town.cafe(() => [far])]
    await two.cafe.meet({ signal: AbortSignal.timeout(30_000) })
    const ada = await createListed([one, two], clock)
    const [here, both, there] = [
      await createListed([one], clock),
      await createListed([one, two], clock),
      await createListed([far], clock),
    ]
    await here.publish({ name: 'Marta Here' })
    await both.publish({ name: 'Marta Old' })
    await both.publish({ name: 'Marta New', seq: 2 }, [two])
    await there.publish({ name: 'Marta There', handle: 'marta' })
    const friend = await newAccount()
    await contactsOf(ada).add(friend.address, { name: 'Mártá from work' })

    const told: FindState[] = []
    const state = await find(ada, 'marta', undefined, (now) => told.push(now))
    expect(state.people.map(({ name, source }) => `${name}: ${source}`)).toEqual([
      'Mártá from work: contact',
      'Marta There: beyond',
      'Marta Here: cafe',
      'Marta New: cafe',
    ])
    expect(state.complete).toBe(true)
    expect(state.cafes.filter(({ by }) => by === null).map(({ outcome }) => outcome)).toEqual(['answered', 'answered'])
    expect(state.cafes.find(({ cafe }) => cafe === far.at.cafe)).toMatchObject({ by: two.at.cafe, outcome: 'answered' })
    // Contacts do not wait for cafes.
    expect(told[0]?.people.map(({ source }) => source)).toEqual(['contact'])
    expect((await find(ada, '@marta')).people.map(({ exact }) => exact)).toContain(true)

    // Looking leaves nothing behind; keeping somebody does.
    const address = there.account().address
    const before = await ada.peer.cards.get(address)
    expect(before).toBeUndefined()
    expect(await contactsOf(ada).get(address)).toMatchObject({ name: 'Marta There', added: null, handle: 'marta' })
    await contactsOf(ada).add(address)
    const kept = await contactsOf(ada).get(address)
    expect(kept.via).toEqual([
      expect.objectContaining({ kind: 'book' }),
      expect.objectContaining({ kind: 'cafe', cafe: two.at.cafe, by: far.at.cafe }),
    ])
    expect(kept.card).toMatchObject({ gone: false })
    expect((await find(ada, 'marta')).people.filter(({ source }) => source === 'contact')).toHaveLength(2)
  })

  it('believes no cafe that lies, marks it, and hears the others', async () => {
    const town = createTown(testClock())
    const { clock } = town
    const [honest, liar] = [await town.cafe(), await town.cafe()]
    const ada = await createListed([honest, liar], clock)
    const ben = await createListed([honest], clock)
    await ben.publish({ name: 'Ben' })
    const victim = await newAccount()
    const forged = await cardOf(victim, clock, { name: 'Benjamin' })
    forged[forged.length - 1] = (forged.at(-1) as number) ^ 1
    await corrupt(liar, async (_, { send }) => {
      await send({ card: { envelope: forged, time: clock(), via: null } })
      return { complete: true }
    })
    const state = await find(ada, 'ben')
    expect(state.people.map(({ name }) => name)).toEqual(['Ben'])
    expect(state.cafes.find(({ cafe }) => cafe === liar.at.cafe)?.outcome).toBe('lied')
    expect(state.complete).toBe(false)
    expect(await ada.peer.cards.liars()).toEqual([liar.at.cafe])
  })

  it('stops asking when they have seen enough', async () => {
    const clock = testClock()
    const town = createTown(clock)
    const cafe = await town.cafe()
    const ada = await createListed([cafe], clock)
    const gone = Promise.withResolvers<void>()
    await corrupt(cafe, async (_, { signal }) => {
      signal.addEventListener('abort', () => gone.resolve())
      await gone.promise
      return { complete: false }
    })
    const enough = new AbortController()
    const running = find(ada, 'somebody', enough.signal)
    setTimeout(() => enough.abort(), 300)
    expect((await failure(running)).code).toBe('ABORTED')
    await gone.promise
  })
})

describe('an address book', LONG, () => {
  it('is the same on all devices of the account, and comes back with it', async () => {
    const clock = testClock()
    const cafe = await createTown(clock).cafe()
    const words = createWords()
    const [one, other] = [await createAccountDevice({ clock, words }), await createAccountDevice({ clock, words })]
    for (const device of [one, other]) {
      await device.guest.peer.attend()
      await device.join(cafe)
    }
    const [friend, pest] = [await newAccount(), await newAccount()]
    await contactsOf(one.guest).add(friend.address, { name: 'A friend' })
    await contactsOf(one.guest).block(pest.address)
    await vi.waitFor(async () => {
      for (const { safe } of [one, other]) {
        safe.slots.wake()
        await safe.slots.run()
      }
      const all = await contactsOf(other.guest).list()
      expect(all.map(({ address, name, blocked }) => ({ address, name, blocked }))).toEqual([
        { address: friend.address, name: 'A friend', blocked: false },
        { address: pest.address, name: null, blocked: true },
      ])
    }, SOON)
  })

  it('knows common threads, and begins the one thread of two only once', async () => {
    const [ada, ben] = [await createMember(), await createMember()]
    const to = ben.account().address
    const { thread, invite } = await ada.peer.people.talk(to, {})
    expect(invite?.link).toContain('#thread=')
    const again = await ada.peer.people.talk(to, {})
    expect(again.thread).toBe(thread)
    // Nobody else can ever be in it.
    const opened = await ada.peer.threads.thread(thread)
    expect([...opened.charter.members].sort()).toEqual([to, ada.account().address].sort())
    ada.node.connector.know(ben.node.peer, ben.node.addresses())
    ben.node.connector.know(ada.node.peer, ada.node.addresses())
    await ben.peer.threads.join(invite?.link as string, {})
    await vi.waitFor(async () => {
      expect((await contactsOf(ada).get(to)).threads).toEqual([{ id: thread, name: expect.any(String) }])
    }, SOON)
    expect(await ada.peer.people.talk(to, {})).toEqual({ thread, invite: null })
    // And it is the same from the other side.
    expect(await ben.peer.people.talk(ada.account().address, {})).toEqual({ thread, invite: null })
    expect((await contactsOf(ben).get(ada.account().address)).via).toContainEqual({
      ...{ kind: 'thread', id: thread },
      name: expect.any(String),
    })
  })
})

it('a handle that somebody else has at a cafe is told to its owner, and freed by choosing another', LONG, async () => {
  const clock = testClock()
  const cafe = await createTown(clock).cafe()
  const [first, second] = [await createClient(cafe), await createClient(cafe)]
  const show = async ({ peer }: GuestNode, handle: string) => {
    await peer.record.set('profile', 'me', { name: 'Ada', avatar: null, handle })
    await peer.card.publish({ signal: AbortSignal.timeout(20_000) }).catch(() => {})
    return (await peer.card.states()).map(({ state }) => state)
  }
  expect(await show(first, 'ada')).toEqual(['published'])
  expect(await show(second, 'ada')).toEqual(['taken'])
  expect(await show(second, 'ada.l')).toEqual(['published'])
})

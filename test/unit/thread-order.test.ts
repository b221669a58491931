/** In whatever order and batches the blocks of a thread come, everybody comes to the same heads, members, pages and keys. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isCafeError } from '../../src/core/errors.ts'
import type { SealedBlock } from '../../src/thread/block.ts'
import type { Entry, Thread, ThreadInvite } from '../../src/thread/thread.ts'
import { all, blocksOf, exchange, type Person, personOf, text, threadOf, visible } from './thread-world.ts'

const PEOPLE = 4

const step = fc.record({
  who: fc.nat(PEOPLE - 1),
  what: fc.constantFrom(
    'text',
    'text',
    'like',
    'ignore',
    'announce',
    'rename',
    'leave',
    'remove',
    'join',
    'tend',
    'send',
    'send',
    'send',
  ),
  whom: fc.nat(PEOPLE - 1),
  some: fc.nat(1000),
})
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

/** What the rules forbid, or what is not here, is not done. */
async function allowed<T>(action: () => Promise<T>): Promise<T | undefined> {
  try {
    return await action()
  } catch (error) {
    if (isCafeError(error) && (error.code === 'FORBIDDEN' || error.code === 'NOT_FOUND')) return undefined
    throw error
  }
}

const shuffled = <T>(items: readonly T[], seed: number): T[] => {
  const mixed = items.map((item, i) => ({ item, by: Math.imul((i + 1) * 2_654_435_761, seed | 1) >>> 0 }))
  return mixed.sort((a, b) => a.by - b.by).map(({ item }) => item)
}

async function act(
  people: readonly Person[],
  threads: readonly Thread[],
  { who, what, whom, some }: Step,
): Promise<void> {
  const [thread, other] = [threads[who], threads[whom]] as [Thread, Thread]
  const { address } = (people[whom] as Person).account
  ;(people[who] as Person).now += some
  const target = async (): Promise<Entry | undefined> => {
    const entries = await all(thread, 50)
    return entries[some % Math.max(1, entries.length)]
  }
  switch (what) {
    case 'text':
      return void (await allowed(() => thread.append(text(`${who} says ${some}`))))
    case 'like':
    case 'ignore': {
      const on = await target()
      return void (on && (await allowed(() => thread.append({ type: what, body: { target: on.cid } }))))
    }
    case 'announce':
      return void (await allowed(() =>
        thread.append({ type: what, body: { name: `name ${some}`, avatar: null, cafes: [] } }),
      ))
    case 'rename':
      return void (await allowed(() => thread.append({ type: what, body: { name: `thread ${some}` } })))
    case 'leave':
      return void (some % 3 === 0 && (await allowed(() => thread.append({ type: what, body: {} }))))
    case 'remove':
      return void (await allowed(() => thread.append({ type: what, body: { who: address } })))
    case 'join': {
      const invite: ThreadInvite | undefined = await allowed(() => thread.invite(address))
      if (invite) await other.learn(invite)
      return void (invite && (await allowed(() => other.join())))
    }
    case 'tend':
      return void (await allowed(() => thread.tend()))
    case 'send': {
      const blocks = await blocksOf(thread, await other.heads())
      // Some are lost on the way, all are out of order.
      await other.receive(shuffled(blocks, some).slice(0, 1 + (some % 9)))
    }
  }
}

/** Another device of the initiator, which has nothing but the first key and the account's own. */
async function newcomer(thread: Thread): Promise<Thread> {
  const person = await personOf(1, { device: 77 })
  const { charter, keys } = await thread.state()
  const first = keys.filter(({ epoch }) => epoch === 0)
  return person.threads.open({ charter, keys: first, heads: [], name: 'Holidays' })
}

/** Half way it is given the keys that somebody was given with an invite: no letter in the thread has them. */
async function deliver(to: Thread, from: Thread, blocks: readonly SealedBlock[], batches: readonly number[]) {
  let at = 0
  for (let i = 0; at < blocks.length; i++) {
    const size = 1 + (batches[i % batches.length] ?? 0)
    await to.receive(blocks.slice(at, at + size))
    if (at <= blocks.length / 2 && at + size > blocks.length / 2) await to.learn(await from.state())
    at += size
  }
}

describe('the blocks of a thread', () => {
  it('come to the same in any order and any batches, at all members and at a new device', {
    timeout: 300_000,
  }, async () => {
    const steps = fc.array(step, { minLength: 10, maxLength: 40, size: 'max' })
    const orders = fc.array(fc.record({ seed: fc.nat(), batches: fc.array(fc.nat(12), { minLength: 1 }) }), {
      minLength: 2,
      maxLength: 2,
    })
    await fc.assert(
      fc.asyncProperty(steps, orders, async (steps, orders) => {
        const people = await Promise.all([1, 2, 3, 4].map((n) => personOf(n)))
        const threads = await threadOf(people)
        for (const one of steps) await act(people, threads, one)
        await exchange(...threads)
        const [a] = threads as [Thread]
        const seen = await visible(a)
        const blocks = await blocksOf(a)
        expect(blocks).toHaveLength(seen.blocks)
        for (const { seed, batches } of orders) {
          const replica = await newcomer(a)
          await deliver(replica, a, shuffled(blocks, seed), batches)
          expect(await visible(replica)).toEqual(seen)
        }
      }),
      { numRuns: Number(process.env.THREAD_RUNS ?? 12), endOnFailure: true },
    )
  })
})

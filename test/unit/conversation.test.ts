/** Which threads are conversations, with whom; what was said last. */
import { describe, expect, it } from 'vitest'
import type { Address } from '../../src/core/ids.ts'
import { otherOf, twoNames } from '../../src/peer/conversation.ts'
import { createShape } from '../../src/peer/thread-shape.ts'
import type { Thread } from '../../src/thread/thread.ts'
import { exchange, type Person, personOf, threadOf } from './thread-world.ts'

const ADA = 'ada' as Address
const BEN = 'ben' as Address
const EVE = 'eve' as Address
const names = (ada: string | null, ben: string | null) =>
  new Map([
    [ADA, { name: ada }],
    [BEN, { name: ben }],
  ])
const charter = (...members: readonly Address[]) => ({ charter: { members } as unknown as Thread['charter'] })

describe('a conversation', () => {
  it('is a thread that only ever holds two, under the names of the two', () => {
    const two = charter(ADA, BEN)
    const known = names('Ada', 'Ben')
    for (const name of ['Ada & Ben', 'Ben & Ada', 'Ada', 'Ben', 'The two of us']) {
      expect(otherOf(two, name, ADA, known)).toBe(BEN)
      expect(otherOf(two, name, BEN, known)).toBe(ADA)
    }
    expect(otherOf(two, twoNames(null, null), ADA, names(null, null))).toBe(BEN)
  })

  it('is none once somebody has given it a name', () => {
    expect(otherOf(charter(ADA, BEN), 'Holidays', ADA, names('Ada', 'Ben'))).toBeNull()
  })

  it('is none where others can come, or nobody else', () => {
    const known = names('Ada', 'Ben')
    expect(otherOf(charter(), 'Ada & Ben', ADA, known)).toBeNull()
    expect(otherOf(charter(ADA), 'Ada', ADA, known)).toBeNull()
    expect(otherOf(charter(ADA, BEN, EVE), 'Ada & Ben', ADA, known)).toBeNull()
  })

  it('has a name of both that fits, however long theirs are', () => {
    expect(twoNames('Ada', 'Ben')).toBe('Ada & Ben')
    expect([...twoNames('a'.repeat(64), 'b'.repeat(64))].length).toBeLessThanOrEqual(64)
  })
})

describe('the last words', () => {
  const setup = async () => {
    const people = [await personOf(1), await personOf(2)] as const
    const [own, other] = (await threadOf(people)) as [Thread, Thread]
    const shape = createShape({
      ...{ self: () => people[0].account.address, online: () => [] },
      seen: async () => ({ level: true, synced: null, unread: 0 }),
    })
    const say = async (thread: Thread, say: Parameters<Thread['append']>[0]) => {
      for (const person of people as readonly Person[]) person.now += 1000
      const entry = await thread.append(say)
      await exchange(own, other)
      return entry.cid
    }
    return { own, other, say, last: async () => (await shape.info(own)).last }
  }

  it('are the newest text, comment or files; likes are none', async () => {
    const { own, other, say, last } = await setup()
    expect(await last()).toBeNull()
    const post = await say(own, { type: 'text', body: { text: 'one\n  two' } })
    expect(await last()).toMatchObject({ self: true, kind: 'text', text: 'one two' })
    await say(other, { type: 'comment', body: { target: post, text: 'x'.repeat(500) } })
    const shown = await last()
    expect(shown).toMatchObject({ self: false, kind: 'comment' })
    expect(shown?.text.length).toBeLessThanOrEqual(140)
    await say(other, { type: 'like', body: { target: post } })
    expect(await last()).toEqual(shown)
  })

  it('are not what was taken back', async () => {
    const { own, say, last } = await setup()
    await say(own, { type: 'text', body: { text: 'first' } })
    const post = await say(own, { type: 'text', body: { text: 'second' } })
    await say(own, { type: 'ignore', body: { target: post } })
    expect(await last()).toMatchObject({ text: 'first' })
  })
})

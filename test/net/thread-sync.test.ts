/** Threads between devices that are connected: they converge, whoever posts what when. */
import { describe, expect, it } from 'vitest'
import { asId, createMember, createSharedThread, introduce, level, type Member, until } from './thread-fixture.ts'

const LONG = 60_000

describe('threads over connections', () => {
  it(
    'join by a link, and bring all to the same heads',
    async () => {
      const [ann, ben, cleo] = await members(3)
      const id = await createSharedThread(ann, ben)
      await ann.post(id, 'hello')
      await level(id, ann, ben)
      expect(await ben.texts(id)).toEqual(['hello'])

      const { link } = await ben.threads.invite(asId(id), null, {})
      expect((await cleo.threads.join(link, {})).standing).toBe('in')
      await level(id, ann, ben, cleo)
      expect(await cleo.texts(id)).toEqual(['hello'])
      const people = await ann.threads.members(asId(id))
      expect(people.map(({ address }) => address).sort()).toEqual(
        [ann, ben, cleo].map((one) => one.account().address).sort(),
      )
      expect(people.every(({ standing, online }) => standing === 'in' && online)).toBe(true)
    },
    LONG,
  )

  it(
    'converge on 50 posts that three members write at once',
    async () => {
      const [ann, ben, cleo] = await members(3)
      const id = await createSharedThread(ann, ben, cleo)
      await level(id, ann, ben, cleo)
      const writers = [ann, ben, cleo]
      await Promise.all(Array.from({ length: 50 }, (_, n) => (writers[n % 3] as Member).post(id, `post ${n}`)))
      await until('50 posts everywhere', async () => {
        const counts = await Promise.all(writers.map(async (one) => (await one.texts(id)).length))
        return counts.every((count) => count === 50)
      })
      await level(id, ann, ben, cleo)
      const texts = await Promise.all(writers.map((one) => one.texts(id)))
      expect(texts[1]).toEqual(texts[0])
      expect(texts[2]).toEqual(texts[0])
      expect(await (await ann.threads.thread(asId(id))).alarms()).toEqual([])
    },
    LONG,
  )
})

async function members(count: number): Promise<[Member, Member, Member]> {
  const all = await Promise.all(Array.from({ length: count }, () => createMember()))
  introduce(...all)
  return all as [Member, Member, Member]
}

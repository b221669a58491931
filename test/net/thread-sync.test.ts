/** Threads between devices that are connected: they converge, whoever posts what when. */
import { MemoryDatastore } from 'datastore-core'
import { describe, expect, it } from 'vitest'
import { createWords } from '../../src/crypto/wallet.ts'
import { memoryBlocks, memoryRows } from '../../src/store/memory.ts'
import {
  asId,
  createLoner,
  createMember,
  createSharedThread,
  introduce,
  level,
  type Member,
  until,
} from './thread-fixture.ts'

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

  it(
    'bring two devices with different histories together after a gap, both ways and with nothing twice',
    async () => {
      const words = createWords()
      const stores = { rows: memoryRows(), blocks: memoryBlocks(), datastore: new MemoryDatastore(), words }
      const ann = await createMember()
      const first = await createMember(stores)
      introduce(ann, first)
      const id = await createSharedThread(ann, first)
      for (let n = 0; n < 300; n++) await ann.post(id, `before ${n}`)
      await level(id, ann, first)
      await first.stop()
      for (let n = 0; n < 40; n++) await ann.post(id, `hers ${n}`)

      // Written while nobody else can be reached.
      const ben = await createMember({ ...stores, datastore: new MemoryDatastore() })
      for (let n = 0; n < 40; n++) await ben.post(id, `his ${n}`)
      expect(await ben.heads(id)).not.toBe(await ann.heads(id))
      const received = counted(ben)
      introduce(ann, ben)
      await ben.threads.sync(asId(id), {})
      await level(id, ann, ben)
      expect((await ben.texts(id)).length).toBe(380)
      expect(await ben.texts(id)).toEqual(await ann.texts(id))
      // Whose heads the other does not know is asked how far they agree, so that not all is sent again.
      expect(received()).toBeLessThan(120)
    },
    LONG,
  )

  it(
    'reach those whom the author does not reach, through a third',
    async () => {
      const [ann, ben, cleo] = await members(3)
      const id = await createSharedThread(ann, ben, cleo)
      await level(id, ann, ben, cleo)
      await ann.stop()
      const dave = await createMember()
      introduce(ben, dave)
      await dave.threads.join((await ben.threads.invite(asId(id), null, {})).link, {})
      // Ben alone knows where to find him.
      await dave.post(id, 'hello from far away')
      await until('the post', async () => (await cleo.texts(id)).includes('hello from far away'))
      await level(id, ben, cleo, dave)
    },
    LONG,
  )

  it(
    'are joined by another device of the same account from its state alone',
    async () => {
      const words = createWords()
      const [ann, one] = [await createMember(), await createMember({ words })]
      introduce(ann, one)
      const id = await createSharedThread(ann, one)
      await ann.post(id, 'hello')
      await level(id, ann, one)
      const siblings = [one.node.peer]
      const two = await createLoner({ words, siblings: async () => siblings })
      introduce(one, two)
      await two.threads.store.open(await (await one.threads.thread(asId(id))).state())
      await until('the thread', async () => (await two.texts(id)).includes('hello'))
      expect((await two.threads.get(asId(id))).standing).toBe('in')
      await two.post(id, 'from the other device')
      await level(id, ann, one, two)
      expect((await ann.threads.members(asId(id))).length).toBe(2)
    },
    LONG,
  )
})

/** How many blocks of threads come to the member's disk from now on. */
function counted({ blocks }: Member): () => number {
  const put = blocks.put.bind(blocks)
  let count = 0
  blocks.put = async (cid, bytes) => {
    count++
    await put(cid, bytes)
  }
  return () => count
}

async function members(count: number): Promise<[Member, Member, Member]> {
  const all = await Promise.all(Array.from({ length: count }, () => createMember()))
  introduce(...all)
  return all as [Member, Member, Member]
}

/** Members: who comes, goes and is put out, by which invites; what each is told of it. */
import { MemoryDatastore } from 'datastore-core'
import { CID } from 'multiformats/cid'
import { describe, expect, it } from 'vitest'
import { createWords } from '../../src/crypto/wallet.ts'
import { memoryBlocks, memoryRows } from '../../src/store/memory.ts'
import { failure } from './fixture.ts'
import { asId, createMember, createSharedThread, introduce, level, until } from './thread-fixture.ts'

const LONG = 60_000

describe('members of a thread', () => {
  it(
    'are invited by their address: the invite comes by itself where a device of theirs is known and here',
    async () => {
      const [ann, ben, eve] = [await createMember(), await createMember(), await createMember()]
      introduce(ann, ben, eve)
      await createSharedThread(ann, ben)
      const { id } = await ann.threads.create({ name: 'Work', type: 'open', sharing: 'invite-only' })
      const to = ben.account().address
      const { link, delivered } = await ann.threads.invite(asId(id), to, {})
      expect(delivered).toBe('device')
      const [received] = await ben.threads.invites()
      expect(received).toMatchObject({ thread: id, name: 'Work', from: ann.account().address })
      expect(ben.threads.notifications({ limit: 10 }).notes[0]).toMatchObject({
        kind: 'invite',
        thread: id,
        read: false,
      })
      // The same again is no news.
      expect((await ann.threads.invite(asId(id), to, {})).delivered).toBe('device')
      expect(await ben.threads.invites()).toHaveLength(1)

      expect(await failure(eve.threads.join(link, {}))).toEqual({ code: 'SEALED' })
      const joined = await ben.threads.join(received?.id as string, {})
      expect(joined).toMatchObject({ standing: 'in', name: 'Work', members: 2 })
      expect(await ben.threads.invites()).toEqual([])
      expect(ben.threads.notifications({ limit: 10 }).notes.filter(({ kind }) => kind === 'invite')).toEqual([])
      expect(await failure(ben.threads.join(link, {}))).toEqual({ code: 'CONFLICT', what: 'thread' })
      // Nobody known to be there: only the link.
      const stranger = await createMember()
      expect((await ann.threads.invite(asId(id), stranger.account().address, {})).delivered).toBe(false)
    },
    LONG,
  )

  it(
    'go by themselves or are put out, and then get nothing more',
    async () => {
      const [ann, ben, cleo] = [await createMember(), await createMember(), await createMember()]
      introduce(ann, ben, cleo)
      const id = await createSharedThread(ann, ben, cleo)
      await level(id, ann, ben, cleo)
      await ben.threads.leave(asId(id))
      expect(await ben.threads.list()).toEqual([])
      expect(await failure(ben.threads.get(asId(id)))).toEqual({ code: 'NOT_FOUND', what: 'thread' })
      await until('two members', async () => (await cleo.threads.get(asId(id))).members === 2)

      await ann.threads.say(asId(id), { type: 'remove', body: { who: cleo.account().address } })
      await until('to be out', async () => (await cleo.threads.get(asId(id))).standing === 'removed')
      expect((await failure(cleo.post(id, 'still here?'))).code).toBe('FORBIDDEN')
      await ann.post(id, 'among us')
      await cleo.threads.sync(asId(id), {})
      await new Promise((resolve) => setTimeout(resolve, 500))
      expect(await cleo.texts(id)).toEqual([])
      await until('her to be gone', async () => (await ann.threads.get(asId(id))).online === 0)
    },
    LONG,
  )

  it(
    'are told of posts, and of what is said about their own, but not of history',
    async () => {
      const [ann, ben] = [await createMember(), await createMember()]
      introduce(ann, ben)
      const { id } = await ann.threads.create({ name: 'Holidays' })
      const post = await ann.post(id, 'old news')
      await ben.threads.join((await ann.threads.invite(asId(id), null, {})).link, {})
      await level(id, ann, ben)
      expect(ben.threads.notifications({ limit: 10 }).notes).toEqual([])
      await until('a note', async () => ann.threads.notifications({ limit: 10 }).notes.length > 0)
      expect(ann.threads.notifications({ limit: 10 }).notes).toMatchObject([{ kind: 'join', name: 'Holidays' }])

      const target = CID.parse(post)
      await ben.threads.say(asId(id), { type: 'comment', body: { target, text: 'indeed' } })
      await ben.threads.say(asId(id), { type: 'like', body: { target } })
      const reply = await ben.post(id, 'and here is mine')
      await until('three notes', async () => ann.threads.notifications({ limit: 10 }).unread === 4)
      expect(ann.threads.notifications({ limit: 10 }).posts).toBe(1)
      const { notes } = ann.threads.notifications({ limit: 10 })
      expect(notes.map(({ kind }) => kind).sort()).toEqual(['comment', 'join', 'like', 'text'])
      expect(notes.find(({ kind }) => kind === 'comment')).toMatchObject({ text: 'indeed', target: post, read: false })
      expect((await ann.threads.get(asId(id))).unread).toBe(1)
      const first = ann.threads.notifications({ limit: 3 })
      expect(first.notes).toHaveLength(3)
      expect(ann.threads.notifications({ limit: 3, after: first.next as string }).notes).toHaveLength(1)

      // Somebody else's like of somebody else's post is nobody's news.
      await ann.threads.say(asId(id), { type: 'ignore', body: { target: CID.parse(reply) } })
      await until('the note to go', async () => ann.threads.notifications({ limit: 10 }).notes.length === 3)
      await ann.threads.read({ thread: asId(id) })
      expect(ann.threads.notifications({ limit: 10 }).unread).toBe(0)
      expect((await ann.threads.get(asId(id))).unread).toBe(0)
    },
    LONG,
  )

  it(
    'keep notes and what was read over a start; nothing is left of a thread that was left',
    async () => {
      const words = createWords()
      const stores = { rows: memoryRows(), blocks: memoryBlocks(), datastore: new MemoryDatastore(), words }
      const ann = await createMember(stores)
      const ben = await createMember()
      introduce(ann, ben)
      const id = await createSharedThread(ann, ben)
      await level(id, ann, ben)
      await ben.post(id, 'one')
      await ben.post(id, 'two')
      await until('two posts', async () => (await ann.threads.get(asId(id))).unread === 2)
      const { notes } = ann.threads.notifications({ limit: 10 })
      await ann.threads.read({ note: notes[0]?.id })
      await ann.stop()

      const again = await createMember(stores)
      expect(again.threads.notifications({ limit: 10 }).notes).toEqual(
        notes.map((note, i) => (i === 0 ? { ...note, read: true } : note)),
      )
      expect((await again.threads.get(asId(id))).unread).toBe(2)
      await again.threads.leave(asId(id))
      expect(again.threads.notifications({ limit: 10 })).toEqual({ notes: [], unread: 0, posts: 0, next: null })
      const rows = (await again.rows.range('')).map(([key]) => key)
      // What stays is the word for the account's other devices, and for the cafes, that it was left.
      const here = rows.filter((key) => key.includes(id) && !/^\/cafe\/(record|slot-\w+)\//.test(key))
      expect(here).toEqual([])
    },
    LONG,
  )

  it(
    'who come while a new key is made are given it by whoever has it',
    async () => {
      const [ann, ben, cleo, dave] = [
        await createMember(),
        await createMember(),
        await createMember(),
        await createMember(),
      ]
      introduce(ann, ben, dave)
      const id = await createSharedThread(ann, ben, dave)
      await level(id, ann, ben, dave)
      const { link } = await ben.threads.invite(asId(id), null, {})
      await ann.stop()
      await dave.stop()
      introduce(cleo, ben)
      expect((await cleo.threads.join(link, {})).standing).toBe('in')
      await ben.stop()
      // Without having heard of her.
      const back = await ann.again()
      await back.threads.say(asId(id), { type: 'remove', body: { who: dave.account().address } })
      await back.post(id, 'among us')

      introduce(cleo, back)
      await until('the key', async () => (await cleo.texts(id)).includes('among us'))
      await cleo.post(id, 'and I can answer')
      await level(id, back, cleo)
      expect(await back.texts(id)).toContain('and I can answer')
    },
    LONG,
  )
})

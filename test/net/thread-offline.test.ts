/** Posts find their readers though the two are never there at the same time: by what is left at the author's cafes. */
import { MemoryDatastore } from 'datastore-core'
import { describe, expect, it } from 'vitest'
import { hex, unhex } from '../../src/core/ids.ts'
import { createWords } from '../../src/crypto/wallet.ts'
import { readPackRoot } from '../../src/peer/pack-root.ts'
import { memoryBlocks, memoryRows } from '../../src/store/memory.ts'
import { type DropPlace, dropId, openDrop } from '../../src/thread/drop.ts'
import { type CafeNode, createCafeNode, keep } from './fixture.ts'
import { asId, createMember, introduce, level, type Member, type MemberParts, until } from './thread-fixture.ts'

const LONG = 180_000

describe('threads through cafes', () => {
  it(
    'bring what was posted while nobody else was there, few posts and many',
    async () => {
      const cafe = keep(await createCafeNode())
      const ann = await createMemberAt(cafe)
      const ben = device(cafe)
      const first = await ben()
      introduce(ann, first)
      const { id } = await ann.threads.create({ name: 'Holidays' })
      const { link } = await ann.threads.invite(asId(id), null, {})
      await first.threads.join(link, {})
      await level(id, ann, first)
      await first.stop()

      for (let n = 0; n < 60; n++) await ann.post(id, `post ${n}`)
      await left(ann, cafe, id)
      await ann.stop()

      const again = await ben()
      await until('all 60 posts', async () => (await again.texts(id)).length === 60)
      expect(await again.heads(id)).toBe(await ann.heads(id))
      expect((await again.threads.get(asId(id))).synced).not.toBeNull()
    },
    LONG,
  )

  it(
    'let somebody join while only a cafe is there, and the members hear of it',
    async () => {
      const cafe = keep(await createCafeNode())
      const ann = device(cafe)
      const first = await ann()
      const { id } = await first.threads.create({ name: 'Holidays' })
      await first.post(id, 'come in')
      const { link } = await first.threads.invite(asId(id), null, {})
      await left(first, cafe, id)
      await first.stop()

      const ben = await createMemberAt(cafe)
      const joined = await ben.threads.join(link, {})
      expect(joined.standing).toBe('in')
      expect(await ben.texts(id)).toEqual(['come in'])
      await ben.post(id, 'here I am')
      await left(ben, cafe, id)
      await ben.stop()

      const back = await ann()
      await until('the guest', async () => (await back.threads.get(asId(id))).members === 2)
      expect(await back.texts(id)).toContain('here I am')
    },
    LONG,
  )

  it(
    'tell the others of somebody who left, though nobody was there to hear it',
    async () => {
      const cafe = keep(await createCafeNode())
      const ann = device(cafe)
      const first = await ann()
      const ben = await createMemberAt(cafe)
      introduce(first, ben)
      const { id } = await first.threads.create({ name: 'Holidays' })
      await ben.threads.join((await first.threads.invite(asId(id), null, {})).link, {})
      await level(id, first, ben)
      await first.stop()
      await ben.threads.leave(asId(id))
      expect(await ben.threads.list()).toEqual([])
      await ben.stop()

      const back = await ann()
      await until('the word', async () => (await back.threads.get(asId(id))).members === 1)
    },
    LONG,
  )

  it(
    'look again and again without fetching anything, while nothing changes',
    async () => {
      const cafe = keep(await createCafeNode())
      const ann = await createMemberAt(cafe)
      const ben = await createMemberAt(cafe)
      introduce(ann, ben)
      const { id } = await ann.threads.create({ name: 'Holidays' })
      await ben.threads.join((await ann.threads.invite(asId(id), null, {})).link, {})
      await level(id, ann, ben)
      await left(ann, cafe, id)
      await left(ben, cafe, id)
      await ann.stop()
      await ben.threads.sync(undefined, {})
      const before = await cafe.dump()
      await ben.threads.sync(undefined, {})
      await ben.threads.sync(undefined, {})
      expect(await cafe.dump()).toEqual(before)
    },
    LONG,
  )
})

/** A member who is a client of the cafe. */
async function createMemberAt(cafe: CafeNode, parts: MemberParts = {}): Promise<Member> {
  const member = await createMember({ clock: cafe.clock, ...parts })
  member.know(cafe)
  const known = await member.peer.cafes.list()
  if (known.length === 0) await member.peer.cafes.register(cafe.at, await cafe.token(), {})
  await member.threads.announce()
  return member
}

/** A device that can be switched on again: the same account, node and stores each time. */
function device(cafe: CafeNode): () => Promise<Member> {
  const words = createWords()
  const stores = { rows: memoryRows(), blocks: memoryBlocks(), datastore: new MemoryDatastore() }
  return () => createMemberAt(cafe, { ...stores, words })
}

/** Waits until whoever looks at the cafe finds there where the member is now, and every block of the thread. */
async function left(member: Member, cafe: CafeNode, id: string): Promise<void> {
  const who = member.account().address
  const drop = await dropId(unhex(id), who)
  await until('what is left at the cafe', async () => {
    const heads = await member.heads(id)
    for await (const { body } of member.snapshots.look(cafe.at.cafe, [drop])) {
      const [place] = await openDrop(unhex(id), who, body)
      const pins = await member.peer.backups.all()
      const pinned = pins.every(({ cafes }) => cafes.every(({ state }) => state === 'pinned'))
      return place?.heads.map(String).sort().join() === heads && pinned && (await holdsAll(cafe, member, id, place))
    }
    return false
  })
}

/** Does the cafe hold every block of the thread that the member has, in packs that its drop names? */
async function holdsAll({ blocks }: CafeNode, member: Member, id: string, { packs }: DropPlace): Promise<boolean> {
  const held = new Set<string>()
  for (const root of packs) {
    const bytes = await blocks.get(root)
    for (const cid of bytes ? await readPackRoot(root, bytes) : [])
      if (await blocks.has(cid)) held.add(hex(cid.multihash.bytes))
  }
  const { entries } = await (await member.threads.thread(asId(id))).page({ limit: 1000 })
  return held.size > 0 && entries.every(({ cid }) => held.has(hex(cid.multihash.bytes)))
}

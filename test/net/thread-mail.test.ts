/** Threads by mail: posts and invites reach who is away, through that one's cafes alone, and once however they come. */
import { MemoryDatastore } from 'datastore-core'
import { CID } from 'multiformats/cid'
import { describe, expect, it } from 'vitest'
import { systemClock } from '../../src/core/clock.ts'
import { hex, unhex } from '../../src/core/ids.ts'
import { sha256 } from '../../src/crypto/bytes.ts'
import { createWords } from '../../src/crypto/wallet.ts'
import { memoryBlocks, memoryRows } from '../../src/store/memory.ts'
import { type CafeNode, createCafeNode, keep } from './fixture.ts'
import { asId, createMember, introduce, level, type Member, until as waitUntil } from './thread-fixture.ts'

const LONG = { timeout: 240_000 }
const clock = Object.assign(() => systemClock(), { advance() {} })

const cafe = async (): Promise<CafeNode> => keep(await createCafeNode({ clock }))

/** A device that can be switched on again, of a client of the cafe; `known`: others it can dial. */
function device(home: CafeNode, ...known: readonly CafeNode[]): () => Promise<Member> {
  const parts = { words: createWords(), rows: memoryRows(), blocks: memoryBlocks(), datastore: new MemoryDatastore() }
  return async () => {
    const member = await createMember({ ...parts, clock })
    member.know(home, ...known)
    if ((await member.peer.cafes.list()).length === 0) await member.peer.cafes.register(home.at, await home.token(), {})
    await member.peer.attend()
    return member
  }
}

const until = (what: string, condition: () => Promise<boolean>) => waitUntil(what, condition, 40_000)
const doorTo = async (from: Member, to: Member) => (await from.peer.cards.door(to.account().address)) !== undefined

/** Has the cafe been told of the door that the members of a thread may use? */
async function isOpen(of: Member, home: CafeNode, id: string): Promise<boolean> {
  const hash = hex(await sha256(await of.peer.mail.doorFor(`thread/${id}`)))
  return JSON.stringify(await home.dump()).includes(hash)
}

/** Ann at one cafe and Ben at another, in a thread; each knows the other's door, and it opens. */
async function couple() {
  const [hers, his] = [await cafe(), await cafe()]
  const [ann, ben] = [device(hers, his), device(his, hers)]
  const first = { ann: await ann(), ben: await ben() }
  introduce(first.ann, first.ben)
  const { id } = await first.ann.threads.create({ name: 'Holidays' })
  await first.ben.threads.join((await first.ann.threads.invite(asId(id), null, {})).link, {})
  await level(id, first.ann, first.ben)
  await until('doors', async () => (await doorTo(first.ann, first.ben)) && (await doorTo(first.ben, first.ann)))
  await until('open doors', async () => (await isOpen(first.ann, hers, id)) && (await isOpen(first.ben, his, id)))
  await level(id, first.ann, first.ben)
  return { hers, his, ann, ben, first, id }
}

const stateOf = async (of: Member, id: string, cid: string): Promise<string | undefined> =>
  (await of.threads.states(asId(id), CID.parse(cid)))[0]?.state

describe('posts', () => {
  it('reach who was away by mail alone, and their author sees how far they are', LONG, async () => {
    const { hers, his, ann, ben, first, id } = await couple()
    await first.ben.stop()
    const { cid: start, sent: begun } = await first.ann.threads.say(asId(id), {
      type: 'text',
      body: { text: 'post 0' },
    })
    expect(begun).toMatchObject({ fetched: 0, read: 0, of: 1 })
    const said = [start]
    for (let n = 1; n < 30; n++) said.push(await first.ann.post(id, `post ${n}`))
    await until('all are stored', async () => {
      const states = await Promise.all(said.map((cid) => stateOf(first.ann, id, cid)))
      return states.every((state) => state === 'stored')
    })
    const [state] = await first.ann.threads.states(asId(id), CID.parse(said[0] as string))
    expect(state).toMatchObject({ address: first.ben.account().address, cafes: [his.at.cafe], why: null })
    const { items } = await first.ann.threads.feed({ id: asId(id), limit: 30 })
    expect(items.map(({ post }) => post.sent)).toEqual(
      items.map(() => ({ waiting: 0, stored: 1, fetched: 0, read: 0, of: 1 })),
    )
    // Nothing that she has left anywhere else can be had.
    await first.ann.stop()
    await hers.stop()

    const again = await ben()
    await until('all of it', async () => (await again.texts(id)).length === 30)
    expect(await again.texts(id)).toEqual(said.map((_, n) => `post ${29 - n}`))
    expect((await again.threads.get(asId(id))).unread).toBe(30)
    expect(again.threads.notifications({ limit: 100 }).notes.filter(({ kind }) => kind === 'text')).toHaveLength(30)
    await again.peer.mail.set({ receipts: true })

    const back = await ann()
    introduce(back, again)
    await until('it is known to have come', async () => (await stateOf(back, id, said[29] as string)) === 'fetched')
    await again.threads.seen(
      asId(id),
      said.map((cid) => CID.parse(cid)),
    )
    await until('it is known to be read', async () => {
      const states = await Promise.all(said.map((cid) => stateOf(back, id, cid)))
      return states.every((one) => one === 'read')
    })
    const { sent } = await back.threads.entry(asId(id), CID.parse(said[0] as string))
    expect(sent).toEqual({ waiting: 0, stored: 0, fetched: 0, read: 1, of: 1 })
  })

  it('are mailed after the next start, where the device stopped before', LONG, async () => {
    const { ann, first, id } = await couple()
    await first.ben.stop()
    const cid = await first.ann.post(id, 'before the battery was empty')
    expect(await first.ann.peer.mail.states(cid)).toEqual([])
    await first.ann.stop()
    const back = await ann()
    await until('it is stored', async () => (await stateOf(back, id, cid)) === 'stored')
    expect(await back.peer.mail.states(cid)).toHaveLength(1)
  })

  it('go by no letter to who is here, and count as taken', LONG, async () => {
    const { first, id } = await couple()
    const cid = await first.ann.post(id, 'you are here')
    await level(id, first.ann, first.ben)
    await until('it is settled', async () => (await stateOf(first.ann, id, cid)) === 'fetched')
    const other = await first.ann.post(id, 'still')
    await until('it is settled', async () => (await stateOf(first.ann, id, other)) === 'fetched')
    const to = first.ben.account().address
    await until('both are noted', async () => (await first.ann.peer.mail.states(other)).length === 1)
    expect(await first.ann.peer.mail.states(cid)).toMatchObject([{ to, state: 'fetched', cafes: [] }])
    expect((await first.ann.peer.mail.outgoing()).filter(({ kind }) => kind === 'post')).toEqual([])
    await first.ben.peer.mail.set({ receipts: true })
    await first.ben.threads.seen(asId(id), [CID.parse(cid)])
    await until('it is known to be read', async () => (await stateOf(first.ann, id, cid)) === 'read')
    expect(await stateOf(first.ann, id, other)).toBe('fetched')
  })

  it('are there once, though drop, mail and their author bring the same', LONG, async () => {
    const { ben, first, id } = await couple()
    await first.ben.stop()
    const before = (await first.ann.threads.get(asId(id))).blocks
    const said: string[] = []
    for (let n = 0; n < 10; n++) said.push(await first.ann.post(id, `post ${n}`))
    await until('stored', async () => (await stateOf(first.ann, id, said[9] as string)) === 'stored')
    const again = await ben()
    introduce(first.ann, again)
    await again.threads.sync(asId(id), {})
    await level(id, first.ann, again)
    await until('the letters have come', async () =>
      (await first.ann.peer.mail.outgoing()).every(({ kind }) => kind !== 'post'),
    )
    expect((await again.threads.get(asId(id))).blocks).toBe(before + 10)
    expect(await again.texts(id)).toHaveLength(10)
    expect((await again.threads.get(asId(id))).unread).toBe(10)
    expect(await again.peer.mail.quarantine.list()).toEqual([])
  })

  it('that do not belong are refused, and hold up nothing', LONG, async () => {
    const { his, first, id } = await couple()
    const eve = await device(his)()
    const secret = await eve.threads.create({ name: 'Of her own' })
    const heads = await (await eve.threads.thread(asId(secret.id))).heads()
    const block = (await eve.blocks.get(heads[0] as CID)) as Uint8Array<ArrayBuffer>
    const ben = first.ben.account().address
    await eve.peer.cards.hint(ben, [{ cafe: his.at.cafe, addresses: [...his.at.addresses] }])
    // He has written to her, so he knows her.
    await first.ben.peer.cards.hint(eve.account().address, [{ cafe: his.at.cafe, addresses: [...his.at.addresses] }])
    await first.ben.peer.mail.send(eve.account().address, { kind: 'post', body: null })
    await until('her door', () => doorTo(eve, first.ben))
    const send = (body: unknown) => eve.peer.mail.send(ben, { kind: 'post', body })
    await send({ thread: unhex(id), blocks: [block] })
    await send({ thread: unhex(secret.id), blocks: [block] })
    await send({ thread: 'none', blocks: [] })
    await send(null)
    await send({ thread: unhex(id), blocks: [new Uint8Array(100)] })
    await until('what is of no use is apart', async () => {
      const reasons = (await first.ben.peer.mail.quarantine.list()).map(({ why }) => why).sort()
      return JSON.stringify(reasons) === JSON.stringify(['BAD_REQUEST', 'BAD_REQUEST', 'NOT_FOUND'])
    })
    expect(await first.ben.texts(id)).toEqual([])
    // Her own thread comes to him later: what had waited for it is of use then.
    await first.ben.threads.join((await eve.threads.invite(asId(secret.id), null, {})).link, {})
    await until('it is of use', async () => (await first.ben.peer.mail.quarantine.list()).length === 2)
    await first.ann.post(id, 'as ever')
    await level(id, first.ann, first.ben)
    expect(await first.ben.texts(id)).toEqual(['as ever'])
  })
})

describe('invites', () => {
  it('reach who is away by mail; those of strangers are kept apart', LONG, async () => {
    const { his, ben, first, id } = await couple()
    const eve = await device(his)()
    const to = first.ben.account().address
    await first.ben.stop()
    const { id: work } = await first.ann.threads.create({ name: 'Work', type: 'open', sharing: 'invite-only' })
    expect((await first.ann.threads.invite(asId(work), to, {})).delivered).toBe('mail')
    const { id: odd } = await eve.threads.create({ name: 'Odd' })
    await eve.peer.cards.hint(to, [{ cafe: his.at.cafe, addresses: [...his.at.addresses] }])
    expect((await eve.threads.invite(asId(odd), to, {})).delivered).toBe('mail')
    const nobody = await createMember({ clock })
    expect((await eve.threads.invite(asId(odd), nobody.account().address, {})).delivered).toBe(false)
    const stored = async (of: Member) => (await of.peer.mail.outgoing()).every(({ state }) => state === 'stored')
    await until('both are stored', async () => (await stored(first.ann)) && (await stored(eve)))

    const again = await ben()
    await until('the invite', async () => (await again.threads.invites()).length === 1)
    await until('the request', async () => (await again.threads.requests()).length === 1)
    const [received] = await again.threads.invites()
    expect(received).toMatchObject({ thread: work, name: 'Work', door: 'contact' })
    expect(await again.threads.requests()).toMatchObject([{ thread: odd, door: 'stranger' }])
    const notes = again.threads.notifications({ limit: 10 }).notes.filter(({ kind }) => kind === 'invite')
    expect(notes).toMatchObject([{ thread: work }])
    introduce(first.ann, again)
    expect(await again.threads.join(received?.id as string, {})).toMatchObject({ standing: 'in', name: 'Work' })
    expect(id).not.toBe(work)
  })
})

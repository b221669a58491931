/** A member who means harm: it cannot bring back, date back, hide, double or hold up anything; what it tries is seen. */
import { describe, expect, it } from 'vitest'
import { MAX_WAITING } from '../../src/core/limits.ts'
import type { SealedBlock } from '../../src/thread/block.ts'
import { cidOf } from '../../src/thread/tables.ts'
import type { Thread } from '../../src/thread/thread.ts'
import { failure } from './crypto-help.ts'
import { NOW } from './seal-help.ts'
import { forge, grant, keyOf, rekeyFor } from './thread-forge.ts'
import { all, blocksOf, exchange, personOf, text, threadOf, visible, words } from './thread-world.ts'

/** Ada's thread with Bob and Eve, who has said one thing that all know. */
async function world() {
  const people = await Promise.all([personOf(1), personOf(2), personOf(3), personOf(4)])
  const [ada, bob, eve, mallory] = people
  const [a, b, e] = (await threadOf([ada, bob, eve])) as [Thread, Thread, Thread]
  const known = await e.append(text('known'))
  await exchange(a, b, e)
  return { ada, bob, eve, mallory, a, b, e, known }
}

const remove = (thread: Thread, who: { readonly account: { readonly address: string } }) =>
  thread.append({ type: 'remove', body: { who: who.account.address as never } })

const standings = async (thread: Thread): Promise<string[]> => (await thread.members()).map(({ standing }) => standing)

describe('somebody who was removed', () => {
  it('does not come back by leaving and joining in a past that nobody saw', async () => {
    const { eve, mallory, ada, a, b, e } = await world()
    await remove(a, eve)
    await e.append({ type: 'leave', body: {} })
    const leave = (await all(e))[0]
    const granted = await grant(a, (await personOf(2)).signer, { gen: 2 })
    const join = await forge(e, eve.signer, {
      type: 'join',
      body: { grant: granted },
      seq: 4,
      prev: leave?.cid ?? null,
    })
    expect((await e.receive([join])).applied).toHaveLength(1)
    await exchange(a, b, e)
    expect(await standings(a)).toEqual(['in', 'in', 'removed'])
    expect(await standings(b)).toEqual(['in', 'in', 'removed'])
    expect(ada.account.address).not.toBe(mallory.account.address)
  })

  it('brings in nobody by a word it dates back, nor they others; guests from before stay', async () => {
    const { ada, bob, eve, mallory, a, b, e } = await world()
    const friend = await personOf(5)
    const f = await friend.threads.open(await e.invite(friend.account.address))
    await exchange(e, f)
    await f.join()
    await exchange(a, b, e, f)
    await remove(a, eve)
    // Eve and Mallory have not seen it.
    const m = await mallory.threads.open(await e.invite(mallory.account.address))
    await m.receive(await blocksOf(e))
    await m.join()
    await m.append(text('let me in'))
    const last = await personOf(6)
    const l = await last.threads.open(await m.invite(last.account.address))
    await l.receive(await blocksOf(m))
    await l.join()
    await exchange(a, b, l)
    const inside = (await a.members()).filter(({ standing }) => standing === 'in').map(({ address }) => address)
    expect(inside.sort()).toEqual([ada, bob, friend].map(({ account }) => account.address).sort())
    expect(await words(a)).toEqual(['known'])
    await a.append(text('only us'))
    await exchange(a, b, f)
    await l.receive(await blocksOf(a, await l.heads()))
    expect(await words(f)).toEqual(['only us', 'known'])
    expect(await words(l)).not.toContain('only us')
    // A proper invite makes up for it.
    await m.learn(await a.invite(mallory.account.address))
    await exchange(a, m)
    await m.join()
    await exchange(a, b, m)
    expect((await b.members()).find(({ address }) => address === mallory.account.address)?.standing).toBe('in')
  })

  it('cannot pass off another block as one that was known', async () => {
    const { eve, a, b, e, known } = await world()
    const parents = known.parents
    await remove(a, eve)
    const { seq, prev } = known.content
    const forged = await forge(e, eve.signer, { type: 'text', body: { text: 'forged' }, seq, prev, parents })
    expect((await a.receive([forged])).applied).toHaveLength(1)
    await exchange(a, b)
    for (const thread of [a, b]) {
      expect(await words(thread)).toEqual(['known'])
      expect(await thread.alarms()).toEqual([{ kind: 'fork', author: eve.account.address, dev: eve.signer.peer, seq }])
    }
  })

  it('takes nothing back any more, and what it likes does not count', async () => {
    const { eve, a, b, e, known } = await world()
    await remove(a, eve)
    await e.append({ type: 'ignore', body: { target: known.cid } })
    await e.append({ type: 'like', body: { target: known.cid } })
    await exchange(a, b, e)
    expect(await words(b)).toEqual(['known'])
    expect((await b.about(known.cid)).map(({ hidden }) => hidden)).toEqual(['removed', 'removed'])
  })

  it('cannot lock the others out with keys of later epochs that it alone has', async () => {
    const { bob, eve, mallory, a, b, e } = await world()
    await remove(a, eve)
    // On a branch without the removal: a friend goes, Eve makes the next key for all, and keeps it to herself.
    const m = await mallory.threads.open(await e.invite(mallory.account.address))
    await m.receive(await blocksOf(e))
    await m.join()
    await m.append({ type: 'leave', body: {} })
    await e.receive(await blocksOf(m, await e.heads()))
    const { body } = await rekeyFor(
      e,
      eve.signer,
      1,
      (await e.members()).filter(({ standing }) => standing === 'in').map(({ address }) => address),
    )
    const keys = body.keys.map(({ to }) => ({ to, sealed: new Uint8Array(1024) }))
    const tail = (await all(e)).find(({ content }) => content.author === eve.account.address)?.content.seq ?? 0
    const prev = (await all(e)).find(({ content }) => content.author === eve.account.address)?.cid ?? null
    const rekey = await forge(e, eve.signer, { type: 'rekey', body: { ...body, keys }, seq: tail + 1, prev })
    expect((await e.receive([rekey])).applied).toHaveLength(1)
    await exchange(a, b, e)
    await b.append(text('we go on'))
    await exchange(a, b)
    expect(await words(a)).toEqual(['we go on', 'known'])
    expect(bob.account.address).toBe((await all(a))[0]?.content.author)
  })
})

describe('a member', () => {
  it('who gives somebody no key of a new epoch keeps it out only until another gives it', async () => {
    const { ada, bob, eve, a, b, e } = await world()
    await e.append({ type: 'leave', body: {} })
    await exchange(a, b, e)
    const mine = (await all(b)).find(({ content }) => content.author === bob.account.address)
    const made = await rekeyFor(
      b,
      bob.signer,
      1,
      [ada, bob].map(({ account }) => account.address),
    )
    const keys = made.body.keys.map((one) =>
      one.to === ada.account.address ? { ...one, sealed: new Uint8Array(1024) } : one,
    )
    const place = { seq: (mine?.content.seq ?? 0) + 1, prev: mine?.cid ?? null }
    await b.receive([await forge(b, bob.signer, { type: 'rekey', body: { ...made.body, keys }, ...place })])
    await b.append(text('behind her back'))
    await exchange(a, b)
    expect(await a.info()).toMatchObject({ lacks: 1 })
    expect(await failure(() => a.append(text('hello')))).toEqual({ code: 'NOT_FOUND', data: { what: 'epoch key' } })
    const { applied } = await a.learn(await b.state())
    expect(applied).toHaveLength(1)
    await a.append(text('hello'))
    await exchange(a, b)
    expect(await words(b)).toEqual(['hello', 'behind her back', 'known'])
    expect(eve.account.address).not.toBe(ada.account.address)
  })

  it('is seen when it withholds a block, writes two of one number, or dates one back', async () => {
    const { eve, a, b, e, known } = await world()
    const by = { author: eve.account.address, dev: eve.signer.peer }
    const { seq } = known.content
    const withheld = cidOf('ab'.repeat(32))
    const gap = await forge(e, eve.signer, {
      type: 'text',
      body: { text: 'after a gap' },
      seq: seq + 2,
      prev: withheld,
    })
    await a.receive([gap])
    expect(await a.alarms()).toEqual([{ kind: 'gap', ...by, seq: seq + 2 }])
    const twin = await forge(e, eve.signer, { type: 'text', body: { text: 'twin' }, seq: seq + 2, prev: withheld })
    await a.receive([twin])
    const late = await forge(e, eve.signer, { ...text('late'), seq: seq + 1, prev: known.cid, parents: known.parents })
    await a.receive([late])
    const alarms = [
      { kind: 'fork', ...by, seq: seq + 2 },
      { kind: 'gap', ...by, seq: seq + 2 },
      { kind: 'late', ...by, seq: seq + 1 },
    ]
    expect(await a.alarms()).toEqual(alarms)
    await exchange(b, a)
    expect(await b.alarms()).toEqual(alarms)
    expect((await words(b)).sort()).toEqual(['after a gap', 'known', 'late', 'twin'])
  })

  it('whose clock runs ahead does not keep the thread on top', async () => {
    const { eve, a, e, known } = await world()
    const place = { seq: known.content.seq + 1, prev: known.cid }
    await a.receive([await forge(e, eve.signer, { ...text('soon'), ...place, ts: NOW + 1000 * 60 * 60 * 24 * 90 })])
    expect((await a.info()).updated).toBe(NOW)
  })

  it('likes once, however often it says so', async () => {
    const { eve, a, e, known } = await world()
    const first = await e.append({ type: 'like', body: { target: known.cid } })
    expect((await e.append({ type: 'like', body: { target: known.cid } })).cid.equals(first.cid)).toBe(true)
    const again = { seq: first.content.seq + 1, prev: first.cid }
    const like = await forge(e, eve.signer, { type: 'like', body: { target: known.cid }, ...again })
    await exchange(a, e)
    expect((await a.receive([like])).applied).toHaveLength(1)
    expect((await a.about(known.cid)).map(({ cid }) => String(cid))).toEqual([String(first.cid)])
  })

  it('takes back its own, not another’s; the initiator takes back any', async () => {
    const { a, b, e, known } = await world()
    await b.append({ type: 'ignore', body: { target: known.cid } })
    await exchange(a, b, e)
    expect(await words(a)).toEqual(['known'])
    const own = await b.append(text('mine'))
    await b.append({ type: 'ignore', body: { target: own.cid } })
    await exchange(a, b, e)
    expect(await words(a)).toEqual(['known'])
    await a.append({ type: 'ignore', body: { target: known.cid } })
    await exchange(a, b, e)
    for (const thread of [a, b, e]) expect(await words(thread)).toEqual([])
  })

  it('who announces as much as it can stands in nobody’s way', async () => {
    const { a, b } = await world()
    const addresses = Array.from({ length: 8 }, () => `/${'x'.repeat(255)}`)
    const [, bob] = await b.members()
    const cafes = Array.from({ length: 8 }, () => ({ cafe: bob?.devices[0] as never, addresses }))
    await b.append({ type: 'announce', body: { name: 'x'.repeat(64), avatar: null, cafes } })
    await exchange(a, b)
    expect((await a.members())[1]?.cafes).toEqual(cafes)
    const wide = [{ cafe: bob?.devices[0] as never, addresses: ['/ä'] }]
    expect(
      await failure(() => b.append({ type: 'announce', body: { name: null, avatar: null, cafes: wide } })),
    ).toMatchObject({
      code: 'BAD_REQUEST',
    })
  })

  it('fills the room of what waits, and the others go on', { timeout: 120_000 }, async () => {
    const { eve, ada, a, b, e, known } = await world()
    const key = await keyOf(e)
    const never = cidOf('cd'.repeat(32))
    const flood: SealedBlock[] = []
    for (let i = 0; i < MAX_WAITING + 20; i++) {
      const place = { seq: i + 10, prev: known.cid, parents: [never], key, epoch: 0 }
      flood.push(await forge(e, eve.signer, { ...text(`${i}`), ...place }))
    }
    const { waiting, missing } = await a.receive(flood)
    expect(waiting).toHaveLength(MAX_WAITING)
    expect(missing.map(String)).toEqual([String(never)])
    for (let i = 0; i < 5; i++) await b.append(text(`real ${i}`))
    const real = await blocksOf(b, await a.heads())
    // Out of order, so that they have to wait too.
    for (const block of real.reverse()) await a.receive([block])
    expect((await words(a)).filter((one) => one.startsWith('real'))).toHaveLength(5)
    const again = await ada.restart().get(a.id)
    expect((await again?.receive([]))?.waiting.length).toBeLessThanOrEqual(MAX_WAITING)
    expect((await a.append(text('and on'))).depth).toBeGreaterThan(5)
  })
})

describe('two keys made at once', () => {
  it('become one for everybody, and both stay readable', async () => {
    const { a, b, e } = await world()
    await e.append({ type: 'leave', body: {} })
    await exchange(a, b, e)
    await a.append(text('of a'))
    await b.append(text('of b'))
    await exchange(a, b)
    await a.append(text('next'))
    await exchange(a, b)
    await b.append(text('last'))
    await exchange(a, b)
    expect((await a.state()).keys.filter(({ epoch }) => epoch === 1)).toHaveLength(2)
    const { epoch } = (await all(a))[0] as { epoch: number }
    expect(epoch).toBe(1)
    const [seenByA, seenByB] = [await visible(a), await visible(b)]
    expect(seenByA).toEqual(seenByB)
    expect((await words(a)).sort()).toEqual(['known', 'last', 'next', 'of a', 'of b'])
  })
})

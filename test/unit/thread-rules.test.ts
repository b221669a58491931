/** Every block that breaks a rule is refused by everybody, for the reason it should be, and changes nothing. */
import { CID } from 'multiformats/cid'
import * as Digest from 'multiformats/hashes/digest'
import { describe, expect, it } from 'vitest'
import { encode } from '../../src/core/codec.ts'
import { createCertificate, deviceSigner } from '../../src/crypto/certificate.ts'
import { blockCid, readNode, type SealedBlock } from '../../src/thread/block.ts'
import type { Thread, Threads } from '../../src/thread/thread.ts'
import { failure } from './crypto-help.ts'
import { DAY, deviceOf, NOW, signerOf } from './seal-help.ts'
import { type Forgery, forge, grant, keyOf, rekeyFor } from './thread-forge.ts'
import { blocksOf, exchange, type Person, personOf, text, threadOf, visible, words } from './thread-world.ts'

/** Ada's thread, which Bob has joined; Eve has the key of it, and is not in. */
async function world(terms: Partial<Parameters<Threads['create']>[0]> = {}) {
  const [ada, bob, eve] = await Promise.all([personOf(1), personOf(2), personOf(3)])
  const joins = terms.type !== 'private' && terms.sharing !== 'not-shared'
  const [a, b = a] = await threadOf(joins ? [ada, bob] : [ada], terms)
  if (!a || !b) throw new Error('no thread')
  const last = async (person: Person) => {
    const block = (await blocksOf(a)).at(-1)
    const mine = (await a.page({ limit: 100 })).entries.filter(
      ({ content }) => content.author === person.account.address,
    )
    return { seq: mine.length + 1, prev: mine[0]?.cid ?? null, block }
  }
  return { ada, bob, eve, a, b, last }
}

/** Refused for this reason by the thread; and whatever was there is as it was. */
async function expectRefused(thread: Thread, block: SealedBlock, why: string): Promise<void> {
  const before = await visible(thread)
  const { applied, waiting, refused } = await thread.receive([block])
  expect({ applied, waiting, refused }).toEqual({ applied: [], waiting: [], refused: [{ cid: block.cid, why }] })
  expect(await visible(thread)).toEqual(before)
  // Again, now that it is remembered.
  expect((await thread.receive([block])).refused).toEqual([{ cid: block.cid, why }])
}

const some = CID.parse('bafyreibbn5rmuttitsayrehml6hmyuqql4epwu3damoblmzu7y7rwaws64')
const hello = { type: 'text', body: { text: 'hello' } } as const

describe('who may say what', () => {
  const target = { target: some }
  const kinds: Record<string, Forgery> = {
    text: hello,
    files: {
      type: 'files',
      body: { caption: '' },
      files: [{ cid: some, key: new Uint8Array(32), size: 1, sha256: new Uint8Array(32), mime: 'a/b', name: 'x' }],
    },
    comment: { type: 'comment', body: { ...target, text: 'hi' } },
    like: { type: 'like', body: target },
    flag: { type: 'flag', body: target },
    ignore: { type: 'ignore', body: target },
    announce: { type: 'announce', body: { name: 'Bob', avatar: null, cafes: [] } },
    rename: { type: 'rename', body: { name: 'Mine' } },
  }
  const annotations = { comment: 'annotate', like: 'annotate', flag: 'annotate', ignore: 'annotate' }
  const writing = { text: 'write', files: 'write' }
  const refusals: Record<'read-only' | 'public' | 'open', Record<string, string>> = {
    'read-only': { ...writing, ...annotations, rename: 'rename' },
    public: { ...writing, rename: 'rename' },
    open: { rename: 'rename' },
  }
  for (const [type, refused] of Object.entries(refusals)) {
    it(`in a ${type} thread: members and the initiator`, async () => {
      const { ada, bob, a, last } = await world({ type: type as 'open' })
      for (const [kind, what] of Object.entries(kinds)) {
        const { seq, prev } = await last(bob)
        const block = await forge(a, bob.signer, { ...what, seq, prev })
        if (refused[kind]) await expectRefused(a, block, refused[kind])
        else expect((await a.receive([block])).applied).toHaveLength(1)
      }
      for (const what of Object.values(kinds)) {
        const { seq, prev } = await last(ada)
        expect((await a.receive([await forge(a, ada.signer, { ...what, seq, prev })])).applied).toHaveLength(1)
      }
      expect(await a.alarms()).toEqual([])
    })
  }

  it('nobody who is not in, whatever it is', async () => {
    const { eve, a } = await world()
    for (const what of Object.values(kinds)) await expectRefused(a, await forge(a, eve.signer, what), 'member')
    await expectRefused(a, await forge(a, eve.signer, { type: 'leave', body: {} }), 'member')
  })

  it('as append and can tell beforehand', async () => {
    const { a, b } = await world({ type: 'public', sharing: 'invite-only' })
    const rights = ['write', 'annotate', 'invite', 'rename', 'remove'] as const
    const may = async (thread: Thread) => Promise.all(rights.map((what) => thread.can(what)))
    expect(await may(a)).toEqual([true, true, true, true, true])
    expect(await may(b)).toEqual([false, true, false, false, false])
    expect(await failure(() => b.append(text('no')))).toEqual({ code: 'FORBIDDEN', data: { why: 'write' } })
    expect(await failure(() => b.invite(null))).toEqual({ code: 'FORBIDDEN', data: { why: 'invite' } })
  })
})

describe('a join', () => {
  const join = (granted: object | null) => ({ type: 'join', body: { grant: granted } }) as const

  it('needs the word of somebody who may invite, for this guest, once, in time', async () => {
    const { ada, bob, eve, a } = await world({ sharing: 'invite-only' })
    const refuse = async (granted: object | null, why: string, more: Partial<Forgery> = {}) =>
      expectRefused(a, await forge(a, eve.signer, { ...join(granted), ...more }), why)
    await refuse(null, 'grant')
    await refuse(await grant(a, bob.signer, {}), 'grant')
    await refuse(await grant(a, eve.signer, {}), 'grant')
    await refuse(await grant(a, ada.signer, { to: bob.account.address }), 'grant')
    await refuse(await grant(a, ada.signer, { gen: 2 }), 'grant')
    await refuse(await grant(a, ada.signer, { exp: NOW - 1 }), 'expired')
    await refuse({ ...(await grant(a, ada.signer, {})), exp: NOW + 9999 }, 'grant')
    await refuse(await grant(a, ada.signer, { thread: new Uint8Array(32) }), 'grant')
    await refuse(await grant(a, ada.signer, {}), 'root', { parents: [] })
    const good = await forge(a, eve.signer, join(await grant(a, ada.signer, {})))
    expect((await a.receive([good])).applied).toHaveLength(1)
    const again = await forge(a, eve.signer, { ...join(await grant(a, ada.signer, {})), seq: 2, prev: good.cid })
    await expectRefused(a, again, 'in already')
  })

  it('is for whom the charter names, and in a private thread for nobody', async () => {
    const { ada, eve, a } = await world({ members: [(await personOf(2)).account.address] })
    await expectRefused(a, await forge(a, eve.signer, join(await grant(a, ada.signer, {}))), 'members')
    expect(await failure(() => a.invite(eve.account.address))).toEqual({ code: 'FORBIDDEN', data: { why: 'members' } })
    const own = await world({ type: 'private' })
    const block = await forge(own.a, eve.signer, join(await grant(own.a, own.ada.signer, {})))
    await expectRefused(own.a, block, 'private')
    const alone = await world({ sharing: 'not-shared' })
    const other = await forge(alone.a, eve.signer, join(await grant(alone.a, alone.ada.signer, {})))
    await expectRefused(alone.a, other, 'grant')
  })

  it('begins a thread only as the initiator’s', async () => {
    const { ada, bob, a } = await world()
    await expectRefused(a, await forge(a, bob.signer, { ...hello, parents: [] }), 'root')
    await expectRefused(a, await forge(a, bob.signer, { ...join(null), parents: [] }), 'root')
    await expectRefused(a, await forge(a, ada.signer, { ...hello, parents: [] }), 'root')
  })

  it('with a used word lets nobody in who has left', async () => {
    const { ada, eve, a } = await world()
    const word = await grant(a, ada.signer, {})
    const came = await forge(a, eve.signer, join(word))
    await a.receive([came])
    const left = await forge(a, eve.signer, { type: 'leave', body: {}, seq: 2, prev: came.cid })
    expect((await a.receive([left])).applied).toHaveLength(1)
    await expectRefused(a, await forge(a, eve.signer, { ...join(word), seq: 3, prev: left.cid }), 'grant')
  })
})

describe('a key', () => {
  it('is made only once somebody is out, for all who are in, as the next', async () => {
    const { ada, bob, eve, a, b, last } = await world()
    const [ada_, bob_, eve_] = [ada.account.address, bob.account.address, eve.account.address]
    const rekey = async (epoch: number, to: (typeof ada_)[]) => {
      const { seq, prev } = await last(bob)
      return forge(a, bob.signer, {
        type: 'rekey',
        ...(await rekeyFor(a, bob.signer, epoch, to)),
        seq,
        prev,
        ...(await old()),
      })
    }
    const old = async () => ({ epoch: 0, key: await keyOf(a, 0) })
    await expectRefused(a, await rekey(1, [ada_, bob_]), 'rekey')
    const e = await eve.threads.open(await a.invite(eve_))
    await e.receive(await blocksOf(a))
    await e.join()
    await e.append({ type: 'leave', body: {} })
    await exchange(a, b, e)
    await expectRefused(a, await rekey(1, [bob_]), 'rekey')
    await expectRefused(a, await rekey(1, [ada_, bob_, eve_]), 'rekey')
    await expectRefused(a, await rekey(1, [ada_, ada_]), 'rekey')
    await expectRefused(a, await rekey(2, [ada_, bob_]), 'rekey')
    const { seq, prev } = await last(bob)
    await expectRefused(a, await forge(a, bob.signer, { ...hello, seq, prev }), 'stale key')
    expect((await a.receive([await rekey(1, [ada_, bob_])])).applied).toHaveLength(1)
    const next = await last(bob)
    await expectRefused(
      a,
      await forge(a, bob.signer, { ...hello, seq: next.seq, prev: next.prev, ...(await old()) }),
      'old key',
    )
    await a.append(text('under the new one'))
    await exchange(a, b)
    expect(await words(b)).toEqual(['under the new one'])
  })

  it('of nobody’s making opens nothing', async () => {
    const { bob, a, last } = await world()
    const { seq, prev } = await last(bob)
    const made = await rekeyFor(a, bob.signer, 1, [])
    await expectRefused(a, await forge(a, bob.signer, { ...hello, seq, prev, key: made.key }), 'block')
    await expectRefused(a, await forge(a, bob.signer, { ...hello, seq, prev, key: made.key, epoch: 7 }), 'block')
  })
})

describe('a removal', () => {
  it('is the initiator’s, of somebody else who is known', async () => {
    const { ada, bob, eve, a, last } = await world()
    const remove = async (by: Person, who: Person, stay: readonly Person[]) => {
      const { seq, prev } = await last(by)
      const rekey = (
        await rekeyFor(
          a,
          by.signer,
          1,
          stay.map(({ account }) => account.address),
        )
      ).body
      const body = { who: who.account.address, cuts: [], keep: [], rekey }
      return forge(a, by.signer, { type: 'remove', body, seq, prev })
    }
    await expectRefused(a, await remove(bob, ada, [bob]), 'remove')
    await expectRefused(a, await remove(ada, ada, [bob]), 'remove')
    await expectRefused(a, await remove(ada, eve, [ada, bob]), 'remove')
    await expectRefused(a, await remove(ada, bob, [ada, bob]), 'rekey')
    expect((await a.receive([await remove(ada, bob, [ada])])).applied).toHaveLength(1)
  })

  it('is undone by the word of the initiator alone, given after it', async () => {
    const { ada, bob, eve, a, b } = await world()
    const e = await eve.threads.open(await a.invite(eve.account.address))
    await e.receive(await blocksOf(a))
    await e.join()
    await exchange(a, b, e)
    await a.append({ type: 'remove', body: { who: eve.account.address } })
    await exchange(a, b)
    const join = async (by: Person, gen: number) => {
      const granted = await grant(a, by.signer, { gen, to: eve.account.address })
      const [last] = (await e.page({ limit: 1 })).entries
      return forge(a, eve.signer, { type: 'join', body: { grant: granted }, seq: 2, prev: last?.cid ?? null })
    }
    await expectRefused(a, await join(bob, 64), 'removed')
    await expectRefused(a, await join(ada, 0), 'grant')
    await expectRefused(a, await join(ada, 2), 'grant')
    expect((await a.receive([await join(ada, 64)])).applied).toHaveLength(1)
  })
})

describe('a block', () => {
  it('is its author’s, by a certificate that holds at its time and for threads', async () => {
    const { bob, eve, a, last } = await world()
    const { seq, prev } = await last(bob)
    const refuse = async (signer: typeof bob.signer, more: Partial<Forgery> = {}) =>
      expectRefused(a, await forge(a, signer, { ...hello, seq, prev, ...more }), 'signature')
    await refuse(eve.signer, { author: bob.signer })
    await refuse(bob.signer, { cert: eve.signer.cert })
    await refuse(bob.signer, { cert: undefined })
    await refuse(bob.signer, { ts: NOW + 400 * DAY })
    const owner = await signerOf(2)
    const device = deviceOf(99)
    const terms = { peer: device.peer, notBefore: NOW - DAY, notAfter: NOW + DAY, seq: 2 }
    const mail = await createCertificate(owner.owner, { ...terms, caps: ['mail'] })
    await refuse(deviceSigner(mail, device.sign), { seq: 1, prev: null })
  })

  it('of another thread, or put in another place, is none of this', async () => {
    const { bob, a, last } = await world()
    const other = await world()
    await expectRefused(a, (await blocksOf(other.a)).at(-1) as SealedBlock, 'tag')
    const { seq, prev } = await last(bob)
    const two = await forge(a, bob.signer, {
      ...hello,
      seq,
      prev,
      parents: (await blocksOf(a)).slice(-2).map(({ cid }) => cid),
    })
    const node = readNode(two.bytes)
    const turned = encode({ ...node, p: [...node.p].reverse() })
    await expectRefused(a, { cid: await blockCid(turned), bytes: turned }, 'block')
    const moved = encode({ ...node, p: node.p.slice(0, 1) })
    await expectRefused(a, { cid: await blockCid(moved), bytes: moved }, 'block')
    expect((await a.receive([two])).applied).toHaveLength(1)
  })

  it('has a number and the one before it, and names only blocks', async () => {
    const { bob, a, last } = await world()
    const { seq, prev } = await last(bob)
    const v0 = CID.createV0(Digest.create(0x12, new Uint8Array(32)))
    await expectRefused(a, await forge(a, bob.signer, { ...hello, seq: 1, prev }), 'seq')
    await expectRefused(a, await forge(a, bob.signer, { ...hello, seq, prev: null }), 'seq')
    await expectRefused(a, await forge(a, bob.signer, { ...hello, seq, prev: v0 }), 'seq')
    await expectRefused(a, await forge(a, bob.signer, { type: 'like', body: { target: v0 }, seq, prev }), 'target')
    await expectRefused(a, await forge(a, bob.signer, { ...hello, seq, prev, parents: [v0] }), 'parents')
  })

  it('that is not what it is called says nothing about the one that is', async () => {
    const { a, b } = await world()
    const { cid } = await b.append(text('genuine'))
    const genuine = (await blocksOf(b, await a.heads())).at(-1) as SealedBlock
    const wrong = { cid, bytes: genuine.bytes.slice(1) }
    const large = { cid, bytes: new Uint8Array(300_000) }
    const raw = { cid: CID.createV1(0x55, cid.multihash), bytes: genuine.bytes }
    const { refused } = await a.receive([wrong, large, raw])
    expect(refused.map(({ why }) => why)).toEqual(['hash', 'size', 'cid'])
    expect((await a.receive([genuine])).applied).toHaveLength(1)
  })

  it('that builds on one that is refused is refused, whichever comes first', async () => {
    for (const turned of [false, true]) {
      const { bob, a, last } = await world()
      const { seq, prev } = await last(bob)
      const bad = await forge(a, bob.signer, { type: 'rename', body: { name: 'Mine' }, seq, prev })
      const on = await forge(a, bob.signer, { ...hello, seq: seq + 1, prev: bad.cid, parents: [bad.cid] })
      const far = await forge(a, bob.signer, { ...hello, seq: seq + 2, prev: on.cid, parents: [on.cid] })
      const whys: Record<string, string> = {}
      for (const block of turned ? [far, on, bad] : [bad, on, far])
        for (const { cid, why } of (await a.receive([block])).refused) whys[String(cid)] = why
      expect(whys).toEqual({ [`${bad.cid}`]: 'rename', [`${on.cid}`]: 'parent', [`${far.cid}`]: 'parent' })
      expect((await a.receive([])).waiting).toEqual([])
    }
  })
})

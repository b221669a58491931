/** Threads between people: everybody comes to see the same, those who are out see nothing new, and nothing is shown half. */
import { describe, expect, it } from 'vitest'
import { failure } from './crypto-help.ts'
import { all, blocksOf, exchange, personOf, text, threadOf, visible, words } from './thread-world.ts'

describe('a thread', () => {
  it('is the same for its two members', async () => {
    const [ada, bob] = await Promise.all([personOf(1), personOf(2)])
    const [a, b] = await threadOf([ada, bob])
    if (!a || !b) throw new Error('no thread')
    const first = await a.append(text('one'))
    await exchange(a, b)
    await b.append(text('two'))
    await b.append({ type: 'like', body: { target: first.cid } })
    await exchange(a, b)
    expect(await words(a)).toEqual(['two', 'one'])
    const { keys: _, ...seenByA } = await visible(a)
    const { keys: __, ...seenByB } = await visible(b)
    expect(seenByA).toEqual(seenByB)
    expect((await a.about(first.cid)).map(({ content }) => content.type)).toEqual(['like'])
    expect(await a.members()).toMatchObject([
      { address: ada.account.address, standing: 'in' },
      { address: bob.account.address, standing: 'in' },
    ])
    expect(await a.info()).toMatchObject({ name: 'Holidays', standing: 'in', lacks: 0, blocks: 6 })
    expect(await a.alarms()).toEqual([])
  })

  it('has two heads where two spoke at once, and one where somebody speaks next', async () => {
    const [a, b] = await threadOf(await Promise.all([personOf(1), personOf(2)]))
    if (!a || !b) throw new Error('no thread')
    await a.append(text('left'))
    await b.append(text('right'))
    await exchange(a, b)
    expect(await a.heads()).toHaveLength(2)
    await a.append(text('both'))
    await exchange(a, b)
    expect((await b.heads()).map(String)).toEqual((await a.heads()).map(String))
    expect(await b.heads()).toHaveLength(1)
    expect((await words(b)).sort()).toEqual(['both', 'left', 'right'])
  })

  it('gives a newer key to those who stay when one has left', async () => {
    const [ada, bob, eve] = await Promise.all([personOf(1), personOf(2), personOf(3)])
    const [a, b, e] = await threadOf([ada, bob, eve])
    if (!a || !b || !e) throw new Error('no thread')
    await e.append({ type: 'leave', body: {} })
    await exchange(a, b, e)
    expect(await failure(() => e.append(text('still here')))).toMatchObject({ code: 'FORBIDDEN' })
    await b.append(text('among us'))
    await exchange(a, b, e)
    expect(await words(a)).toEqual(['among us'])
    expect(await words(e)).toEqual([])
    expect((await e.info()).lacks).toBe(1)
    expect((await a.members()).find(({ address }) => address === eve.account.address)?.standing).toBe('left')
  })

  it('puts somebody out, hides what it dates back, and takes it in again by the initiator only', async () => {
    const [ada, bob, eve] = await Promise.all([personOf(1), personOf(2), personOf(3)])
    const [a, b, e] = await threadOf([ada, bob, eve])
    if (!a || !b || !e) throw new Error('no thread')
    await e.append(text('known'))
    await exchange(a, b, e)
    await a.append({ type: 'remove', body: { who: eve.account.address } })
    await e.append(text('dated back'))
    await exchange(a, b, e)
    await b.append(text('without her'))
    await exchange(a, b, e)
    for (const thread of [a, b]) expect(await words(thread)).toEqual(['without her', 'known'])
    expect((await all(a)).filter(({ hidden }) => hidden).map(({ content }) => content.body)).toEqual([
      { text: 'dated back' },
    ])
    expect(await failure(() => b.invite(eve.account.address))).toMatchObject({ data: { why: 'removed' } })
    await e.learn(await a.invite(eve.account.address))
    await exchange(a, b, e)
    await e.join()
    await e.append(text('back'))
    await exchange(a, b, e)
    expect((await words(b))[0]).toBe('back')
    expect(await words(e)).toEqual(await words(a))
    expect(await words(a)).not.toContain('dated back')
  })

  it('is what it was after a restart, and gone once forgotten', async () => {
    const ada = await personOf(1)
    const [a] = await threadOf([ada])
    if (!a) throw new Error('no thread')
    for (let i = 0; i < 20; i++) await a.append(text(`${i}`))
    const before = await visible(a)
    const threads = ada.restart()
    const again = await threads.get(a.id)
    expect(again && (await visible(again))).toEqual(before)
    await threads.forget(a.id)
    expect(await threads.list()).toEqual([])
    expect(await threads.get(a.id)).toBeUndefined()
    expect(await ada.rows.range('/cafe/thread')).toEqual([])
    if (again) expect(await failure(() => again.append(text('more')))).toMatchObject({ code: 'NOT_FOUND' })
  })

  it('says what a device lacks that was not given the words again', async () => {
    const [ada, bob, eve] = await Promise.all([personOf(1), personOf(2, { sealed: true }), personOf(3)])
    const [a, b, e] = await threadOf([ada, bob, eve])
    if (!a || !b || !e) throw new Error('no thread')
    await e.append({ type: 'leave', body: {} })
    await exchange(a, b, e)
    await a.tend()
    await exchange(a, b)
    const refused = { code: 'NOT_FOUND', data: { what: 'sealing key' } }
    expect(await failure(() => b.append(text('hello')))).toEqual(refused)
    const { waiting } = await b.receive(await blocksOf(a))
    expect(waiting).toEqual([])
    await a.append(text('new key'))
    expect((await b.receive(await blocksOf(a))).waiting).toHaveLength(1)
    // The same device with the account's key: what had waited is read.
    const whole = await personOf(2, { rows: bob.rows, blocks: bob.blocks })
    const mended = await whole.threads.get(a.id)
    expect((await mended?.learn(await a.state()))?.applied).toHaveLength(1)
    expect(mended && (await words(mended))).toEqual(['new key'])
  })
})

/** Real threads as backups know them: what one device has kept opens and goes on at another, and merges in any order. */
import { describe, expect, it } from 'vitest'
import { hex } from '../../src/core/ids.ts'
import type { Keepers } from '../../src/peer/keeper.ts'
import { asMember } from '../../src/peer/pack-root.ts'
import { createThreadKeepers } from '../../src/peer/thread-keeper.ts'
import { failure } from './crypto-help.ts'
import { blocksOf, type Person, personOf } from './thread-world.ts'

const say = (text: string) => ({ type: 'text', body: { text } }) as const
const keepersOf = ({ rows, threads }: Person): Keepers => createThreadKeepers({ rows, threads })

/** Two devices of one account; the first has a thread, which the second knows from what was kept. */
async function twoDevices() {
  const [one, other] = [await personOf(1, { device: 1 }), await personOf(1, { device: 2 })]
  const [a, b] = [keepersOf(one), keepersOf(other)]
  const thread = await one.threads.create({ name: 'Holidays', type: 'open', sharing: 'shared' })
  const { id } = thread
  const at = async (keepers: Keepers) => {
    const keeper = await keepers.get(id)
    if (!keeper) throw new Error('it should be here')
    return keeper
  }
  const state = async (keepers: Keepers) => hex((await (await at(keepers)).state()).state)
  return { one, other, a, b, thread, id, at, state }
}

describe('a kept thread', () => {
  it('opens elsewhere, says what is missing, and is whole once that has come, in any order', async () => {
    const { other, a, b, thread, id, at, state } = await twoDevices()
    for (const text of ['one', 'two', 'three']) await thread.append(say(text))
    const keeper = await b.open(id, await (await at(a)).state())
    await keeper.merge(await (await at(a)).state())
    // It forgets none of the heads, though none of them is here.
    expect(await state(b)).toBe(await state(a))
    expect((await keeper.missing()).map(String)).toEqual((await thread.heads()).map(String))
    const blocks = (await blocksOf(thread)).reverse()
    // As packs name them.
    await keeper.receive(blocks.slice(0, 2).map(({ cid, bytes }) => ({ cid: asMember(cid), bytes })))
    expect(await keeper.missing()).toHaveLength(1)
    await keeper.receive(blocks)
    expect(await keeper.missing()).toEqual([])
    expect(await keeper.has(blocks.map(({ cid }) => asMember(cid)))).toEqual(blocks.map(() => true))
    expect(await state(b)).toBe(await state(a))
    expect((await (await other.threads.get(id as never))?.info())?.blocks).toBe(blocks.length)
  })

  it('written to on two devices comes to the same bytes on both, also after a restart', async () => {
    const { one, other, a, b, thread, id, at, state } = await twoDevices()
    const there = await b.open(id, await (await at(a)).state())
    await there.merge(await (await at(a)).state())
    await there.receive(await blocksOf(thread))
    const twin = await other.threads.get(id as never)
    await thread.append(say('here'))
    await twin?.append(say('there'))
    const [mine, theirs] = [await (await at(a)).state(), await there.state()]
    for (let twice = 0; twice < 2; twice++) {
      await (await at(a)).merge(theirs)
      await there.merge(mine)
    }
    expect(await state(a)).toBe(await state(b))
    expect(await state(keepersOf({ ...one, threads: one.restart() }))).toBe(await state(b))
    if (twin) await (await at(a)).receive(await blocksOf(twin))
    await there.receive(await blocksOf(thread))
    expect(await state(a)).toBe(await state(b))
    expect(await (await at(a)).missing()).toEqual([])
  })

  it('is refused under another id, and gone when it was left elsewhere', async () => {
    const { a, b, id, at } = await twoDevices()
    const kept = await (await at(a)).state()
    const wrong = { code: 'CORRUPT', data: { what: 'snapshot' } }
    expect(await failure(() => b.open('ab'.repeat(32), kept))).toEqual(wrong)
    expect(await failure(() => b.open(id, { ...kept, state: Uint8Array.of(1) }))).toEqual(wrong)
    expect(await b.list()).toEqual([])
    await b.open(id, kept)
    await b.forget(id)
    expect(await b.get(id)).toBeUndefined()
  })
})

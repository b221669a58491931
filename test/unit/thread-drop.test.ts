/** Drops: opened by members alone, each bound to its account and thread. */
import { describe, expect, it } from 'vitest'
import { systemRandom } from '../../src/core/clock.ts'
import { hex } from '../../src/core/ids.ts'
import { Secret } from '../../src/core/secret.ts'
import { isBucket } from '../../src/crypto/padding.ts'
import { blockCid } from '../../src/thread/block.ts'
import { type DropPlace, dropId, knockNames, openDrop, openWhere, sealDrop, sealWhere } from '../../src/thread/drop.ts'
import { signerOf } from './seal-help.ts'

const thread = systemRandom(32)

async function place(n: number, ts = 1000 + n): Promise<DropPlace> {
  const { peer } = await signerOf(1, n)
  const cid = await blockCid(systemRandom(16))
  return { dev: peer, ts, heads: [cid], packs: [cid], blocks: [systemRandom(300)], where: null }
}

describe('a drop', () => {
  it('comes back as it was left, and is as long as a bucket', async () => {
    const { account } = await signerOf(1, 1)
    const places = [await place(1), await place(2)]
    const sealed = await sealDrop(thread, account, places)
    expect(isBucket(sealed.byteLength)).toBe(true)
    expect(await openDrop(thread, account, sealed)).toEqual(places.toReversed())
  })

  it('has another id for each account and thread, which is not the id of the thread', async () => {
    const [ann, ben] = [(await signerOf(1, 1)).account, (await signerOf(2, 1)).account]
    const names = [ann, ben, ...knockNames(systemRandom(16))]
    const ids = await Promise.all([...names.map((name) => dropId(thread, name)), dropId(systemRandom(32), ann)])
    expect(new Set(ids.map(hex)).size).toBe(ids.length)
    expect(ids.map(hex)).not.toContain(hex(thread.slice(0, 16)))
  })

  it('does not open in another place, for another account or when anything was changed', async () => {
    const [ann, ben] = [(await signerOf(1, 1)).account, (await signerOf(2, 1)).account]
    const sealed = await sealDrop(thread, ann, [await place(1)])
    await expect(openDrop(systemRandom(32), ann, sealed)).rejects.toMatchObject({ code: 'SEALED' })
    await expect(openDrop(thread, ben, sealed)).rejects.toMatchObject({ code: 'SEALED' })
    for (const at of [0, 40, sealed.byteLength - 1]) {
      const forged = sealed.slice()
      forged[at] = (forged[at] as number) ^ 1
      await expect(openDrop(thread, ann, forged)).rejects.toMatchObject({ code: 'SEALED' })
    }
  })

  it('names the newest devices where there are too many', async () => {
    const { account } = await signerOf(1, 1)
    const places = await Promise.all(Array.from({ length: 12 }, (_, n) => place(n + 1)))
    const opened = await openDrop(thread, account, await sealDrop(thread, account, places))
    expect(opened.map(({ ts }) => ts)).toEqual([1012, 1011, 1010, 1009, 1008, 1007, 1006, 1005])
  })

  it('tells where the devices are to those who have the newest key, and to nobody else', async () => {
    const key = (epoch: number) => ({ epoch, key: new Secret(systemRandom(32)) })
    const [first, second] = [key(0), key(1)]
    const where = ['/ip4/10.0.0.1/tcp/1/ws']
    const sealed = await sealWhere([first, second], where)
    expect(await openWhere([second], sealed)).toEqual(where)
    expect(await openWhere([second, first], sealed)).toEqual(where)
    // Who was put out has the older one.
    expect(await openWhere([first], sealed)).toEqual([])
    expect(await openWhere([first], null)).toEqual([])
    expect(await sealWhere([], where)).toBeNull()
  })
})

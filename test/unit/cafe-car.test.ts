/** Reading CARs from anybody: the good whole, in any pieces; the bad refused before they cost memory. */
import fc from 'fast-check'
import { CID } from 'multiformats/cid'
import { sha256 } from 'multiformats/hashes/sha2'
import { describe, expect, it } from 'vitest'
import { readCar } from '../../src/cafe/pin/car.ts'
import { KiB, MAX_BLOCK, MAX_CAR_HEADER } from '../../src/core/limits.ts'
import { type Block, leaf, randomBytes, tree } from '../net/blocks-fixture.ts'
import { carOf, header, join, length, pieces, section } from '../net/car-fixture.ts'
import { failure } from '../net/fixture.ts'

const rootOf = (blocks: readonly Block[]): CID => (blocks.at(-1) as Block).cid

async function readAll(chunks: AsyncIterable<Uint8Array>): Promise<{ root: CID; blocks: Block[] }> {
  const { root, blocks } = await readCar(chunks)
  return { root, blocks: await Array.fromAsync(blocks) }
}

const refused = (bytes: Uint8Array<ArrayBuffer>) => failure(readAll(pieces(bytes, 7)))

describe('a CAR as the library writes it', () => {
  it('is read block by block, whatever pieces it comes in', async () => {
    const blocks = await tree(5, 300)
    const car = await carOf(rootOf(blocks), blocks)
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: car.byteLength }), async (size) => {
        const read = await readAll(pieces(car, size))
        expect(read.root.equals(rootOf(blocks))).toBe(true)
        expect(read.blocks.map(({ cid }) => cid.toString())).toEqual(blocks.map(({ cid }) => cid.toString()))
        for (const [i, { bytes }] of read.blocks.entries())
          expect(Buffer.compare(bytes, (blocks[i] as Block).bytes)).toBe(0)
      }),
      { numRuns: 30 },
    )
  })

  it('is read with a block of the greatest size and with a v0 CID', async () => {
    const big = await leaf(MAX_BLOCK)
    const bytes = randomBytes(3)
    const v0 = { cid: CID.createV0(await sha256.digest(bytes)), bytes }
    const car = join([header({ version: 1, roots: [big.cid] }), section(big), section(v0)])
    const { blocks } = await readAll(pieces(car))
    expect(blocks[0]?.bytes.byteLength).toBe(MAX_BLOCK)
    expect(blocks[1]?.cid.toString()).toBe(v0.cid.toString())
  })
})

describe('what is refused', () => {
  const car = { code: 'BAD_REQUEST', what: 'car' }

  it('headers: none, empty, too long, not cbor, of version 2, without a root or with two', async () => {
    const { cid } = await leaf(1)
    expect(await refused(new Uint8Array(0))).toEqual({ ...car, at: 'header' })
    expect(await refused(Uint8Array.of(0))).toEqual({ ...car, at: 'length' })
    expect(await refused(length(MAX_CAR_HEADER + 1))).toEqual({ ...car, at: 'length' })
    expect(await refused(Uint8Array.of(3, 0xff, 0xff, 0xff))).toEqual({ ...car, at: 'header' })
    expect(await refused(header({ version: 2 }))).toEqual({ ...car, at: 'header' })
    expect(await refused(header({ version: 1 }))).toEqual({ ...car, at: 'header' })
    expect(await refused(header({ version: 1, roots: [] }))).toEqual({ ...car, at: 'header' })
    expect(await refused(header({ version: 1, roots: [cid, cid] }))).toEqual({ ...car, at: 'roots' })
    expect(await refused(header({ version: 1, roots: [cid], more: 1 }))).toEqual({ ...car, at: 'header' })
  })

  it('sections: empty, too long, cut off, with a varint that does not end, without a CID', async () => {
    const block = await leaf(50)
    const start = header({ version: 1, roots: [block.cid] })
    expect(await refused(join([start, Uint8Array.of(0)]))).toEqual({ ...car, at: 'length' })
    expect(await refused(join([start, length(MAX_BLOCK + 200)]))).toEqual({ ...car, at: 'length' })
    expect(await refused(join([start, new Uint8Array(20).fill(0xff)]))).toEqual({ ...car, at: 'length' })
    expect(await refused(join([start, Uint8Array.of(0x80)]))).toEqual({ ...car, at: 'end' })
    const whole = join([start, section(block)])
    for (const cut of [1, 20, 49]) expect(await refused(whole.slice(0, -cut))).toEqual({ ...car, at: 'end' })
    expect(await refused(join([start, length(4), Uint8Array.of(9, 9, 9, 9)]))).toEqual({ ...car, at: 'section' })
  })

  it('a CID that says it is longer than its section', async () => {
    const { cid } = await leaf(5)
    const long = cid.bytes.slice()
    long[3] = 0x7f
    const start = header({ version: 1, roots: [cid] })
    expect(await refused(join([start, length(long.byteLength), long]))).toEqual({ ...car, at: 'section' })
  })

  it('a length without its bytes costs no memory before they come', async () => {
    const { cid } = await leaf(5)
    let asked = 0
    async function* endless(): AsyncGenerator<Uint8Array> {
      yield header({ version: 1, roots: [cid] })
      yield length(0x0fffffff)
      for (;;) {
        asked++
        yield new Uint8Array(64 * KiB)
      }
    }
    expect(await failure(readAll(endless()))).toEqual({ ...car, at: 'length' })
    expect(asked).toBe(0)
  })

  it('any mutation of a good one is refused or read, never anything else', async () => {
    const blocks = await tree(2, 40)
    const good = await carOf(rootOf(blocks), blocks)
    await fc.assert(
      fc.asyncProperty(fc.nat(good.byteLength - 1), fc.nat(255), async (at, byte) => {
        const bad = good.slice()
        bad[at] = byte
        try {
          await readAll(pieces(bad, 64))
        } catch (error) {
          expect(error).toMatchObject({ code: 'BAD_REQUEST' })
        }
      }),
      { numRuns: 300 },
    )
  })
})

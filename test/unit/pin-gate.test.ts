/** The one gate in front of the store, and the room that nobody can take twice. */
import fc from 'fast-check'
import { CID } from 'multiformats/cid'
import * as Digest from 'multiformats/hashes/digest'
import { identity } from 'multiformats/hashes/identity'
import { sha256, sha512 } from 'multiformats/hashes/sha2'
import { expect, it } from 'vitest'
import type { Pinning } from '../../src/cafe/pin/pinning.ts'
import { isCafeError, toCafeError } from '../../src/core/errors.ts'
import { verifiedPut } from '../../src/store/blocks.ts'
import { memoryBlocks } from '../../src/store/memory.ts'
import { createWorld, ownerAt, randomFrom, rootOf, sharedDags, sizeOf } from './pin-world.ts'

const MUTATIONS = 100_000

it('stores none of 100 000 blocks that are not what their CID says', { timeout: 120_000 }, async () => {
  const blocks = memoryBlocks()
  const random = randomFrom(5)
  const bytesOf = (size: number) => Uint8Array.from({ length: size }, () => random(256))
  const originals = await Promise.all(
    Array.from({ length: 50 }, async (_, i) => {
      const bytes = bytesOf(1 + i * 7)
      const hasher = i % 5 === 0 ? sha512 : sha256
      return { bytes, cid: CID.createV1([0x55, 0x70, 0x71][i % 3] as number, await hasher.digest(bytes)) }
    }),
  )
  /** One thing about the pair changed. */
  const mutate = (cid: CID, bytes: Uint8Array<ArrayBuffer>): [CID, Uint8Array<ArrayBuffer>] => {
    const { code, digest } = cid.multihash
    const flip = (of: Uint8Array): Uint8Array<ArrayBuffer> => {
      const at = random(of.byteLength)
      return Uint8Array.from(of, (octet, i) => (i === at ? octet ^ (1 << random(8)) : octet))
    }
    const withHash = (hash: number, value: Uint8Array): CID => CID.createV1(cid.code, Digest.create(hash, value))
    switch (random(8)) {
      case 0:
        return [withHash(code, flip(digest)), bytes]
      case 1:
        return [cid, bytes.slice(random(bytes.byteLength) + 1)]
      case 2:
        return [cid, Uint8Array.of(...bytes, random(256))]
      case 3:
        return [withHash(code, digest.slice(0, random(digest.byteLength))), bytes]
      case 4:
        return [withHash(code === 0x12 ? 0x13 : 0x12, digest), bytes]
      case 5:
        return [withHash([0x11, 0x1b, 0xd5, 0x1012][random(4)] as number, digest), bytes]
      case 6:
        return [CID.createV1(0x72, cid.multihash), bytes]
      default:
        return [cid, flip(bytes)]
    }
  }
  const codes = new Map<string, number>()
  for (let i = 0; i < MUTATIONS; i += 100) {
    await Promise.all(
      Array.from({ length: 100 }, async (_, n) => {
        const { cid, bytes } = originals[(i + n) % originals.length] as (typeof originals)[number]
        const code = await verifiedPut(blocks, ...mutate(cid, bytes)).then(
          () => 'stored',
          (error) => toCafeError(error).code,
        )
        codes.set(code, (codes.get(code) ?? 0) + 1)
      }),
    )
  }
  expect(blocks.size).toBe(0)
  expect([...codes.keys()].sort()).toEqual(['BAD_REQUEST', 'CORRUPT'])
  expect([...codes.values()].reduce((sum, n) => sum + n, 0)).toBe(MUTATIONS)
})

it('takes the right block after wrong ones for the same CID', async () => {
  const blocks = memoryBlocks()
  const bytes = new TextEncoder().encode('right')
  const cid = CID.createV1(0x55, await sha256.digest(bytes))
  const wrong = verifiedPut(blocks, cid, new TextEncoder().encode('wrong'))
  const right = verifiedPut(blocks, cid, bytes)
  await expect(wrong).rejects.toMatchObject({ code: 'CORRUPT' })
  await right
  await expect(verifiedPut(blocks, cid, new TextEncoder().encode('later'))).rejects.toMatchObject({ code: 'CORRUPT' })
  expect(await blocks.get(cid)).toEqual(bytes)
})

it('wants no block that is inside its CID, and charges nothing for it', async () => {
  const world = await createWorld(1)
  const cid = CID.createV1(0x55, identity.digest(Uint8Array.of(1, 2, 3)))
  const pinning = await world.keep.begin(ownerAt(0), { bytes: 0 })
  expect(await pinning.upload.offer([{ cid, size: 3 }])).toEqual([])
  const row = await pinning.complete(cid, { signal: new AbortController().signal, stands: async () => true })
  expect(row).toMatchObject({ blocks: 1, bytes: 0 })
  expect(await world.keys()).toEqual([])
})

/** What is promised or kept at any moment. */
interface Taken {
  most: number
}

it('never promises more than quota and budget, however many uploads begin, end and break off at once', {
  timeout: 120_000,
}, async () => {
  const dags = await sharedDags()
  const attempt = fc.record({
    owner: fc.nat(4),
    dag: fc.nat(7),
    name: fc.nat(3),
    end: fc.constantFrom('complete', 'interrupt', 'refuse', 'unpin'),
    later: fc.nat(20),
  })
  const BUDGET = 700
  await fc.assert(
    fc.asyncProperty(
      fc.nat(),
      fc.integer({ min: 60, max: 400 }),
      fc.array(attempt, { maxLength: 25 }),
      async (seed, quota, attempts) => {
        const world = await createWorld(seed)
        await world.keep.setBudget(BUDGET)
        const taken: Taken = { most: 0 }
        const look = async (): Promise<void> => {
          const { pinned, leased, collectable } = world.keep.status()
          taken.most = Math.max(taken.most, pinned + leased + collectable)
        }
        const one = async ({ owner, dag, name, end, later }: (typeof attempts)[number]): Promise<void> => {
          for (let turn = 0; turn < later; turn++) await undefined
          const by = { ...ownerAt(owner), quota }
          const blocks = dags[dag] as (typeof dags)[number]
          if (end === 'unpin') return void (await world.keep.unpin(by.account, rootOf(blocks)))
          let pinning: Pinning
          try {
            pinning = await world.keep.begin(by, { bytes: sizeOf(blocks), name: String(name) })
          } catch (error) {
            if (!isCafeError(error) || error.code !== 'QUOTA') throw error
            const { needed, free, limit } = error.data
            expect(needed).toBe(sizeOf(blocks))
            expect(free).toBeLessThan(needed as number)
            expect(['client', 'cafe']).toContain(limit)
            return
          }
          await look()
          const { roots: _, bytes, leased } = await world.keep.usage(by.account)
          expect(bytes + leased).toBeLessThanOrEqual(quota)
          try {
            const want = await pinning.upload.offer(
              blocks.map((block) => ({ cid: block.cid, size: block.bytes.byteLength })),
            )
            for (const place of want.slice(0, end === 'complete' ? want.length : 2))
              pinning.upload.block(place, blocks[place]?.bytes ?? new Uint8Array(), async () => {})
            await pinning.upload.settled()
            if (end === 'interrupt' || pinning.signal.aborted) return await pinning.interrupted()
            if (end === 'refuse') return await pinning.refused(undefined)
            const { signal } = pinning
            await pinning.complete(rootOf(blocks), { signal, stands: async () => true })
          } catch (error) {
            // Taken over by another of that name, which offers other blocks.
            await (pinning.signal.aborted ? pinning.interrupted() : pinning.refused(error))
            const known = isCafeError(error) && ['ABORTED', 'QUOTA'].includes(error.code)
            if (!known && !pinning.signal.aborted) throw error
          }
          await look()
        }
        await Promise.all(attempts.map(one))
        await look()
        expect(taken.most).toBeLessThanOrEqual(BUDGET)
        for (let owner = 0; owner < 5; owner++) {
          const { bytes, leased } = await world.keep.usage(ownerAt(owner).account)
          expect(bytes + leased).toBeLessThanOrEqual(quota)
        }
      },
    ),
    { numRuns: 1500, seed: 3 },
  )
})

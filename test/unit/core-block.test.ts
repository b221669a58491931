/** Which CIDs we take, and that bytes are stored only if they are what their CID says. */
import { blake2b } from '@noble/hashes/blake2.js'
import { blake3 } from '@noble/hashes/blake3.js'
import fc from 'fast-check'
import { CID } from 'multiformats/cid'
import * as Digest from 'multiformats/hashes/digest'
import { identity } from 'multiformats/hashes/identity'
import { sha256, sha512 } from 'multiformats/hashes/sha2'
import { describe, expect, it } from 'vitest'
import { checkCid, parseCid, verifyBlock } from '../../src/core/block.ts'
import { isCafeError } from '../../src/core/errors.ts'
import { MAX_BLOCK } from '../../src/core/limits.ts'
import { blockKey, verifiedGet, verifiedPut } from '../../src/store/blocks.ts'
import { memoryBlocks } from '../../src/store/memory.ts'

const content = new TextEncoder().encode('content')
const raw = (digest: CID['multihash']): CID => CID.createV1(0x55, digest)
const badCid = expect.objectContaining({ code: 'BAD_REQUEST', data: { what: 'cid' } })

describe('a CID', () => {
  it('is taken in any multibase, v0 or v1, of codecs and hashes we know', async () => {
    const cid = raw(await sha256.digest(content))
    expect(parseCid(cid.toString()).equals(cid)).toBe(true)
    const v0 = CID.createV0(await sha256.digest(content))
    expect(parseCid(v0.toString()).equals(v0)).toBe(true)
    expect(parseCid(raw(identity.digest(content)).toString()).code).toBe(0x55)
    for (const codec of [0x55, 0x70, 0x71, 0x0129, 0x0200, 0x51])
      expect(parseCid(CID.createV1(codec, await sha512.digest(content)).toString()).code).toBe(codec)
  })

  it('is refused otherwise', async () => {
    const { multihash } = raw(await sha256.digest(content))
    const short = { ...multihash, digest: multihash.digest.slice(0, 19), size: 19 }
    const cids = [
      CID.createV1(0x72, multihash),
      CID.createV1(0x55, { ...multihash, code: 0x11 }),
      CID.createV1(0x55, { ...multihash, code: 0xd5 }),
      CID.createV1(0x55, short),
      CID.createV1(0x55, identity.digest(new Uint8Array(129))),
    ]
    for (const cid of cids) expect(() => checkCid(cid)).toThrow(badCid)
    for (const text of ['', 'x', 'bafy', '../x', 'b'.repeat(300), 'Qm', `${raw(multihash)}x`])
      expect(() => parseCid(text)).toThrow(badCid)
    expect(checkCid(CID.createV1(0x55, identity.digest(new Uint8Array(128)))).code).toBe(0x55)
  })
})

describe('a block', () => {
  it('is what its CID says, or is refused', async () => {
    await verifyBlock(raw(await sha256.digest(content)), content)
    await verifyBlock(raw(await sha512.digest(content)), content)
    await verifyBlock(raw(identity.digest(content)), content)
    await expect(verifyBlock(raw(identity.digest(content)), new Uint8Array(7))).rejects.toMatchObject({
      code: 'CORRUPT',
    })
    const big = new Uint8Array(MAX_BLOCK + 1)
    await expect(verifyBlock(raw(await sha256.digest(big)), big)).rejects.toMatchObject({ code: 'BAD_REQUEST' })
  })

  it('is also known by the two BLAKEs, whatever its size', async () => {
    const digest = (code: number, hex: string) => Digest.create(code, Uint8Array.from(Buffer.from(hex, 'hex')))
    const abc = new TextEncoder().encode('abc')
    const known = [
      digest(0xb220, 'bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319'),
      digest(0x1e, '6437b3ac38465133ffb63b75273a8db548c558465d79db03fd359c6cd5bd9d85'),
    ]
    for (const hash of known) {
      await verifyBlock(raw(hash), abc)
      await expect(verifyBlock(raw(hash), abc.slice(1))).rejects.toMatchObject({ code: 'CORRUPT' })
    }
    // In several steps, the last one not full.
    const big = new Uint8Array(300 * 1024).map((_, i) => i)
    await verifyBlock(raw(Digest.create(0xb220, blake2b(big, { dkLen: 32 }))), big)
    await verifyBlock(raw(Digest.create(0x1e, blake3(big))), big)
  })

  it('is refused if only a part of its hash is right', async () => {
    const digest = await sha256.digest(content)
    const short = { ...digest, digest: digest.digest.slice(0, 20), size: 20 }
    await expect(verifyBlock(CID.createV1(0x55, short), content)).rejects.toMatchObject({ code: 'CORRUPT' })
  })

  it('is stored by the gate only whole and unchanged', async () => {
    const blocks = memoryBlocks()
    const change = fc.record({
      bytes: fc.uint8Array({ minLength: 1, maxLength: 64 }),
      at: fc.nat(),
      flip: fc.integer({ min: 1, max: 255 }),
    })
    await fc.assert(
      fc.asyncProperty(change, fc.constantFrom('flip', 'cut', 'grow'), async ({ bytes, at, flip }, how) => {
        const right = new Uint8Array(bytes)
        const cid = raw(await sha256.digest(right))
        const wrong = how === 'cut' ? right.slice(1) : new Uint8Array([...right, ...(how === 'grow' ? [0] : [])])
        if (how === 'flip') wrong[at % wrong.length] = (wrong[at % wrong.length] as number) ^ flip
        const error = await verifiedPut(blocks, cid, wrong).then(
          () => undefined,
          (thrown) => thrown,
        )
        expect(isCafeError(error) && error.code).toBe('CORRUPT')
        expect(blocks.size).toBe(0)
      }),
      { numRuns: 1000 },
    )
    const cid = raw(await sha256.digest(content))
    await verifiedPut(blocks, cid, content)
    expect(await verifiedGet(blocks, cid)).toEqual(content)
  })

  it('that the medium changed, or lost, is never given out', async () => {
    const blocks = memoryBlocks()
    const cid = raw(await sha256.digest(content))
    await expect(verifiedGet(blocks, cid)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await blocks.put(cid, new Uint8Array(7))
    await expect(verifiedGet(blocks, cid)).rejects.toMatchObject({ code: 'CORRUPT' })
  })

  it('has one key whatever its codec and version', async () => {
    const digest = await sha256.digest(content)
    expect(blockKey(CID.createV0(digest))).toBe(blockKey(raw(digest)))
    expect(blockKey(raw(digest))).toMatch(/^\/B[A-Z2-7]+$/)
  })
})

/** Padding: comes back off, fills buckets exactly, and refuses what was never padded. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BUCKETS, counted, isBucket, LARGEST_BUCKET, pad, unpad } from '../../src/crypto/padding.ts'
import { failure } from './crypto-help.ts'

describe('padding', () => {
  it('fills the smallest bucket that takes it, and comes off again', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 5000 }), fc.integer({ min: 0, max: 100 }), (bytes, overhead) => {
        const padded = pad(bytes, overhead)
        const size = padded.byteLength + overhead
        expect(isBucket(size)).toBe(true)
        const smaller = BUCKETS.filter((bucket) => bucket < size)
        expect(smaller.every((bucket) => bucket < bytes.byteLength + 1 + overhead)).toBe(true)
        expect(unpad(padded)).toEqual(new Uint8Array(bytes))
      }),
    )
  })

  it.each([0, 57])('goes to the edge of every bucket with %i bytes around it', (overhead) => {
    for (const bucket of BUCKETS) {
      const most = bucket - overhead - 1
      expect(pad(new Uint8Array(most), overhead).byteLength + overhead).toBe(bucket)
      expect(unpad(pad(new Uint8Array(most).fill(0x80), overhead)).byteLength).toBe(most)
      if (bucket < LARGEST_BUCKET)
        expect(pad(new Uint8Array(most + 1), overhead).byteLength + overhead).toBe(4 * bucket)
    }
  })

  it('refuses what is too long, and what has no padding', async () => {
    const size = LARGEST_BUCKET - 57
    expect(await failure(() => pad(new Uint8Array(size), 57))).toEqual({
      code: 'BAD_REQUEST',
      data: { size, limit: size - 1 },
    })
    for (const bad of [[], [0, 0, 0], [1, 2, 3], [0x80, 1], [0x80, 0x40, 0]])
      expect(await failure(() => unpad(Uint8Array.from(bad)))).toMatchObject({ code: 'SEALED' })
  })
})

describe('counted padding', () => {
  const padding = counted([256, 1024])

  it('fills the smaller of its sizes that takes it, and comes off again', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 1024 - 58 }), (bytes) => {
        const padded = padding.pad(bytes, 56)
        expect(padded.byteLength + 56).toBe(bytes.byteLength > 256 - 58 ? 1024 : 256)
        expect(padding.isSize(padded.byteLength + 56)).toBe(true)
        expect(padding.unpad(padded)).toEqual(new Uint8Array(bytes))
      }),
    )
  })

  it('refuses what is too long, and a length beyond the end', async () => {
    const size = 1024 - 57
    const refused = { code: 'BAD_REQUEST', data: { size, limit: size - 1 } }
    expect(await failure(() => padding.pad(new Uint8Array(size), 56))).toEqual(refused)
    expect(await failure(() => padding.unpad(Uint8Array.of(0, 4, 1, 2, 3)))).toMatchObject({ code: 'SEALED' })
    expect(padding.unpad(Uint8Array.of(0, 3, 1, 2, 3))).toEqual(Uint8Array.of(1, 2, 3))
    for (const wrong of [0, 255, 257, 4096]) expect(padding.isSize(wrong)).toBe(false)
  })
})

/** Textile's whole-file encryption is read exactly, and nothing of it is released unverified. */
import { createCipheriv } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hex } from '../../src/core/ids.ts'
import { LEAF, MAX_LEGACY } from '../../src/core/limits.ts'
import type { FileKey } from '../../src/crypto/file-key.ts'
import { parseFileKey } from '../../src/crypto/file-key.ts'
import { openLegacy } from '../../src/crypto/legacy.ts'
import { collect, counting, failure, flipBit, memory, pattern, unhex } from './crypto-help.ts'

type LegacyKey = Extract<FileKey, { kind: 'legacy' }>
const legacyKey = (text: string) => parseFileKey(text) as LegacyKey
const KEY = legacyKey('L1MjVYtkT9cYvGSBF5AsaqanQ2kptwRDqGvMYSmfKB1aw8uit6FQpPkxWX5')
const CIPHERTEXT = unhex('e8f247332db75729cc3d3ee16e7cf21a819b3e6ccc0b9b0035')
const SEALED = { code: 'SEALED', data: {} }

function encrypt(plain: Uint8Array): Uint8Array<ArrayBuffer> {
  const cipher = createCipheriv('aes-256-gcm', counting(32, 1), counting(12, 33))
  return new Uint8Array(Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]))
}

describe('legacy file', () => {
  it('opens the published vector', async () => {
    const file = await openLegacy(KEY, memory(CIPHERTEXT))
    expect(file.size).toBe(9)
    expect(new TextDecoder().decode(await collect(file.stream(0, 9)))).toBe('yoyoyoyo!')
    expect(new TextDecoder().decode(await collect(file.stream(2, 5)))).toBe('yoy')
  })

  it('serves any range of a long file, reading it once', async () => {
    const plain = pattern(3 * LEAF + 77)
    const source = memory(encrypt(plain))
    const file = await openLegacy(KEY, source)
    const offset = fc.integer({ min: 0, max: plain.byteLength })
    await fc.assert(
      fc.asyncProperty(offset, offset, async (a, b) => {
        const [start, end] = a < b ? [a, b] : [b, a]
        expect(Buffer.compare(await collect(file.stream(start, end)), plain.subarray(start, end))).toBe(0)
      }),
      {
        numRuns: 30,
        examples: [
          [0, plain.byteLength],
          [LEAF - 1, LEAF + 1],
          [LEAF, 2 * LEAF],
        ],
      },
    )
    expect(source.reads).toEqual([[0, source.size]])
  })

  it('opens an empty file', async () => {
    const file = await openLegacy(KEY, memory(encrypt(new Uint8Array(0))))
    expect(file.size).toBe(0)
    expect(hex(await collect(file.stream(0, 0)))).toBe('')
  })

  it('refuses every flipped bit, every truncation and an appended byte', async () => {
    for (let bit = 0; bit < CIPHERTEXT.byteLength * 8; bit++) {
      expect(await failure(() => openLegacy(KEY, memory(flipBit(CIPHERTEXT, bit))))).toEqual(SEALED)
    }
    for (let size = 0; size < CIPHERTEXT.byteLength; size++) {
      expect(await failure(() => openLegacy(KEY, memory(CIPHERTEXT.slice(0, size))))).toEqual(SEALED)
    }
    expect(await failure(() => openLegacy(KEY, memory(Uint8Array.from([...CIPHERTEXT, 0]))))).toEqual(SEALED)
  })

  it('refuses another key', async () => {
    const other = legacyKey('17q9mTWHjSOIjWiAoZxYy3cYTN917q9mUBhOu0mxr6YM')
    expect(await failure(() => openLegacy(other, memory(CIPHERTEXT)))).toEqual(SEALED)
  })

  it('refuses a file above the limit before it reads anything', async () => {
    const source = { ...memory(CIPHERTEXT), size: MAX_LEGACY + 1 }
    const refusal = { code: 'BAD_REQUEST', data: { size: MAX_LEGACY + 1, limit: MAX_LEGACY } }
    expect(await failure(() => openLegacy(KEY, source))).toEqual(refusal)
    expect(source.reads).toEqual([])
  })

  it('stops by its signal', async () => {
    const source = memory(CIPHERTEXT)
    const aborted = { code: 'ABORTED', data: {} }
    expect(await failure(() => openLegacy(KEY, source, { signal: AbortSignal.abort() }))).toEqual(aborted)
    expect(source.reads).toEqual([])
  })
})

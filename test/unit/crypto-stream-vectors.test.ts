/** cafe-stream/2 bit for bit: its own vectors, and those of Tink with Tink's parameters. */
import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { hex } from '../../src/core/ids.ts'
import { LEAF } from '../../src/core/limits.ts'
import { Secret } from '../../src/core/secret.ts'
import { utf8 } from '../../src/crypto/bytes.ts'
import type { StreamFormat } from '../../src/crypto/stream-cipher.ts'
import {
  CAFE_STREAM,
  ciphertextSize,
  encryptStream,
  FILE_AAD,
  openStream,
  plaintextSize,
  SEGMENT,
} from '../../src/crypto/stream-cipher.ts'
import { chunked, collect, counting, failure, memory, pattern, scripted, unhex } from './crypto-help.ts'

const KEY = new Secret(counting(32))
const randomness = () => scripted(counting(32, 0x40), counting(7, 0x80))

// security.md §5.2: plaintext length, ciphertext length, segments, SHA-256 of the ciphertext.
const VECTORS = [
  [0, 56, 1, 'aa0fb1631707e17cee70aeaa0f2e92831f12eac5a5104f78be46915bc7312788'],
  [1, 57, 1, '125b09bcb13d7c2ce88f7b39d7a863d6137484bb89267b7bd9f1bc0a79ac3fac'],
  [262_087, 262_143, 1, '3e50008d61aef71492717914df1a9ca67f534822bd4df3ed77cc2268be1652f9'],
  [262_088, 262_144, 1, '3626136b205b67e6b5b2909fda90b569a0d457f2cc2489c5ed6b1979e77cc990'],
  [262_089, 262_161, 2, '022a86b70e223512a71c618ce66004c26e82d20d0b5ae9c458af1da1d4c8ea26'],
  [524_216, 524_288, 2, '95b3152aa865bc2ec50ad9d159e92a3d03b71f290147f393c76cb6535f3382bc'],
  [524_217, 524_305, 3, '14f7719162563715af995b4f428bf3e448e8ff41143ca1910bb859027ced6d25'],
  [1_048_576, 1_048_696, 5, '00c6b06c641ea3d2fcd6936e3f859de7f4e1e35adc0d175d8b2a3b28e00321cd'],
] as const

describe('cafe-stream/2', () => {
  it('has its fixed parameters', () => {
    expect([SEGMENT, FILE_AAD]).toEqual([262_144, 'textile-cafe/file/1'])
    expect(SEGMENT).toBe(LEAF)
    expect(CAFE_STREAM).toMatchObject({ segment: SEGMENT, mainKey: 32, derivedKey: 32, hash: 'SHA-256' })
  })

  describe.each(VECTORS)('of %i bytes', (plainSize, cipherSize, segments, digest) => {
    // A piece of awkward sizes, everything at once, and whole segments' worth at a time.
    it.each([[[1, 100_003, 17, 65_536]], [[plainSize + 1]], [[262_088, 262_128, 262_128]]])(
      'is the published ciphertext when fed in chunks of %j',
      async (sizes) => {
        const out = chunked(pattern(plainSize), sizes).pipeThrough(encryptStream(KEY, { random: randomness() }))
        const chunks = await Array.fromAsync(out)
        const hash = createHash('sha256')
        for (const chunk of chunks) hash.update(chunk)
        expect(hash.digest('hex')).toBe(digest)
        const lengths = chunks.map((chunk) => chunk.byteLength)
        expect(lengths).toHaveLength(segments)
        expect(lengths.slice(0, -1)).toEqual(Array.from({ length: segments - 1 }, () => SEGMENT))
      },
    )

    it('opens again', async () => {
      const sealed = chunked(pattern(plainSize), [70_000]).pipeThrough(encryptStream(KEY))
      const file = await openStream(KEY, memory(await collect(sealed)))
      expect(file.size).toBe(plainSize)
      expect(Buffer.compare(await collect(file.stream(0, plainSize)), pattern(plainSize))).toBe(0)
    })

    it('has the published length, both ways', () => {
      expect(ciphertextSize(plainSize)).toBe(cipherSize)
      expect(plaintextSize(cipherSize)).toBe(plainSize)
    })
  })

  it('writes the empty file as published', async () => {
    const sealed = chunked(new Uint8Array(0), [1]).pipeThrough(encryptStream(KEY, { random: randomness() }))
    const expected = `28${hex(counting(32, 0x40))}${hex(counting(7, 0x80))}7cf460f4338c203faac77d5d6f872c29`
    expect(hex(await collect(sealed))).toBe(expected)
  })

  it('is new randomness every time', async () => {
    const seal = async () => hex(await collect(chunked(pattern(1), [1]).pipeThrough(encryptStream(KEY))))
    expect((await seal()).slice(2, 80)).not.toBe((await seal()).slice(2, 80))
  })

  it.each([
    [0, 55, 262_145, 262_160, 524_289, 524_304],
    [-1, -262_144, 56.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 40 + 17],
  ])('has no stream of %i, %d, %d, %d, %d or %d bytes', async (...sizes) => {
    for (const size of sizes) {
      expect(await failure(() => plaintextSize(size))).toEqual({ code: 'CORRUPT', data: { size } })
    }
  })

  it('goes up to one TiB', () => {
    expect(ciphertextSize(plaintextSize(2 ** 40))).toBe(2 ** 40)
  })
})

const KEY_16 = '6eb56cdc726dfbe5d57f2fcdc6e9345b'
const KEY_32 = `00112233445566778899aabbccddeeff${KEY_16}`
const SMALL: StreamFormat = { segment: 64, mainKey: 16, derivedKey: 16, hash: 'SHA-1', maxSegments: 100 }
const WIDE: StreamFormat = { ...SMALL, mainKey: 32, derivedKey: 32 }
const EMPTY_WIDE =
  '28fae780c70a82d1256c8303a1261ac6a98cf557b4e173967a62f3c149517ba5b2431da93b3c6e90f508b34dc14bfda59bab05681c6ad3fa'

// tink-java, AesGcmHkdfStreamingTestUtil, all eight: parameters, key, plaintext, associated data, ciphertext.
const TINK: [string, StreamFormat, string, string, string, string][] = [
  [
    'three segments',
    SMALL,
    KEY_16,
    'This is a fairly long plaintext. It is of the exact length to create three output blocks. ',
    '616164',
    '1893b3af5e14ab378d065addfc8484da642c0862877baea8' +
      'db92d9c77406a406168478821c4298eab3e6d531277f4c1a051714faebcaefcbca7b7be05e9445ea' +
      'a0bb2904153398a25084dd80ae0edcd1c3079fcea2cd3770630ee36f7539207b' +
      '8ec9d754956d486b71cdf989f0ed6fba6779b63558be0a66e668df14e1603cd2' +
      'af8944844078345286d0b292e772e7190775c51a0f83e40c0b75821027e7e538e111',
  ],
  ['SHA-1', SMALL, KEY_16, '', '', '18ec99b2c3884194023bd41bb9bff309205354c750fa0cb3c0d02609abf71f88eaeaa48d7deca27f'],
  [
    'SHA-256',
    { ...SMALL, hash: 'SHA-256' },
    KEY_16,
    '',
    '',
    '18be78bce0cab6fd38a9041eea8ab0ffc4cf17e3c00b661d3927f5f79069f41a210fedc40b25648c',
  ],
  [
    'SHA-512',
    { ...SMALL, hash: 'SHA-512' },
    KEY_16,
    '',
    '',
    '18fec8139ccb406e0f140d7e2bcc41e1b899bc1b121574cc31d1c78ed2ca1cdf324665b8dce21095',
  ],
  [
    'a longer main key',
    { ...SMALL, mainKey: 32 },
    KEY_32,
    '',
    '',
    '180880e85a24207a7b72cefde26306ed09d7d76e58104b751d005a3ffd72dd6151f0d9c8ccf163f7',
  ],
  ['AES-256', WIDE, KEY_32, '', '', EMPTY_WIDE],
  ['another segment size', { ...WIDE, segment: 128 }, KEY_32, '', '', EMPTY_WIDE],
  [
    'AES-256 in two segments',
    { ...WIDE, segment: 120 },
    KEY_32,
    'BLOCK 1.BLOCK 2.BLOCK 3.BLOCK 4.BLOCK 5.BLOCK 6.BLOCK 7.BLOCK 8.',
    '00010203',
    '28782994617714a80fa085e15051a16854522330d6d0f26c049b2192f09cdd98b2eb90c753bfff277a29e54fa4afb15d648c28477eb07f01' +
      '2535c767f5fdce24ffffae318480c1d37357d6d3c511159318afa09ef38aa3f5456fd7817c5c02dd6e1a7fef174c8bd24e38b5982ac10549' +
      '7c0101ac5581fe5b',
  ],
]

describe.each(TINK)('Tink’s vector: %s', (_, format, keyHex, text, aadHex, cipherHex) => {
  const key = new Secret(unhex(keyHex))
  const aad = unhex(aadHex)
  const ciphertext = unhex(cipherHex)

  it('is what we write', async () => {
    const salt = ciphertext.slice(1, 1 + format.derivedKey)
    const prefix = ciphertext.slice(1 + format.derivedKey, 8 + format.derivedKey)
    const encrypt = encryptStream(key, { aad, format, random: scripted(salt, prefix) })
    expect(hex(await collect(chunked(utf8(text), [7]).pipeThrough(encrypt)))).toBe(cipherHex)
  })

  it('is what we read', async () => {
    const file = await openStream(key, memory(ciphertext), { aad, format })
    expect(new TextDecoder().decode(await collect(file.stream(0, file.size)))).toBe(text)
  })
})

/** Addresses and seeds in Textile's text form, against Textile's own vectors. */
import { ed25519 } from '@noble/curves/ed25519.js'
import { base58 } from '@scure/base'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hex } from '../../src/core/ids.ts'
import { Secret } from '../../src/core/secret.ts'
import { concat } from '../../src/crypto/bytes.ts'
import { decodeAddress, decodeSeed, encodeAddress, encodeSeed } from '../../src/crypto/strkey.ts'
import { failure, unhex } from './crypto-help.ts'

// go-textile, strkey tests: an arbitrary payload, which as a public key is no point of the curve.
const PAYLOAD = '69a8c4cbb9f64e8a0798f6e1ac65d06c3162929056bcf4cdb7d3738d1855f363'
const PAYLOAD_ADDRESS = 'P6NKHguuQnGraNM58WZTh2tPmRAnQQn1YzHQZYPmRt8WABDF'
// go-textile, wallet tests: a real account.
const ADDRESS = 'P7bFoVXV3dALSLwYAnyzzVvHkfTDwbpaLwA9PL9659hBqWAX'
const PUBLIC_KEY = ed25519.getPublicKey(decodeSeed('SX2XbMf8FHtYq6xZ4vUuZhmKTezrn67XKYRn1Fc7ZLcN2VXE').reveal())
const SEED = 'SV8k5RKcUg1ZtN6qvcUGXfvqjv2nGeBhxy7sUnG1AxM5jB23'
const NO_ADDRESS = { code: 'BAD_REQUEST', data: { what: 'address' } }
const NO_SEED = { code: 'BAD_REQUEST', data: { what: 'seed' } }

/** CRC16-XMODEM by table-free long division, independent of the code under test. */
function crc16(bytes: Uint8Array): number {
  let remainder = 0n
  for (const byte of [...bytes, 0, 0]) {
    for (let bit = 7; bit >= 0; bit--) {
      remainder = (remainder << 1n) | BigInt((byte >> bit) & 1)
      if (remainder & 0x10000n) remainder ^= 0x11021n
    }
  }
  return Number(remainder)
}

function strkey(version: number, payload: Uint8Array, order: 'little' | 'big' = 'little'): string {
  const body = concat(Uint8Array.of(version), payload)
  const crc = crc16(body)
  const check = [crc & 0xff, crc >> 8]
  return base58.encode(concat(body, Uint8Array.from(order === 'little' ? check : check.reverse())))
}

describe('strkey', () => {
  it('the reference checksum has the published check value', () => {
    expect(crc16(new TextEncoder().encode('123456789'))).toBe(0x31c3)
  })

  it('encodes and decodes the published addresses', () => {
    expect(encodeAddress(unhex(PAYLOAD))).toBe(PAYLOAD_ADDRESS)
    expect(encodeAddress(PUBLIC_KEY)).toBe(ADDRESS)
    expect(hex(decodeAddress(ADDRESS))).toBe(hex(PUBLIC_KEY))
  })

  it('encodes and decodes the published seed', () => {
    expect(encodeSeed(new Secret(unhex(PAYLOAD)))).toBe(SEED)
    expect(hex(decodeSeed(SEED).reveal())).toBe(PAYLOAD)
  })

  it('agrees with an independent encoder and comes back for any 32 bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (bytes) => {
        const text = encodeSeed(new Secret(bytes))
        expect(text).toBe(strkey(0xff, bytes))
        expect(text).toMatch(/^S.{47}$/)
        expect(hex(decodeSeed(text).reveal())).toBe(hex(bytes))
      }),
    )
  })

  it('refuses every change of one character', async () => {
    for (let i = 0; i < ADDRESS.length; i++) {
      const other = ADDRESS[i] === 'z' ? 'y' : 'z'
      expect(await failure(() => decodeAddress(ADDRESS.slice(0, i) + other + ADDRESS.slice(i + 1)))).toEqual(NO_ADDRESS)
    }
  })

  const P = 2n ** 255n - 19n
  const littleEndian = (value: bigint) =>
    Uint8Array.from({ length: 32 }, (_, i) => Number((value >> BigInt(8 * i)) & 0xffn))
  const bad: Record<string, string> = {
    'the empty text': '',
    'one character too few': ADDRESS.slice(0, -1),
    'one character too many': `${ADDRESS}1`,
    'a megabyte': '1'.repeat(1 << 20),
    'a character that is not base58': `P0${ADDRESS.slice(2)}`,
    'a character beyond ASCII': `P\u{e9}${ADDRESS.slice(2)}`,
    'surrounding white space': ` ${ADDRESS.slice(0, -2)} `,
    'the corrupted address of the original tests': 'P6NKHguuQnGraNM58WZTh2tPmRAnQQn1YzHQZYPmRt8WALT5',
    'a seed': SEED,
    'another version': strkey(0xdc, PUBLIC_KEY),
    'a big-endian checksum': strkey(0xdd, PUBLIC_KEY, 'big'),
    'a payload of 31 bytes': strkey(0xdd, PUBLIC_KEY.subarray(1)),
    'a payload of 33 bytes': strkey(0xdd, concat(PUBLIC_KEY, Uint8Array.of(0))),
    '48 characters that decode to 48 bytes': '1'.repeat(48),
    'the identity point (order 1)': strkey(0xdd, littleEndian(1n)),
    'the point of order 2': strkey(0xdd, littleEndian(P - 1n)),
    'a point of order 4': strkey(0xdd, littleEndian(0n)),
    'a point of order 8': strkey(0xdd, unhex('26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05')),
    'the other point of order 8': strkey(
      0xdd,
      unhex('c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a'),
    ),
    'a y not below the prime': strkey(0xdd, littleEndian(P + 3n)),
    'zero with a sign': strkey(0xdd, littleEndian(1n | (1n << 255n))),
    'the published payload, which is off the curve': PAYLOAD_ADDRESS,
  }
  it.each(Object.entries(bad))('refuses %s as an address', async (_, text) => {
    expect(await failure(() => decodeAddress(text))).toEqual(NO_ADDRESS)
  })

  it('refuses an address where a seed is expected', async () => {
    expect(await failure(() => decodeSeed(ADDRESS))).toEqual(NO_SEED)
  })

  it('encodes only 32 bytes', async () => {
    expect(await failure(() => encodeAddress(new Uint8Array(31)))).toEqual(NO_ADDRESS)
    expect(await failure(() => encodeSeed(new Secret(new Uint8Array(33))))).toEqual(NO_SEED)
  })
})

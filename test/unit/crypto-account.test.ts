/** The account key: Textile's signature vector, derived keys against a second HKDF, keys that cannot leave. */
import { hkdfSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { hex } from '../../src/core/ids.ts'
import { Secret } from '../../src/core/secret.ts'
import type { Purpose } from '../../src/crypto/account.ts'
import { accountFromKeys, openAccount, verifyAccount } from '../../src/crypto/account.ts'
import { utf8 } from '../../src/crypto/bytes.ts'
import { decodeSeed } from '../../src/crypto/strkey.ts'
import { counting, failure, flipBit, unhex } from './crypto-help.ts'

// go-textile, keypair tests.
const SEED = 'STqdutoFiPV9Nzh96L7bvSZNzrHkQiB2phDW1ySG9Na1kkGE'
const ADDRESS = 'P4WysQUVHg2GDMctx7Sf3DjLRAfRZqsZoCPr6aec7JgWpSRq'
const SIGNATURE = unhex(
  '665c1a3d6a198a0c5ae63b6a1b4f6cd45f96f05f5f51d1040ef7f72fc390305d' +
    '1a65cfb8057c87f484772aab757cb79720ee770cc28e58975157a6e7d2b3dc0e',
)
const PURPOSES: Purpose[] = ['snapshot', 'manifest', 'slot', 'dedupe', 'backup']

describe('account', () => {
  it('has the address and signs as the original did', async () => {
    const account = await openAccount(decodeSeed(SEED))
    expect(account.address).toBe(ADDRESS)
    expect(hex(await account.sign(utf8('hello')))).toBe(hex(SIGNATURE))
  })

  it('verifies by address alone', async () => {
    expect(await verifyAccount(ADDRESS, utf8('hello'), SIGNATURE)).toBe(true)
    expect(await verifyAccount(ADDRESS, utf8('diff'), SIGNATURE)).toBe(false)
    expect(await verifyAccount(ADDRESS, utf8(''), SIGNATURE)).toBe(false)
    expect(await verifyAccount(ADDRESS, utf8('hello'), SIGNATURE.subarray(0, 10))).toBe(false)
    expect(await verifyAccount(SEED, utf8('hello'), SIGNATURE)).toBe(false)
    expect(await verifyAccount('', utf8('hello'), SIGNATURE)).toBe(false)
  })

  it('accepts no signature with a flipped bit', async () => {
    for (let bit = 0; bit < SIGNATURE.byteLength * 8; bit++) {
      expect(await verifyAccount(ADDRESS, utf8('hello'), flipBit(SIGNATURE, bit))).toBe(false)
    }
  })

  it('derives a key per purpose by HKDF-SHA256 of the seed', async () => {
    const account = await openAccount(decodeSeed(SEED))
    const seed = decodeSeed(SEED).reveal()
    for (const purpose of PURPOSES) {
      const expected = hkdfSync('sha256', seed, new Uint8Array(0), `textile-cafe/1/${purpose}`, 32)
      expect(hex((await account.derive(purpose)).reveal())).toBe(hex(new Uint8Array(expected)))
    }
  })

  it('survives structured clone and never gives its keys away', async () => {
    const account = await openAccount(decodeSeed(SEED))
    const restored = accountFromKeys(structuredClone(account.keys))
    expect(hex(restored.publicKey)).toBe(hex(account.publicKey))
    expect(hex(await restored.sign(utf8('hello')))).toBe(hex(SIGNATURE))
    expect(hex((await restored.derive('slot')).reveal())).toBe(hex((await account.derive('slot')).reveal()))
    for (const key of [account.keys.sign, account.keys.derive]) {
      expect(key.extractable).toBe(false)
      await expect(crypto.subtle.exportKey('jwk', key)).rejects.toThrow()
    }
  })

  it('leaves the seed it was given untouched', async () => {
    const seed = new Secret(counting(32))
    await openAccount(seed)
    expect(hex(seed.reveal())).toBe(hex(counting(32)))
  })

  it('refuses a seed that is not 32 bytes', async () => {
    const expected = { code: 'BAD_REQUEST', data: { what: 'seed' } }
    expect(await failure(() => openAccount(new Secret(counting(31))))).toEqual(expected)
    expect(await failure(() => openAccount(new Secret(counting(64))))).toEqual(expected)
  })
})

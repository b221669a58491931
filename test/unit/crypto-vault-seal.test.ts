/** A seed at rest: opened by another implementation of the same standards, and by nobody without its passphrase. */
import { createDecipheriv, scryptSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { hex } from '../../src/core/ids.ts'
import { Secret } from '../../src/core/secret.ts'
import { decodeAddress } from '../../src/crypto/strkey.ts'
import {
  createProfileKey,
  keepSeed,
  lockSeed,
  readSeed,
  type SeedOwner,
  unlockSeed,
} from '../../src/crypto/vault-seal.ts'
import { counting, failure, flipBit, scripted } from './crypto-help.ts'
import { newAccount } from './session-help.ts'

const PASSPHRASE = 'a cup of tea'
const WRONG = { code: 'FORBIDDEN', data: { what: 'passphrase' } }
const BROKEN = { code: 'CORRUPT', data: { what: 'seed' } }

const seed = new Secret(counting(32, 7))
const owner: SeedOwner = { address: (await newAccount()).address, index: 3 }
const another = await newAccount()
const locked = await lockSeed(seed, PASSPHRASE, owner, { random: scripted(counting(16), counting(12, 100)) })

const cheap = await lockSeed(seed, PASSPHRASE, owner, { cost: 10 })

describe('a locked seed', () => {
  it('is scrypt and AES-256-GCM, as Node has them', () => {
    const key = scryptSync(PASSPHRASE, counting(16), 32, { N: 2 ** 17, r: 8, p: 1, maxmem: 2 ** 28 })
    const decipher = createDecipheriv('aes-256-gcm', key, counting(12, 100))
    const head = Buffer.from(locked.subarray(0, 18))
    expect(hex(head)).toBe(`0111${hex(counting(16))}`)
    const bound = [Buffer.from('textile-cafe/vault/1\0'), head, decodeAddress(owner.address), Buffer.of(0, 0, 0, 3)]
    decipher.setAAD(Buffer.concat(bound)).setAuthTag(locked.subarray(-16))
    const plain = Buffer.concat([decipher.update(locked.subarray(30, -16)), decipher.final()])
    expect(hex(plain)).toBe(hex(seed.reveal()))
  })

  it('is opened by its passphrase, however that is composed', async () => {
    expect(hex((await unlockSeed(locked, PASSPHRASE, owner)).reveal())).toBe(hex(seed.reveal()))
    const accented = await lockSeed(seed, 'caf\u00e9 cr\u00e8me', owner, { cost: 12 })
    expect(hex((await unlockSeed(accented, 'cafe\u0301 cre\u0300me', owner)).reveal())).toBe(hex(seed.reveal()))
  })

  it.each([
    ['another passphrase', PASSPHRASE.toUpperCase(), owner],
    ['none', '', owner],
    ['a book', 'x'.repeat(100_000), owner],
    ['another index', PASSPHRASE, { ...owner, index: 4 }],
    ['another account', PASSPHRASE, { ...owner, address: another.address }],
  ])('is not opened by %s', async (_, passphrase, whose) => {
    expect(await failure(() => unlockSeed(cheap, passphrase, whose))).toEqual(WRONG)
  })

  it('is not opened when anything of it was changed', async () => {
    for (let bit = 16; bit < cheap.byteLength * 8; bit += 3)
      expect(await failure(() => unlockSeed(flipBit(cheap, bit), PASSPHRASE, owner))).toEqual(WRONG)
  })

  it('that is said to have cost less or more is not opened', async () => {
    const other = Uint8Array.from(cheap, (byte, at) => (at === 1 ? 11 : byte))
    expect(await failure(() => unlockSeed(other, PASSPHRASE, owner))).toEqual(WRONG)
  })

  it('of another size, kind or cost is none', async () => {
    const changed = [locked.subarray(0, 77), new Uint8Array(79), new Uint8Array(), flipBit(locked, 0)]
    for (const cost of [0, 9, 21, 255]) changed.push(Uint8Array.from(locked, (byte, at) => (at === 1 ? cost : byte)))
    for (const bytes of changed) expect(await failure(() => unlockSeed(bytes, PASSPHRASE, owner))).toEqual(BROKEN)
  })

  it('wants a passphrase worth a guess', async () => {
    const refused = { code: 'BAD_REQUEST', data: { what: 'passphrase', min: 8 } }
    for (const passphrase of ['', '1234567', '😀😀😀😀', 'x'.repeat(1025)])
      expect(await failure(() => lockSeed(seed, passphrase, owner))).toEqual(refused)
  })

  it('lets others have their turn while it is made', async () => {
    let turns = 0
    const timer = setInterval(() => turns++, 1)
    await lockSeed(seed, PASSPHRASE, owner)
    clearInterval(timer)
    expect(turns).toBeGreaterThan(3)
  })
})

describe('a kept seed', () => {
  it('is opened by the key of its profile, which gives its bytes to nobody', async () => {
    const key = await createProfileKey()
    const kept = await keepSeed(seed, key, owner)
    expect(hex(kept)).not.toContain(hex(seed.reveal()))
    expect(hex((await readSeed(kept, key, owner)).reveal())).toBe(hex(seed.reveal()))
    await expect(crypto.subtle.exportKey('raw', key)).rejects.toThrow()
  })

  it('is opened by nothing else, nor when it was changed anywhere', async () => {
    const key = await createProfileKey()
    const kept = await keepSeed(seed, key, owner)
    expect(await failure(() => readSeed(kept, key, { ...owner, index: 0 }))).toEqual(BROKEN)
    expect(await failure(async () => readSeed(kept, await createProfileKey(), owner))).toEqual(BROKEN)
    expect(await failure(() => readSeed(locked, key, owner))).toEqual(BROKEN)
    for (let bit = 0; bit < kept.byteLength * 8; bit++)
      expect(await failure(() => readSeed(flipBit(kept, bit), key, owner))).toEqual(BROKEN)
  })
})

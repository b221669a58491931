/** Sealing to others: opens for the addressee only, checked by an HPKE written here from RFC 9180; forgeries are SEALED. */
import { createDecipheriv, createHash, createHmac } from 'node:crypto'
import { x25519 } from '@noble/curves/ed25519.js'
import { describe, expect, it } from 'vitest'
import { decode } from '../../src/core/codec.ts'
import { text, v } from '../../src/core/schema.ts'
import { accountFromKeys } from '../../src/crypto/account.ts'
import { concat, utf8 } from '../../src/crypto/bytes.ts'
import { accountSigner, type Signer } from '../../src/crypto/certificate.ts'
import { BUCKETS, unpad } from '../../src/crypto/padding.ts'
import { openSealed, type SealPurpose, sealTo } from '../../src/crypto/seal.ts'
import { createOpeningKey } from '../../src/crypto/x25519.ts'
import { counting, failure, flipBit } from './crypto-help.ts'
import { accountOf, NOW, seedOf, signerOf } from './seal-help.ts'

const SEALED = { code: 'SEALED', data: {} }
const schema = v.strictObject({ text: text(300_000) })

const write = async (to: number, purpose: SealPurpose = 'invite', signer?: Signer, said = 'hello') =>
  sealTo(signer ?? (await signerOf(1)), { text: said }, { to: (await accountOf(to)).address, purpose, ts: NOW })
const read = async (n: number, sealed: Uint8Array, purpose: SealPurpose = 'invite') =>
  openSealed(await accountOf(n), purpose, schema, sealed)

const hmac = (key: Uint8Array, bytes: Uint8Array) => new Uint8Array(createHmac('sha256', key).update(bytes).digest())
const u16 = (n: number) => Uint8Array.of(n >> 8, n & 0xff)
const extract = (suite: Uint8Array, salt: Uint8Array, label: string, ikm: Uint8Array) =>
  hmac(salt, concat(utf8('HPKE-v1'), suite, utf8(label), ikm))
const expand = (suite: Uint8Array, prk: Uint8Array, label: string, info: Uint8Array, size: number) =>
  hmac(prk, concat(u16(size), utf8('HPKE-v1'), suite, utf8(label), info, Uint8Array.of(1))).slice(0, size)

/** RFC 9180 §4.1, §5.1, §5.2 for base mode and our one suite, with nothing of the library. */
function openByTheBook(
  secret: Uint8Array,
  sealed: Uint8Array,
  info: Uint8Array,
  aad: Uint8Array,
): Uint8Array<ArrayBuffer> {
  const [enc, ct] = [sealed.slice(9, 41), sealed.slice(41)]
  const kem = concat(utf8('KEM'), u16(0x20))
  const prk = extract(kem, new Uint8Array(0), 'eae_prk', x25519.getSharedSecret(secret, enc))
  const shared = expand(kem, prk, 'shared_secret', concat(enc, x25519.getPublicKey(secret)), 32)
  const suite = concat(utf8('HPKE'), u16(0x20), u16(1), u16(2))
  const none = new Uint8Array(0)
  const context = concat(
    Uint8Array.of(0),
    extract(suite, none, 'psk_id_hash', none),
    extract(suite, none, 'info_hash', info),
  )
  const key = extract(suite, shared, 'secret', none)
  const cipher = createDecipheriv(
    'aes-256-gcm',
    expand(suite, key, 'key', context, 32),
    expand(suite, key, 'base_nonce', context, 12),
  )
  cipher.setAAD(aad).setAuthTag(ct.subarray(-16))
  return concat(cipher.update(ct.subarray(0, -16)), cipher.final())
}

describe('sealing to an address', () => {
  it('is read by the addressee, who knows who wrote', async () => {
    const { account, peer } = await signerOf(1)
    expect(await read(2, await write(2))).toMatchObject({ from: account, dev: peer, ts: NOW, body: { text: 'hello' } })
    const owner = await accountOf(1)
    expect(await read(2, await write(2, 'invite', accountSigner(owner, peer)))).toMatchObject({ from: account })
  })

  it('is HPKE as RFC 9180 has it', async () => {
    const sealed = await write(2)
    const secret = new Uint8Array(createHash('sha512').update(seedOf(2).reveal()).digest().subarray(0, 32))
    const kid = createHash('sha256').update(x25519.getPublicKey(secret)).digest().subarray(0, 8)
    expect([sealed[0], ...sealed.subarray(1, 9)]).toEqual([1, ...kid])
    const { publicKey } = await accountOf(2)
    const plain = openByTheBook(secret, sealed, utf8('textile-cafe/seal/1\0invite'), publicKey)
    expect(decode(unpad(plain), 10_000)).toMatchObject({ v: 1, p: 'invite', body: { text: 'hello' } })
  })

  it('has sizes that are buckets and nothing else', async () => {
    const sizes = new Set<number>()
    for (let size = 0; size < 260_000; size = Math.ceil(size * 1.5) + 1)
      sizes.add((await write(2, 'invite', undefined, 'x'.repeat(size))).byteLength)
    expect([...sizes].every((size) => BUCKETS.includes(size))).toBe(true)
    expect(sizes.size).toBeGreaterThan(3)
    expect(await failure(() => write(2, 'invite', undefined, 'x'.repeat(263_000)))).toMatchObject({
      code: 'BAD_REQUEST',
    })
  })

  it('opens for no other account or purpose, nor changed, nor cut', async () => {
    const sealed = await write(2)
    expect(await failure(() => read(3, sealed))).toEqual(SEALED)
    expect(await failure(() => read(2, sealed, 'receipt'))).toEqual(SEALED)
    for (let bit = 0; bit < 8 * sealed.byteLength; bit += 13) {
      // The top bit of an X25519 key does not count for the curve, but the whole of it is in the key schedule.
      expect(await failure(() => read(2, flipBit(sealed, bit)))).toEqual(SEALED)
    }
    for (const size of [0, 1, 41, 255, 256]) expect(await failure(() => read(2, sealed.slice(0, size)))).toEqual(SEALED)
  })

  it('refuses a forged sender, and a device without leave', async () => {
    const [one, mallory] = [await signerOf(1), await signerOf(3)]
    for (const signer of [
      { ...mallory, account: one.account },
      { ...mallory, account: one.account, peer: one.peer, cert: one.cert },
      { ...mallory, account: one.account, cert: undefined },
      { ...mallory, sign: async () => counting(64) },
      await signerOf(1, 1, ['thread', 'mail']),
    ])
      expect(await failure(async () => read(2, await write(2, 'invite', signer)))).toEqual(SEALED)
  })

  it('refuses a letter passed on as if it had been written to another', async () => {
    const original = await write(2)
    const secret = new Uint8Array(createHash('sha512').update(seedOf(2).reveal()).digest().subarray(0, 32))
    const { publicKey } = await accountOf(2)
    const letter = decode(
      unpad(openByTheBook(secret, original, utf8('textile-cafe/seal/1\0invite'), publicKey)),
      10_000,
    )
    const { sig, dev, from, cert } = letter as { sig: Uint8Array<ArrayBuffer>; dev: never; from: never; cert: never }
    const passedOn: Signer = { account: from, peer: dev, cert, sign: async () => sig }
    expect(await failure(async () => read(3, await write(3, 'invite', passedOn)))).toEqual(SEALED)
  })

  it('uses a prekey while it is valid, and the address after', async () => {
    const [recipient, prekey] = [await accountOf(2), await createOpeningKey()]
    const seal = async (notAfter: number) =>
      sealTo(
        await signerOf(1),
        { text: 'hello' },
        {
          ...{ to: recipient.address, purpose: 'invite', ts: NOW },
          prekey: { x25519: prekey.publicKey, notAfter },
        },
      )
    const [fresh, old] = [await seal(NOW), await seal(NOW - 1)]
    expect(await openSealed(recipient, 'invite', schema, fresh, [prekey])).toMatchObject({ body: { text: 'hello' } })
    expect(await failure(() => openSealed(recipient, 'invite', schema, fresh))).toEqual(SEALED)
    expect(await openSealed(recipient, 'invite', schema, old)).toMatchObject({ body: { text: 'hello' } })
  })

  it('says so where the device has no key to open with: one stored before there was mail', async () => {
    const { address, sign, derive } = (await accountOf(2)).keys
    const before = accountFromKeys({ address, sign, derive })
    expect(await failure(async () => openSealed(before, 'invite', schema, await write(2)))).toEqual({
      code: 'NOT_FOUND',
      data: { what: 'sealing key' },
    })
  })
})

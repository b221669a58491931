/** Textile's sealed boxes, made here by tweetnacl and Node's own curve arithmetic: ours reads them and nothing else. */
import { createHash } from 'node:crypto'
import nacl from 'tweetnacl'
import { describe, expect, it } from 'vitest'
import { concat, utf8 } from '../../src/crypto/bytes.ts'
import { openLegacyBox } from '../../src/crypto/legacy-box.ts'
import type { OpeningKey } from '../../src/crypto/x25519.ts'
import { counting, failure, flipBit } from './crypto-help.ts'
import { accountOf, seedOf } from './seal-help.ts'

/** The X25519 key pair of an Ed25519 seed, as libsodium and ed2curve make it. */
function converted(seed: Uint8Array): nacl.BoxKeyPair {
  return nacl.box.keyPair.fromSecretKey(new Uint8Array(createHash('sha512').update(seed).digest().subarray(0, 32)))
}

function box(text: string, to: number, seed = counting(32)): Uint8Array<ArrayBuffer> {
  const ephemeral = nacl.box.keyPair.fromSecretKey(seed)
  const nonce = counting(24, 7)
  const { publicKey } = converted(seedOf(to).reveal())
  return concat(nonce, ephemeral.publicKey, nacl.box(utf8(text), nonce, publicKey, ephemeral.secretKey))
}

const opening = async (n: number) => (await accountOf(n)).opening as OpeningKey

describe('a legacy box', () => {
  it('opens for the account it was sealed to', async () => {
    const key = await opening(1)
    expect([...key.publicKey]).toEqual([...converted(seedOf(1).reveal()).publicKey])
    for (const text of ['Hello World!!!', '', 'é'.repeat(5000)])
      expect(new TextDecoder().decode(await openLegacyBox(key, box(text, 1)))).toBe(text)
  })

  it('opens for nobody else, nor changed, nor cut', async () => {
    const sealed = box('Hello World!!!', 1)
    const expected = { code: 'SEALED', data: {} }
    expect(await failure(async () => openLegacyBox(await opening(2), sealed))).toEqual(expected)
    const key = await opening(1)
    for (let bit = 0; bit < 8 * sealed.byteLength; bit++) {
      // The top bit of an X25519 key is ignored, by RFC 7748: flipped or not, it is the same key.
      if (bit === 8 * (24 + 31) + 7) continue
      expect(await failure(() => openLegacyBox(key, flipBit(sealed, bit)))).toEqual(expected)
    }
    for (let size = 0; size < sealed.byteLength; size++)
      expect(await failure(() => openLegacyBox(key, sealed.slice(0, size)))).toEqual(expected)
    expect(
      await failure(() => openLegacyBox(key, concat(sealed.subarray(0, 24), new Uint8Array(32), sealed.subarray(56)))),
    ).toEqual(expected)
  })
})

/**
 * Textile's sealed boxes, read and never written: `nonce (24) ‖ ephemeral X25519 key (32) ‖ NaCl box`
 * (XSalsa20-Poly1305), to the recipient's Ed25519 key converted. They are anonymous: what is in one proves nothing about
 * who wrote it (textile.md §6.4).
 */
import { hsalsa, xsalsa20poly1305 } from '@noble/ciphers/salsa.js'
import { CafeError } from '../core/errors.ts'
import { LARGEST_BUCKET } from './padding.ts'
import { importPublic, type OpeningKey } from './x25519.ts'

const NONCE = 24
const KEY = 32
const TAG = 16
/** Snapshots and thread blocks were far smaller; the box must be held in memory to be verified. */
const LIMIT = 4 * LARGEST_BUCKET

/**
 * What was sealed to this key by Textile.
 * @throws CafeError SEALED for anything that does not open.
 */
export async function openLegacyBox(key: OpeningKey, sealed: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  if (sealed.byteLength < NONCE + KEY + TAG || sealed.byteLength > LIMIT) throw new CafeError('SEALED')
  const nonce = sealed.subarray(0, NONCE)
  try {
    const ephemeral = await importPublic(sealed.subarray(NONCE, NONCE + KEY))
    const how = { name: 'X25519', public: ephemeral }
    const shared = new Uint8Array(await crypto.subtle.deriveBits(how, key.privateKey, 8 * KEY))
    return new Uint8Array(xsalsa20poly1305(boxKey(shared), nonce).decrypt(sealed.subarray(NONCE + KEY)))
  } catch (cause) {
    throw new CafeError('SEALED', {}, { cause })
  }
}

/** NaCl's `crypto_box_beforenm`: HSalsa20 of the shared secret and a zero nonce. */
function boxKey(shared: Uint8Array): Uint8Array {
  const words = (bytes: Uint8Array) => {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    return Uint32Array.from({ length: bytes.byteLength / 4 }, (_, i) => view.getUint32(4 * i, true))
  }
  const sigma = words(new TextEncoder().encode('expand 32-byte k'))
  const out = new Uint32Array(KEY / 4)
  hsalsa(sigma, words(shared), new Uint32Array(4), out)
  const key = new Uint8Array(KEY)
  const view = new DataView(key.buffer)
  for (const [i, word] of out.entries()) view.setUint32(4 * i, word, true)
  shared.fill(0)
  return key
}

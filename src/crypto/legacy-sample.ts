/**
 * A sample in Textile's old form, so that people can see how such links open: the one place that writes it. It is given a
 * drawing of our own and nothing of anybody's (the old form repeats key and nonce for a file's description, and cannot be
 * read in parts: security.md F13 and §2.a.1). Key and nonce are drawn anew each time, and used once.
 */
import { base58 } from '@scure/base'
import type { Random } from '../core/clock.ts'

const KEY_SIZE = 32
const NONCE_SIZE = 12

const DRAWING =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 240 160"><rect width="240" height="160" fill="#f4ead9"/>' +
  '<path d="M70 62h84v30a34 34 0 0 1-34 34h-16a34 34 0 0 1-34-34z" fill="#7a4a2a"/>' +
  '<path d="M154 70h10a15 15 0 0 1 0 30h-12" fill="none" stroke="#7a4a2a" stroke-width="8"/>' +
  '<path d="M92 50q-6-9 0-17t0-17M112 50q-6-9 0-17t0-17M132 50q-6-9 0-17t0-17" fill="none" stroke="#b8906c" stroke-width="4"/>' +
  '<path d="M54 136h116" stroke="#7a4a2a" stroke-width="6" stroke-linecap="round"/></svg>'

/** What the sample is called. */
export const SAMPLE_NAME = 'cup.svg'

export interface LegacySample {
  /** AES-256-GCM in one shot, the tag at the end. */
  readonly ciphertext: Uint8Array<ArrayBuffer>
  /** Key and nonce, 44 bytes in base58, as in `?key=`. */
  readonly key: string
  /** Bytes of the drawing. */
  readonly size: number
}

export async function sealLegacySample(random: Random): Promise<LegacySample> {
  const material = random(KEY_SIZE + NONCE_SIZE)
  const plain = new TextEncoder().encode(DRAWING)
  const aes = await crypto.subtle.importKey('raw', material.subarray(0, KEY_SIZE), 'AES-GCM', false, ['encrypt'])
  const how = { name: 'AES-GCM', iv: material.subarray(KEY_SIZE) }
  const ciphertext = new Uint8Array(await crypto.subtle.encrypt(how, aes, plain))
  return { ciphertext, key: base58.encode(material), size: plain.byteLength }
}

/**
 * Access tokens, which admit somebody to register with a cafe: Textile's form, base58 of a 12-byte id and a 32-byte
 * secret. The cafe keeps only the id and the SHA-256 of the secret (security.md §1.5 D1).
 */
import { base58 } from '@scure/base'
import type { Random } from '../core/clock.ts'
import { systemRandom } from '../core/clock.ts'
import { CafeError } from '../core/errors.ts'
import { hex } from '../core/ids.ts'
import { Secret } from '../core/secret.ts'
import { sha256 } from './bytes.ts'

const ID_SIZE = 12
const TOKEN_SIZE = 44
/** base58 of 44 bytes: 44 characters if all are zero, 61 at most. */
const TOKEN_TEXT = /^[1-9A-HJ-NP-Za-km-z]{44,61}$/

/** A new token: `text` is shown once, `id` (hex of 12 bytes) and `hash` (32 bytes) are what the cafe keeps. */
export async function createToken(
  random: Random = systemRandom,
): Promise<{ text: string; id: string; hash: Uint8Array<ArrayBuffer> }> {
  const bytes = random(TOKEN_SIZE)
  const hash = await sha256(bytes.subarray(ID_SIZE))
  return { text: base58.encode(bytes), id: hex(bytes.subarray(0, ID_SIZE)), hash }
}

/**
 * The id and secret of a token's text.
 * @throws CafeError BAD_REQUEST `{what: 'token'}`, never with any part of the text.
 */
export function parseToken(text: string): { id: string; secret: Secret<Uint8Array<ArrayBuffer>> } {
  const bytes = TOKEN_TEXT.test(text) ? base58.decode(text) : new Uint8Array(0)
  if (bytes.byteLength !== TOKEN_SIZE) throw new CafeError('BAD_REQUEST', { what: 'token' })
  return { id: hex(bytes.subarray(0, ID_SIZE)), secret: new Secret(new Uint8Array(bytes.subarray(ID_SIZE))) }
}

/**
 * SHA-256 of a token's secret: what goes into a statement and what the cafe compares (with `sameBytes`). 256 random
 * bits need no slow hash.
 */
export function tokenHash(secret: Secret<Uint8Array>): Promise<Uint8Array<ArrayBuffer>> {
  return sha256(secret.reveal())
}

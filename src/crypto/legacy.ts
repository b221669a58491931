/**
 * Textile's whole-file encryption, read only: AES-256-GCM in one shot, the tag at the very end. Nothing can be released
 * before everything is verified, so the file is held in memory and its size is limited (security.md §2.a.1).
 */
import { CafeError, toCafeError } from '../core/errors.ts'
import { LEAF, MAX_LEGACY } from '../core/limits.ts'
import type { FileKey } from './file-key.ts'
import type { Ciphertext, Plaintext } from './plaintext.ts'
import { plaintextOf } from './plaintext.ts'

const TAG = 16

/**
 * Reads and verifies a whole legacy file; ranges are then served from memory as long as the result lives.
 * @throws CafeError BAD_REQUEST `{size, limit}` above MAX_LEGACY, before anything is read; SEALED for a wrong key, damage
 * or truncation; ABORTED or TIMEOUT by `signal`; whatever CafeError `source.read` fails with.
 */
export async function openLegacy(
  key: Extract<FileKey, { kind: 'legacy' }>,
  source: Ciphertext,
  options: { readonly signal?: AbortSignal } = {},
): Promise<Plaintext> {
  if (source.size > MAX_LEGACY) throw new CafeError('BAD_REQUEST', { size: source.size, limit: MAX_LEGACY })
  if (source.size < TAG) throw new CafeError('SEALED')
  const content = await decrypt(key, await readAll(source, options.signal))
  return plaintextOf({
    size: content.byteLength,
    pieceAt: (offset) => Math.floor(offset / LEAF),
    startOf: (piece) => piece * LEAF,
    // Copied out, since receivers may transfer what they get.
    load: async (piece, from, to) => content.slice(piece * LEAF + from, piece * LEAF + to),
  })
}

async function readAll(source: Ciphertext, signal: AbortSignal | undefined): Promise<Uint8Array<ArrayBuffer>> {
  try {
    signal?.throwIfAborted()
    return await source.read(0, source.size, signal ? { signal } : {})
  } catch (error) {
    throw signal?.aborted ? toCafeError(signal.reason, 'ABORTED') : toCafeError(error)
  }
}

async function decrypt(
  key: Extract<FileKey, { kind: 'legacy' }>,
  ciphertext: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  const aes = await crypto.subtle.importKey('raw', key.key.reveal(), 'AES-GCM', false, ['decrypt'])
  try {
    const how = { name: 'AES-GCM', iv: key.nonce.reveal() }
    return new Uint8Array(await crypto.subtle.decrypt(how, aes, ciphertext))
  } catch (cause) {
    throw new CafeError('SEALED', {}, { cause })
  }
}

/**
 * A file as blocks: cafe-stream/2 under a key of its own, cut into leaves of one cipher segment each, below a balanced
 * UnixFS tree with CIDv1 and raw leaves. A public file is cut as it is. Streams: memory does not grow with the file.
 */

import { importByteStream } from 'ipfs-unixfs-importer'
import { fixedSize } from 'ipfs-unixfs-importer/chunker'
import { balanced } from 'ipfs-unixfs-importer/layout'
import type { CID } from 'multiformats/cid'
import type { Random } from '../core/clock.ts'
import { LEAF } from '../core/limits.ts'
import type { Secret } from '../core/secret.ts'
import { ciphertextSize, encryptStream } from '../crypto/stream-cipher.ts'
import { mendProtons } from './mend-protons.ts'

mendProtons()

/** Children of one tree node, as in the UnixFS v1 2025 profile: one level up to 256 MiB. */
const FAN_OUT = 1024
/** Generous size of a tree node's entry for one child: CID, sizes and protobuf framing. */
const ENTRY = 64

/** Upper bound of all block bytes of an encrypted file of `size` plaintext bytes, for quota. */
export function importedSize(size: number): number {
  const cipher = ciphertextSize(size)
  const leaves = Math.ceil(cipher / LEAF)
  return cipher + Math.ceil(leaves * ENTRY * 1.1) + 2 * ENTRY
}

/**
 * Encrypts `file`, unless there is no key, and hands every block to `put`, leaves first, the root last.
 * @returns the root's CID.
 */
export async function importFile(
  file: ReadableStream<Uint8Array<ArrayBuffer>>,
  key: Secret<Uint8Array<ArrayBuffer>> | null,
  put: (cid: CID, bytes: Uint8Array<ArrayBuffer>) => Promise<void>,
  options: {
    signal: AbortSignal
    onBytes?: (plain: number) => void
    /** What the cipher draws its salt and nonces from, if not from the system. */
    random?: Random | undefined
  },
): Promise<CID> {
  const { random } = options
  const counted = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
    transform(chunk, controller) {
      options.signal.throwIfAborted()
      options.onBytes?.(chunk.byteLength)
      controller.enqueue(chunk)
    },
  })
  const read = file.pipeThrough(counted)
  const content = key ? read.pipeThrough(encryptStream(key, random ? { random } : {})) : read
  const store = {
    async put(cid: CID, bytes: Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Promise<CID> {
      await put(cid, bytes as Uint8Array<ArrayBuffer>)
      return cid
    },
  }
  const { cid } = await importByteStream(content, store, {
    cidVersion: 1,
    rawLeaves: true,
    reduceSingleLeafToSelf: true,
    chunker: fixedSize({ chunkSize: LEAF }),
    layout: balanced({ maxChildrenPerNode: FAN_OUT }),
    blockWriteConcurrency: 16,
  })
  return cid
}

/** Digests of whole files, without ever holding more of one than is bounded. */
import { sha256 as incremental } from '@noble/hashes/sha2.js'
import { MiB } from '../core/limits.ts'
import { concat, sha256 } from './bytes.ts'

/** Up to here a file is hashed by the platform, ten times as fast; it has no digest that takes a stream. */
const WHOLE = 32 * MiB
const PIECE = 1 * MiB

/** SHA-256 of something short: sooner done here than asked of the platform. */
export const sha256Now = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => new Uint8Array(incremental(bytes))

/** SHA-256 of a file. */
export async function sha256Of(file: Blob, signal: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
  if (file.size <= WHOLE) {
    const bytes = await file.arrayBuffer()
    signal.throwIfAborted()
    return sha256(new Uint8Array(bytes))
  }
  const hash = incremental.create()
  for await (const chunk of file.stream() as ReadableStream<Uint8Array<ArrayBuffer>>) {
    signal.throwIfAborted()
    hash.update(chunk)
  }
  return new Uint8Array(hash.digest())
}

/** What tells a file from every other, on this device only: SHA-256 over the SHA-256 of its mebibytes. */
export interface Fingerprinting {
  /** Passes all bytes on as they are. */
  readonly stream: TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>
  /** Known when all have passed. */
  digest(): Promise<Uint8Array<ArrayBuffer>>
}

export function fingerprinting(): Fingerprinting {
  const digests: Uint8Array[] = []
  const piece = new Uint8Array(PIECE)
  let used = 0
  const flush = async (): Promise<void> => {
    if (used > 0) digests.push(await sha256(piece.subarray(0, used)))
    used = 0
  }
  const stream = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
    async transform(chunk, out) {
      for (let at = 0; at < chunk.byteLength; ) {
        const part = chunk.subarray(at, at + PIECE - used)
        piece.set(part, used)
        used += part.byteLength
        at += part.byteLength
        if (used === PIECE) await flush()
      }
      out.enqueue(chunk)
    },
    flush,
  })
  return { stream, digest: () => sha256(concat(...digests)) }
}

export async function fingerprintOf(file: Blob, signal: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
  const { stream, digest } = fingerprinting()
  const plain = file.stream() as ReadableStream<Uint8Array<ArrayBuffer>>
  for await (const _ of plain.pipeThrough(stream)) signal.throwIfAborted()
  return digest()
}

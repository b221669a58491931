/** What the crypto tests share: bytes from hex, ciphertext in memory, streams to bytes. */
import type { Random } from '../../src/core/clock.ts'
import { CafeError } from '../../src/core/errors.ts'
import type { Ciphertext } from '../../src/crypto/stream-cipher.ts'

export const unhex = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))

/** `size` bytes counting up from `first`. */
export const counting = (size: number, first = 0): Uint8Array<ArrayBuffer> =>
  Uint8Array.from({ length: size }, (_, i) => first + i)

/** The plaintext of the stream vectors: byte j is j mod 251. */
export const pattern = (size: number): Uint8Array<ArrayBuffer> => Uint8Array.from({ length: size }, (_, j) => j % 251)

/** Hands out `parts` one after the other as randomness. */
export function scripted(...parts: Uint8Array<ArrayBuffer>[]): Random {
  return (n) => {
    const part = parts.shift()
    if (part?.byteLength !== n) throw new Error(`unexpected request for ${n} random bytes`)
    return part
  }
}

export interface MemoryCiphertext extends Ciphertext {
  /** Every read so far, as [start, end]. */
  readonly reads: [number, number][]
}

export function memory(bytes: Uint8Array<ArrayBuffer>): MemoryCiphertext {
  const reads: [number, number][] = []
  return {
    size: bytes.byteLength,
    reads,
    async read(start, end, options) {
      options?.signal?.throwIfAborted()
      reads.push([start, end])
      return bytes.slice(start, end)
    },
  }
}

export async function collect(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await new Response(stream).arrayBuffer())
}

/** Chunks of `bytes` whose sizes go round in `sizes`, each in memory of its own. */
export function chunked(
  bytes: Uint8Array<ArrayBuffer>,
  sizes: readonly number[],
): ReadableStream<Uint8Array<ArrayBuffer>> {
  let offset = 0
  let turn = 0
  return new ReadableStream({
    pull(controller) {
      if (offset >= bytes.byteLength) return controller.close()
      const size = sizes[turn++ % sizes.length] ?? 1
      controller.enqueue(bytes.slice(offset, offset + size))
      offset += size
    },
  })
}

/** Code and data of the CafeError `action` fails with; anything else is itself. */
export async function failure(action: () => unknown): Promise<unknown> {
  try {
    return { value: await action() }
  } catch (error) {
    return error instanceof CafeError ? { code: error.code, data: error.data } : error
  }
}

export function flipBit(bytes: Uint8Array<ArrayBuffer>, bit: number): Uint8Array<ArrayBuffer> {
  const copy = bytes.slice()
  const at = bit >> 3
  copy[at] = (copy[at] ?? 0) ^ (1 << (bit & 7))
  return copy
}

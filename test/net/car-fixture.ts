/** CARs for tests: good ones as the library writes them, bad ones byte by byte. */
import { CarWriter } from '@ipld/car'
import * as dagCbor from '@ipld/dag-cbor'
import { varint } from 'multiformats'
import type { CID } from 'multiformats/cid'
import type { Block } from './blocks-fixture.ts'

/** A CAR of blocks, as @ipld/car writes it. */
export async function carOf(root: CID, blocks: readonly Block[]): Promise<Uint8Array<ArrayBuffer>> {
  const { writer, out } = CarWriter.create([root])
  const written = (async () => {
    for (const block of blocks) await writer.put(block)
    await writer.close()
  })()
  const parts = await Array.fromAsync(out)
  await written
  return join(parts)
}

export function join(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.concat(parts))
}

export function length(n: number): Uint8Array<ArrayBuffer> {
  return varint.encodeTo(n, new Uint8Array(varint.encodingLength(n)))
}

/** A header with any content. */
export function header(content: unknown): Uint8Array<ArrayBuffer> {
  const bytes = dagCbor.encode(content)
  return join([length(bytes.byteLength), bytes])
}

export function section({ cid, bytes }: { cid: CID; bytes: Uint8Array }): Uint8Array<ArrayBuffer> {
  return join([length(cid.bytes.byteLength + bytes.byteLength), cid.bytes, bytes])
}

/** The bytes in pieces of `size`. */
export async function* pieces(bytes: Uint8Array<ArrayBuffer>, size = 100_000): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  for (let at = 0; at < bytes.byteLength; at += size) yield bytes.slice(at, at + size)
}

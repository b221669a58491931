/** Blocks and DAGs for tests, and stores that can be watched and held up. */
import * as dagCbor from '@ipld/dag-cbor'
import { CID } from 'multiformats/cid'
import * as raw from 'multiformats/codecs/raw'
import { identity } from 'multiformats/hashes/identity'
import { sha256 } from 'multiformats/hashes/sha2'
import type { Blocks } from '../../src/store/blocks.ts'

export interface Block {
  readonly cid: CID
  readonly bytes: Uint8Array<ArrayBuffer>
}

/** `size` random bytes; `getRandomValues` gives at most 64 KiB at once. */
export function randomBytes(size: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size)
  for (let at = 0; at < size; at += 65536) crypto.getRandomValues(bytes.subarray(at, Math.min(size, at + 65536)))
  return bytes
}

/** A raw block of random bytes, or of those given. */
export async function leaf(content: number | Uint8Array<ArrayBuffer>): Promise<Block> {
  const bytes = typeof content === 'number' ? randomBytes(content) : content
  return { cid: CID.createV1(raw.code, await sha256.digest(bytes)), bytes }
}

/** A dag-cbor block of any value. */
export async function node(value: unknown): Promise<Block> {
  const bytes = dagCbor.encode(value) as Uint8Array<ArrayBuffer>
  return { cid: CID.createV1(dagCbor.code, await sha256.digest(bytes)), bytes }
}

/** A CID that holds its four bytes itself. */
export function inline(n: number): CID {
  return CID.createV1(raw.code, identity.digest(Uint8Array.of(n >>> 24, n >>> 16, n >>> 8, n)))
}

/** A tree of one node over `count` leaves of `size` bytes; the root comes last. */
export async function tree(count: number, size: number): Promise<Block[]> {
  const leaves = await Promise.all(Array.from({ length: count }, () => leaf(size)))
  return [...leaves, await node(leaves.map(({ cid }) => cid))]
}

export const bytesOf = (blocks: readonly Block[]): number =>
  blocks.reduce((sum, { bytes }) => sum + bytes.byteLength, 0)

/** The store as given, with every block that was put kept in `put`. */
export function watched<B extends Blocks>(blocks: B): B & { readonly put: B['put']; readonly seen: Block[] } {
  const seen: Block[] = []
  const put: Blocks['put'] = (cid, bytes) => {
    seen.push({ cid, bytes: bytes.slice() })
    return blocks.put(cid, bytes)
  }
  return Object.create(blocks, { put: { value: put }, seen: { value: seen } })
}

/** The store as given, whose writes wait while it is held. */
export function held<B extends Blocks>(blocks: B): B & { hold(): () => void } {
  let open = Promise.resolve()
  const put: Blocks['put'] = (cid, bytes) => open.then(() => blocks.put(cid, bytes))
  const hold = (): (() => void) => {
    const { promise, resolve } = Promise.withResolvers<void>()
    open = promise
    return resolve
  }
  return Object.create(blocks, { put: { value: put }, hold: { value: hold } })
}

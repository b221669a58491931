/**
 * Reading a CARv1 (https://ipld.io/specs/transport/car/carv1/) from somebody: every length is looked at before anything of
 * that length is gathered, so that memory stays within one section however long the stream. Nothing is verified here: the
 * blocks go where `verifiedPut` is. The library readers read sections of any length into memory, which is why this is ours.
 */
import { varint } from 'multiformats'
import { CID } from 'multiformats/cid'
import { checkCid } from '../../core/block.ts'
import { decode } from '../../core/codec.ts'
import { CafeError, isCafeError } from '../../core/errors.ts'
import { MAX_BLOCK, MAX_CAR_HEADER, MAX_ORIGINS } from '../../core/limits.ts'
import { cid, parse, v } from '../../core/schema.ts'

export interface CarBlock {
  readonly cid: CID
  readonly bytes: Uint8Array<ArrayBuffer>
}

/** A CID as we take them: version, codec, hash function and length in a few bytes each, and an identity of 128 bytes. */
const MAX_CID = 148
/** 2^28 is far above any length we take. */
const MAX_VARINT = 4

const header = v.strictObject({
  version: v.literal(1),
  roots: v.pipe(v.array(cid), v.minLength(1), v.maxLength(MAX_ORIGINS)),
})

/** Bytes as they come, given out in pieces of a wanted length. */
class Pieces {
  readonly #chunks: AsyncIterator<Uint8Array>
  #held = new Uint8Array(0)

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.asyncIterator]()
  }

  /** Gathers until `size` bytes are held; false if the stream ends before. */
  async #gather(size: number): Promise<boolean> {
    if (this.#held.byteLength >= size) return true
    const parts: Uint8Array[] = [this.#held]
    let have = this.#held.byteLength
    while (have < size) {
      const next = await this.#chunks.next()
      if (next.done) break
      parts.push(next.value)
      have += next.value.byteLength
    }
    this.#held = new Uint8Array(have)
    let at = 0
    for (const part of parts) {
      this.#held.set(part, at)
      at += part.byteLength
    }
    return have >= size
  }

  /** @throws CafeError BAD_REQUEST {what: 'car'} if the stream ends within. */
  async take(size: number): Promise<Uint8Array<ArrayBuffer>> {
    if (!(await this.#gather(size))) throw bad('end')
    const piece = this.#held.slice(0, size)
    this.#held = this.#held.subarray(size)
    return piece
  }

  /** A length of 1 to `limit`, or undefined at the end of the stream. @throws CafeError BAD_REQUEST {what: 'car'}. */
  async length(limit: number): Promise<number | undefined> {
    if (!(await this.#gather(1))) return undefined
    for (let bytes = 1; bytes <= MAX_VARINT; bytes++) {
      if (!(await this.#gather(bytes))) throw bad('end')
      if ((this.#held[bytes - 1] as number) & 0x80) continue
      const [length] = varint.decode(await this.take(bytes))
      if (length === 0 || length > limit) throw bad('length')
      return length
    }
    throw bad('length')
  }
}

const bad = (at: string, cause?: unknown): CafeError => new CafeError('BAD_REQUEST', { what: 'car', at }, { cause })

/**
 * The root of a CAR, and its blocks as they come.
 * @throws CafeError BAD_REQUEST {what: 'car', at} for what is no CARv1 with one root, of CIDs and sizes that we take; also
 * while the blocks are read.
 */
export async function readCar(
  chunks: AsyncIterable<Uint8Array>,
): Promise<{ readonly root: CID; readonly blocks: AsyncIterable<CarBlock> }> {
  const pieces = new Pieces(chunks)
  const size = await pieces.length(MAX_CAR_HEADER)
  if (size === undefined) throw bad('header')
  const { roots } = readHeader(await pieces.take(size))
  const [root, ...others] = roots
  if (!root || others.length > 0) throw bad('roots')
  return { root: checkCid(root), blocks: sections(pieces) }
}

function readHeader(bytes: Uint8Array): v.InferOutput<typeof header> {
  try {
    return parse(header, decode(bytes, MAX_CAR_HEADER))
  } catch (cause) {
    throw bad('header', cause)
  }
}

async function* sections(pieces: Pieces): AsyncGenerator<CarBlock> {
  for (;;) {
    const size = await pieces.length(MAX_CID + MAX_BLOCK)
    if (size === undefined) return
    yield readSection(await pieces.take(size))
  }
}

function readSection(section: Uint8Array<ArrayBuffer>): CarBlock {
  try {
    const [cid, bytes] = CID.decodeFirst(section)
    // A copy: what is stored is the whole buffer below a view.
    return { cid: checkCid(cid), bytes: bytes.slice() as Uint8Array<ArrayBuffer> }
  } catch (cause) {
    throw isCafeError(cause) ? cause : bad('section', cause)
  }
}

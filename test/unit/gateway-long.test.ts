/**
 * An encrypted file of 1 GiB, read as players read: no more blocks than what is looked at needs. Its leaves are encrypted when
 * they are asked for, so that nobody stores it.
 */
import * as dagPb from '@ipld/dag-pb'
import { UnixFS } from 'ipfs-unixfs'
import { CID } from 'multiformats/cid'
import * as Digest from 'multiformats/hashes/digest'
import { beforeAll, describe, expect, it } from 'vitest'
import { KiB, LEAF, MiB } from '../../src/core/limits.ts'
import { Secret } from '../../src/core/secret.ts'
import { concat, sha256, utf8 } from '../../src/crypto/bytes.ts'
import { formatFileKey } from '../../src/crypto/file-key.ts'
import { CAFE_STREAM, capacity, createHeader, plainStart, segmentCipher } from '../../src/crypto/segments.ts'
import { ciphertextSize, FILE_AAD } from '../../src/crypto/stream-cipher.ts'
import type { BlockOptions, Bytes } from '../../src/gateway/blocks.ts'
import { asker, bytesOf, MemorySource, noise, range } from './gateway-help.ts'

const SIZE = 1024 * MiB + 77
const SEGMENTS = Math.ceil(ciphertextSize(SIZE) / LEAF)
const FAN_OUT = 1024
const KEY = noise(32, 99)
const PATTERN = noise(LEAF, 7)

/** Plaintext of a segment: a pattern that begins with its number, so that none is like another. */
function plainOf(index: number): Bytes {
  const bytes = PATTERN.slice(0, Math.min(capacity(index, CAFE_STREAM), SIZE - plainStart(index, CAFE_STREAM)))
  new DataView(bytes.buffer).setUint32(0, index)
  return bytes
}

/** A part of the plaintext, without all that is before it. */
function plain(start: number, end: number): Bytes {
  const parts: Bytes[] = []
  for (let i = 0; i < SEGMENTS; i++) {
    const [base, next] = [plainStart(i, CAFE_STREAM), Math.min(SIZE, plainStart(i + 1, CAFE_STREAM))]
    if (next <= start || base >= end) continue
    parts.push(plainOf(i).subarray(Math.max(0, start - base), Math.min(next, end) - base))
  }
  return concat(...parts)
}

class LongSource extends MemorySource {
  readonly indexes = new Map<string, number>()
  /** Numbers of the leaves asked for, in order. */
  readonly read: number[] = []
  #cipher = segmentCipher(new Secret(KEY), this.#header(), utf8(FILE_AAD), CAFE_STREAM)

  #header(): Bytes {
    return createHeader(noise(32, 1), noise(7, 2), CAFE_STREAM)
  }

  async leaf(index: number): Promise<Bytes> {
    const sealed = await (await this.#cipher).seal(index, index === SEGMENTS - 1, plainOf(index))
    return index === 0 ? concat(this.#header(), sealed) : sealed
  }

  override async get(cid: CID, options: BlockOptions): Promise<Bytes> {
    const index = this.indexes.get(`${cid}`)
    if (index === undefined) return super.get(cid, options)
    options.signal.throwIfAborted()
    this.read.push(index)
    return this.leaf(index)
  }

  async node(children: readonly { readonly cid: CID; readonly size: number }[]): Promise<{ cid: CID; size: number }> {
    const data = new UnixFS({ type: 'file', blockSizes: children.map(({ size }) => BigInt(size)) }).marshal()
    const Links = children.map(({ cid, size }) => ({ Hash: cid, Name: '', Tsize: size }))
    const block = dagPb.encode({ Data: data, Links }) as Bytes
    const cid = CID.createV1(dagPb.code, Digest.create(0x12, await sha256(block)))
    await this.put(cid, block)
    return { cid, size: children.reduce((sum, { size }) => sum + size, 0) }
  }

  async make(): Promise<CID> {
    const leaves: { cid: CID; size: number }[] = []
    for (let i = 0; i < SEGMENTS; i++) {
      const bytes = await this.leaf(i)
      const cid = CID.createV1(0x55, Digest.create(0x12, await sha256(bytes)))
      this.indexes.set(`${cid}`, i)
      leaves.push({ cid, size: bytes.byteLength })
    }
    const nodes: { cid: CID; size: number }[] = []
    for (let at = 0; at < leaves.length; at += FAN_OUT) nodes.push(await this.node(leaves.slice(at, at + FAN_OUT)))
    return (await this.node(nodes)).cid
  }
}

describe('an encrypted film of 1 GiB', () => {
  const source = new LongSource()
  let path = ''
  beforeAll(async () => {
    path = `/ipfs/${await source.make()}/film.mp4#key=${formatFileKey(KEY)}`
  }, 300_000)

  const fresh = () => {
    source.read.length = 0
    source.asked.length = 0
    return asker(source)
  }
  const segmentOf = (offset: number): number =>
    offset < capacity(0, CAFE_STREAM)
      ? 0
      : 1 + Math.floor((offset - capacity(0, CAFE_STREAM)) / capacity(1, CAFE_STREAM))

  /** Reads from `start` on as a player does: a request without an end, and away when it has enough. */
  async function play(ask: ReturnType<typeof asker>, start: number, enough: number): Promise<void> {
    const response = await ask(path, range(`bytes=${start}-`))
    expect(response.status).toBe(206)
    expect(response.headers.get('Content-Range')).toBe(`bytes ${start}-${SIZE - 1}/${SIZE}`)
    const reader = (response.body as ReadableStream<Bytes>).getReader()
    const got: Bytes[] = []
    let size = 0
    while (size < enough) {
      const { value = new Uint8Array() } = await reader.read()
      got.push(value)
      size += value.byteLength
    }
    await reader.cancel()
    expect(Buffer.compare(concat(...got), plain(start, start + size))).toBe(0)
  }

  it('begins after its first and its last leaf, and one inner node for each', async () => {
    const ask = fresh()
    const response = await ask(path, range('bytes=0-99'))
    expect(Buffer.compare(await bytesOf(response), plain(0, 100))).toBe(0)
    expect([...new Set(source.read)].sort((a, b) => a - b)).toEqual([0, SEGMENTS - 1])
    expect(new Set(source.asked.map(({ cid }) => cid)).size).toBe(3)
  })

  it('reads exactly the leaves that a place needs, once it is open', async () => {
    const ask = fresh()
    await bytesOf(await ask(path, range('bytes=0-0')))
    for (const start of [700 * MiB + 5, 3 * MiB, SIZE - 900 * KiB]) {
      source.read.length = 0
      const end = start + 600 * KiB
      expect(
        Buffer.compare(await bytesOf(await ask(path, range(`bytes=${start}-${end - 1}`))), plain(start, end)),
      ).toBe(0)
      const needed = [segmentOf(start), segmentOf(start) + 1, segmentOf(start) + 2, segmentOf(start) + 3]
      expect([...source.read].sort((a, b) => a - b)).toEqual(
        needed.filter((i) => i <= segmentOf(end - 1) && i < SEGMENTS - 1),
      )
    }
  })

  it('plays its beginning, looks at its end and goes to its middle with some dozen leaves of four thousand', async () => {
    const ask = fresh()
    await play(ask, 0, MiB)
    await play(ask, SIZE - 60_000, 60_000)
    await play(ask, 512 * MiB, MiB)
    await play(ask, 900 * MiB, 1)
    // Both ends, five for each mebibyte that is played, and eight ahead of each place that is played on from.
    expect(source.read.length).toBeLessThanOrEqual(2 + 2 * 5 + 3 * 8)
    expect(new Set(source.read).size).toBe(source.read.length)
  })

  it('never has more than some leaves under way, however long it is read', async () => {
    const ask = fresh()
    const reader = ((await ask(path)).body as ReadableStream<Bytes>).getReader()
    let most = 0
    for (let taken = 0; taken < 200; taken++) {
      await reader.read()
      most = Math.max(most, source.read.length - taken)
    }
    await reader.cancel()
    expect(most).toBeLessThanOrEqual(12)
  })
})

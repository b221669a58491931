/** What the gateway tests share: content imported into memory, a source that can fail, a gateway that checks headers. */

import * as dagPb from '@ipld/dag-pb'
import { UnixFS } from 'ipfs-unixfs'
import { importByteStream, importer } from 'ipfs-unixfs-importer'
import { fixedSize } from 'ipfs-unixfs-importer/chunker'
import { balanced } from 'ipfs-unixfs-importer/layout'
import { CID } from 'multiformats/cid'
import { sha256 } from 'multiformats/hashes/sha2'
import { expect } from 'vitest'
import { verifyBlock } from '../../src/core/block.ts'
import { CafeError, type ErrorCode } from '../../src/core/errors.ts'
import { createFileKey, formatFileKey } from '../../src/crypto/file-key.ts'
import { encryptStream } from '../../src/crypto/stream-cipher.ts'
import type { BlockOptions, BlockSource, Bytes } from '../../src/gateway/blocks.ts'
import { createGateway, type GatewayOptions } from '../../src/gateway/gateway.ts'

export const ORIGIN = 'http://cafe.localhost'
export const KIB = 1024

/** Bytes that differ everywhere: the low bytes of a multiplicative sequence. */
export function noise(size: number, seed = 1): Bytes {
  const bytes = new Uint8Array(size)
  for (let i = 0, x = seed; i < size; i++) {
    x = (Math.imul(x, 1664525) + 1013904223) >>> 0
    bytes[i] = x >>> 24
  }
  return bytes
}

export const utf8 = (text: string): Bytes => new TextEncoder().encode(text)

/** A source in memory whose blocks can be lost, spoilt or looked after. */
export class MemorySource implements BlockSource {
  readonly blocks = new Map<string, Bytes>()
  /** Every block asked for, in order. */
  readonly asked: { cid: string; unchecked: boolean; from: readonly string[] }[] = []
  readonly failing = new Map<string, ErrorCode>()

  async put(cid: CID, bytes: Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Promise<CID> {
    if (!(bytes instanceof Uint8Array)) throw new TypeError('blocks come in one piece')
    this.blocks.set(`${cid}`, new Uint8Array(bytes))
    return cid
  }

  async get(cid: CID, { signal, unchecked = false, from = [] }: BlockOptions): Promise<Bytes> {
    signal.throwIfAborted()
    this.asked.push({ cid: `${cid}`, unchecked, from })
    const code = this.failing.get(`${cid}`)
    if (code) throw new CafeError(code)
    const bytes = this.blocks.get(`${cid}`)
    if (!bytes) throw new CafeError('NOT_FOUND')
    // Later than a microtask, as every real source.
    await new Promise((resolve) => setTimeout(resolve, 0))
    if (!unchecked) await verifyBlock(cid, bytes)
    return bytes
  }

  /** Changes one bit of a stored block. */
  spoil(cid: string): void {
    const bytes = this.blocks.get(cid)?.slice()
    if (!bytes) throw new Error('no such block')
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1
    this.blocks.set(cid, bytes)
  }

  /** CIDs of all raw leaves, in the order they were stored: that of the file. */
  leaves(): string[] {
    return [...this.blocks.keys()].filter((cid) => CID.parse(cid).code === 0x55)
  }
}

export interface ImportOptions {
  readonly leaf?: number
  readonly fanout?: number
  readonly rawLeaves?: boolean
}

export async function importFile(source: MemorySource, bytes: Bytes, options: ImportOptions = {}): Promise<CID> {
  const { leaf = 256 * KIB, fanout = 174, rawLeaves = true } = options
  const imported = await importByteStream([bytes], source, {
    chunker: fixedSize({ chunkSize: leaf }),
    layout: balanced({ maxChildrenPerNode: fanout }),
    rawLeaves,
    cidVersion: 1,
    // One after the other, so that the order of storing is that of the file.
    blockWriteConcurrency: 1,
  })
  return imported.cid
}

/** A directory from paths to contents; above `shardAbove` bytes it becomes a HAMT. */
export async function importTree(
  source: MemorySource,
  files: Readonly<Record<string, Bytes>>,
  options: { readonly shardAbove?: number; readonly bits?: number } = {},
): Promise<CID> {
  const candidates = Object.entries(files).map(([path, content]) => ({ path: `root/${path}`, content }))
  let root: CID | undefined
  const how = {
    cidVersion: 1 as const,
    rawLeaves: true,
    shardSplitThresholdBytes: options.shardAbove ?? 256 * KIB,
    shardFanoutBits: options.bits ?? 8,
  }
  for await (const { cid } of importer(candidates, source, how)) root = cid
  if (!root) throw new Error('nothing was imported')
  return root
}

/** A folder of many names for one short file, in one block: the importer would take a minute for ten thousand. */
export async function importNames(source: MemorySource, names: readonly string[]): Promise<CID> {
  const file = await importFile(source, utf8('x'))
  const links = names.map((name) => ({ Hash: file, Name: name, Tsize: 1 }))
  const block = dagPb.encode(dagPb.prepare({ Data: new UnixFS({ type: 'directory' }).marshal(), Links: links }))
  const cid = CID.createV1(dagPb.code, await sha256.digest(block))
  return source.put(cid, block)
}

export interface Sealed {
  readonly cid: CID
  readonly key: string
}

/** Encrypts and imports a file as the account peer does. */
export async function importSealed(source: MemorySource, plain: Bytes, options?: ImportOptions): Promise<Sealed> {
  const key = createFileKey()
  const cipher = new Blob([plain]).stream().pipeThrough(encryptStream(key))
  const bytes = new Uint8Array(await new Response(cipher).arrayBuffer())
  return { cid: await importFile(source, bytes, options), key: formatFileKey(key.reveal()) }
}

const FIVE = [
  'Content-Security-Policy',
  'X-Content-Type-Options',
  'Referrer-Policy',
  'Cross-Origin-Resource-Policy',
  'Permissions-Policy',
]

/** What must hold of every response whatever it is. */
export function expectIsolated(response: Response): void {
  for (const name of FIVE) expect(response.headers.get(name), name).toBeTruthy()
  expect(response.headers.get('X-Content-Type-Options')).toBe('nosniff')
  const policy = response.headers.get('Content-Security-Policy') ?? ''
  expect(policy).toContain("default-src 'none'")
  expect(policy).not.toContain('allow-scripts')
  expect(policy).not.toMatch(/script-src (?!'none')/)
  if (![301, 304, 416].includes(response.status)) expect(response.headers.get('Content-Type')).toBeTruthy()
}

export type Ask = (path: string, init?: RequestInit, options?: GatewayOptions) => Promise<Response>

/** Asks a gateway over `source`; every answer's headers are checked. */
export function asker(source: BlockSource, clock?: () => number): Ask {
  const gateway = createGateway({ blocks: source, clock })
  return async (path, init, options) => {
    const response = await gateway(new Request(`${ORIGIN}${path}`, init), options)
    expectIsolated(response)
    return response
  }
}

export const bytesOf = async (response: Response): Promise<Bytes> => new Uint8Array(await response.arrayBuffer())

/** Headers that are the same whenever one asks. */
export const lasting = (response: Response): [string, string][] =>
  [...response.headers].filter(([name]) => name !== 'server-timing')

export const range = (value: string, more: Record<string, string> = {}): RequestInit => ({
  headers: { Range: value, ...more },
})

export interface Part {
  readonly type: string
  readonly contentRange: string
  readonly bytes: Bytes
}

/** The parts of a `multipart/byteranges` body, taken apart strictly by RFC 2046 and RFC 9110 §14.6. */
export async function partsOf(response: Response): Promise<Part[]> {
  const [, boundary] =
    /^multipart\/byteranges; boundary=([\w-]+)$/.exec(response.headers.get('Content-Type') ?? '') ?? []
  if (!boundary) throw new Error('not a multipart')
  const text = Buffer.from(await bytesOf(response)).toString('latin1')
  if (response.headers.get('Content-Length') !== String(text.length)) throw new Error('not the size it said')
  const [before, ...parts] = `\r\n${text}`.split(`\r\n--${boundary}`)
  if (before !== '' || parts.pop() !== '--\r\n') throw new Error('not closed')
  return parts.map((part) => {
    const [, type = '', contentRange = '', body = ''] =
      /^\r\nContent-Type: (.+)\r\nContent-Range: (.+)\r\n\r\n([\s\S]*)$/.exec(part) ?? []
    return { type, contentRange, bytes: new Uint8Array(Buffer.from(body, 'latin1')) }
  })
}

/** The failure of reading a body to its end. */
export async function bodyError(response: Response): Promise<unknown> {
  try {
    await response.arrayBuffer()
  } catch (error) {
    return error
  }
  throw new Error('the body came to a good end')
}

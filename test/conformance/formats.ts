/** Readers of what gateways answer with, for tests: small answers, read whole. */
import { CarReader } from '@ipld/car'
import type { Bytes } from './fixtures.ts'

const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)
const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1')

/** CIDs of a CARv1, in its order; every block is one. */
export async function carBlocks(body: Bytes): Promise<string[]> {
  const reader = await CarReader.fromBytes(body)
  return (await Array.fromAsync(reader.cids())).map(String)
}

export interface Part {
  readonly type: string
  readonly range: string
  readonly body: Bytes
}

/** The parts of a `multipart/byteranges` (RFC 9110 §14.6). @throws if it is none. */
export function byteRanges(contentType: string, body: Bytes): Part[] {
  const boundary = /^multipart\/byteranges; *boundary="?([^";]+)"?$/.exec(contentType)?.[1]
  if (!boundary) throw new Error(`no multipart: ${contentType}`)
  const [preamble, ...sections] = latin1(body).split(`--${boundary}`)
  if (preamble?.trim() || !sections.pop()?.startsWith('--')) throw new Error('the boundaries are wrong')
  return sections.map((section) => {
    const [, head = '', content = ''] = /^\r\n(.*?)\r\n\r\n(.*)\r\n$/s.exec(section) ?? []
    const headers = new Headers(head.split('\r\n').map((line) => line.split(/: */, 2) as [string, string]))
    return {
      type: headers.get('content-type') ?? '',
      range: headers.get('content-range') ?? '',
      body: new Uint8Array(Buffer.from(content, 'latin1')),
    }
  })
}

const BLOCK = 512

/** Files of a TAR (ustar, with pax headers for long and foreign names), by path; directories end with `/`. */
export function tarFiles(body: Bytes): Map<string, Bytes> {
  const files = new Map<string, Bytes>()
  const field = (at: number, from: number, size: number): string =>
    decode(body.subarray(at + from, at + from + size)).replace(/\0.*$/s, '')
  let pax: string | undefined
  for (let at = 0; at + BLOCK <= body.byteLength && body[at] !== 0; ) {
    checkSum(body.subarray(at, at + BLOCK))
    const size = Number.parseInt(field(at, 124, 12), 8)
    const content = body.slice(at + BLOCK, at + BLOCK + size)
    if (content.byteLength !== size) throw new Error('the TAR ends within a file')
    const type = field(at, 156, 1)
    if (type === 'x') pax = /(?:^|\n)\d+ path=([^\n]*)\n/.exec(decode(content))?.[1]
    else {
      const prefix = field(at, 345, 155)
      files.set(pax ?? (prefix ? `${prefix}/` : '') + field(at, 0, 100), content)
      pax = undefined
    }
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK
  }
  return files
}

/** The sum of a header's bytes, its own eight being spaces. */
function checkSum(header: Uint8Array): void {
  const sum = header.reduce((all, byte, i) => all + (i >= 148 && i < 156 ? 32 : byte), 0)
  if (Number.parseInt(decode(header.subarray(148, 154)), 8) !== sum) throw new Error('a header of the TAR is wrong')
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&quot;': '"',
  '&#39;': "'",
  '&lt;': '<',
  '&gt;': '>',
}

/** Where the links of a page lead: paths of its own origin, whole URLs of others. */
export function linksOf(html: string, base: string): string[] {
  const { origin } = new URL(base)
  return [...html.matchAll(/<a\b[^>]*?\bhref="([^"]*)"/g)].map(([, href = '']) => {
    const url = new URL(
      href.replaceAll(/&(amp|quot|#39|lt|gt);/g, (entity) => ENTITIES[entity] ?? entity),
      base,
    )
    return url.origin === origin ? url.pathname + url.search : url.href
  })
}

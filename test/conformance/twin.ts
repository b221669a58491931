/**
 * The keyed twin: whatever part of a plain file can be asked for, the same part of its encrypted twin is the same bytes.
 * Content and requests are data here; runners in Node and in the browser bring both files in and ask.
 */
import type { Seen } from './case.ts'
import { byteRanges } from './formats.ts'

/** Bytes that differ everywhere: the low bytes of a multiplicative sequence. */
function noise(size: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size)
  for (let i = 0, x = size; i < size; i++) {
    x = (Math.imul(x, 1664525) + 1013904223) >>> 0
    bytes[i] = x >>> 24
  }
  return bytes
}

/** Sizes about the cipher's segments (256 KiB, less 16 for the tag, the first less 40 more) and beside the suite's own. */
const SEGMENT = 256 * 1024
export const TWINS: ReadonlyArray<{ readonly name: string; readonly bytes: Uint8Array<ArrayBuffer> }> = [
  { name: 'ascii.txt', bytes: new TextEncoder().encode('hello application/vnd.ipld.car\n') },
  { name: 'three thousand.bin', bytes: noise(3072) },
  { name: 'one segment.bin', bytes: noise(SEGMENT - 56) },
  { name: 'a byte more.bin', bytes: noise(SEGMENT - 55) },
  { name: 'several.bin', bytes: noise(3 * SEGMENT + 12_345) },
]

export interface TwinRequest {
  readonly name: string
  readonly method?: 'HEAD'
  /** `Range`, for a file of this size. */
  readonly range?: (size: number) => string
  /** `If-Range` or `If-None-Match` with the file's own tag, or one that is another's. */
  readonly condition?: { readonly header: 'if-range' | 'if-none-match'; readonly tag: 'own' | 'weak' | 'other' }
}

const middle = (size: number): string => `bytes=${Math.floor(size / 3)}-${Math.floor(size / 2)}`
export const TWIN_REQUESTS: readonly TwinRequest[] = [
  { name: 'all of it' },
  { name: 'HEAD', method: 'HEAD' },
  { name: 'HEAD, which has no parts', method: 'HEAD', range: () => 'bytes=0-1' },
  { name: 'eleven bytes', range: () => 'bytes=6-16' },
  { name: 'the first byte', range: () => 'bytes=0-0' },
  { name: 'the last byte', range: (size) => `bytes=${size - 1}-${size - 1}` },
  { name: 'the last three', range: () => 'bytes=-3' },
  { name: 'more last bytes than there are', range: (size) => `bytes=-${size + 9}` },
  { name: 'all from the sixth on', range: () => 'bytes=6-' },
  { name: 'the middle', range: middle },
  { name: 'beyond the end', range: (size) => `bytes=${size - 2}-${size + 99}` },
  { name: 'about the end of the first segment', range: (size) => `bytes=${Math.min(262_070, size - 3)}-262100` },
  { name: 'two parts, the later first', range: () => 'bytes=6-16,0-4' },
  { name: 'three parts of every kind', range: (size) => `bytes=-2,0-0,${size - 5}-` },
  { name: 'parts of which one is not there', range: (size) => `bytes=${size}-,1-3` },
  { name: 'nothing that is there', range: (size) => `bytes=${size}-` },
  { name: 'what is no range', range: () => 'bytes=9-3' },
  { name: 'other units', range: () => 'lines=1-2' },
  { name: 'a part if it is still this file', range: middle, condition: { header: 'if-range', tag: 'own' } },
  {
    name: 'two parts if it is still this file',
    range: () => 'bytes=1-2,4-5',
    condition: { header: 'if-range', tag: 'own' },
  },
  { name: 'all if it is another file', range: middle, condition: { header: 'if-range', tag: 'other' } },
  {
    name: 'all for a weak tag, which says nothing of bytes',
    range: middle,
    condition: { header: 'if-range', tag: 'weak' },
  },
  { name: 'nothing new', condition: { header: 'if-none-match', tag: 'own' } },
  { name: 'nothing new for a weak tag', condition: { header: 'if-none-match', tag: 'weak' } },
  { name: 'all for another tag', condition: { header: 'if-none-match', tag: 'other' } },
]

export const headersOf = ({ range, condition }: TwinRequest, size: number, tag: string): Record<string, string> => {
  const tags = { own: tag, weak: `W/${tag}`, other: '"another"' }
  return { ...(range && { range: range(size) }), ...(condition && { [condition.header]: tags[condition.tag] }) }
}

const EQUAL = ['content-type', 'content-length', 'content-range', 'accept-ranges']
const isParts = (type: string | null): boolean => type?.startsWith('multipart/byteranges') ?? false

/** What differs between the answers for a plain file and for its twin, but what has to. */
export function twinFaults(plain: Seen, keyed: Seen): string[] {
  const faults: string[] = []
  if (plain.status !== keyed.status) faults.push(`status ${keyed.status}, not ${plain.status}`)
  const [type, twinType] = [plain, keyed].map(({ headers }) => headers.get('content-type'))
  const parts = isParts(type ?? null)
  // Boundaries are made anew for each answer: then the parts count, and the length is that of either.
  for (const name of EQUAL) {
    const [one, other] = [plain.headers.get(name), keyed.headers.get(name)]
    if (!(parts && name === 'content-type') && one !== other) faults.push(`${name}: ${other}, not ${one}`)
  }
  if (parts) {
    const [one, other] = [byteRanges(type ?? '', plain.body), byteRanges(twinType ?? '', keyed.body)]
    const same =
      one.length === other.length &&
      one.every(
        (part, i) =>
          part.type === other[i]?.type &&
          part.range === other[i].range &&
          Buffer.compare(part.body, other[i].body) === 0,
      )
    if (!same) faults.push('other parts')
  } else if (Buffer.compare(plain.body, keyed.body) !== 0) faults.push(`${keyed.body.byteLength} other bytes`)
  // Only what was answered with the file itself has its headers.
  if (keyed.status < 400) {
    if (keyed.headers.get('cache-control') !== 'private, no-store')
      faults.push(`kept: ${keyed.headers.get('cache-control')}`)
    if (!keyed.headers.get('etag')?.startsWith('"dec-')) faults.push(`tag ${keyed.headers.get('etag')}`)
    if (keyed.headers.has('x-ipfs-roots') || keyed.headers.has('x-ipfs-path'))
      faults.push('says where its ciphertext is')
  }
  return faults
}

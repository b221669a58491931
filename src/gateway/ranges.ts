/**
 * The Range header (RFC 9110 §14): what of a representation is wanted, or that it cannot be had; and several ranges as
 * one body (§14.6).
 */

/** Bytes `start` to `end`, `end` exclusive. */
export interface ByteRange {
  readonly start: number
  readonly end: number
}

export type RangeSet =
  /** No Range, or one we may ignore (another unit, bad syntax): the whole representation. */
  | { readonly kind: 'whole' }
  /** One or more satisfiable ranges in the order asked for, with a gap between any two: see {@link coalesce}. */
  | { readonly kind: 'parts'; readonly parts: readonly [ByteRange, ...ByteRange[]] }
  /** None of the ranges lies within the representation: 416. */
  | { readonly kind: 'unsatisfiable' }

const UNIT = /^bytes=/i
const SPEC = /^(\d*)-(\d*)$/
/** Longest header we look at: some thirty ranges. More is an attack (RFC 9110 §17.15) and reads as none. */
const MAX_HEADER = 512
/** Parts in one answer: readers of indexed formats ask for a handful. More than this is answered with the whole. */
export const MAX_PARTS = 16

/**
 * The ranges of a header for a representation of `size` bytes.
 *
 * @example
 * ```ts
 * parseRange('bytes=-5', 100) // { kind: 'parts', parts: [{ start: 95, end: 100 }] }
 * ```
 */
export function parseRange(header: string | null, size: number): RangeSet {
  if (header === null || header.length > MAX_HEADER || !UNIT.test(header)) return { kind: 'whole' }
  const specs = header.replace(UNIT, '').split(',')
  const ranges: ByteRange[] = []
  for (const spec of specs) {
    const range = parseSpec(spec.trim(), size)
    if (range === 'invalid') return { kind: 'whole' }
    if (range !== 'outside') ranges.push(range)
  }
  const [first, ...others] = coalesce(ranges)
  if (!first) return { kind: 'unsatisfiable' }
  return others.length < MAX_PARTS ? { kind: 'parts', parts: [first, ...others] } : { kind: 'whole' }
}

/**
 * Ranges that overlap or touch are made one, in the place of the first of them, as RFC 9110 §15.3.7.2 allows: so no byte
 * is sent twice, and an answer is never much longer than the whole.
 */
function coalesce(ranges: readonly ByteRange[]): ByteRange[] {
  let apart: ByteRange[] = []
  for (const range of ranges) {
    const touching = apart.filter(({ start, end }) => start <= range.end && end >= range.start)
    const [place] = touching
    const merged = {
      start: Math.min(range.start, ...touching.map(({ start }) => start)),
      end: Math.max(range.end, ...touching.map(({ end }) => end)),
    }
    // Those before are apart from each other, so what is merged touches no further one.
    if (place === undefined) apart.push(merged)
    else
      apart = apart
        .filter((one) => one === place || !touching.includes(one))
        .map((one) => (one === place ? merged : one))
  }
  return apart
}

function parseSpec(spec: string, size: number): ByteRange | 'invalid' | 'outside' {
  const [, first = '', last = ''] = SPEC.exec(spec) ?? []
  if (first === '' && last === '') return 'invalid'
  if (first === '') {
    const start = Math.max(0, size - Number(last))
    return start < size ? { start, end: size } : 'outside'
  }
  const start = Number(first)
  if (last !== '' && Number(last) < start) return 'invalid'
  if (start >= size) return 'outside'
  return { start, end: last === '' ? size : Math.min(size, Number(last) + 1) }
}

/** `Content-Range` of one part of `size` bytes. */
export const contentRange = ({ start, end }: ByteRange, size: number): string => `bytes ${start}-${end - 1}/${size}`

/** The wrapping of several parts. */
export interface Multipart {
  /** `Content-Type` of the whole. */
  readonly type: string
  /** Goes before each part, in order. */
  readonly heads: readonly Uint8Array<ArrayBuffer>[]
  /** Goes after the last. */
  readonly tail: Uint8Array<ArrayBuffer>
  /** Bytes of it all, the parts included. */
  readonly size: number
}

/**
 * `multipart/byteranges` of parts of `size` bytes of `type`. The boundary must be one that nobody could have foreseen, or
 * content could pretend to be a part.
 */
export function multipart(parts: readonly ByteRange[], size: number, type: string, boundary: string): Multipart {
  const encode = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text)
  const heads = parts.map((part, i) =>
    encode(
      `${i === 0 ? '' : '\r\n'}--${boundary}\r\nContent-Type: ${type}\r\n` +
        `Content-Range: ${contentRange(part, size)}\r\n\r\n`,
    ),
  )
  const tail = encode(`\r\n--${boundary}--\r\n`)
  const wrapping = heads.reduce((sum, head) => sum + head.byteLength, tail.byteLength)
  return {
    type: `multipart/byteranges; boundary=${boundary}`,
    heads,
    tail,
    size: parts.reduce((sum, { start, end }) => sum + end - start, wrapping),
  }
}

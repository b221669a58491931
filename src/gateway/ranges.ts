/** The Range header (RFC 9110 §14): what of a representation is wanted, or that it cannot be had. */

/** Bytes `start` to `end`, `end` exclusive. */
export interface ByteRange {
  readonly start: number
  readonly end: number
}

export type RangeSet =
  /** No Range, or one we may ignore (another unit, bad syntax): the whole representation. */
  | { readonly kind: 'whole' }
  /** One or more satisfiable ranges, in the order asked for. */
  | { readonly kind: 'parts'; readonly parts: readonly [ByteRange, ...ByteRange[]] }
  /** None of the ranges lies within the representation: 416. */
  | { readonly kind: 'unsatisfiable' }

const UNIT = /^bytes=/i
const SPEC = /^(\d*)-(\d*)$/
/** Longest header we look at: some thirty ranges. More is an attack (RFC 9110 §17.15) and reads as none. */
const MAX_HEADER = 512

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
  const [first, ...others] = ranges
  return first ? { kind: 'parts', parts: [first, ...others] } : { kind: 'unsatisfiable' }
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

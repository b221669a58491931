/** Sets of numbers as ascending, disjoint, non-adjacent ranges `[first, last]`: a stream with few holes is a short list. */
import { count, v } from '../../core/schema.ts'

export type Range = readonly [first: number, last: number]
export type Ranges = readonly Range[]

const range = v.pipe(
  v.strictTuple([count(Number.MAX_SAFE_INTEGER, 1), count(Number.MAX_SAFE_INTEGER, 1)]),
  v.check(([first, last]) => first <= last),
)

/** Ranges from outside: at most `max`, in order. */
export const rangesSchema = (max: number) =>
  v.pipe(
    v.array(range),
    v.maxLength(max),
    v.check((all) => all.every(([first], i) => i === 0 || first > (all[i - 1] as Range)[1] + 1)),
  )

/** Both together. */
export function addRange(ranges: Ranges, [first, last]: Range): Ranges {
  if (first > last) return ranges
  const before = ranges.filter(([, end]) => end < first - 1)
  const after = ranges.filter(([start]) => start > last + 1)
  const touching = ranges.slice(before.length, ranges.length - after.length)
  const start = Math.min(first, ...touching.map(([from]) => from))
  const end = Math.max(last, ...touching.map(([, to]) => to))
  return [...before, [start, end], ...after]
}

export const addRanges = (ranges: Ranges, more: Ranges): Ranges => more.reduce(addRange, ranges)

export function holds(ranges: Ranges, n: number): boolean {
  let low = 0
  let high = ranges.length - 1
  while (low <= high) {
    const middle = (low + high) >> 1
    const [first, last] = ranges[middle] as Range
    if (n < first) high = middle - 1
    else if (n > last) low = middle + 1
    else return true
  }
  return false
}

/** What lies between the ranges, and from 1 to the first. */
export function holesOf(ranges: Ranges): Ranges {
  return ranges.flatMap(([first], i) => {
    const start = i === 0 ? 1 : (ranges[i - 1] as Range)[1] + 1
    return start < first ? [[start, first - 1] as const] : []
  })
}

/** Ascending numbers as ranges. */
export const rangesOf = (numbers: readonly number[]): Ranges =>
  [...numbers].sort((a, b) => a - b).reduce<Ranges>((ranges, n) => addRange(ranges, [n, n]), [])

/** The greatest number in them; 0 if there is none. */
export const lastOf = (ranges: Ranges): number => ranges.at(-1)?.[1] ?? 0

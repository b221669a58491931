/** What a figure is, and the arithmetic they share: medians of runs in turn with their limit, the first one dropped. */
import type { Context } from './context.ts'

/** One measured number. */
export interface Measured {
  /** Median of the runs, in the figure's unit. */
  readonly value: number
  /** Median of what the raw platform needs for the same work in the same run; null where nothing compares. */
  readonly limit: number | null
  readonly runs: number
}

export interface Figure {
  readonly name: string
  readonly unit: 'ms' | 'MiB/s' | 'B' | 'blocks/s' | 'letters/s' | 'operations/s' | 'frames/s' | 's/GiB' | 'x'
  /** `ratio` is limit by value: for a time whose goal is stated as "1 or more is as good as the limit". */
  readonly inverse?: boolean
  /** Measures. Throws if what was measured did not do its work, so that no figure is of a failure. */
  run(context: Context): Promise<Measured>
}

/** One line of output. `ratio` is value by limit, whichever direction is better, unless the figure is `inverse`. */
export interface Line extends Measured {
  readonly name: string
  readonly unit: string
  readonly ratio: number | null
}

/** The output line of a measurement. */
export function lineOf({ name, unit, inverse = false }: Figure, { value, limit, runs }: Measured): Line {
  const ratio = limit === null || limit === 0 ? null : round(inverse ? limit / value : value / limit, 3)
  return { name, value: round(value, 2), unit, limit: limit === null ? null : round(limit, 2), ratio, runs }
}

/**
 * Measures `subject` and `limit` in turn, `runs` times after one run of each that does not count (caches fill, code is
 * compiled). The order changes from run to run, so that neither always follows the other.
 */
export async function compare(
  runs: number,
  subject: () => Promise<number>,
  limit: () => Promise<number>,
): Promise<Measured> {
  const values: number[] = []
  const limits: number[] = []
  for (let run = 0; run <= runs; run++) {
    const steps = [async () => values.push(await subject()), async () => limits.push(await limit())]
    for (const step of run % 2 === 0 ? steps : steps.reverse()) await step()
  }
  return { value: median(values.slice(1)), limit: median(limits.slice(1)), runs }
}

/** The middle value, or the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle]
  if (upper === undefined) throw new RangeError('no runs')
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] as number)) / 2
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits))
}

/** MiB/s of `bytes` in `ms`. */
export const rate = (bytes: number, ms: number): number => bytes / 1024 / 1024 / (ms / 1000)

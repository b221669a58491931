/**
 * Milliseconds from writing a letter to its handler at the recipient: on disk at both ends, sealed, opened and checked in
 * between. `online` goes straight to a connected device; `wake` is from the moment at which a device that was away begins to
 * attend, with the letter at its cafe and no connection yet. The limit is the same bytes on a new libp2p stream between the
 * two devices, and one byte back. Of each the half and the nineteen in twenty that take no longer.
 */
import type { Figure, Measured } from './figure.ts'
import { type Letters, openLetters, quantile } from './letters.ts'

const RUNS = { online: 40, wake: 20 } as const

async function measure(what: 'online' | 'wake', part: number): Promise<Measured> {
  const letters: Letters = await openLetters()
  try {
    const [values, limits]: [number[], number[]] = [[], []]
    const runs = RUNS[what]
    // The first does not count: code is compiled, connections are opened.
    for (let run = 0; run <= runs; run++) {
      values.push(await letters[what]())
      limits.push(await letters.raw())
    }
    return { value: quantile(values.slice(1), part), limit: quantile(limits.slice(1), part), runs }
  } finally {
    await letters.close()
  }
}

const figureOf = (what: 'online' | 'wake', part: number, suffix: string): Figure => ({
  ...{ name: `mail_latency_${what}${suffix}`, unit: 'ms', inverse: true },
  run: () => measure(what, part),
})

export const online = figureOf('online', 0.5, '')
export const onlineLate = figureOf('online', 0.95, '_p95')
export const wake = figureOf('wake', 0.5, '')
export const wakeLate = figureOf('wake', 0.95, '_p95')

/** How much room a host may give, as a few round amounts that the browser has. */

const GB = 1e9
const AMOUNTS = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000].map((gigabytes) => gigabytes * GB)
/** Bytes that are given without a reason for more: ten people's documents and photos. */
const USUAL = 10 * GB
/** Choices at once: what a person reads. */
const MOST = 5

export interface RoomChoices {
  /** Bytes, rising. */
  readonly amounts: readonly number[]
  readonly chosen: number
}

/**
 * The choices where a browser still offers `offered` bytes (undefined if it does not say), and a cafe before had `before`.
 *
 * @example
 * ```ts
 * roomChoices(30e9) // { amounts: [1e9, 2e9, 5e9, 10e9, 20e9], chosen: 10e9 }
 * ```
 */
export function roomChoices(offered: number | undefined, before?: number): RoomChoices {
  // A browser counts what it grants and not what is free; half of it leaves room for the person's own.
  const sensible = Math.min(USUAL, offered === undefined ? USUAL : offered / 2)
  const usual = AMOUNTS.findLast((amount) => amount <= sensible) ?? (AMOUNTS[0] as number)
  const chosen = before ?? usual
  const possible = AMOUNTS.filter((amount) => amount <= Math.max(offered ?? 2 * USUAL, usual))
  const near = possible.slice(Math.max(0, possible.indexOf(usual) - MOST + 2), possible.indexOf(usual) + 2)
  return { amounts: [...new Set([...near, chosen])].sort((a, b) => a - b), chosen }
}

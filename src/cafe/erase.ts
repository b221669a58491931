/**
 * Erasing all that a cafe keeps for an account. Each service names its part; a new service adds one to the list in
 * `cafe.ts`, and its count appears in every receipt.
 */
import type { Address } from '../core/ids.ts'
import type { Serial } from '../core/serial.ts'
import type { Change } from '../store/rows.ts'

/** What one service keeps for accounts, seen as something to erase. */
export interface Part {
  /** Lower-case word for receipts, such as `pins`. */
  readonly name: string
  /** The queue in which the service decides about this account: nothing is added while the part is erased. */
  queue(account: Address): string
  /** Changes that erase it, and how many things they erase. */
  erase(account: Address): Promise<{ changes: readonly Change[]; count: number }>
}

/** How many of each part were erased. */
export type Counts = Readonly<Record<string, number>>

/** Hands `commit` the changes that erase every part, while nothing can be added to any. */
export type Erase = <T>(
  account: Address,
  commit: (changes: readonly Change[], erased: Counts) => Promise<T>,
) => Promise<T>

export function createErase(serial: Serial, parts: readonly Part[]): Erase {
  return (account, commit) => {
    // One queue inside the other, always in the order of the list, so that two erasures cannot wait for each other.
    const from = (at: number, changes: readonly Change[], erased: Counts): ReturnType<typeof commit> => {
      const part = parts[at]
      if (!part) return commit(changes, erased)
      return serial(part.queue(account), async () => {
        const own = await part.erase(account)
        return from(at + 1, [...changes, ...own.changes], { ...erased, [part.name]: own.count })
      })
    }
    return from(0, [], {})
  }
}

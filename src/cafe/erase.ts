/**
 * Erasing all that a cafe keeps for an account. Each service names its part; a new service adds one to the list in
 * `cafe.ts`, and its count appears in every receipt.
 */
import type { Address } from '../core/ids.ts'
import type { Change } from '../store/rows.ts'

/** Calls `commit` with the changes that erase something, and with what that is, while nothing can be added to it. */
type EraseOf<What> = <T>(
  account: Address,
  commit: (changes: readonly Change[], erased: What) => Promise<T>,
) => Promise<T>

/** What one service keeps for accounts, seen as something to erase. */
export interface Part {
  /** Lower-case word for receipts, such as `pins`. */
  readonly name: string
  readonly erase: EraseOf<number>
}

/** How many of each part were erased. */
export type Counts = Readonly<Record<string, number>>

/** Erases every part in one commit. */
export type Erase = EraseOf<Counts>

export function createErase(parts: readonly Part[]): Erase {
  return (account, commit) => {
    // One part inside the other, always in the order of the list, so that two erasures cannot wait for each other.
    const from = (at: number, changes: readonly Change[], erased: Counts): ReturnType<typeof commit> => {
      const part = parts[at]
      if (!part) return commit(changes, erased)
      return part.erase(account, (own, count) => from(at + 1, [...changes, ...own], { ...erased, [part.name]: count }))
    }
    return from(0, [], {})
  }
}

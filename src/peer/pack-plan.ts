/**
 * Which packs of a thread become one. By size a pack is of one of five levels, each eight times the one below; when there
 * are eight of a level they are merged, so that a thread of n blocks has about 7·log₈(n) packs, and a block is packed
 * anew at most four times however long the thread gets.
 */

/** Blocks of one pack: its root is then about 170 KB. */
export const MAX_PACK = 4096
/** Packs of a level that are merged, and how many times larger the next level is. */
const FAN = 8

export interface PackSize {
  readonly root: string
  /** Blocks in it. */
  readonly count: number
  readonly since: number
}

/** 0 below 8 blocks, 1 below 64 … 4 for a full one, which is never merged again. */
export function levelOf(count: number): number {
  let level = 0
  for (let size = FAN; size <= count; size *= FAN) level += 1
  return level
}

/** Eight packs of the lowest level that has as many, oldest first; undefined if there is nothing to merge. */
export function nextMerge<P extends PackSize>(packs: readonly P[]): readonly P[] | undefined {
  const byAge = packs.toSorted((a, b) => a.since - b.since)
  for (let level = 0; level < levelOf(MAX_PACK); level++) {
    const same = byAge.filter(({ count }) => levelOf(count) === level)
    if (same.length >= FAN) return same.slice(0, FAN)
  }
  return undefined
}

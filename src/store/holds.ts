/**
 * Who may not lose which blocks while it works. Whoever is told that blocks are here, or is about to refer to them,
 * holds them until its rows say so; every removal of blocks from the shared store goes through {@link Holds.remove}.
 */
import { type Blocks, hashKey } from './blocks.ts'
import { HashSet } from './hash-set.ts'

/** What one task holds. */
export interface Hold {
  /** From when this resolves, those of the blocks that are here, or come here, stay until the release. */
  add(hashes: readonly Uint8Array[]): Promise<void>
  has(hash: Uint8Array): boolean
  release(): void
}

export interface Holds {
  open(): Hold
  /** Tasks that hold something now. */
  readonly size: number
  /** Does any task but `except` hold this block? */
  isHeld(hash: Uint8Array, except?: Hold): boolean
  /** Removes those of the blocks that nobody holds; gives for each whether it was here and is gone. */
  remove(hashes: readonly Uint8Array[]): Promise<boolean[]>
  /**
   * Adds to `seen` what is held now and whatever is held later, until the returned function is called: who reads the
   * rows one after the other would not see what moves between them.
   */
  watch(seen: HashSet): () => void
}

export function createHolds(blocks: Pick<Blocks, 'remove'>): Holds {
  const open = new Map<Hold, HashSet>()
  const watchers = new Set<HashSet>()
  const removing = new Set<Promise<unknown>>()

  const isHeld = (hash: Uint8Array, except?: Hold): boolean => {
    for (const [hold, held] of open) if (hold !== except && held.has(hash)) return true
    return false
  }

  return {
    get size() {
      return open.size
    },
    isHeld,
    open() {
      const held = new HashSet()
      const hold: Hold = {
        async add(hashes) {
          for (const hash of hashes) {
            held.add(hash)
            for (const seen of watchers) seen.add(hash)
          }
          // A removal that began before may still take one of them: whoever looks must look after it.
          await Promise.allSettled(removing)
        },
        has: (hash) => held.has(hash),
        release: () => void open.delete(hold),
      }
      open.set(hold, held)
      return hold
    },
    async remove(hashes) {
      const free = hashes.map((hash) => !isHeld(hash))
      const removal = blocks.remove(hashes.filter((_, i) => free[i]).map(hashKey))
      removing.add(removal)
      try {
        const gone = await removal
        let at = 0
        return free.map((isFree) => isFree && (gone[at++] as boolean))
      } finally {
        removing.delete(removal)
      }
    },
    watch(seen) {
      for (const held of open.values()) seen.addAll(held)
      watchers.add(seen)
      return () => watchers.delete(seen)
    },
  }
}

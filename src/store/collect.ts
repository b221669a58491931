/**
 * The collector of the device's block store: mark and sweep over what named sources say must stay. It runs beside
 * everything else, in small steps between which it can be paused or stopped; stopped or killed at any of them it has
 * removed nothing that any source lists or anybody holds, and the next run begins anew.
 *
 * Mark: all lists of all sources. Sweep: first the lists nobody vouches for any more, whose blocks and sizes are known
 * without looking; then, in a whole collection, every key of the store.
 */
import { toCafeError } from '../core/errors.ts'
import type { Listed } from './block-list.ts'
import { type Blocks, hashKey, keyHash } from './blocks.ts'
import { HashSet } from './hash-set.ts'
import type { Holds } from './holds.ts'

/** A list nobody vouches for any more. */
export interface DoomedList {
  /** Its blocks; none if it is gone. */
  read(): Promise<Listed[]>
  /** Its blocks are gone, or others list them. Nothing happens if somebody vouches for it again. */
  forget(): Promise<void>
}

/** Somebody whose blocks must stay: everything the store is for has one. */
export interface RootSource {
  readonly name: string
  /** All lists there are. If that fails, nothing is collected. */
  lists(signal: AbortSignal): AsyncIterable<{ readonly blocks: readonly Listed[] } | { readonly doomed: DoomedList }>
  /** There may be blocks in the store that are in none of its lists, though they were once. */
  readonly unlisted?: boolean
  /**
   * A collection is over: `left` bytes of doomed lists are still held by somebody. `whole`: every key was looked at, and
   * nothing is left that no list has.
   */
  collected?(result: { readonly left: number; readonly whole: boolean }): Promise<void>
}

export interface Collected {
  readonly blocks: number
  readonly bytes: number
}

export interface CollectProgress extends Collected {
  readonly phase: 'mark' | 'sweep'
  /** Blocks listed (mark) or looked at (sweep) so far. */
  readonly seen: number
}

export interface CollectOptions {
  readonly signal: AbortSignal
  /** Look at every key of the store, not only at doomed lists. */
  readonly whole: boolean
  readonly onProgress?: ((progress: CollectProgress) => void) | undefined
  /** Called between steps; what it returns is waited for. */
  readonly pause?: (() => Promise<void>) | undefined
}

export interface CollectComponents {
  readonly blocks: Blocks
  readonly holds: Holds
  readonly sources: readonly RootSource[]
}

/** Blocks removed in one transaction, keys looked at in one step. */
const STEP = 512

/**
 * Collects once. The caller sees to it that only one runs at a time.
 * @throws CafeError ABORTED; what a source or the store fails with. What was removed until then stays removed.
 */
export async function collect(components: CollectComponents, options: CollectOptions): Promise<Collected> {
  const run = new Run(components, options)
  const unwatch = components.holds.watch(run.held)
  try {
    options.signal.throwIfAborted()
    await run.mark()
    await run.sweepDoomed()
    const whole = options.whole || components.sources.some(({ unlisted }) => unlisted)
    const all = whole && (await run.sweepAll())
    for (const source of components.sources) await source.collected?.({ left: run.left, whole: all })
    return run.collected
  } catch (error) {
    throw toCafeError(error)
  } finally {
    unwatch()
  }
}

class Run {
  /** What anybody held at any moment of this run. */
  readonly held = new HashSet()
  /** What sources listed. */
  readonly #listed = new HashSet()
  readonly #doomed: DoomedList[] = []
  readonly #components: CollectComponents
  readonly #options: CollectOptions
  #seen = 0
  #blocks = 0
  #bytes = 0
  /** Bytes of doomed lists that somebody held. */
  left = 0

  constructor(components: CollectComponents, options: CollectOptions) {
    this.#components = components
    this.#options = options
  }

  get collected(): Collected {
    return { blocks: this.#blocks, bytes: this.#bytes }
  }

  async mark(): Promise<void> {
    for (const { lists } of this.#components.sources) {
      for await (const list of lists(this.#options.signal)) {
        if ('doomed' in list) this.#doomed.push(list.doomed)
        else {
          for (const { hash } of list.blocks) this.#listed.add(hash)
          this.#seen += list.blocks.length
        }
        await this.#step('mark')
      }
    }
    this.#seen = 0
  }

  async sweepDoomed(): Promise<void> {
    for (const list of this.#doomed) {
      const blocks = await list.read()
      const unlisted = blocks.filter(({ hash }) => !this.#listed.has(hash))
      const removed = await this.#remove(unlisted)
      // What was only held may be in no other list soon: then this one still has to tell of it.
      const kept = unlisted.filter((_, i) => !removed[i]).filter(({ hash }) => this.held.has(hash))
      if (kept.length === 0) await list.forget()
      else this.left += kept.reduce((sum, { size }) => sum + size, 0)
      this.#seen += blocks.length
      await this.#step('sweep')
    }
  }

  /** Looks at every key. @returns whether all that nobody lists is gone: what is held may have to wait for the next time. */
  async sweepAll(): Promise<boolean> {
    let page: Uint8Array[] = []
    let clean = true
    const look = async (): Promise<void> => {
      const unlisted = page.filter((hash) => !this.#listed.has(hash))
      const found = await this.#withSizes(unlisted.filter((hash) => !this.held.has(hash)))
      const removed = await this.#remove(found)
      if (found.length < unlisted.length || removed.includes(false)) clean = false
      this.#seen += page.length
      page = []
      await this.#step('sweep')
    }
    for await (const key of this.#components.blocks.keys()) {
      page.push(keyHash(key))
      if (page.length === STEP) await look()
    }
    if (page.length > 0) await look()
    return clean
  }

  /** Removes what is neither listed nor held at this moment; tells which were here. */
  async #remove(blocks: readonly Listed[]): Promise<boolean[]> {
    const free = blocks.map(({ hash }) => !this.#listed.has(hash) && !this.held.has(hash))
    const hashes = blocks.filter((_, i) => free[i]).map(({ hash }) => hash)
    if (hashes.length === 0) return free
    const gone = await this.#components.holds.remove(hashes)
    let at = 0
    return blocks.map(({ size }, i) => {
      if (!free[i]) return false
      const wasHere = gone[at++] as boolean
      if (wasHere) {
        this.#blocks++
        this.#bytes += size
      }
      return true
    })
  }

  async #withSizes(hashes: readonly Uint8Array[]): Promise<Listed[]> {
    const sizes = await this.#components.blocks.sizes(hashes.map(hashKey))
    return hashes.map((hash, i) => ({ hash, size: sizes[i] ?? 0 }))
  }

  async #step(phase: CollectProgress['phase']): Promise<void> {
    this.#options.onProgress?.({ phase, seen: this.#seen, ...this.collected })
    await this.#options.pause?.()
    this.#options.signal.throwIfAborted()
  }
}

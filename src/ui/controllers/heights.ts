/**
 * How high the lines of a long list are and where each begins, also of those that nobody has drawn yet: they count as
 * high as the lines that were measured first. Pure arithmetic over keys, so that a line keeps its height when others come.
 */

/** A line before anything was measured: about a post of two lines. */
const FIRST_GUESS = 140
/** Measured lines whose mean is the guess from then on: one that changed with every line would shake what is shown. */
const ENOUGH = 20

export class Heights {
  readonly #known = new Map<string, number>()
  #keys: readonly string[] = []
  #indexes: ReadonlyMap<string, number> = new Map()
  #tops: Float64Array | undefined
  #guess = FIRST_GUESS
  #guessedFrom = 0

  /** The lines from top to bottom; the same array costs nothing. */
  set keys(keys: readonly string[]) {
    if (keys === this.#keys) return
    this.#keys = keys
    this.#indexes = new Map(keys.map((key, index) => [key, index]))
    this.#tops = undefined
  }

  get keys(): readonly string[] {
    return this.#keys
  }

  indexOf(key: string): number | undefined {
    return this.#indexes.get(key)
  }

  /** Height of all. */
  get total(): number {
    return this.top(this.#keys.length)
  }

  /** Where line `index` begins; one past the last is the end. */
  top(index: number): number {
    this.#tops ??= this.#sum()
    return this.#tops[Math.max(0, Math.min(index, this.#keys.length))] ?? 0
  }

  /** Index of the line at `y`: the first or the last one where there is none. */
  at(y: number): number {
    let from = 0
    let to = Math.max(0, this.#keys.length - 1)
    while (from < to) {
      const middle = (from + to + 1) >> 1
      if (this.top(middle) <= y) from = middle
      else to = middle - 1
    }
    return from
  }

  /** Line `key` was measured. @returns whether that is news. */
  learn(key: string, height: number): boolean {
    if (!(height > 0) || Math.abs((this.#known.get(key) ?? -1) - height) < 0.5) return false
    this.#known.set(key, height)
    if (this.#guessedFrom < ENOUGH) {
      this.#guess = (this.#guess * this.#guessedFrom + height) / (this.#guessedFrom + 1)
      this.#guessedFrom++
    }
    this.#tops = undefined
    return true
  }

  /** Nothing is as it was measured: the list has another width. */
  forget(): void {
    this.#known.clear()
    this.#guessedFrom = 0
    this.#tops = undefined
  }

  #sum(): Float64Array {
    const tops = new Float64Array(this.#keys.length + 1)
    let y = 0
    for (const [index, key] of this.#keys.entries()) {
      tops[index] = y
      y += this.#known.get(key) ?? this.#guess
    }
    tops[this.#keys.length] = y
    return tops
  }
}

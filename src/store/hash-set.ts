/**
 * A set of multihashes that takes 16 to 32 bytes for each: what a collection must remember of a million blocks. It keeps
 * 52 bits of each digest, so one block in 2^52 may be taken for another, which then stays one collection longer than it
 * need; a block that was added is never missing.
 */

const FIRST = 1024
const TWO_32 = 2 ** 32

export class HashSet {
  /** Open addressing; 0 is an empty slot. */
  #slots = new Float64Array(FIRST)
  #size = 0
  /** Unknown to whoever makes blocks, so that nobody can make them fall on one slot. */
  readonly #seed = crypto.getRandomValues(new Uint32Array(2))

  get size(): number {
    return this.#size
  }

  /** Adds a multihash. @returns whether it is new. */
  add(hash: Uint8Array): boolean {
    const print = fingerprint(hash)
    const slot = this.#find(print)
    if (this.#slots[slot] === print) return false
    this.#slots[slot] = print
    this.#size++
    if (this.#size * 2 > this.#slots.length) this.#grow()
    return true
  }

  has(hash: Uint8Array): boolean {
    const print = fingerprint(hash)
    return this.#slots[this.#find(print)] === print
  }

  /** Adds all of another set. */
  addAll(other: HashSet): void {
    for (const print of other.#slots) {
      if (print === 0) continue
      const slot = this.#find(print)
      if (this.#slots[slot] === print) continue
      this.#slots[slot] = print
      this.#size++
      if (this.#size * 2 > this.#slots.length) this.#grow()
    }
  }

  /** The slot of a fingerprint, or the empty one where it belongs. */
  #find(print: number): number {
    const mask = this.#slots.length - 1
    const [one, two] = this.#seed as unknown as [number, number]
    const mixed = Math.imul((print % TWO_32) ^ Math.imul(print / TWO_32, one | 1), two | 1)
    let slot = (mixed ^ (mixed >>> 15)) & mask
    while (this.#slots[slot] !== 0 && this.#slots[slot] !== print) slot = (slot + 1) & mask
    return slot
  }

  #grow(): void {
    const before = this.#slots
    this.#slots = new Float64Array(before.length * 2)
    for (const print of before) if (print !== 0) this.#slots[this.#find(print)] = print
  }
}

/** 52 bits of the end of the digest, never 0. */
function fingerprint(hash: Uint8Array): number {
  const octet = (back: number): number => hash[hash.length - back] ?? 0
  const low = (octet(1) | (octet(2) << 8) | (octet(3) << 16) | (octet(4) << 24)) >>> 0
  const high = octet(5) | (octet(6) << 8) | ((octet(7) & 0x0f) << 16)
  return high * TWO_32 + low + 1
}

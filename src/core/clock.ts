/** Time and randomness as inputs, so that tests and simulations can own them. */

/** Wall-clock time in milliseconds since the epoch. */
export type Clock = () => number

/** `n` bytes from a cryptographically strong source. */
export type Random = (n: number) => Uint8Array<ArrayBuffer>

export const systemClock: Clock = () => Date.now()

export const systemRandom: Random = (n) => crypto.getRandomValues(new Uint8Array(n))

/** A value that must never be printed, logged, cached or sent by accident. */

const REDACTED = '[secret]'

/**
 * Holds a secret; only {@link Secret.reveal} gives it back. Printing, JSON and template strings show a placeholder, and
 * structured clone (ports, IndexedDB) copies nothing.
 *
 * @example
 * ```ts
 * const key = new Secret(bytes)
 * `${key}` // "[secret]"
 * key.reveal() // bytes
 * ```
 */
export class Secret<T> {
  readonly #value: T

  constructor(value: T) {
    this.#value = value
  }

  reveal(): T {
    return this.#value
  }

  toString(): string {
    return REDACTED
  }

  toJSON(): string {
    return REDACTED
  }
}

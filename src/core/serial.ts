/**
 * Runs tasks of one key strictly one after the other, others side by side: how a service makes a read, a decision and a
 * commit one step. There is a single writer process (the worker holds the Web Lock), so memory is enough.
 */
export type Serial = <T>(key: string, task: () => Promise<T>) => Promise<T>

/**
 * @example
 * ```ts
 * const serial = createSerial()
 * await serial(token.id, async () => useOnce(token)) // two callers never both see "one use left"
 * ```
 */
export function createSerial(): Serial {
  const tails = new Map<string, Promise<unknown>>()
  return (key, task) => {
    const previous = tails.get(key) ?? Promise.resolve()
    // The previous task's failure belongs to its own caller; the queue goes on.
    const result = previous.then(task, task)
    const settled = result.then(
      () => {},
      () => {},
    )
    tails.set(key, settled)
    void settled.then(() => {
      if (tails.get(key) === settled) tails.delete(key)
    })
    return result
  }
}

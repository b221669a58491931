/**
 * One run for all who ask; one that failed is tried again by whoever asks next, as a chunk that could not be fetched.
 *
 * @example
 * ```ts
 * const names = onceOnly(async () => (await import('./names.ts')).createNames(components))
 * await (await names()).list()
 * ```
 */
export function onceOnly<T>(load: () => Promise<T>): () => Promise<T> {
  let loaded: Promise<T> | undefined
  return () => {
    loaded ??= load().catch((cause) => {
      loaded = undefined
      throw cause
    })
    return loaded
  }
}

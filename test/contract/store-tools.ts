/** What the store contracts share. They run in Node and in browsers, so there is no test library here. */

/** One promise of a contract: `run` throws if it is broken. The store it gets is empty. */
export interface StoreCase<Store> {
  readonly name: string
  run(store: Store): Promise<void>
}

/** @throws if the two do not read the same as JSON. */
export function equal(actual: unknown, expected: unknown): void {
  const [a, b] = [JSON.stringify(actual), JSON.stringify(expected)]
  if (a !== b) throw new Error(`expected ${b?.slice(0, 500)}, got ${a?.slice(0, 500)}`)
}

/** What `promise` fails with. @throws if it does not fail. */
export async function failureOf(promise: Promise<unknown>): Promise<{ code?: unknown; data?: unknown }> {
  const nothing = Symbol('nothing')
  const error = await promise.then(
    () => nothing,
    (thrown) => thrown,
  )
  if (error === nothing) throw new Error('it should have failed')
  return error
}

/** Runs every case on a store of its own, and gives by name what went wrong, or `kept`. */
export async function runStoreCases<Store extends { close(): void }>(
  cases: readonly StoreCase<Store>[],
  open: () => Promise<Store>,
): Promise<Record<string, string>> {
  const results: Record<string, string> = {}
  for (const { name, run } of cases) {
    const store = await open()
    try {
      await run(store)
      results[name] = 'kept'
    } catch (error) {
      results[name] = String(error)
    } finally {
      store.close()
    }
  }
  return results
}

/**
 * Lets tasks of one key run side by side, or one of them alone: deliveries do not wait for each other, so that their commits
 * are combined, and whoever takes letters away meets none that is just coming. In the order in which they ask.
 */
export interface Gate {
  /** Runs beside others that share. */
  share<T>(key: string, task: () => Promise<T>): Promise<T>
  /** Runs when all that asked before are done, and before all that ask after. */
  alone<T>(key: string, task: () => Promise<T>): Promise<T>
}

interface Place {
  /** The last one alone. */
  alone: Promise<unknown>
  /** Those that share since. */
  readonly sharing: Set<Promise<unknown>>
  users: number
}

export function createGate(): Gate {
  const places = new Map<string, Place>()

  const enter = <T>(key: string, isAlone: boolean, task: () => Promise<T>): Promise<T> => {
    const place = places.get(key) ?? { alone: Promise.resolve(), sharing: new Set(), users: 0 }
    places.set(key, place)
    place.users += 1
    const before = isAlone ? Promise.all([place.alone, ...place.sharing]) : place.alone
    const result = before.then(task)
    // A failure belongs to its own caller; the others go on.
    const settled: Promise<unknown> = result
      .then(
        () => {},
        () => {},
      )
      .then(() => {
        place.sharing.delete(settled)
        place.users -= 1
        if (place.users === 0) places.delete(key)
      })
    if (isAlone) place.alone = settled
    else place.sharing.add(settled)
    return result
  }

  return {
    share: (key, task) => enter(key, false, task),
    alone: (key, task) => enter(key, true, task),
  }
}

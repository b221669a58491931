/**
 * Who is alive: every tab, worker and service worker holds a Web Lock with a name of its own for as long as it lives,
 * and whoever talks to it waits for that lock. The browser frees it on close, reload and crash within about 70 ms; a
 * MessagePort gives no such event.
 */

/** A lock held for life. */
export interface Life {
  /** The lock's name: tell it to everybody who must notice the end. */
  readonly name: string
  /** Gives the lock back early: in `pagehide`, because a page in the back-forward cache keeps its locks. */
  release(): void
}

/** Takes a lock named after `kind` and a random id, and holds it until `release` or the end of this context. */
export async function holdLife(kind: string, locks: LockManager = navigator.locks): Promise<Life> {
  const name = `popup-cafe:${kind}:${crypto.randomUUID()}`
  const { promise: released, resolve: release } = Promise.withResolvers<void>()
  await new Promise<void>((held, failed) => {
    locks
      .request(name, () => {
        held()
        return released
      })
      .catch(failed)
  })
  return { name, release }
}

/**
 * Resolves when nobody holds the lock `name` any more; rejects with the signal's reason if that fires first. All who wait
 * share the lock: a frozen page that was given it alone would keep it from the others for as long as it is frozen.
 */
export async function whenGone(
  name: string,
  options: { signal: AbortSignal },
  locks: LockManager = navigator.locks,
): Promise<void> {
  await locks.request(name, { mode: 'shared', signal: options.signal }, () => {})
}

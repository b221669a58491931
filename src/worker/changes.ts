/** Tells watchers that something a page shows has changed: at most one message of a kind per turn of 100 ms. */

export type What = 'node' | 'host' | 'account' | 'pins' | 'mail' | 'links'

export interface Changes {
  emit(what: What): void
  /** Calls `listener` until the signal fires. */
  watch(listener: (what: What) => void, signal: AbortSignal): Promise<void>
}

const PAUSE = 100

export function createChanges(): Changes {
  const listeners = new Set<(what: What) => void>()
  const due = new Set<What>()
  return {
    emit(what) {
      if (due.size === 0) {
        setTimeout(() => {
          const now = [...due]
          due.clear()
          for (const listener of listeners) for (const changed of now) listener(changed)
        }, PAUSE)
      }
      due.add(what)
    },
    async watch(listener, signal) {
      listeners.add(listener)
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
      listeners.delete(listener)
    },
  }
}

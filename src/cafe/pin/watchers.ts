/**
 * Who watches the pins of an account. Each watcher sees the present states, then changes; where it is slow, only the
 * latest state of each pin waits for it, so what waits is never more than there are pins.
 */
import type { PinStatus } from './pin-status.ts'

interface Watcher {
  readonly latest: Map<string, PinStatus>
  wake(): void
}

export interface Watchers {
  tell(account: string, status: PinStatus): void
  watch(account: string, present: () => Promise<readonly PinStatus[]>, signal: AbortSignal): AsyncIterable<PinStatus>
}

export function createWatchers(): Watchers {
  const watching = new Map<string, Set<Watcher>>()
  return {
    tell(account, status) {
      for (const { latest, wake } of watching.get(account) ?? []) {
        latest.set(status.id, status)
        wake()
      }
    },
    async *watch(account, present, signal) {
      let next = Promise.withResolvers<void>()
      const watcher: Watcher = {
        latest: new Map(),
        wake() {
          next.resolve()
          next = Promise.withResolvers()
        },
      }
      const others = watching.get(account) ?? new Set()
      watching.set(account, others.add(watcher))
      signal.addEventListener('abort', watcher.wake, { once: true })
      try {
        // What changes while the list is read is newer than the list.
        for (const status of await present()) if (!watcher.latest.has(status.id)) yield status
        while (!signal.aborted) {
          const changed = [...watcher.latest.values()]
          watcher.latest.clear()
          yield* changed
          if (watcher.latest.size === 0 && !signal.aborted) await next.promise
        }
      } finally {
        signal.removeEventListener('abort', watcher.wake)
        others.delete(watcher)
        if (others.size === 0) watching.delete(account)
      }
    },
  }
}

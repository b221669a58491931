/** Tells whoever watches that something about threads has changed: one message of a kind and thread in a turn of 100 ms. */
import type { ThreadNews } from './thread-view.ts'

export interface News {
  emit(what: ThreadNews['what'], thread: string | null): void
  /** Calls `listener` until the signal fires. */
  watch(listener: (news: ThreadNews) => void, signal: AbortSignal): Promise<void>
}

const TURN = 100

export function createNews(): News {
  const listeners = new Set<(news: ThreadNews) => void>()
  const due = new Map<string, ThreadNews>()
  const tell = (): void => {
    const now = [...due.values()]
    due.clear()
    for (const listener of listeners) for (const news of now) listener(news)
  }
  return {
    emit(what, thread) {
      if (due.size === 0) setTimeout(tell, TURN)
      due.set(`${what} ${thread}`, { what, thread })
    },
    async watch(listener, signal) {
      listeners.add(listener)
      if (!signal.aborted)
        await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
      listeners.delete(listener)
    },
  }
}

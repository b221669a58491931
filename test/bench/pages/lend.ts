/**
 * A tab that does one of two things until it goes, and says when that is: lends WebRTC to the worker, or only holds a Web
 * Lock. It can also watch others go: `globalThis.lend`.
 */
import { join } from '../../contract/pages/join.ts'

const HIDDEN = 'bench-hidden'

localStorage.removeItem(HIDDEN)

// Before lending listens: the clock starts when the browser begins to close the page.
addEventListener('pagehide', () => localStorage.setItem(HIDDEN, String(Date.now())))

const lend = {
  /** Lends. @returns a caller of the commands of `lend-worker.ts`. */
  join: () => join(new SharedWorker(new URL('./lend-worker.ts', import.meta.url), { type: 'module' })),
  /** Holds the lock `name` while this page lives. */
  hold: (name: string) =>
    new Promise<void>((held) => {
      void navigator.locks.request(name, () => {
        held()
        return new Promise<never>(() => {})
      })
    }),
  /** When the lock `name` is free, in milliseconds since the epoch. */
  free: (name: string) => navigator.locks.request(name, () => Date.now()),
  /** When the page that was opened last began to go. @throws if it has not said so. */
  hidden() {
    const at = localStorage.getItem(HIDDEN)
    if (at === null) throw new Error('the page that went told no time')
    return Number(at)
  },
}

export type LendPage = typeof lend

Object.assign(globalThis, { lend })

/** The host in the SharedWorker: the browser sees to it that all pages of this origin share one. */
import { CafeError } from '../core/errors.ts'
import type { HostLink, HostPort } from './host-link.ts'
import { readsOption } from './module-workers.ts'

export function sharedHost(): HostLink {
  return { outlivesPages: outlivesPages(), open }
}

async function open(): Promise<HostPort> {
  const worker = new SharedWorker(new URL('../worker/main.ts', import.meta.url), {
    type: 'module',
    name: 'popup-cafe',
    // Chromium: the worker outlives its last page by up to five minutes, so a reload does not stop it.
    extendedLifetime: true,
  } as WorkerOptions)
  const failed = new Promise<never>((_resolve, reject) => {
    worker.onerror = () => reject(new CafeError('INTERNAL', { what: 'worker' }))
  })
  failed.catch(() => {}) // it may come after everybody has stopped listening
  return { port: worker.port, failed }
}

/** True if this browser knows `extendedLifetime`. */
const outlivesPages = (): boolean => readsOption(SharedWorker, 'extendedLifetime', true)

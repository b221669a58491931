/**
 * Entry of the host as a module. The browser runs one SharedWorker for all pages, and connects each of them; where it has
 * none, this is a dedicated worker of one tab, which hands it a port for each page, its own among them (see
 * ui/dedicated-host.ts). That one ends with its tab, and the next tab starts another.
 */
import { pool } from './bridge.ts'
import { servePages } from './serve-page.ts'

const scope = self as unknown as SharedWorkerGlobalScope | DedicatedWorkerGlobalScope

const servePage = servePages({
  pool,
  origin: scope.location.origin,
  load: () => import('./host.ts'),
  leave: () => scope.close(),
})

const take = ({ ports: [port] }: MessageEvent): void => {
  if (port) servePage(port)
}
if ('onconnect' in scope) scope.onconnect = take
else scope.onmessage = take

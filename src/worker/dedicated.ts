/**
 * Entry of the host where the browser has no SharedWorker: a dedicated worker of one tab, which hands it a port for each
 * page, its own among them (see ui/dedicated-host.ts). It ends with that tab, and the next tab starts another.
 */
import { pool } from './bridge.ts'
import { servePages } from './serve-page.ts'

const scope = self as unknown as DedicatedWorkerGlobalScope

const servePage = servePages({
  pool,
  origin: scope.location.origin,
  load: () => import('./host.ts'),
  leave: () => scope.close(),
})

scope.onmessage = ({ ports: [port] }) => {
  if (port) servePage(port)
}

/** Entry of the SharedWorker: the browser runs one for all pages, and connects each of them. */
import { pool } from './bridge.ts'
import { servePages } from './serve-page.ts'

const scope = self as unknown as SharedWorkerGlobalScope

const servePage = servePages({
  pool,
  origin: scope.location.origin,
  load: () => import('./host.ts'),
  leave: () => scope.close(),
})

scope.onconnect = ({ ports: [port] }) => {
  if (port) servePage(port)
}

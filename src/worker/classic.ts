/**
 * Entry of the host where the browser runs no module workers: a dedicated worker (see `main.ts`) as one classic script, in
 * which nothing can be loaded later. Modules are evaluated in the order of their first import, so the bridge must come
 * before the host.
 */
import { pool } from './bridge.ts'
import { startHost } from './host.ts'
import { servePages } from './serve-page.ts'

const scope = self as unknown as DedicatedWorkerGlobalScope

const servePage = servePages({
  pool,
  origin: scope.location.origin,
  load: async () => ({ startHost }),
  leave: () => scope.close(),
})

scope.onmessage = ({ ports: [port] }) => {
  if (port) servePage(port)
}

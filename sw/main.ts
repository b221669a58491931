/**
 * The service worker: answers `/ipfs/…` on the app's origin and leaves everything else to the network. It takes over
 * running pages at once when first installed, and replaces an older version only when a page says so.
 */
import { createGateway } from '../src/gateway/gateway.ts'
import { whenGone } from '../src/rpc/alive.ts'
import { isNodePort, isSkipWaiting, NEED_NODE } from '../src/rpc/sw-messages.ts'
import { openBlockReader } from '../src/store/idb.ts'
import { createBlockSource } from './blocks.ts'
import { CONTENT_PATH, createHandler } from './handler.ts'
import { createNodePort } from './node-port.ts'
import { bootstrapShell } from './shell.ts'

declare const self: ServiceWorkerGlobalScope

const nodePort = createNodePort({
  async askWindows() {
    const windows = await self.clients.matchAll({ type: 'window', includeUncontrolled: true })
    for (const window of windows) window.postMessage(NEED_NODE)
    return windows.length
  },
  whenGone,
})

const handle = createHandler({
  gateway: createGateway({ blocks: createBlockSource({ openLocal: openBlockReader, nodePort }) }),
  urlOfClient: async (id) => (await self.clients.get(id))?.url,
  shell: bootstrapShell,
})

self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()))

self.addEventListener('message', ({ data, ports: [port] }) => {
  if (isSkipWaiting(data)) void self.skipWaiting()
  if (isNodePort(data) && port) nodePort.accept(port, data.life)
})

self.addEventListener('fetch', (event) => {
  const { method, url } = event.request
  const { origin, pathname } = new URL(url)
  if (origin !== self.location.origin) return
  if (method !== 'GET' && method !== 'HEAD') return
  if (pathname.startsWith(CONTENT_PATH)) event.respondWith(handle(event))
})

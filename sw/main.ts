/**
 * The service worker: answers `/ipfs/…` on the app's origin, takes what other apps share, and leaves everything else to the
 * network. It takes over running pages at once when first installed, and replaces an older version only when a page says so.
 */
import { createGateway } from '../src/gateway/gateway.ts'
import { whenGone } from '../src/rpc/alive.ts'
import { receiveShared, SHARE_PATH } from '../src/rpc/shared-files.ts'
import { isHostHere, isNodePort, isSkipWaiting, isToHost, NEED_NODE, WHO_HOSTS } from '../src/rpc/sw-messages.ts'
import { openBlockReader } from '../src/store/idb.ts'
import { createBlockSource } from './blocks.ts'
import { CONTENT_PATH, createHandler } from './handler.ts'
import { createHostPorts } from './host-ports.ts'
import { createLinkSource } from './links.ts'
import { createNodePort } from './node-port.ts'
import { createNoticeClick } from './notice-click.ts'
import { bootstrapShell } from './shell.ts'

declare const self: ServiceWorkerGlobalScope

/** Asks every window of the app; the number of windows asked. */
async function askWindows(question: unknown): Promise<number> {
  const windows = await self.clients.matchAll({ type: 'window', includeUncontrolled: true })
  for (const window of windows) window.postMessage(question)
  return windows.length
}

const nodePort = createNodePort({ askWindows: () => askWindows(NEED_NODE), whenGone })
const hostPorts = createHostPorts({ askWindows: async () => void (await askWindows(WHO_HOSTS)) })

const handle = createHandler({
  gateway: createGateway({
    blocks: createBlockSource({ openLocal: openBlockReader, nodePort }),
    links: createLinkSource({ nodePort }),
  }),
  urlOfClient: async (id) => (await self.clients.get(id))?.url,
  shell: bootstrapShell,
})

self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()))

self.addEventListener('message', (event) => {
  const { data, source } = event
  const [port] = event.ports
  if (isSkipWaiting(data)) void self.skipWaiting()
  if (isNodePort(data) && port) nodePort.accept(port, data.life)
  if (isToHost(data) && port) event.waitUntil(hostPorts.carry(port))
  if (isHostHere(data) && source instanceof WindowClient) hostPorts.arrived(source)
})

const noticeClicked = createNoticeClick({
  windows: () => self.clients.matchAll({ type: 'window', includeUncontrolled: true }),
  openWindow: async (url) => void (await self.clients.openWindow(url)),
})

self.addEventListener('notificationclick', (event) => {
  event.notification.close()
  event.waitUntil(noticeClicked(event.notification.data))
})

self.addEventListener('fetch', (event) => {
  const { method, url } = event.request
  const { origin, pathname } = new URL(url)
  if (origin !== self.location.origin) return
  if (method === 'POST' && pathname === SHARE_PATH) return event.respondWith(receiveShared(caches, event.request))
  if (method !== 'GET' && method !== 'HEAD') return
  if (pathname.startsWith(CONTENT_PATH)) event.respondWith(handle(event))
})

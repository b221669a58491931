/**
 * The service worker: answers `/ipfs/…` and `/ipns/…` on the app's origin, takes what other apps share, keeps the app's
 * own files for when their host is away, and leaves everything else to the network. It takes over running pages at once
 * when first installed, and replaces an older version only when a page says so.
 */
import { systemClock } from '../src/core/clock.ts'
import { createGateway } from '../src/gateway/gateway.ts'
import { whenGone } from '../src/rpc/alive.ts'
import { receiveShared, SHARE_PATH } from '../src/rpc/shared-files.ts'
import {
  isHostHere,
  isKeepShell,
  isLiveStreams,
  isNodePort,
  isSkipWaiting,
  isToHost,
  isWatch,
  isWhichBuild,
  NEED_NODE,
  WHO_HOSTS,
} from '../src/rpc/sw-messages.ts'
import { openBlockReader } from '../src/store/idb.ts'
import { createBlockSource } from './blocks.ts'
import { createHandler, isAppPage, isContentPath } from './handler.ts'
import { createHostPorts } from './host-ports.ts'
import { createLinkSource } from './links.ts'
import { createNamesOfNode } from './names.ts'
import { createNodePort } from './node-port.ts'
import { createNoticeClick } from './notice-click.ts'
import { bootstrapShell, createShell, shellPart } from './shell.ts'
import { SHELL_VERSION } from './shell-files.ts'
import { createStreams } from './streams.ts'
import { createWatches } from './watches.ts'

declare const self: ServiceWorkerGlobalScope

/** Asks every window of the app; the number of windows asked. */
async function askWindows(question: unknown): Promise<number> {
  const windows = await self.clients.matchAll({ type: 'window', includeUncontrolled: true })
  for (const window of windows) window.postMessage(question)
  return windows.length
}

const nodePort = createNodePort({ askWindows: () => askWindows(NEED_NODE), whenGone })
const hostPorts = createHostPorts({ askWindows: async () => void (await askWindows(WHO_HOSTS)) })

const shell = createShell({ caches })
const streams = createStreams()
const watches = createWatches({ clock: systemClock })

const handle = createHandler({
  gateway: createGateway({
    blocks: createBlockSource({ openLocal: openBlockReader, nodePort }),
    names: createNamesOfNode({
      ask: async (name, { signal }) => (await nodePort.need({ signal })).call('name.resolve', { name }, { signal }),
      clock: systemClock,
    }),
    links: createLinkSource({ nodePort }),
    // A service worker sees no Accept-Language: it is added to requests that go to the network.
    languages: navigator.languages,
  }),
  urlOfClient: async (id) => (await self.clients.get(id))?.url,
  shell: () => bootstrapShell(shell),
  begin: streams.begin,
  watches,
})

self.addEventListener('activate', (event) => event.waitUntil(Promise.all([self.clients.claim(), shell.tidy()])))

self.addEventListener('message', (event) => {
  const { data, source } = event
  const [port] = event.ports
  if (isSkipWaiting(data)) void self.skipWaiting()
  if (isLiveStreams(data)) port?.postMessage(streams.live)
  if (isWhichBuild(data)) port?.postMessage(SHELL_VERSION)
  if (isKeepShell(data)) event.waitUntil(shell.keep().finally(streams.begin()))
  if (isNodePort(data) && port) nodePort.accept(port, data.life)
  if (isToHost(data) && port) event.waitUntil(hostPorts.carry(port))
  if (isWatch(data) && port && source instanceof WindowClient && isAppPage(source.url)) watches.accept(data.name, port)
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
  const { method, mode } = event.request
  const url = new URL(event.request.url)
  const { origin, pathname } = url
  if (origin !== self.location.origin) return
  if (method === 'POST' && pathname === SHARE_PATH) return event.respondWith(receiveShared(caches, event.request))
  if (method !== 'GET' && method !== 'HEAD') return
  if (isContentPath(pathname)) return event.respondWith(handle(event))
  const part = shellPart(url, mode)
  if (part === 'file') event.respondWith(shell.file(event.request))
  if (part === 'page') event.respondWith(shell.page().then((page) => page ?? Response.error()))
})

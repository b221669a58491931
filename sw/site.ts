/**
 * The service worker of a website on an origin of its own: answers everything there with the website's content, by the
 * same gateway as everywhere. It has nothing of the app but a port by which the node gives it this website's blocks.
 * While it has no port and lacks a block, a navigation is answered with the page that gets one.
 */
import { systemClock } from '../src/core/clock.ts'
import { CafeError, toCafeError } from '../src/core/errors.ts'
import { type OriginRoot, siteRoot } from '../src/core/site-name.ts'
import { createGateway } from '../src/gateway/gateway.ts'
import { isSitePort } from '../src/rpc/site-messages.ts'
import { absolute } from './handler.ts'
import { createSiteBlocks, createSiteLink } from './site-blocks.ts'
import { createSiteKept } from './site-kept.ts'

declare const self: ServiceWorkerGlobalScope

const link = createSiteLink()
const kept = createSiteKept(caches, fetch.bind(self))
const gateway = createGateway({ blocks: createSiteBlocks({ link, kept }), languages: navigator.languages })
/** What this host stands for; the host is told apart from others by its first label. */
const root: OriginRoot | undefined = siteRoot(self.location.hostname.split('.', 1)[0] ?? '')
/** Of a name: where it leads, and until when. */
const resolved = { path: '', until: 0 }

/** The path of the website's content. */
async function basePath(): Promise<string> {
  if (!root) throw new CafeError('BAD_REQUEST', { what: 'cid' })
  if (root.namespace === 'ipfs') return `/ipfs/${root.name}`
  if (resolved.until > systemClock()) return resolved.path
  try {
    const { path, ttl } = await link.call('site.root', {})
    Object.assign(resolved, { path, until: systemClock() + ttl * 1000 })
    void kept.keepRoot(path)
    return path
  } catch (error) {
    const last = await kept.root()
    if (last === undefined) throw error
    return last
  }
}

async function answer(request: Request): Promise<Response> {
  const url = new URL(request.url)
  const navigation = request.mode === 'navigate'
  let base: string
  try {
    base = await basePath()
  } catch (error) {
    const shell = navigation ? await kept.shell() : undefined
    return shell ?? new Response(toCafeError(error).message, { status: 503 })
  }
  // Its query is the website's own business, and none of the gateway's.
  const asked = new Request(new URL(base + url.pathname, url), {
    method: request.method,
    headers: request.headers,
    signal: request.signal,
  })
  const response = await gateway(asked, {
    origin: true,
    navigation,
    destination: request.destination,
    async onError({ code, data }) {
      return navigation && code === 'UNREACHABLE' && data['what'] === 'node' ? kept.shell() : undefined
    },
  })
  const moved = response.headers.get('Location')
  // What was asked of the website goes along to where it moved, unless its rules ask something themselves.
  if (moved !== null && !/[?#]/.test(moved)) response.headers.set('Location', moved + url.search)
  return absolute(response, request.url)
}

self.addEventListener('install', (event) => {
  // So that the website opens again without the network.
  event.waitUntil(kept.shell())
})

self.addEventListener('message', ({ data, ports: [port], source }) => {
  if (!isSitePort(data) || !port) return
  link.accept(port)
  source?.postMessage(data)
})

self.addEventListener('fetch', (event) => {
  if (new URL(event.request.url).origin === self.location.origin) event.respondWith(answer(event.request))
})

/** What a website keeps of itself in its own origin: blocks up to a bound, and the page that opens it. */
import type { CID } from 'multiformats/cid'
import type { Bytes } from '../src/gateway/blocks.ts'
import { createPatience } from './patience.ts'
import type { Kept } from './site-blocks.ts'

const CACHE = 'popup-cafe-site-1'
/** Bytes of blocks kept: a large website; films are fetched again. */
const MAX_KEPT = 256 * 1024 * 1024
/** The page that opens the website, under a name that is no block's. */
const SHELL = '/shell'
const ROOT = '/root'

export interface SiteKept extends Kept {
  /** The page that connects this website to the node: from the network, else as it was last time. */
  shell(): Promise<Response | undefined>
  /** Where the website's content was when it was last asked: for names, when nobody can be asked. */
  root(): Promise<string | undefined>
  /** Keeps it as long as the disk is willing; never fails. */
  keepRoot(path: string): Promise<void>
}

export function createSiteKept(caches: CacheStorage, load: typeof fetch): SiteKept {
  const opening = (): Promise<Cache> => caches.open(CACHE)
  const { soon, atLast } = createPatience()
  let size: Promise<number> | undefined

  /** Counted once in the life of this worker: what others do to the cache meanwhile is theirs. */
  const measure = async (): Promise<number> => {
    const cache = await opening()
    let total = 0
    for (const response of await cache.matchAll()) total += Number(response.headers.get('Content-Length') ?? 0)
    return total
  }

  return {
    async get(cid: CID) {
      const found = await soon(opening().then((cache) => cache.match(`/${cid}`)))
      return found && new Uint8Array(await found.arrayBuffer())
    },
    async put(cid, bytes: Bytes) {
      size ??= measure()
      const before = await size
      if (before + bytes.byteLength > MAX_KEPT) return
      size = Promise.resolve(before + bytes.byteLength)
      const headers = { 'Content-Length': String(bytes.byteLength), 'Content-Type': 'application/octet-stream' }
      const cache = await opening()
      await cache.put(`/${cid}`, new Response(bytes, { headers }))
    },
    async shell() {
      const cache = await soon(opening())
      try {
        // Past ourselves: what this worker fetches goes to the network.
        const page = await load('/', {
          cache: 'no-store',
          redirect: 'error',
          credentials: 'omit',
          referrerPolicy: 'no-referrer',
        })
        if (page.headers.get('Content-Type')?.startsWith('text/html')) {
          const body = await page.arrayBuffer()
          // A status of failure, as the host gave it, is not for a cache; the page's policy is.
          if (cache) await soon(cache.put(SHELL, new Response(body, { headers: page.headers })))
          return new Response(body, { status: 503, headers: page.headers })
        }
      } catch {
        // Offline: as it was.
      }
      const kept = cache && (await atLast(cache.match(SHELL)))
      return kept && new Response(kept.body, { status: 503, headers: kept.headers })
    },
    async root() {
      return (await atLast(opening().then((cache) => cache.match(ROOT))))?.text()
    },
    async keepRoot(path) {
      await atLast(opening().then((cache) => cache.put(ROOT, new Response(path))))
    },
  }
}

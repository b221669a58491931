/** Where a browser keeps the mark by which a cafe notices that its store has lost something (`store/epoch.ts`). */
import { within } from '../core/pause.ts'
import { type Marks, packMark, unpackMark } from '../store/epoch.ts'

const CACHE = 'popup-cafe:mark'
const ADDRESS = '/popup-cafe-mark'

/** Milliseconds for Cache Storage to answer: it may have stopped (see sw/patience.ts), and no start waits for it for long. */
const PATIENCE = 4000

/** Marks in Cache Storage, which has survived what the other stores have not (measured). */
export const cacheMarks = (caches: CacheStorage): Marks => ({
  async read() {
    const found = await within(PATIENCE, caches.match(ADDRESS, { cacheName: CACHE }))
    return found && unpackMark(new Uint8Array(await found.arrayBuffer()))
  },
  async write(mark) {
    const cache = await caches.open(CACHE)
    await cache.put(ADDRESS, new Response(packMark(mark)))
  },
})

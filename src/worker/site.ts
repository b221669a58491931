/**
 * What a website on an origin of its own may ask of the node: its own blocks. Websites are programs of strangers, so one
 * gets no block that its own content does not lead to, step by step from its root; a bounded number at once; and never a
 * word about anything else. Whatever it could learn by timing is about content it knows anyway.
 */
import type { CID } from 'multiformats/cid'
import { parseCid } from '../core/block.ts'
import type { Clock } from '../core/clock.ts'
import { CafeError } from '../core/errors.ts'
import { BLOCK_TIMEOUT } from '../core/limits.ts'
import { createRate } from '../core/rate.ts'
import { text, v } from '../core/schema.ts'
import { createSeats } from '../core/seats.ts'
import { siteRoot } from '../core/site-name.ts'
import type { Bytes } from '../gateway/blocks.ts'
import { linksOf } from '../gateway/links.ts'
import type { Names } from '../net/names.ts'
import { type Handlers, Moved } from '../rpc/port.ts'
import type { SiteApi } from './site-api.ts'

/** Blocks on their way to one website: far more than its service worker asks for at once. */
const MAX_WAITING = 64
/** Blocks a website may ask for at once, as many as a gigabyte has, and then a thousand each second: no endless loop. */
const PACE = { burst: 4000, every: 1 }
/** Blocks remembered as belonging to it; one that was forgotten is found again by way of its parents. */
const MAX_LINKED = 100_000
/** Milliseconds between signs of life: the first comes at once, so that a dead port is told from a slow block. */
const PULSE = BLOCK_TIMEOUT / 4

export interface SiteComponents {
  /** A verified block, from this device or from the network. */
  get(cid: CID, options: { readonly signal: AbortSignal }): Promise<Uint8Array>
  readonly names: Pick<Names, 'resolve'>
  readonly clock: Clock
}

/**
 * The answers for the website with this label.
 * @throws CafeError BAD_REQUEST {what: 'site'} if no website can have it.
 */
export function siteHandlers(label: string, { get, names, clock }: SiteComponents): Handlers<SiteApi> {
  const root = siteRoot(label)
  if (!root) throw new CafeError('BAD_REQUEST', { what: 'site' })
  const linked = createLinked()
  const rate = createRate({ ...PACE, clock, parties: 1 })
  const seats = createSeats(MAX_WAITING)
  if (root.namespace === 'ipfs') linked.add(parseCid(root.name))

  return {
    'site.root': {
      input: v.strictObject({}),
      async run() {
        if (root.namespace === 'ipfs') return { path: `/ipfs/${root.name}`, ttl: Number.MAX_SAFE_INTEGER }
        const { path, ttl } = await names.resolve(root.name)
        linked.add(parseCid(path.split('/')[2] ?? ''))
        return { path, ttl }
      },
    },
    'block.get': {
      input: v.strictObject({ cid: text(256) }),
      async run({ cid: wanted }, { signal, progress }) {
        const cid = parseCid(wanted)
        if (!linked.has(cid)) throw new CafeError('FORBIDDEN', { what: 'unlinked' })
        const after = rate.draw(label, 1)
        if (after > 0) throw new CafeError('BUSY', { after })
        const leave = seats.take(label)
        progress('waiting')
        const pulse = setInterval(() => progress('waiting'), PULSE)
        try {
          // A copy: the original may be on its way into the store, and a moved buffer would be gone there.
          const bytes: Bytes = new Uint8Array(await get(cid, { signal }))
          for (const child of linksOf(cid, bytes)) linked.add(child)
          return new Moved(bytes, [bytes.buffer])
        } finally {
          clearInterval(pulse)
          leave()
        }
      },
    },
  }
}

/** The newest {@link MAX_LINKED} blocks, by their hash: a website may write a CID in another way. */
function createLinked(): { add(cid: CID): void; has(cid: CID): boolean } {
  const hashes = new Set<string>()
  const hashOf = ({ multihash }: CID): string => String.fromCharCode(...multihash.bytes)
  return {
    has: (cid) => hashes.has(hashOf(cid)),
    add(cid) {
      const hash = hashOf(cid)
      // Added anew, so that it is the newest.
      hashes.delete(hash)
      hashes.add(hash)
      for (const oldest of hashes) {
        if (hashes.size <= MAX_LINKED) break
        hashes.delete(oldest)
      }
    },
  }
}

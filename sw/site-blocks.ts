/**
 * Blocks for a website's service worker: from what it has kept itself, so that a website opens again with everything else
 * gone, and else from the node by the port that the bridge gave. What it keeps, the website's own scripts can reach and
 * spoil, so every block is proved against its CID each time.
 */
import { CID } from 'multiformats/cid'
import { unlessAborted } from '../src/core/abort.ts'
import { isBlock } from '../src/core/block.ts'
import { CafeError, isCafeError } from '../src/core/errors.ts'
import { BLOCK_TIMEOUT } from '../src/core/limits.ts'
import type { BlockOptions, BlockSource, Bytes } from '../src/gateway/blocks.ts'
import { linksOf } from '../src/gateway/links.ts'
import { type Client, connect } from '../src/rpc/port.ts'
import type { SiteApi } from '../src/worker/site-api.ts'

/** Milliseconds for a living node's first word: it says it before it looks for anything. */
const FIRST_WORD = 3000
/** Blocks asked for at once: well below what the node takes from one website. */
const AT_ONCE = 32
/** Steps back towards the root to show that a block belongs to the website. */
const MAX_STEPS = 64
/** Blocks whose parent is remembered. */
const MAX_PARENTS = 50_000

/** What is kept from one visit to the next. */
export interface Kept {
  get(cid: CID): Promise<Bytes | undefined>
  put(cid: CID, bytes: Bytes): Promise<void>
}

export interface SiteLink {
  /** Takes a port that the bootstrap page has sent; one that was there before is closed. */
  accept(port: MessagePort): void
  /** @throws CafeError UNREACHABLE {what: 'node'} if there is no port, or nobody lives at its other end. */
  call: Client<SiteApi>['call']
}

/** The way to the node. It is a cache, not state: the port dies with the node and with this worker. */
export function createSiteLink(firstWord = FIRST_WORD): SiteLink {
  let current: Client<SiteApi> | undefined
  const none = (): CafeError => new CafeError('UNREACHABLE', { what: 'node' })
  return {
    accept(port) {
      current?.close()
      current = connect<SiteApi>(port)
    },
    async call(method, input, options = {}) {
      const node = current
      if (!node) throw none()
      const dead = new AbortController()
      const timer = setTimeout(() => dead.abort(none()), firstWord)
      const signal = options.signal ? AbortSignal.any([options.signal, dead.signal]) : dead.signal
      const onProgress: typeof options.onProgress = (value) => {
        clearTimeout(timer)
        options.onProgress?.(value)
      }
      try {
        return await unlessAborted(node.call(method, input, { ...options, signal, onProgress }), signal)
      } catch (error) {
        if (dead.signal.aborted && current === node) {
          current = undefined
          node.close()
        }
        throw error
      } finally {
        clearTimeout(timer)
      }
    },
  }
}

export interface SiteBlockComponents {
  readonly link: Pick<SiteLink, 'call'>
  readonly kept: Kept
  readonly timeout?: number
}

export function createSiteBlocks({ link, kept, timeout = BLOCK_TIMEOUT }: SiteBlockComponents): BlockSource {
  const parents = new Map<string, CID>()
  const waiting: (() => void)[] = []
  let busy = 0

  const turn = async <T>(task: () => Promise<T>): Promise<T> => {
    if (busy >= AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve))
    busy++
    try {
      return await task()
    } finally {
      busy--
      waiting.shift()?.()
    }
  }

  const note = (cid: CID, bytes: Bytes): void => {
    for (const child of linksOf(cid, bytes)) parents.set(nameOf(child), cid)
    for (const oldest of parents.keys()) {
      if (parents.size <= MAX_PARENTS) break
      parents.delete(oldest)
    }
  }

  const askOnce = async (cid: CID, signal: AbortSignal): Promise<Bytes> => {
    const silence = new AbortController()
    const fire = (): void => silence.abort(new CafeError('TIMEOUT'))
    let timer = setTimeout(fire, timeout)
    const heard = (): void => {
      clearTimeout(timer)
      timer = setTimeout(fire, timeout)
    }
    try {
      const either = AbortSignal.any([signal, silence.signal])
      return await link.call('block.get', { cid: `${cid}` }, { signal: either, onProgress: heard })
    } finally {
      clearTimeout(timer)
    }
  }

  /** The node knows by the way we come that a block is ours; after its restart we come the whole way again. */
  const ask = async (cid: CID, signal: AbortSignal, steps = 0): Promise<Bytes> => {
    try {
      return await askOnce(cid, signal)
    } catch (error) {
      const unlinked = isCafeError(error) && error.code === 'FORBIDDEN' && error.data['what'] === 'unlinked'
      const parent = parents.get(nameOf(cid))
      if (!unlinked || !parent || steps >= MAX_STEPS) throw error
      await ask(parent, signal, steps + 1)
      return askOnce(cid, signal)
    }
  }

  return {
    async get(cid, { signal, local = false, onSource }: BlockOptions) {
      const here = await kept.get(cid).catch(() => undefined)
      const good = here && (await isBlock(cid, here)) ? here : undefined
      if (!good && local) throw new CafeError('NOT_FOUND', { what: 'local' })
      const bytes = good ?? (await turn(() => ask(cid, signal)))
      if (!good && !(await isBlock(cid, bytes))) throw new CafeError('CORRUPT', { what: 'block' })
      onSource?.(good ? 'local' : 'network')
      note(cid, bytes)
      // Kept for the next time if there is room: this time does not depend on it.
      if (!good) void kept.put(cid, bytes).catch(() => {})
      return bytes
    },
  }
}

const nameOf = (cid: CID): string => `${CID.createV1(cid.code, cid.multihash)}`

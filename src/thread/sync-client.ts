/** The asking half of `/cafe/thread/1.0.0`: one call each, with everything that comes back checked and bounded. */
import type { CID } from 'multiformats/cid'
import { CafeError, toCafeError } from '../core/errors.ts'
import { type PeerIdText, sameBytes } from '../core/ids.ts'
import { type Connector, call, start } from '../wire/call.ts'
import type { SealedBlock } from './block.ts'
import {
  MAX_FRAME_BLOCKS,
  MAX_HAVES,
  MAX_HEADS,
  MAX_PUSH_BLOCKS,
  MAX_SHARED,
  NONCE,
  PUSH_BYTES,
  RUN_BLOCKS,
  RUN_BYTES,
  TAG,
  TAG_STEP,
  threadProtocol,
} from './sync-protocol.ts'
import { asBlocks, type SyncComponents } from './sync-serve.ts'
import type { Thread, ThreadIdText } from './thread.ts'

interface Options {
  readonly signal?: AbortSignal | undefined
}

export interface SyncClient {
  /**
   * Finds out which threads this device and the peer share, and makes a link for them.
   * @throws CafeError FORBIDDEN {why: 'proof'} if it claims one that it does not know.
   */
  hello(peer: PeerIdText, options: Options): Promise<readonly ThreadIdText[]>
  /**
   * Takes what the peer has and we have not. What has come stays, however it ends.
   * @returns how many blocks were new, and whether there is more.
   * @throws CafeError UNAUTHORIZED where there is no link; FORBIDDEN {why: 'blocks'} if what comes is not worth it.
   */
  pull(peer: PeerIdText, id: ThreadIdText, options: Options): Promise<{ applied: number; more: boolean }>
  /** Tells the peer of our heads, and gives it the blocks if they fit. @returns whether they did: then it has them. */
  push(peer: PeerIdText, id: ThreadIdText, blocks: readonly SealedBlock[], options: Options): Promise<boolean>
  /** Keys of the thread, sealed to this account; null if the peer does not know us for a member. */
  keys(peer: PeerIdText, id: ThreadIdText, options: Options): Promise<Uint8Array | null>
  /** Gives a sealed invite to the device of the account it is for. */
  invite(peer: PeerIdText, sealed: Uint8Array<ArrayBuffer>, options: Options): Promise<void>
}

/** Milliseconds without anything new before a run is given up, however busily the peer sends. */
const NOTHING_NEW = 45_000
/** Refused blocks in a run before it is. */
const MAX_REFUSED = 8
/** Blocks in a run that were here before: where no common base is found, all of a thread may come again. */
const MAX_KNOWN = RUN_BLOCKS

export function createSyncClient(components: SyncComponents & { readonly connector: Connector }): SyncClient {
  const { connector, links, threads, news } = components

  const linked = async (
    peer: PeerIdText,
    id: ThreadIdText,
  ): Promise<{ tag: Uint8Array<ArrayBuffer>; thread: Thread }> => {
    const tag = links.tagOf(peer, id)
    const thread = tag && (await threads.get(id))
    if (!tag || !thread) throw new CafeError('UNAUTHORIZED')
    return { tag, thread }
  }
  const told = (peer: PeerIdText, id: ThreadIdText, heads: readonly CID[]): void => {
    links.tell(peer, id, heads)
    news.told(peer, id, heads)
  }

  return {
    hello: (peer, options) => sayHello(components, peer, options),

    async pull(peer, id, { signal }) {
      const { tag, thread } = await linked(peer, id)
      const heads = (await thread.heads()).slice(0, MAX_HEADS)
      const exchange = await start(connector, peer, threadProtocol, 'sync', { tag, heads }, { signal })
      try {
        let asked = false
        const run = new Run(async (blocks) => threads.take(id, blocks))
        for (let item = await exchange.next(); item !== undefined; item = await exchange.next()) {
          if ('ask' in item) {
            // Asked again, there is nothing more to say: then all of it comes.
            await exchange.send({ haves: asked ? [] : (await thread.landmarks()).slice(0, MAX_HAVES) })
            asked = true
          } else {
            const size = await run.take(item.blocks)
            // The host may have sent all, and hear nothing any more: its end tells.
            await exchange.send({ credit: size }).catch(() => {})
          }
        }
        const receipt = await exchange.receipt()
        told(peer, id, receipt.heads)
        return { applied: run.applied, more: receipt.more }
      } finally {
        exchange.close()
      }
    },

    async push(peer, id, blocks, { signal }) {
      const { tag, thread } = await linked(peer, id)
      const heads = (await thread.heads()).slice(0, MAX_HEADS)
      const total = blocks.reduce((sum, { bytes }) => sum + bytes.byteLength, 0)
      const fits = blocks.length <= MAX_PUSH_BLOCKS && total <= PUSH_BYTES
      const given = fits ? blocks.map(({ bytes }) => bytes) : []
      const receipt = await call(connector, peer, threadProtocol, 'push', { tag, heads, blocks: given }, { signal })
      told(peer, id, receipt.heads)
      return fits
    },

    async keys(peer, id, { signal }) {
      const { tag } = await linked(peer, id)
      return (await call(connector, peer, threadProtocol, 'keys', { tag }, { signal })).sealed
    },

    async invite(peer, sealed, { signal }) {
      await call(connector, peer, threadProtocol, 'invite', { sealed }, { signal })
    },
  }
}

/** The caller's half of a `hello`. */
async function sayHello(
  components: SyncComponents & { readonly connector: Connector },
  peer: PeerIdText,
  { signal }: Options,
): Promise<readonly ThreadIdText[]> {
  const { connector, self, threads, links, news, addresses, random } = components
  const callerNonce = random(NONCE)
  const exchange = await start(connector, peer, threadProtocol, 'hello', { nonce: callerNonce }, { signal })
  try {
    const first = await exchange.next()
    if (!first || !('nonce' in first)) throw new CafeError('BAD_REQUEST', { at: 'nonce' })
    const meeting = { caller: self, host: peer, callerNonce, hostNonce: first.nonce }
    const mine = [...(await threads.provers())].slice(0, MAX_SHARED)
    const tags = await Promise.all(mine.map(([, prove]) => prove('caller', meeting)))
    const padded = Math.min(MAX_SHARED, Math.ceil(Math.max(1, tags.length) / TAG_STEP) * TAG_STEP)
    await exchange.send({ tags: [...tags, ...Array.from({ length: padded - tags.length }, () => random(TAG))] })

    const shared: ThreadIdText[] = []
    const theirs = new Map<ThreadIdText, readonly CID[]>()
    let where: readonly string[] = []
    for (let left = mine.length; ; left--) {
      const item = await exchange.next()
      if (item && 'addresses' in item) {
        where = item.addresses
        break
      }
      const [id, prove] = (item && 'at' in item && mine[item.at]) || []
      if (!item || !('at' in item) || !id || !prove || left === 0) throw new CafeError('BAD_REQUEST', { at: 'proof' })
      if (!sameBytes(item.proof, await prove('host', meeting))) throw new CafeError('FORBIDDEN', { why: 'proof' })
      const thread = (await threads.allows(id, peer)) ? await threads.get(id) : undefined
      if (!thread) continue
      links.meet(peer, [{ tag: tags[item.at] as Uint8Array<ArrayBuffer>, id }])
      shared.push(id)
      theirs.set(id, item.heads)
      await exchange.send({ at: item.at, heads: (await thread.heads()).slice(0, MAX_HEADS) })
    }
    await exchange.send({ addresses: shared.length > 0 ? [...addresses()] : [] })
    await exchange.receipt()
    news.met(peer, shared, shared.length > 0 ? where : [])
    for (const [id, heads] of theirs) {
      links.tell(peer, id, heads)
      news.told(peer, id, heads)
    }
    return shared
  } finally {
    exchange.close()
  }
}

/** What comes in one run, and when it has been too much. */
class Run {
  applied = 0
  #refused = 0
  #blocks = 0
  #bytes = 0
  #news = performance.now()
  readonly #take: (blocks: readonly SealedBlock[]) => Promise<{ applied: number; refused: number }>

  constructor(take: (blocks: readonly SealedBlock[]) => Promise<{ applied: number; refused: number }>) {
    this.#take = take
  }

  /** Keeps a frame and gives its size. @throws CafeError FORBIDDEN {why: 'blocks'}. */
  async take(frame: readonly Uint8Array[]): Promise<number> {
    const size = frame.reduce((sum, { byteLength }) => sum + byteLength, 0)
    this.#blocks += frame.length
    this.#bytes += size
    if (this.#blocks > RUN_BLOCKS + MAX_FRAME_BLOCKS || this.#bytes > 2 * RUN_BYTES) throw tooMuch()
    const { applied, refused } = await this.#take(await asBlocks(frame))
    this.applied += applied
    this.#refused += refused
    if (applied > 0) this.#news = performance.now()
    const known = this.#blocks - this.applied
    if (this.#refused > MAX_REFUSED || known > MAX_KNOWN) throw tooMuch()
    if (performance.now() - this.#news > NOTHING_NEW) throw tooMuch()
    return size
  }
}

const tooMuch = (): CafeError => new CafeError('FORBIDDEN', { why: 'blocks' })

/** Is there no use in trying the same peer again soon? */
export function isHopeless(error: unknown): boolean {
  const { code } = toCafeError(error)
  return code === 'FORBIDDEN' || code === 'BAD_REQUEST' || code === 'UNSUPPORTED' || code === 'CORRUPT'
}

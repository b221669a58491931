/**
 * Brings what is missing in a thread from where somebody keeps it, by CID: nobody of the thread need be here. From the
 * heads back to what is known; where that is far, by packs, which say at once what there is. What has come stays, and the
 * next time goes on from there.
 */
import { CID } from 'multiformats/cid'
import type { BlockSource, FetchSession } from '../cafe/pin/fetch.ts'
import { CafeError, toCafeError } from '../core/errors.ts'
import { MAX_BLOCK, MAX_THREAD_BLOCK, MiB } from '../core/limits.ts'
import { unshared } from '../crypto/bytes.ts'
import type { SealedBlock } from '../thread/block.ts'
import type { Thread, ThreadIdText } from '../thread/thread.ts'
import { readPackRoot } from './pack-root.ts'
import type { Intake } from './thread-intake.ts'

export interface FetchPlan {
  readonly heads: readonly CID[]
  /** Roots of packs that have the thread's blocks, the largest first. */
  readonly packs: readonly CID[]
  /** Peers, or addresses that end in one. */
  readonly origins: readonly string[]
}

export interface ThreadFetch {
  /**
   * @returns whether all of the heads are here now.
   * @throws CafeError UNREACHABLE, TIMEOUT, NOT_FOUND if nothing could be had; ABORTED.
   */
  fetch(thread: Thread, plan: FetchPlan, options: { signal: AbortSignal }): Promise<boolean>
}

/** Blocks asked for at once. */
const AT_ONCE = 8
/** Blocks handed over together; of packs, where parents may be anywhere; and bytes held for that. */
const BATCH = 64
const TOGETHER = 4096
const HELD = 16 * MiB
/** Steps back from the heads before packs are looked at: as many as are posted in an evening. */
const STEPS = 12
/** And at most, blocks and bytes of one attempt. */
const MAX_STEPS = 2000
const MAX_BLOCKS = 20_000
const MAX_BYTES = 128 * MiB
const DAG_CBOR = 0x71

export interface FetchComponents {
  readonly source: BlockSource
  readonly take: Intake['take']
}

export function createThreadFetch({ source, take }: FetchComponents): ThreadFetch {
  return {
    async fetch(thread, plan, { signal }) {
      if (await isHere(thread, plan.heads)) return true
      const session = source.open(plan.origins)
      const run = new FetchRun(session, thread.id, take, signal)
      try {
        let missing = await run.stepBack(await lacking(thread, plan.heads), STEPS)
        if (missing.length > 0 && plan.packs.length > 0) {
          await run.unpack(thread, plan.packs)
          missing = await lacking(thread, [...missing, ...plan.heads])
        }
        await run.stepBack(missing, MAX_STEPS)
      } finally {
        session.close()
      }
      return isHere(thread, plan.heads)
    },
  }
}

const lacking = async (thread: Thread, cids: readonly CID[]): Promise<CID[]> => {
  const here = await thread.has(cids)
  return cids.filter((_, i) => !here[i])
}
const isHere = async (thread: Thread, heads: readonly CID[]): Promise<boolean> =>
  (await lacking(thread, heads)).length === 0

class FetchRun {
  readonly #session: FetchSession
  readonly #id: ThreadIdText
  readonly #take: Intake['take']
  readonly #signal: AbortSignal
  readonly #asked = new Set<string>()
  #blocks = 0
  #bytes = 0

  constructor(session: FetchSession, id: ThreadIdText, take: Intake['take'], signal: AbortSignal) {
    this.#session = session
    this.#id = id
    this.#take = take
    this.#signal = signal
  }

  /** Fetches these and what they build on. @returns what is still missing after so many steps. */
  async stepBack(from: readonly CID[], steps: number): Promise<readonly CID[]> {
    let missing = from
    for (let step = 0; step < steps && missing.length > 0; step++) {
      for (const cid of missing) this.#asked.add(cid.toString())
      // What nobody has would be asked for again and again.
      missing = (await this.#bring(missing)).filter((cid) => !this.#asked.has(cid.toString()))
    }
    return missing
  }

  /** Fetches what the packs name and is not here: as much at once as may be held, since they are in no order. */
  async unpack(thread: Thread, packs: readonly CID[]): Promise<void> {
    const named = new Map<string, CID>()
    for (const pack of packs) {
      const members = await this.#get(pack, MAX_BLOCK)
        .then((bytes) => readPackRoot(pack, bytes))
        .catch(() => [])
      // A pack that is gone, or none, has been replaced by another, or is worth nothing.
      for (const { multihash } of members) {
        const cid = CID.createV1(DAG_CBOR, multihash)
        named.set(cid.toString(), cid)
      }
    }
    await this.#bring(await lacking(thread, [...named.values()]), TOGETHER)
  }

  /** Fetches blocks and hands them over, so many at a time. @returns what they are missing. */
  async #bring(cids: readonly CID[], together = BATCH): Promise<CID[]> {
    const missing = new Map<string, CID>()
    const next = cids.values()
    let found = 0
    let failure: CafeError | undefined
    for (let batch = await this.#gather(next, together); ; batch = await this.#gather(next, together)) {
      failure ??= batch.failure
      found += batch.blocks.length
      if (batch.blocks.length > 0)
        for (const cid of (await this.#take(this.#id, batch.blocks)).missing) missing.set(cid.toString(), cid)
      for (const { cid } of batch.blocks) missing.delete(cid.toString())
      if (batch.done) break
    }
    if (found === 0 && failure) throw failure
    return [...missing.values()]
  }

  /** Some of the blocks that are next, as far as they can be had. */
  async #gather(next: IterableIterator<CID>, together: number) {
    const blocks: SealedBlock[] = []
    let bytes = 0
    let failure: CafeError | undefined
    let done = false
    const worker = async (): Promise<void> => {
      while (blocks.length < together && bytes < HELD && !done) {
        const { value: cid } = next.next()
        if (!cid) {
          done = true
          return
        }
        try {
          const block = await this.#get(cid, MAX_THREAD_BLOCK)
          blocks.push({ cid, bytes: block })
          bytes += block.byteLength
        } catch (error) {
          failure = toCafeError(error)
          if (this.#signal.aborted) throw failure
        }
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, worker))
    return { blocks, failure, done }
  }

  async #get(cid: CID, limit: number): Promise<Uint8Array<ArrayBuffer>> {
    this.#signal.throwIfAborted()
    if (this.#blocks >= MAX_BLOCKS || this.#bytes >= MAX_BYTES) throw new CafeError('BUSY')
    const bytes = await this.#session.get(cid, { signal: this.#signal })
    if (bytes.byteLength > limit) throw new CafeError('BAD_REQUEST', { limit })
    this.#blocks++
    this.#bytes += bytes.byteLength
    return unshared(bytes)
  }
}

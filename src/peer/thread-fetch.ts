/**
 * Brings what is missing in a thread from where somebody keeps it, by CID: nobody of the thread need be here. From the
 * heads back to what is known; where that is far, by packs, which say at once what there is. What has come stays, and the
 * next time goes on from there.
 */
import { CID } from 'multiformats/cid'
import type { BlockSource, FetchSession } from '../cafe/pin/fetch.ts'
import { decode } from '../core/codec.ts'
import { CafeError, toCafeError } from '../core/errors.ts'
import { MAX_BLOCK, MAX_THREAD_BLOCK, MiB } from '../core/limits.ts'
import { cid, parse, v } from '../core/schema.ts'
import { unshared } from '../crypto/bytes.ts'
import type { SealedBlock } from '../thread/block.ts'
import type { Thread, ThreadIdText } from '../thread/thread.ts'
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
/** Blocks handed over together. */
const BATCH = 64
/** Steps back from the heads before packs are looked at: as many as are posted in an evening. */
const STEPS = 12
/** And at most, blocks and bytes of one attempt. */
const MAX_STEPS = 2000
const MAX_BLOCKS = 20_000
const MAX_BYTES = 128 * MiB
/** CIDs in a pack. */
const MAX_PACK = 4096

const packSchema = v.pipe(v.array(cid), v.maxLength(MAX_PACK))
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

  /** Fetches what the packs name and is not here, in their order. */
  async unpack(thread: Thread, packs: readonly CID[]): Promise<void> {
    for (const pack of packs) {
      const bytes = await this.#get(pack, MAX_BLOCK).catch(() => undefined)
      if (!bytes) continue
      const named = parse(packSchema, decode(bytes, MAX_BLOCK))
      // Packs name blocks as raw bytes, so that a walk of the pack ends there.
      const cids = await lacking(
        thread,
        named.map(({ multihash }) => CID.createV1(DAG_CBOR, multihash)),
      )
      await this.#bring(cids)
    }
  }

  /** Fetches blocks and hands them over. @returns what they are missing. */
  async #bring(cids: readonly CID[]): Promise<CID[]> {
    const missing = new Map<string, CID>()
    let found = 0
    let failure: CafeError | undefined
    for (let at = 0; at < cids.length; at += BATCH) {
      const batch: SealedBlock[] = []
      const due = cids.slice(at, at + BATCH)
      const next = due.values()
      const worker = async (): Promise<void> => {
        for (const cid of next) {
          try {
            batch.push({ cid, bytes: await this.#get(cid, MAX_THREAD_BLOCK) })
          } catch (error) {
            failure = toCafeError(error)
            if (this.#signal.aborted) throw failure
          }
        }
      }
      await Promise.all(Array.from({ length: AT_ONCE }, worker))
      found += batch.length
      const order = new Map(due.map((cid, i) => [cid.toString(), i]))
      batch.sort((a, b) => (order.get(a.cid.toString()) ?? 0) - (order.get(b.cid.toString()) ?? 0))
      if (batch.length === 0) continue
      for (const cid of (await this.#take(this.#id, batch)).missing) missing.set(cid.toString(), cid)
      for (const { cid } of batch) missing.delete(cid.toString())
    }
    if (found === 0 && failure) throw failure
    return [...missing.values()]
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

/**
 * The blocks of one thread, out of the cafes that keep them: those its packs list, and then whatever its heads lead to. Each is
 * verified as it comes; what one cafe lacks or has broken is asked of the others, what all lack does not stop the rest.
 */
import type { CID } from 'multiformats/cid'
import type { BlockSource, FetchSession } from '../cafe/pin/fetch.ts'
import { toCafeError } from '../core/errors.ts'
import { MiB } from '../core/limits.ts'
import type { Keeper, KeptBlock } from './keeper.ts'
import { readPackRoot } from './pack-root.ts'

export interface FetchBlocks {
  readonly source: BlockSource
  /** Peer ids and addresses of the cafes. */
  readonly origins: readonly string[]
  readonly packs: readonly CID[]
  readonly signal: AbortSignal
  readonly onProgress: (blocks: number, of: number) => void
}

export interface FetchedBlocks {
  /** Blocks that are here, of those known. */
  readonly blocks: number
  readonly of: number
  /** Asked for, and whole nowhere. */
  readonly lost: number
  /** Not all cafes that may have them were reached. */
  readonly unreached: number
}

/** Blocks asked for at once: fills a path of some hundred milliseconds. */
const AT_ONCE = 64
/** Bytes given to the thread together: packs are in no order, and threads like to have parents first. */
const TOGETHER = 16 * MiB

/** @throws CafeError ABORTED; QUOTA if the disk is full. */
export async function fetchBlocks(keeper: Keeper, task: FetchBlocks): Promise<FetchedBlocks> {
  const session = task.source.open(task.origins)
  const fetching = new Fetching(keeper, session, task)
  try {
    await fetching.take(await fetching.packed())
    for (let before = ''; ; ) {
      const missing = await keeper.missing()
      const asked = missing.map(keyOf).sort().join()
      // Nobody has these, or having them has not helped.
      if (asked === before || !(await fetching.take(missing))) return fetching.count()
      before = asked
    }
  } finally {
    session.close()
  }
}

class Fetching {
  readonly #keeper: Keeper
  readonly #session: FetchSession
  readonly #task: FetchBlocks
  readonly #known = new Set<string>()
  readonly #here = new Set<string>()
  /** Why a block is not to be had. */
  readonly #failed = new Map<string, string>()

  constructor(keeper: Keeper, session: FetchSession, task: FetchBlocks) {
    this.#keeper = keeper
    this.#session = session
    this.#task = task
  }

  /** What the packs list. One that is lost costs time only: its blocks hang together. */
  async packed(): Promise<CID[]> {
    const lists = await Promise.all(
      this.#task.packs.map(async (pack): Promise<readonly CID[]> => {
        const bytes = await this.#get(pack, () => {})
        return bytes ? readPackRoot(pack, bytes).catch(() => []) : []
      }),
    )
    return lists.flat()
  }

  /** Has the thread take these blocks; false if there is none that can be asked for. */
  async take(cids: readonly CID[]): Promise<boolean> {
    const unique = new Map(cids.map((cid) => [keyOf(cid), cid]))
    const wanted = [...unique].filter(([key]) => !this.#failed.has(key)).map(([, cid]) => cid)
    for (const cid of wanted) this.#known.add(keyOf(cid))
    const here = wanted.length > 0 ? await this.#keeper.has(wanted) : []
    const queue = wanted.filter((cid, i) => {
      if (here[i]) this.#here.add(keyOf(cid))
      return !here[i]
    })
    this.#say()
    for (let got = await this.#fetch(queue); got.length > 0; got = await this.#fetch(queue)) {
      await this.#keeper.receive(got)
      for (const { cid } of got) this.#here.add(keyOf(cid))
      this.#say()
    }
    return wanted.length > 0
  }

  count(): FetchedBlocks {
    const codes = [...this.#failed.values()]
    const lost = codes.filter((code) => code === 'NOT_FOUND' || code === 'CORRUPT').length
    return { blocks: this.#here.size, of: this.#known.size, lost, unreached: codes.length - lost }
  }

  #say(fetched = 0): void {
    this.#task.onProgress(this.#here.size + fetched, this.#known.size)
  }

  /** The next of the queue, as many as are given to the thread together; those that nobody has are passed over. */
  async #fetch(queue: CID[]): Promise<KeptBlock[]> {
    const got: KeptBlock[] = []
    let bytes = 0
    const worker = async (): Promise<void> => {
      for (let cid = queue.shift(); cid; cid = bytes < TOGETHER ? queue.shift() : undefined) {
        const found = await this.#get(cid, (code) => this.#failed.set(keyOf(cid as CID), code))
        if (!found) continue
        bytes += found.byteLength
        got.push({ cid, bytes: found })
        this.#say(got.length)
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, worker))
    return got
  }

  async #get(cid: CID, onFailure: (code: string) => void): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const { signal } = this.#task
    try {
      return await this.#session.get(cid, { signal })
    } catch (thrown) {
      signal.throwIfAborted()
      onFailure(toCafeError(thrown).code)
      return undefined
    }
  }
}

const keyOf = ({ multihash }: CID): string => String.fromCharCode(...multihash.bytes)

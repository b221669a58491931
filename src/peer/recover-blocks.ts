/**
 * The blocks of one thread, out of the cafes that keep them: those its packs list, and then whatever its heads lead to. Each is
 * verified as it comes; what one cafe lacks or has broken is asked of the others, what all lack does not stop the rest.
 */
import type { CID } from 'multiformats/cid'
import type { BlockSource, FetchSession } from '../cafe/pin/fetch.ts'
import { toCafeError } from '../core/errors.ts'
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

/** Blocks asked for at once, and given to the thread together. */
const AT_ONCE = 64

/** @throws CafeError ABORTED; QUOTA if the disk is full. */
export async function fetchBlocks(keeper: Keeper, task: FetchBlocks): Promise<FetchedBlocks> {
  const session = task.source.open(task.origins)
  const seen = new Set<string>()
  const count = { blocks: 0, of: 0, lost: 0, unreached: 0 }
  try {
    const listed: CID[] = []
    // A list that is lost costs time only: its blocks hang together.
    for (const one of await getAll(session, task.packs, task.signal, () => {})) listed.push(...(await readPack(one)))
    for (let wanted: readonly CID[] = listed; ; wanted = await keeper.missing()) {
      const fresh = wanted.filter((one) => !seen.has(keyOf(one)))
      if (fresh.length === 0 && wanted !== listed) return count
      for (const one of fresh) seen.add(keyOf(one))
      count.of = seen.size
      await fetchInto(keeper, session, fresh, task, count)
    }
  } finally {
    session.close()
  }
}

async function fetchInto(
  keeper: Keeper,
  session: FetchSession,
  cids: readonly CID[],
  { signal, onProgress }: FetchBlocks,
  count: { blocks: number; of: number; lost: number; unreached: number },
): Promise<void> {
  for (let from = 0; from < cids.length; from += AT_ONCE) {
    const some = cids.slice(from, from + AT_ONCE)
    const here = await keeper.has(some)
    const missing = some.filter((_, i) => !here[i])
    const got = await getAll(session, missing, signal, (code) => {
      if (code === 'NOT_FOUND' || code === 'CORRUPT') count.lost++
      else count.unreached++
    })
    if (got.length > 0) await keeper.receive(got)
    count.blocks += some.length - missing.length + got.length
    onProgress(count.blocks, count.of)
  }
}

/** Those of the blocks that somebody has; the code of why there is not each of the others. */
async function getAll(
  session: FetchSession,
  cids: readonly CID[],
  signal: AbortSignal,
  onMissing: (code: string) => void,
): Promise<KeptBlock[]> {
  const got = await Promise.all(
    cids.map(async (cid): Promise<KeptBlock[]> => {
      try {
        return [{ cid, bytes: await session.get(cid, { signal }) }]
      } catch (thrown) {
        signal.throwIfAborted()
        onMissing(toCafeError(thrown).code)
        return []
      }
    }),
  )
  return got.flat()
}

async function readPack({ cid, bytes }: KeptBlock): Promise<readonly CID[]> {
  try {
    return await readPackRoot(cid, bytes)
  } catch {
    // It is what its CID says and still no list of ours: nothing in it can be asked for.
    return []
  }
}

const keyOf = ({ multihash }: CID): string => String.fromCharCode(...multihash.bytes)

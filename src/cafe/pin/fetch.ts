/**
 * Fetching a root from peers: level by level, a few blocks at once, each verified before it counts, through the same lease,
 * quota and walk as an upload. What an interrupted fetch brought is kept, and it goes on from there.
 */
import type { CID } from 'multiformats/cid'
import { identity } from 'multiformats/hashes/identity'
import { checkCid } from '../../core/block.ts'
import { CafeError, isCafeError, toCafeError } from '../../core/errors.ts'
import { MiB, WALK_BLOCKS, WALK_DEPTH, WINDOW } from '../../core/limits.ts'
import { type Blocks, blockKey, verifiedGet } from '../../store/blocks.ts'
import { endFailed } from './ending.ts'
import type { Keep } from './keep.ts'
import type { Owner, Pinning } from './pinning.ts'
import type { PinRow } from './store.ts'
import type { Upload } from './upload.ts'
import { linksOf } from './walk.ts'

/** Blocks of named peers: given by `net`. */
export interface BlockSource {
  /** @throws CafeError BAD_REQUEST {at: 'origins'} for one that is no peer id and no address that ends in one. */
  open(origins: readonly string[]): FetchSession
}

export interface FetchSession {
  /**
   * The block, verified, from the first of the origins that has it; one that lies is not asked again.
   * @throws CafeError NOT_FOUND; CORRUPT if all that could be asked lie; UNREACHABLE or TIMEOUT; ABORTED.
   */
  get(cid: CID, options: { signal: AbortSignal }): Promise<Uint8Array<ArrayBuffer>>
  close(): void
}

export interface FetchComponents {
  readonly keep: Keep
  readonly blocks: Blocks
  readonly source: BlockSource
}

export interface FetchTask {
  readonly owner: Owner
  readonly root: CID
  readonly origins: readonly string[]
  readonly signal: AbortSignal
  readonly stands: () => Promise<boolean>
  readonly onProgress: (soFar: { blocks: number; bytes: number }) => void
}

/** Blocks asked for at once: hides the path's delay, and holds 16 MiB at most. */
const AT_ONCE = 8
/** Bytes promised at first, and by how much more each time that was not enough: the size is known only at the end. */
const FIRST_ROOM = 8 * MiB
const GROWTH = 4

/** Fetches what is below a root and pins it. @throws CafeError as `Keep.begin`, `Pinning.complete` and the source. */
export async function fetchPin(components: FetchComponents, task: FetchTask): Promise<PinRow> {
  const session = components.source.open(task.origins)
  try {
    for (let room = Math.min(FIRST_ROOM, task.owner.quota); ; ) {
      const pinning = await begin(components.keep, task, room)
      try {
        return await fetchInto(components, session, pinning, task)
      } catch (error) {
        const failure = toCafeError(error)
        const grown = Math.min(room * GROWTH, task.owner.quota)
        if (failure.data.declared !== undefined && grown > room) {
          room = grown
          await pinning.interrupted()
        } else {
          throw await endFailed(pinning, failure)
        }
      }
    }
  } finally {
    session.close()
  }
}

/** Begins or resumes the upload of this root; where there is less room than asked for, with what there is. */
async function begin(keep: Keep, { owner, root }: FetchTask, bytes: number): Promise<Pinning> {
  const name = `fetch ${blockKey(root)}`
  try {
    return await keep.begin(owner, { bytes, name })
  } catch (error) {
    const free = isCafeError(error) && error.code === 'QUOTA' ? error.data.free : undefined
    if (typeof free !== 'number' || free * GROWTH <= bytes) throw error
    return keep.begin(owner, { bytes: free, name })
  }
}

async function fetchInto(
  { blocks }: FetchComponents,
  session: FetchSession,
  pinning: Pinning,
  task: FetchTask,
): Promise<PinRow> {
  const signal = AbortSignal.any([task.signal, pinning.signal])
  const seen = new Set([blockKey(checkCid(task.root))])
  const soFar = { blocks: 0, bytes: 0 }
  const take = taker(blocks, session, pinning.upload, signal)
  let level: CID[] = [task.root]
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > WALK_DEPTH) throw new CafeError('BAD_REQUEST', { what: 'dag', depth: WALK_DEPTH })
    const below: CID[] = []
    for (let at = 0; at < level.length; at += AT_ONCE) {
      for (const { cid, bytes, size } of await take(level.slice(at, at + AT_ONCE))) {
        soFar.blocks++
        soFar.bytes += size
        for (const link of await linksOf(cid, async () => bytes ?? verifiedGet(blocks, cid))) {
          const key = blockKey(checkCid(link))
          if (seen.has(key)) continue
          seen.add(key)
          if (seen.size > WALK_BLOCKS) throw new CafeError('BAD_REQUEST', { what: 'dag', blocks: WALK_BLOCKS })
          below.push(link)
        }
      }
      task.onProgress(soFar)
    }
    level = below
  }
  return pinning.complete(task.root, { signal, stands: task.stands })
}

interface Taken {
  readonly cid: CID
  readonly size: number
  /** Undefined where it was here before. */
  readonly bytes?: Uint8Array<ArrayBuffer> | undefined
}

/** Has blocks here, verified and in the lease. */
function taker(blocks: Blocks, session: FetchSession, upload: Upload, signal: AbortSignal) {
  let offered = 0
  const fetched = async (cid: CID): Promise<Taken> => {
    const bytes = await session.get(cid, { signal })
    return { cid, bytes, size: bytes.byteLength }
  }
  return async (cids: readonly CID[]): Promise<Taken[]> => {
    const sizes = await blocks.sizes(cids.map(blockKey))
    const taken = await Promise.all(
      cids.map((cid, i): Taken | Promise<Taken> => {
        if (cid.multihash.code === identity.code) return { cid, size: 0 }
        const size = sizes[i]
        return size === undefined ? fetched(cid) : { cid, size }
      }),
    )
    let unstored = 0
    for (const place of await upload.offer(taken)) {
      const one = taken[place - offered] as Taken
      // It may have been here a moment ago, and not be now.
      const bytes = one.bytes ?? (await session.get(one.cid, { signal }))
      if (unstored + bytes.byteLength > WINDOW) {
        await upload.settled()
        unstored = 0
      }
      unstored += bytes.byteLength
      upload.block(place, bytes, async () => {})
    }
    offered += taken.length
    await upload.settled()
    return taken
  }
}

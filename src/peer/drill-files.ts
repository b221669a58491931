/** Files in a drill: the root of each, and one way down to a block of each, fetched from a cafe that should have it. */
import type { CID } from 'multiformats/cid'
import type { BlockSource, FetchSession } from '../cafe/pin/fetch.ts'
import { linksOf } from '../cafe/pin/walk.ts'
import { parseCid } from '../core/block.ts'
import type { Random } from '../core/clock.ts'
import { toCafeError } from '../core/errors.ts'
import type { PeerIdText } from '../core/ids.ts'
import { WALK_DEPTH } from '../core/limits.ts'
import type { DrillProblem } from './drill.ts'

/** Something that cafes keep below a root. */
export interface KeptFile {
  readonly root: string
  /** Those that say that they have it. */
  readonly cafes: readonly PeerIdText[]
}

export interface CheckFilesComponents {
  readonly source: BlockSource
  readonly random: Random
}

/** Checks every file at one of its cafes, chosen by chance; each drill finds another way down. */
export async function checkFiles(
  { source, random }: CheckFilesComponents,
  files: readonly KeptFile[],
  signal: AbortSignal,
  onChecked: () => void,
): Promise<{ readonly blocks: number; readonly problems: readonly DrillProblem[] }> {
  const problems: DrillProblem[] = []
  const sessions = new Map<PeerIdText, FetchSession>()
  const sessionAt = (cafe: PeerIdText): FetchSession => {
    const session = sessions.get(cafe) ?? source.open([cafe])
    sessions.set(cafe, session)
    return session
  }
  let blocks = 0
  try {
    for (const { root, cafes: having } of files) {
      const cafe = having[pick(random, having.length)]
      try {
        if (cafe === undefined) problems.push({ what: 'file', about: root, code: 'NOT_FOUND' })
        else blocks += await wayDown(sessionAt(cafe), parseCid(root), random, signal)
      } catch (thrown) {
        signal.throwIfAborted()
        problems.push({ what: 'file', about: root, code: toCafeError(thrown).code })
      }
      onChecked()
    }
    return { blocks, problems }
  } finally {
    for (const session of sessions.values()) session.close()
  }
}

/** From a root to a block without links; each is verified as it comes. Gives how many there were. */
async function wayDown(session: FetchSession, root: CID, random: Random, signal: AbortSignal): Promise<number> {
  let depth = 0
  for (let cid: CID | undefined = root; cid && depth < WALK_DEPTH; depth++) {
    const bytes = await session.get(cid, { signal })
    const links: readonly CID[] = await linksOf(cid, async () => bytes)
    cid = links[pick(random, links.length)]
  }
  return depth
}

/** A whole number from 0 below `count`. */
function pick(random: Random, count: number): number {
  const [a = 0, b = 0, c = 0] = random(3)
  return count === 0 ? 0 : ((a << 16) | (b << 8) | c) % count
}

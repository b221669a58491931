/**
 * Getting a listed file to one cafe, in the way that moves least: what is damaged there is repaired in place; what is here
 * is uploaded; what only other cafes have is fetched by the cafe from them.
 */
import { CID } from 'multiformats/cid'
import * as raw from 'multiformats/codecs/raw'
import * as Digest from 'multiformats/hashes/digest'
import type { PinClient, StoredBlock } from '../cafe/pin/client.ts'
import type { BlockSource } from '../cafe/pin/fetch.ts'
import { storedBlocks, walk } from '../cafe/pin/walk.ts'
import { parseCid } from '../core/block.ts'
import { CafeError, isErrorCode, toCafeError } from '../core/errors.ts'
import type { PeerIdText } from '../core/ids.ts'
import { MAX_ORIGINS } from '../core/limits.ts'
import { delay } from '../core/pause.ts'
import type { Listed } from '../store/block-list.ts'
import type { Blocks } from '../store/blocks.ts'
import type { Backup } from './backup-row.ts'
import { authorized, type Cafes } from './cafes.ts'
import type { OwnBlocks } from './own-blocks.ts'
import type { Labels } from './pin-label.ts'
import { reader, sourcesOf } from './readers.ts'
import { blockLog, upload } from './upload.ts'

export interface HandOverComponents {
  readonly blocks: Blocks
  readonly own: OwnBlocks
  readonly cafes: Pick<Cafes, 'access' | 'list'>
  readonly client: PinClient
  readonly source: BlockSource
  readonly labels: Labels
}

/** Milliseconds one upload waits for a broken path before it goes back to the end of the line. */
const PATIENCE = 10_000
/** Milliseconds between looks at a fetch that the cafe makes, and looks until it goes to the end of the line. */
const LOOK = 1000
const LOOKS = 60

/**
 * Resolves when the cafe has the file whole, as far as it says.
 * @throws CafeError the cafe's refusal; NOT_FOUND or CORRUPT if nobody has all of it; of the path, see `upload`.
 */
export async function handOver(
  components: HandOverComponents,
  row: Backup,
  cafe: PeerIdText,
  signal: AbortSignal,
): Promise<void> {
  const at = row.cafes.find((one) => one.cafe === cafe)
  if (at?.state === 'degraded' && (await mend(components, row, cafe, signal))) return
  if (row.adopted) await fetchThere(components, row, cafe, signal)
  else await uploadFrom(components, row, cafe, signal)
}

/** Repairs the file in place; false if the cafe cannot, and is to have it anew. */
async function mend(
  { client, cafes, ...parts }: HandOverComponents,
  row: Backup,
  cafe: PeerIdText,
  signal: AbortSignal,
): Promise<boolean> {
  const from = reader(parts, row, signal, cafe)
  const read = async (cid: CID) => {
    try {
      return await from.read(cid)
    } catch (error) {
      // Lost here and everywhere else: the cafe is told so, and mends the rest.
      if (['NOT_FOUND', 'CORRUPT', 'UNREACHABLE'].includes(toCafeError(error).code)) return undefined
      throw error
    }
  }
  try {
    const root = parseCid(row.root)
    const { missing } = await authorized(cafes, cafe, signal, (auth) => client.mend(cafe, root, { auth, signal, read }))
    if (missing > 0) throw new CafeError('CORRUPT', { missing })
    return true
  } catch (error) {
    const { code } = toCafeError(error)
    if (code === 'NOT_FOUND' || code === 'UNSUPPORTED') return false
    throw error
  } finally {
    from.close()
  }
}

async function uploadFrom(
  { client, cafes, labels, blocks, own, source }: HandOverComponents,
  row: Backup,
  cafe: PeerIdText,
  signal: AbortSignal,
): Promise<void> {
  const from = reader({ blocks, source }, row, signal, cafe)
  try {
    const root = parseCid(row.root)
    const listed = await own.of(row.root)
    const all = listed.length > 0 ? listed.map(asStored) : await blocksBelow(root, blocks, from.read, signal)
    const bytes = all.reduce((sum, { size }) => sum + size, 0)
    const label = () => labels.seal(root, row)
    const task = { cafe, bytes, log: blockLog(all, root), label, name: row.upload, patience: PATIENCE, signal }
    await upload({ client, cafes, read: from.read }, task)
  } finally {
    from.close()
  }
}

/** A block as its list has it. Where it lies follows from its hash; what is in it, from those that link to it. */
const asStored = ({ hash, size }: Listed): StoredBlock => ({ cid: CID.createV1(raw.code, Digest.decode(hash)), size })

/** All blocks below a root of which there is no list: those that were lost here are read from elsewhere. */
async function blocksBelow(
  root: CID,
  blocks: Blocks,
  read: (cid: CID) => Promise<Uint8Array<ArrayBuffer>>,
  signal: AbortSignal,
): Promise<StoredBlock[]> {
  const found: StoredBlock[] = []
  const onBlock = (cid: CID, size: number): void => void found.push({ cid, size })
  const here = storedBlocks(blocks)
  const sizes = async (cids: readonly CID[]) => {
    const known = await here.sizes(cids)
    return Promise.all(cids.map(async (cid, i) => known[i] ?? (await read(cid)).byteLength))
  }
  await walk(root, { read, sizes }, { maxBytes: Number.MAX_SAFE_INTEGER, signal, onBlock })
  return found
}

/** Has the cafe fetch the file from the others that have it, and waits until it has, or says why not. */
async function fetchThere(
  { client, cafes, labels }: HandOverComponents,
  row: Backup,
  cafe: PeerIdText,
  signal: AbortSignal,
): Promise<void> {
  const having = sourcesOf(row, cafe)
  const known = (await cafes.list()).filter((joined) => having.includes(joined.cafe))
  const origins = known.flatMap((joined) => [joined.cafe, ...joined.addresses]).slice(0, MAX_ORIGINS)
  if (origins.length === 0) throw new CafeError('NOT_FOUND')
  const root = parseCid(row.root)
  const sealed = await labels.seal(root, row)
  let status = await authorized(cafes, cafe, signal, (auth) =>
    client.fetch(cafe, root, { auth, signal, origins, sealed }),
  )
  for (let look = 0; look < LOOKS; look++) {
    if (status.state === 'pinned') return
    if (status.state === 'failed') throw new CafeError(isErrorCode(status.reason) ? status.reason : 'INTERNAL')
    await delay(LOOK, signal)
    const now = await authorized(cafes, cafe, signal, (auth) => client.status(cafe, status.id, { auth, signal }))
    if (!now) break
    status = now
  }
  throw new CafeError('BUSY')
}

/** Where the blocks of this account's files are read: here, and where one is lost here, at the cafes that have it. */
import type { CID } from 'multiformats/cid'
import type { BlockSource } from '../cafe/pin/fetch.ts'
import { toCafeError } from '../core/errors.ts'
import type { PeerIdText } from '../core/ids.ts'
import { type Blocks, verifiedGet, verifiedPut } from '../store/blocks.ts'
import type { Backup, BackupAt } from './backup-row.ts'

export interface ReaderComponents {
  readonly blocks: Blocks
  readonly source: BlockSource
}

export interface Reader {
  /** @throws CafeError NOT_FOUND or CORRUPT if nobody has it whole; UNREACHABLE; ABORTED. */
  read(cid: CID): Promise<Uint8Array<ArrayBuffer>>
  close(): void
}

/** The block as it is here, or undefined if it is not whole here. */
export async function readHere(blocks: Blocks, cid: CID): Promise<Uint8Array<ArrayBuffer> | undefined> {
  try {
    return await verifiedGet(blocks, cid)
  } catch (error) {
    const { code } = toCafeError(error)
    if (code === 'NOT_FOUND' || code === 'CORRUPT') return undefined
    throw error
  }
}

/** Cafes that may have a file, those first that are not known to have lost some of it. */
export function sourcesOf(row: Backup, except?: PeerIdText): PeerIdText[] {
  const having = (state: BackupAt['state']): PeerIdText[] =>
    row.cafes.filter((at) => at.state === state && at.cafe !== except).map(({ cafe }) => cafe)
  return [...having('pinned'), ...having('degraded')]
}

/**
 * Reads blocks of a file, from its cafes where they are not here; `except` is not asked. What is lost of a file that was
 * added here is put back; of one that was not, nothing is kept.
 */
export function reader(
  { blocks, source }: ReaderComponents,
  row: Backup,
  signal: AbortSignal,
  except?: PeerIdText,
): Reader {
  let session: ReturnType<BlockSource['open']> | undefined
  return {
    async read(cid) {
      const here = await readHere(blocks, cid)
      if (here) return here
      session ??= source.open(sourcesOf(row, except))
      const bytes = await session.get(cid, { signal })
      if (!row.adopted) await verifiedPut(blocks, cid, bytes)
      return bytes
    },
    close: () => session?.close(),
  }
}

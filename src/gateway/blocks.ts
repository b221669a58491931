/** Where the gateway's bytes come from: one function per host, and what the gateway adds to it. */
import type { CID } from 'multiformats/cid'
import { identity } from 'multiformats/hashes/identity'
import { checkCid } from '../core/block.ts'
import { CafeError, isCafeError } from '../core/errors.ts'
import type { PeerIdText } from '../core/ids.ts'
import { MAX_BLOCK } from '../core/limits.ts'
import type { Giver } from '../core/watched.ts'
import type { Source, Trace } from './trace.ts'

export type Bytes = Uint8Array<ArrayBuffer>

export interface BlockOptions {
  readonly signal: AbortSignal
  /** Peer ids of cafes that are said to have it, from the link. */
  readonly from?: readonly PeerIdText[] | undefined
  /**
   * The reader authenticates these bytes itself (a leaf of an encrypted file), so hashing bytes that come from this
   * device may be saved. Bytes from anywhere else are hashed all the same.
   */
  readonly unchecked?: boolean | undefined
  /** Only what is on this device: nobody is asked, and what is not here is NOT_FOUND `{what: 'local'}`. */
  readonly local?: boolean | undefined
  /** To be told where the block came from, and who gave it, where that is known. */
  readonly onSource?: ((from: 'local' | 'network', giver?: Giver) => void) | undefined
}

/** A host's way to blocks: this device first, then the network. */
export interface BlockSource {
  /**
   * The block, proved against its CID unless `unchecked`. Gives up by itself after BLOCK_TIMEOUT.
   * @throws CafeError NOT_FOUND if whoever was asked does not have it; UNREACHABLE if nobody could be asked; TIMEOUT;
   * CORRUPT if it does not hash to the CID.
   */
  get(cid: CID, options: BlockOptions): Promise<Bytes>
}

export interface ReadOptions {
  readonly signal: AbortSignal
  readonly unchecked?: boolean | undefined
  /** More of the same block is about to be wanted: keep it for a moment. */
  readonly again?: boolean | undefined
}

/** Reads one block for one request. */
export type ReadBlock = (cid: CID, options: ReadOptions) => Promise<Bytes>

export interface ReaderOptions extends Pick<BlockOptions, 'from' | 'local'> {
  readonly trace: Pick<Trace, 'reading'>
}

/**
 * A reader over `source`: identity CIDs are answered from themselves, CIDs of hashes and codecs we do not take and
 * blocks of a size we do not take are refused.
 */
export function blockReader(source: BlockSource, recall: Recall, { from, local, trace }: ReaderOptions): ReadBlock {
  const read: ReadBlock = async (cid, { signal, unchecked }) => {
    signal.throwIfAborted()
    if (checkCid(cid).multihash.code === identity.code) return new Uint8Array(cid.multihash.digest)
    const seen = trace.reading(cid)
    let came: Source = { from: undefined }
    const onSource: BlockOptions['onSource'] = (where, giver) => {
      came = { from: where, giver }
    }
    const bytes = await reading(cid, { signal, from, unchecked, local, onSource })
    seen(bytes.byteLength, came)
    if (bytes.byteLength > MAX_BLOCK) throw new CafeError('CORRUPT', { what: 'block', limit: MAX_BLOCK })
    return bytes
  }
  const reading = async (cid: CID, options: BlockOptions): Promise<Bytes> => {
    try {
      return await source.get(cid, options)
    } catch (error) {
      throw local ? notHere(error) : error
    }
  }
  // What was not found here must not be remembered for readers who may ask others.
  return local ? read : (cid, options) => recall(cid, options, read)
}

/** Says of what is not found that only this device was asked. */
function notHere(error: unknown): unknown {
  return isCafeError(error) && error.code === 'NOT_FOUND' ? new CafeError('NOT_FOUND', { what: 'local' }) : error
}

/** Remembers the last few blocks that are read in parts. */
export type Recall = (cid: CID, options: ReadOptions, read: ReadBlock) => Promise<Bytes>

/**
 * Blocks kept: four segments of 256 KiB are decrypted at once, and with foreign leaves of 1 MiB they lie in two blocks
 * at most; the double of it lets two readers take turns.
 */
const KEPT = 4

/** A {@link Recall} of the {@link KEPT} most recent blocks, also of those still being read: at most 8 MiB. */
export function createRecall(): Recall {
  const kept = new Map<string, Promise<Bytes>>()

  const start = (name: string, reading: Promise<Bytes>): Promise<Bytes> => {
    kept.set(name, reading)
    reading.catch(() => kept.get(name) === reading && kept.delete(name))
    for (const oldest of kept.keys()) if (kept.size > KEPT) kept.delete(oldest)
    return reading
  }

  return async (cid, options, read) => {
    // Bytes nobody has hashed must never be handed to a reader who counts on it.
    const name = `${options.unchecked ? 'unchecked' : 'checked'} ${cid}`
    const shared = kept.get(name)
    if (!shared) return options.again ? start(name, read(cid, options)) : read(cid, options)
    try {
      return await shared
    } catch (error) {
      // Whoever started it went away; that is no reason for us to fail.
      if (!isCafeError(error) || error.code === 'ABORTED') return start(name, read(cid, options))
      throw error
    }
  }
}

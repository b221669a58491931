/**
 * One upload to one cafe that outlives its paths: where a connection breaks, it goes on over the next one. Everything is
 * offered again and the cafe wants only what it lacks, so nothing that it has confirmed is sent twice.
 */
import type { CID } from 'multiformats/cid'
import type { PinClient, PinReceipt, StoredBlock, UploadOptions } from '../cafe/pin/client.ts'
import { CafeError, toCafeError } from '../core/errors.ts'
import { hex, type PeerIdText } from '../core/ids.ts'
import { MAX_OFFER } from '../core/limits.ts'
import { delay, type Pauses, pauseAfter } from '../core/pause.ts'
import { authorized, type Cafes } from './cafes.ts'
import { isPathFailure, isPaused } from './insist.ts'

/** The blocks of one file in the order they were stored here: it grows while the file is read. */
export interface BlockLog {
  readonly blocks: readonly StoredBlock[]
  /** Known when the file is complete. */
  readonly root: CID | undefined
  add(block: StoredBlock): void
  end(root: CID): void
  /** Resolves at the next block, or at the end. */
  changed(signal: AbortSignal): Promise<void>
}

export function blockLog(blocks: StoredBlock[] = [], root?: CID): BlockLog {
  let complete = root
  let next = Promise.withResolvers<void>()
  const wake = (): void => {
    next.resolve()
    next = Promise.withResolvers()
  }
  return {
    blocks,
    get root() {
      return complete
    },
    add(block) {
      blocks.push(block)
      wake()
    },
    end(root) {
      complete = root
      wake()
    },
    async changed(signal) {
      signal.addEventListener('abort', wake, { once: true })
      if (!signal.aborted) await next.promise
      signal.removeEventListener('abort', wake)
      signal.throwIfAborted()
    },
  }
}

const PAUSES: Pauses = { first: 200, longest: 5000 }
/** Milliseconds for a cafe that has not answered at all, once all blocks are known: nothing here is worth waiting for. */
const UNMET = 30_000

export interface UploadComponents {
  readonly client: PinClient
  readonly cafes: Pick<Cafes, 'access'>
  readonly read: UploadOptions['read']
}

export interface UploadTask {
  readonly cafe: PeerIdText
  /** Bytes of all blocks, at most. */
  readonly bytes: number
  readonly log: BlockLog
  /** What the cafe is to keep about the root, sealed. */
  readonly label?: ((root: CID) => Promise<Uint8Array<ArrayBuffer>>) | undefined
  /** The same for all uploads of this file from this device: each goes on where the one before ended. Else a new one. */
  readonly name?: string | undefined
  /** Milliseconds without any progress after which a path failure is final; less where the cafe never answered. */
  readonly patience: number
  readonly signal: AbortSignal
  /** Bytes known to be at the cafe: never less than said before. */
  readonly onStored?: (bytes: number) => void
  /** The path has broken (false), or works again. */
  readonly onPath?: (works: boolean) => void
}

/**
 * Uploads all blocks of the log and resolves with the cafe's receipt.
 * @throws CafeError the cafe's refusal; BUSY {why: 'paused'} at once; UNREACHABLE, TIMEOUT or BUSY when patience is at its end (see `isPathFailure`); ABORTED.
 */
export async function upload(components: UploadComponents, task: UploadTask): Promise<PinReceipt> {
  const { patience, log, signal, onStored, onPath } = task
  const name = task.name ?? hex(crypto.getRandomValues(new Uint8Array(16)))
  let best = 0
  /** Of the path: when it last did something, whether it ever has, and failures since then. */
  let since = performance.now()
  let worked = false
  let failures = 0

  const progress = (stored: number): void => {
    if (!worked || failures > 0) onPath?.(true)
    worked = true
    if (stored <= best) return
    best = stored
    failures = 0
    since = performance.now()
    onStored?.(best)
  }

  for (;;) {
    try {
      return await authorized(components.cafes, task.cafe, signal, (auth) =>
        attempt(components, task, { auth, name }, progress),
      )
    } catch (thrown) {
      if (signal.aborted) throw toCafeError(signal.reason, 'ABORTED')
      const error = passing(toCafeError(thrown), worked)
      if (!isPathFailure(error) || isPaused(error)) throw error
      onPath?.(false)
      const pause = pauseAfter(++failures, PAUSES)
      const left = worked || log.root === undefined ? patience : Math.min(patience, UNMET)
      if (performance.now() + pause - since > left) throw error
      await delay(pause, signal)
    }
  }
}

/**
 * A cafe that has answered before and now does not know the protocol, or ends the upload by itself, is just closing or
 * opening: as good as unreachable.
 */
function passing(error: CafeError, worked: boolean): CafeError {
  const passes = error.code === 'ABORTED' || (error.code === 'UNSUPPORTED' && worked)
  return passes ? new CafeError('UNREACHABLE', {}, { cause: error }) : error
}

/** One connection's worth of the upload. */
async function attempt(
  { client, read }: UploadComponents,
  { cafe, bytes, log, label, signal }: UploadTask,
  as: { readonly auth: string; readonly name: string },
  progress: (stored: number) => void,
): Promise<PinReceipt> {
  let stored = 0
  const onStored = (size: number): void => {
    stored += size
    progress(stored)
  }
  const sealed = async () => (log.root && label ? label(log.root) : undefined)
  const { root } = log
  const running = await client.upload(cafe, bytes, { ...as, signal, read, onStored, root, sealed: await sealed() })
  try {
    for (let at = 0; ; ) {
      const blocks = log.blocks.slice(at, at + MAX_OFFER)
      at += blocks.length
      if (blocks.length > 0) await running.add(blocks)
      else if (log.root) return await running.finish(log.root, await sealed())
      else await log.changed(signal)
    }
  } finally {
    running.close()
  }
}

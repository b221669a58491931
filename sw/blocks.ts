/**
 * Blocks for the service worker's gateway: from IndexedDB directly, so that what is on this device opens with the node
 * dead; else from the node, which knows cafes and peers. What does not hash to its CID is never handed on.
 */

import type { CID } from 'multiformats/cid'
import { unlessAborted } from '../src/core/abort.ts'
import { isBlock } from '../src/core/block.ts'
import { CafeError, isCafeError } from '../src/core/errors.ts'
import type { PeerIdText } from '../src/core/ids.ts'
import { BLOCK_TIMEOUT } from '../src/core/limits.ts'
import type { Giver } from '../src/core/watched.ts'
import type { BlockOptions, BlockSource, Bytes } from '../src/gateway/blocks.ts'
import type { NodePort } from './node-port.ts'

/** What we need of `openBlockReader` (store/idb.ts). */
export interface LocalReader {
  get(cid: CID, options: { readonly signal: AbortSignal }): Promise<Bytes | undefined>
  close(): void
}

export interface BlockComponents {
  openLocal(): Promise<LocalReader>
  readonly nodePort: NodePort
  /** Milliseconds without a sign of life from the node after which a block is given up. */
  readonly timeout?: number
}

export function createBlockSource({ openLocal, nodePort, timeout = BLOCK_TIMEOUT }: BlockComponents): BlockSource {
  let local: Promise<LocalReader> | undefined

  /** The database can be closed under us (deleted, upgraded, evicted): then it is opened once more. */
  const readLocal = async (cid: CID, signal: AbortSignal): Promise<Bytes | undefined> => {
    for (let fresh = local === undefined; ; fresh = true) {
      local ??= openLocal()
      try {
        return await (await local).get(cid, { signal })
      } catch {
        signal.throwIfAborted()
        local = undefined
        // The node has the store open itself and says what is wrong with it.
        if (fresh) return undefined
      }
    }
  }

  const askNode = async (cid: CID, { signal: caller, from = [], onSource }: BlockOptions): Promise<Bytes> => {
    const silence = silenceOf(timeout)
    let giver: Giver | undefined
    const heard = (news?: 'waiting' | Giver): void => {
      silence.heard()
      if (typeof news === 'object') giver = news
    }
    try {
      const bytes = await askUntil(cid, from, AbortSignal.any([caller, silence.signal]), heard)
      if (!(await isBlock(cid, bytes))) throw new CafeError('CORRUPT', { what: 'block' })
      onSource?.('network', giver)
      return bytes
    } finally {
      silence.end()
    }
  }

  const askUntil = async (
    cid: CID,
    from: readonly PeerIdText[],
    signal: AbortSignal,
    heard: (news?: 'waiting' | Giver) => void,
  ): Promise<Bytes> => {
    for (let again = false; ; again = true) {
      const node = await nodePort.need({ signal })
      heard()
      try {
        const options = { signal, onProgress: heard }
        return await unlessAborted(node.call('block.get', { cid: `${cid}`, from }, options), signal)
      } catch (error) {
        // The node died meanwhile: a page may have started the next one.
        const died = isCafeError(error) && error.code === 'UNREACHABLE' && !nodePort.isCurrent(node)
        if (again || !died) throw error
      }
    }
  }

  return {
    async get(cid: CID, options: BlockOptions): Promise<Bytes> {
      const { signal, unchecked = false, local: onlyHere = false, onSource } = options
      const here = await readLocal(cid, signal)
      // A block that has rotted here is as good as none: the node may find another copy.
      if (here && (unchecked || (await isBlock(cid, here)))) {
        onSource?.('local')
        return here
      }
      if (onlyHere) throw new CafeError('NOT_FOUND', { what: 'local' })
      return askNode(cid, options)
    },
  }
}

/** A signal that fires `ms` after the start, or after the last time something was heard. */
function silenceOf(ms: number): { readonly signal: AbortSignal; heard(): void; end(): void } {
  const controller = new AbortController()
  const fire = (): void => controller.abort(new CafeError('TIMEOUT'))
  let timer = setTimeout(fire, ms)
  return {
    signal: controller.signal,
    heard() {
      clearTimeout(timer)
      timer = setTimeout(fire, ms)
    },
    end: () => clearTimeout(timer),
  }
}

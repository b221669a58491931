/** Which blocks of this device are known to be on which others: in memory, for as long as it is not settled who lacks them. */
import type { CID } from 'multiformats/cid'
import type { PeerIdText } from '../core/ids.ts'
import type { ThreadIdText } from '../thread/thread.ts'

export interface Taken {
  took(id: ThreadIdText, device: PeerIdText, blocks: readonly { readonly cid: CID }[]): void
  /** It has all that this device has said, up to this number. */
  level(id: ThreadIdText, device: PeerIdText, upTo: number): void
  has(id: ThreadIdText, device: PeerIdText, cid: CID, seq: number): boolean
  forget(id: ThreadIdText): void
}

/** Devices of all threads that are remembered, and blocks of each: the newest. */
const MAX_DEVICES = 1024
const MAX_BLOCKS = 1024

interface Device {
  upTo: number
  readonly blocks: Set<string>
}

export function createTaken(): Taken {
  const known = new Map<string, Device>()

  const at = (id: ThreadIdText, device: PeerIdText): Device => {
    const key = `${id} ${device}`
    const found = known.get(key) ?? { upTo: 0, blocks: new Set() }
    known.delete(key)
    known.set(key, found)
    const oldest = known.keys().next().value
    if (known.size > MAX_DEVICES && oldest !== undefined) known.delete(oldest)
    return found
  }

  return {
    took(id, device, cids) {
      const { blocks } = at(id, device)
      for (const { cid } of cids) blocks.add(cid.toString())
      for (const cid of blocks) {
        if (blocks.size <= MAX_BLOCKS) break
        blocks.delete(cid)
      }
    },
    level(id, device, upTo) {
      const found = at(id, device)
      found.upTo = Math.max(found.upTo, upTo)
    },
    has(id, device, cid, seq) {
      const found = known.get(`${id} ${device}`)
      return !!found && (seq <= found.upTo || found.blocks.has(cid.toString()))
    },
    forget(id) {
      for (const key of known.keys()) if (key.startsWith(id)) known.delete(key)
    },
  }
}

/**
 * Fetching blocks by CID, and asking a relay which of its cafes has one. Bulk by a window of its own: js bitswap stalls
 * for good when a path drops, and WebRTC streams have no back-pressure (measured).
 *
 * Knowing a CID is the right to fetch it, as everywhere in IPFS: blocks are ciphertext, links work for anybody.
 */
import { MAX_BLOCK, MAX_BLOCK_FRAME } from '../core/limits.ts'
import { bytes, cid, count, peerId, v } from '../core/schema.ts'
import { nothing, operation, service } from './protocol.ts'

/** CIDs in one question. */
export const MAX_HAVE = 64
/** Wants that may wait on one stream. */
export const MAX_WANTS = 256
/** Cafes a relay asks, and names, for one CID. */
export const MAX_PROVIDERS = 8

export const blockProtocol = service({
  id: '/cafe/block/1.0.0',
  name: 'block',
  limited: true,
  bulk: true,
  operations: {
    /** Items come in the order of the wants; each costs its size in credit, of which there is `WINDOW` at the start. */
    get: operation({
      request: nothing,
      upload: v.union([
        v.strictObject({ want: cid }),
        v.strictObject({ credit: count(MAX_BLOCK * 4, 1) }),
        v.strictObject({ done: v.literal(true) }),
      ]),
      /** The block, or null where it is not here. */
      item: v.strictObject({ block: v.nullable(bytes(MAX_BLOCK)) }),
      receipt: nothing,
      auth: 'none',
      maxItem: MAX_BLOCK_FRAME,
    }),
    have: operation({
      request: v.strictObject({ cids: v.pipe(v.array(cid), v.maxLength(MAX_HAVE)) }),
      receipt: v.strictObject({ have: v.pipe(v.array(v.boolean()), v.maxLength(MAX_HAVE)) }),
      auth: 'none',
    }),
  },
})

/** Answered by relays: which of the cafes that hold a reservation there has the block. */
export const findProtocol = service({
  id: '/cafe/find-block/1.0.0',
  name: 'find-block',
  limited: false,
  operations: {
    find: operation({
      request: v.strictObject({ cid }),
      item: v.strictObject({ peer: peerId }),
      receipt: nothing,
      auth: 'none',
    }),
  },
})

/**
 * Pinning at a cafe. One stream per upload: the request declares the bytes, so that quota is refused before anything is
 * sent; then the client offers CIDs, the cafe wants what it lacks, the client sends those blocks, the cafe confirms
 * each; a root ends it, and the receipt comes only when the whole DAG below the root is here, verified and committed.
 *
 * Flow control: the client keeps at most `WINDOW` bytes unconfirmed, because a WebRTC stream has no back-pressure.
 */
import { MAX_BLOCK, MAX_BLOCK_FRAME, MAX_OFFER, MAX_PAGE } from '../../core/limits.ts'
import { bytes, cid, count, text, v } from '../../core/schema.ts'
import { operation, service } from '../../wire/protocol.ts'

const offered = v.strictObject({ cid, size: count(MAX_BLOCK) })

export const pinProtocol = service({
  id: '/cafe/pin/1.0.0',
  name: 'pin',
  limited: true,
  bulk: true,
  operations: {
    pin: operation({
      /**
       * No more than `bytes` bytes of blocks will be offered. An upload by a `name` that this peer is already using takes
       * over from the one before. Where `root` is pinned already, the receipt comes at once.
       */
      request: v.strictObject({ bytes: count(), name: v.optional(text(64)), root: v.optional(cid) }),
      upload: v.union([
        v.strictObject({ offer: v.pipe(v.array(offered), v.maxLength(MAX_OFFER)) }),
        /** A wanted block: its place in the order of all offered ones, and its bytes. */
        v.strictObject({ block: count(), bytes: bytes(MAX_BLOCK) }),
        v.strictObject({ root: cid }),
      ]),
      item: v.union([
        /** Places of offered blocks to send. */
        v.strictObject({ want: v.pipe(v.array(count()), v.maxLength(MAX_OFFER)) }),
        /** A sent block of this size is verified and stored; 0 says that the cafe is still at work. */
        v.strictObject({ stored: count() }),
      ]),
      receipt: v.strictObject({ root: cid, blocks: count(), bytes: count() }),
      auth: 'session',
      maxUpload: MAX_BLOCK_FRAME,
    }),
    unpin: operation({
      request: v.strictObject({ root: cid }),
      /** Bytes no longer charged to the account; 0 if it had not pinned that root. */
      receipt: v.strictObject({ bytes: count() }),
      auth: 'session',
    }),
    list: operation({
      request: v.strictObject({ after: v.optional(text(128)), limit: count(MAX_PAGE, 1) }),
      item: v.strictObject({ root: cid, blocks: count(), bytes: count(), since: count() }),
      /** More rows follow the last one sent. */
      receipt: v.strictObject({ more: v.boolean(), used: count(), quota: count() }),
      auth: 'session',
    }),
  },
})

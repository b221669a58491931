/**
 * Pinning at a cafe. One stream per upload: the request declares the bytes, so that quota is refused before anything is
 * sent; then the client offers CIDs, the cafe wants what it lacks, the client sends those blocks, the cafe confirms
 * each; a root ends it, and the receipt comes only when the whole DAG below the root is here, verified and committed.
 *
 * Flow control: the client keeps at most `WINDOW` bytes unconfirmed, because a WebRTC stream has no back-pressure.
 */
import { ERRORS, type ErrorCode } from '../../core/errors.ts'
import {
  CAR_CHUNK,
  KiB,
  MAX_AUDIT,
  MAX_BLOCK,
  MAX_BLOCK_FRAME,
  MAX_NAME,
  MAX_OFFER,
  MAX_ORIGINS,
  MAX_PAGE,
  MAX_SEALED,
} from '../../core/limits.ts'
import { bytes, cid, count, text, v } from '../../core/schema.ts'
import { nothing, operation, service } from '../../wire/protocol.ts'

const offered = v.strictObject({ cid, size: count(MAX_BLOCK) })
/** What the owner says about a pin, to itself only: opaque here, see `peer/pin-label.ts`. */
const sealed = v.optional(bytes(MAX_SEALED))
/** A peer id, or a multiaddr that ends in one. */
export const origin = text(512)
export const pinState = v.picklist(['queued', 'pinning', 'pinned', 'failed', 'degraded'])
export const errorCode = v.picklist(Object.keys(ERRORS) as ErrorCode[])
/** Names and metadata of clients that do not seal them. */
export const openName = text(4 * MAX_NAME)
export const openMeta = v.pipe(v.record(text(64), text(256)), v.maxEntries(32))
/** See `PinStatus` in `pin-status.ts`. */
export const status = v.strictObject({
  id: text(128),
  root: cid,
  state: pinState,
  reason: v.optional(errorCode),
  created: count(),
  changed: count(),
  blocks: count(),
  bytes: count(),
  name: v.optional(openName),
  meta: v.optional(openMeta),
  sealed,
  origins: v.pipe(v.array(origin), v.maxLength(MAX_ORIGINS)),
})
const receipt = v.strictObject({ root: cid, blocks: count(), bytes: count() })
const alive = v.strictObject({ alive: v.literal(true) })
/** Multihashes of blocks in one question of a repair. */
export const MAX_MEND = 64
/** A multihash of sha2-512 is 66 bytes. */
const multihash = bytes(66)

export const pinProtocol = service({
  id: '/cafe/pin/1.0.0',
  name: 'pin',
  limited: true,
  bulk: true,
  operations: {
    pin: operation({
      /**
       * No more than `bytes` bytes of blocks will be offered. An upload by a `name` that this peer is already using takes
       * over from the one before. Where `root` is pinned already, the receipt comes at once, and `sealed` is what is said of it.
       */
      request: v.strictObject({ bytes: count(), name: v.optional(text(64)), root: v.optional(cid), sealed }),
      upload: v.union([
        v.strictObject({ offer: v.pipe(v.array(offered), v.maxLength(MAX_OFFER)) }),
        /** A wanted block: its place in the order of all offered ones, and its bytes. */
        v.strictObject({ block: count(), bytes: bytes(MAX_BLOCK) }),
        /** The end. */
        v.strictObject({ root: cid, sealed }),
      ]),
      item: v.union([
        /** Places of offered blocks to send. */
        v.strictObject({ want: v.pipe(v.array(count()), v.maxLength(MAX_OFFER)) }),
        /** A sent block of this size is verified and stored; 0 says that the cafe is still at work. */
        v.strictObject({ stored: count() }),
      ]),
      receipt,
      auth: 'session',
      maxUpload: MAX_BLOCK_FRAME,
      keeps: true,
    }),
    /**
     * The same as one stream of a CARv1 of at most `bytes` bytes, which the cafe takes in order: for whoever has a CAR and
     * cannot answer a want-list. Its one root is what is pinned. Resumed by `name`, it is sent whole again.
     */
    car: operation({
      request: v.strictObject({ bytes: count(), name: v.optional(text(64)), sealed }),
      upload: v.union([v.strictObject({ car: bytes(CAR_CHUNK, 1) }), v.strictObject({ end: v.literal(true) })]),
      /** Bytes of the CAR that are taken in; at most `WINDOW` may be on the way. */
      item: v.strictObject({ stored: count() }),
      receipt,
      auth: 'session',
      maxUpload: CAR_CHUNK + 4 * KiB,
      keeps: true,
    }),
    /** Has the cafe fetch a root from `origins`, or from the caller, by the block protocol. Told at once; see `watch`. */
    fetch: operation({
      request: v.strictObject({ root: cid, origins: v.pipe(v.array(origin), v.maxLength(MAX_ORIGINS)), sealed }),
      receipt: status,
      auth: 'session',
      keeps: true,
    }),
    status: operation({
      request: v.strictObject({ id: text(128) }),
      receipt: v.strictObject({ status: v.nullable(status) }),
      auth: 'session',
    }),
    /** The present states of the account's pins, then every change, until the caller leaves. */
    watch: operation({
      request: nothing,
      item: v.union([v.strictObject({ status }), alive]),
      receipt: nothing,
      auth: 'session',
    }),
    /**
     * Proof that blocks of a pinned root are still whole: SHA-256 of nonce and block, or null for what is not here, not
     * whole, or not of that root.
     */
    audit: operation({
      request: v.strictObject({
        root: cid,
        nonce: bytes(32, 32),
        blocks: v.pipe(v.array(cid), v.minLength(1), v.maxLength(MAX_AUDIT)),
      }),
      item: v.strictObject({ proof: v.nullable(bytes(32, 32)) }),
      receipt: nothing,
      auth: 'session',
    }),
    /**
     * Repairs a pinned root, at no charge: the cafe reads all of it and asks for what is missing or damaged; the client
     * answers each page of wants in order, with null for what it does not have.
     */
    mend: operation({
      request: v.strictObject({ root: cid }),
      upload: v.strictObject({ bytes: v.nullable(bytes(MAX_BLOCK)) }),
      item: v.union([v.strictObject({ want: v.pipe(v.array(multihash), v.maxLength(MAX_MEND)) }), alive]),
      receipt: v.strictObject({ mended: count(), missing: count() }),
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
      item: v.strictObject({
        root: cid,
        blocks: count(),
        bytes: count(),
        since: count(),
        state: v.picklist(['pinned', 'degraded']),
        sealed,
      }),
      /** More rows follow the last one sent. */
      receipt: v.strictObject({ more: v.boolean(), used: count(), quota: count() }),
      auth: 'session',
    }),
  },
})

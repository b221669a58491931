/**
 * Small sealed records of an account at a cafe (security.md §2.b(1), §1.5 E1 to E3).
 *
 * **Slots** hold snapshots and the manifest. All devices of an account share them, so each write says what it believes is
 * there (`expect`) and is refused with CONFLICT {seq} where something else is: nobody overwrites what they have not seen.
 * The version before the present one is kept too, so that a damaged newest one is not the end.
 *
 * **Drops** are for others: whoever knows the 128-bit id of one reads it, without being a client. A drop belongs to the
 * account that first wrote it and ends DROP_TTL after it was last left. The cafe sees which peers look at which ids, and
 * whose they are; what an id is derived from, and what is in the body, it cannot see.
 *
 * Every body is one of the sizes of sealed things, so a length says next to nothing.
 */
import { KiB, MAX_DROP_BODY, MAX_LOOK, MAX_RECEIPT, MAX_SLOT_BODY } from '../../core/limits.ts'
import { address, bytes, count, peerId, v } from '../../core/schema.ts'
import type { RecordKind } from '../../crypto/envelope.ts'
import { isBucket } from '../../crypto/padding.ts'
import { nothing, operation, service } from '../../wire/protocol.ts'

/** Slots and drops are named by 16 bytes. */
const id = bytes(16, 16)
const hash = bytes(32, 32)
const size = (max: number) =>
  v.pipe(
    count(max),
    v.check((value) => isBucket(value)),
  )
const body = (max: number) =>
  v.pipe(
    bytes(max),
    v.check((value) => isBucket(value.byteLength)),
  )
/** Chosen by the account, rising; 0 is no version. */
const seq = count(Number.MAX_SAFE_INTEGER, 1)

/** What a cafe signs when it has committed a version of a slot (security.md §2.e). */
export const slotReceiptSchema = v.strictObject({
  v: v.literal(1),
  cafe: peerId,
  /** Storage epoch of the cafe. */
  epoch: count(),
  account: address,
  slot: id,
  seq,
  /** SHA-256 of the body. */
  hash,
  /** Milliseconds since the epoch, by the cafe's clock. */
  time: count(),
})
export type SlotReceipt = v.InferOutput<typeof slotReceiptSchema>

export const slotReceiptRecord: RecordKind<SlotReceipt> = {
  domain: 'textile-cafe-receipt',
  type: '/cafe/slot-receipt/1',
  schema: slotReceiptSchema,
  limit: MAX_RECEIPT,
}

const slotWish = v.strictObject({
  slot: id,
  /** The version that is there; 0 for none. */
  expect: count(),
  seq,
  hash,
  size: size(MAX_SLOT_BODY),
})
export type SlotWish = v.InferOutput<typeof slotWish>

/** A version of a slot as lists show it. */
const version = v.strictObject({
  slot: id,
  seq,
  hash,
  /** Bytes of the body. */
  size: count(MAX_SLOT_BODY),
  time: count(),
  /** The version before, where it is still kept. */
  before: v.optional(seq),
})
export type SlotVersion = v.InferOutput<typeof version>

export const snapshotProtocol = service({
  id: '/cafe/snapshot/1.0.0',
  name: 'snapshot',
  limited: true,
  operations: {
    /** All slots of the account: CLIENT_SLOTS at most. */
    list: operation({ request: nothing, item: version, receipt: nothing, auth: 'session' }),
    /**
     * Writes version `seq` where `expect` is the present one, or 0 where there is none. The body follows as the one
     * upload. The same again gives the same receipt, without the body being looked at.
     * @throws CONFLICT {seq} with the present version; QUOTA {slots} or {needed, free}; BUSY {after}.
     */
    put: operation({
      request: slotWish,
      upload: v.strictObject({ body: body(MAX_SLOT_BODY) }),
      /** A {@link slotReceiptRecord} signed by the cafe's peer key. */
      receipt: v.strictObject({ receipt: bytes(MAX_RECEIPT) }),
      auth: 'session',
      maxUpload: MAX_SLOT_BODY + 4 * KiB,
      keeps: true,
    }),
    /** The present version, or the one named if it is kept: one item, or none. */
    get: operation({
      request: v.strictObject({ slot: id, seq: v.optional(seq) }),
      item: v.strictObject({ seq, body: body(MAX_SLOT_BODY) }),
      receipt: nothing,
      auth: 'session',
      maxItem: MAX_SLOT_BODY + 4 * KiB,
    }),
    /** Empties a slot where `expect` is the present version. An empty one stays empty. @throws CONFLICT {seq}. */
    remove: operation({ request: v.strictObject({ slot: id, expect: seq }), receipt: nothing, auth: 'session' }),
    /**
     * Leaves something for whoever knows the id, in place of what was there, for DROP_TTL from now. The body follows as the
     * one upload. @throws CONFLICT {what: 'drop'} for another account's; QUOTA {drops} or {needed, free}; BUSY {after}.
     */
    leave: operation({
      request: v.strictObject({ drop: id, size: size(MAX_DROP_BODY) }),
      upload: v.strictObject({ body: body(MAX_DROP_BODY) }),
      /** When it ends. */
      receipt: v.strictObject({ expires: count() }),
      auth: 'session',
      maxUpload: MAX_DROP_BODY + 4 * KiB,
      keeps: true,
    }),
    /** Takes back what this account left; nothing where it left nothing. */
    withdraw: operation({ request: v.strictObject({ drop: id }), receipt: nothing, auth: 'session' }),
    /** What was left under these ids: an item for each that there is. */
    look: operation({
      request: v.strictObject({ drops: v.pipe(v.array(id), v.minLength(1), v.maxLength(MAX_LOOK)) }),
      item: v.strictObject({ drop: id, body: body(MAX_DROP_BODY), time: count() }),
      receipt: nothing,
      auth: 'none',
      maxItem: MAX_DROP_BODY + 4 * KiB,
    }),
  },
})

/**
 * What a cafe says about itself to other cafes, and how they learn of each other: each gives some signed records for some
 * (gossip). A record proves who signed it; that the cafe is there, only its own answer does.
 */
import { INFO_TTL, MAX_ADDRESSES, MAX_INFO, MAX_TRADE } from '../../core/limits.ts'
import { bytes, count, multiaddrText, name, peerId, v } from '../../core/schema.ts'
import type { RecordKind } from '../../crypto/envelope.ts'
import { nothing, operation, service } from '../../wire/protocol.ts'

/** Signed by the cafe's peer key (security.md §2.e). */
export const cafeInfoSchema = v.strictObject({
  v: v.literal(1),
  cafe: peerId,
  /** As its host calls it. */
  name,
  /** Storage epoch of the cafe. */
  epoch: count(),
  /** Where it can be dialled. */
  addresses: v.pipe(v.array(multiaddrText), v.maxLength(MAX_ADDRESSES), v.readonly()),
  /** The greatest is the newest. */
  seq: count(Number.MAX_SAFE_INTEGER, 1),
  /** When it was made, in milliseconds since the epoch, and for how many it holds. */
  ts: count(),
  ttl: count(INFO_TTL, 1),
})
export type CafeInfo = v.InferOutput<typeof cafeInfoSchema>

export const cafeInfoRecord: RecordKind<CafeInfo> = {
  domain: 'textile-cafe-info',
  type: '/cafe/info/1',
  schema: cafeInfoSchema,
  limit: MAX_INFO,
}

/** Envelopes of {@link cafeInfoRecord}, the giver's own one first. */
const records = v.pipe(v.array(bytes(MAX_INFO)), v.minLength(1), v.maxLength(MAX_TRADE), v.readonly())

export const infoProtocol = service({
  id: '/cafe/info/1.0.0',
  name: 'info',
  limited: true,
  operations: {
    /** What this cafe says about itself now. @throws BUSY {after}. */
    get: operation({ request: nothing, receipt: v.strictObject({ envelope: bytes(MAX_INFO) }), auth: 'none' }),
    /**
     * Gives some records and gets some.
     * @throws CORRUPT {what: 'envelope'} if one is forged, or the first is not the caller's own; BUSY {after}.
     */
    trade: operation({
      request: v.strictObject({ records }),
      receipt: v.strictObject({ records }),
      auth: 'none',
    }),
  },
})

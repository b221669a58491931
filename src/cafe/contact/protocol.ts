/**
 * Contact cards at a cafe: an account publishes its own, and whoever knows an address exactly may read the card of it.
 * There is no list and no search by parts: an address is a key, which nobody guesses (security.md §2.e, §1.5 F3).
 */
import { MAX_CARD, MAX_RECEIPT } from '../../core/limits.ts'
import { address, bytes, count, peerId, v } from '../../core/schema.ts'
import type { RecordKind } from '../../crypto/envelope.ts'
import { operation, service } from '../../wire/protocol.ts'

/** What a cafe signs when it has committed a card (security.md §2.e). */
export const cardReceiptSchema = v.strictObject({
  v: v.literal(1),
  cafe: peerId,
  /** Storage epoch of the cafe. */
  epoch: count(),
  account: address,
  seq: count(),
  /** SHA-256 of the envelope. */
  hash: bytes(32, 32),
  /** Milliseconds since the epoch, by the cafe's clock. */
  time: count(),
})
export type CardReceipt = v.InferOutput<typeof cardReceiptSchema>

export const cardReceiptRecord: RecordKind<CardReceipt> = {
  domain: 'textile-cafe-receipt',
  type: '/cafe/card-receipt/1',
  schema: cardReceiptSchema,
  limit: MAX_RECEIPT,
}

export const contactProtocol = service({
  id: '/cafe/contact/1.0.0',
  name: 'contact',
  limited: true,
  operations: {
    /**
     * Publishes the caller's own card (`card.ts`) in place of an older one. The same again gives the same receipt.
     * @throws CORRUPT {what: 'envelope'}; BAD_REQUEST {what: 'clock' | 'expired'}; CONFLICT {seq} for one that is not newer
     * than what is there; BUSY {after}.
     */
    publish: operation({
      request: v.strictObject({ envelope: bytes(MAX_CARD) }),
      /** A {@link cardReceiptRecord} signed by the cafe's peer key. */
      receipt: v.strictObject({ receipt: bytes(MAX_RECEIPT) }),
      auth: 'session',
    }),
    /** The newest card of exactly this address; null where none holds. Also one that says that the card was taken back. */
    get: operation({
      request: v.strictObject({ address }),
      receipt: v.strictObject({ envelope: v.nullable(bytes(MAX_CARD)) }),
      auth: 'none',
    }),
  },
})
